"""Metadata out of pictures without decoding them again: the pixels stay as they were, bit by bit.

Each format is copied part by part from a list of what is needed to show it. Position, camera,
names, thumbnails, editing history, and whatever is hidden after the end stay behind.
"""

import re
import zlib
from collections.abc import Callable

from socialapp.imaging import types
from socialapp.imaging.types import Unreadable

MAX_FRAMES = 300
_BROKEN = "The picture is damaged: it ends too early or its parts do not fit together."
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# In scan data FF is followed by 00 or a restart mark; anything else begins the next segment.
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
# Frames, Huffman and arithmetic tables, scans, quantisation, line count, restarts.
_JPEG_PARTS = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD}
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"sBIT", b"pHYs"}
_WEBP_PARTS = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}


def jpeg(data: bytes) -> bytes:
    """Keep the tables, frames and scans, and the colour model that Adobe's mark tells."""
    kept = [b"\xff\xd8"]
    at = 2
    while True:
        at = _next_mark(data, at)
        mark = data[at + 1]
        if mark == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        segment = data[at:end]
        if len(segment) < 4 or len(segment) != end - at or 0xD0 <= mark <= 0xD8:
            raise Unreadable(_BROKEN, "broken")
        if mark == 0xE0 and segment[4:9] == b"JFIF\x00" and len(kept) == 1:
            kept.append(_JFIF)
        elif mark in _JPEG_PARTS or (mark == 0xEE and _is_adobe(segment)):
            kept.append(segment)
        if mark == 0xDA:
            scan = _SCAN_END.search(data, end)
            if scan is None:
                raise Unreadable(_BROKEN, "broken")
            kept.append(data[end : scan.start()])
            end = scan.start()
        at = end


def _is_adobe(segment: bytes) -> bool:
    return segment[4:9] == b"Adobe" and len(segment) == 16


def _next_mark(data: bytes, at: int) -> int:
    while data[at : at + 2] == b"\xff\xff":  # padding
        at += 1
    if len(data) < at + 2 or data[at] != 0xFF:
        raise Unreadable(_BROKEN, "broken")
    return at


def png(data: bytes) -> bytes:
    """Keep header, palette, transparency and pixels; an animated one becomes its first frame."""
    kept = [data[:8]]
    at = 8
    while True:
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        part = data[at : at + 12 + size]
        if len(part) != 12 + size or len(name) != 4:
            raise Unreadable(_BROKEN, "broken")
        if zlib.crc32(part[4:-4]) != int.from_bytes(part[-4:]):
            raise Unreadable(_BROKEN, "broken")
        if name in _PNG_PARTS:
            kept.append(part)
        if name == b"IEND":
            return b"".join(kept)
        at += len(part)


def webp(data: bytes) -> bytes:
    """Keep the pixels, transparency and animation; the header no longer promises metadata."""
    kept = []
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at < end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        part = data[at : at + 8 + size + size % 2]
        if len(part) < 8 + size:
            raise Unreadable(_BROKEN, "broken")
        if name == b"VP8X":
            kept.append(part[:8] + bytes([part[8] & 0b00010010]) + part[9:])
        elif name in _WEBP_PARTS:
            kept.append(part)
        at += len(part)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def gif(data: bytes) -> bytes:
    """Keep the frames, their timing and the loop; comments and other applications' blocks go."""
    at = 13 + _palette(data, 10)
    kept = [data[:at]]
    frames = 0
    while data[at : at + 1] != b";":
        start, what = at, data[at : at + 2]
        if what[:1] == b",":
            frames += 1
            at = _blocks_end(data, at + 11 + _palette(data, at + 9))
        elif what[:1] == b"!":
            at = _blocks_end(data, at + 2)
        else:
            raise Unreadable(_BROKEN, "broken")
        if frames > MAX_FRAMES:
            raise Unreadable(f"The animation has more than {MAX_FRAMES} frames.", "too_heavy")
        is_loop = what == b"!\xff" and data[start + 3 : start + 14] in (
            b"NETSCAPE2.0",
            b"ANIMEXTS1.0",
        )
        if what[:1] == b"," or what == b"!\xf9" or is_loop:
            kept.append(data[start:at])
    return b"".join([*kept, b";"])


def _palette(data: bytes, at: int) -> int:
    if at >= len(data):
        raise Unreadable(_BROKEN, "broken")
    return 3 << ((data[at] & 7) + 1) if data[at] & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    if at >= len(data):
        raise Unreadable(_BROKEN, "broken")
    return at + 1


STRIP: dict[types.FileType, Callable[[bytes], bytes]] = {
    types.JPEG: jpeg,
    types.PNG: png,
    types.WEBP: webp,
    types.GIF: gif,
}
