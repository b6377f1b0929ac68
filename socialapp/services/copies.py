"""Copies of posts: each occurrence of a series has its own, so that one can be changed alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialapp.domain.people import Member
from socialapp.services import approvals, posts, versions
from socialapp.store import contents
from socialapp.store import posts as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post


def _content(source: Post) -> dict[str, Any]:
    return {
        "title": source.title,
        "text": source.text,
        "parts": list(source.parts),
        "options": dict(source.options),
        "variants": dict(source.variants),
        "tags": list(source.tags),
        "campaign": source.campaign,
        "notes": source.notes,
    }


async def copy(
    db: AsyncSession,
    source: Post,
    *,
    channel_ids: Sequence[int],
    is_aside: bool = False,
    author_id: int | None = None,
    now: datetime,
) -> int:
    """Keep another post with the same content, and return its id. Its author is the same."""
    post_id = await rows.add(
        db,
        Post(
            workspace_id=source.workspace_id,
            kind=source.kind,
            channel_ids=list(channel_ids),
            author_id=author_id or source.author_id,
            is_aside=is_aside,
            created_at=now,
            updated_at=now,
            **_content(source),
        ),
    )
    await contents.add_media(db, post_id, await contents.media_ids(db, source.id or 0))
    if attachments := await _attachment_ids(db, source):
        await contents.set_attachments(db, post_id, attachments)
    return post_id


async def rewrite(
    db: AsyncSession, by: Member, target: Post, source: Post, *, now: datetime
) -> None:
    """Give a post the content of another one. Raises Conflict when it is out or on its way."""
    await posts.take_back(db, target)
    target_id = target.id or 0
    was_approved = target.approved_revision == target.revision
    await versions.before_edit(db, target)
    await rows.edit(db, target_id, revision=None, now=now, **_content(source))
    await contents.set_media(db, target_id, await contents.media_ids(db, source.id or 0))
    await contents.set_attachments(db, target_id, await _attachment_ids(db, source))
    await db.refresh(target)
    await versions.after_edit(db, by, target, was_approved=was_approved, now=now)
    await approvals.on_edit(db, by, target, before=target.revision - 1, now=now)


async def _attachment_ids(db: AsyncSession, source: Post) -> list[int]:
    found = await contents.attachments_of(db, [source.id or 0])
    return [asset.id or 0 for asset in found.get(source.id or 0, ())]
