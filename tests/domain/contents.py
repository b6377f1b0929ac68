"""Contents and capabilities as JSON, for the server and for the page; tests/data/checks.json."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from socialapp.domain.content import (
    Attachment,
    Capabilities,
    Content,
    Kind,
    Media,
    Option,
    Part,
    PollLimits,
)
from socialapp.domain.errors import Problem

_FILE = Path(__file__).parent.parent / "data" / "checks.json"
CASES: list[dict[str, Any]] = json.loads(_FILE.read_text())["cases"]


def capabilities(given: Mapping[str, Any]) -> Capabilities:
    """What a network can take, of the fields that are given."""
    can = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    can["options"] = tuple(option(one) for one in given.get("options", ()))
    can["kinds"] = tuple(map(Kind, given.get("kinds", [Kind.POST])))
    can["poll"] = PollLimits(**given["poll"]) if given.get("poll") else None
    return Capabilities(**{"text_limit": 0} | can)


def option(given: Mapping[str, Any]) -> Option:
    choices = tuple((value, label) for value, label in given.get("choices", ()))
    return Option(**{**given, "choices": choices})


def medium(given: Mapping[str, Any], number: int = 1) -> Media:
    """A described picture of a kilobyte, but for what is given."""
    known = {"id": number, "kind": "image", "mime_type": "image/jpeg", "size_bytes": 1000}
    return Media(**{**known, "width": 10, "height": 10, "alt_text": "A roll"} | given)


def content(given: Mapping[str, Any]) -> Content:
    """What goes out, of the fields that are given."""
    return Content(
        text=given.get("text", ""),
        media=tuple(map(medium, given.get("media", ()))),
        parts=tuple(
            Part(part.get("text", ""), tuple(map(medium, part.get("media", ()))))
            for part in given.get("parts", ())
        ),
        options=given.get("options", {}),
        kind=Kind(given.get("kind", Kind.POST)),
        title=given.get("title", ""),
        attachments=tuple(
            Attachment(**{"id": 1, "filename": "menu.pdf", "size_bytes": 1000} | one)
            for one in given.get("attachments", ())
        ),
    )


def problems(expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is expected, whole."""
    return [asdict(Problem(**one)) for one in expected]


def plain(what: Any) -> Any:
    """Values as the page has them."""
    return json.loads(json.dumps(what))
