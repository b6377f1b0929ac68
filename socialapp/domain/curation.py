"""Which photograph goes out next, and why: strategies behind one interface, a function each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

ALIKE_BITS = 10
"""Two fingerprints (64 bits) that differ in at most so many show the same thing."""


class PhotoStatus(StrEnum):
    """What became of a photograph."""

    NEW = "new"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """By a person, before it left."""
    VETOED = "vetoed"


@dataclass(frozen=True)
class Candidate:
    """A photograph that may be posted."""

    media_id: int
    score: float
    added_at: datetime
    fingerprint: str
    folder: str = ""
    tags: Sequence[str] = ()
    orientation: str = ""
    not_before: datetime | None = None
    taken_at: datetime | None = None
    is_own_score: bool = False
    """A person said what it is worth."""


@dataclass(frozen=True)
class Filters:
    """What a persona takes; an empty one takes everything."""

    folders: Sequence[str] = ()
    tags: Sequence[str] = ()
    """Any of them is enough."""
    orientation: str = ""
    minimum_score: float = 0.0

    def take(self, photo: Candidate) -> bool:
        """Whether a photograph passes."""
        return (
            (not self.folders or photo.folder in self.folders)
            and (not self.tags or not set(self.tags).isdisjoint(photo.tags))
            and self.orientation in ("", photo.orientation)
            and photo.score >= self.minimum_score
        )


@dataclass(frozen=True)
class Pick:
    """The one that was chosen."""

    media_id: int
    why: str


Strategy = Callable[[Sequence[Candidate], Sequence[str]], list[tuple[Candidate, str]]]
"""Candidates and the fingerprints of what was posted lately -> the best first, each with why."""


def highest(photos: Sequence[Candidate], _recent: Sequence[str]) -> list[tuple[Candidate, str]]:
    """Take the highest rated; of equals the one that has waited longest."""
    ranked = sorted(photos, key=lambda p: (-p.score, p.added_at, p.media_id))
    return [(p, f"the highest rated that has not been posted ({_worth(p)})") for p in ranked]


def _worth(photo: Candidate) -> str:
    return f"{photo.score:.1f}{', set by a person' if photo.is_own_score else ''}"


def freshest(photos: Sequence[Candidate], _recent: Sequence[str]) -> list[tuple[Candidate, str]]:
    """Take what was taken last; what does not say when is as old as it has been here."""
    ranked = sorted(photos, key=lambda p: (p.taken_at or p.added_at, p.media_id), reverse=True)
    return [(p, "the newest that has not been posted") for p in ranked]


def different(photos: Sequence[Candidate], recent: Sequence[str]) -> list[tuple[Candidate, str]]:
    """Take what is least like anything posted lately; of equals the higher rated."""
    far = {p.media_id: nearest(p.fingerprint, recent) for p in photos}
    ranked = sorted(photos, key=lambda p: (-far[p.media_id], -p.score, p.added_at, p.media_id))
    return [(p, "the least like what was posted lately") for p in ranked]


STRATEGIES: dict[str, Strategy] = {
    "highest": highest,
    "freshest": freshest,
    "different": different,
}


def choices(
    photos: Iterable[Candidate],
    recent: Sequence[str],
    *,
    filters: Filters,
    strategy: str,
    at: datetime,
) -> Iterator[Pick]:
    """Yield what may go out at a moment, the best first.

    `recent` are the fingerprints of what went out lately: what looks the same is passed over. Only
    as many are compared with those as are asked for: there may be thousands.
    """
    fit = [p for p in photos if filters.take(p) and (p.not_before is None or p.not_before <= at)]
    passed, is_first = 0, True
    for photo, why in STRATEGIES[strategy](fit, recent):
        if nearest(photo.fingerprint, recent) <= ALIKE_BITS:
            passed += 1
            continue
        over = f"; {passed} better passed over, too like what was posted lately"
        yield Pick(photo.media_id, why + over if is_first and passed else why)
        is_first = False


def nearest(fingerprint: str, others: Iterable[str]) -> int:
    """Return in how many bits a picture differs from the one most like it; 64 without any."""
    mine = _bits(fingerprint)
    return min(((mine ^ _bits(o)).bit_count() for o in others if o and fingerprint), default=64)


@lru_cache(10_000)
def _bits(fingerprint: str) -> int:
    return int(fingerprint or "0", 16)


TAGS_AT_MOST = 30
_TAG_AT_MOST = 50


def read_tags(words: str) -> list[str]:
    """Read tags that are parted by commas or spaces, with or without #; each once."""
    found = (each.lstrip("#")[:_TAG_AT_MOST] for each in words.replace(",", " ").split())
    return list(dict.fromkeys(filter(None, found)))[:TAGS_AT_MOST]
