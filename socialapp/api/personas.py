"""Personas of autopilot: made, changed, switched, run; the week ahead; stop and go on."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.photographs import Folder, Tags
from socialapp.api.slots import Day
from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.moments import iso
from socialapp.services.autopilot import personas, runs, stopping, troubles, week
from socialapp.store import autopilot as rows
from socialapp.store import channels
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Persona

router = APIRouter(prefix="/api", tags=["Autopilot"], route_class=Guarded)

_DAYS: tuple[Day, ...] = Day.__args__  # type: ignore[attr-defined]
Strategy = Literal["highest", "freshest", "different"]
Orientation = Literal["", "landscape", "portrait", "square"]
Channels = Annotated[list[Annotated[int, Field(ge=1, le=ID_AT_MOST)]], Field(max_length=100)]
Times = Annotated[list[Annotated[Words, Field(max_length=5)]], Field(max_length=48)]
Days = Annotated[list[Day], Field(max_length=7)]
Score = Annotated[float, Field(ge=0, le=10, strict=True)]

_GIVEN: dict[str, Any] = {
    "name": "Daily picture",
    "channel_ids": [1],
    "days": ["monday", "friday"],
    "times": ["09:00"],
    "timezone": "Europe/Berlin",
    "caption": "The picture of {date} {tags}",
    "folders": ["Harbour"],
    "tags": [],
    "orientation": "",
    "minimum_score": 6.0,
    "strategy": "highest",
    "proposes_alt_text": False,
}


class PersonaOut(BaseModel):
    """Who posts which photographs, where, when and with what caption, by itself."""

    model_config = example(
        {
            "id": 3,
            **_GIVEN,
            "is_on": True,
            "is_stopped": False,
            "trouble": "",
            "on_their_way": 0,
            "created_at": AT,
        }
    )

    id: int
    name: str
    channel_ids: list[int]
    days: list[Day]
    times: list[str]
    timezone: str
    caption: str
    folders: list[str]
    tags: list[str]
    orientation: str
    minimum_score: float
    strategy: str
    proposes_alt_text: bool
    is_on: bool
    is_stopped: bool = Field(description="It was on when somebody stopped everything.")
    trouble: str = Field(description="Why it cannot post anything; empty: nothing is in the way.")
    on_their_way: int = Field(description="Pictures that deleting it now would cancel.")
    created_at: str


class PersonaList(BaseModel):
    """All personas of the workspace."""

    items: list[PersonaOut]


class PersonaNew(BaseModel):
    """A persona; it is off until it is switched on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_GIVEN]})

    name: Annotated[Words, Field(max_length=80)]
    channel_ids: Channels
    days: Days = list(_DAYS)
    times: Times = ["09:00"]
    timezone: Annotated[Words, Field(max_length=64)] = Field(
        default="", description="Empty: the workspace's."
    )
    caption: Annotated[Words, Field(max_length=2000)] = Field(
        default="",
        description="May hold {date}, {taken}, {camera}, {album}, {tags} and {place}.",
    )
    folders: Annotated[list[Folder], Field(max_length=100)] = Field(
        default=[], description="Only from these; empty: from all."
    )
    tags: Tags = Field(default=[], description="Only with one of these; empty: any.")
    orientation: Orientation = ""
    minimum_score: Score = 0
    strategy: Strategy = "highest"
    proposes_alt_text: StrictBool = Field(
        default=False,
        description="A picture that nobody has described gets a proposed description, unread.",
    )


class PersonaChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"is_on": True, "times": ["18:30"]}]}
    )

    name: Annotated[Words, Field(max_length=80)] | None = None
    channel_ids: Channels | None = None
    days: Days | None = None
    times: Times | None = None
    timezone: Annotated[Words, Field(max_length=64)] | None = None
    caption: Annotated[Words, Field(max_length=2000)] | None = None
    folders: Annotated[list[Folder], Field(max_length=100)] | None = None
    tags: Tags | None = None
    orientation: Orientation | None = None
    minimum_score: Score | None = None
    strategy: Strategy | None = None
    proposes_alt_text: StrictBool | None = None
    is_on: StrictBool | None = None


class RunNow(BaseModel):
    """Whether to post, or only to say what would be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: StrictBool = False


class RunOut(BaseModel):
    """What a run did, or would do; without a picture nothing was left."""

    model_config = example(
        {"words": "harbour.jpg: the highest rated that has not been posted (9.0).",
         "media_id": 7, "schedule_id": 21, "dry_run": False}
    )  # fmt: skip

    words: str
    media_id: int | None
    schedule_id: int | None
    dry_run: bool


class UpcomingOut(BaseModel):
    """What would go out at a moment, by what is known now."""

    model_config = example(
        {"persona_id": 3, "persona": "Daily picture", "at": AT, "media_id": 7,
         "why": "the highest rated that has not been posted (9.0)"}
    )  # fmt: skip

    persona_id: int
    persona: str
    at: str
    media_id: int | None
    why: str


class UpcomingList(BaseModel):
    """The next seven days, at most 50 moments."""

    items: list[UpcomingOut]


class StoppedOut(BaseModel):
    """How many pictures were cancelled before they left."""

    model_config = example({"cancelled": 1})

    cancelled: int


class GoneOnOut(BaseModel):
    """How many personas are on again."""

    model_config = example({"personas": 2})

    personas: int


@router.get("/personas", responses=problems(401, 403))
async def list_personas(by: Reads, db: Reading) -> PersonaList:
    """List the personas."""
    there = await rows.personas(db, by.workspace_id)
    return PersonaList(items=[await _out(db, persona) for persona in there])


@router.post("/personas", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def make_persona(new: PersonaNew, by: Publishes, db: Transaction) -> PersonaOut:
    """Make a persona, off at first."""
    given = new.model_dump(exclude={"days", "times"})
    made = await personas.save(
        db,
        by,
        **given,
        clock=",".join(new.times),
        days=[_DAYS.index(day) for day in new.days],
        now=utc_now(),
    )
    return await _out(db, made)


@router.get("/personas/{persona_id}", responses=problems(401, 403, 404))
async def get_persona(persona_id: Id, by: Reads, db: Reading) -> PersonaOut:
    """Return one persona."""
    found = await rows.persona(db, by.workspace_id, persona_id)
    if found is None:
        raise NotFound("There is no such persona.")
    return await _out(db, found)


@router.patch("/personas/{persona_id}", responses=problems(400, 401, 403, 404, 409))
async def change_persona(
    persona_id: Id, change: PersonaChange, by: Publishes, db: Transaction
) -> PersonaOut:
    """Change a persona, or switch it on or off. What its new times were before is left out."""
    persona, now = await personas.get(db, by, persona_id), utc_now()
    given = change.model_dump(exclude_none=True, exclude={"is_on"})
    if given:
        known = (await _out(db, persona)).model_dump(include=set(PersonaNew.model_fields))
        there = await channels.of_workspace(db, by.workspace_id)
        known["channel_ids"] = [c.id for c in there if c.id in persona.channel_ids]
        whole = known | given
        times, days = whole.pop("times"), whole.pop("days")
        persona = await personas.save(
            db,
            by,
            persona_id,
            **whole,
            clock=",".join(times),
            days=[_DAYS.index(day) for day in days],
            now=now,
        )
    if change.is_on is not None:
        persona = await personas.switch(db, by, persona_id, is_on=change.is_on, now=now)
    return await _out(db, persona)


@router.delete("/personas/{persona_id}", status_code=204, responses=problems(401, 403, 404))
async def delete_persona(persona_id: Id, by: Publishes, db: Transaction) -> None:
    """Delete a persona. What has not left is cancelled; what was posted stays."""
    await personas.remove(db, by, persona_id, now=utc_now())


@router.post("/personas/{persona_id}/run", responses=problems(400, 401, 403, 404, 409))
async def run_persona(persona_id: Id, how: RunNow, by: Publishes, db: Transaction) -> RunOut:
    """Post its next photograph now, or say with `dry_run` which that would be."""
    made = await runs.run(db, by, persona_id, is_dry=how.dry_run, now=utc_now())
    return RunOut(**vars(made), dry_run=how.dry_run)


@router.get("/autopilot/upcoming", responses=problems(401, 403))
async def upcoming(by: Reads, db: Reading) -> UpcomingList:
    """Say what goes out by itself in the next seven days."""
    ahead = await week.preview(db, by.workspace_id, now=utc_now())
    return UpcomingList(items=[UpcomingOut(**vars(e) | {"at": iso(e.at)}) for e in ahead])


@router.post("/autopilot/stop", responses=problems(401, 403))
async def stop(by: Publishes, db: Transaction) -> StoppedOut:
    """Turn every persona off at once, and cancel what has not left."""
    return StoppedOut(cancelled=await stopping.stop_everything(db, by, now=utc_now()))


@router.post("/autopilot/go", responses=problems(401, 403))
async def go(by: Publishes, db: Transaction) -> GoneOnOut:
    """Turn on again what was stopped. What was cancelled stays out until it is released."""
    return GoneOnOut(personas=await stopping.go_on(db, by, now=utc_now()))


async def _out(db: AsyncSession, persona: Persona) -> PersonaOut:
    waiting = await rows.on_their_way(db, persona.workspace_id, persona.id)
    trouble = await troubles.of_one(db, persona)
    same = {"name", "channel_ids", "timezone", "caption", "folders", "tags", "orientation"}
    same |= {"minimum_score", "strategy", "proposes_alt_text", "is_on", "is_stopped"}
    return PersonaOut(
        **persona.model_dump(include=same),
        id=persona.id or 0,
        days=[_DAYS[day] for day in persona.days],
        times=[f"{minute // 60:02d}:{minute % 60:02d}" for minute in persona.minutes],
        trouble=trouble.words if trouble else "",
        on_their_way=len(waiting),
        created_at=iso(persona.created_at),
    )
