"""Which pictures a network would not take as they are, and what they have to become."""

from dataclasses import dataclass

from socialapp.domain.content import Capabilities, Media

READ_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What can be read, and made smaller."""
WRITTEN_TYPES = ("image/jpeg", "image/png", "image/webp")
"""What a smaller copy can be, the first that a network takes."""


@dataclass(frozen=True)
class Limits:
    """What a picture may be at most; 0: no limit."""

    size_bytes: int
    types: tuple[str, ...]
    """What it may become, of what can be written."""
    side: int = 0
    sides: int = 0
    """Width plus height."""
    pixels: int = 0

    def scale(self, width: int, height: int) -> float:
        """Return by how much its sides have to shrink: 1 when they may stay."""
        found = 1.0
        if self.side:
            found = min(found, self.side / max(width, height))
        if self.sides:
            found = min(found, self.sides / (width + height))
        if self.pixels:
            found = min(found, (self.pixels / (width * height)) ** 0.5)
        return found


def limits(can: Capabilities) -> Limits:
    """Return what a network's pictures may be."""
    return Limits(
        size_bytes=can.image_bytes,
        types=tuple(t for t in WRITTEN_TYPES if t in can.image_types),
        side=can.image_side,
        sides=can.image_sides,
        pixels=can.image_pixels,
    )


def is_beyond(media: Media, can: Capabilities) -> bool:
    """Whether a network would refuse this picture as it is: for its type, its size, its sides."""
    if media.kind != "image":
        return False
    return (
        media.mime_type not in can.image_types
        or media.size_bytes > can.image_bytes
        or (media.width > 0 < media.height and limits(can).scale(media.width, media.height) < 1)
    )


def can_be_fitted(media: Media, can: Capabilities) -> bool:
    """Whether it is made to fit by itself before it goes out; videos and animations are not."""
    is_still = media.kind == "image" and media.mime_type in READ_TYPES
    return is_still and bool(limits(can).types)
