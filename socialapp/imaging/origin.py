"""What a camera wrote into a picture, read before it is taken out of the file."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

_DETAILS, _POSITION = 0x8769, 0x8825
_MAKE, _MODEL, _TAKEN, _OFFSET = 0x010F, 0x0110, 0x9003, 0x9011
_LONGEST = 100


def read(picture: Image.Image) -> dict[str, Any]:
    """Return when, with what and where, as far as it is written; a made-up block says nothing."""
    try:
        exif = picture.getexif()
        details, position = exif.get_ifd(_DETAILS), exif.get_ifd(_POSITION)
    except Exception:  # whatever it breaks, the picture itself may be fine
        return {}
    words = {
        "make": exif.get(_MAKE),
        "model": exif.get(_MODEL),
        "taken": details.get(_TAKEN),
        "offset": details.get(_OFFSET),
    }
    found: dict[str, Any] = {
        name: value[:_LONGEST] for name, value in words.items() if isinstance(value, str)
    }
    return found | _coordinates(position)


def _coordinates(position: Mapping[int, Any]) -> dict[str, float]:
    try:
        latitude = _degrees(position[2], is_negative=position.get(1) == "S")
        longitude = _degrees(position[4], is_negative=position.get(3) == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return {}
    is_there = abs(latitude) <= 90 and abs(longitude) <= 180  # also not when it is no number
    return {"latitude": latitude, "longitude": longitude} if is_there else {}


def _degrees(parts: Any, *, is_negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    found = degrees + minutes / 60 + seconds / 3600
    return -found if is_negative else found
