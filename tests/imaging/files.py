"""Pictures and videos for tests: like real ones, and hostile ones."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image, ImageFilter

GPS_WORDS = b"Leica-SECRET-CAMERA"


def photo(
    width: int = 1200, height: int = 800, *, orientation: int = 1, icc: bytes = b"", **options: Any
) -> bytes:
    """A JPEG with gradients, noise, a camera's name and a position."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = GPS_WORDS.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    picture = scene(width, height)
    return saved(picture, "JPEG", exif=exif, quality=90, icc_profile=icc or None, **options)


def scene(width: int, height: int) -> Image.Image:
    """Something between a sky and a wall: red on the left of the top, darker below."""
    slope = Image.linear_gradient("L").resize((width, height))
    noise = Image.effect_noise((width, height), 30)
    soft = noise.filter(ImageFilter.GaussianBlur(3))
    side = slope.rotate(90, expand=True).resize((width, height))
    return Image.merge("RGB", (Image.blend(side, noise, 0.1), Image.blend(slope, noise, 0.1), soft))


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and has next to nothing in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100))
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb_png(size: int = 9000) -> bytes:
    """A few kilobytes that unpack to hundreds of megabytes, and are otherwise right."""
    return saved(Image.new("1", (size, size)), "PNG", optimize=True)


def animation(frames: int, size: int = 16, kind: str = "GIF") -> bytes:
    """Frames that differ, so that none is left out."""
    pictures = [
        Image.new("RGB", (size, size), (n % 256, n * 7 % 256, n // 256)) for n in range(frames)
    ]
    return saved(
        pictures[0], kind, save_all=True, append_images=pictures[1:], duration=40, loop=0,
        **({"comment": GPS_WORDS} if kind == "GIF" else {"xmp": GPS_WORDS}),
    )  # fmt: skip


def archive() -> bytes:
    """A ZIP with a page in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def mp4(
    *, width: int = 640, height: int = 360, turned: bool = False, brand: bytes = b"isom"
) -> bytes:
    """The boxes of a video of 2.5 seconds, with a position as phones write it."""
    place = _box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7) + b"+52.5200+013.4050/")
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000) if turned else (
        0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)  # fmt: skip
    mvhd = bytes(12) + struct.pack(">II", 1000, 2500) + bytes(80)
    tkhd = bytes(40) + struct.pack(">9i", *matrix) + struct.pack(">II", width << 16, height << 16)
    track = _box(b"trak", _box(b"tkhd", tkhd) + _box(b"udta", GPS_WORDS))
    moov = _box(b"moov", _box(b"mvhd", mvhd) + track + _box(b"udta", place))
    return _box(b"ftyp", brand + bytes(4) + brand) + moov + _box(b"mdat", bytes(5000))


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def webm(*, doc_type: bytes = b"webm") -> bytes:
    """The elements of a video of 3 seconds, with tags."""
    info = _element(0x2AD7B1, (1_000_000).to_bytes(3)) + _element(0x4489, struct.pack(">d", 3000.0))
    video = _element(0xE0, _element(0xB0, (800).to_bytes(2)) + _element(0xBA, (450).to_bytes(2)))
    body = (
        _element(0x1549A966, info)
        + _element(0x1654AE6B, _element(0xAE, video))
        + _element(0x1F43B675, bytes(3000))
        + _element(0x1254C367, GPS_WORDS)
    )
    return _element(0x1A45DFA3, _element(0x4282, doc_type)) + _element(0x18538067, body)


def _element(number: int, body: bytes) -> bytes:
    size = (1 << 28 | len(body)).to_bytes(4)
    return number.to_bytes((number.bit_length() + 7) // 8) + size + body
