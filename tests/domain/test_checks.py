"""What a network would refuse, in the words its author sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.checks import Verdict, check
from socialapp.domain.content import Capabilities, Content, Media

CAN = Capabilities(text_limit=10, images=2, image_bytes=1024**2, video_bytes=2 * 1024**2)


def picture(number: int = 1, **more: object) -> Media:
    known = {"kind": "image", "mime_type": "image/jpeg", "size_bytes": 1000, "alt_text": "A roll"}
    return Media(id=number, width=10, height=10, **known | more)  # type: ignore[arg-type]


def film(**more: object) -> Media:
    return picture(9, **{"kind": "video", "mime_type": "video/mp4"} | more)


def verdict(text: str, *media: Media) -> Verdict:
    return check(Content(text, media), CAN, network="Harbour")


def codes(text: str, *media: Media) -> list[str]:
    return [problem.code for problem in verdict(text, *media).problems]


def test_a_fitting_post_has_no_problems() -> None:
    found = verdict("0123456789", picture(1), picture(2))

    assert (found.is_ok, found.problems) == (True, [])
    assert (found.count, found.limit, found.unit) == (10, 10, "graphemes")


def test_without_a_limit_nothing_is_too_long() -> None:
    assert check(Content("x" * 100_000), Capabilities(text_limit=0), network="Harbour").is_ok


def test_what_is_too_long_says_by_how_much() -> None:
    (problem,) = verdict("0123456789ab").problems

    assert problem.code == "text_too_long"
    assert problem.field == "text"
    assert problem.message.startswith("Harbour takes at most 10 characters; this is 2 too many")


@pytest.mark.parametrize(
    ("media", "found"),
    [
        ([picture(n) for n in range(3)], ["too_many_images"]),
        ([film(), picture()], ["media_mix"]),
        ([film(), film()], ["media_mix"]),
        ([film()], []),
        ([picture(mime_type="image/tiff")], ["media_type"]),
        ([film(mime_type="image/jpeg")], ["media_type"]),
        ([picture(size_bytes=1024**2 + 1)], ["media_too_big"]),
        ([film(size_bytes=1024**2 + 1)], []),
        ([film(size_bytes=2 * 1024**2 + 1)], ["media_too_big"]),
        ([picture(alt_text="")], ["alt_text_missing"]),
        ([picture(mime_type="x", size_bytes=2**40)], ["media_type", "media_too_big"]),
    ],
)
def test_media_that_a_network_cannot_take_are_named(media: list[Media], found: list[str]) -> None:
    assert codes("bread", *media) == found


def test_nothing_at_all_cannot_be_posted() -> None:
    assert codes(" \n") == ["text_required"]
    assert codes(" \n", picture()) == []


def test_a_missing_description_is_a_warning_that_stops_nothing() -> None:
    found = verdict("bread", picture(alt_text=""))

    assert [p.severity for p in found.problems] == ["warning"]
    assert found.is_ok


@given(st.text(max_size=30), st.lists(st.sampled_from([picture(), film()]), max_size=4))
def test_a_verdict_is_ok_when_no_error_stands_in_the_way(text: str, media: list[Media]) -> None:
    found = verdict(text, *media)

    errors = [problem for problem in found.problems if problem.severity == "error"]
    assert found.is_ok == (not errors)
    assert all(problem.message and problem.field for problem in found.problems)
    if found.count > CAN.text_limit:
        assert not found.is_ok
