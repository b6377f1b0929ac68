"""Text that every network can show."""

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import text


@given(st.text(max_size=200))
def test_a_text_is_made_plain_once_and_for_all(words: str) -> None:
    plain = text.normalised(words)

    assert text.normalised(plain) == plain
    assert not {"\0", "\r", "\x07", "\x1b", "\x7f"} & set(plain)
    assert len(plain) <= len(words)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_what_people_can_see_is_kept(words: str) -> None:
    assert text.normalised(words) == words


def test_line_ends_become_one_kind() -> None:
    assert text.normalised("a\r\nb\rc\nd\te") == "a\nb\nc\nd\te"


@given(st.text(max_size=400), st.integers(10, 200))
def test_an_excerpt_is_one_line_of_at_most_its_length(words: str, length: int) -> None:
    short = text.excerpt(words, length)

    assert len(short) <= length + 1
    assert "\n" not in short
    if len(" ".join(words.split())) <= length:
        assert short == " ".join(words.split())
    else:
        assert short.endswith("…")


def test_an_excerpt_is_cut_between_words() -> None:
    assert text.excerpt("Fresh bread, rolls and cake", 16) == "Fresh bread…"
