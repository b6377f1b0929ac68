"""Text as it is kept and shown, whatever it came as."""

import regex

_UNSHOWN = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def normalised(text: str) -> str:
    """Return `text` with one kind of line end and without the characters no network shows."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return str(_UNSHOWN.sub("", unified))


def storable(text: str) -> str:
    """Return `text`, from wherever it came, as every database takes it: halves of pairs marked."""
    return normalised(text.encode("utf-8", "replace").decode("utf-8"))


def excerpt(text: str, length: int = 140) -> str:
    """Return the start of `text` on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
