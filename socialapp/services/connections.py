"""Connecting channels: by what is typed, or by a visit to the network; verifying them."""

import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.outcome import Disconnected
from socialapp.domain.people import Member, Right
from socialapp.domain.text import storable
from socialapp.providers.contract import (
    Access,
    Account,
    Connected,
    Connects,
    Provider,
    PublishFailed,
    Visits,
)
from socialapp.services import visits
from socialapp.services.typed import (
    asking,
    network_of,
    said,
    secrets_in,
    typed_in,
    way_of,
)
from socialapp.store import channels, claims, people, secrets
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Channel
from socialapp.store.vault import VaultClosed

CHANNELS_AT_MOST = 500
_HANDLE_AT_MOST = 300
_URL_AT_MOST = 2_000


def _allow(by: Member) -> None:
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can connect channels.")


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
    network = network_of(provider)
    chosen = way_of(network, way, is_visit=False)
    assert isinstance(network, Connects)
    typed = typed_in(chosen, given)
    await _check_again(database, by, network, channel_id)
    with asking(network, secrets_in(chosen, typed)):
        connected = await network.connect(chosen.key, typed)
    async with database.transaction() as db:
        channel = await _keep(db, by, network, connected, name=name, channel_id=channel_id, now=now)
    if show and connected.shown:
        show(connected.shown)
    return channel


async def _check_again(
    database: Database, by: Member, network: Provider, channel_id: int | None
) -> None:
    """Refuse a channel that cannot be the one, before the network is asked."""
    if channel_id is None:
        return
    async with database.reading() as db:
        _check_network(await _mine(db, by, channel_id), network)


def _check_network(channel: Channel, network: Provider) -> None:
    if channel.provider != network.key:
        message = f"{channel.name} is not a channel on {network.name}. Nothing was changed."
        raise Rejected(Problem("another_network", message, "provider"))


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
    network = network_of(provider)
    chosen = way_of(network, way, is_visit=True)
    assert isinstance(network, Visits)
    state = chance.token_urlsafe(32)
    apps = secrets.Apps(database)
    typed = typed_in(chosen, given)
    await _check_again(database, by, network, channel_id)
    with asking(network, secrets_in(chosen, typed)):
        visit = await network.depart(chosen.key, typed, back=back, state=state, apps=apps)
    visits.check_address(visit.url, network)
    async with database.transaction() as db:
        await visits.begin(
            db,
            by,
            provider=provider,
            way=chosen.key,
            visit=visit,
            state=state,
            back=back,
            channel_id=channel_id,
            now=now,
        )
    return visit.url


async def arrive(
    database: Database,
    by: Member,
    *,
    state: str,
    came: Mapping[str, str],
    provider: str = "",
    now: datetime,
) -> Channel:
    """Connect the account from whose network a person comes back; commits. Once for a `state`.

    `provider`: at whose address they came back, which has to be where they went.
    """
    _allow(by)
    gone = await visits.end(database, by, state, provider=provider, now=now)
    network = network_of(gone.provider)
    assert isinstance(network, Visits)
    visits.check_let_in(came, network)
    kept = visits.known(gone)
    with asking(network, visits.proofs(came)):
        connected = await network.arrive(
            gone.way, kept["keep"], came, back=kept["back"], apps=secrets.Apps(database)
        )
    async with database.transaction() as db:
        return await _keep(db, by, network, connected, name="", channel_id=gone.channel_id, now=now)


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
    # One at a time: the same account that is connected twice at once is one channel.
    await people.lock_workspace(db, by.workspace_id)
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
            name=storable(name or account.name or account.handle or network.name)[:100],
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
    _check_network(channel, network)
    if not _is_same(channel, connected.account, address=connected.address):
        message = (
            f"That is another account than {channel.handle}. Nothing was changed; sign in there as"
            f" {channel.handle}, or connect it as a channel of its own."
        )
        raise Rejected(Problem("another_account", message, "way"))
    return channel


def _is_same(channel: Channel, account: Account, *, address: str) -> bool:
    """Whether it is the account of the channel; one that has moved to another server still is."""
    if not channel.remote_id:
        return True
    is_there = channel.address == address or channel.handle == account.handle
    return channel.remote_id == account.remote_id and is_there


async def _has_access(
    db: AsyncSession, channel: Channel, account: Account, *, now: datetime
) -> None:
    """Note what the network said of the account, and let go what waited for it."""
    channel.remote_id = storable(account.remote_id)
    channel.handle = storable(account.handle)[:_HANDLE_AT_MOST] or channel.handle
    channel.url = storable(account.url)[:_URL_AT_MOST]
    channel.known = dict(account.known)
    channel.known_at = now
    if channel.needs_reconnect:
        channel.needs_reconnect, channel.trouble = False, ""
        # What is in a worker's hands was made ready with the old access.
        await claims.let_go_of_channel(db, channel.id or 0)
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
    network = network_of(channel.provider)
    hidden: list[str] = []
    try:
        access = await keyring.of(channel, network)
        hidden = [value for value in access.secrets.values() if isinstance(value, str)]
        account = await _let_in(channel, network, access, keyring)
    except PublishFailed as error:
        is_lost = isinstance(error.outcome, Disconnected)
        words = said(error, network, hidden)
        return await _not_verified(database, by, channel_id, words, is_lost=is_lost)
    except VaultClosed as error:
        return Verified(channel, False, str(error))
    if not _is_same(channel, account, address=channel.address):
        words = f"{network.name} lets us in as {account.handle}, and not as {channel.handle}."
        return Verified(channel, False, f"{words} Connect it again.")
    async with database.transaction() as db:
        channel = await _mine(db, by, channel_id)
        await _has_access(db, channel, account, now=now)
    return Verified(channel, True, f"{network.name} knows {channel.handle}, and lets us in.")


async def _let_in(channel: Channel, network: Provider, access: Access, keyring: Keyring) -> Account:
    """Return who the network says that we are; access that has just ended is renewed once."""
    try:
        return await network.verify(access)
    except PublishFailed as error:
        if not isinstance(error.outcome, Disconnected):
            raise
        renewed = await keyring.renew(channel, network, access)
        if renewed is None:
            raise
    return await network.verify(renewed)


async def _not_verified(
    database: Database, by: Member, channel_id: int, words: str, *, is_lost: bool
) -> Verified:
    async with database.transaction() as db:
        channel = await _mine(db, by, channel_id)
        if is_lost:
            await channels.lose_access(db, channel_id, why=words, now=utc_now())
            await db.refresh(channel)
            await claims.let_go_of_channel(db, channel_id)
            aftermath(db).workspaces.add(by.workspace_id)
    return Verified(channel, False, words)
