"""What the page shows of results: finished words, and charts in their own units. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain import results as rules
from socialapp.domain.results import Group, Measured, Metric
from socialapp.domain.slots import DAYS
from socialapp.store.results import Row
from socialapp.store.tables import Channel, Result, ResultReading
from socialapp.ui import routes
from socialapp.ui.rows import heading, web_address

BLOCK = 3
"""Hours that are looked at together: single ones have too few posts."""
WIDTH, HEIGHT = 96, 24


@dataclass(frozen=True)
class Post(Measured):
    """One post at one channel."""

    channel_id: int
    labels: tuple[str, ...]


def post(row: Row) -> Post:
    """Return what is added up of a row."""
    campaign = [f"Campaign {row.post.campaign}"] if row.post.campaign else []
    labels = (*campaign, *(f"#{tag}" for tag in dict.fromkeys(row.post.tags)))
    return Post(row.result.posted_at, row.result.counts, row.result.channel_id, labels)


class GroupRow(TypedDict):
    """Some posts, with one cell for each metric."""

    key: str
    name: str
    posts: str
    cells: list[dict[str, str]]


class HourCell(TypedDict):
    """A stretch of hours on one day of the week."""

    key: str
    shown: str
    label: str
    shade: str


class DayRow(TypedDict):
    """A day of the week."""

    key: str
    name: str
    cells: list[HourCell]


class PostLine(TypedDict):
    """One post with its result."""

    key: str
    text: str
    address: str
    url: str
    channel: str
    when: str
    at: str
    words: str
    read: str
    line: str
    """Points of the chart; empty when there is nothing to draw."""
    chart: str
    """The chart in words."""


def group_rows(
    groups: Iterable[Group[str]], metrics: Sequence[Metric], names: Mapping[str, str] | None = None
) -> list[GroupRow]:
    """Return rows of a table, each with the total and the typical number of each metric."""
    return [
        GroupRow(
            key=group.key,
            name=(names or {}).get(group.key, group.key),
            posts=_posts(group.posts),
            cells=[_cell(group, metric) for metric in metrics],
        )
        for group in groups
    ]


def _posts(number: int) -> str:
    return f"{number:,} post{'' if number == 1 else 's'}"


def _cell(group: Group[str], metric: Metric) -> dict[str, str]:
    figure = group.figures.get(metric.key)
    if figure is None:
        return {"key": metric.key, "total": "Unknown", "typical": ""}
    total = f"{figure.total:,}"
    if figure.known < group.posts:
        total += f" of {_posts(figure.known)}"
    typical = (
        f"Not enough data · {_posts(figure.known)}"
        if figure.typical is None
        else f"{figure.typical:g} typical"
    )
    return {"key": metric.key, "total": total, "typical": typical}


def hours() -> list[str]:
    """Return the heads of the columns."""
    return [f"{start:02d}-{start + BLOCK:02d}" for start in range(0, 24, BLOCK)]


def week(posts: Iterable[Measured], metric: Metric, zone: str) -> list[DayRow]:
    """Return the typical number of a metric for each stretch of the week."""

    def place(one: Measured) -> tuple[tuple[int, int]]:
        local = moments.in_zone(one.posted_at, zone)
        return ((local.weekday(), local.hour // BLOCK),)

    found = {group.key: group for group in rules.grouped(posts, place)}
    typical = {
        key: figure.typical
        for key, group in found.items()
        if (figure := group.figures.get(metric.key)) and figure.typical is not None
    }
    most = max(typical.values(), default=0) or 1
    return [
        DayRow(
            key=str(day),
            name=name,
            cells=[
                _hour(name, block, found.get((day, block)), typical.get((day, block)), metric, most)
                for block in range(24 // BLOCK)
            ],
        )
        for day, name in enumerate(DAYS)
    ]


def _hour(
    day: str,
    block: int,
    group: Group[tuple[int, int]] | None,
    typical: float | None,
    metric: Metric,
    most: float,
) -> HourCell:
    at = f"{day} {block * BLOCK:02d}:00 to {(block + 1) * BLOCK:02d}:00"
    number = _posts(group.posts if group else 0)
    if typical is None:
        label = f"{at}: not enough data, {number}"
        return HourCell(key=str(block), shown="·" if group else "", label=label, shade="0")
    label = f"{at}: {typical:g} {metric.many} typical, {number}"
    shade = str(round(28 * typical / most))
    return HourCell(key=str(block), shown=f"{typical:g}", label=label, shade=shade)


def post_lines(
    rows: Iterable[Row],
    names: Mapping[int, Channel],
    series: Mapping[int, Sequence[ResultReading]],
    metrics: Sequence[Metric],
    *,
    zone: str,
    now: datetime,
) -> list[PostLine]:
    """Return the lines of the list of posts."""
    lines = []
    for row in rows:
        result = row.result
        channel = names.get(result.channel_id)
        line, chart = drawn(series.get(result.delivery_id, ()), metrics)
        lines.append(
            PostLine(
                key=str(result.delivery_id),
                text=heading(row.post) or "A post without text",
                address=routes.schedule(row.delivery.schedule_id),
                url=web_address(row.delivery.url),
                channel=channel.name if channel else "A channel that was removed",
                when=moments.spoken(result.posted_at, zone, now=now).removesuffix(f" {zone}"),
                at=moments.iso(result.posted_at),
                words=rules.in_words(result.counts, metrics) or "Nothing is known yet",
                read=as_of(result, zone, now=now),
                line=line,
                chart=chart,
            )
        )
    return lines


def as_of(result: Result, zone: str, *, now: datetime) -> str:
    """Say when a result was so: "14:05", "Thu 14 May, 14:05"; and what is wrong, if so."""
    if result.gone_at:
        when = moments.spoken(result.gone_at, zone, now=now).removesuffix(f" {zone}")
        return f"Not there any more since {when}"
    if result.trouble:
        return result.trouble
    if result.read_at is None:
        return ""
    local, today = moments.in_zone(result.read_at, zone), moments.in_zone(now, zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return moments.spoken(result.read_at, zone, now=now).removesuffix(f" {zone}")


def drawn(series: Sequence[ResultReading], metrics: Sequence[Metric]) -> tuple[str, str]:
    """Return the first metric over time as points, and in words; "" when it did not move."""
    metric = metrics[0] if metrics else None
    if metric is None:
        return "", ""
    known = [(r.read_at, r.counts[metric.key]) for r in series if metric.key in r.counts]
    if len(known) < 2:
        return "", ""
    begin, end = known[0][0], known[-1][0]
    span = (end - begin).total_seconds() or 1.0
    most = max(number for _, number in known) or 1
    points = [
        (2 + (WIDTH - 4) * (at - begin).total_seconds() / span, 2 + (HEIGHT - 4) * (1 - n / most))
        for at, n in known
    ]
    words = f"{metric.many.capitalize()} over time: {', '.join(f'{n:,}' for _, n in known[-12:])}"
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points), words
