"""What the clock and the pages ask of the database, each as the app asks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from socialapp.api.views import schedules_out
from socialapp.domain.delivery import Shown
from socialapp.publishing.dispatcher import AHEAD
from socialapp.store import claims, overview, schedules
from socialapp.store.pages import write_cursor
from socialapp.store.session import AsyncSession
from socialapp.ui.glance import NEEDS_PERSON, ROWS
from socialapp.ui.queue.state import TABS

_LONG_AGO = timedelta(days=365 * 500)
_MONTH = timedelta(days=30)
_CLAIMED = 50


@dataclass(frozen=True)
class Here:
    """Where and when it is asked."""

    workspace_id: int
    now: datetime


Ask = Callable[[AsyncSession, Here], Awaitable[Any]]


async def _claim(db: AsyncSession, here: Here) -> int:
    taken = await claims.claim(
        db, worker="benchmark", until=here.now + AHEAD, now=here.now, limit=_CLAIMED
    )
    return len(taken)


async def _sweep(db: AsyncSession, here: Here) -> Any:
    return await claims.has_due(db, until=here.now + AHEAD, now=here.now)


async def _idle_sweep(db: AsyncSession, here: Here) -> Any:
    return await claims.has_due(db, until=here.now - _LONG_AGO, now=here.now)


async def _owners(db: AsyncSession, here: Here) -> int:
    return len(await claims.owners(db))


def _page(**filters: Any) -> Ask:
    async def ask(db: AsyncSession, here: Here) -> int:
        page = await schedules.page(db, here.workspace_id, **filters)
        return len(await schedules_out(db, page.items))

    return ask


async def _second_page(db: AsyncSession, here: Here) -> int:
    page = await schedules.page(db, here.workspace_id, limit=50, cursor=write_cursor(here.now, 0))
    return len(await schedules_out(db, page.items))


async def _month(db: AsyncSession, here: Here) -> int:
    page = await schedules.page(
        db, here.workspace_id, limit=200, since=here.now - _MONTH, until=here.now
    )
    return len(await schedules_out(db, page.items))


async def _moments(db: AsyncSession, here: Here) -> int:
    until = here.now + _MONTH
    return len(await overview.moments_between(db, here.workspace_id, here.now, until))


async def _next_up(db: AsyncSession, here: Here) -> int:
    return len(await overview.with_status(db, here.workspace_id, [Shown.QUEUED], limit=ROWS))


async def _attention(db: AsyncSession, here: Here) -> int:
    found = await overview.with_status(
        db, here.workspace_id, NEEDS_PERSON, limit=ROWS, newest_first=True
    )
    return len(found)


async def _last_posted(db: AsyncSession, here: Here) -> int:
    found = await overview.with_status(
        db, here.workspace_id, TABS["posted"], limit=ROWS, newest_first=True
    )
    return len(found)


async def _health(db: AsyncSession, here: Here) -> Any:
    return await overview.health(db, here.workspace_id, now=here.now)


async def _changed(db: AsyncSession, here: Here) -> int:
    since = here.now - timedelta(minutes=10)
    return len(await overview.changed_since(db, here.workspace_id, since))


async def _counts(db: AsyncSession, here: Here) -> int:
    return len(await overview.counts(db, here.workspace_id))


async def _by_status(db: AsyncSession, here: Here) -> int:
    return len(await overview.deliveries_by_status(db))


CLOCK: dict[str, Ask] = {
    f"claim {_CLAIMED}": _claim,
    "sweep: is something due (yes)": _sweep,
    "sweep: is something due (no)": _idle_sweep,
    "sweep: who holds what": _owners,
}
PAGES: dict[str, Ask] = {
    "list page, 50": _page(limit=50),
    "list page, 50, newest first": _page(limit=50, newest_first=True),
    "list page, 50, after a cursor": _second_page,
    "queue tab, 50": _page(limit=50, statuses=TABS["queue"]),
    "posted tab, 50": _page(limit=50, statuses=TABS["posted"], newest_first=True),
    "calendar page: a month, 200": _month,
    "chart: moments of a month": _moments,
    "dashboard: next up": _next_up,
    "dashboard: needs a person": _attention,
    "dashboard: last posted": _last_posted,
    "every page: health": _health,
    "every page: what changed": _changed,
}
COUNTS: dict[str, Ask] = {
    "every page: counts by status": _counts,
    "operator: deliveries by status": _by_status,
}
EVERY = CLOCK | PAGES | COUNTS
