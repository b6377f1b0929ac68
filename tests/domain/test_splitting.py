"""A text that is too long, in the parts of a thread."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import counting, links
from socialapp.domain.splitting import split

UNITS = sorted(counting.COUNTERS)
WORDS = [
    "Boats",
    "are in.",
    "Fresh bread!",
    "日本語の文です。",
    "👨‍👩‍👧‍👦",
    "é",
    "e\u0301",
    "#harbour",
    "(so)",
]
WHOLE = [
    "@bob@example.social",
    "https://example.com/a/b?c=d",
    "example.com",
    "#longer_tag",
    "x" * 70,
]
TEXTS = st.lists(st.sampled_from([*WORDS, *WHOLE, "\n", "\n\n", " "]), max_size=40).map(" ".join)


def without_blanks(parts: list[str]) -> str:
    return "".join("".join(parts).split())


def test_a_text_that_fits_is_one_part() -> None:
    assert split("Boats are in.\n", 280, "x", is_numbered=True) == ["Boats are in."]
    assert split("", 280, "x") == [""]


def test_it_is_cut_between_paragraphs() -> None:
    assert split("One. Two.\n\nThree. Four.\n\nFive.", 22, "graphemes") == [
        "One. Two.",
        "Three. Four.\n\nFive.",
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "Boats are in (today!) Bread is fresh. Come."

    assert split(text, 36, "graphemes") == ["Boats are in (today!)", "Bread is fresh. Come."]


def test_a_long_sentence_is_cut_between_words() -> None:
    assert split("Boats are in and bread is", 12, "graphemes") == ["Boats are in", "and bread is"]


def test_a_heading_does_not_stand_alone() -> None:
    parts = split("Hi\n\n" + "word " * 30, 100, "graphemes")

    assert parts[0].startswith("Hi\n\nword word")


def test_what_is_written_without_spaces_is_cut_too() -> None:
    assert split("船が来た。魚は新しい。", 7, "graphemes") == ["船が来た。", "魚は新しい。"]
    assert split("👨‍👩‍👧‍👦" * 5, 4, "x") == ["👨‍👩‍👧‍👦" * 2, "👨‍👩‍👧‍👦" * 2, "👨‍👩‍👧‍👦"]


def test_a_url_counts_as_the_network_counts_it() -> None:
    text = "See https://example.com/" + "a" * 100 + " and come."

    assert len(split(text, 40, "x")) == 1
    assert len(split(text, 130, "graphemes")) == 2


def test_numbers_are_counted_and_tell_how_many_there_are() -> None:
    parts = split("word " * 100, 30, "graphemes", is_numbered=True)

    assert [part.rpartition(" ")[2] for part in parts] == [
        f"({number}/{len(parts)})" for number in range(1, len(parts) + 1)
    ]
    assert all(counting.count(part, "graphemes") <= 30 for part in parts)


@pytest.mark.parametrize(
    ("text", "unit", "limit"),
    [("日本", "bytes", 2), ("a.co b.co", "x", 22), ("a" * 99, "bytes", 0), ("a" * 99, "x", -9)],
)
@pytest.mark.parametrize("is_numbered", [False, True])
def test_a_limit_that_nothing_fits_is_refused(
    text: str, unit: str, limit: int, is_numbered: bool
) -> None:
    with pytest.raises(ValueError, match="no room"):
        split(text, limit, unit, is_numbered=is_numbered)


@pytest.mark.parametrize("unit", UNITS)
@given(text=TEXTS, limit=st.integers(40, 120), is_numbered=st.booleans())
def test_each_part_fits_and_nothing_is_lost(
    unit: str, text: str, limit: int, is_numbered: bool
) -> None:
    parts = split(text, limit, unit, is_numbered=is_numbered)

    assert all(counting.count(part, unit) <= limit for part in parts)
    if is_numbered and len(parts) > 1:
        assert all(part.endswith(f" ({n}/{len(parts)})") for n, part in enumerate(parts, 1))
        parts = [part.rpartition(" ")[0] for part in parts]
    assert without_blanks(parts) == without_blanks([text])


@given(text=st.text(max_size=300), limit=st.integers(10, 60))
def test_any_text_can_be_split(text: str, limit: int) -> None:
    parts = split(text, limit, "bytes")

    assert all(len(part.encode()) <= limit for part in parts)
    assert without_blanks(parts) == without_blanks([text])


@given(text=TEXTS, limit=st.integers(80, 160))
def test_graphemes_urls_mentions_and_tags_stay_whole(text: str, limit: int) -> None:
    parts = split(text, limit, "graphemes")

    found = [text[m.start : m.end] for m in links.marks(text)]
    assert [p[m.start : m.end] for p in parts for m in links.marks(p)] == found
    assert sum(counting.graphemes(p) for p in parts) <= counting.graphemes(text)
    assert [w for p in parts for w in p.split() if len(w) == 70] == regex.findall("x{70}", text)
