"""A workspace at a glance: what every open page of it shows, read from the database at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from socialapp import live
from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.store import (
    autopilot,
    channels,
    links,
    media,
    notifications,
    overview,
    people,
    posts,
    results,
)
from socialapp.store.overview import Health
from socialapp.store.pages import COUNTED_UP_TO
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Schedule
from socialapp.ui import routes
from socialapp.ui.components.status import LABELS
from socialapp.ui.rows import ScheduleRow, clock_words, schedule_rows

NEEDS_PERSON = (Shown.NEEDS_CHECK, Shown.FAILED, Shown.MISSED, Shown.PARTLY_POSTED)
AWAITING = (Shown.NEEDS_APPROVAL, Shown.CHANGES_REQUESTED)
ROWS = 6
LOST_AT_MOST = 10
CHANGED_WITHIN = timedelta(minutes=10)


class HealthWords(TypedDict):
    """The health strip, in words."""

    level: str
    """`good`, `warning` or `danger`; `paused`: nothing is worse than what the banner says."""
    text: str
    action: str
    link: str
    """The page where something can be done about it; `action` is its name then."""
    next_at: str
    next_words: str


class PauseWords(TypedDict):
    """Whether publishing is held by somebody, and what that means, in words."""

    is_paused: bool
    """The workspace, by one of its people."""
    is_stopped: bool
    """The whole installation, by its operator."""
    waits: str
    asks: str
    """What somebody reads before a pause."""


class LostChannel(TypedDict):
    """A channel that has lost its access."""

    key: str
    name: str
    address: str
    """Where it is connected again."""


async def read(db: AsyncSession, workspace_id: int, *, now: datetime) -> dict[str, Any]:
    """Return the values of LiveState's vars, but for the version."""
    workspace = await people.workspace(db, workspace_id)
    health = await overview.health(db, workspace_id, now=now)
    changed = await overview.changed_since(db, workspace_id, now - CHANGED_WITHIN)
    counts = await overview.counts(db, workspace_id)
    slices = await _slices(db, workspace_id, zone=workspace.zone, now=now)
    return {
        "workspace": workspace.name,
        "zone": workspace.zone,
        "library": await media.fingerprint(db, workspace_id),
        "autopilot": await autopilot.fingerprint(db, workspace_id)
        + await links.fingerprint(db, workspace_id),
        "channels": await channels.fingerprint(db, workspace_id),
        "results": await results.newest(db, workspace_id),
        "notified": await notifications.fingerprint(db, workspace_id),
        "counts": counts | tab_counts(counts),
        "changed": await _changed(db, workspace_id, changed, zone=workspace.zone, now=now),
        "posts": await posts.statuses(db, {schedule.post_id for schedule in changed}),
        "health": in_words(health, zone=workspace.zone, now=now),
        "lost": [
            LostChannel(
                key=str(lost.channel_id), name=lost.name, address=routes.reconnect(lost.channel_id)
            )
            for lost in health.to_reconnect[:LOST_AT_MOST]
        ],
        "pause": pause_words(health, counts, missed_after=workspace.missed_after_minutes),
        "summary": summary(counts),
        **slices,
    }


def tab_counts(counts: dict[str, int]) -> dict[str, int]:
    """Add up what the tabs of the queue show."""
    waiting = (Shown.QUEUED, Shown.PUBLISHING, Shown.PAUSED)
    return {
        "tab_queue": sum(counts.get(s, 0) for s in waiting),
        "tab_attention": sum(counts.get(s, 0) for s in NEEDS_PERSON),
        "tab_approvals": sum(counts.get(s, 0) for s in AWAITING),
        "waits_for_approval": counts.get(Shown.NEEDS_APPROVAL, 0),
        "tab_posted": counts.get(Shown.POSTED, 0) + counts.get(Shown.PARTLY_POSTED, 0),
        "tab_all": sum(n for s, n in counts.items() if s != Shown.DRAFT),
    }


async def _slices(
    db: AsyncSession, workspace_id: int, *, zone: str, now: datetime
) -> dict[str, list[ScheduleRow]]:
    posted = (Shown.POSTED, Shown.PARTLY_POSTED)
    found = {
        "attention": await overview.with_status(
            db, workspace_id, NEEDS_PERSON, limit=ROWS, newest_first=True
        ),
        "publishing": await overview.with_status(db, workspace_id, (Shown.PUBLISHING,), limit=ROWS),
        # What is on hold is still planned: a pause must not look as if everything were gone.
        "next_up": await overview.with_status(
            db, workspace_id, (Shown.QUEUED, Shown.PAUSED), limit=ROWS
        ),
        "posted": await overview.with_status(
            db, workspace_id, posted, limit=ROWS, newest_first=True
        ),
    }
    every = [schedule for some in found.values() for schedule in some]
    rows = {
        row["id"]: row for row in await schedule_rows(db, workspace_id, every, zone=zone, now=now)
    }
    return {name: [rows[s.id or 0] for s in some] for name, some in found.items()}


async def _changed(
    db: AsyncSession, workspace_id: int, found: Sequence[Schedule], *, zone: str, now: datetime
) -> dict[str, dict[str, str]]:
    rows = await schedule_rows(db, workspace_id, found, zone=zone, now=now)
    return {
        str(row["id"]): {
            "status": row["status"],
            "label": LABELS.get(row["status"], ""),
            "local": f"{moments.in_zone(schedule.scheduled_at, zone):%Y-%m-%dT%H:%M:%S}",
            "at": row["at"],
            "changed": moments.iso(schedule.updated_at),
            "when": f"{row['date']}, {row['time']} {zone}",
            "url": row["url"],
            "reason": row["reason"],
            "late": row["late"],
        }
        for row, schedule in zip(rows, found, strict=True)
    }


def in_words(health: Health, *, zone: str, now: datetime) -> HealthWords:
    """Say whether posts go out, worst news first, and what to do about it."""
    line = live.current()
    has_redis = line is None or line.is_reachable
    level, text, action, link = _verdict(health, has_redis=has_redis)
    next_at = moments.iso(health.next_due) if health.next_due else ""
    words = f"{clock_words(health.next_due, zone, now=now)} {zone}" if health.next_due else ""
    return HealthWords(
        level=level, text=text, action=action, link=link, next_at=next_at, next_words=words
    )


def _verdict(health: Health, *, has_redis: bool) -> tuple[str, str, str, str]:
    if health.workers and health.to_reconnect:
        return _lost(health)
    return *_running(health, has_redis=has_redis), ""


def _lost(health: Health) -> tuple[str, str, str, str]:
    lost = health.to_reconnect
    names = ", ".join(channel.name for channel in lost[:3])
    more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    text = f"Access was lost to {names}{more}."
    if len(lost) == 1:
        return "danger", text, "Connect it again", routes.reconnect(lost[0].channel_id)
    return "danger", text, "Connect them again", routes.CHANNELS


def _running(health: Health, *, has_redis: bool) -> tuple[str, str, str]:
    late = f"{health.overdue} overdue" if health.overdue else "nothing overdue"
    if not health.workers:
        return (
            "danger",
            f"The worker is not running: nothing is published ({late}).",
            "Start it with “socialapp run”, or “socialapp worker” on the server.",
        )
    if health.troubles:
        return "warning", " ".join(health.troubles), ""
    if health.is_paused or not health.is_running:
        return "paused", "", ""
    if health.overdue:
        return "warning", f"{late}; the worker is catching up.", ""
    if not has_redis:
        return "warning", "Redis does not answer. Posts still go out; pages update slower.", ""
    return "good", f"Worker running · {late}", ""


def pause_words(health: Health, counts: dict[str, int], *, missed_after: int) -> PauseWords:
    """Say what waits, and what a pause would do; never that something is lost."""
    queued = counts.get(Shown.QUEUED, 0)
    waiting = queued + counts.get(Shown.PAUSED, 0)
    return PauseWords(
        is_paused=health.is_paused,
        is_stopped=not health.is_running,
        waits=f"{_posts_wait(waiting)}; nothing is lost." if waiting else "Nothing is waiting.",
        asks=(
            (f"{_posts_wait(queued)} until you resume" if queued else "Nothing is queued now")
            + "; nothing is lost. What you schedule meanwhile waits, too. What is being sent right"
            " now is finished. Whatever is more than"
            f" {missed_after} minutes late when you resume is not sent by itself: it is listed as"
            " missed, and you decide."
        ),
    )


def _posts_wait(number: int) -> str:
    return "1 post waits" if number == 1 else f"{number_words(number)} posts wait"


def number_words(number: int) -> str:
    """Write a count that stops at a limit."""
    return f"{number:,}" if number <= COUNTED_UP_TO else f"{COUNTED_UP_TO:,}+"


def summary(counts: dict[str, int]) -> str:
    """Say the state of the workspace in one sentence, for a screen reader."""
    tabs = tab_counts(counts)
    publishing = counts.get(Shown.PUBLISHING, 0)
    parts = [
        f"{number_words(tabs['tab_queue'])} in the queue",
        f"{number_words(tabs['tab_attention'])} need attention",
    ]
    if publishing:
        parts.insert(0, f"{number_words(publishing)} publishing")
    return ", ".join(parts) + "."
