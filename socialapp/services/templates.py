"""Templates: patterns that posts are begun with.

The pattern is a post that is in no list, so it holds all that a post does: media, threads,
variants, options, tags. Nothing sends it.
"""

from datetime import datetime
from typing import Any

from socialapp.domain import naming
from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.people import Member
from socialapp.services import copies, posts
from socialapp.store import channels, people, texts
from socialapp.store import posts as post_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post, Template

AT_MOST = 200
"""Of a workspace."""


async def create(
    db: AsyncSession, by: Member, *, name: str, now: datetime, **content: Any
) -> tuple[Template, Post]:
    """Keep a new template; `content` is what `posts.create` takes."""
    await _room(db, by)
    called = naming.named(name)
    post = await posts.create(db, by, **content, is_aside=True, may_be_blank=True, now=now)
    return await _kept(db, by, called, post, now=now), post


async def of_post(
    db: AsyncSession, by: Member, post_id: int, *, name: str, now: datetime
) -> tuple[Template, Post]:
    """Keep what a post says as a template."""
    posts.allow(by)
    await _room(db, by)
    called = naming.named(name)
    source = await posts.get(db, by, post_id)
    copied = await copies.copy(db, source, channel_ids=source.channel_ids, is_aside=True, now=now)
    post = (await post_rows.by_id(db, by.workspace_id, [copied]))[copied]
    return await _kept(db, by, called, post, now=now), post


async def _room(db: AsyncSession, by: Member) -> None:
    await people.one_at_a_time(db, f"templates:{by.workspace_id}")
    if len(await texts.templates(db, by.workspace_id)) >= AT_MOST:
        raise Conflict(f"There are {AT_MOST} templates, which is the most. Delete one first.")


async def _kept(db: AsyncSession, by: Member, name: str, post: Post, *, now: datetime) -> Template:
    made = Template(
        workspace_id=by.workspace_id,
        name=name,
        post_id=post.id or 0,
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )
    db.add(made)
    await db.flush()
    return made


async def get(db: AsyncSession, by: Member, template_id: int) -> tuple[Template, Post]:
    """Return a template with its pattern. Raises NotFound when there is none of that id."""
    found = await texts.template(db, by.workspace_id, template_id)
    if found is None:
        raise NotFound("There is no such template.")
    return found


async def edit(
    db: AsyncSession,
    by: Member,
    template_id: int,
    *,
    name: str | None = None,
    now: datetime,
    **content: Any,
) -> tuple[Template, Post]:
    """Change what is given of it. Posts that were begun with it stay as they are."""
    posts.allow(by)
    template, post = await get(db, by, template_id)
    if name is not None:
        template.name = naming.named(name)
    template.updated_at = now
    db.add(template)
    await db.flush()
    changes = {key: value for key, value in content.items() if value is not None}
    if changes:
        post = await posts.edit(
            db,
            by,
            post.id or 0,
            revision=None,
            **changes,
            may_be_blank=True,
            is_pattern=True,
            now=now,
        )
    return template, post


async def delete(db: AsyncSession, by: Member, template_id: int, *, now: datetime) -> None:
    """Delete a template; its pattern goes to the trash."""
    posts.allow(by)
    template, post = await get(db, by, template_id)
    await db.delete(template)
    await db.flush()
    await post_rows.edit(db, post.id or 0, revision=None, now=now, deleted_at=now)


async def use(db: AsyncSession, by: Member, template_id: int, *, now: datetime) -> Post:
    """Begin a draft with what a template holds."""
    posts.allow(by)
    _, pattern = await get(db, by, template_id)
    there = {channel.id for channel in await channels.of_workspace(db, by.workspace_id)}
    to = [channel_id for channel_id in pattern.channel_ids if channel_id in there]
    copied = await copies.copy(db, pattern, channel_ids=to, author_id=by.person_id, now=now)
    return await posts.get(db, by, copied)
