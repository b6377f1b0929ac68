"""What the calendar shows: so many of each day, and how many more there are."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from socialapp.domain import moments
from socialapp.domain.people import Member
from socialapp.services import clashes, slots
from socialapp.services.moves import MOVABLE
from socialapp.store import schedules
from socialapp.store.session import AsyncSession
from socialapp.ui.components.status import LABELS
from socialapp.ui.rows import ScheduleRow, schedule_rows

SHOWN_OF_A_DAY = {"month": 3, "week": 40, "day": 200, "list": 50}
"""The views, and how many posts of one day each shows before it says how many more there are."""
WITH_SLOTS = ("week", "day")
AT_MOST = 20_000
_CLASH_WORDS = {
    "same_channel": "another post on this channel close to it",
    "same_text": "the same text within days",
}


class CalendarEvent(TypedDict):
    """One schedule in the calendar."""

    key: str
    local: str
    """Its time on the wall clock of the workspace's zone, as `2027-05-14T09:00:00`."""
    at: str
    """The instant, as whoever moves it has seen it."""
    changed: str
    """When it was last changed; of two states of one schedule the later holds."""
    status: str
    label: str
    text: str
    channels: str
    can_move: bool
    is_repeated: bool
    clash: str
    """What it clashes with, in words; or nothing."""


class More(TypedDict):
    """The rest of a day."""

    day: str
    count: int
    local: str
    """The time of the first that is not shown."""


class FreeSlot(TypedDict):
    """A posting time that nothing has yet."""

    local: str
    channels: str
    """The names of the channels that post then, or how many they are."""
    ids: str
    """The same channels for the address of the editor: `3,5`."""


def span(view: str, day: date) -> tuple[date, date]:
    """Return the first day that a view shows, and the first that it does not show any more."""
    if view == "month":
        first = day.replace(day=1)
        first -= timedelta(days=first.weekday())
        return first, first + timedelta(weeks=6)
    if view == "list":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    if view == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(weeks=1)
    return day, day + timedelta(days=1)


def instants(view: str, day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the same as instants; days begin when they begin in `zone`."""
    first, end = (datetime.combine(each, datetime.min.time()) for each in span(view, day))
    return moments.moment(first, zone).at, moments.moment(end, zone).at


async def read(
    db: AsyncSession,
    by: Member,
    view: str,
    day: date,
    *,
    now: datetime,
    kept: int | None = None,
    **filters: Any,
) -> tuple[list[CalendarEvent], list[More]]:
    """Return the events of a view, and what its days have beside them.

    The schedule `kept` is shown even on a day that is full.
    """
    since, until = instants(view, day, by.zone)
    found = await schedules.times(
        db, by.workspace_id, limit=AT_MOST, since=since, until=until, **filters
    )
    wanted, more = _first_of_each_day(found, SHOWN_OF_A_DAY[view], by.zone, kept)
    there = sorted(
        await schedules.some(db, by.workspace_id, wanted), key=lambda s: (s.scheduled_at, s.id)
    )
    rows = await schedule_rows(db, by.workspace_id, there, zone=by.zone, now=now)
    marked = await clashes.among(db, by, since=since, until=until)
    return [
        _event(row, schedule.scheduled_at, schedule.updated_at, marked.get(row["id"], set()), by)
        for row, schedule in zip(rows, there, strict=True)
    ], more


def _first_of_each_day(
    found: Sequence[tuple[int, datetime]], most: int, zone: str, kept: int | None
) -> tuple[list[int], list[More]]:
    count: Counter[str] = Counter()
    wanted: list[int] = []
    rest: dict[str, More] = {}
    for schedule_id, at in found:
        local = moments.in_zone(at, zone)
        day = f"{local:%Y-%m-%d}"
        count[day] += 1
        if count[day] <= most or schedule_id == kept:
            wanted.append(schedule_id)
        else:
            rest.setdefault(day, More(day=day, count=0, local=f"{local:%Y-%m-%dT%H:%M:%S}"))
            rest[day]["count"] += 1
    return wanted, list(rest.values())


async def free(
    db: AsyncSession, by: Member, view: str, day: date, *, now: datetime, names: dict[int, str]
) -> list[FreeSlot]:
    """Return the free slots of these channels in a week or a day; in other views none."""
    if view not in WITH_SLOTS:
        return []
    since, until = instants(view, day, by.zone)
    when: dict[str, list[int]] = {}
    for at, channel_id in await slots.free(db, by, names, after=max(since, now), before=until):
        local = f"{moments.in_zone(at, by.zone):%Y-%m-%dT%H:%M:%S}"
        when.setdefault(local, []).append(channel_id)
    return [
        FreeSlot(
            local=local,
            channels=names[ids[0]] if len(ids) == 1 else f"{len(ids)} channels",
            ids=",".join(map(str, ids)),
        )
        for local, ids in when.items()
    ]


def _event(
    row: ScheduleRow, at: datetime, changed: datetime, marked: set[str], by: Member
) -> CalendarEvent:
    return CalendarEvent(
        key=row["key"],
        local=f"{moments.in_zone(at, by.zone):%Y-%m-%dT%H:%M:%S}",
        at=row["at"],
        changed=moments.iso(changed),
        status=row["status"],
        label=LABELS.get(row["status"], ""),
        text=row["text"],
        channels=row["channels"],
        can_move=row["status"] in MOVABLE,
        is_repeated=row["is_repeated"],
        clash="; ".join(_CLASH_WORDS[code] for code in sorted(marked)),
    )
