"""Snippets and hashtag groups: pieces of text that are used again."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import AT, example
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.listing import Search
from socialapp.clock import utc_now
from socialapp.domain.moments import iso
from socialapp.domain.snippets import SnippetKind
from socialapp.services import snippets
from socialapp.store import texts
from socialapp.store.tables import Snippet

router = APIRouter(prefix="/api", tags=["Snippets and templates"], route_class=Guarded)
_SNIPPET = {"id": 4, "kind": "hashtags", "name": "Bakery", "text": "#bread #harbour",
            "created_at": AT, "updated_at": AT}  # fmt: skip
Name = Annotated[Words, Field(max_length=300)]
SnippetText = Annotated[Words, Field(max_length=20_000)]


class NewSnippet(BaseModel):
    """A piece of text to keep."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Bakery", "kind": "hashtags", "text": "bread harbour"}]
        },
    )

    name: Name
    text: SnippetText = Field(description="Words of hashtags get their `#`.")
    kind: SnippetKind = SnippetKind.TEXT


class SnippetChange(BaseModel):
    """What to change; what is not given stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "#bread #rolls"}]}
    )

    name: Name | None = None
    text: SnippetText | None = None
    kind: SnippetKind | None = None


class SnippetOut(BaseModel):
    """A piece of text that is put in at the cursor."""

    model_config = example(_SNIPPET)

    id: int
    kind: SnippetKind
    name: str
    text: str
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, snippet: Snippet) -> "SnippetOut":
        """Return what programs see of a snippet."""
        return cls(
            id=snippet.id or 0,
            kind=SnippetKind(snippet.kind),
            name=snippet.name,
            text=snippet.text,
            created_at=iso(snippet.created_at),
            updated_at=iso(snippet.updated_at),
        )


class SnippetsOut(BaseModel):
    """Snippets, by name."""

    model_config = example({"items": [_SNIPPET]})

    items: list[SnippetOut]


@router.get("/snippets", responses=problems(400, 401, 403))
async def list_snippets(
    by: Reads, db: Reading, kind: Annotated[SnippetKind | None, Query()] = None, q: Search = ""
) -> SnippetsOut:
    """List the snippets of the workspace, by name; at most 500."""
    found = await texts.snippets(db, by.workspace_id, kind=kind or "", q=q.strip())
    return SnippetsOut(items=[SnippetOut.of(each) for each in found])


@router.post("/snippets", status_code=201, responses=problems(400, 401, 403, 409))
async def make_snippet(new: NewSnippet, by: Writes, db: Transaction) -> SnippetOut:
    """Keep a snippet or a group of hashtags."""
    made = await snippets.create(db, by, kind=new.kind, name=new.name, text=new.text, now=utc_now())
    return SnippetOut.of(made)


@router.get("/snippets/{snippet_id}", responses=problems(400, 401, 403, 404))
async def get_snippet(snippet_id: Id, by: Reads, db: Reading) -> SnippetOut:
    """Return a snippet."""
    return SnippetOut.of(await snippets.get(db, by, snippet_id))


@router.patch("/snippets/{snippet_id}", responses=problems(400, 401, 403, 404))
async def change_snippet(
    snippet_id: Id, change: SnippetChange, by: Writes, db: Transaction
) -> SnippetOut:
    """Change a snippet; what was put into posts stays."""
    changed = await snippets.edit(
        db, by, snippet_id, kind=change.kind, name=change.name, text=change.text, now=utc_now()
    )
    return SnippetOut.of(changed)


@router.delete("/snippets/{snippet_id}", status_code=204, responses=problems(400, 401, 403, 404))
async def delete_snippet(snippet_id: Id, by: Writes, db: Transaction) -> None:
    """Delete a snippet; what was put into posts stays."""
    await snippets.delete(db, by, snippet_id)
