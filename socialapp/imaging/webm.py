"""WebM's elements (EBML): the size and length of the video; tags and attachments emptied."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from socialapp.imaging.types import Unreadable

_HEADER, _DOC_TYPE = 0x1A45DFA3, 0x4282
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0xE0, 0xB0, 0xBA
_TELLING = {0x1254C367, 0x1941A469, 0x7BA9, 0x4461}
"""Tags, attachments, title, date."""
_PARENTS = {_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO}
_VOID = 0xEC
_MAX_ELEMENTS = 20000
_MAX_DEPTH = 6


@dataclass
class Element:
    """One element; `end` is where the next begins."""

    id: int
    start: int
    body: int
    end: int


def clean_webm(file: BinaryIO, size: int) -> tuple[int, int, float | None]:
    """Empty what tells of people and places; return width, height and length in seconds."""
    numbers: dict[int, bytes] = {}
    for element in _elements(file, 0, size, depth=0):
        if element.id in _TELLING:
            _void(file, element)
        elif element.id in (_DOC_TYPE, _SCALE, _DURATION, _WIDTH, _HEIGHT):
            file.seek(element.body)
            numbers.setdefault(element.id, file.read(min(16, element.end - element.body)))
    if numbers.get(_DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        message = "This is a Matroska video, which networks do not take. Save it as MP4 or WebM."
        raise Unreadable(message)
    width = int.from_bytes(numbers.get(_WIDTH, b""))
    height = int.from_bytes(numbers.get(_HEIGHT, b""))
    if not width or not height:
        raise Unreadable("The video has no picture track, or is damaged.", "broken")
    scale = int.from_bytes(numbers.get(_SCALE, b"")) or 1_000_000
    return width, height, _seconds(numbers.get(_DURATION, b""), scale)


def _seconds(body: bytes, scale: int) -> float | None:
    if len(body) not in (4, 8):
        return None  # a recording by a browser does not know its length
    length = struct.unpack(">f" if len(body) == 4 else ">d", body)[0] * scale / 1e9
    return round(length, 3) if 0 < length < 1e7 else None


def _elements(file: BinaryIO, at: int, end: int, depth: int) -> Iterator[Element]:
    """Yield elements, with what is inside those of interest; ends at a video's unmeasured end."""
    seen = 0
    while at < end:
        element = _element(file, at, end)
        seen += 1
        if seen > _MAX_ELEMENTS or element.end > end:
            raise Unreadable("The video is damaged or was cut off on its way.", "broken")
        yield element
        is_parent = element.id in _PARENTS or element.id == _HEADER
        if is_parent and depth < _MAX_DEPTH:
            yield from _elements(file, element.body, element.end, depth + 1)
        at = element.end


def _element(file: BinaryIO, at: int, end: int) -> Element:
    file.seek(at)
    head = file.read(12)
    id_length = _length(head[:1], 4)
    size_length = _length(head[id_length : id_length + 1], 8)
    number = head[id_length : id_length + size_length]
    if len(number) < size_length:
        raise Unreadable("The video is damaged or was cut off on its way.", "broken")
    size = int.from_bytes(number) & ((1 << 7 * size_length) - 1)
    body = at + id_length + size_length
    is_unmeasured = size == (1 << 7 * size_length) - 1
    return Element(
        int.from_bytes(head[:id_length]), at, body, end if is_unmeasured else body + size
    )


def _length(first: bytes, most: int) -> int:
    length = 9 - first[0].bit_length() if first else 9
    if length > most:
        raise Unreadable("The video is damaged or was cut off on its way.", "broken")
    return length


def _void(file: BinaryIO, element: Element) -> None:
    """Overwrite an element with one that means nothing and is as long."""
    total = element.end - element.start
    if total >= 9:
        head = bytes([_VOID]) + (1 << 56 | (total - 9)).to_bytes(8)
    else:
        head = bytes([_VOID, 0x80 | (total - 2)])
    file.seek(element.start)
    file.write(head)
    wipe(file, element.start + len(head), element.end)


def wipe(file: BinaryIO, start: int, end: int) -> None:
    """Overwrite a stretch of the file with zeros."""
    file.seek(start)
    file.writelines(bytes(min(65536, end - at)) for at in range(start, end, 65536))
