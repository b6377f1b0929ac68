"""Every secret that the tests hand out, and the search for it: none may ever lie in the open."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_SHORTEST = 10
"""What is shorter may stand somewhere by chance."""
_MUCH = 2**16
_WORD = re.compile(rb"[\w.:~+/=-]{10,}")
_secrets: dict[str, str] = {}
_NAMES = {"token", "secret", "client_secret", "password", "access", "refresh", "verifier", "d"}
"""What is secret of all that is sealed: beside it there are logins, addresses and public keys."""


def given(secret: str, what: str) -> str:
    """Remember a secret, and what it is; returns it."""
    assert len(secret) >= _SHORTEST
    _secrets[secret] = what
    return secret


def given_login(login: str, password: str, what: str) -> str:
    """Remember a password, also in the form in which a header has it; returns the password."""
    given(base64.b64encode(f"{login}:{password}".encode()).decode(), f"{what}, in a header")
    return given(password, what)


def sealed(value: Mapping[str, Any], what: str) -> None:
    """Remember the secrets among what the app itself keeps sealed."""
    for name, each in value.items():
        if isinstance(each, Mapping):
            sealed(each, what)
        elif name in _NAMES and isinstance(each, str) and _is_secret(each):
            _secrets.setdefault(each, f"the {name} of {what}")


def _is_secret(sealed: str) -> bool:
    return len(sealed) >= _SHORTEST and not sealed.startswith(("http:", "https:"))


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


def found_in_files(
    folder: Path, names: Iterable[str] = ("*",), *, but: Path | None = None
) -> list[str]:
    """Return the same of the files in a folder and below it, but one; each with its name."""
    there = {file for name in names for file in folder.rglob(name) if file.is_file()}
    files = sorted(there - {but})
    found = []
    for file in files:
        try:
            found += [f"{file.name}: {what}" for what in found_in(file.read_bytes())]
        except FileNotFoundError:
            continue  # a journal whose last user has just ended
    return found
