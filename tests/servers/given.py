"""Every secret that the tests hand out, and the search for it: none may ever lie in the open."""

import re
from collections.abc import Iterable
from pathlib import Path

_SHORTEST = 10
"""What is shorter may stand somewhere by chance."""
_MUCH = 2**16
_WORD = re.compile(rb"[\w.:~+/=-]{10,}")
_secrets: dict[str, str] = {}


def given(secret: str, what: str) -> str:
    """Remember a secret, and what it is; returns it."""
    assert len(secret) >= _SHORTEST
    _secrets[secret] = what
    return secret


def count() -> int:
    """Return how many secrets have been given out so far."""
    return len(_secrets)


def found_in(*texts: str | bytes) -> list[str]:
    """Return what can be read in these texts that nobody should be able to read."""
    whole = b"\n".join(text.encode() if isinstance(text, str) else text for text in texts)
    # Thousands are looked for in megabytes: each word is read once.
    words = b"\n".join(set(_WORD.findall(whole))) if len(whole) > _MUCH else whole
    return [
        f"{what}: {secret}"
        for secret, what in _secrets.items()
        if secret.encode() in (words if _WORD.fullmatch(secret.encode()) else whole)
    ]


def found_in_files(folder: Path, names: Iterable[str] = ("*",)) -> list[str]:
    """Return the same of the files in a folder and below it, each with its name."""
    files = sorted({file for name in names for file in folder.rglob(name) if file.is_file()})
    found = []
    for file in files:
        try:
            found += [f"{file.name}: {what}" for what in found_in(file.read_bytes())]
        except FileNotFoundError:
            continue  # a journal whose last user has just ended
    return found
