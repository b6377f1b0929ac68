"""Text as the networks want it that read signs in it as their own."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import escaping
from tests.domain.vectors import each


@each("linkedin_escape")
def test_little_text_is_escaped_as_known(case: dict[str, Any]) -> None:
    assert escaping.little_text(case["text"]) == case["escaped"]


def test_each_reserved_sign_is_escaped_and_no_other() -> None:
    reserved = r"\|{}@[]()<>#*_~"

    assert escaping.little_text(reserved) == "".join(f"\\{sign}" for sign in reserved)
    assert escaping.little_text("a.b-c!d&e\n'é") == "a.b-c!d&e\n'é"


@given(st.text(max_size=100))
def test_telegram_reads_what_was_written(text: str) -> None:
    escaped = escaping.telegram_html(text)

    assert not {"<", ">"} & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_telegram_is_sent_entities_for_its_three_signs() -> None:
    assert escaping.telegram_html('<b> & "x" &amp;') == '&lt;b&gt; &amp; "x" &amp;amp;'
