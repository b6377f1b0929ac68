"""Posts and pages as they were written: the shared content, and what differs by channel."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, insert
from sqlmodel import col, select

from socialapp.domain import utm
from socialapp.domain.content import Attachment, Capabilities, Content, Kind, Media, Part
from socialapp.domain.utm import Links, UtmRule
from socialapp.domain.variants import Variant, resolve
from socialapp.store import bulk
from socialapp.store.session import AsyncSession
from socialapp.store.tables import (
    AttachmentAsset,
    Channel,
    MediaAsset,
    Post,
    PostAttachment,
    PostMedia,
    Workspace,
)

_POSTS: Table = Post.__table__  # type: ignore[attr-defined]
_WORKSPACES: Table = Workspace.__table__  # type: ignore[attr-defined]
_POST_MEDIA: Table = PostMedia.__table__  # type: ignore[attr-defined]
_POST_ATTACHMENTS: Table = PostAttachment.__table__  # type: ignore[attr-defined]

WhereIs = Callable[[MediaAsset | AttachmentAsset], str]
"""Where the bytes of a stored file are; "" when nobody asks for them."""


def _nowhere(_asset: MediaAsset | AttachmentAsset) -> str:
    return ""


@dataclass(frozen=True)
class Written:
    """One post or page."""

    shared: Content
    variants: Mapping[int, Variant] = field(default_factory=dict)
    """By the id of the channel."""
    campaign: str = ""
    utm_rule: UtmRule = field(default_factory=UtmRule)
    """The workspace's, for its links."""

    def to(self, channel_id: int, can: Capabilities, defaults: Mapping[str, Any]) -> Content:
        """Return what is written for a channel that has these `defaults`."""
        takes = [option.key for option in can.options]
        return resolve(self.shared, self.variants.get(channel_id), takes=takes, defaults=defaults)

    def links(self, network: str, handle: str = "") -> Links:
        """Return what links get at an account of a network."""
        about = {"network": network, "channel": handle, "campaign": self.campaign}
        return utm.links(self.utm_rule, about)

    def sent(self, channel: Channel, can: Capabilities) -> Content:
        """Return what goes out to a channel, its links as they are sent."""
        content = self.to(channel.id or 0, can, channel.options)
        return utm.tagged(content, self.links(channel.provider, channel.handle))


def place(channel_id: int | None = None, part: int = 0) -> str:
    """Return the place of media: of a channel's variant or the shared post, of a part from 0."""
    whose = f"@{channel_id}" if channel_id is not None else ""
    return "/".join(filter(None, [whose, str(part) if part else ""]))


async def written(
    db: AsyncSession, post_ids: Iterable[int], *, where: WhereIs = _nowhere
) -> dict[int, Written]:
    """Return posts and pages by their ids."""
    ids = set(post_ids)
    columns = [
        *(_POSTS.c[n] for n in ("id", "kind", "title", "text", "parts", "options", "variants")),
        *(_POSTS.c.campaign, _WORKSPACES.c.utm_rule),
    ]
    both = _POSTS.join(_WORKSPACES, _WORKSPACES.c.id == _POSTS.c.workspace_id)
    query = both.select().with_only_columns(*columns).where(bulk.among(db, _POSTS.c.id, ids))
    rows = (await (await db.connection()).execute(query)).all()
    media = await _media(db, ids, where)
    pages = [row.id for row in rows if row.kind == Kind.PAGE]
    attachments = await _attachments(db, pages, where) if pages else {}
    return {
        row.id: _written(
            row,
            media.get(row.id, {}),
            attachments.get(row.id, ()),
            UtmRule.read(row.utm_rule),
        )
        for row in rows
    }


def of_text(post: Post, rule: UtmRule) -> Written:
    """Return a post that has no media, also one that is not kept yet."""
    return _written(post, {}, (), rule)


def _written(
    row: Any,
    media: Mapping[str, tuple[Media, ...]],
    attachments: tuple[Attachment, ...],
    rule: UtmRule,
) -> Written:
    shared = Content(
        text=row.text,
        media=media.get("", ()),
        parts=_parts(row.parts, media, None),
        options=row.options,
        kind=Kind(row.kind),
        title=row.title,
        attachments=attachments,
    )
    variants = {int(key): _variant(int(key), kept, media) for key, kept in row.variants.items()}
    return Written(shared, variants, row.campaign, rule)


def _parts(
    texts: Sequence[str], media: Mapping[str, tuple[Media, ...]], channel_id: int | None
) -> tuple[Part, ...]:
    return tuple(
        Part(words, media.get(place(channel_id, number), ()))
        for number, words in enumerate(texts, 1)
    )


def _variant(
    channel_id: int, kept: Mapping[str, Any], media: Mapping[str, tuple[Media, ...]]
) -> Variant:
    parts = kept.get("parts")
    return Variant(
        text=kept.get("text"),
        media=media.get(place(channel_id), ()) if kept.get("media") else None,
        parts=_parts(parts, media, channel_id) if parts is not None else None,
        title=kept.get("title"),
        options=kept.get("options", {}),
    )


async def _media(
    db: AsyncSession, ids: Iterable[int], where: WhereIs
) -> dict[int, dict[str, tuple[Media, ...]]]:
    return {
        post_id: {
            whose: tuple(as_media(asset, file=where(asset)) for asset in assets)
            for whose, assets in places.items()
        }
        for post_id, places in (await media_by_place(db, ids)).items()
    }


async def media_by_place(
    db: AsyncSession, post_ids: Iterable[int]
) -> dict[int, dict[str, list[MediaAsset]]]:
    """Return the media of each post by their places, in order; posts without are not in it."""
    query = (
        select(PostMedia.post_id, PostMedia.place, MediaAsset)
        .join(MediaAsset, col(MediaAsset.id) == PostMedia.media_id)
        .where(bulk.among(db, _POST_MEDIA.c.post_id, post_ids))
        .order_by(col(PostMedia.post_id), col(PostMedia.place), col(PostMedia.position))
    )
    found: dict[int, dict[str, list[MediaAsset]]] = {}
    for post_id, whose, asset in (await db.execute(query)).all():
        found.setdefault(post_id, {}).setdefault(whose, []).append(asset)
    return found


def as_media(asset: MediaAsset, *, file: str = "") -> Media:
    """Return a stored medium as the rules and networks see it."""
    has_focus = asset.focus_x is not None and asset.focus_y is not None
    return Media(
        id=asset.id or 0,
        kind=asset.kind,
        mime_type=asset.mime_type,
        size_bytes=asset.size_bytes,
        width=asset.width,
        height=asset.height,
        alt_text=asset.alt_text,
        file=file,
        sha256=asset.sha256,
        duration_s=asset.duration_s,
        focus=(asset.focus_x or 0.0, asset.focus_y or 0.0) if has_focus else None,
        filename=asset.filename,
    )


async def _attachments(
    db: AsyncSession, ids: Iterable[int], where: WhereIs
) -> dict[int, tuple[Attachment, ...]]:
    found: dict[int, tuple[Attachment, ...]] = {}
    for post_id, assets in (await attachments_of(db, ids)).items():
        found[post_id] = tuple(as_attachment(a, file=where(a)) for a in assets)
    return found


async def attachments_of(
    db: AsyncSession, post_ids: Iterable[int]
) -> dict[int, list[AttachmentAsset]]:
    """Return the attachments of each page, in their order; pages without any are not in it."""
    query = (
        select(PostAttachment.post_id, AttachmentAsset)
        .join(AttachmentAsset, col(AttachmentAsset.id) == PostAttachment.attachment_id)
        .where(bulk.among(db, _POST_ATTACHMENTS.c.post_id, post_ids))
        .order_by(col(PostAttachment.post_id), col(PostAttachment.position))
    )
    found: dict[int, list[AttachmentAsset]] = {}
    for post_id, asset in (await db.execute(query)).all():
        found.setdefault(post_id, []).append(asset)
    return found


def as_attachment(asset: AttachmentAsset, *, file: str = "") -> Attachment:
    """Return a stored attachment as the rules and networks see it."""
    return Attachment(
        id=asset.id or 0,
        mime_type=asset.mime_type,
        size_bytes=asset.size_bytes,
        filename=asset.filename,
        description=asset.description,
        file=file,
        sha256=asset.sha256,
    )


async def media_ids(db: AsyncSession, post_id: int) -> dict[str, list[int]]:
    """Return the ids of a post's media by their places, in their order."""
    query = (
        select(PostMedia.place, PostMedia.media_id)
        .where(PostMedia.post_id == post_id)
        .order_by(col(PostMedia.place), col(PostMedia.position))
    )
    found: dict[str, list[int]] = {}
    for where, media_id in (await db.execute(query)).all():
        found.setdefault(where, []).append(media_id)
    return found


async def set_media(db: AsyncSession, post_id: int, media_ids: Mapping[str, Sequence[int]]) -> None:
    """Make these the media of a post, by their places, in their order."""
    await db.execute(delete(PostMedia).where(col(PostMedia.post_id) == post_id))
    await add_media(db, post_id, media_ids)


async def add_media(db: AsyncSession, post_id: int, media_ids: Mapping[str, Sequence[int]]) -> None:
    """Give a post that has none its media, by their places, in their order."""
    rows = [
        {"post_id": post_id, "place": where, "media_id": media_id, "position": position}
        for where, ids in media_ids.items()
        for position, media_id in enumerate(ids)
    ]
    if rows:
        await db.execute(insert(PostMedia), rows)


async def set_attachments(db: AsyncSession, page_id: int, attachment_ids: Sequence[int]) -> None:
    """Make these the attachments of a page, in their order."""
    await db.execute(delete(PostAttachment).where(col(PostAttachment.post_id) == page_id))
    rows = [
        {"post_id": page_id, "attachment_id": attachment_id, "position": position}
        for position, attachment_id in enumerate(attachment_ids)
    ]
    if rows:
        await db.execute(insert(PostAttachment), rows)
