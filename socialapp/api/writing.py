"""What programs send of posts and pages, and how an edit says what it read."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.deps import ID_AT_MOST
from socialapp.api.door import Words
from socialapp.domain.content import Kind
from socialapp.domain.errors import Problem, Rejected
from socialapp.services.writing import PartGiven, VariantGiven

AnyId = Annotated[int, Field(ge=1, le=ID_AT_MOST)]
Ids = Annotated[list[AnyId], Field(max_length=200)]
ChannelIds = Annotated[list[AnyId], Field(max_length=500)]
Text = Annotated[Words, Field(max_length=200_000)]
Options = Annotated[
    dict[str, Any],
    Field(
        max_length=50,
        description="What networks offer beside text and media: `GET /api/providers`.",
    ),
]
Tags = Annotated[list[Annotated[Words, Field(max_length=100)]], Field(max_length=50)]
Campaign = Annotated[Words, Field(max_length=200)]
REVISION_AT_MOST = 2**31 - 1
Revision = Annotated[int, Field(ge=1, le=REVISION_AT_MOST)]
IfMatch = Annotated[str, Header(alias="If-Match", max_length=50)]


class Chosen(BaseModel):
    """A post or a page, by its id."""

    post_id: AnyId | None = None
    page_id: AnyId | None = None

    def chosen(self) -> dict[str, Any]:
        """Return which it is, as the services take it. Raises Rejected unless it is one."""
        if self.post_id is not None and self.page_id is not None:
            message = "Give `post_id` or `page_id`, not both. Nothing was scheduled."
            raise Rejected(Problem("one_of_two", message, "page_id"))
        if self.page_id is not None:
            return {"post_id": self.page_id, "kind": Kind.PAGE}
        if self.post_id is None:
            message = "Say which post: `post_id` is missing."
            raise Rejected(Problem("missing", message, "post_id"))
        return {"post_id": self.post_id, "kind": Kind.POST}


class PartIn(BaseModel):
    """An element of a thread, after the first."""

    model_config = ConfigDict(extra="forbid")

    text: Text = ""
    media_ids: Ids = []

    def given(self) -> PartGiven:
        """Return it as the services take it."""
        return PartGiven(self.text, self.media_ids)


class PageVariantIn(BaseModel):
    """What differs for one channel; what is not given is inherited, an empty one is empty."""

    model_config = ConfigDict(extra="forbid")

    channel_id: AnyId
    text: Text | None = None
    title: Text | None = None
    options: Options = {}

    def given(self) -> VariantGiven:
        """Return it as the services take it."""
        return VariantGiven(self.text, self.title, options=self.options)


class VariantIn(PageVariantIn):
    """The same of a post, which has media and may be a thread."""

    media_ids: Ids | None = None
    parts: Annotated[list[PartIn], Field(max_length=100)] | None = None

    def given(self) -> VariantGiven:
        """Return it as the services take it."""
        parts = None if self.parts is None else [part.given() for part in self.parts]
        return VariantGiven(self.text, self.title, self.media_ids, parts, self.options)


Parts = Annotated[
    list[PartIn], Field(max_length=100, description="What follows `text` in a thread.")
]
Variants = Annotated[list[VariantIn], Field(max_length=500)]
PageVariants = Annotated[list[PageVariantIn], Field(max_length=500)]


class Writing(BaseModel):
    """What is given of a post or page."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """Return it as the services take it; None leaves a thing as it is."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        found.pop("revision", None)
        if found.get("parts") is not None:
            found["parts"] = [part.given() for part in found["parts"]]
        if found["variants"] is not None:
            found["variants"] = variants_given(found["variants"])
        return found


def variants_given(variants: Sequence[PageVariantIn]) -> dict[int, VariantGiven]:
    """Return variants as the services take them, by channel. Raises Rejected for two of one."""
    if len({v.channel_id for v in variants}) != len(variants):
        raise Rejected(Problem("variant_twice", "A channel has two variants.", "variants"))
    return {variant.channel_id: variant.given() for variant in variants}


class New(Writing):
    """What is kept as a draft, whatever it is."""

    text: Text
    channel_ids: ChannelIds = []
    options: Options = {}
    tags: Tags = []
    campaign: Campaign = ""
    notes: Text = ""


class Change(Writing):
    """What to change, whatever it is; what is not given stays. `revision` is what was read."""

    revision: Revision | None = None
    text: Text | None = None
    channel_ids: ChannelIds | None = None
    options: Options | None = None
    tags: Tags | None = None
    campaign: Campaign | None = None
    notes: Text | None = None

    def based_on(self, if_match: str) -> int:
        """Return the revision that was read, as the body or the header says it."""
        return self.revision or _revision(if_match)


def _revision(if_match: str) -> int:
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()) or not 0 < int(number) <= REVISION_AT_MOST:
        message = "Send the `revision` that you read, so that nobody's change is lost."
        raise Rejected(Problem("revision_required", message, "revision"))
    return int(number)
