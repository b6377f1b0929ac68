"""Text as the networks want it that read signs in it as their own."""

import html as entities
import re
from typing import Any

import pytest
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


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\r\n\r\n \r\ntwo\n", "<p>one</p>\n<p>two</p>"),
        ('5 < 6 & "so"', "<p>5 &lt; 6 &amp; &quot;so&quot;</p>"),
        (
            "see https://x.org/?a=1&b=2, or example.org",
            '<p>see <a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a>,'
            " or example.org</p>",
        ),
        (" \n\n ", ""),
        ("", ""),
    ],
)
def test_plain_text_becomes_paragraphs(text: str, html: str) -> None:
    assert escaping.paragraphs(text) == html


@given(st.text(max_size=200))
def test_html_of_plain_text_shows_what_was_written(text: str) -> None:
    html = escaping.linked(text)

    assert entities.unescape(re.sub(r"<a href=\"[^\"]*\">|</a>", "", html)) == text
    assert set(re.findall(r"<(/?\w+)", html)) <= {"a", "/a"}
