"""Videos: size, length and orientation from the container's headers; metadata emptied in place.

Nothing is decoded. A box or element that tells place, names or software is overwritten with
nothing of the same length, so that no offset inside the file changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from socialapp.imaging import types
from socialapp.imaging.types import FileType, Unreadable
from socialapp.imaging.webm import clean_webm, wipe

_MAX_BOXES = 5000
_MAX_DEPTH = 6
_PARENTS = {b"moov", b"trak", b"mdia"}
_TELLING = {b"udta", b"meta", b"uuid", b"XMP_"}


@dataclass(frozen=True)
class Video:
    """What the headers of a video say."""

    type: FileType
    width: int
    height: int
    duration_s: float | None


@dataclass
class Box:
    """One box of an ISO base media file."""

    name: bytes
    start: int
    body: int
    end: int
    depth: int


def clean(path: Path, kind: FileType) -> Video:
    """Empty the metadata of the video at `path` and return what is known of it."""
    with path.open("r+b") as file:
        if kind == types.WEBM:
            return Video(kind, *clean_webm(file, path.stat().st_size))
        return _clean_boxes(file, path.stat().st_size, kind)


def _clean_boxes(file: BinaryIO, size: int, kind: FileType) -> Video:
    width = height = 0
    duration_s: float | None = None
    boxes = list(_boxes(file, 0, size, depth=0))
    names = {box.name for box in boxes}
    if not {b"moov", b"mdat"} <= names:
        raise Unreadable("The video is damaged: a part that players need is missing.", "broken")
    for box in boxes:
        if box.name in _TELLING:
            _empty(file, box)
        elif box.name == b"mvhd":
            duration_s = _duration(_body(file, box, 32))
        elif box.name == b"tkhd":
            shown = _shown_size(_body(file, box, 96))
            if shown[0] * shown[1] > width * height:
                width, height = shown
    if not width or not height:
        raise Unreadable("The video has no picture track.", "broken")
    return Video(kind, width, height, duration_s)


def _boxes(file: BinaryIO, at: int, end: int, depth: int) -> Iterator[Box]:
    """Yield the boxes from `at` to `end`, with what is inside the few that hold others."""
    seen = 0
    while at + 8 <= end:
        seen += 1
        file.seek(at)
        head = file.read(16)
        size, name, body = int.from_bytes(head[:4]), head[4:8], at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16]), at + 16
        elif size == 0:
            size = end - at
        box = Box(name, at, body, at + size, depth)
        if size < body - at or box.end > end or seen > _MAX_BOXES:
            raise Unreadable("The video is damaged or was cut off on its way.", "broken")
        yield box
        if name in _PARENTS and depth < _MAX_DEPTH:
            yield from _boxes(file, body, box.end, depth + 1)
        at = box.end


def _body(file: BinaryIO, box: Box, length: int) -> bytes:
    file.seek(box.body)
    return file.read(min(length, box.end - box.body)).ljust(length, b"\0")


def _empty(file: BinaryIO, box: Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    wipe(file, box.body, box.end)


def _duration(body: bytes) -> float | None:
    if body[0] == 1:
        scale, length = int.from_bytes(body[20:24]), int.from_bytes(body[24:32])
    else:
        scale, length = int.from_bytes(body[12:16]), int.from_bytes(body[16:20])
    is_known = scale and length not in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return round(length / scale, 3) if is_known else None


def _shown_size(body: bytes) -> tuple[int, int]:
    """Return width and height as a player shows them: phones video upright by turning a flag."""
    at = 52 if body[0] == 1 else 40
    a, b = int.from_bytes(body[at : at + 4]), int.from_bytes(body[at + 4 : at + 8])
    width = int.from_bytes(body[at + 36 : at + 40]) >> 16
    height = int.from_bytes(body[at + 40 : at + 44]) >> 16
    return (height, width) if a == 0 and b != 0 else (width, height)
