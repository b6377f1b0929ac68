"""Counting as each network counts, and where a text becomes too long for it."""

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import counting
from socialapp.domain.counting import COUNTERS, count, cut
from tests.domain.vectors import each

FAMILY = "👨‍👩‍👧‍👦"
E_IN_TWO = "e\u0301"
UNITS = sorted(COUNTERS)


@pytest.mark.parametrize(
    ("words", "graphemes", "code_points", "in_bytes", "utf16"),
    [
        ("", 0, 0, 0, 0),
        ("bread", 5, 5, 5, 5),
        ("Brötchen", 8, 8, 9, 8),
        (E_IN_TWO, 1, 2, 3, 2),
        (FAMILY, 1, 7, 25, 11),
        ("🇩🇪🇫🇷", 2, 4, 16, 8),
        ("नि", 1, 2, 6, 2),
        ("\r\n", 1, 2, 2, 2),
        ("\ud800", 1, 1, 3, 1),
    ],
)
def test_each_unit_counts_its_own_way(
    words: str, graphemes: int, code_points: int, in_bytes: int, utf16: int
) -> None:
    assert COUNTERS["graphemes"](words) == graphemes
    assert COUNTERS["code_points"](words) == code_points
    assert COUNTERS["bytes"](words) == in_bytes
    assert COUNTERS["utf16"](words) == utf16


@each("graphemes")
def test_graphemes_and_bytes_are_counted_as_known(case: dict[str, Any]) -> None:
    assert count(case["text"], "graphemes") == case["graphemes"]
    assert count(case["text"], "bytes") == case["utf8_bytes"]


@each("x_weighted_length")
def test_x_weighs_as_known(case: dict[str, Any]) -> None:
    text = case["text"]

    weight = count(text, "x")

    assert weight == case["weighted_length"]
    assert (0 < weight <= 280 and counting.is_accepted(text, "x")) == case["valid"]
    if "valid_range_end_utf16" in case and counting.is_accepted(text, "x"):
        kept = counting.utf16_span(text, 0, cut(text, "x", 280))[1]
        assert kept == case["valid_range_end_utf16"] + 1


@each("mastodon_length")
def test_mastodon_counts_as_known(case: dict[str, Any]) -> None:
    length = count(case["text"], "mastodon", warning=case["spoiler_text"])

    assert length == case["counted_length"]
    assert (length <= 500) == case["valid"]


@each("threads_length")
def test_threads_counts_as_known(case: dict[str, Any]) -> None:
    length = count(case["text"], "threads")

    assert length == case["counted_length"]
    assert (length <= 500) == case["valid"]


@each("telegram_text", "length")
def test_telegram_counts_code_points(case: dict[str, Any]) -> None:
    assert count(case["text"], "code_points") == case["code_points"]
    assert count(case["text"], "utf16") == case["utf16_units"]
    assert (0 < count(case["text"], "code_points") <= 4096) == case["valid"]


@each("telegram_text", "entity")
def test_an_entity_of_telegram_is_measured_in_utf16(case: dict[str, Any]) -> None:
    start = case["text"].index(case["substring"])

    span = counting.utf16_span(case["text"], start, start + len(case["substring"]))

    assert span == (case["offset"], case["length"])


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("\u10ff\u1100", 3),
        ("\u200d\u200e\u200f\u2010\u201f\u2020", 9),
        ("\u2018It\u2019s\u2019 \u2013 “so”…", 15),
        ("한국", 4),
        ("é" + E_IN_TWO, 2),
        ("\u1112\u1161\u11ab", 2),
        ("©™", 3),
        ("©️™️", 4),
        ("☺☺️☺︎", 8),
        ("1 1️⃣ 1⃣ #️⃣", 10),
        ("👍👍🏽🏽", 6),
        ("🐱🏽", 4),
        ("🇺🇸🇺", 4),
        (FAMILY + "👩‍❤️‍💋‍👨🏳️‍🌈⛹🏽‍♀️", 8),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("a\ufe0f", 3),
        ("👩‍", 3),
        ("\ud83d", 2),
    ],
)
def test_x_weighs_letters_one_or_two_and_an_emoji_two(text: str, weight: int) -> None:
    assert count(text, "x") == weight


@pytest.mark.parametrize("text", ["a\ufeffb", "\uffff", "\ufffe"])
def test_x_refuses_three_characters(text: str) -> None:
    assert not counting.is_accepted(text, "x")
    assert counting.is_accepted(text, "mastodon")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://example.com/" + "x" * 300, 23),
        ("(https://a.co) https://b.co.", 23 + 23 + 4),
        ("@bob@example.social and @bob", len("@bob and @bob")),
        ("@bob@example.social!@ann@b.org", len("@bob!@ann")),
        (f"@bob@{'b' * 249}.com", len("@bob")),
        (f"@bob@{'b' * 250}.com", len("@bob@") + 254),
        ("ann@bob@example.com", 19),
        ("https://example.com/@bob@example.social", 23),
        ("a\nb", 3),
        (FAMILY, 1),
    ],
)
def test_mastodon_shortens_links_and_hosts_of_people(text: str, length: int) -> None:
    assert count(text, "mastodon") == length


def test_an_instance_may_reserve_another_length_for_links() -> None:
    assert count("see https://example.com/x", "mastodon", link_length=30) == 34


@pytest.mark.parametrize(
    ("text", "length"),
    [("❤️", 6), ("❤", 1), ("🇩🇪", 8), ("1️⃣", 7), ("👍🏽", 8), ("é日", 2), ("©", 1)],
)
def test_threads_counts_an_emoji_by_its_bytes(text: str, length: int) -> None:
    assert count(text, "threads") == length


@pytest.mark.parametrize(
    ("text", "unit", "limit", "kept"),
    [
        ("see https://example.com", "x", 26, "see "),
        ("see https://example.com", "x", 27, "see https://example.com"),
        ("hi @bob@example.social", "mastodon", 6, "hi "),
        ("hi @bob@example.social!", "mastodon", 7, "hi @bob@example.social"),
        (FAMILY * 3, "graphemes", 2, FAMILY * 2),
        (FAMILY * 3, "x", 5, FAMILY * 2),
        (FAMILY * 2, "threads", 49, FAMILY),
        ("日本", "bytes", 5, "日"),
        (E_IN_TWO * 5, "x", 3, E_IN_TWO * 3),
        ("a", "x", 0, ""),
    ],
)
def test_what_is_too_much_begins_between_two_pieces(
    text: str, unit: str, limit: int, kept: str
) -> None:
    assert text[: cut(text, unit, limit)] == kept


@pytest.mark.parametrize("unit", UNITS)
@given(text=st.text(max_size=60), limit=st.integers(0, 80))
def test_something_is_too_much_when_the_count_says_so(unit: str, text: str, limit: int) -> None:
    at = cut(text, unit, limit)

    assert 0 <= at <= len(text)
    assert (at == len(text)) == (count(text, unit) <= limit)


@given(st.text(max_size=200))
def test_counting_never_crashes_and_units_are_in_order(words: str) -> None:
    graphemes, points, size = (count(words, u) for u in ("graphemes", "code_points", "bytes"))

    assert 0 <= graphemes <= points <= size
    assert bool(graphemes) == bool(words)


@given(st.text(max_size=30))
def test_nothing_is_composed_across_graphemes(text: str) -> None:
    pieces = counting._GRAPHEME.findall(text)

    assert "".join(normalize("NFC", piece) for piece in pieces) == normalize("NFC", text)
