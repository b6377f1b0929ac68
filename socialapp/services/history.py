"""The history of a post: its versions, and bringing one of them back, which is an edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialapp.domain import versions as rules
from socialapp.domain.content import Kind
from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.services import versions as keeping
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import attachments, channels, contents, media, versions
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, MediaAsset, Post, PostVersion


@dataclass(frozen=True)
class Version:
    """One version of a post: the row, and the fields that it changed."""

    row: PostVersion
    changed: Sequence[str]
    is_current: bool


@dataclass(frozen=True)
class Assets:
    """Pictures and files of a version that are still there, by their ids."""

    media: Mapping[int, MediaAsset]
    attachments: Mapping[int, AttachmentAsset]


async def read(
    db: AsyncSession,
    by: Member,
    post_id: int,
    *,
    kind: Kind | None = Kind.POST,
    limit: int = 50,
    cursor: str = "",
) -> Page[Version]:
    """Return the versions of a post, newest first. One that was never edited has one."""
    post = await posts.get(db, by, post_id, kind=kind)
    page, older = await versions.page(db, by.workspace_id, post_id, limit=limit, cursor=cursor)
    if not page.items and not cursor:
        return Page([Version(await keeping.first(db, post), [], is_current=True)], "", 1)
    rows = [*page.items, older]
    found = [_version(row, before, post) for row, before in zip(page.items, rows[1:], strict=True)]
    return Page(found, page.next_cursor, page.total)


async def get(
    db: AsyncSession, by: Member, post_id: int, revision: int, *, kind: Kind | None = Kind.POST
) -> Version:
    """Return one version. Raises NotFound when the post has none that ends with `revision`."""
    post = await posts.get(db, by, post_id, kind=kind)
    row = await versions.get(db, by.workspace_id, post_id, revision)
    if row is None:
        if revision != post.revision or await versions.newest(db, post_id):
            raise NotFound(f"This {post.kind} has no such version.")
        return Version(await keeping.first(db, post), [], is_current=True)
    return _version(row, await versions.before(db, row), post)


def _version(row: PostVersion, before: PostVersion | None, post: Post) -> Version:
    changed = rules.changed(before.content if before else None, row.content)
    return Version(row, changed, is_current=row.revision == post.revision)


@dataclass(frozen=True)
class Missing:
    """How many pictures and files of a version were deleted since."""

    media: int
    attachments: int


def missing(row: PostVersion, there: Assets) -> Missing:
    """Count what a version had that is not there any more: a restore leaves it out."""
    ids = {i for some in row.content.get("media", {}).values() for i in some}
    files = set(row.content.get("attachments", []))
    return Missing(len(ids - set(there.media)), len(files - set(there.attachments)))


async def assets_of(db: AsyncSession, row: PostVersion) -> Assets:
    """Return what is still there of a version's pictures and files."""
    ids = {i for some in row.content.get("media", {}).values() for i in some}
    files = row.content.get("attachments", [])
    return Assets(
        await media.some(db, row.workspace_id, list(ids)),
        await attachments.some(db, row.workspace_id, files),
    )


async def restore(
    db: AsyncSession,
    by: Member,
    post_id: int,
    version: int,
    *,
    kind: Kind | None = Kind.POST,
    revision: int | None,
    now: datetime,
) -> Post:
    """Make a post what it was in a version, named by its revision; an edit like any other.

    `revision` is the one that was read. Pictures, files and channels that are gone by now are not
    in it, and the channels of a post that is planned stay. Raises Stale when somebody was faster,
    Conflict when the post is out or on its way.
    """
    found = await get(db, by, post_id, version, kind=kind)
    if found.is_current:
        raise Conflict(f"This {kind or Kind.POST} is like that already. Nothing was changed.")
    given = await _given(db, by, found.row)
    post = await posts.get(db, by, post_id, kind=kind, lock=True)
    if await posts.planned_for(db, post):
        del given["channel_ids"]
    return await posts.edit(
        db,
        by,
        post_id,
        kind=kind,
        revision=revision,
        restored_from=version,
        may_be_blank=True,
        now=now,
        **given,
    )


async def _given(db: AsyncSession, by: Member, row: PostVersion) -> dict[str, Any]:
    assets, content = await assets_of(db, row), row.content
    there = {c.id for c in await channels.of_workspace(db, by.workspace_id)}
    places = {
        where: [i for i in ids if i in assets.media]
        for where, ids in content.get("media", {}).items()
    }
    variants = {
        int(key): _variant(int(key), kept, places)
        for key, kept in content["variants"].items()
        if int(key) in there
    }
    return {
        **{name: content[name] for name in ("title", "text", "options", "tags")},
        **{name: content[name] for name in ("campaign", "notes")},
        "media_ids": places.get(contents.place(), []),
        "parts": _parts(content["parts"], places, None),
        "variants": variants,
        "attachment_ids": [i for i in content["attachments"] if i in assets.attachments],
        "channel_ids": [i for i in content["channel_ids"] if i in there],
    }


def _parts(
    texts: Sequence[str], places: Mapping[str, Sequence[int]], channel_id: int | None
) -> list[PartGiven]:
    return [
        PartGiven(text, places.get(contents.place(channel_id, number), ()))
        for number, text in enumerate(texts, 1)
    ]


def _variant(
    channel_id: int, kept: Mapping[str, Any], places: Mapping[str, Sequence[int]]
) -> VariantGiven:
    parts = kept.get("parts")
    return VariantGiven(
        text=kept.get("text"),
        title=kept.get("title"),
        media_ids=places.get(contents.place(channel_id), []) if kept.get("media") else None,
        parts=None if parts is None else _parts(parts, places, channel_id),
        options=kept.get("options", {}),
    )
