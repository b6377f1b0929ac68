"""Proposals: a description of a picture, or the text of a post, from what the workspace set up."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from socialapp.api.channel_views import example
from socialapp.api.deps import ID_AT_MOST, Admins, Writes
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.writing import ChannelIds, Ids, Text
from socialapp.clock import utc_now
from socialapp.domain import proposals as rules
from socialapp.domain.errors import Unanswered
from socialapp.services import proposals
from socialapp.services.proposals import KEY_LENGTH, MODEL_LENGTH, Given, Proposal
from socialapp.store.session import database

router = APIRouter(prefix="/api", tags=["Proposals"], route_class=Guarded)

_FROM = {"host": "127.0.0.1:11434", "model": "gemma3"}
_URL = "http://127.0.0.1:11434/v1"
_NOT_KEPT = (
    " 409 `proposals_off`: an admin has not turned it on. 502: the server that was asked gave"
    " nothing that can be used; `code` is one of `key_refused`, `model_unknown`, `nothing_there`,"
    " `unreachable`, `address_not_allowed`, `too_slow`, `busy`, `refused`, `answer_unusable`."
)


class AltTextWanted(BaseModel):
    """The picture."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"media_id": 7}]})

    media_id: Annotated[int, Field(ge=1, le=ID_AT_MOST)]


class CaptionWanted(BaseModel):
    """What there is to go by."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "New rye bread", "media_ids": [7], "channel_ids": [1]}]
        },
    )

    text: Text = Field(default="", description="What is written so far.")
    media_ids: Ids = Field(
        default=[],
        description=f"The first {rules.PICTURES_AT_MOST} pictures are shown, if that is allowed,"
        " and of all of them the descriptions.",
    )
    channel_ids: ChannelIds = Field(
        default=[], description="The shortest limit among their networks is asked for."
    )


class EndpointTried(BaseModel):
    """An endpoint that is not kept, only tried."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": _URL, "model": "gemma3"}]}
    )

    url: Annotated[Words, Field(min_length=1, max_length=500)]
    model: Annotated[Words, Field(min_length=1, max_length=MODEL_LENGTH)]
    key: Annotated[Words, Field(max_length=KEY_LENGTH)] = Field(
        default="", description="Empty: the one that is kept, if it is for the same server."
    )
    sees_pictures: StrictBool = False
    instruction: Annotated[Words, Field(max_length=rules.INSTRUCTION_LENGTH)] = ""


class ProposalOut(BaseModel):
    """A text that nobody has agreed to yet; nothing of it was kept."""

    model_config = example({"text": "A loaf of rye bread on a board.", **_FROM})

    text: str
    host: str
    model: str

    @classmethod
    def of(cls, found: Proposal) -> "ProposalOut":
        """Return what programs see of it."""
        return cls(text=found.text, host=found.host, model=found.model)


class TrialOut(BaseModel):
    """How a trial went; nothing of it was kept."""

    model_config = example(
        {"ok": True, "code": "answered", "detail": "gemma3 at 127.0.0.1:11434 answered.",
         "text": "Good morning."}
    )  # fmt: skip

    ok: bool
    code: str = Field(description="`answered`, or what the 502 of a proposal would say.")
    detail: str = Field(description="A sentence for people.")
    text: str = Field(default="", description="What was answered.")


class TooLongOut(BaseModel):
    """A network that takes less."""

    network: str
    count: int
    limit: int


class CaptionOut(BaseModel):
    """A text that nobody has agreed to yet; nothing of it was kept, or cut off."""

    model_config = example({"text": "Our new rye is out of the oven.", **_FROM, "too_long": []})

    text: str
    host: str
    model: str
    too_long: list[TooLongOut] = Field(description="Whom it is too long for as it is.")


@router.post(
    "/proposals/alt-text",
    responses=problems(400, 401, 403, 404, 409, 429, 502),
    description="Propose the description of a picture. The picture keeps the one that it has; a"
    " copy of at most 1024 pixels without metadata is sent to the workspace's endpoint."
    " 409 `pictures_not_shown`: an admin does not let it see pictures." + _NOT_KEPT,
)
async def propose_alt_text(wanted: AltTextWanted, by: Writes) -> ProposalOut:
    """Propose the description of a picture."""
    found = await proposals.alt_text(database(), by, wanted.media_id, now=utc_now())
    return ProposalOut.of(found)


@router.post(
    "/proposals/caption",
    responses=problems(400, 401, 403, 404, 409, 429, 502),
    description="Propose the text of a post. What is written, descriptions, and pictures if that is"
    " allowed, are sent to the workspace's endpoint; no post is changed." + _NOT_KEPT,
)
async def propose_caption(wanted: CaptionWanted, by: Writes) -> CaptionOut:
    """Propose the text of a post."""
    found = await proposals.caption(database(), by, **wanted.model_dump(), now=utc_now())
    return CaptionOut(
        text=found.text,
        host=found.host,
        model=found.model,
        too_long=[TooLongOut(**vars(each)) for each in found.too_long],
    )


@router.post("/proposals/try", responses=problems(400, 401, 403, 409, 429))
async def try_endpoint(tried: EndpointTried, by: Admins) -> TrialOut:
    """Ask an endpoint something that has nothing of the workspace in it, and say how that went.

    Of the workspace only the key is sent, not the instruction. Nothing is kept; it is asked also
    while proposals are off.
    """
    given = Given(**tried.model_dump())
    try:
        found = await proposals.attempt(database(), by, given, now=utc_now())
    except Unanswered as no:
        return TrialOut(ok=False, code=no.code, detail=no.detail)
    detail = f"{found.model} at {found.host} answered."
    return TrialOut(ok=True, code="answered", detail=detail, text=found.text)
