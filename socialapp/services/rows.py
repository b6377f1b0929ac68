"""One row of a table becomes a draft, a schedule, or a place in the queue."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialapp.domain import moments, sheet_times
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.sheet_times import Order
from socialapp.services import clashes, posts, queueing, schedules
from socialapp.store import media, slots
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel

FIELDS = ("text", "scheduled_at", "date", "time", "timezone", "channels", "media", "tags",
          "campaign", "notes")  # fmt: skip
"""What a row may say. `scheduled_at`: a time, `queue` for the next free slot, empty for a draft."""
QUEUE = "queue"
_FIELD_OF = {
    "channel_ids": "channels",
    "media_ids": "media",
    "post_id": "text",
    "slot": "scheduled_at",
}


@dataclass(frozen=True)
class Reading:
    """How the cells of a table are understood."""

    zone: str
    """Of the times that name none."""
    order: Order = Order.DAY_FIRST
    without_time: str = ""
    """What a row without a time becomes: a draft, or with `queue` the next free slot."""
    channel_ids: tuple[int, ...] = ()
    """Where rows go that name no channel; none: to the workspace's default."""


@dataclass
class Ahead:
    """What rows before this one will have, when they are only being checked.

    Each batch of a check is rolled back, so the next does not find it in the database.
    """

    taken: dict[int, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    """Moments that a channel has, by its id."""
    _at_channel: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    _of_text: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def add(self, made: "Made") -> None:
        """Note what a row that was checked will have."""
        for channel_id, at in made.places:
            self.taken[channel_id].add(at)
        for channel_id, at in made.moments:
            self.taken[channel_id].add(at)
            insort(self._at_channel[channel_id], at)
            insort(self._of_text[made.text], at)

    def clash(self, made: "Made") -> str:
        """Say what of the same file a row would come too near to; empty when nothing."""
        if any(
            _is_near(self._at_channel[channel_id], at, clashes.SAME_CHANNEL_WITHIN)
            for channel_id, at in made.moments
        ):
            minutes = clashes.SAME_CHANNEL_WITHIN // timedelta(minutes=1)
            return f"Another row is within {minutes} minutes at the same channel."
        if any(
            _is_near(self._of_text[made.text], at, clashes.SAME_TEXT_WITHIN)
            for _, at in made.moments
        ):
            days = clashes.SAME_TEXT_WITHIN // timedelta(days=1)
            return f"Another row has the same text within {days} days."
        return ""


def _is_near(there: Sequence[datetime], at: datetime, within: timedelta) -> bool:
    place = bisect_left(there, at - within)
    return place < len(there) and there[place] <= at + within


@dataclass(frozen=True)
class Made:
    """What a row became, or would become."""

    text: str
    post_id: int
    moments: tuple[tuple[int, datetime], ...] = ()
    """Where and when it goes out: channels and instants."""
    places: tuple[tuple[int, datetime], ...] = ()
    """The slots that it has."""
    warning: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Made | None":
        """Read what `kept` returned; nothing goes out of a draft."""
        if not kept:
            return None
        return cls(kept["text"], 0, _pairs(kept["moments"]), _pairs(kept["places"]))

    def kept(self) -> dict[str, Any]:
        """Return it as JSON, for the rows after it and for the screen; empty for a draft."""
        if not self.moments:
            return {}
        return {
            "text": self.text,
            "moments": [(each, at.isoformat()) for each, at in self.moments],
            "places": [(each, at.isoformat()) for each, at in self.places],
        }


def _pairs(some: Any) -> tuple[tuple[int, datetime], ...]:
    return tuple((each, datetime.fromisoformat(at)) for each, at in some)


def field_of(problem: Problem) -> str:
    """Return the field of a row that a problem is about."""
    named = _FIELD_OF.get(problem.field, problem.field)
    return named if named in FIELDS else "text"


async def make(
    db: AsyncSession,
    by: Member,
    cells: Mapping[str, str],
    there: Sequence[Channel],
    *,
    reading: Reading,
    ahead: Ahead | None = None,
    now: datetime,
) -> Made:
    """Write what a row says; `there` are the workspace's channels, their slots locked.

    With `ahead` it is a check: what will be taken counts, and clashes are named. Raises Rejected.
    """
    told = said(cells, there, reading)
    channel_ids = told["channel_ids"]
    post = await posts.create(
        db,
        by,
        text=cells.get("text", ""),
        media_ids=[await _medium(db, by, name) for name in _list(cells.get("media", ""))],
        now=now,
        **told,
    )
    moment = when(cells, reading)
    what: dict[str, Any] = {"post_id": post.id or 0, "channel_ids": channel_ids, "now": now}
    if moment == QUEUE:
        made = await queueing.add(db, by, **what, also_taken=ahead.taken if ahead else {})
    elif moment:
        at = moments.read(moment, zone=cells.get("timezone") or reading.zone)
        made = [await schedules.create(db, by, at=at, **what)]
    else:
        made = []
    ids = [each.id or 0 for each in made]
    if ahead is None or not ids:
        return Made(post.text, post.id or 0)
    sent = await schedule_rows.deliveries_of(db, ids)
    held = await slots.of_schedules(db, by.workspace_id, ids)
    found = Made(
        post.text,
        post.id or 0,
        tuple((d.channel_id, each.scheduled_at) for each in made for d in sent[each.id or 0]),
        tuple((each.channel_id, each.slot_at) for some in held.values() for each in some),
    )
    near = [each for one in made for each in await clashes.warnings(db, by, one)]
    warning = ahead.clash(found) or next((each.message for each in near), "")
    return Made(found.text, found.post_id, found.moments, found.places, warning)


def said(cells: Mapping[str, str], there: Sequence[Channel], reading: Reading) -> dict[str, Any]:
    """Return what a row says beside its text, media and time. Raises Rejected."""
    named = _list(cells.get("channels", ""))
    return {
        "channel_ids": [_channel(name, there) for name in named] or list(reading.channel_ids),
        "tags": [tag[:100] for tag in _list(cells.get("tags", ""))][:50],
        "campaign": cells.get("campaign", "")[:200],
        "notes": cells.get("notes", ""),
    }


def when(cells: Mapping[str, str], reading: Reading) -> str:
    """Return when a row goes out: a time, `queue`, or nothing. Raises Rejected."""
    both, day, clock = (cells.get(name, "") for name in ("scheduled_at", "date", "time"))
    if both.casefold() == QUEUE or day.casefold() == QUEUE:
        return QUEUE
    if both:
        return sheet_times.written(both, order=reading.order)
    if day and clock:
        return sheet_times.written(day, clock, order=reading.order)
    if day or clock:
        missing = "time" if day else "date"
        message = f"The row has a {'date' if day else 'time'} and no {missing}."
        raise Rejected(Problem(f"{missing}_required", message, missing))
    return reading.without_time


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _channel(name: str, there: Iterable[Channel]) -> int:
    """Return the channel of that name, handle or id."""
    found = [
        each.id or 0
        for each in there
        if name.casefold() in {each.name.casefold(), each.handle.casefold(), str(each.id)}
    ]
    if len(found) != 1:
        how = "no channel" if not found else "more than one channel"
        message = f"There is {how} called {name[:50]!r}."
        raise Rejected(Problem("channel_unknown", message, "channel_ids"))
    return found[0]


async def _medium(db: AsyncSession, by: Member, name: str) -> int:
    """Return the medium of the library with that id or file name."""
    found = await media.called(db, by.workspace_id, name)
    if len(found) != 1:
        how = "no picture or video" if not found else "more than one picture or video"
        message = f"The library has {how} called {name[:80]!r}. Upload it there first."
        if found:
            message = f"The library has {how} called {name[:80]!r}. Write its id."
        raise Rejected(Problem("media_unknown", message, "media_ids"))
    return found[0]
