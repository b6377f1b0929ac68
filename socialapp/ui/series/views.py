"""What the page shows of a series: finished words in its zone, never a table's row."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.services import making, series
from socialapp.services.series import Coming
from socialapp.store import channels, posts
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Post, Series
from socialapp.ui.rows import heading


class DateRow(TypedDict):
    """One of the next moments of a series."""

    at: str
    """The instant, ISO 8601 with `Z`."""
    words: str
    day: str
    """On the wall, "2026-12-24"."""
    is_skipped: bool


class ChannelRow(TypedDict):
    """A channel that a series may go to."""

    id: int
    name: str
    is_on: bool


class SeriesRow(TypedDict):
    """One series of the list."""

    id: int
    key: str
    text: str
    words: str
    channels: str
    state: str
    """`repeats`, `paused` or `ended`."""
    trouble: str
    next: str
    dates: list[DateRow]
    next_post: int
    """The post of the next one that is planned; 0: none is."""
    rule: str
    clock: str
    zone: str
    channel_ids: list[int]


async def series_rows(
    db: AsyncSession, workspace_id: int, found: Sequence[Series], *, now: datetime
) -> list[SeriesRow]:
    """Build the rows of these series, with three queries for all of them."""
    patterns = await posts.by_id(db, workspace_id, {each.post_id for each in found})
    named = {i for pattern in patterns.values() for i in pattern.channel_ids}
    names = await channels.by_id(db, workspace_id, named)
    made = await rows.occurrences(db, [each.id or 0 for each in found], since=now)
    return [
        _row(each, patterns[each.post_id], names, series.coming(each, made, now=now), now=now)
        for each in found
    ]


def _row(
    each: Series, pattern: Post, names: dict[int, Channel], ahead: list[Coming], *, now: datetime
) -> SeriesRow:
    dates = [_date(one, each.timezone, now=now) for one in ahead]
    to_come = [date["words"] for date in dates if not date["is_skipped"]]
    state = "ended" if not ahead else "paused" if each.paused_at else "repeats"
    return SeriesRow(
        id=each.id or 0,
        key=str(each.id),
        text=heading(pattern),
        words=making.spoken(each),
        channels=", ".join(names[i].name for i in pattern.channel_ids if i in names),
        state=state,
        trouble=each.trouble,
        next=f"{to_come[0]} {each.timezone}" if to_come and state == "repeats" else "",
        dates=dates,
        next_post=next((one.post_id for one in ahead if one.post_id), 0) or 0,
        rule=each.rule,
        clock=each.starts[11:16],
        zone=each.timezone,
        channel_ids=pattern.channel_ids,
    )


def _date(one: Coming, zone: str, *, now: datetime) -> DateRow:
    words = moments.spoken(one.at, zone, now=now).removesuffix(f" {zone}")
    day = f"{moments.in_zone(one.at, zone):%Y-%m-%d}"
    return DateRow(at=moments.iso(one.at), words=words, day=day, is_skipped=one.is_skipped)
