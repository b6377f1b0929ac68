"""How channels get in, sealed: read, kept, and the turn to refresh; registrations at servers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, or_, update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.store.session import AsyncSession, Database, change
from socialapp.store.tables import (
    Channel,
    ChannelSecret,
    Connecting,
    Destination,
    NetworkApp,
    ProposalEndpoint,
)
from socialapp.store.vault import FILE, Vault, VaultClosed, vault

_SECRETS: Table = ChannelSecret.__table__  # type: ignore[attr-defined]
_APPS: Table = NetworkApp.__table__  # type: ignore[attr-defined]
_DESTINATIONS: Table = Destination.__table__  # type: ignore[attr-defined]
_VISITS: Table = Connecting.__table__  # type: ignore[attr-defined]
_ENDPOINTS: Table = ProposalEndpoint.__table__  # type: ignore[attr-defined]

REFRESH_TURN = timedelta(seconds=60)
"""Longer than a request takes: who has the turn and says nothing for so long is gone."""


@dataclass(frozen=True)
class Secret:
    """How one channel gets in, opened."""

    channel_id: int
    version: int
    value: Mapping[str, Any] = field(repr=False)
    expires_at: datetime | None = None


def _purpose(channel_id: int) -> str:
    return f"channel:{channel_id}"


async def of_channels(db: AsyncSession, channel_ids: Iterable[int]) -> dict[int, Secret]:
    """Return the secrets of channels; those that have none are not in it. Raises VaultClosed."""
    query = select(ChannelSecret).where(col(ChannelSecret.channel_id).in_(set(channel_ids)))
    return {row.channel_id: _opened(row) for row in (await db.execute(query)).scalars()}


async def ends(db: AsyncSession, channel_ids: Iterable[int]) -> dict[int, datetime | None]:
    """Return when the access of each channel ends, unopened; those without one are not in it."""
    query = select(ChannelSecret.channel_id, ChannelSecret.expires_at).where(
        col(ChannelSecret.channel_id).in_(set(channel_ids))
    )
    return {row.channel_id: row.expires_at for row in (await db.execute(query)).all()}


def _opened(row: ChannelSecret) -> Secret:
    value = vault().open(row.sealed, _purpose(row.channel_id))
    return Secret(row.channel_id, row.version, value, row.expires_at)


async def keep(
    db: AsyncSession,
    channel_id: int,
    value: Mapping[str, Any],
    *,
    expires_at: datetime | None = None,
) -> None:
    """Keep how a channel gets in, in place of what was there."""
    sealed = vault().seal(value, _purpose(channel_id))
    done = await change(
        db,
        update(_SECRETS)
        .where(_SECRETS.c.channel_id == channel_id)
        .values(
            sealed=sealed,
            version=_SECRETS.c.version + 1,
            expires_at=expires_at,
            refreshing_until=None,
        ),
    )
    if not done:
        db.add(ChannelSecret(channel_id=channel_id, sealed=sealed, expires_at=expires_at))
        await db.flush()


async def forget(db: AsyncSession, channel_id: int) -> None:
    """Forget how a channel gets in."""
    await db.execute(delete(ChannelSecret).where(col(ChannelSecret.channel_id) == channel_id))


async def take_turn(db: AsyncSession, channel_id: int, *, version: int, now: datetime) -> bool:
    """Whether we are the one to fetch the next access: one at a time, whichever process."""
    free = or_(_SECRETS.c.refreshing_until.is_(None), _SECRETS.c.refreshing_until < now)
    done = await change(
        db,
        update(_SECRETS)
        .where(_SECRETS.c.channel_id == channel_id, _SECRETS.c.version == version, free)
        .values(refreshing_until=now + REFRESH_TURN),
    )
    return bool(done)


async def give_up_turn(db: AsyncSession, channel_id: int, *, version: int) -> None:
    """Let another try: nothing came of ours."""
    await change(
        db,
        update(_SECRETS)
        .where(_SECRETS.c.channel_id == channel_id, _SECRETS.c.version == version)
        .values(refreshing_until=None),
    )


class Apps:
    """Our registrations at servers; each read and write is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, provider: str, address: str) -> Mapping[str, Any] | None:
        """Return our registration at a server."""
        query = select(NetworkApp).where(
            NetworkApp.provider == provider, NetworkApp.address == address
        )
        async with self._database.reading() as db:
            row = (await db.execute(query)).scalar_one_or_none()
        return vault().open(row.sealed, _app(provider, address)) if row else None

    async def put(self, provider: str, address: str, app: Mapping[str, Any]) -> None:
        """Keep a registration in place of an older one."""
        mine = (col(NetworkApp.provider) == provider, col(NetworkApp.address) == address)
        sealed = vault().seal(app, _app(provider, address))
        async with self._database.transaction() as db:
            if not await change(db, update(NetworkApp).where(*mine).values(sealed=sealed)):
                db.add(NetworkApp(provider=provider, address=address, sealed=sealed))


def _app(provider: str, address: str) -> str:
    return f"app:{provider}:{address}"


def visit_purpose(state_hash: str) -> str:
    """Return what a visit's notes are sealed for."""
    return f"visit:{state_hash}"


def destination_purpose(person_id: int) -> str:
    """Return what the address of a person's destination is sealed for."""
    return f"destination:{person_id}"


def endpoint_purpose(workspace_id: int) -> str:
    """Return what the key of a workspace's proposals is sealed for."""
    return f"proposals:{workspace_id}"


@dataclass(frozen=True)
class _Sealed:
    """One sealed value, wherever it is."""

    table: Table
    key: int
    sealed: str = field(repr=False)
    purpose: str
    name: str
    """What people call what it opens."""


async def reseal(database: Database) -> int:
    """Seal everything anew with the newest key; returns how much there was. Raises VaultClosed."""
    async with database.reading() as db:
        everything = await _everything(db)
    for one in everything:
        fresh = vault().seal(vault().open(one.sealed, one.purpose), one.purpose)
        mine = (one.table.primary_key.columns[0] == one.key, one.table.c.sealed == one.sealed)
        async with database.transaction() as db:
            # Changed meanwhile means sealed meanwhile, with the newest key.
            await change(db, update(one.table).where(*mine).values(sealed=fresh))
    return len(everything)


async def closed(db: AsyncSession, safe: Vault) -> list[str]:
    """Return the names of what a vault cannot open."""
    return [one.name for one in await _everything(db) if not _opens(safe, one)]


def _opens(safe: Vault, one: _Sealed) -> bool:
    try:
        safe.open(one.sealed, one.purpose)
    except VaultClosed:
        return False
    return True


def closed_words(names: Sequence[str]) -> str:
    """Say what cannot be opened, and what to do."""
    few = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        f"The access to {few} cannot be opened: it was sealed with another key. Put that key back"
        f" ({FILE} in the data folder, or SOCIALAPP_SECRET_KEY), or connect these channels again."
    )


async def _everything(db: AsyncSession) -> list[_Sealed]:
    """Return all that is sealed and still of use: a visit to a network ends by itself."""
    with_names = select(ChannelSecret, col(Channel.name)).join(
        Channel, col(Channel.id) == col(ChannelSecret.channel_id)
    )
    found = [
        _Sealed(_SECRETS, one.channel_id, one.sealed, _purpose(one.channel_id), name)
        for one, name in (await db.execute(with_names)).all()
    ]
    for app in (await db.execute(select(NetworkApp))).scalars():
        purpose, name = _app(app.provider, app.address), f"{app.provider} at {app.address}"
        found.append(_Sealed(_APPS, app.id or 0, app.sealed, purpose, name))
    for place in (await db.execute(select(Destination))).scalars():
        purpose, name = destination_purpose(place.person_id), f"{place.name} ({place.service})"
        found.append(_Sealed(_DESTINATIONS, place.id or 0, place.sealed, purpose, name))
    with_keys = select(ProposalEndpoint).where(col(ProposalEndpoint.sealed) != "")
    for asked in (await db.execute(with_keys)).scalars():
        purpose, name = endpoint_purpose(asked.workspace_id), f"proposals of {asked.url}"
        found.append(_Sealed(_ENDPOINTS, asked.workspace_id, asked.sealed, purpose, name))
    visits = select(Connecting).where(col(Connecting.expires_at) > utc_now())
    for visit in (await db.execute(visits)).scalars():
        purpose, name = visit_purpose(visit.state_hash), f"a visit to {visit.provider}"
        found.append(_Sealed(_VISITS, visit.id or 0, visit.sealed, purpose, name))
    return found
