"""Templates: patterns that posts are begun with."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Search
from socialapp.api.media import MediaOut
from socialapp.api.post_views import PartOut, PostOut, VariantOut, post_out, posts_out
from socialapp.api.snippets import Name
from socialapp.api.writing import (
    AnyId,
    Campaign,
    ChannelIds,
    Ids,
    Options,
    Parts,
    Tags,
    Text,
    Variants,
    Writing,
)
from socialapp.clock import utc_now
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import iso
from socialapp.services import templates
from socialapp.store import texts
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post, Template

router = APIRouter(prefix="/api", tags=["Snippets and templates"], route_class=Guarded)
_TEMPLATE = {
    "id": 2, "name": "Weekly offer", "text": "This week: ", "media": [], "parts": [],
    "variants": [], "options": {}, "channel_ids": [1], "tags": ["offer"], "campaign": "",
    "notes": "", "created_at": AT, "updated_at": AT,
}  # fmt: skip


class TemplateChange(Writing):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Weekly offer"}]}
    )

    name: Name | None = None
    text: Text | None = None
    media_ids: Ids | None = None
    parts: Parts | None = None
    variants: Variants | None = None
    options: Options | None = None
    channel_ids: ChannelIds | None = None
    tags: Tags | None = None
    campaign: Campaign | None = None
    notes: Text | None = None


class NewTemplate(TemplateChange):
    """A template to keep: what a post says (`post_id`), or what is given here."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Weekly offer", "text": "This week: "}]},
    )

    name: Name
    post_id: AnyId | None = None

    def content(self) -> dict[str, Any]:
        """Return what is given of its content. Raises Rejected when a post is named, too."""
        left_out = {"name", "post_id"}
        found = {k: v for k, v in self.given().items() if v is not None and k not in left_out}
        if found and self.post_id is not None:
            message = "Give `post_id` or the content, not both. Nothing was saved."
            raise Rejected(Problem("one_of_two", message, "post_id"))
        return {"text": "", **found}


class TemplateOut(BaseModel):
    """A pattern that posts are begun with."""

    model_config = example(_TEMPLATE)

    id: int
    name: str
    text: str
    media: list[MediaOut]
    parts: list[PartOut]
    variants: list[VariantOut]
    options: dict[str, Any]
    channel_ids: list[int]
    tags: list[str]
    campaign: str
    notes: str
    created_at: str
    updated_at: str


class TemplatesOut(BaseModel):
    """Templates, by name."""

    model_config = example({"items": [_TEMPLATE]})

    items: list[TemplateOut]


async def _out(db: AsyncSession, found: Sequence[tuple[Template, Post]]) -> list[TemplateOut]:
    patterns = await posts_out(db, [post for _, post in found])
    return [_one(template, shown) for (template, _), shown in zip(found, patterns, strict=True)]


def _one(template: Template, pattern: PostOut) -> TemplateOut:
    same = set(TemplateOut.model_fields) - {"id", "created_at", "updated_at"}
    return TemplateOut(
        id=template.id or 0,
        name=template.name,
        channel_ids=[channel.id for channel in pattern.channels],
        created_at=iso(template.created_at),
        updated_at=iso(template.updated_at),
        **{name: getattr(pattern, name) for name in same & set(PostOut.model_fields)},
    )


@router.get("/templates", responses=problems(400, 401, 403))
async def list_templates(by: Reads, db: Reading, q: Search = "") -> TemplatesOut:
    """List the templates of the workspace, by name; at most 200."""
    return TemplatesOut(
        items=await _out(db, await texts.templates(db, by.workspace_id, q=q.strip()))
    )


@router.post("/templates", status_code=201, responses=problems(400, 401, 403, 404, 409))
async def make_template(new: NewTemplate, by: Writes, db: Transaction) -> TemplateOut:
    """Keep a template: what a post says, or what is given."""
    content = new.content()
    if new.post_id is not None:
        made = await templates.of_post(db, by, new.post_id, name=new.name, now=utc_now())
    else:
        made = await templates.create(db, by, name=new.name, **content, now=utc_now())
    return (await _out(db, [made]))[0]


@router.get("/templates/{template_id}", responses=problems(400, 401, 403, 404))
async def get_template(template_id: Id, by: Reads, db: Reading) -> TemplateOut:
    """Return a template."""
    return (await _out(db, [await templates.get(db, by, template_id)]))[0]


@router.patch("/templates/{template_id}", responses=problems(400, 401, 403, 404, 409))
async def change_template(
    template_id: Id, change: TemplateChange, by: Writes, db: Transaction
) -> TemplateOut:
    """Change a template; posts that were begun with it stay as they are."""
    changed = await templates.edit(db, by, template_id, **change.given(), now=utc_now())
    return (await _out(db, [changed]))[0]


@router.delete("/templates/{template_id}", status_code=204, responses=problems(400, 401, 403, 404))
async def delete_template(template_id: Id, by: Writes, db: Transaction) -> None:
    """Delete a template; posts that were begun with it stay."""
    await templates.delete(db, by, template_id, now=utc_now())


@router.post(
    "/templates/{template_id}/posts", status_code=201, responses=problems(400, 401, 403, 404, 409)
)
async def begin_post(template_id: Id, by: Writes, db: Transaction) -> PostOut:
    """Begin a draft with all that a template holds."""
    return await post_out(db, await templates.use(db, by, template_id, now=utc_now()))
