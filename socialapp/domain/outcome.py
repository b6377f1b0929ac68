"""What an attempt came to, sorted by what to do next."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Posted:
    """The network confirmed it."""

    remote_id: str
    url: str = ""


class Trouble(StrEnum):
    """Whom a failure is about: who else should wait."""

    NOBODY = "nobody"
    """Only this post."""
    CHANNEL = "channel"
    """The account has used up what it may do for now."""
    NETWORK = "network"
    """The network is down or busy, for everybody."""


@dataclass(frozen=True)
class TryLater:
    """Surely not posted, and worth another try; `after` is the network's own wait, a floor."""

    reason: str
    after: timedelta | None = None
    trouble: Trouble = Trouble.NOBODY


@dataclass(frozen=True)
class Refused:
    """Surely not posted, and the same request would be refused again."""

    reason: str
    action: str = "edit"


@dataclass(frozen=True)
class Unknown:
    """It may be out: silence, or an unreadable answer, after the request had left."""

    reason: str


@dataclass(frozen=True)
class Absent:
    """The network was asked and does not have it."""

    reason: str = ""


Outcome = Posted | TryLater | Refused | Unknown
Finding = Posted | Absent | Unknown
