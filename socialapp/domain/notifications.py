"""What people are told of: each event once, and never what follows by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from socialapp.domain.delivery import Status
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import in_zone
from socialapp.domain.people import Right
from socialapp.domain.text import excerpt

TITLE_AT_MOST = 80
ADDRESS_AT_MOST = 2000


class Event(StrEnum):
    """What happened."""

    FAILED = "failed"
    NEEDS_CHECK = "needs_check"
    MISSED = "missed"
    ACCESS_LOST = "access_lost"
    HELD = "held"
    NO_WORKER = "no_worker"
    APPROVAL = "approval"
    LIST_STOPPED = "list_stopped"
    SERIES = "series"
    NO_PHOTOGRAPH = "no_photograph"
    PERSONA_TROUBLE = "persona_trouble"
    REMINDER = "reminder"
    OUTSIDE = "outside"
    COMMENT = "comment"
    SOURCE = "source"
    COMPARISON_ENDED = "comparison_ended"


WORDS: dict[Event, str] = {
    Event.FAILED: "A post failed",
    Event.NEEDS_CHECK: "A post needs a check",
    Event.MISSED: "A post was missed",
    Event.ACCESS_LOST: "A channel lost its access",
    Event.HELD: "Posting to a network was held",
    Event.NO_WORKER: "No worker is running",
    Event.APPROVAL: "Approvals",
    Event.LIST_STOPPED: "An evergreen list stopped",
    Event.SERIES: "A series has trouble",
    Event.NO_PHOTOGRAPH: "Autopilot has no picture left",
    Event.PERSONA_TROUBLE: "A persona of Autopilot cannot post",
    Event.REMINDER: "A post still waits for approval",
    Event.OUTSIDE: "A comment through a review link",
    Event.COMMENT: "A comment on a post that you wrote or commented on",
    Event.SOURCE: "A source has trouble",
    Event.COMPARISON_ENDED: "A comparison ended",
}
"""Each event as people read it."""

ONLY: dict[Event, Right] = {Event.REMINDER: Right.APPROVE}
"""What only those are told who can do something about it; the rest is told to everybody."""


def heard(rights: Collection[Right]) -> frozenset[Event]:
    """Return the events that somebody with these rights is told of."""
    return frozenset(event for event in Event if event not in ONLY or ONLY[event] in rights)


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
    person_id: int | None = None
    """Whom it is for; None: everybody there."""


def titled(event: Event, words: str, where: str = "") -> str:
    """Return the line that says what happened to which post, and at which channel."""
    what = {
        Event.FAILED: "Failed",
        Event.NEEDS_CHECK: "Needs a check",
        Event.MISSED: "Missed",
    }.get(event, WORDS[event])
    about = excerpt(words, TITLE_AT_MOST) or "A post without text"
    return f"{what} at {where}: {about}" if where else f"{what}: {about}"


class When(StrEnum):
    """When a person is told of an event outside of the app."""

    OFF = "off"
    NOW = "now"
    DAILY = "daily"


AT_FIRST: dict[Event, When] = dict.fromkeys(Event, When.NOW) | {Event.HELD: When.OFF}
"""As long as somebody has chosen nothing else."""
DIGEST_HOUR = 8
"""Of the day in the workspace's zone."""

SCHEMES = {
    "mailto": "E-mail", "mailtos": "E-mail", "ntfys": "ntfy", "tgram": "Telegram",
    "discord": "Discord", "slack": "Slack", "pover": "Pushover", "gotifys": "Gotify",
    "matrixs": "Matrix", "mmosts": "Mattermost", "rockets": "Rocket.Chat", "zulip": "Zulip",
    "gchat": "Google Chat", "msteams": "Microsoft Teams", "barks": "Bark", "jsons": "JSON",
}  # fmt: skip
"""The services that go through the network and over TLS; all others stay closed: some of them
would write files or speak to this machine."""
WITHOUT_TLS = {"json": "JSON", "ntfy": "ntfy", "gotify": "Gotify", "matrix": "Matrix"}
"""Only where addresses inside this network are allowed."""


def service_of(address: str, *, allow_private: bool) -> str:
    """Return what the service of an address is called. Raises Rejected, never with the address."""
    scheme = address.partition("://")[0].strip().lower()
    known = SCHEMES | (WITHOUT_TLS if allow_private else {})
    if scheme not in known or len(address) > ADDRESS_AT_MOST:
        names = ", ".join(f"{each}://" for each in sorted(known))
        message = f"Begin the address with one of {names}."
        raise Rejected(Problem("destination_unknown", message, "address"))
    return known[scheme]


def next_digest(zone: str, *, now: datetime) -> datetime:
    """Return when the next daily summary goes out."""
    local = in_zone(now, zone)
    at = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return (at if at > local else at + timedelta(days=1)).astimezone(UTC)


def again(tries: int, *, now: datetime) -> datetime | None:
    """Return when a message that did not get out is tried again; None: it is given up."""
    waits = (1, 5, 15, 60, 240)
    return now + timedelta(minutes=waits[tries - 1]) if tries <= len(waits) else None
