"""The free slots between the lines of the queue: where another post could go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict
from urllib.parse import urlencode

from socialapp.domain import moments
from socialapp.domain.people import Member
from socialapp.services import slots
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule
from socialapp.ui import routes
from socialapp.ui.rows import ScheduleRow, day_words

AT_MOST = 40
_AFTER_THE_LAST = timedelta(days=7)
_AHEAD = timedelta(days=31)
END = "end"
"""Stands for the place after the last line."""


class Gap(TypedDict):
    """A slot that nothing has yet."""

    key: str
    day: str
    """The day's heading, only where this is the first of a day."""
    time: str
    zone: str
    at: str
    channels: str
    """The names of the channels that post then, or how many they are."""
    address: str
    """Of the editor, for this moment and these channels."""


async def between(
    db: AsyncSession,
    by: Member,
    found: Sequence[Schedule],
    names: Mapping[int, str],
    *,
    since: datetime | None,
    until: datetime | None,
    is_first: bool,
    is_last: bool,
    now: datetime,
) -> list[tuple[datetime, list[int]]]:
    """Return the free slots of these channels in the span that a page of the queue shows."""
    times = [each.scheduled_at for each in found]
    after = now if is_first or not times else max(now, times[0])
    after = max(after, since) if since else after
    before = times[-1] if times and not is_last else max([after, *times]) + _AFTER_THE_LAST
    before = min(before, after + _AHEAD, *([until] if until else []))
    when: dict[datetime, list[int]] = {}
    for at, channel_id in await slots.free(db, by, names, after=after, before=before):
        when.setdefault(at, []).append(channel_id)
    return list(when.items())[:AT_MOST]


def none(rows: Sequence[ScheduleRow]) -> dict[str, list[Gap]]:
    """Return that there is none before any of the lines, nor after the last."""
    return {key: [] for key in (*(row["key"] for row in rows), END)}


def placed(
    rows: Sequence[ScheduleRow],
    times: Sequence[datetime],
    free: Iterable[tuple[datetime, list[int]]],
    names: Mapping[int, str],
    zone: str,
    *,
    now: datetime,
) -> dict[str, list[Gap]]:
    """Return the gaps by the line that they stand before; the days' headings move with them."""
    found = none(rows)
    waiting, said = list(free), ""
    for row, at in [*zip(rows, times, strict=True), (None, None)]:
        while waiting and (at is None or waiting[0][0] < at):
            gap = _gap(*waiting.pop(0), names, zone, now=now)
            gap["day"], said = ("" if gap["day"] == said else gap["day"]), gap["day"]
            found[row["key"] if row else END].append(gap)
        if row:
            row["day"], said = ("" if row["date"] == said else row["date"]), row["date"]
    return found


def _gap(
    at: datetime, ids: Sequence[int], names: Mapping[int, str], zone: str, *, now: datetime
) -> Gap:
    local = moments.in_zone(at, zone)
    asked = {"at": f"{local:%Y-%m-%dT%H:%M}", "channels": ",".join(map(str, ids))}
    return Gap(
        key=moments.iso(at),
        day=day_words(at, zone, now=now),
        time=f"{local:%H:%M}",
        zone=zone,
        at=moments.iso(at),
        channels=names[ids[0]] if len(ids) == 1 else f"{len(ids)} channels",
        address=f"{routes.COMPOSE}?{urlencode(asked)}",
    )
