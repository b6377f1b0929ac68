"""What a server takes: Mastodon's own limits, and what each server says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from socialapp.domain.content import MIB, Capabilities, Look, Option, PollLimits, Repeats

VISIBILITIES = {
    "public": "Public",
    "unlisted": "Quiet public: not on timelines",
    "private": "Followers",
    "direct": "Only who is mentioned",
}
_UNLISTED_REST = Option(
    "unlisted_rest",
    "Rest of a thread quietly",
    kind="switch",
    hint="The first part is public; those that follow stay off the timelines.",
)


def _options(default: str = "") -> tuple[Option, ...]:
    as_set = "As set at the server" + (f" ({default})" if default else "")
    return (
        Option("content_warning", "Content warning", is_warning=True),
        Option("visibility", "Who sees it", "choice", (("", as_set), *VISIBILITIES.items())),
        _UNLISTED_REST,
        Option("sensitive", "Hide the media at first", kind="switch"),
        Option("language", "Language", kind="language"),
        Option("poll", "Poll", kind="poll", hint="Not together with media."),
    )


CAPABILITIES = Capabilities(
    text_limit=500,
    count="mastodon",
    link_length=23,
    counted_options=("content_warning",),
    images=4,
    videos=1,
    gif_stands_alone=True,
    image_bytes=16_777_216,
    image_pixels=33_177_600,
    video_bytes=103_809_024,
    alt_text_limit=1500,
    parts=25,
    poll=PollLimits(options=4, option_characters=50, shortest_s=300, longest_s=2_629_746),
    options=_options(),
    look=Look(accent="#6364ff"),
    # The key lives for an hour, only some servers know it, and hardly one in parallel.
    repeats=Repeats.SERVER_KEY,
    can_find=True,
    # Its lists are read from the database that was written, or from a copy that is seconds behind.
    settling=timedelta(seconds=3),
    # A busy server has requests wait in line: proxies before it give up after a minute.
    lingers=timedelta(seconds=60),
    absent_looks=2,
    at_once_per_channel=1,
    source="https://docs.joinmastodon.org/entities/Instance/",
)


@dataclass(frozen=True)
class _Limit:
    """Where servers say it, what is believed of it, and what holds where they do not."""

    places: tuple[str, ...]
    least: int
    most: int
    usual: int

    def clamped(self, value: Any) -> int:
        """Return the limit; one that nobody can mean is not believed."""
        if not isinstance(value, int) or isinstance(value, bool) or value < self.least:
            return self.usual
        return min(value, self.most)


_STATUSES, _MEDIA, _POLLS = (
    f"configuration.{n}" for n in ("statuses", "media_attachments", "polls")
)
_YEAR_S = 366 * 86_400
_LIMITS = {
    "characters": _Limit((f"{_STATUSES}.max_characters", "max_toot_chars"), 1, 10**6, 500),
    "characters_reserved_per_url": _Limit(
        (f"{_STATUSES}.characters_reserved_per_url",), 1, 1000, 23
    ),
    "media": _Limit((f"{_STATUSES}.max_media_attachments",), 0, 100, 4),
    "image_bytes": _Limit(
        (f"{_MEDIA}.image_size_limit", "upload_limit"), 1024, 10_240 * MIB, 16_777_216
    ),
    "image_pixels": _Limit((f"{_MEDIA}.image_matrix_limit",), 4096, 10**10, 33_177_600),
    "video_bytes": _Limit(
        (f"{_MEDIA}.video_size_limit", "upload_limit"), 1024, 102_400 * MIB, 103_809_024
    ),
    "description": _Limit((f"{_MEDIA}.description_limit", "description_limit"), 1, 10**6, 1500),
    "poll_options": _Limit((f"{_POLLS}.max_options", "poll_limits.max_options"), 2, 1000, 4),
    "poll_characters": _Limit(
        (f"{_POLLS}.max_characters_per_option", "poll_limits.max_option_chars"), 1, 10**5, 50
    ),
    "poll_shortest_s": _Limit(
        (f"{_POLLS}.min_expiration", "poll_limits.min_expiration"), 0, _YEAR_S, 300
    ),
    "poll_longest_s": _Limit(
        (f"{_POLLS}.max_expiration", "poll_limits.max_expiration"), 60, 100 * _YEAR_S, 2_629_746
    ),
}
"""By their names in `known`. The second place of each is Pleroma's, and that of older servers."""
_TYPE = re.compile(r"(image|video)/[A-Za-z0-9.+-]{1,60}")
_TYPES_AT_MOST = 60


def learned(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a server says of its limits, as far as it can be believed."""
    known: dict[str, Any] = {}
    for key, limit in _LIMITS.items():
        found = (_dig(instance, place) for place in limit.places)
        value = next((one for one in found if one is not None), None)
        if value is not None:
            known[key] = limit.clamped(value)
    if types := _types(_dig(instance, f"{_MEDIA}.supported_mime_types")):
        known["types"] = types
    return known


def _dig(said: Any, place: str) -> Any:
    for name in place.split("."):
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _types(said: Any) -> list[str]:
    listed = said[: 10 * _TYPES_AT_MOST] if isinstance(said, list) else []
    fit = [one for one in listed if isinstance(one, str) and _TYPE.fullmatch(one)]
    return fit[:_TYPES_AT_MOST]


def adapted(known: Mapping[str, Any]) -> Capabilities:
    """Return what the server takes of whom this is known."""
    has = {key: limit.clamped(known.get(key)) for key, limit in _LIMITS.items()}
    types = _types(known.get("types"))
    default = VISIBILITIES.get(str(known.get("visibility")), "").partition(":")[0]
    return replace(
        CAPABILITIES,
        text_limit=has["characters"],
        link_length=has["characters_reserved_per_url"],
        images=has["media"],
        videos=min(has["media"], 1),
        image_types=_of("image/", types) or CAPABILITIES.image_types,
        video_types=_of("video/", types) if types else CAPABILITIES.video_types,
        image_bytes=has["image_bytes"],
        image_pixels=has["image_pixels"],
        video_bytes=has["video_bytes"],
        alt_text_limit=has["description"],
        poll=PollLimits(
            has["poll_options"],
            has["poll_characters"],
            has["poll_shortest_s"],
            max(has["poll_shortest_s"], has["poll_longest_s"]),
        ),
        options=_options(default),
    )


def _of(kind: str, types: list[str]) -> tuple[str, ...]:
    return tuple(one for one in types if one.startswith(kind))
