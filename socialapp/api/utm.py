"""UTM parameters that links get when a post is sent, and the labels that posts have."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import example
from socialapp.api.deps import Admins, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.domain.utm import UtmRule
from socialapp.services import utm
from socialapp.store import texts

router = APIRouter(prefix="/api", tags=["Workspace"], route_class=Guarded)
_RULE: dict[str, Any] = {
    "is_on": True,
    "source": "{network}",
    "medium": "social",
    "campaign": "{campaign}",
    "hosts": ["example.org"],
}
_TEMPLATE = "May hold `{network}`, `{channel}` (its handle) and `{campaign}` (the post's)."
Template = Annotated[Words, Field(max_length=200, description=_TEMPLATE)]


class UtmOut(BaseModel):
    """What links in posts get when they are sent."""

    model_config = example(_RULE)

    is_on: bool
    source: str
    medium: str
    campaign: str
    hosts: list[str] = Field(
        description="Only links to these and their subdomains; empty: all links."
    )


class UtmChange(BaseModel):
    """The whole rule; what would be empty in a link is left out of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_RULE]})

    is_on: StrictBool
    source: Template = "{network}"
    medium: Template = "social"
    campaign: Template = "{campaign}"
    hosts: Annotated[list[Annotated[Words, Field(max_length=300)]], Field(max_length=100)] = []


class LabelsOut(BaseModel):
    """The labels of the workspace's newest 2,000 posts and pages."""

    model_config = example({"tags": ["bread"], "campaigns": ["Autumn"]})

    tags: list[str]
    campaigns: list[str]


@router.get("/utm", responses=problems(401, 403))
async def read_utm(by: Reads, db: Reading) -> UtmOut:
    """Return what links in posts get when they are sent; off until somebody turns it on."""
    return UtmOut(**(await utm.get(db, by)).as_data())


@router.put("/utm", responses=problems(400, 401, 403))
async def change_utm(change: UtmChange, by: Admins, db: Transaction) -> UtmOut:
    """Change it for all posts that are not out; a link with a `utm_` of its own stays as it is."""
    given = change.model_dump()
    kept = await utm.change(db, by, UtmRule(**{**given, "hosts": tuple(change.hosts)}))
    return UtmOut(**kept.as_data())


@router.get("/labels", responses=problems(401, 403))
async def list_labels(by: Reads, db: Reading) -> LabelsOut:
    """List the tags and campaigns that are in use."""
    found = await texts.labels(db, by.workspace_id)
    return LabelsOut(tags=list(found.tags), campaigns=list(found.campaigns))
