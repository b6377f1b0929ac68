"""Captions of photographs, and what cameras write."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import captions, moments, origins
from socialapp.domain.captions import Facts
from socialapp.domain.origins import Origin

AT = moments.read("2027-05-14T09:00", zone="Europe/Berlin")
SAID = {
    "make": "NIKON CORPORATION", "model": "NIKON D90\0", "taken": "2026:12:31 23:30:00",
    "latitude": 52.52, "longitude": -13.4,
}  # fmt: skip


def test_what_is_known_is_filled_in_and_nothing_twice() -> None:
    facts = Facts("Harbour {tags}", ["sea", "dusk"], origins.read(SAID, zone="Europe/Berlin"))
    every = "{date}|{taken}|{camera}|{album}|{tags}|{place}|{else}"

    assert captions.fill(every, facts, AT) == (
        "14 May 2027|31 December 2026|NIKON D90|Harbour {tags}|#sea #dusk|52.5200, -13.4000|{else}"
    )


def test_what_is_not_known_is_left_out() -> None:
    assert captions.fill("{taken}{camera}{album}{tags}{place}.", Facts(), AT) == "."


def test_a_time_is_read_with_its_offset_or_in_the_zone() -> None:
    def taken(**more: str) -> datetime | None:
        return origins.read({**SAID, **more}, zone="Europe/Berlin").taken_at

    assert taken() == datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert taken(offset="-05:00") == datetime(2027, 1, 1, 4, 30, tzinfo=UTC)
    assert taken(taken="0000:00:00 00:00:00") is None
    assert taken(offset="+99:99") is None


words = st.text(max_size=30) | st.sampled_from(["2026:12:31 23:30:00", "9999:12:31 23:59:59"])
numbers = st.floats() | st.none() | st.integers()


@given(st.fixed_dictionaries({
    "make": words, "model": words, "taken": words, "offset": words | st.just("+01:00"),
    "latitude": numbers, "longitude": numbers,
}))  # fmt: skip
def test_whatever_is_written_something_fit_to_be_kept_comes_of_it(said: dict[str, object]) -> None:
    found = origins.read(said, zone="UTC")

    assert isinstance(found, Origin)
    assert len(found.camera) <= 80
    assert found.taken_at is None or found.taken_at.year >= 1990
    assert found.place is None or abs(found.place[0]) <= 90
