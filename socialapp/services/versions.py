"""Versions: whoever edits a post keeps what it said before, in the same transaction."""

from datetime import datetime
from typing import Any

from socialapp.domain import versions as rules
from socialapp.domain.people import Member
from socialapp.store import contents, versions
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post, PostVersion


async def content_of(db: AsyncSession, post: Post) -> dict[str, Any]:
    """Return all that a version holds of a post as it is now."""
    files = (await contents.attachments_of(db, [post.id or 0])).get(post.id or 0, [])
    kept = {name: getattr(post, name) for name in rules.FIELDS if hasattr(post, name)}
    return {
        **kept,
        "media": await contents.media_ids(db, post.id or 0),
        "attachments": [file.id for file in files],
    }


async def first(db: AsyncSession, post: Post) -> PostVersion:
    """Return the version of a post that was never edited since versions are kept; not kept yet."""
    is_new = post.revision == 1
    return PostVersion(
        workspace_id=post.workspace_id,
        post_id=post.id or 0,
        revision=post.revision,
        author_id=post.author_id if is_new else None,
        author_name=await versions.name_of(db, post.author_id) if is_new else "",
        content=await content_of(db, post),
        began_at=post.updated_at,
        saved_at=post.updated_at,
    )


async def before_edit(db: AsyncSession, post: Post) -> None:
    """Keep what the first edit of a post is about to change. The post is locked."""
    if await versions.newest(db, post.id or 0) is None:
        await versions.add(db, await first(db, post))


async def after_edit(
    db: AsyncSession,
    by: Member,
    post: Post,
    *,
    sitting: str = "",
    restored_from: int | None = None,
    was_approved: bool = False,
    now: datetime,
) -> None:
    """Keep what an edit made of a post, in the last version or in one of its own.

    What was approved stays as it was approved.
    """
    last = await versions.newest(db, post.id or 0)
    content = await content_of(db, post)
    kept: dict[str, Any] = {"revision": post.revision, "content": content}
    if last and last.content == content and restored_from is None:
        return await versions.replace(db, last, at=last.saved_at, **kept)
    if (
        last
        and not was_approved
        and rules.goes_on(
            rules.Saved(last.author_id, last.sitting, last.began_at),
            author_id=by.person_id,
            sitting=sitting,
            now=now,
        )
    ):
        return await versions.replace(db, last, at=now, **kept)
    version = PostVersion(
        workspace_id=post.workspace_id,
        post_id=post.id or 0,
        author_id=by.person_id,
        author_name=by.name,
        sitting=sitting,
        restored_from=restored_from,
        began_at=now,
        saved_at=now,
        **kept,
    )
    return await versions.add(db, version)
