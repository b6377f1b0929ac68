"""What programs see of posts, and what pages have in common with them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from socialapp.api.channel_views import AT, ChannelOut, example
from socialapp.api.media import MediaOut
from socialapp.domain.delivery import Shown
from socialapp.domain.moments import iso
from socialapp.store import channels, contents
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, MediaAsset, Post

POST = {
    "id": 12, "kind": "post", "text": "Fresh bread from six.", "media": [], "status": "draft",
    "revision": 1, "channels": [], "variants": [], "parts": [], "options": {}, "tags": ["bread"],
    "campaign": "", "notes": "", "approval": None, "scheduled_at": None,
    "created_at": AT, "updated_at": AT,
}  # fmt: skip


class PartOut(BaseModel):
    """An element of a thread, after the first."""

    text: str
    media: list[MediaOut]


class PageVariantOut(BaseModel):
    """What differs for one channel; null is inherited."""

    channel_id: int
    text: str | None = None
    title: str | None = None
    options: dict[str, Any] = {}


class VariantOut(PageVariantOut):
    """The same of a post, which has media and may be a thread."""

    media: list[MediaOut] | None = None
    parts: list[PartOut] | None = None


class WrittenOut(BaseModel):
    """What posts and pages have in common."""

    id: int
    text: str
    status: str
    revision: int
    channels: list[ChannelOut]
    options: dict[str, Any] = {}
    tags: list[str]
    campaign: str
    notes: str
    approval: dict[str, Any] | None = None
    scheduled_at: str | None
    created_at: str
    updated_at: str


class PostOut(WrittenOut):
    """What the author plans."""

    model_config = example(POST)

    kind: Literal["post"] = "post"
    media: list[MediaOut]
    variants: list[VariantOut] = []
    parts: list[PartOut] = []


class PostPage(BaseModel):
    """Some posts."""

    items: list[PostOut]
    next_cursor: str | None
    total: int | None = Field(description="Exact up to 10000; null when there are more.")


Places = Mapping[str, Sequence[MediaAsset]]


async def posts_out(db: AsyncSession, rows: Sequence[Post]) -> list[PostOut]:
    """Return what programs see of posts of one workspace."""
    media = await contents.media_by_place(db, [post.id or 0 for post in rows]) if rows else {}
    known = await channels_of(db, rows)
    return [_post(post, media.get(post.id or 0, {}), known) for post in rows]


async def post_out(db: AsyncSession, post: Post) -> PostOut:
    """Return what programs see of one post."""
    return (await posts_out(db, [post]))[0]


async def channels_of(db: AsyncSession, rows: Sequence[Post]) -> dict[int, Channel]:
    """Return the channels that posts or pages of one workspace are for, by their ids."""
    wanted = {channel_id for post in rows for channel_id in post.channel_ids}
    return await channels.by_id(db, rows[0].workspace_id, wanted) if wanted else {}


def common(post: Post, known: Mapping[int, Channel]) -> dict[str, Any]:
    """Return the values of WrittenOut."""
    return {
        **post.model_dump(include=set(WrittenOut.model_fields) & set(Post.model_fields)),
        "channels": [ChannelOut.of(known[i]) for i in post.channel_ids if i in known],
        "approval": approval_of(post),
        "scheduled_at": iso(post.scheduled_at) if post.scheduled_at else None,
        "created_at": iso(post.created_at),
        "updated_at": iso(post.updated_at),
    }


def approval_of(post: Post) -> dict[str, Any] | None:
    """Return how the approval of a post stands; None where there is nothing to say."""
    if post.approved_revision == post.revision:
        return {"state": "approved", "revision": post.revision}
    if post.status in {Shown.NEEDS_APPROVAL, Shown.CHANGES_REQUESTED}:
        return {"state": str(post.status), "revision": post.revision}
    return None


def _post(post: Post, media: Places, known: Mapping[int, Channel]) -> PostOut:
    return PostOut(
        **common(post, known),
        media=media_out(media, contents.place()),
        variants=[variant_out(int(key), kept, media) for key, kept in post.variants.items()],
        parts=parts_out(post.parts, media, None),
    )


def media_out(media: Places, where: str) -> list[MediaOut]:
    """Return the media of a place."""
    return [MediaOut.of(asset) for asset in media.get(where, ())]


def parts_out(texts: Sequence[str], media: Places, channel_id: int | None) -> list[PartOut]:
    """Return the parts of a thread, of the shared post or of a channel's variant."""
    return [
        PartOut(text=words, media=media_out(media, contents.place(channel_id, number)))
        for number, words in enumerate(texts, 1)
    ]


def variant_out(channel_id: int, kept: Mapping[str, Any], media: Places) -> VariantOut:
    """Return what differs for one channel, as it is kept."""
    parts = kept.get("parts")
    return VariantOut(
        channel_id=channel_id,
        text=kept.get("text"),
        title=kept.get("title"),
        media=media_out(media, contents.place(channel_id)) if kept.get("media") else None,
        parts=None if parts is None else parts_out(parts, media, channel_id),
        options=kept.get("options", {}),
    )
