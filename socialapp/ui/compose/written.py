"""A post as its editor sends it and is given it: thread, options and variants included."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain import labels
from socialapp.domain.content import Content
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.text import normalised
from socialapp.services import dry_run, utm, writing
from socialapp.services.writing import Given, PartGiven, VariantGiven
from socialapp.store import channels, contents, posts, texts
from socialapp.store import media as media_rows
from socialapp.store.contents import Written as Wording
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
    tags: list[Annotated[str, Field(max_length=labels.TAG_AT_MOST)]] = Field(
        default=[], max_length=labels.TAGS_AT_MOST
    )
    campaign: str = Field(default="", max_length=labels.CAMPAIGN_AT_MOST)

    @property
    def has_media(self) -> bool:
        """Whether there is a picture or video, wherever in it."""
        parts = [*self.parts, *(part for own in self.variants for part in own.parts or ())]
        places = [
            self.media_ids,
            *(p.media_ids for p in parts),
            *(v.media_ids for v in self.variants),
        ]
        return any(places)

    def given(self) -> dict[str, Any]:
        """Return all of it, as the services take it."""
        return self.content() | self.labels()

    def content(self) -> dict[str, Any]:
        """Return what it says, without its labels."""
        return {
            **super().given(),
            "media_ids": self.media_ids,
            "parts": [part.given() for part in self.parts],
            "options": self.options,
            "variants": {variant.channel_id: variant.given() for variant in self.variants},
        }

    def labels(self) -> dict[str, Any]:
        """Return its tags and campaign as they are kept."""
        return {"tags": labels.tags(self.tags), "campaign": labels.campaign(self.campaign)}


class Pattern(WrittenPost):
    """What is to be a template."""

    name: str = Field(max_length=1_000)


class Long(BaseModel):
    """A text that is to become a thread, and what goes with it."""

    model_config = _STRICT

    ticket: str = Field(max_length=40)
    text: str = Field(max_length=writing.TEXT_AT_MOST)
    media_ids: list[int] = Field(default=[], max_length=writing.MEDIA_AT_MOST)
    channel_ids: list[int] = Field(max_length=500)
    options: dict[str, Any] = Field(default={}, max_length=50)
    campaign: str = Field(default="", max_length=labels.CAMPAIGN_AT_MOST)


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
    """Return what only a post has, of the one that is asked for, and what helps to write it.

    A blank one has the media that are asked for, or all that a template holds. Variants are by
    the id of the channel, and hold only what differs.
    """
    used = await texts.labels(db, by.workspace_id)
    beside = {
        "known": {"tags": used.tags, "campaigns": used.campaigns},
        "utm": (await utm.get(db, by)).as_data(),
        "template": "",
    }
    post = await posts.get(db, by.workspace_id, asked.post_id) if asked.post_id else None
    if post is not None:
        return beside | await _of_post(db, by, post)
    if begun := await texts.template(db, by.workspace_id, asked.template_id):
        template, pattern = begun
        there = {channel.id for channel in await channels.of_workspace(db, by.workspace_id)}
        return {
            **beside,
            **await _of_post(db, by, pattern),
            "template": template.name,
            "text": pattern.text,
            "channel_ids": [i for i in pattern.channel_ids if i in there],
        }
    chosen = await media_rows.some(db, by.workspace_id, asked.media_ids)
    media = [media_view(chosen[i]) for i in asked.media_ids if i in chosen]
    blank = {"parts": [], "options": {}, "variants": {}, "tags": [], "campaign": ""}
    return {**beside, **blank, "media": media}


async def _of_post(db: AsyncSession, by: Member, post: Post) -> dict[str, Any]:
    post_id = post.id or 0
    found = (await contents.media_by_place(db, [post_id])).get(post_id, {})
    there = {str(channel.id) for channel in await channels.of_workspace(db, by.workspace_id)}
    return {
        "tags": post.tags,
        "campaign": post.campaign,
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
    given = Given(**written.content())
    places = {where: list(ids) for where, ids in writing.media_by_place(given).items() if ids}
    said = (
        normalised(written.text),
        writing.kept_parts(given.parts or ()),
        written.options,
        writing.kept_variants(given.variants or {}),
        written.channel_ids,
        written.labels(),
        places,
    )
    kept = (
        *(post.text, post.parts, post.options, post.variants, post.channel_ids),
        {"tags": post.tags, "campaign": post.campaign},
    )
    return said == (*kept, await contents.media_ids(db, post.id or 0))


async def read_thread(db: AsyncSession, by: Member, asked: Long) -> list[str]:
    """Return a text in parts that fit those of the channels whose networks have threads.

    Raises Rejected when there is none, or no room for text.
    """
    there = await channels.by_id(db, by.workspace_id, asked.channel_ids)
    threaded = [c for c in there.values() if dry_run.takes(c)[1].parts != 1]
    if not threaded:
        message = "None of these channels has threads. Choose another one, or shorten the text."
        raise Rejected(Problem("cannot_split", message, "text"))
    media = await media_rows.some(db, by.workspace_id, asked.media_ids)
    beside = tuple(contents.as_media(asset) for asset in media.values())
    content = Content(normalised(asked.text), beside, options=asked.options)
    rule = await utm.get(db, by)
    written = Wording(content, campaign=labels.campaign(asked.campaign), utm_rule=rule)
    # A part that fits with the longest of them fits with all.
    links = max(
        (written.links(c.provider, c.handle) for c in threaded), key=lambda to: len(to.words)
    )
    return dry_run.split(content, links, [dry_run.takes(c)[1] for c in threaded])
