"""Snippets and hashtag groups: make, change, delete."""

from datetime import datetime

from socialapp.domain import naming
from socialapp.domain import snippets as rules
from socialapp.domain.errors import Conflict, NotAllowed, NotFound
from socialapp.domain.people import Member, Right
from socialapp.domain.snippets import SnippetKind
from socialapp.store import people, texts
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Snippet

AT_MOST = 500
"""Of a workspace."""


def _allow(by: Member) -> None:
    if not by.may(Right.WRITE):
        raise NotAllowed("You may use snippets here, not change them.")


async def create(
    db: AsyncSession, by: Member, *, kind: SnippetKind, name: str, text: str, now: datetime
) -> Snippet:
    """Keep a new snippet."""
    _allow(by)
    await people.one_at_a_time(db, f"snippets:{by.workspace_id}")
    if len(await texts.snippets(db, by.workspace_id)) >= AT_MOST:
        raise Conflict(f"There are {AT_MOST} snippets, which is the most. Delete one first.")
    made = Snippet(
        workspace_id=by.workspace_id,
        kind=kind,
        name=naming.named(name),
        text=rules.text(text, kind),
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )
    db.add(made)
    await db.flush()
    return made


async def get(db: AsyncSession, by: Member, snippet_id: int) -> Snippet:
    """Return a snippet of the workspace. Raises NotFound when it has none of that id."""
    found = await texts.snippet(db, by.workspace_id, snippet_id)
    if found is None:
        raise NotFound("There is no such snippet.")
    return found


async def edit(
    db: AsyncSession,
    by: Member,
    snippet_id: int,
    *,
    kind: SnippetKind | None = None,
    name: str | None = None,
    text: str | None = None,
    now: datetime,
) -> Snippet:
    """Change what is given. What was put into posts stays as it was."""
    _allow(by)
    found = await get(db, by, snippet_id)
    found.kind = kind or found.kind
    found.name = found.name if name is None else naming.named(name)
    found.text = rules.text(found.text if text is None else text, SnippetKind(found.kind))
    found.updated_at = now
    db.add(found)
    await db.flush()
    return found


async def delete(db: AsyncSession, by: Member, snippet_id: int) -> None:
    """Delete a snippet. What was put into posts stays."""
    _allow(by)
    await db.delete(await get(db, by, snippet_id))
