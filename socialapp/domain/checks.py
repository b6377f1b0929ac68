"""problems(content, capabilities): what is wrong, in the words its author sees."""

from dataclasses import dataclass

from socialapp.domain import counting
from socialapp.domain.content import Capabilities, Content, Media
from socialapp.domain.errors import Problem

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Verdict:
    """The dry run of one post at one network."""

    count: int
    limit: int
    unit: str
    problems: list[Problem]

    @property
    def is_ok(self) -> bool:
        """Whether nothing stands in the way; warnings do not."""
        return not any(problem.severity == "error" for problem in self.problems)


def check(content: Content, capabilities: Capabilities, *, network: str) -> Verdict:
    """Say what `network` would refuse about `content`, and what it would be better with."""
    count = counting.count(content.text, capabilities.count)
    found = [
        *_text_problems(content, count, capabilities, network),
        *_number_problems(content.media, capabilities, network),
        *(p for m in content.media for p in _media_problems(m, capabilities, network)),
    ]
    return Verdict(count, capabilities.text_limit, capabilities.count, found)


def _text_problems(
    content: Content, count: int, capabilities: Capabilities, network: str
) -> list[Problem]:
    if not content.text.strip() and not content.media:
        return [Problem("text_required", "Write something, or add a picture.", "text")]
    over = count - capabilities.text_limit
    if capabilities.text_limit and over > 0:
        return [
            Problem(
                "text_too_long",
                f"{network} takes at most {capabilities.text_limit} characters;"
                f" this is {over} too many. Shorten it.",
                "text",
            )
        ]
    return []


def _number_problems(
    media: tuple[Media, ...], capabilities: Capabilities, network: str
) -> list[Problem]:
    videos = sum(m.kind == "video" for m in media)
    images = len(media) - videos
    found = []
    if images > capabilities.images:
        found.append(
            Problem(
                "too_many_images",
                f"{network} takes at most {capabilities.images} pictures;"
                f" this has {images}. Remove {images - capabilities.images}.",
                "media_ids",
            )
        )
    if videos > capabilities.videos or (videos and images):
        found.append(
            Problem(
                "media_mix",
                f"{network} takes pictures or one film, not both. Remove some.",
                "media_ids",
            )
        )
    return found


def _media_problems(media: Media, capabilities: Capabilities, network: str) -> list[Problem]:
    is_video = media.kind == "video"
    types = capabilities.video_types if is_video else capabilities.image_types
    limit = capabilities.video_bytes if is_video else capabilities.image_bytes
    what = "film" if is_video else "picture"
    found = []
    if media.mime_type not in types:
        found.append(
            Problem(
                "media_type",
                f"{network} does not take a {what} of type {media.mime_type}.",
                "media_ids",
            )
        )
    if media.size_bytes > limit:
        found.append(
            Problem(
                "media_too_big",
                f"The {what} is {media.size_bytes / _MIB:.1f} MB and {network} takes"
                f" at most {limit // _MIB} MB.",
                "media_ids",
            )
        )
    if not media.alt_text:
        found.append(
            Problem(
                "alt_text_missing",
                f"A {what} has no description; people who cannot see it will miss it.",
                "media_ids",
                severity="warning",
            )
        )
    return found
