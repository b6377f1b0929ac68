"""Captions of photographs: words with places that are filled in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from socialapp.domain import moments
from socialapp.domain.moments import Moment
from socialapp.domain.origins import Origin

PLACES = {
    "date": "the day it goes out",
    "taken": "the day it was taken",
    "camera": "the camera",
    "album": "its folder",
    "folder": "its folder",
    "tags": "its tags, as #tags",
    "place": "where it was taken, as coordinates",
}
"""What a caption may hold between braces, and what each becomes."""
_PLACE = re.compile("{(" + "|".join(PLACES) + ")}")


@dataclass(frozen=True)
class Facts:
    """What is known of a photograph."""

    album: str = ""
    tags: Sequence[str] = ()
    origin: Origin = field(default_factory=Origin)


def fill(template: str, facts: Facts, at: Moment) -> str:
    """Fill in what is known; what is not known is left out, and other braces stay."""
    where = facts.origin.place
    taken_at = facts.origin.taken_at
    known = {
        "date": _day(at.local),
        "taken": _day(moments.in_zone(taken_at, at.zone)) if taken_at else "",
        "camera": facts.origin.camera,
        "album": facts.album,
        "folder": facts.album,
        "tags": " ".join(f"#{tag}" for tag in facts.tags),
        "place": f"{where[0]:.4f}, {where[1]:.4f}" if where else "",
    }
    return _PLACE.sub(lambda found: known[found[1]], template)


def _day(local: datetime) -> str:
    return f"{local.day} {local:%B %Y}"
