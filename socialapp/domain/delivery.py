"""The statuses of a delivery, the arrows between them, and settle(): what an outcome leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from socialapp.domain.backoff import backoff
from socialapp.domain.outcome import (
    Absent,
    Disconnected,
    Finding,
    Outcome,
    Posted,
    Refused,
    TryLater,
    Unknown,
)

MAX_LOOKS = 5
"""Looks at the network without a clear answer before a person is asked."""
PATIENCE = timedelta(minutes=2)
"""What was tried in time may be tried again for so long, however strict the missed rule is."""

ACCESS_LOOK = timedelta(minutes=1)
"""How often it is looked at whether a channel has been connected again."""


class Status(StrEnum):
    """Where a delivery is. People see fewer words: see `shown`."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    PREPARING = "preparing"
    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"
    POSTED = "posted"
    FAILED = "failed"
    NEEDS_CHECK = "needs_check"
    MISSED = "missed"
    PAUSED = "paused"
    NEEDS_APPROVAL = "needs_approval"
    CHANGES_REQUESTED = "changes_requested"
    CANCELLED = "cancelled"


class Shown(StrEnum):
    """The words that people and programs read; of schedules, posts and deliveries alike."""

    DRAFT = "draft"
    QUEUED = "queued"
    PUBLISHING = "publishing"
    POSTED = "posted"
    PARTLY_POSTED = "partly_posted"
    FAILED = "failed"
    NEEDS_CHECK = "needs_check"
    MISSED = "missed"
    PAUSED = "paused"
    NEEDS_APPROVAL = "needs_approval"
    CHANGES_REQUESTED = "changes_requested"
    CANCELLED = "cancelled"


UNSENT = frozenset({Status.QUEUED, Status.CLAIMED, Status.PREPARING, Status.READY})
"""No byte has left: it may be moved or cancelled."""
HELD = frozenset({Status.CLAIMED, Status.PREPARING, Status.READY})
"""In a worker's hands, unsent."""
IN_FLIGHT = frozenset({Status.SENDING, Status.UNKNOWN, Status.RECONCILING})
"""Bytes may have left, and the outcome is not yet known."""
SETTLED = frozenset(
    {Status.POSTED, Status.FAILED, Status.NEEDS_CHECK, Status.MISSED, Status.CANCELLED}
)
RETRYABLE = frozenset({Status.FAILED, Status.MISSED})
"""Surely not posted: a person may ask for another try."""

AWAITING = frozenset({Status.NEEDS_APPROVAL, Status.CHANGES_REQUESTED})
"""Held until its post is approved: no worker takes it."""

_APPROVED_LATER = frozenset({Status.QUEUED, Status.MISSED, Status.CANCELLED})
_BACK = frozenset(
    {Status.QUEUED, Status.CANCELLED, Status.MISSED, Status.PAUSED, Status.NEEDS_APPROVAL}
)
ARROWS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset(
        {Status.CLAIMED, Status.CANCELLED, Status.MISSED, Status.PAUSED, Status.NEEDS_APPROVAL}
    ),
    Status.CLAIMED: _BACK | {Status.PREPARING, Status.READY, Status.FAILED},
    Status.PREPARING: _BACK | {Status.READY, Status.FAILED},
    Status.READY: _BACK | {Status.SENDING, Status.FAILED},
    Status.SENDING: frozenset({Status.POSTED, Status.FAILED, Status.QUEUED, Status.UNKNOWN}),
    Status.UNKNOWN: frozenset({Status.RECONCILING, Status.NEEDS_CHECK}),
    Status.RECONCILING: frozenset(
        {Status.POSTED, Status.FAILED, Status.QUEUED, Status.NEEDS_CHECK, Status.UNKNOWN}
    ),
    Status.NEEDS_CHECK: frozenset({Status.POSTED, Status.QUEUED, Status.CANCELLED}),
    Status.FAILED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.MISSED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.PAUSED: frozenset(
        {Status.QUEUED, Status.CANCELLED, Status.MISSED, Status.NEEDS_APPROVAL}
    ),
    Status.NEEDS_APPROVAL: _APPROVED_LATER | {Status.CHANGES_REQUESTED},
    Status.CHANGES_REQUESTED: _APPROVED_LATER | {Status.NEEDS_APPROVAL},
    Status.POSTED: frozenset(),
    Status.CANCELLED: frozenset(),
}


class IllegalArrow(Exception):
    """A bug: a change of status that the protocol does not have."""


def check_arrow(old: Iterable[Status], new: Status) -> None:
    """Raise IllegalArrow unless each status of `old` may become `new`."""
    for status in old:
        if new not in ARROWS[status]:
            raise IllegalArrow(f"{status} -> {new}")


def shown(status: Status) -> Shown:
    """Return the word that people see."""
    if status in UNSENT:
        return Shown.QUEUED
    if status in IN_FLIGHT:
        return Shown.PUBLISHING
    return Shown(status.value)


_ALIVE = (
    Shown.PUBLISHING,
    Shown.NEEDS_CHECK,
    Shown.CHANGES_REQUESTED,
    Shown.NEEDS_APPROVAL,
    Shown.QUEUED,
    Shown.PAUSED,
)


def schedule_status(deliveries: Iterable[Status]) -> Shown:
    """Derive the status of a schedule from those of its deliveries."""
    words = {shown(status) for status in deliveries}
    if not words:
        return Shown.QUEUED
    if len(words) == 1:
        return words.pop()
    for alive in _ALIVE:
        if alive in words:
            return alive
    if Shown.POSTED in words:
        return Shown.POSTED if words <= {Shown.POSTED, Shown.CANCELLED} else Shown.PARTLY_POSTED
    return Shown.FAILED if Shown.FAILED in words else Shown.MISSED


def post_status(schedules: Iterable[Shown]) -> Shown:
    """Derive the status of a post from those of its schedules; without any it is a draft."""
    words = set(schedules) - {Shown.CANCELLED}
    for word in (
        *_ALIVE,
        Shown.FAILED,
        Shown.PARTLY_POSTED,
        Shown.MISSED,
        Shown.POSTED,
    ):
        if word in words:
            return word
    return Shown.DRAFT


@dataclass(frozen=True)
class Settlement:
    """What a delivery becomes: its status, and what else is known."""

    status: Status
    due_at: datetime | None = None
    remote_id: str = ""
    url: str = ""
    reason: str = ""
    action: str = ""


def settle(
    outcome: Outcome,
    *,
    tries: int,
    now: datetime,
    chance: float,
    latest: datetime,
    follow: int = 0,
) -> Settlement:
    """Decide what becomes of a delivery that was sent. `tries` counts from 1; instants are UTC.

    It is tried again as long as it can be on its way by `latest`; then a person decides. An
    unknown outcome is never tried again blindly: it could publish the post twice. When parts of a
    thread `follow`, the next is sent at once.
    """
    match outcome:
        case Posted() if follow:
            return _next_part(follow, now=now)
        case Posted(remote_id, url):
            return Settlement(Status.POSTED, remote_id=remote_id, url=url)
        case TryLater(reason, after):
            due_at = now + backoff(tries, chance=chance, at_least=after)
            return wait(reason, until=due_at, latest=latest)
        case Refused(reason, action):
            return Settlement(Status.FAILED, reason=reason, action=action)
        case Disconnected(reason):
            return Settlement(Status.FAILED, reason=reason, action="reconnect")
        case Unknown(reason):
            return Settlement(Status.UNKNOWN, reason=reason)


def _next_part(follow: int, *, now: datetime) -> Settlement:
    words = "1 part follows." if follow == 1 else f"{follow} parts follow."
    return Settlement(Status.QUEUED, due_at=now, reason=f"A part of the thread is out; {words}")


def reconcile(
    finding: Finding,
    *,
    looks: int,
    absences: int,
    needed: int,
    now: datetime,
    settling: timedelta,
    follow: int = 0,
) -> Settlement:
    """Decide what becomes of an unknown one after the network was asked for the `looks`-th time.

    Absence counts when it was seen `needed` times in a row (`absences`), `settling` apart.
    """
    match finding:
        case Posted() if follow:
            return _next_part(follow, now=now)
        case Posted(remote_id, url):
            return Settlement(Status.POSTED, remote_id=remote_id, url=url)
        case Absent() if absences >= needed:
            return Settlement(Status.QUEUED, due_at=now, reason="", action="wait")
        case Absent():
            return Settlement(Status.UNKNOWN, due_at=now + settling)
        case Unknown(reason) if looks < MAX_LOOKS:
            return Settlement(Status.UNKNOWN, due_at=now + settling * 2**looks, reason=reason)
        case Unknown(reason):
            return Settlement(Status.NEEDS_CHECK, reason=reason, action="check")


def wait(reason: str, *, until: datetime, latest: datetime) -> Settlement:
    """Put it off; when that would be too late, give it to a person instead."""
    if until <= latest:
        return Settlement(Status.QUEUED, due_at=until, reason=reason, action="wait")
    reason = f"{reason} That would be too late, so it waits for you."
    return Settlement(Status.FAILED, reason=reason, action="retry")


def until_reconnected(name: str, *, now: datetime, latest: datetime) -> Settlement:
    """Keep it for as long as it may go out by itself: somebody may connect the channel again.

    Who connects it makes it due. It is looked at again now and then in case that got lost.
    """
    reason = f"Access to {name} was lost. It goes out when you connect it again; not later than"
    reason += " your missed rule allows."
    due_at = min(latest, now + ACCESS_LOOK)
    return Settlement(Status.QUEUED, due_at=due_at, reason=reason, action="reconnect")


def latest(planned_at: datetime, *, missed_after: timedelta, tries: int = 0) -> datetime:
    """Return until when a delivery may go out by itself; after that a person is asked."""
    return planned_at + (max(missed_after, PATIENCE) if tries else missed_after)
