"""Connecting channels: by what is typed, or by a visit to the network; verifying them."""

import hashlib
import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from socialapp.access import Keyring
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.outcome import Disconnected
from socialapp.domain.people import Member, Right
from socialapp.providers import networks
from socialapp.providers.contract import (
    Account,
    Connected,
    Connects,
    Provider,
    PublishFailed,
    Visits,
    Way,
)
from socialapp.store import channels, claims, secrets
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Channel, Connecting
from socialapp.store.vault import vault

CHANNELS_AT_MOST = 500
VISIT_LASTS = timedelta(minutes=30)
_TYPED_AT_MOST = 4_000


def _allow(by: Member) -> None:
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can connect channels.")


def _network(provider: str) -> Provider:
    try:
        return networks()[provider]
    except KeyError as error:
        message = f"There is no network called {provider[:50]!r}."
        raise Rejected(Problem("network_unknown", message, "provider")) from error


def _way(network: Provider, key: str, *, is_visit: bool) -> Way:
    ways = [way for way in network.ways if way.is_visit is is_visit]
    found = next((way for way in ways if way.key == key or not key), None)
    if found is None:
        message = f"{network.name} is not connected like that. Nothing was changed."
        raise Rejected(Problem("way_unknown", message, "way"))
    return found


def _typed(way: Way, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for each field of the way, stripped."""
    typed = {field.key: given.get(field.key, "").strip() for field in way.fields}
    found = [
        Problem("field_required", f"{field.label}: fill this in.", field.key)
        for field in way.fields
        if not typed[field.key] and not field.is_optional
    ]
    found += [
        Problem("field_too_long", f"{field.label}: that is too long.", field.key)
        for field in way.fields
        if len(typed[field.key]) > _TYPED_AT_MOST
    ]
    if found:
        raise Rejected(*found)
    return typed


async def connect(
    database: Database,
    by: Member,
    *,
    provider: str,
    way: str = "",
    given: Mapping[str, str],
    name: str = "",
    channel_id: int | None = None,
    show: Callable[[Mapping[str, str]], object] | None = None,
    now: datetime,
) -> Channel:
    """Connect an account with what was typed; commits. `channel_id`: the one to connect again.

    `show` is given the secrets that were made for the person, by their labels: nobody can read
    them again. Raises Rejected with the network's no, in words.
    """
    _allow(by)
    network = _network(provider)
    chosen = _way(network, way, is_visit=False)
    assert isinstance(network, Connects)
    try:
        connected = await network.connect(chosen.key, _typed(chosen, given))
    except PublishFailed as error:
        raise _no(error) from error
    async with database.transaction() as db:
        channel = await _keep(db, by, network, connected, name=name, channel_id=channel_id, now=now)
    if show and connected.shown:
        show(connected.shown)
    return channel


def _no(error: PublishFailed) -> Rejected:
    return Rejected(Problem("not_connected", f"{error} The channel is not connected.", "way"))


async def depart(
    database: Database,
    by: Member,
    *,
    provider: str,
    way: str = "",
    given: Mapping[str, str],
    channel_id: int | None = None,
    back: str,
    now: datetime,
) -> str:
    """Return the address at the network where a person lets us in; commits.

    The network sends them to `back`, with what arrive() wants.
    """
    _allow(by)
    network = _network(provider)
    chosen = _way(network, way, is_visit=True)
    assert isinstance(network, Visits)
    state = chance.token_urlsafe(32)
    apps = secrets.Apps(database)
    try:
        visit = await network.depart(
            chosen.key, _typed(chosen, given), back=back, state=state, apps=apps
        )
    except PublishFailed as error:
        raise _no(error) from error
    hashed = _hash(state)
    async with database.transaction() as db:
        await db.execute(delete(Connecting).where(col(Connecting.expires_at) < now))
        if channel_id is not None:
            await _mine(db, by, channel_id)
        db.add(
            Connecting(
                state_hash=hashed,
                workspace_id=by.workspace_id,
                person_id=by.person_id,
                channel_id=channel_id,
                provider=provider,
                way=chosen.key,
                sealed=vault().seal(
                    {"keep": dict(visit.keep), "back": back}, secrets.visit_purpose(hashed)
                ),
                expires_at=now + VISIT_LASTS,
            )
        )
    return visit.url


async def arrive(
    database: Database, by: Member, *, state: str, came: Mapping[str, str], now: datetime
) -> Channel:
    """Connect the account from whose network a person comes back; commits. Once for a `state`."""
    _allow(by)
    gone = await _take_visit(database, by, state, now=now)
    network = _network(gone.provider)
    assert isinstance(network, Visits)
    kept = vault().open(gone.sealed, secrets.visit_purpose(gone.state_hash))
    try:
        connected = await network.arrive(
            gone.way, kept["keep"], came, back=kept["back"], apps=secrets.Apps(database)
        )
    except PublishFailed as error:
        raise _no(error) from error
    async with database.transaction() as db:
        return await _keep(db, by, network, connected, name="", channel_id=gone.channel_id, now=now)


async def _take_visit(database: Database, by: Member, state: str, *, now: datetime) -> Connecting:
    """Return the visit and forget it: what comes back twice came once."""
    async with database.transaction() as db:
        query = select(Connecting).where(
            Connecting.state_hash == _hash(state),
            Connecting.workspace_id == by.workspace_id,
            Connecting.person_id == by.person_id,
            Connecting.expires_at > now,
        )
        gone = (await db.execute(query)).scalar_one_or_none()
        if gone is not None:
            await db.delete(gone)
    if gone is None:
        message = "That visit is over, or was somebody else's. Begin again under Channels."
        raise Rejected(Problem("visit_unknown", message, "state"))
    return gone


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


async def _mine(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


async def _keep(
    db: AsyncSession,
    by: Member,
    network: Provider,
    connected: Connected,
    *,
    name: str,
    channel_id: int | None,
    now: datetime,
) -> Channel:
    there = await channels.of_workspace(db, by.workspace_id)
    channel = _known(there, network, connected, channel_id)
    account = connected.account
    if channel is None:
        if len(there) >= CHANNELS_AT_MOST:
            raise Conflict(f"A workspace holds at most {CHANNELS_AT_MOST} channels.")
        channel = await channels.add_channel(
            db,
            by.workspace_id,
            provider=network.key,
            name=(name or account.name or account.handle)[:100],
            now=now,
        )
    channel.address = connected.address
    if connected.secrets:
        await secrets.keep(db, channel.id or 0, connected.secrets, expires_at=connected.expires_at)
    await _has_access(db, channel, account, now=now)
    return channel


def _known(
    there: list[Channel], network: Provider, connected: Connected, channel_id: int | None
) -> Channel | None:
    """Return the channel that this account is already; None for a new one."""
    who = (network.key, connected.address, connected.account.remote_id)
    if channel_id is None:
        same = (c for c in there if (c.provider, c.address, c.remote_id) == who)
        return next(same, None) if connected.account.remote_id else None
    channel = next((c for c in there if c.id == channel_id), None)
    if channel is None:
        raise NotFound("There is no such channel.")
    is_same = not channel.remote_id or channel.remote_id == who[2]
    if channel.provider != network.key or not is_same:
        message = (
            f"That is another account than {channel.handle}. Nothing was changed; sign in there as"
            f" {channel.handle}, or connect it as a channel of its own."
        )
        raise Rejected(Problem("another_account", message, "way"))
    return channel


async def _has_access(
    db: AsyncSession, channel: Channel, account: Account, *, now: datetime
) -> None:
    """Note what the network said of the account, and let go what waited for it."""
    channel.remote_id = account.remote_id
    channel.handle = account.handle or channel.handle
    channel.url = account.url
    channel.known = dict(account.known)
    channel.known_at = now
    channel.needs_reconnect = False
    channel.trouble = ""
    await db.flush()
    await claims.hasten_channel(db, channel.id or 0, now=now)
    noted = aftermath(db)
    noted.workspaces.add(channel.workspace_id)
    noted.is_due_soon = True


@dataclass(frozen=True)
class Verified:
    """What a network says of a channel."""

    channel: Channel
    is_ok: bool
    words: str


async def verify(
    database: Database, keyring: Keyring, by: Member, channel_id: int, *, now: datetime
) -> Verified:
    """Ask the network whether a channel's access is good, and what it allows; commits."""
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at channels here, not test them.")
    async with database.reading() as db:
        channel = await _mine(db, by, channel_id)
    network = _network(channel.provider)
    try:
        access = await keyring.of(channel, network)
        account = await network.verify(access)
    except PublishFailed as error:
        return await _not_verified(database, by, channel_id, error)
    async with database.transaction() as db:
        channel = await _mine(db, by, channel_id)
        await _has_access(db, channel, account, now=now)
    return Verified(channel, True, f"{network.name} knows {channel.handle}, and lets us in.")


async def _not_verified(
    database: Database, by: Member, channel_id: int, error: PublishFailed
) -> Verified:
    async with database.transaction() as db:
        channel = await _mine(db, by, channel_id)
        if isinstance(error.outcome, Disconnected):
            channel.needs_reconnect = True
            channel.trouble = str(error)
            aftermath(db).workspaces.add(by.workspace_id)
    return Verified(channel, False, str(error))
