"""Variants: what differs for one channel. A field is inherited until it is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from socialapp.domain.content import Content, Media, Part

_T = TypeVar("_T")


@dataclass(frozen=True)
class Variant:
    """What differs; None inherits, anything else counts: an explicit empty stays empty."""

    text: str | None = None
    media: tuple[Media, ...] | None = None
    parts: tuple[Part, ...] | None = None
    title: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """Each by itself: what is not in it is inherited."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self == Variant()


def resolve(
    shared: Content,
    variant: Variant | None,
    *,
    takes: Sequence[str],
    defaults: Mapping[str, Any],
) -> Content:
    """Return what goes out to one channel.

    Of the options only those that its network `takes`; `defaults` are the channel's own.
    """
    chosen = {**defaults, **shared.options}
    if variant:
        chosen |= variant.options
        shared = replace(
            shared,
            text=_or(variant.text, shared.text),
            media=_or(variant.media, shared.media),
            parts=_or(variant.parts, shared.parts),
            title=_or(variant.title, shared.title),
        )
    return replace(shared, options={key: chosen[key] for key in takes if key in chosen})


def _or(given: _T | None, inherited: _T) -> _T:
    return inherited if given is None else given
