"""Everything about one schedule, in words: its deliveries, their attempts, what can be done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from socialapp import providers
from socialapp.domain import moments
from socialapp.domain.content import Content, Kind, Part
from socialapp.domain.delivery import AWAITING, RETRYABLE, UNSENT, Status, shown
from socialapp.domain.results import in_words
from socialapp.domain.variants import Variant, resolve
from socialapp.store import channels, contents, deliveries, overview, posts, results, schedules
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    AttachmentAsset,
    Channel,
    Delivery,
    MediaAsset,
    Post,
    PublishLog,
    Result,
    Schedule,
)
from socialapp.ui import routes
from socialapp.ui.analytics.views import as_of
from socialapp.ui.rows import labels_of, late_by, letters, milliseconds, put_off, web_address

_MOVABLE = UNSENT | AWAITING | {Status.PAUSED, Status.MISSED, Status.FAILED}
_CANCELLABLE = _MOVABLE | {Status.NEEDS_CHECK}
_TEXT_AT_MOST = 4000
_ACTIONS = {
    "wait": "It is tried again by itself.",
    "edit": "Change the post, then retry.",
    "reconnect": "Connect the channel again, then retry.",
    "retry": "Retry it, or cancel.",
    "check": "Look at the network and say whether it is there.",
}


class AttemptView(TypedDict):
    """One entry of the log."""

    key: str
    at: str
    what: str
    status: str
    error: str
    took: str


class DeliveryView(TypedDict):
    """One channel's part."""

    id: int
    key: str
    channel: str
    address: str
    """Of the channel's own page; empty when the channel is gone."""
    own_text: str
    """What it says there, when that is not what it says elsewhere."""
    own_media: str
    """In words, when the pictures are others there."""
    reconnect: str
    """Where the channel is connected again, when that is what it waits for."""
    letters: str
    status: str
    url: str
    reason: str
    todo: str
    late: str
    result: str
    """What people did with it, and when that was so."""
    next_try: str
    can_retry: bool
    needs_check: bool
    attempts: list[AttemptView]


class PictureView(TypedDict):
    """One picture or video of the post."""

    key: str
    thumbnail: str
    alt: str


class FileView(TypedDict):
    """One file of a page."""

    key: str
    name: str
    about: str
    url: str


class WrittenView(TypedDict):
    """The post or page of a schedule."""

    post_id: int
    post_key: str
    """The id as the key of LiveState.editing."""
    address: str
    """Where it is written."""
    is_page: bool
    title: str
    text: str
    labels: str
    """Its campaign and tags."""
    pictures: list[PictureView]
    files: list[FileView]


class Details(TypedDict):
    """One schedule."""

    id: int
    key: str
    written: WrittenView
    status: str
    when: str
    zone: str
    at: str
    local: str
    """What a datetime-local input starts with."""
    deliveries: list[DeliveryView]
    can_move: bool
    can_cancel: bool
    can_retry: bool
    is_queued: bool


def nothing() -> Details:
    """Return what is shown before anything is open."""
    return Details(
        id=0,
        key="",
        written=_unwritten(),
        status="",
        when="",
        zone="",
        at="",
        local="",
        deliveries=[],
        can_move=False,
        can_cancel=False,
        can_retry=False,
        is_queued=False,
    )


def _unwritten() -> WrittenView:
    return WrittenView(
        post_id=0,
        post_key="",
        address="",
        is_page=False,
        title="",
        text="",
        labels="",
        pictures=[],
        files=[],
    )


async def read(
    db: AsyncSession, workspace_id: int, schedule_id: int, *, zone: str, now: datetime
) -> Details | None:
    """Read a schedule of the workspace, or None when it has no such one."""
    schedule = await schedules.get(db, workspace_id, schedule_id)
    if schedule is None:
        return None
    parts = (await schedules.deliveries_of(db, [schedule_id])).get(schedule_id, [])
    log = await deliveries.log_of(db, workspace_id, [d.id or 0 for d in parts])
    names = await channels.by_id(db, workspace_id, {d.channel_id for d in parts})
    found = await overview.posts_by_id(db, workspace_id, [schedule.post_id])
    media = (await posts.media_of(db, [schedule.post_id])).get(schedule.post_id, [])
    files = (await contents.attachments_of(db, [schedule.post_id])).get(schedule.post_id, [])
    said = (await contents.written(db, [schedule.post_id])).get(schedule.post_id)
    known = await results.of_deliveries(db, workspace_id, [d.id or 0 for d in parts])
    views = [
        _delivery(d, names, log, said, known.get(d.id or 0), zone=zone, now=now) for d in parts
    ]
    post = found.get(schedule.post_id)
    written = _written(post, said, media, files) if post and said else _unwritten()
    return _details(schedule, written, parts, views, zone=zone, now=now)


def _details(
    schedule: Schedule,
    written: WrittenView,
    parts: Sequence[Delivery],
    views: list[DeliveryView],
    *,
    zone: str,
    now: datetime,
) -> Details:
    statuses = {Status(part.status) for part in parts}
    local = moments.in_zone(schedule.scheduled_at, zone)
    return Details(
        id=schedule.id or 0,
        key=str(schedule.id),
        written=written,
        status=str(schedule.status),
        when=moments.spoken(schedule.scheduled_at, zone, now=now).removesuffix(f" {zone}"),
        zone=zone,
        at=moments.iso(schedule.scheduled_at),
        local=f"{local:%Y-%m-%dT%H:%M}",
        deliveries=views,
        can_move=bool(statuses & _MOVABLE),
        can_cancel=bool(statuses & _CANCELLABLE),
        can_retry=bool(statuses & RETRYABLE),
        is_queued=bool(statuses & (UNSENT | {Status.PAUSED})),
    )


def _written(
    post: Post, said: Written, media: Iterable[MediaAsset], files: Iterable[AttachmentAsset]
) -> WrittenView:
    return WrittenView(
        post_id=post.id or 0,
        post_key=str(post.id),
        address=routes.write(post.kind, post.id or 0),
        is_page=post.kind == Kind.PAGE,
        title=post.title,
        text=_words(said.shared.thread),
        labels=labels_of(post),
        pictures=[
            PictureView(key=str(m.id), thumbnail=f"/api/media/{m.id}/thumbnail", alt=m.alt_text)
            for m in media
        ],
        files=[
            FileView(
                key=str(f.id),
                name=f.filename,
                about=f.description,
                url=f"/api/attachment/{f.id}/file",
            )
            for f in files
        ],
    )


def _words(thread: Sequence[Part]) -> str:
    """Return the text, or each part of a thread with its number."""
    if len(thread) == 1:
        return thread[0].text[:_TEXT_AT_MOST]
    numbered = (f"{number} of {len(thread)}\n{part.text}" for number, part in enumerate(thread, 1))
    return "\n\n".join(numbered)[:_TEXT_AT_MOST]


def _own_text(shared: Content, variant: Variant | None) -> str:
    if variant is None or (variant.text is None and variant.parts is None):
        return ""
    return _words(resolve(shared, variant, takes=(), defaults={}).thread) or "No text"


def _own_media(variant: Variant | None) -> str:
    if variant is None or variant.media is None:
        return ""
    count = len(variant.media)
    if not count:
        return "Without pictures here."
    return f"With {'a picture' if count == 1 else f'{count} pictures'} of its own here."


def _delivery(
    delivery: Delivery,
    names: dict[int, Channel],
    log: Iterable[PublishLog],
    said: Written | None,
    known: Result | None,
    *,
    zone: str,
    now: datetime,
) -> DeliveryView:
    status = Status(delivery.status)
    channel = names.get(delivery.channel_id)
    name = channel.name if channel else "A channel that was removed"
    variant = said.variants.get(delivery.channel_id) if said else None
    mine = [entry for entry in log if entry.delivery_id == delivery.id]
    return DeliveryView(
        id=delivery.id or 0,
        key=str(delivery.id),
        channel=name,
        address=_address(channel),
        own_text=_own_text(said.shared, variant) if said else "",
        own_media=_own_media(variant),
        reconnect=_reconnect(delivery, channel),
        letters=letters(name),
        status=str(shown(status)),
        url=web_address(delivery.url),
        reason=delivery.reason,
        todo=_todo(delivery, status),
        late=_late(delivery),
        result=_result(known, zone=zone, now=now),
        next_try=_next_try(delivery, zone=zone, now=now),
        can_retry=status in RETRYABLE,
        needs_check=status is Status.NEEDS_CHECK,
        attempts=[_attempt(entry, zone=zone, now=now) for entry in reversed(mine)],
    )


def _todo(delivery: Delivery, status: Status) -> str:
    if status is Status.POSTED or (status in UNSENT and delivery.action == "reconnect"):
        return ""  # it goes out by itself once the channel is connected, and its reason says so
    return _ACTIONS.get(delivery.action, "")


def _address(channel: Channel | None) -> str:
    if channel is None or channel.removed_at:
        return ""
    return routes.channel(channel.provider, channel.id or 0)


def _reconnect(delivery: Delivery, channel: Channel | None) -> str:
    is_lost = channel is not None and channel.needs_reconnect and not channel.removed_at
    return routes.reconnect(delivery.channel_id) if is_lost else ""


def _next_try(delivery: Delivery, *, zone: str, now: datetime) -> str:
    if not put_off(delivery):
        return ""
    if delivery.due_at <= now:
        return f"Goes out now, {late_by(now - delivery.planned_at)}."
    late = late_by(delivery.due_at - delivery.planned_at)
    return f"Will go out {moments.spoken(delivery.due_at, zone, now=now)}, {late}."


def _late(delivery: Delivery) -> str:
    if delivery.status != Status.POSTED or delivery.late_ms is None:
        return ""
    return f"{milliseconds(delivery.late_ms)} late"


def _result(known: Result | None, *, zone: str, now: datetime) -> str:
    if known is None:
        return ""
    words = in_words(known.counts, providers.metrics(known.provider))
    return " · ".join(filter(None, (words, as_of(known, zone, now=now))))


def _attempt(entry: PublishLog, *, zone: str, now: datetime) -> AttemptView:
    what = {"look": "Looked for it", "person": "A person decided"}.get(
        entry.kind, f"Attempt {entry.attempt}"
    )
    took = (
        milliseconds((entry.finished_at - entry.started_at).total_seconds() * 1000)
        if entry.finished_at and entry.kind == "send"
        else ""
    )
    local = moments.in_zone(entry.started_at, zone)
    day = moments.spoken(entry.started_at, zone, now=now).split(",")[0]
    return AttemptView(
        key=str(entry.id),
        at=f"{day}, {local:%H:%M:%S}.{local.microsecond // 1000:03d} {zone}",
        what=what,
        status=str(entry.status),
        error=entry.error,
        took=took,
    )
