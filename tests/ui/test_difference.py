"""What differs between two texts, as the editor shows it: it leads from one to the other."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.browser import in_the_browser

WORDS = st.sampled_from(
    [*"abc", "Bread", "bread,", " ", "  ", "\n", "👩‍🍳", "e\u0301", "漢字", "."]
)
TEXTS = st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=60)
# Node is started for each example, so one holds many pairs.
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), min_size=40, max_size=60)


def joined(runs: list[dict[str, str]], but: str) -> str:
    return "".join(run["text"] for run in runs if run["is"] != but)


def differences(pairs: list[tuple[str, str]]) -> list[list[dict[str, str]]]:
    return in_the_browser("given.map(([a, b]) => difference.difference(a, b))", pairs)  # type: ignore[no-any-return]


@given(PAIRS)
@settings(max_examples=6)
def test_applied_to_the_one_it_gives_the_other(pairs: list[tuple[str, str]]) -> None:
    for (before, after), runs in zip(pairs, differences(pairs), strict=True):
        assert joined(runs, "new") == before
        assert joined(runs, "gone") == after
        assert all(run["text"] for run in runs)
        assert before != after or [run["is"] for run in runs] in ([], ["same"])


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Fresh bread at six", "Fresh rolls at six", "Fresh [-bread-]{+rolls+} at six"),
        ("Bread from six", "Bread and cake from six", "Bread {+and cake +}from six"),
        ("old words here", "new text here", "[-old words-]{+new text+} here"),
        ("👨‍👩‍👧 is in", "👨‍👩‍👦 is in", "[-👨‍👩‍👧-]{+👨‍👩‍👦+} is in"),
        ("", "All new", "{+All new+}"),
    ],
)
def test_it_is_read_word_by_word(before: str, after: str, shown: str) -> None:
    (runs,) = differences([(before, after)])

    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    assert "".join(marks[run["is"]].format(run["text"]) for run in runs) == shown


def test_two_long_texts_without_anything_in_common_are_not_searched_for_it() -> None:
    before, after = (" ".join(f"{who}{n}" for n in range(8000)) for who in "ab")

    (runs,) = differences([(before, after)])

    assert (joined(runs, "new"), joined(runs, "gone")) == (before, after)


def content(**more: Any) -> dict[str, Any]:
    return {"text": "", "parts": [], "media": [], "options": {}, "variants": {}} | more


def test_every_place_of_a_post_is_compared_and_notes_only_where_both_have_them() -> None:
    picture = {"filename": "harbour.jpg", "alt_text": "Boats"}
    before = content(text="Same", media=[picture], channel_ids=[1], notes="Ask Bea", tags=["a"])
    part = {"text": "Second", "media": []}
    own = [{"channel_id": 2, "text": "", "options": {}}]
    after = content(text="Same", parts=[part], variants=own, channel_ids=[1, 2])

    names = in_the_browser(
        "difference.differences(given[0], given[1], (id) => `Channel ${id}`).map((d) => d.name)",
        [before, after],
    )

    assert names == ["Media", "Channels", "Part 2", "Channel 2: text"]
