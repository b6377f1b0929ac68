"""What of a text is asked by a poll."""

import pytest

from socialapp.domain.polls import question


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (" Monday? ", ("Monday?", "")),
        ("Two\nlines?", ("Two\nlines?", "")),
        ("a" * 10, ("a" * 10, "")),
        ("😀" * 5, ("😀" * 5, "")),
        ("😀" * 6, ("", "😀" * 6)),
        ("Long before\n\n  Monday? ", ("Monday?", "Long before")),
        ("Long before and\n" + "a" * 11, ("", "Long before and\n" + "a" * 11)),
        ("", ("", "")),
    ],
)
def test_a_short_text_is_asked_whole_and_of_a_longer_one_the_last_line(
    text: str, asked: tuple[str, str]
) -> None:
    assert question(text, 10) == asked
