"""What a network would refuse, in the words its author sees."""

import re
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import checks
from socialapp.domain.checks import RULES, AltText
from socialapp.domain.content import Capabilities, Content, Media, Part
from socialapp.domain.counting import COUNTERS
from socialapp.domain.errors import Rejected
from tests.domain.contents import CASES, capabilities, content, medium, problems

CAN = Capabilities(text_limit=10, images=2, image_bytes=1024**2, video_bytes=2 * 1024**2)
TEXTS = st.text("ab 👨‍👩‍👧é\n.#", max_size=60) | st.just("see https://example.com/a/long/way")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_networks_would_refuse(case: dict[str, Any]) -> None:
    verdict = checks.check(
        content(case["content"]),
        capabilities(case["can"]),
        network=case["network"],
        alt_text=AltText(case.get("alt_text", "warn")),
    )

    assert [asdict(problem) for problem in verdict.problems] == problems(case["problems"])


@pytest.mark.parametrize(
    "rule",
    [rule for rules in RULES.values() for rule in rules],
    ids=lambda rule: f"{rule.code}: {rule.message[:50]}",
)
def test_each_rule_has_a_case(rule: checks.Rule) -> None:
    words = "(.+)".join(re.escape(piece) for piece in re.split(r"\{\w+(?::\w+)?\}", rule.message))

    assert any(
        problem["code"] == rule.code
        and problem.get("fix", "") == rule.fix
        and re.fullmatch(words, problem["message"])
        for case in CASES
        for problem in case["problems"]
    )


def test_a_verdict_says_how_much_of_the_limit_is_used() -> None:
    verdict = checks.check(Content("0123456789"), CAN, network="Harbour")

    assert (verdict.count, verdict.limit, verdict.unit) == (10, 10, "graphemes")
    assert (verdict.is_ok, verdict.problems) == (True, [])


def test_a_warning_stops_nothing() -> None:
    verdict = checks.check(Content("a", (medium({"alt_text": ""}),)), CAN, network="Harbour")

    assert [problem.severity for problem in verdict.problems] == ["warning"]
    assert verdict.is_ok


@given(TEXTS, st.lists(st.sampled_from([medium({}), medium({"kind": "video"})]), max_size=4))
def test_a_verdict_is_ok_when_no_error_stands_in_the_way(text: str, media: list[Media]) -> None:
    found = checks.check(Content(text, tuple(media)), CAN, network="Harbour")

    errors = [problem for problem in found.problems if problem.severity == "error"]
    assert found.is_ok == (not errors)
    assert all(problem.message and problem.field for problem in found.problems)
    if found.count > CAN.text_limit:
        assert not found.is_ok


@pytest.mark.parametrize("unit", sorted(COUNTERS))
@given(text=TEXTS, parts=st.lists(TEXTS, max_size=2), warning=st.sampled_from(["", "food"]))
def test_what_is_split_is_not_too_long_any_more(
    unit: str, text: str, parts: list[str], warning: str
) -> None:
    can = Capabilities(
        *(29, unit), byte_limit=60, parts=0, counted_options=("cw",), media_text_limit=28
    )
    long = Content(text, (medium({}),), tuple(Part(part) for part in parts), {"cw": warning})

    first, *rest = checks.as_thread(long, [can])

    short = Content(first.text, first.media, tuple(rest), long.options)
    found = checks.check(short, can, network="Harbour").problems
    assert not [problem for problem in found if problem.code == "text_too_long"]
    assert first.media == long.media
    assert letters(short) == letters(long)


def letters(content: Content) -> str:
    """All that is no blank: blanks are left out where a text is cut."""
    return "".join("".join(part.text for part in content.thread).split())


def test_a_thread_fits_all_of_its_networks() -> None:
    by_bytes = Capabilities(text_limit=12, count="bytes", parts=9)
    by_letters = Capabilities(text_limit=10, parts=9)

    made = checks.as_thread(Content("ééé ééé ééé two three four five"), [by_letters, by_bytes])

    assert [part.text for part in made] == ["ééé", "ééé", "ééé two", "three four", "five"]


def test_what_fits_stays_as_it_was_written() -> None:
    kept = Content(" one ", (), (Part(" two\n"),))

    assert checks.as_thread(kept, [Capabilities(text_limit=10, parts=9)]) == kept.thread


def test_without_room_for_text_there_is_no_thread() -> None:
    can = Capabilities(text_limit=4, parts=9, counted_options=("cw",))

    with pytest.raises(Rejected, match="no room"):
        checks.as_thread(Content("one two", options={"cw": "a lot"}), [can])
