"""Networks: what each takes, and how an account on it is connected."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from socialapp import providers
from socialapp.api.channel_views import example
from socialapp.api.deps import Reads
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.domain.content import Capabilities, Option
from socialapp.providers.contract import Field as TypedField
from socialapp.providers.contract import Provider, Way

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)


class ChoiceOut(BaseModel):
    """One value that may be chosen, and what it is called."""

    value: str
    label: str

    @classmethod
    def all_of(cls, choices: tuple[tuple[str, str], ...]) -> "list[ChoiceOut]":
        """Return every choice."""
        return [cls(value=value, label=label) for value, label in choices]


class FieldOut(BaseModel):
    """Something that is typed to connect."""

    key: str
    label: str
    is_secret: bool
    is_optional: bool
    hint: str
    placeholder: str
    choices: list[ChoiceOut] = Field(description="Empty: it is typed freely.")

    @classmethod
    def of(cls, field: TypedField) -> "FieldOut":
        """Return what programs see of a field."""
        return cls(
            key=field.key,
            label=field.label,
            is_secret=field.is_secret,
            is_optional=field.is_optional,
            hint=field.hint,
            placeholder=field.placeholder,
            choices=ChoiceOut.all_of(field.choices),
        )


class WayOut(BaseModel):
    """A way to connect an account."""

    key: str
    title: str
    text: str
    is_visit: bool = Field(
        description="A person goes to the network: `POST /api/channels/visit`."
        " Else what is typed is all: `POST /api/channels`."
    )
    fields: list[FieldOut]

    @classmethod
    def of(cls, way: Way) -> "WayOut":
        """Return what programs see of a way."""
        fields = [FieldOut.of(field) for field in way.fields]
        return cls(
            key=way.key, title=way.title, text=way.text, is_visit=way.is_visit, fields=fields
        )


class OptionOut(BaseModel):
    """Something that a network offers beside text and media."""

    key: str
    label: str
    kind: str
    choices: list[ChoiceOut]
    at_most: int
    hint: str

    @classmethod
    def of(cls, option: Option) -> "OptionOut":
        """Return what programs see of an option."""
        return cls(
            key=option.key,
            label=option.label,
            kind=option.kind,
            choices=ChoiceOut.all_of(option.choices),
            at_most=option.at_most,
            hint=option.hint,
        )


_EXAMPLE: dict[str, Any] = {
    "key": "sandbox", "name": "Sandbox", "text_limit": 500, "counts": "graphemes", "images": 4,
    "videos": 1, "image_types": ["image/jpeg"], "video_types": ["video/mp4"],
    "image_bytes": 16777216, "video_bytes": 209715200, "alt_text_limit": 1500, "parts": 10,
    "kinds": ["post", "page"], "repeats": "client_id", "source": "", "options": [],
    "ways": [{
        "key": "name", "title": "An account on this machine", "text": "Nothing leaves it.",
        "is_visit": False,
        "fields": [{"key": "name", "label": "Name", "is_secret": False, "is_optional": False,
                    "hint": "", "placeholder": "Try-out", "choices": []}],
    }],
}  # fmt: skip


class ProviderOut(BaseModel):
    """A network: what it can take, and how an account is connected."""

    model_config = example(_EXAMPLE)

    key: str
    name: str
    text_limit: int
    counts: str
    images: int
    videos: int
    image_types: list[str]
    video_types: list[str]
    image_bytes: int
    video_bytes: int
    alt_text_limit: int
    parts: int = Field(description="The elements of a thread.")
    kinds: list[str]
    repeats: str = Field(description="What it does with a request that it was sent before.")
    source: str = Field(description="Where these limits were read.")
    options: list[OptionOut] = Field(description="What it offers beside text and media.")
    ways: list[WayOut] = Field(description="How an account is connected.")

    @classmethod
    def of(cls, provider: type[Provider], can: Capabilities) -> "ProviderOut":
        """Return what programs see of a network."""
        return cls(
            key=provider.key,
            name=provider.name,
            text_limit=can.text_limit,
            counts=can.count,
            images=can.images,
            videos=can.videos,
            image_types=list(can.image_types),
            video_types=list(can.video_types),
            image_bytes=can.image_bytes,
            video_bytes=can.video_bytes,
            alt_text_limit=can.alt_text_limit,
            parts=can.parts,
            kinds=[kind.value for kind in can.kinds],
            repeats=can.repeats,
            source=can.source,
            options=[OptionOut.of(option) for option in can.options],
            ways=[WayOut.of(way) for way in provider.ways],
        )


class ProviderList(BaseModel):
    """Every network."""

    items: list[ProviderOut]


@router.get("/providers", responses=problems(401, 403))
async def list_providers(by: Reads) -> ProviderList:
    """List the networks: their limits, counting rules, and the ways to connect an account."""
    there = providers.PROVIDERS
    return ProviderList(items=[ProviderOut.of(each, each.capabilities) for each in there])
