"""A post as its editor sends it and is given it: thread, options and variants included."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain import checks
from socialapp.domain import text as texts
from socialapp.domain.content import Content
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import dry_run, writing
from socialapp.services.writing import Given, PartGiven, VariantGiven
from socialapp.store import channels, contents, posts
from socialapp.store import media as media_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import MediaAsset, Post
from socialapp.ui.compose.drafts import Opened, Written

_STRICT = ConfigDict(extra="forbid", strict=True)


class WrittenPart(BaseModel):
    """An element of a thread, after the first."""

    model_config = _STRICT

    text: str = Field(max_length=writing.TEXT_AT_MOST)
    media_ids: list[int] = Field(max_length=writing.MEDIA_AT_MOST)

    def given(self) -> PartGiven:
        """Return it as the services take it."""
        return PartGiven(self.text, self.media_ids)


class WrittenVariant(BaseModel):
    """What differs for one channel; what is not in it is inherited, an empty one is empty."""

    model_config = _STRICT

    channel_id: int = Field(ge=1, lt=2**63)
    text: str | None = Field(default=None, max_length=writing.TEXT_AT_MOST)
    media_ids: list[int] | None = Field(default=None, max_length=writing.MEDIA_AT_MOST)
    parts: list[WrittenPart] | None = Field(default=None, max_length=writing.PARTS_AT_MOST)
    options: dict[str, Any] = Field(default={}, max_length=50)

    def given(self) -> VariantGiven:
        """Return it as the services take it."""
        parts = None if self.parts is None else [part.given() for part in self.parts]
        return VariantGiven(self.text, None, self.media_ids, parts, self.options)


class WrittenPost(Written):
    """A draft of a post as its editor sends it."""

    media_ids: list[int] = Field(max_length=writing.MEDIA_AT_MOST)
    parts: list[WrittenPart] = Field(default=[], max_length=writing.PARTS_AT_MOST)
    options: dict[str, Any] = Field(default={}, max_length=50)
    variants: list[WrittenVariant] = Field(default=[], max_length=500)

    @property
    def has_media(self) -> bool:
        """Whether there is a picture or film, wherever in it."""
        parts = [*self.parts, *(part for own in self.variants for part in own.parts or ())]
        places = [
            self.media_ids,
            *(p.media_ids for p in parts),
            *(v.media_ids for v in self.variants),
        ]
        return any(places)

    def given(self) -> dict[str, Any]:
        """Return what it says, as the services take it."""
        return {
            **super().given(),
            "media_ids": self.media_ids,
            "parts": [part.given() for part in self.parts],
            "options": self.options,
            "variants": {variant.channel_id: variant.given() for variant in self.variants},
        }


class Long(BaseModel):
    """A text that is to become a thread, and what goes with it."""

    model_config = _STRICT

    ticket: str = Field(max_length=40)
    text: str = Field(max_length=writing.TEXT_AT_MOST)
    media_ids: list[int] = Field(default=[], max_length=writing.MEDIA_AT_MOST)
    channel_ids: list[int] = Field(max_length=500)
    options: dict[str, Any] = Field(default={}, max_length=50)


def media_view(asset: MediaAsset) -> dict[str, Any]:
    """Return what the media strip shows; the same names as the REST API's."""
    return {
        "id": asset.id,
        "kind": asset.kind,
        "mime_type": asset.mime_type,
        "size_bytes": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "alt_text": asset.alt_text,
        "focus": contents.as_media(asset).focus,
        "filename": asset.filename,
        "url": f"/api/media/{asset.id}/file",
        "thumbnail_url": f"/api/media/{asset.id}/thumbnail",
        "preview_url": f"/api/media/{asset.id}/preview",
    }


async def read_content(db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
    """Return `media`, `parts`, `options` and `variants` of the post that is asked for.

    A blank one has the media that are asked for. Variants are by the id of the channel, and hold
    only what differs.
    """
    post = await posts.get(db, by.workspace_id, asked.post_id) if asked.post_id else None
    if post is None:
        chosen = await media_rows.some(db, by.workspace_id, asked.media_ids)
        media = [media_view(chosen[i]) for i in asked.media_ids if i in chosen]
        return {"media": media, "parts": [], "options": {}, "variants": {}}
    found = (await contents.media_by_place(db, [asked.post_id])).get(asked.post_id, {})
    there = {str(channel.id) for channel in await channels.of_workspace(db, by.workspace_id)}
    return {
        "media": _views(found, contents.place()),
        "parts": _parts(post.parts, found, None),
        "options": post.options,
        "variants": {
            key: _variant(int(key), kept, found)
            for key, kept in post.variants.items()
            if key in there
        },
    }


_Places = Mapping[str, Sequence[MediaAsset]]


def _views(media: _Places, place: str) -> list[dict[str, Any]]:
    return [media_view(asset) for asset in media.get(place, ())]


def _parts(kept: Sequence[str], media: _Places, channel_id: int | None) -> list[dict[str, Any]]:
    return [
        {"text": text, "media": _views(media, contents.place(channel_id, number))}
        for number, text in enumerate(kept, 1)
    ]


def _variant(channel_id: int, kept: Mapping[str, Any], media: _Places) -> dict[str, Any]:
    differs: dict[str, Any] = {"options": kept.get("options", {})}
    if "text" in kept:
        differs["text"] = kept["text"]
    if kept.get("media"):
        differs["media"] = _views(media, contents.place(channel_id))
    if "parts" in kept:
        differs["parts"] = _parts(kept["parts"], media, channel_id)
    return differs


async def is_kept(db: AsyncSession, post: Post, written: WrittenPost) -> bool:
    """Whether the post that is saved says all that is written, and nothing else."""
    given = Given(**written.given())
    places = {where: list(ids) for where, ids in writing.media_by_place(given).items() if ids}
    said = (
        texts.normalised(written.text),
        writing.kept_parts(given.parts or ()),
        written.options,
        writing.kept_variants(given.variants or {}),
        written.channel_ids,
        places,
    )
    kept = (post.text, post.parts, post.options, post.variants, post.channel_ids)
    return said == (*kept, await contents.media_ids(db, post.id or 0))


async def read_thread(db: AsyncSession, by: Member, asked: Long) -> list[str]:
    """Return a text in parts that fit those of the channels whose networks have threads.

    Raises Rejected when there is none, or no room for text.
    """
    there = await channels.by_id(db, by.workspace_id, asked.channel_ids)
    networks = [dry_run.takes(channel)[1] for channel in there.values()]
    networks = [can for can in networks if can.parts != 1]
    if not networks:
        message = "None of these channels has threads. Choose another one, or shorten the text."
        raise Rejected(Problem("cannot_split", message, "text"))
    media = await media_rows.some(db, by.workspace_id, asked.media_ids)
    beside = tuple(contents.as_media(asset) for asset in media.values())
    content = Content(texts.normalised(asked.text), beside, options=asked.options)
    return [part.text for part in checks.as_thread(content, networks)]
