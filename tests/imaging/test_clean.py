"""What is kept of a file: its content, upright, and nothing about its owner."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from socialapp.domain.errors import UnsupportedType
from socialapp.imaging import workshop
from tests.imaging import files


async def cleaned(folder: Path, data: bytes) -> tuple[workshop.Cleaned, bytes]:
    """What is known of a file, and what is left of it."""
    (folder / "source").write_bytes(data)
    known = await workshop.clean(folder / "source", folder / "target")
    return known, (folder / "target").read_bytes()


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


async def test_a_photo_keeps_its_pixels_and_loses_camera_and_place(tmp_path: Path) -> None:
    source = files.photo()

    known, left = await cleaned(tmp_path, source)

    assert (known.kind, known.mime_type) == ("image", "image/jpeg")
    assert (known.width, known.height, known.duration_s) == (1200, 800, None)
    assert known.sha256 == hashlib.sha256(left).hexdigest()
    assert known.size_bytes == len(left) < len(source)
    assert files.GPS_WORDS not in left
    after, before = Image.open(io.BytesIO(left)), Image.open(io.BytesIO(source))
    assert not dict(after.getexif())
    assert difference(after, before) == 0


@pytest.mark.parametrize("orientation", [3, 6, 8])
async def test_a_turned_photo_is_upright_afterwards(tmp_path: Path, orientation: int) -> None:
    from PIL import ImageOps

    source = files.photo(orientation=orientation)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(source)))

    known, left = await cleaned(tmp_path, source)

    after = Image.open(io.BytesIO(left))
    assert after.size == (known.width, known.height) == upright.size
    assert not dict(after.getexif())
    assert files.GPS_WORDS not in left
    assert difference(after, upright) < 3


async def test_a_progressive_photo_and_one_in_print_colours_are_taken(tmp_path: Path) -> None:
    progressive, left = await cleaned(tmp_path, files.photo(progressive=True))
    print_ready = files.saved(files.scene(300, 200).convert("CMYK"), "JPEG")
    converted, drawn = await cleaned(tmp_path, print_ready)

    assert progressive.width == 1200
    assert Image.open(io.BytesIO(left)).info.get("progressive")
    assert converted.width == 300
    assert Image.open(io.BytesIO(drawn)).mode == "RGB"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_words_in_a_picture_are_gone_and_transparency_stays(
    tmp_path: Path, kind: str
) -> None:
    from PIL import PngImagePlugin

    picture = files.scene(320, 200).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize((320, 200)))
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", files.GPS_WORDS.decode())
    words = {"pnginfo": notes} if kind == "PNG" else {"xmp": files.GPS_WORDS, "lossless": True}

    source = files.saved(picture, kind, **words)

    _, left = await cleaned(tmp_path, source)

    after = Image.open(io.BytesIO(left))
    assert files.GPS_WORDS in source
    assert files.GPS_WORDS not in left
    assert after.mode == "RGBA"
    assert after.tobytes() == Image.open(io.BytesIO(source)).tobytes()


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_an_animation_keeps_moving(tmp_path: Path, kind: str) -> None:
    known, left = await cleaned(tmp_path, files.animation(12, kind=kind))

    after = Image.open(io.BytesIO(left))
    assert known.kind == "gif"
    assert known.duration_s == pytest.approx(0.48)
    assert getattr(after, "n_frames", 1) == 12
    assert after.info["loop"] == 0
    assert files.GPS_WORDS not in left


async def test_a_still_gif_is_an_image(tmp_path: Path) -> None:
    known, _ = await cleaned(tmp_path, files.animation(1))

    assert (known.kind, known.mime_type, known.duration_s) == ("image", "image/gif", None)


async def test_what_is_hidden_behind_a_picture_is_cut_off(tmp_path: Path) -> None:
    page = b"<html><script>alert(1)</script>"
    sources = [
        files.photo(300, 200),
        files.saved(files.scene(300, 200), "PNG"),
        files.saved(files.scene(300, 200), "WEBP"),
        files.animation(3),
    ]
    for source in sources:
        _, left = await cleaned(tmp_path, source + page + files.archive())

        assert page not in left
        assert b"index.html" not in left


@pytest.mark.parametrize("turned", [False, True])
async def test_a_video_tells_its_size_and_not_its_place(tmp_path: Path, turned: bool) -> None:
    source = files.mp4(turned=turned)

    known, left = await cleaned(tmp_path, source)

    assert (known.kind, known.mime_type, known.duration_s) == ("video", "video/mp4", 2.5)
    assert (known.width, known.height) == ((360, 640) if turned else (640, 360))
    assert len(left) == len(source)
    assert b"+52.5200" not in left
    assert files.GPS_WORDS not in left


async def test_quicktime_and_webm_are_known(tmp_path: Path) -> None:
    mov, _ = await cleaned(tmp_path, files.mp4(brand=b"qt  "))
    webm, left = await cleaned(tmp_path, files.webm())

    assert mov.mime_type == "video/quicktime"
    assert (webm.mime_type, webm.width, webm.height) == ("video/webm", 800, 450)
    assert webm.duration_s == 3.0
    assert files.GPS_WORDS not in left


REFUSED = {
    "empty": (b"", "unsupported_type"),
    "text": (b"Dear diary, " * 100_000, "unsupported_type"),
    "svg": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        "unsupported_type",
    ),
    "page": (b"<!doctype html><script>alert(1)</script>", "unsupported_type"),
    "pdf": (b"%PDF-1.7 ...", "unsupported_type"),
    "archive": (files.archive(), "unsupported_type"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(500), "unsupported_type"),
    "avif": (files.saved(files.scene(64, 64), "AVIF"), "unsupported_type"),
    "bmp": (files.saved(files.scene(64, 64), "BMP"), "unsupported_type"),
    "matroska": (files.webm(doc_type=b"matroska"), "unsupported_type"),
    "truncated photo": (files.photo()[:40_000], "broken"),
    "photo without its end": (files.photo()[:-2], "broken"),
    "half a png": (files.saved(files.scene(300, 200), "PNG")[:5000], "broken"),
    "half a webp": (files.saved(files.scene(300, 200), "WEBP")[:2000], "broken"),
    "half a gif": (files.animation(3)[:200], "broken"),
    "half a video": (files.mp4()[:3000], "broken"),
    "video without pictures": (files.mp4(width=0), "broken"),
    "marks only": (b"\xff\xd8\xff\xe0" + b"\0" * 500, "broken"),
    "bomb": (files.bomb_png(), "too_heavy"),
    "promised size": (files.png_header(60_000, 60_000), "too_heavy"),
    "1000 frames": (files.animation(1000), "too_heavy"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_posted_is_refused_in_words(tmp_path: Path, name: str) -> None:
    data, code = REFUSED[name]

    with pytest.raises(UnsupportedType) as refused:
        await cleaned(tmp_path, data)

    assert refused.value.code == code
    assert refused.value.detail.endswith("Nothing was kept.")
    assert not (tmp_path / "target").exists()


async def test_smaller_sizes_fit_and_never_grow(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(files.photo(900, 600))

    await workshop.shrink(tmp_path / "source", {tmp_path / "small": 320, tmp_path / "large": 1280})

    assert Image.open(tmp_path / "small").size == (320, 213)
    assert Image.open(tmp_path / "large").size == (900, 600)
    assert Image.open(tmp_path / "small").format == "WEBP"
