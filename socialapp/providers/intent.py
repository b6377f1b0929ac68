"""What is sent: frozen before the first byte leaves, thawed by whoever goes on with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from socialapp.domain.content import Attachment, Content, Kind, Media, Part


@dataclass(frozen=True)
class Intent:
    """Exactly what is sent, frozen in the database before the first byte leaves."""

    text: str
    media: tuple[Media, ...]
    created_at: str
    """The moment the post carries on the network, ISO 8601; the same at each attempt."""
    parts: tuple[Part, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = Kind.POST
    title: str = ""
    attachments: tuple[Attachment, ...] = ()
    prepared: dict[str, Any] = field(default_factory=dict)
    """What prepare() made at the network: ids of media, of a container."""
    posted: tuple[Mapping[str, Any], ...] = ()
    """The parts that are out: `remote_id`, `url`, and what publish() had them keep in `kept`."""
    elsewhere: frozenset[str] = frozenset()
    """For find(): the ids and addresses of posts that are known to be other deliveries'."""
    twins: tuple[tuple[datetime, datetime], ...] = ()
    """For find(): when other deliveries with the same words were sent, first and last, of which
    nobody knows whether they are out. What could be one of them is not surely this one."""

    @property
    def index(self) -> int:
        """Which part of the thread is next, from 0."""
        return len(self.posted)

    @property
    def part(self) -> Part:
        """The part that is next."""
        return self.content.thread[self.index]

    @property
    def is_last(self) -> bool:
        """Whether nothing follows it."""
        return self.index >= len(self.parts)

    def frozen(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "text": self.text,
            "media": [vars(m) for m in self.media],
            "created_at": self.created_at,
            "parts": [{"text": p.text, "media": [vars(m) for m in p.media]} for p in self.parts],
            "options": dict(self.options),
            "kind": self.kind.value,
            "title": self.title,
            "attachments": [vars(a) for a in self.attachments],
            "prepared": self.prepared,
        }

    @classmethod
    def thawed(
        cls, kept: Mapping[str, Any], posted: tuple[Mapping[str, Any], ...] = ()
    ) -> "Intent":
        """Read what frozen() wrote; `posted` is known elsewhere."""
        return cls(
            text=kept["text"],
            media=_media(kept["media"]),
            created_at=kept["created_at"],
            parts=tuple(Part(p["text"], _media(p["media"])) for p in kept.get("parts", ())),
            options=kept.get("options", {}),
            kind=Kind(kept.get("kind", Kind.POST)),
            title=kept.get("title", ""),
            attachments=tuple(Attachment(**a) for a in kept.get("attachments", ())),
            prepared=kept.get("prepared", {}),
            posted=posted,
        )

    @classmethod
    def of(cls, content: Content, *, created_at: str) -> "Intent":
        """Return the intent to post some content."""
        return cls(
            text=content.text,
            media=content.media,
            created_at=created_at,
            parts=content.parts,
            options=content.options,
            kind=content.kind,
            title=content.title,
            attachments=content.attachments,
        )

    @property
    def content(self) -> Content:
        """What the checks look at."""
        return Content(
            self.text,
            self.media,
            self.parts,
            self.options,
            self.kind,
            self.title,
            self.attachments,
        )

    def once(self, delivery_once: str) -> str:
        """Return what makes a repeat of the next part recognisable."""
        return f"{delivery_once}-{self.index}" if self.index else delivery_once

    def with_media(self, by_part: Sequence[tuple[Media, ...]]) -> "Intent":
        """Return it with other media, those of its first text first."""
        first, *rest = by_part
        parts = tuple(replace(p, media=m) for p, m in zip(self.parts, rest, strict=True))
        return replace(self, media=first, parts=parts)

    def is_same(self, other: "Intent") -> bool:
        """Whether the same would be sent, whatever was prepared of it, pictures fitted or not."""
        return _as_written(self) == _as_written(other)


def _as_written(intent: Intent) -> Intent:
    media = [tuple(_in_library(m) for m in part.media) for part in intent.content.thread]
    return replace(intent.with_media(media), prepared={}, posted=())


def _in_library(media: Media) -> Media:
    sha256 = media.made_from or media.sha256  # which decides on all that is left out here
    bare = replace(media, file="", mime_type="", size_bytes=0, width=0, height=0, made_from="")
    return replace(bare, sha256=sha256)


def _media(kept: Any) -> tuple[Media, ...]:
    return tuple(
        Media(**{**m, "focus": tuple(m["focus"]) if m.get("focus") else None}) for m in kept
    )
