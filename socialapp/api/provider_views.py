"""What programs see of networks: what each can take."""

from pydantic import BaseModel, Field

from socialapp.domain.content import Capabilities


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
        description="Pictures and films go into one post: together no more than the larger number."
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
    video_s: tuple[float, float] = Field(description="The shortest and the longest film.")
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

    @classmethod
    def of(cls, key: str, name: str, can: Capabilities) -> "ProviderOut":
        """Return what programs see of a network."""
        return cls.model_validate(can.as_data() | {"key": key, "name": name, "counts": can.count})


class ProviderList(BaseModel):
    """Every network."""

    items: list[ProviderOut]
