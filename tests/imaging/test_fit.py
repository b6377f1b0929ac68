"""Pictures made to fit: within the limits, and as much like themselves as those allow."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from socialapp.domain.errors import UnsupportedType
from socialapp.domain.fitting import Limits
from socialapp.imaging import workshop
from tests.imaging import files
from tests.imaging.test_clean import difference

ALL = ("image/jpeg", "image/png", "image/webp")


async def fitted(folder: Path, data: bytes, limits: Limits) -> tuple[workshop.Cleaned, bytes]:
    """What became of a picture."""
    (folder / "source").write_bytes(data)
    made = await workshop.fit(folder / "source", folder / "target", limits)
    return made, (folder / "target").read_bytes()


async def test_a_heavy_photo_becomes_a_lighter_one_of_the_same_size(tmp_path: Path) -> None:
    source = files.photo()
    limits = Limits(len(source) * 9 // 10, ALL)

    made, body = await fitted(tmp_path, source, limits)

    assert (made.mime_type, made.width, made.height) == ("image/jpeg", 1200, 800)
    assert made.size_bytes == len(body) <= limits.size_bytes
    assert made.sha256 == hashlib.sha256(body).hexdigest()
    before, after = Image.open(io.BytesIO(source)), Image.open(io.BytesIO(body))
    assert difference(before, after) < 4
    assert files.GPS_WORDS not in body


async def test_a_very_heavy_photo_becomes_smaller_and_keeps_its_shape(tmp_path: Path) -> None:
    made, body = await fitted(tmp_path, files.photo(), Limits(20_000, ALL))

    assert len(body) <= 20_000
    assert made.width < 1200
    assert made.width / made.height == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize(
    ("bounds", "size"),
    [
        ({"side": 600}, (600, 400)),
        ({"sides": 500}, (300, 200)),
        ({"pixels": 240_000}, (600, 400)),
        ({"side": 5000}, (1200, 800)),
    ],
)
async def test_sides_are_kept_within_their_limits(
    tmp_path: Path, bounds: dict[str, int], size: tuple[int, int]
) -> None:
    made, _ = await fitted(tmp_path, files.photo(), Limits(10**7, ALL, **bounds))

    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (("image/jpeg",), "image/jpeg"),
        (("image/jpeg", "image/png"), "image/jpeg"),
        (("image/webp",), "image/webp"),
        (("image/png",), "image/png"),
    ],
)
async def test_a_webp_becomes_what_the_network_takes(
    tmp_path: Path, types: tuple[str, ...], expected: str
) -> None:
    source = files.saved(files.scene(300, 200), "WEBP")

    made, body = await fitted(tmp_path, source, Limits(10**6, types))

    assert made.mime_type == expected
    assert Image.open(io.BytesIO(body)).get_format_mimetype() == expected


async def test_a_drawing_stays_a_png_while_there_is_room(tmp_path: Path) -> None:
    drawing = files.saved(Image.new("RGB", (3000, 2000), "navy"), "PNG")

    made, _ = await fitted(tmp_path, drawing, Limits(10**6, ALL, side=2000))

    assert (made.mime_type, made.width, made.height) == ("image/png", 2000, 1333)


async def test_what_can_be_seen_through_stays_so_or_stands_on_white(tmp_path: Path) -> None:
    glass = files.scene(400, 300).convert("RGBA")
    glass.putalpha(Image.new("L", (400, 300), 0))
    source = files.saved(glass, "PNG")

    kept, body = await fitted(tmp_path, source, Limits(20_000, ALL, side=200))
    flat, white = await fitted(tmp_path, source, Limits(20_000, ("image/jpeg",)))

    assert kept.mime_type in {"image/png", "image/webp"}
    assert Image.open(io.BytesIO(body)).mode == "RGBA"
    assert flat.mime_type == "image/jpeg"
    assert Image.open(io.BytesIO(white)).getpixel((10, 10)) == (255, 255, 255)


async def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path) -> None:
    made, body = await fitted(tmp_path, files.animation(5), Limits(10**6, ("image/jpeg",)))

    assert (made.kind, made.mime_type) == ("image", "image/jpeg")
    assert not getattr(Image.open(io.BytesIO(body)), "is_animated", False)


async def test_a_turned_photo_from_elsewhere_is_upright(tmp_path: Path) -> None:
    made, _ = await fitted(tmp_path, files.photo(orientation=6), Limits(10**6, ALL))

    assert (made.width, made.height) == (800, 1200)


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>no picture</html>", files.photo()[:3000], files.bomb_png(), files.mp4()],
    ids=["nothing", "page", "half", "bomb", "video"],
)
async def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        await fitted(tmp_path, data, Limits(10**6, ALL))


async def test_limits_that_nothing_can_keep_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedType):
        await fitted(tmp_path, files.photo(), Limits(100, ALL))
