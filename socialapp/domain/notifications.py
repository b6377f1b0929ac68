"""What people are told of: each event once, and never what follows by itself."""

from dataclasses import dataclass
from enum import StrEnum

from socialapp.domain.delivery import Status
from socialapp.domain.text import excerpt

TITLE_AT_MOST = 80


class Event(StrEnum):
    """What happened."""

    FAILED = "failed"
    NEEDS_CHECK = "needs_check"
    MISSED = "missed"
    ACCESS_LOST = "access_lost"
    HELD = "held"
    NO_WORKER = "no_worker"
    APPROVAL = "approval"


WORDS: dict[Event, str] = {
    Event.FAILED: "A post failed",
    Event.NEEDS_CHECK: "A post needs a check",
    Event.MISSED: "A post was missed",
    Event.ACCESS_LOST: "A channel lost its access",
    Event.HELD: "Posting to a network was held",
    Event.NO_WORKER: "No worker is running",
    Event.APPROVAL: "Approvals",
}
"""Each event as people read it."""

OF_STATUS: dict[Status, Event] = {
    Status.FAILED: Event.FAILED,
    Status.NEEDS_CHECK: Event.NEEDS_CHECK,
    Status.MISSED: Event.MISSED,
}
"""The ends of a delivery after which a person has to do something."""


@dataclass(frozen=True)
class News:
    """Something that a workspace is told of. `key` is the same for the same event, for ever."""

    workspace_id: int
    event: Event
    key: str
    title: str
    text: str = ""
    schedule_id: int | None = None
    channel_id: int | None = None
    post_id: int | None = None


def titled(event: Event, words: str, where: str = "") -> str:
    """Return the line that says what happened to which post, and at which channel."""
    what = {
        Event.FAILED: "Failed",
        Event.NEEDS_CHECK: "Needs a check",
        Event.MISSED: "Missed",
    }.get(event, WORDS[event])
    about = excerpt(words, TITLE_AT_MOST) or "A post without text"
    return f"{what} at {where}: {about}" if where else f"{what}: {about}"
