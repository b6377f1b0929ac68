"""The workspace: what holds for everybody in it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import example
from socialapp.api.deps import Admins, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.domain.approval import Rule
from socialapp.domain.checks import AltText
from socialapp.domain.people import Member
from socialapp.services import members
from socialapp.store import people
from socialapp.store.session import AsyncSession

router = APIRouter(prefix="/api", tags=["Workspace"], route_class=Guarded)


class WorkspaceOut(BaseModel):
    """One brand or client: its name, zone and rules."""

    model_config = example(
        {"id": 1, "name": "Harbour bakery", "zone": "Europe/Berlin", "missed_after_minutes": 15,
         "alt_text_rule": "warn", "keeps_place": False, "approval_rule": "none"}
    )  # fmt: skip

    id: int
    name: str
    zone: str
    missed_after_minutes: int = Field(
        description="How late a post found unsent may still go out by itself."
    )
    alt_text_rule: AltText = Field(
        description="What is said of a picture or video without a description: nothing, a warning,"
        " or an error, which keeps the post from being scheduled."
    )
    keeps_place: bool = Field(
        description="Whether the coordinates that are in uploaded pictures are kept for captions;"
        " false forgets all that were kept."
    )
    approval_rule: Rule = Field(
        description="Who approves what people without that right schedule: nobody, one of those"
        " who may, or each member whose role is approver."
    )


class WorkspaceChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"alt_text_rule": "require"}]}
    )

    name: Annotated[Words, Field(max_length=300)] | None = None
    zone: Annotated[Words, Field(max_length=100)] | None = None
    missed_after_minutes: Annotated[int, Field(ge=0, le=10_080)] | None = None
    alt_text_rule: AltText | None = None
    approval_rule: Rule | None = None
    keeps_place: StrictBool | None = None


@router.get("/workspace", responses=problems(401, 403))
async def read_workspace(by: Reads, db: Reading) -> WorkspaceOut:
    """Return the workspace of the key, or of the person who is signed in."""
    return await _out(db, by)


@router.patch("/workspace", responses=problems(400, 401, 403))
async def change_workspace(change: WorkspaceChange, by: Admins, db: Transaction) -> WorkspaceOut:
    """Change the workspace; posts that are queued keep their instant."""
    await members.update_workspace(
        db,
        by,
        name=change.name,
        zone=change.zone,
        missed_after_minutes=change.missed_after_minutes,
        alt_text_rule=change.alt_text_rule,
        approval_rule=change.approval_rule,
        keeps_place=change.keeps_place,
    )
    await db.flush()
    return await _out(db, by)


async def _out(db: AsyncSession, by: Member) -> WorkspaceOut:
    found = await people.workspace(db, by.workspace_id)
    return WorkspaceOut.model_validate(found, from_attributes=True)
