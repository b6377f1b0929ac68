"""Which pictures are made to fit, and what of them has to give."""

from dataclasses import replace

import pytest

from socialapp.domain.content import Capabilities, Media
from socialapp.domain.fitting import can_be_fitted, is_beyond, limits

PHOTO = Media(1, "image", "image/jpeg", 900_000, 3000, 2000)
CAN = Capabilities(text_limit=500, image_bytes=1_000_000, image_types=("image/jpeg", "image/png"))


@pytest.mark.parametrize(
    ("photo", "can", "expected"),
    [
        (PHOTO, CAN, False),
        (replace(PHOTO, size_bytes=1_000_001), CAN, True),
        (replace(PHOTO, mime_type="image/webp"), CAN, True),
        (PHOTO, replace(CAN, image_side=2999), True),
        (PHOTO, replace(CAN, image_side=3000), False),
        (PHOTO, replace(CAN, image_sides=4999), True),
        (PHOTO, replace(CAN, image_pixels=5_999_999), True),
        (PHOTO, replace(CAN, image_pixels=6_000_000), False),
        (replace(PHOTO, width=0, height=0), replace(CAN, image_side=1), False),
        (replace(PHOTO, kind="video", size_bytes=10**9), CAN, False),
        (replace(PHOTO, kind="gif", mime_type="image/gif", size_bytes=10**9), CAN, False),
    ],
)
def test_a_picture_is_beyond_what_a_network_takes(
    photo: Media, can: Capabilities, expected: bool
) -> None:
    assert is_beyond(photo, can) is expected


def test_only_still_pictures_are_fitted_and_only_into_what_can_be_written() -> None:
    assert can_be_fitted(PHOTO, CAN)
    assert not can_be_fitted(replace(PHOTO, kind="video"), CAN)
    assert not can_be_fitted(replace(PHOTO, kind="gif"), CAN)
    assert not can_be_fitted(PHOTO, replace(CAN, image_types=("image/avif",)))


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, 1.0),
        ({"image_side": 1500}, 0.5),
        ({"image_sides": 2500}, 0.5),
        ({"image_pixels": 1_500_000}, 0.5),
        ({"image_side": 1500, "image_pixels": 60_000}, 0.1),
    ],
)
def test_the_sides_shrink_by_what_the_strictest_limit_asks_for(
    bounds: dict[str, int], expected: float
) -> None:
    assert limits(replace(CAN, **bounds)).scale(3000, 2000) == pytest.approx(expected)
