"""Snippets, templates, and the labels that a workspace has used."""

import json
from dataclasses import dataclass

from sqlalchemy import String, cast, func, or_
from sqlmodel import col, select

from socialapp.domain.content import Kind
from socialapp.store.pages import like
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post, Snippet, Template

_LOOKED_AT = 2_000
"""So many of the newest posts say which labels are in use."""


@dataclass(frozen=True)
class Labels:
    """The tags and campaigns of a workspace's newest posts, in the order of the alphabet."""

    tags: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


async def labels(db: AsyncSession, workspace_id: int) -> Labels:
    """Return the labels that are in use."""
    newest = (
        select(cast(col(Post.tags), String).label("tags"), col(Post.campaign).label("campaign"))
        .where(Post.workspace_id == workspace_id, col(Post.kind).in_(list(Kind)))
        .where(col(Post.deleted_at).is_(None), col(Post.is_aside).is_(False))
        .order_by(col(Post.id).desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    rows = (await db.execute(select(newest.c.tags, newest.c.campaign).distinct())).all()
    tags = {tag.casefold(): tag for row in rows for tag in json.loads(row.tags or "[]")}
    campaigns = {row.campaign for row in rows if row.campaign}
    return Labels(
        tuple(sorted(tags.values(), key=str.casefold)),
        tuple(sorted(campaigns, key=str.casefold)),
    )


async def snippets(
    db: AsyncSession, workspace_id: int, *, kind: str = "", q: str = ""
) -> list[Snippet]:
    """Return the snippets of a workspace by name; of a kind, and with words, if they are asked."""
    query = select(Snippet).where(Snippet.workspace_id == workspace_id)
    if kind:
        query = query.where(Snippet.kind == kind)
    if q:
        words = like(q.lower())
        query = query.where(
            or_(
                func.lower(col(Snippet.name)).like(words, escape="\\"),
                func.lower(col(Snippet.text)).like(words, escape="\\"),
            )
        )
    query = query.order_by(func.lower(col(Snippet.name)), col(Snippet.id))
    return list((await db.execute(query)).scalars())


async def snippet(db: AsyncSession, workspace_id: int, snippet_id: int) -> Snippet | None:
    """Return a snippet of the workspace."""
    query = select(Snippet).where(Snippet.id == snippet_id, Snippet.workspace_id == workspace_id)
    return (await db.execute(query)).scalar_one_or_none()


async def templates(
    db: AsyncSession, workspace_id: int, *, q: str = ""
) -> list[tuple[Template, Post]]:
    """Return the templates of a workspace by name, each with its pattern."""
    query = (
        select(Template, Post)
        .join(Post, col(Post.id) == Template.post_id)
        .where(Template.workspace_id == workspace_id)
    )
    if q:
        words = like(q.lower())
        query = query.where(
            or_(
                func.lower(col(Template.name)).like(words, escape="\\"),
                func.lower(col(Post.text)).like(words, escape="\\"),
            )
        )
    query = query.order_by(func.lower(col(Template.name)), col(Template.id))
    return [(template, post) for template, post in (await db.execute(query)).all()]


async def template(
    db: AsyncSession, workspace_id: int, template_id: int
) -> tuple[Template, Post] | None:
    """Return a template of the workspace with its pattern."""
    query = (
        select(Template, Post)
        .join(Post, col(Post.id) == Template.post_id)
        .where(Template.id == template_id, Template.workspace_id == workspace_id)
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None
