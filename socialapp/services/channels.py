"""Channels: add, rename, defaults, pause, resume, remove; and how the sandbox is told to behave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from socialapp.domain import options as option_rules
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.providers import DEFAULT, kind
from socialapp.providers.contract import capabilities_of
from socialapp.providers.sandbox.server import Behaviour
from socialapp.services.connections import CHANNELS_AT_MOST
from socialapp.store import channels, deliveries, people, sandbox, secrets
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel


def _allow(by: Member, right: Right = Right.ADMIN) -> None:
    if not by.may(right):
        raise NotAllowed("Only an owner or admin can change channels.")


async def _get(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    channel = await channels.get(db, by.workspace_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def _name(name: str) -> str:
    if not name.strip() or len(name) > 100:
        raise Rejected(Problem("name_required", "Give the channel a name.", "name"))
    return name.strip()


async def add_sandbox(db: AsyncSession, by: Member, *, name: str, now: datetime) -> Channel:
    """Add an account on the network of this machine."""
    _allow(by)
    if len(await channels.of_workspace(db, by.workspace_id)) >= CHANNELS_AT_MOST:
        raise Conflict(f"A workspace holds at most {CHANNELS_AT_MOST} channels.")
    channel = await channels.add_channel(
        db, by.workspace_id, provider=DEFAULT, name=_name(name), now=now
    )
    aftermath(db).workspaces.add(by.workspace_id)
    return channel


async def rename(db: AsyncSession, by: Member, channel_id: int, *, name: str) -> Channel:
    """Change what a channel is called here."""
    _allow(by)
    channel = await _get(db, by, channel_id)
    channel.name = _name(name)
    aftermath(db).workspaces.add(by.workspace_id)
    return channel


async def make_default(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    """Make it the channel of posts that name none."""
    _allow(by)
    chosen = await _get(db, by, channel_id)
    for channel in await channels.of_workspace(db, by.workspace_id):
        channel.is_default = channel.id == chosen.id
    aftermath(db).workspaces.add(by.workspace_id)
    return chosen


async def set_options(
    db: AsyncSession, by: Member, channel_id: int, *, options: Mapping[str, Any]
) -> Channel:
    """Change what the posts of a channel have when they do not say otherwise."""
    _allow(by)
    channel = await _get(db, by, channel_id)
    can = capabilities_of(kind(channel.provider), channel.known)
    if found := option_rules.problems(options, can.options):
        raise Rejected(*found)
    channel.options = dict(options)
    aftermath(db).workspaces.add(by.workspace_id)
    return channel


async def pause(db: AsyncSession, by: Member, channel_id: int, *, now: datetime) -> Channel:
    """Hold everything that is queued for a channel, and all that will be."""
    _allow(by, Right.PUBLISH)
    await people.lock_workspace(db, by.workspace_id)
    channel = await _get(db, by, channel_id)
    channel.paused_at = channel.paused_at or now
    await deliveries.hold(db, by.workspace_id, channel_id=channel_id)
    aftermath(db).workspaces.add(by.workspace_id)
    return channel


async def resume(db: AsyncSession, by: Member, channel_id: int) -> Channel:
    """Let a channel publish again; what is too late by now becomes missed.

    While its workspace is paused, what waits for it stays on hold.
    """
    _allow(by, Right.PUBLISH)
    await people.lock_workspace(db, by.workspace_id)
    channel = await _get(db, by, channel_id)
    channel.paused_at = None
    await deliveries.let_go(db, by.workspace_id)
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.is_due_soon = True
    return channel


async def remove(db: AsyncSession, by: Member, channel_id: int, *, now: datetime) -> None:
    """Take a channel away. Raises Conflict while something is planned for it."""
    _allow(by)
    channel = await _get(db, by, channel_id)
    if waiting := await deliveries.waiting(db, channel_id):
        planned = "1 post is" if waiting == 1 else f"{waiting} posts are"
        it = "it" if waiting == 1 else "them"
        raise Conflict(f"{planned} planned for {channel.name}. Cancel or move {it} first.")
    channel.removed_at = now
    channel.is_default = False
    await secrets.forget(db, channel_id)
    aftermath(db).workspaces.add(by.workspace_id)


async def set_behaviour(
    db: AsyncSession,
    by: Member,
    channel_id: int,
    *,
    behaviour: str,
    requests: int = 1,
    delay_ms: int = 0,
) -> Channel:
    """Tell a sandbox account what to do with its next requests (-1: with all)."""
    _allow(by, Right.WRITE)
    channel = await _get(db, by, channel_id)
    if channel.provider != DEFAULT:
        raise Conflict("Only an account on the sandbox can be told how to behave.")
    if behaviour not in set(Behaviour):
        message = f"Choose one of {', '.join(Behaviour)}."
        raise Rejected(Problem("behaviour_unknown", message, "behaviour"))
    if not -1 <= requests <= 10_000 or not 0 <= delay_ms <= 120_000:
        message = "At most 10000 requests (-1: all) and 120000 ms."
        raise Rejected(Problem("out_of_range", message, "requests"))
    await sandbox.set_rule(db, channel, behaviour=behaviour, requests=requests, delay_ms=delay_ms)
    return channel
