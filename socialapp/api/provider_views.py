"""What programs see of networks: what each can take, and how an account is connected."""

from pydantic import BaseModel, Field

from socialapp.domain.content import Capabilities
from socialapp.providers.contract import Field as TypedField
from socialapp.providers.contract import Provider, Way


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
    kind: str = Field(description="`text`, `choice`, `switch`, `language`, `tags` or `poll`.")
    choices: list[tuple[str, str]] = Field(description="Value and label.")
    at_most: int = Field(description="Characters, or how many tags; 0: no limit of its own.")
    hint: str


class PollLimitsOut(BaseModel):
    """What polls may be."""

    options: int
    option_characters: int
    shortest_s: int
    longest_s: int


class ProviderOut(BaseModel):
    """A network and what it can take. A limit of 0 is none, but for the number of media."""

    key: str
    name: str
    kinds: list[str] = Field(description="`post`, `page`.")
    text_limit: int
    page_text_limit: int | None = Field(description="Of a page; null: the same as a post's.")
    counts: str = Field(description="The unit of `text_limit`.")
    link_length: int = Field(description="What a link counts, where all count alike.")
    byte_limit: int = Field(description="A second limit of the text, in bytes of UTF-8.")
    media_text_limit: int = Field(description="Of a text beside media, where it is another.")
    counted_options: list[str] = Field(description="Options whose words count with the text.")
    needs_text: bool
    needs_media: bool
    links: int
    tags: int = Field(description="Hashtags that a post may hold.")
    tags_advised: int = Field(description="Hashtags that are of use.")
    parts: int = Field(description="The elements of a thread; 1: there are no threads.")
    images: int
    videos: int
    mixes_media: bool = Field(
        description="Pictures and videos go into one post: together no more than the larger number."
    )
    gif_stands_alone: bool
    image_types: list[str]
    video_types: list[str]
    image_bytes: int
    gif_bytes: int = Field(description="Of animated pictures, where it is another.")
    video_bytes: int
    image_pixels: int = Field(description="Width times height.")
    image_side: int = Field(description="The longer side, in pixels.")
    image_sides: int = Field(description="Width plus height, in pixels.")
    ratio: tuple[float, float] = Field(description="The narrowest and the widest picture.")
    video_ratio: tuple[float, float]
    video_s: tuple[float, float] = Field(description="The shortest and the longest video.")
    alt_text_limit: int = Field(description="0: it takes no descriptions.")
    describes_videos: bool
    title_limit: int
    attachment_types: list[str]
    attachment_bytes: int
    poll: PollLimitsOut | None
    options: list[OptionOut]
    repeats: str = Field(description="What it does with a request that it was sent before.")
    can_find: bool = Field(description="It can be asked whether an attempt is there.")
    source: str = Field(description="Where these limits were read.")
    ways: list[WayOut] = Field(description="How an account is connected.")

    @classmethod
    def of(cls, provider: type[Provider], can: Capabilities) -> "ProviderOut":
        """Return what programs see of a network."""
        ways = [WayOut.of(way).model_dump() for way in provider.ways]
        named = {"key": provider.key, "name": provider.name, "counts": can.count, "ways": ways}
        return cls.model_validate(can.as_data() | named)


class ProviderList(BaseModel):
    """Every network."""

    items: list[ProviderOut]
