"""Pause and resume: of a workspace by its people, of the whole installation by its operator.

A channel's pause is in `channels`; what its own channel holds stays on hold when the workspace goes
on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain import delivery as rules
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member, Right
from socialapp.store import deliveries, knobs, people
from socialapp.store.deliveries import Turned
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Workspace


@dataclass(frozen=True)
class Paused:
    """How a workspace stands after a pause or resume."""

    is_paused: bool
    held: int
    """Deliveries on hold: of the workspace, or of channels that are paused themselves."""
    too_late: int = 0
    """Posts that were let go too late to go out by themselves: they become missed."""


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at posts here, not pause or resume publishing.")


async def pause(db: AsyncSession, by: Member) -> Paused:
    """Hold all that has not left, and all that will be planned. Twice is harmless."""
    _allow(by)
    workspace = await people.lock_workspace(db, by.workspace_id)
    workspace.is_paused = True
    await deliveries.hold(db, by.workspace_id)
    aftermath(db).workspaces.add(by.workspace_id)
    return Paused(True, await deliveries.on_hold(db, by.workspace_id))


async def resume(db: AsyncSession, by: Member, *, now: datetime) -> Paused:
    """Let the workspace publish again; what is too late by now becomes missed."""
    _allow(by)
    workspace = await people.lock_workspace(db, by.workspace_id)
    workspace.is_paused = False
    released = await deliveries.let_go(db, by.workspace_id)
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.is_due_soon = True
    held = await deliveries.on_hold(db, by.workspace_id)
    return Paused(False, held, _too_late(released, workspace, now=now))


def _too_late(released: Iterable[Turned], workspace: Workspace, *, now: datetime) -> int:
    missed_after = timedelta(minutes=workspace.missed_after_minutes)
    late = {
        each.schedule_id
        for each in released
        if now > rules.latest(each.planned_at, missed_after=missed_after, tries=each.tries)
    }
    return len(late)


async def stop_everything(db: AsyncSession) -> None:
    """Let every worker put down what has not left, and take nothing. For the operator."""
    await _run(db, is_running=False)


async def start_everything(db: AsyncSession) -> None:
    """Let the workers publish again."""
    await _run(db, is_running=True)


async def _run(db: AsyncSession, *, is_running: bool) -> None:
    await knobs.turn(db, knobs.SWEEP_RUNNING, "yes" if is_running else "no")
    noted = aftermath(db)
    noted.workspaces.update(await people.workspace_ids(db))
    noted.is_due_soon = True
