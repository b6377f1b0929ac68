"""What a camera wrote into a picture, made fit to be kept: when, with what, and where."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from socialapp.domain import moments

_CAMERA_AT_MOST = 80
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A clock that was never set begins before."""


@dataclass(frozen=True)
class Origin:
    """Empty where nothing, or nonsense, was written."""

    taken_at: datetime | None = None
    camera: str = ""
    place: tuple[float, float] | None = None
    """Latitude and longitude, in degrees."""


def read(said: Mapping[str, Any], *, zone: str) -> Origin:
    """Judge what a file says. A time without an offset is read in `zone`."""
    return Origin(
        taken_at=_instant(str(said.get("taken", "")), str(said.get("offset", "")), zone),
        camera=_camera(str(said.get("make", "")), str(said.get("model", ""))),
        place=_place(said.get("latitude"), said.get("longitude")),
    )


def _instant(words: str, offset: str, zone: str) -> datetime | None:
    try:
        local = datetime.strptime(words.strip(), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - below
        at = local.replace(tzinfo=_offset(offset)) if offset else moments.moment(local, zone).at
        return at.astimezone(UTC) if at >= _EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _offset(words: str) -> timezone:
    at = datetime.strptime(words.strip(), "%z").utcoffset()
    return timezone(at or timedelta(0))


def _camera(make: str, model: str) -> str:
    make, model = _shown(make), _shown(model)
    named = model if model.lower().startswith(make.lower().partition(" ")[0]) else f"{make} {model}"
    return named.strip()[:_CAMERA_AT_MOST]


def _shown(words: str) -> str:
    plain = "".join(c for c in words if unicodedata.category(c)[0] != "C")
    return " ".join(plain.split())


def _place(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    # Exactly 0, 0 is what is written without a satellite in sight.
    return (latitude, longitude) if latitude or longitude else None
