"""What an attempt came to, sorted by what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Posted:
    """The network confirmed it."""

    remote_id: str
    url: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the next part of a thread, or its deletion, has to know of it; JSON."""


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
    unprepares: bool = False
    """What was prepared is gone at the network: it is prepared again."""


@dataclass(frozen=True)
class Refused:
    """Surely not posted, and the same request would be refused again."""

    reason: str
    action: str = "edit"


@dataclass(frozen=True)
class Disconnected:
    """Surely not posted: the network does not accept our access any more, or not as it is."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may be out: silence, or an unreadable answer, after the request had left."""

    reason: str


@dataclass(frozen=True)
class Absent:
    """The network was asked and does not have it."""

    reason: str = ""


Outcome = Posted | TryLater | Refused | Disconnected | Unknown
Finding = Posted | Absent | Unknown
