"""The dry run: what networks would refuse, said before anything is sent."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from socialapp import providers
from socialapp.api.channel_views import example
from socialapp.api.door import Words
from socialapp.api.writing import ChannelIds, Ids, Options, Parts, Text
from socialapp.domain import checks
from socialapp.domain import text as texts
from socialapp.domain.checks import Verdict
from socialapp.domain.content import Content, Kind, Part
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.store import channels, contents, uploads
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, MediaAsset, Post
from socialapp.store.uploads import Asset


class CheckRequest(BaseModel):
    """Content to look at; without channels or networks: the workspace's default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Fresh bread", "networks": ["sandbox"]}]},
    )

    text: Text
    title: Text = ""
    kind: Kind = Kind.POST
    parts: Parts = []
    options: Options = {}
    media_ids: Ids = []
    attachment_ids: Ids = []
    channel_ids: ChannelIds = []
    networks: Annotated[list[Annotated[Words, Field(max_length=50)]], Field(max_length=50)] = []


class ProblemFound(BaseModel):
    """One thing a network would refuse, or would be better with."""

    code: str
    message: str
    field: str
    start: int | None
    end: int | None
    severity: Literal["error", "warning"]


class CheckResult(BaseModel):
    """What one network would say."""

    network: str
    channel_id: int | None
    ok: bool
    count: int
    limit: int
    unit: str
    problems: list[ProblemFound]


class CheckOut(BaseModel):
    """What each network would say; nothing was saved or sent."""

    model_config = example(
        {"results": [{"network": "sandbox", "channel_id": 1, "ok": True, "count": 11,
                      "limit": 500, "unit": "graphemes", "problems": []}]}
    )  # fmt: skip

    results: list[CheckResult]


async def content_of(db: AsyncSession, by: Member, what: CheckRequest) -> Content:
    """Return what is to be looked at. Raises Rejected for uploads that the workspace has not."""
    wanted = {i for ids in (what.media_ids, *(p.media_ids for p in what.parts)) for i in ids}
    media = await _some(db, by, MediaAsset, wanted, "media")
    files = await _some(db, by, AttachmentAsset, what.attachment_ids, "attachment")
    known = {media_id: contents.as_media(asset) for media_id, asset in media.items()}
    return Content(
        texts.normalised(what.text),
        tuple(known[i] for i in what.media_ids),
        tuple(
            Part(texts.normalised(part.text), tuple(known[i] for i in part.media_ids))
            for part in what.parts
        ),
        what.options,
        what.kind,
        what.title,
        tuple(contents.as_attachment(files[i]) for i in what.attachment_ids),
    )


async def _some(
    db: AsyncSession, by: Member, kind: type[Asset], ids: Iterable[int], called: str
) -> dict[int, Asset]:
    found = await uploads.some(db, kind, by.workspace_id, ids)
    if unknown := [str(i) for i in sorted(set(ids)) if i not in found]:
        message = f"There is no {called} with the id {', '.join(unknown)}."
        raise Rejected(Problem(f"{called}_unknown", message, f"{called}_ids"))
    return found


async def check(
    db: AsyncSession,
    by: Member,
    written: Written,
    channel_ids: list[int],
    networks: Iterable[str] = (),
) -> CheckOut:
    """Say what the networks and those of the channels think; without any: of the default one."""
    there = {c.id: c for c in await channels.of_workspace(db, by.workspace_id)}
    for channel_id in channel_ids:
        if channel_id not in there:
            raise NotFound(f"There is no channel with the id {channel_id}.")
    chosen = [there[i] for i in channel_ids]
    if not chosen and not networks:
        chosen = [c for c in there.values() if c.is_default]
    results = [_result(c.provider, c.id, posts.check(written, c)) for c in chosen]
    return CheckOut(results=results + [_of_network(written, network) for network in networks])


async def check_saved(db: AsyncSession, by: Member, post: Post) -> CheckOut:
    """Say what each channel of a post or page would refuse."""
    written = await contents.written(db, [post.id or 0])
    return await check(db, by, written[post.id or 0], post.channel_ids)


def _of_network(written: Written, network: str) -> CheckResult:
    """Check by the rules of a network, whether or not a channel is connected to it."""
    try:
        name, can = providers.rules(network)
    except KeyError as error:
        message = f"There are no rules for a network called {network!r}."
        raise Rejected(Problem("network_unknown", message, "networks")) from error
    can = can.of(written.shared.kind)
    return _result(network, None, checks.check(written.to(0, can, {}), can, network=name))


def _result(network: str, channel_id: int | None, verdict: Verdict) -> CheckResult:
    return CheckResult(
        network=network,
        channel_id=channel_id,
        ok=verdict.is_ok,
        count=verdict.count,
        limit=verdict.limit,
        unit=verdict.unit,
        problems=[ProblemFound(**vars(problem)) for problem in verdict.problems],
    )
