"""What a list shows of a schedule: finished words in the workspace's zone, never a table's row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.delivery import UNSENT, Shown, Status, shown
from socialapp.store import channels, overview, posts, schedules, series
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, MediaAsset, Post, Schedule
from socialapp.ui import routes

_EXCERPT = 180
_MIB = 1024 * 1024


class ScheduleRow(TypedDict):
    """One line of a list."""

    id: int
    key: str
    """The id as the key of LiveState.changed."""
    post_id: int
    is_page: bool
    is_repeated: bool
    """One of a series."""
    text: str
    """The title of a page; else the beginning of the text."""
    labels: str
    """Its campaign and tags."""
    status: str
    day: str
    """The day's heading, only on the first row of a day."""
    date: str
    short: str
    """The day in few letters; empty for today."""
    time: str
    zone: str
    at: str
    """The instant, ISO 8601 with `Z`."""
    channels: str
    letters: str
    thumbnail: str
    alt: str
    more_media: int
    url: str
    reason: str
    late: str


async def schedule_rows(
    db: AsyncSession,
    workspace_id: int,
    found: Sequence[Schedule],
    *,
    zone: str,
    now: datetime,
) -> list[ScheduleRow]:
    """Build the rows of these schedules, with a few queries for all of them."""
    deliveries = await schedules.deliveries_of(db, [s.id or 0 for s in found])
    media = await posts.media_of(db, [s.post_id for s in found])
    texts = await overview.posts_by_id(db, workspace_id, {s.post_id for s in found})
    names = await channels.by_id(
        db, workspace_id, {d.channel_id for ds in deliveries.values() for d in ds}
    )
    repeated = await series.of_posts(db, {s.post_id for s in found})
    rows = [
        _row(
            s,
            texts.get(s.post_id),
            deliveries.get(s.id or 0, []),
            names,
            media.get(s.post_id, []),
            zone,
            now,
            is_repeated=s.post_id in repeated,
        )
        for s in found
    ]
    return _with_days(rows)


def _with_days(rows: list[ScheduleRow]) -> list[ScheduleRow]:
    before = ""
    for row in rows:
        row["day"], before = ("" if row["date"] == before else row["date"]), row["date"]
    return rows


def _row(
    schedule: Schedule,
    post: Post | None,
    deliveries: Sequence[Delivery],
    names: dict[int, Channel],
    media: Sequence[MediaAsset],
    zone: str,
    now: datetime,
    *,
    is_repeated: bool,
) -> ScheduleRow:
    alive = [d for d in deliveries if d.status != Status.CANCELLED] or deliveries
    called = [names[d.channel_id].name for d in alive if d.channel_id in names]
    return ScheduleRow(
        id=schedule.id or 0,
        key=str(schedule.id),
        post_id=schedule.post_id,
        is_page=bool(post and post.kind == Kind.PAGE),
        is_repeated=is_repeated,
        text=heading(post) if post else "",
        labels=labels_of(post) if post else "",
        status=str(schedule.status),
        day="",
        date=day_words(schedule.scheduled_at, zone, now=now),
        short=short_day(schedule.scheduled_at, zone, now=now),
        time=f"{moments.in_zone(schedule.scheduled_at, zone):%H:%M}",
        zone=zone,
        at=moments.iso(schedule.scheduled_at),
        channels=", ".join(called[:3]) + (f" +{len(called) - 3}" if len(called) > 3 else ""),
        letters=letters(called[0]) if called else "?",
        thumbnail=f"/api/media/{media[0].id}/thumbnail" if media else "",
        alt=media[0].alt_text if media else "",
        more_media=max(0, len(media) - 1),
        url=next((web_address(d.url) for d in deliveries if d.url), ""),
        reason=trouble(deliveries, names),
        late=lateness(deliveries, zone, now=now),
    )


def trouble(deliveries: Sequence[Delivery], names: dict[int, Channel]) -> str:
    """Return what went wrong first, and where when there are several places."""
    for delivery in deliveries:
        if delivery.reason and shown(Status(delivery.status)) != Shown.POSTED:
            channel = names.get(delivery.channel_id) if len(deliveries) > 1 else None
            return f"{channel.name}: {delivery.reason}" if channel else delivery.reason
    return ""


def web_address(url: str) -> str:
    """Return the address if a browser may be sent there: a network could answer `javascript:`."""
    return url if url.startswith(("https://", "http://")) else ""


def lateness(deliveries: Sequence[Delivery], zone: str, *, now: datetime) -> str:
    """Say when the last of them will go out that was put off, or how late it went out."""
    waiting = [d for d in deliveries if put_off(d)]
    if waiting:
        last = max(waiting, key=lambda d: d.due_at)
        if last.due_at <= now:
            return f"goes out now, {late_by(now - last.planned_at)}"
        at = clock_words(last.due_at, zone, now=now)
        return f"will go out at {at}, {late_by(last.due_at - last.planned_at)}"
    worst = max((d.late_ms or 0 for d in deliveries), default=0)
    return f"{milliseconds(worst)} late" if worst >= 1000 else ""


def put_off(delivery: Delivery) -> bool:
    """Whether it has not left, and will not at its moment: it is tried again, or has to wait.

    What waits for its channel to be connected again has no moment that could be named.
    """
    is_unsent = Status(delivery.status) in UNSENT and delivery.action != "reconnect"
    return is_unsent and delivery.due_at - delivery.planned_at >= timedelta(seconds=1)


def late_by(duration: timedelta) -> str:
    """Say how late something is: "4 ms late", "2 min late"."""
    return f"{milliseconds(duration / timedelta(milliseconds=1))} late"


def milliseconds(ms: float) -> str:
    """Write a duration as a person would."""
    if ms < 999.5:
        return f"{max(ms, 0):.0f} ms"
    if ms < 9_950:
        return f"{ms / 1000:.1f}".removesuffix(".0") + " s"
    if ms < 59_500:
        return f"{ms / 1000:.0f} s"
    minutes = round(ms / 60_000)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min".removesuffix(" 0 min")
    days = round(minutes / (24 * 60))
    return "1 day" if days == 1 else f"{days} days"


def bytes_words(size: int) -> str:
    """Write the size of a file."""
    return f"{size / _MIB:.1f} MB" if size >= _MIB else f"{max(1, size // 1024)} KB"


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"


def heading(post: Post) -> str:
    """Return what a post or page is called in a list."""
    return excerpt(post.title) or excerpt(post.text)


def labels_of(post: Post) -> str:
    """Return the campaign and the tags of a post, in one line."""
    return ", ".join(filter(None, [post.campaign, *post.tags]))


def letters(name: str) -> str:
    """Return up to two letters that stand for a name."""
    words = [word for word in name.replace("@", " ").split() if word]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def day_words(at: datetime, zone: str, *, now: datetime) -> str:
    """Say a day: "Today", "Tomorrow", "Thu 14 May"; the year when it differs."""
    local, here = moments.in_zone(at, zone), moments.in_zone(now, zone)
    days = (local.date() - here.date()).days
    named = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get(days)
    year = f" {local.year}" if local.year != here.year else ""
    date = f"{local:%a} {local.day} {local:%b}{year}"
    return f"{named} · {date}" if named else date


def short_day(at: datetime, zone: str, *, now: datetime) -> str:
    """Say a day in few letters: "Sun 22 Nov"; nothing for today."""
    local, here = moments.in_zone(at, zone), moments.in_zone(now, zone)
    return "" if local.date() == here.date() else f"{local:%a} {local.day} {local:%b}"


def clock_words(at: datetime, zone: str, *, now: datetime) -> str:
    """Say an instant for a list: "14:05", with the day when it is another one."""
    local, here = moments.in_zone(at, zone), moments.in_zone(now, zone)
    if local.date() == here.date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


class PostRow(TypedDict):
    """One line of a list of posts or pages."""

    id: int
    key: str
    """The id as the key of LiveState.posts."""
    is_page: bool
    address: str
    """Where it is written."""
    text: str
    """The title of a page; else the beginning of the text."""
    labels: str
    """Its campaign and tags."""
    status: str
    when: str
    """When it goes or went out, or when it was last changed."""
    zone: str
    at: str
    channels: str
    thumbnail: str
    alt: str


async def post_rows(
    db: AsyncSession, workspace_id: int, found: Sequence[Post], *, zone: str, now: datetime
) -> list[PostRow]:
    """Build the rows of these posts, with two queries for all of them."""
    media = await posts.media_of(db, [p.id or 0 for p in found])
    names = await channels.by_id(db, workspace_id, {c for p in found for c in p.channel_ids})
    return [_post_row(p, media.get(p.id or 0, []), names, zone, now) for p in found]


def _post_row(
    post: Post, media: Sequence[MediaAsset], names: dict[int, Channel], zone: str, now: datetime
) -> PostRow:
    at = post.scheduled_at or post.updated_at
    verb = "" if post.scheduled_at else "Changed "
    called = [names[c].name for c in post.channel_ids if c in names]
    return PostRow(
        id=post.id or 0,
        key=str(post.id),
        is_page=post.kind == Kind.PAGE,
        address=routes.write(post.kind, post.id or 0),
        text=heading(post),
        labels=labels_of(post),
        status=str(post.status),
        when=verb + clock_words(at, zone, now=now),
        zone=zone,
        at=moments.iso(at),
        channels=", ".join(called[:3]) + (f" +{len(called) - 3}" if len(called) > 3 else ""),
        thumbnail=f"/api/media/{media[0].id}/thumbnail" if media else "",
        alt=media[0].alt_text if media else "",
    )
