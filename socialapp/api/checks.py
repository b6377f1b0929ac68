"""Checks: what each network would refuse, without saving or sending anything."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.channel_views import example
from socialapp.api.deps import Id, Reading, Reads
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.writing import (
    Campaign,
    ChannelIds,
    Ids,
    Options,
    Parts,
    Text,
    Variants,
    variants_given,
)
from socialapp.domain import labels
from socialapp.domain import text as texts
from socialapp.domain.content import Content, Kind, Media, Part
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.variants import Variant
from socialapp.services import dry_run, posts, utm
from socialapp.services.dry_run import Result
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import channels, contents, uploads
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, MediaAsset, Post
from socialapp.store.uploads import Asset

router = APIRouter(prefix="/api", tags=["Posts"], route_class=Guarded)

_TOO_LONG = {
    "code": "text_too_long",
    "message": "Sandbox takes at most 500 characters; this is 1 too many. Shorten it, or split it"
    " into a thread.",
    "field": "text", "start": 500, "end": 501, "severity": "error", "fix": "split",
}  # fmt: skip


class CheckRequest(BaseModel):
    """Content to look at; without channels or networks: the workspace's default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread", "networks": ["sandbox"]}]},
    )

    text: Text = ""
    title: Text = ""
    kind: Kind = Kind.POST
    parts: Parts = []
    options: Options = {}
    campaign: Campaign = Field(default="", description="It may stand in links: `/api/utm`.")
    variants: Variants = Field(default=[], description="Of those of `channel_ids` that differ.")
    media_ids: Ids = []
    attachment_ids: Ids = []
    channel_ids: ChannelIds = []
    networks: Annotated[list[Annotated[Words, Field(max_length=50)]], Field(max_length=50)] = Field(
        default=[], description="By their keys; a channel is not needed."
    )


class ProblemFound(BaseModel):
    """One thing a network would refuse, or would be better with."""

    model_config = example(_TOO_LONG)

    code: str
    message: str
    field: str = Field(description="`text`, `parts.0.text`, `media_ids`, `options.poll`, ...")
    start: int | None = Field(description="Where what is over begins, in code points.")
    end: int | None
    severity: Literal["error", "warning"]
    fix: Literal["", "scale", "convert", "split"] = Field(
        description="`scale`, `convert`: a smaller copy of the picture, or one of another type,"
        " is sent by itself."
        " `split`: `thread` has the text in parts that fit."
    )


class CheckResult(BaseModel):
    """What one network would say."""

    network: str
    channel_id: int | None
    ok: bool
    count: int
    limit: int = Field(description="0: none.")
    unit: str
    problems: list[ProblemFound]
    thread: list[str] | None = Field(
        default=None, description="The texts of a thread that fits, where one would mend it."
    )

    @classmethod
    def of(cls, result: Result) -> "CheckResult":
        """Return what programs see of a dry run."""
        return cls.model_validate(result.as_data())


class CheckOut(BaseModel):
    """What each network would say; nothing was saved or sent."""

    model_config = example(
        {"results": [{"network": "sandbox", "channel_id": 1, "ok": False, "count": 501,
                      "limit": 500, "unit": "graphemes", "problems": [_TOO_LONG],
                      "thread": ["What fits.", "And the rest."]}]}
    )  # fmt: skip

    results: list[CheckResult]


@router.post("/posts/check", responses=problems(400, 401, 403, 404))
async def check_content(what: CheckRequest, by: Reads, db: Reading) -> CheckOut:
    """Say what each network would refuse, without saving or sending anything."""
    return await _check(db, by, await _written(db, by, what), what.channel_ids, what.networks)


@router.post("/posts/{post_id}/check", responses=problems(400, 401, 403, 404))
async def check_post(post_id: Id, by: Reads, db: Reading) -> CheckOut:
    """Say what each of its channels would refuse."""
    return await check_saved(db, by, await posts.get(db, by, post_id))


async def check_saved(db: AsyncSession, by: Member, post: Post) -> CheckOut:
    """Say what each channel of a post or page would refuse."""
    written = await contents.written(db, [post.id or 0])
    return await _check(db, by, written[post.id or 0], post.channel_ids, [])


async def _check(
    db: AsyncSession,
    by: Member,
    written: Written,
    channel_ids: Sequence[int],
    networks: Sequence[str],
) -> CheckOut:
    there = {c.id: c for c in await channels.of_workspace(db, by.workspace_id)}
    for channel_id in (*channel_ids, *written.variants):
        if channel_id not in there:
            raise NotFound(f"There is no channel with the id {channel_id}.")
    chosen = [there[i] for i in channel_ids]
    if not chosen and not networks:
        chosen = [c for c in there.values() if c.is_default]
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    results = [dry_run.of_channel(written, channel, alt_text=alt_text) for channel in chosen]
    results += [dry_run.of_network(written, network, alt_text=alt_text) for network in networks]
    return CheckOut(results=[CheckResult.of(result) for result in results])


async def _written(db: AsyncSession, by: Member, what: CheckRequest) -> Written:
    parts = [part.given() for part in what.parts]
    variants = variants_given(what.variants)
    media = await _media(db, by, _media_ids(what.media_ids, parts, variants.values()))
    files = await _known(db, by, AttachmentAsset, what.attachment_ids, "attachment")
    shared = Content(
        texts.normalised(what.text),
        tuple(media[i] for i in what.media_ids),
        _parts(parts, media),
        what.options,
        what.kind,
        texts.normalised(what.title),
        tuple(contents.as_attachment(files[i]) for i in what.attachment_ids),
    )
    return Written(
        shared,
        {key: _variant(given, media) for key, given in variants.items()},
        campaign=labels.campaign(what.campaign),
        utm_rule=await utm.get(db, by),
    )


def _media_ids(
    shared: Sequence[int], parts: Sequence[PartGiven], variants: Iterable[VariantGiven]
) -> list[int]:
    places = [shared, *(part.media_ids for part in parts)]
    for variant in variants:
        places += [variant.media_ids or (), *(part.media_ids for part in variant.parts or ())]
    return [media_id for place in places for media_id in place]


async def _media(db: AsyncSession, by: Member, ids: Sequence[int]) -> dict[int, Media]:
    found = await _known(db, by, MediaAsset, ids, "media")
    return {media_id: contents.as_media(asset) for media_id, asset in found.items()}


async def _known(
    db: AsyncSession, by: Member, kind: type[Asset], ids: Sequence[int], called: str
) -> dict[int, Asset]:
    """Return the uploads with these ids. Raises Rejected that names those that are not there."""
    found = await uploads.some(db, kind, by.workspace_id, ids)
    if unknown := [str(i) for i in dict.fromkeys(ids) if i not in found]:
        message = f"There is no {called} with the id {', '.join(unknown)}."
        raise Rejected(Problem(f"{called}_unknown", message, f"{called}_ids"))
    return found


def _parts(parts: Sequence[PartGiven], media: Mapping[int, Media]) -> tuple[Part, ...]:
    return tuple(
        Part(texts.normalised(part.text), tuple(media[i] for i in part.media_ids)) for part in parts
    )


def _variant(given: VariantGiven, media: Mapping[int, Media]) -> Variant:
    return Variant(
        text=None if given.text is None else texts.normalised(given.text),
        media=None if given.media_ids is None else tuple(media[i] for i in given.media_ids),
        parts=None if given.parts is None else _parts(given.parts, media),
        title=None if given.title is None else texts.normalised(given.title),
        options=given.options,
    )
