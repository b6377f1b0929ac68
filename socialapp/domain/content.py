"""Content, Media, Capabilities: what is posted, and what a network can take."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

MIB = 1024 * 1024


class Kind(StrEnum):
    """The two kinds of content."""

    POST = "post"
    PAGE = "page"
    """A longer piece with a title and attachments."""


class Repeats(StrEnum):
    """What a network does with a request that it was sent before."""

    CLIENT_ID = "client_id"
    """We choose the id: the same content again changes nothing."""
    PREPARED = "prepared"
    """A container or draft is made first; its commit may be repeated."""
    SERVER_KEY = "server_key"
    """A key is honoured for a while, not always and not in parallel."""
    REFUSED = "refused"
    """A duplicate is refused, which proves that it is there."""
    NOTHING = "nothing"
    """It would be posted twice, and nobody can be asked."""


@dataclass(frozen=True)
class Media:
    """One picture or video of a post, in its place."""

    id: int
    kind: str
    mime_type: str
    size_bytes: int
    width: int
    height: int
    alt_text: str = ""
    file: str = ""
    """Where the bytes are, for the provider that sends them."""
    sha256: str = ""
    duration_s: float | None = None
    focus: tuple[float, float] | None = None
    """The point that a crop must keep: -1..1 from the left, and from the bottom."""
    filename: str = ""
    made_from: str = ""
    """The hash of the picture in the library that this was made of to fit a network."""


@dataclass(frozen=True)
class Attachment:
    """A file of a page."""

    id: int
    mime_type: str
    size_bytes: int
    filename: str
    description: str = ""
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Part:
    """One element of a thread."""

    text: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True)
class Content:
    """What goes out to one channel."""

    text: str
    media: tuple[Media, ...] = ()
    parts: tuple[Part, ...] = ()
    """What follows the first text in a thread."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the network offers beside text and media, by the keys of its `Option`s."""
    kind: Kind = Kind.POST
    title: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def thread(self) -> tuple[Part, ...]:
        """All parts, the first included."""
        return (Part(self.text, self.media), *self.parts)


@dataclass(frozen=True)
class Option:
    """Something that a network offers beside text and media."""

    key: str
    label: str
    kind: str = "text"
    """`text`, `choice`, `switch`, `language`, `tags` or `poll`."""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label) of a choice, the first is what holds when nothing is chosen."""
    at_most: int = 0
    """Characters of a text, or how many tags; 0: no limit of its own."""
    hint: str = ""
    is_warning: bool = False
    """Whether its words stand before the post, which opens with a click."""


@dataclass(frozen=True)
class Look:
    """How a network shows a post: what the preview is drawn from."""

    shape: Literal["above", "beside", "bubble", "under"] = "above"
    """Where its author stands: `above` the text, `beside` it, over a `bubble` as in chats, or
    `under` the title of an article."""
    accent: str = ""
    """The network's colour, as CSS has it; an ornament, never behind words."""
    handle: str = "@{handle}"
    """How an account is called beside its name."""
    media_first: bool = False
    """Whether media stand above the text."""


@dataclass(frozen=True)
class PollLimits:
    """What a network's polls may be."""

    options: int = 4
    option_characters: int = 50
    shortest_s: int = 300
    longest_s: int = 2_629_746


@dataclass(frozen=True)
class Capabilities:
    """What a network can take, as data."""

    text_limit: int
    """0: no limit."""
    count: str = "graphemes"
    """The unit of `text_limit`; see `counting.COUNTERS`."""
    link_length: int = 23
    """What a link counts, where all count alike."""
    byte_limit: int = 0
    """A second limit of the text, in bytes of UTF-8; 0: none."""
    media_text_limit: int = 0
    """The limit of a text that goes with media, where it is another; 0: the same."""
    counted_options: tuple[str, ...] = ()
    """The options whose words count as if they stood in the text."""
    images: int = 4
    videos: int = 1
    mixes_media: bool = False
    """Whether pictures and videos go into one post: together no more than the larger number."""
    gif_stands_alone: bool = False
    """Whether an animated picture takes no other medium beside it."""
    needs_media: bool = False
    needs_text: bool = False
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp", "image/gif")
    video_types: tuple[str, ...] = ("video/mp4", "video/quicktime", "video/webm")
    image_bytes: int = 16 * MIB
    image_pixels: int = 0
    """Width times height; 0: no limit."""
    image_side: int = 0
    """The longest side in pixels; 0: no limit."""
    image_sides: int = 0
    """Width plus height in pixels; 0: no limit."""
    ratio: tuple[float, float] = (0.0, 0.0)
    """The narrowest and the widest picture, width / height; 0: no limit."""
    video_ratio: tuple[float, float] = (0.0, 0.0)
    """The same for videos."""
    video_bytes: int = 200 * MIB
    video_s: tuple[float, float] = (0.0, 0.0)
    """The shortest and the longest video in seconds; 0: no limit."""
    gif_bytes: int = 0
    """The limit of animated pictures where it is another; 0: the same."""
    alt_text_limit: int = 1500
    """0: the network takes no descriptions."""
    describes_videos: bool = True
    """Whether videos have descriptions there, if pictures have."""
    links: int = 0
    tags: int = 0
    """How many links and hashtags one post may hold; 0: no limit."""
    tags_advised: int = 0
    """More hashtags than these are taken, and bring nothing or harm; 0: none is advised."""
    parts: int = 1
    """The elements of a thread; 0: no limit."""
    takes_threads_whole: bool = False
    """Whether all parts go out in one request; else one after the other."""
    kinds: tuple[Kind, ...] = (Kind.POST,)
    page_text_limit: int | None = None
    """The limit of a page's text, where it is another; 0: no limit, None: the same."""
    title_limit: int = 0
    attachment_types: tuple[str, ...] = ()
    """Of pages."""
    attachment_bytes: int = 0
    poll: PollLimits | None = None
    options: tuple[Option, ...] = ()
    look: Look = Look()
    repeats: Repeats = Repeats.NOTHING
    can_find: bool = False
    settling: timedelta = timedelta(seconds=2)
    """How long after a request the network's own reading shows what it did."""
    lingers: timedelta = timedelta(seconds=30)
    """How long a request whose sender is gone may still be on its way in."""
    absent_looks: int = 2
    """How often absence has to be seen before it counts."""
    at_once: int = 8
    """Requests under way at this network from one worker."""
    at_once_per_channel: int = 1
    """The same for one account: more than one only where a repeat in parallel is harmless."""
    source: str = ""
    """Where these limits were read, for whoever doubts them."""

    def of(self, kind: Kind) -> "Capabilities":
        """Return what holds for a kind of content."""
        if kind is Kind.PAGE and self.page_text_limit is not None:
            return replace(self, text_limit=self.page_text_limit)
        return self

    @property
    def minds_parallel(self) -> bool:
        """Whether the same request twice at once could become two posts."""
        return self.repeats not in {Repeats.CLIENT_ID, Repeats.PREPARED}

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values, durations in seconds: what pages and programs are given."""
        return {
            **asdict(self),
            "kinds": [str(kind) for kind in self.kinds],
            "repeats": str(self.repeats),
            "settling": self.settling.total_seconds(),
            "lingers": self.lingers.total_seconds(),
        }
