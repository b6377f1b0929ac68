"""What programs see of evergreen lists, and what they send."""

from datetime import datetime
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.door import Words
from socialapp.api.schedules import When, Zone
from socialapp.api.slots import Day, PostingTimeIO
from socialapp.api.writing import AnyId, ChannelIds, Ids, Text
from socialapp.domain import evergreen as rules
from socialapp.domain import slots
from socialapp.domain.moments import iso
from socialapp.services import going_round
from socialapp.services.evergreen import Next
from socialapp.store import evergreen as rows
from socialapp.store import posts, recycling
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    EvergreenEntry,
    EvergreenList,
    EvergreenTurn,
    Post,
    RecycledPost,
)

DAYS: tuple[Day, ...] = get_args(Day)
Name = Annotated[Words, Field(min_length=1, max_length=100)]
AtMost = Annotated[int, Field(ge=1, le=rules.ROUNDS_AT_MOST)]
RestDays = Annotated[int, Field(ge=rules.REST_AT_LEAST, le=rules.REST_AT_MOST)]
PerWeek = Annotated[int, Field(ge=1, le=rules.PER_WEEK_AT_MOST)]


Times = Annotated[
    list[PostingTimeIO],
    Field(max_length=rules.TIMES_AT_MOST, description="Its own times, or `per_week`."),
]


class NewList(BaseModel):
    """How a list goes round; it is paused until `is_paused` is set to false."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Classics", "times": [{"day": "monday", "time": "09:00"}]}]
        },
    )

    name: Name
    channel_ids: ChannelIds = []
    times: Times = []
    per_week: PerWeek | None = Field(
        default=None, description="Instead of `times`: takes the next free slots of the channels."
    )
    timezone: Zone | None = Field(default=None, description="Without it the workspace's.")
    rest_days: RestDays = Field(
        default=rules.REST_DAYS,
        description="No wording goes out twice in a channel within so many days.",
    )
    ends_at: When | None = None
    rounds: AtMost | None = Field(
        default=None, description="Each entry goes out so many times at most."
    )


class ListChange(BaseModel):
    """What becomes different; what is planned is chosen anew. Null takes a limit away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rest_days": 14}]})

    name: Name | None = None
    channel_ids: Annotated[ChannelIds, Field(min_length=1)] | None = None
    times: Annotated[Times, Field(min_length=1)] | None = None
    per_week: PerWeek | None = None
    timezone: Zone | None = None
    rest_days: RestDays | None = None
    ends_at: When | None = None
    rounds: AtMost | None = None
    is_paused: StrictBool | None = Field(
        default=None, description="False starts it; what was planned is chosen anew."
    )


class ContentIn(BaseModel):
    """What a wording says: the content of a post, or text with media."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Our oven was built in 1921."}]}
    )

    text: Text = ""
    media_ids: Ids | None = Field(
        default=None,
        description="Of a new wording none without it; one that is written anew keeps its own.",
    )
    post_id: AnyId | None = Field(default=None, description="Instead: a copy of this post.")


class NewEntry(ContentIn):
    """An entry with its first wording."""

    at_most: AtMost | None = None
    until: When | None = None


class EntryChange(BaseModel):
    """When it has gone out enough; null takes a limit away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"at_most": 5}]})

    at_most: AtMost | None = None
    until: When | None = None


class WordingOut(BaseModel):
    """One way in which an entry says it."""

    id: int
    text: str
    media_ids: list[int]


class EntryOut(BaseModel):
    """Something that goes round."""

    model_config = example(
        {"id": 7, "wordings": [{"id": 9, "text": "Our oven was built in 1921.", "media_ids": []}],
         "at_most": None, "until": None, "recycled_from": 5,
         "why": "12 likes within 7 days, better than 18 of 19 other posts of Shop"}
    )  # fmt: skip

    id: int
    wordings: list[WordingOut]
    at_most: int | None
    until: str | None
    recycled_from: int | None = Field(
        description="The post that a recycling rule found; null: a person added it."
    )
    why: str = Field(description="Why the rule found it.")


class ListOut(BaseModel):
    """Posts that go round."""

    model_config = example(
        {"id": 3, "name": "Classics", "channel_ids": [1],
         "times": [{"day": "monday", "time": "09:00"}],
         "per_week": None, "timezone": "Europe/Berlin", "words": "Monday 09:00 Europe/Berlin",
         "rest_days": 30, "ends_at": None, "rounds": None, "is_paused": False, "is_ended": False,
         "stopped": "", "trouble": "", "entries": [], "created_at": AT, "updated_at": AT}
    )  # fmt: skip

    id: int
    name: str
    channel_ids: list[int]
    times: list[PostingTimeIO]
    per_week: int | None
    timezone: str
    words: str
    rest_days: int
    ends_at: str | None
    rounds: int | None
    is_paused: bool
    is_ended: bool
    stopped: str = Field(description="Why it stopped by itself; empty when it did not.")
    trouble: str = Field(description="Why its next turn would stay empty.")
    entries: list[EntryOut]
    created_at: str
    updated_at: str


class ListPage(BaseModel):
    """Some lists, the newest first."""

    items: list[ListOut]
    next_cursor: str | None
    total: int | None


class NextOut(BaseModel):
    """A turn to come: what goes out, and why."""

    at: str
    turn_at: str = Field(description="The moment of the turn by the rhythm; `skip` takes it.")
    entry_id: int | None
    wording_id: int | None
    why: str = Field(description="Why this entry; without one, why nothing goes out.")
    post_id: int | None = Field(description="Null when it is not made yet.")
    status: str
    is_skipped: bool

    @classmethod
    def of(cls, each: Next) -> "NextOut":
        """Return it as programs see it."""
        return cls(**vars(each) | {"at": iso(each.at), "turn_at": iso(each.turn_at)})


class PastOut(BaseModel):
    """A turn that is over."""

    turn_at: str
    entry_id: int | None
    wording_id: int | None
    why: str
    post_id: int
    text: str
    status: str

    @classmethod
    def of(cls, turn: EvergreenTurn, post: Post) -> "PastOut":
        """Return it as programs see it."""
        return cls(
            turn_at=iso(turn.nominal_at),
            entry_id=turn.entry_id,
            wording_id=turn.wording_id,
            why=turn.why,
            post_id=post.id or 0,
            text=post.text,
            status=post.status,
        )


class Upcoming(BaseModel):
    """The turns of the next two weeks, up to the first at which nothing may go."""

    items: list[NextOut]


class History(BaseModel):
    """The last turns, newest first."""

    items: list[PastOut]


async def lists_out(db: AsyncSession, some: list[EvergreenList]) -> list[ListOut]:
    """Return lists as programs see them, with a few queries for all of them."""
    if not some:
        return []
    entries = await entries_out(db, some[0].workspace_id, [each.id or 0 for each in some])
    return [_list(each, entries.get(each.id or 0, [])) for each in some]


async def entries_out(
    db: AsyncSession, workspace_id: int, list_ids: list[int]
) -> dict[int, list[EntryOut]]:
    """Return the entries of each list."""
    there = await rows.entries(db, list_ids)
    wordings = await rows.wordings(db, [entry.id or 0 for entry in there])
    texts = await posts.by_id(db, workspace_id, {w.post_id for w in wordings})
    media = await posts.media_of(db, [w.post_id for w in wordings])
    origins = await recycling.of_entries(db, workspace_id, [entry.id or 0 for entry in there])
    said: dict[int, list[WordingOut]] = {}
    for w in wordings:
        ids = [asset.id or 0 for asset in media.get(w.post_id, [])]
        out = WordingOut(id=w.id or 0, text=texts[w.post_id].text, media_ids=ids)
        said.setdefault(w.entry_id, []).append(out)
    found: dict[int, list[EntryOut]] = {}
    for entry in there:
        mine = _entry(entry, said.get(entry.id or 0, []), origins.get(entry.id or 0))
        found.setdefault(entry.list_id, []).append(mine)
    return found


def _entry(
    entry: EvergreenEntry, wordings: list[WordingOut], origin: RecycledPost | None
) -> EntryOut:
    return EntryOut(
        id=entry.id or 0,
        wordings=wordings,
        at_most=entry.at_most,
        until=_iso(entry.until),
        recycled_from=origin.post_id if origin else None,
        why=origin.why if origin else "",
    )


def _list(each: EvergreenList, entries: list[EntryOut]) -> ListOut:
    rhythm = going_round.rhythm_of(each)
    return ListOut(
        id=each.id or 0,
        name=each.name,
        channel_ids=each.channel_ids,
        times=[PostingTimeIO(day=DAYS[t.weekday], time=t.clock) for t in rhythm.times],
        per_week=each.per_week or None,
        timezone=each.timezone,
        words=rhythm.spoken(each.timezone),
        rest_days=each.rest_days,
        ends_at=_iso(each.ends_at),
        rounds=each.rounds,
        is_paused=each.paused_at is not None,
        is_ended=each.ended_at is not None,
        stopped=each.stopped,
        trouble=each.trouble,
        entries=entries,
        created_at=iso(each.created_at),
        updated_at=iso(each.updated_at),
    )


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None


def times_of(given: list[PostingTimeIO]) -> tuple[slots.WeeklyTime, ...]:
    """Return the times that a program names. Raises Rejected for what is none."""
    return tuple(slots.read_time(DAYS.index(each.day), each.time) for each in given)


def changes(given: BaseModel) -> dict[str, Any]:
    """Return what was given, null included."""
    return {name: getattr(given, name) for name in given.model_fields_set}
