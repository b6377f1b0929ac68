"""What networks answer for known texts: tests/data/vectors, each case with its source."""

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent.parent / "data" / "vectors"


def cases(name: str, kind: str = "") -> list[dict[str, Any]]:
    """The cases of a file, or those of one kind in it."""
    known = json.loads((_FOLDER / f"{name}.json").read_text())["cases"]
    return [case for case in known if not kind or case["kind"] == kind]


def each(name: str, kind: str = "") -> Any:
    """Run a test with each `case` of a file."""
    found = cases(name, kind)
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])
