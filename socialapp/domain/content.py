"""Content, Media, Capabilities: what is posted, and what a network can take."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


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
    """One picture or film of a post, in its place."""

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


@dataclass(frozen=True)
class Content:
    """What goes out to one channel."""

    text: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True)
class Capabilities:
    """What a network can take, as data."""

    text_limit: int
    count: str = "graphemes"
    """The unit of `text_limit`; see `counting.COUNTERS`."""
    images: int = 4
    videos: int = 1
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp", "image/gif")
    video_types: tuple[str, ...] = ("video/mp4", "video/quicktime", "video/webm")
    image_bytes: int = 16 * 1024 * 1024
    video_bytes: int = 200 * 1024 * 1024
    alt_text_limit: int = 1500
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
    options: dict[str, str] = field(default_factory=dict)

    @property
    def minds_parallel(self) -> bool:
        """Whether the same request twice at once could become two posts."""
        return self.repeats not in {Repeats.CLIENT_ID, Repeats.PREPARED}
