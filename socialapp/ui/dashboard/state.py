"""What the dashboard reads beside what is live: figures, and the first steps."""

from datetime import timedelta
from typing import TypedDict

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.people import Right
from socialapp.services import members
from socialapp.store import overview
from socialapp.store.overview import FirstSteps
from socialapp.store.session import reading, transaction
from socialapp.ui import routes
from socialapp.ui.dashboard import figures
from socialapp.ui.session import needs, signed_in


class Step(TypedDict):
    """One of the first steps, and whether it is done."""

    title: str
    text: str
    done: bool
    address: str
    action: str


class DashboardState(rx.State):
    """The figures and the checklist."""

    lateness: dict[str, str] = {}
    bars: list[figures.Bar] = []
    chart: str = ""
    steps: list[Step] = []
    steps_done: int = 0
    shows_steps: bool = False

    @needs(Right.READ)
    async def load(self) -> None:
        """Read them again."""
        by, now = await signed_in(self), utc_now()
        start = moments.in_zone(now, by.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        async with reading() as db:
            late = await overview.lateness(db, by.workspace_id, since=now - timedelta(days=1))
            coming = await overview.moments_between(
                db, by.workspace_id, now, start + timedelta(days=figures.DAYS)
            )
            steps = await overview.first_steps(db, by.workspace_id)
        self.lateness = figures.lateness(late)
        self.bars = figures.coming_days(coming, by.zone, now=now)
        self.chart = figures.in_words(self.bars)
        self.steps = first_steps(steps, zone=by.zone)
        self.steps_done = sum(step["done"] for step in self.steps)
        self.shows_steps = not steps.is_hidden and self.steps_done < len(self.steps)

    @needs(Right.READ)
    async def hide_steps(self) -> None:
        """Put the checklist away for the workspace."""
        by = await signed_in(self)
        async with transaction() as db:
            await members.update_workspace(db, by, checklist_hidden=True)
        self.shows_steps = False


def first_steps(done: FirstSteps, *, zone: str) -> list[Step]:
    """Return the four steps of a new workspace."""
    return [
        Step(
            title="Choose a time zone",
            text=f"Times are shown in {zone.replace('_', ' ')}.",
            done=zone != "UTC" or done.has_posted,
            address=routes.SETTINGS,
            action="Open settings",
        ),
        Step(
            title="Publish a first post on the sandbox",
            text="It looks like the real thing, and nothing leaves this machine.",
            done=done.has_posted,
            address=routes.COMPOSE,
            action="Write a post",
        ),
        Step(
            title="Connect a channel",
            text="An account that posts go out to. Another sandbox account counts, to try things.",
            done=done.has_own_channel,
            address=routes.CONNECT,
            action="Choose a network",
        ),
        Step(
            title="Make a key",
            text="For scripts and other programs that post through this app.",
            done=done.has_key,
            address=f"{routes.SETTINGS}?tab=keys",
            action="Open keys",
        ),
    ]
