"""The page counts, cuts and marks as the server does: one set of rules, read twice."""

import json
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialapp.domain import counting, links
from socialapp.domain.counting import COUNTERS
from socialapp.domain.text import normalised
from socialapp.ui.compose.widgets import RULES, Composer
from tests.domain.vectors import cases
from tests.ui.browser import in_the_browser

UNITS = sorted(COUNTERS)
LIMITS = [5, 30]
WRITTEN = """
    a b1 com co .com . . - _ / / ? # @ \uff20 $ & = ( ) [ ] : ; , ! ' ~ + * | < > " 8080 EXAMPLE
    http:// https:// HTTP:// gemini:// example.com foo.org/path /wiki/Primer_(video) ?q=1&r=2
    t.co/abc123 https://t.co/abc123 xn--p1ai xn-- https://日本.jp пример.рф 日本 語 。 、 한국 中国
    é e\u0301 \u2013 … \u2019 👍 🇩🇪 🇺 1️⃣ 👨‍👩‍👧‍👦 ☺️ ☺ ✊🏽 \u200d \ufe0f क्षि 각
    @alice@example.social @bob @bob@домен.рф #tag #1
"""
TEXT = st.lists(
    st.sampled_from([*WRITTEN.split(), " ", "\n", "\u3000", "\u00a0"])
    # Letters that both Unicode tables have; two halves of a pair would be one letter on the way.
    | st.characters(exclude_categories=["Cn", "Co", "Cs"]),
    max_size=14,
).map("".join)


@cache
def texts() -> list[str]:
    """Many, for one run of node."""
    made: list[str] = []

    @settings(max_examples=500, database=None, suppress_health_check=list(HealthCheck))
    @given(TEXT)
    def collect(text: str) -> None:
        made.append(normalised(text))

    collect()
    return made


def test_the_page_is_handed_the_rules_as_they_are() -> None:
    literal = str(Composer.create(rules=RULES).rules)

    assert in_the_browser(literal, None) == json.loads(json.dumps(RULES))


@pytest.mark.parametrize("unit", UNITS)
def test_any_text_counts_as_on_the_server(unit: str) -> None:
    counted = in_the_browser("given[1].map((t) => counting.count(t, given[0]))", [unit, texts()])

    for text, length in zip(texts(), counted, strict=True):
        assert (text, length) == (text, counting.count(text, unit))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("limit", LIMITS)
def test_any_text_becomes_too_long_where_it_does_on_the_server(unit: str, limit: int) -> None:
    given = [unit, limit, texts()]

    places = in_the_browser("given[2].map((t) => counting.cut(t, given[0], given[1]))", given)

    for text, at in zip(texts(), places, strict=True):
        kept = counting.utf16_span(text, 0, counting.cut(text, unit, limit))[1]
        assert (text, at) == (text, kept)


def test_any_text_is_marked_as_on_the_server() -> None:
    shown = in_the_browser(
        "given.map((t) => counting.marked(t).filter(([, kind]) => kind))", texts()
    )

    for text, parts in zip(texts(), shown, strict=True):
        assert parts == [[text[m.start : m.end], m.kind] for m in links.marks(text)]


@pytest.mark.parametrize(
    ("name", "unit", "length"),
    [
        ("x_weighted_length", "x", "weighted_length"),
        ("mastodon_length", "mastodon", "counted_length"),
        ("threads_length", "threads", "counted_length"),
        ("graphemes", "graphemes", "graphemes"),
        ("graphemes", "bytes", "utf8_bytes"),
        ("telegram_text", "code_points", "code_points"),
        ("telegram_text", "utf16", "utf16_units"),
    ],
)
def test_the_page_counts_as_the_networks_do(name: str, unit: str, length: str) -> None:
    known = [case for case in cases(name) if length in case]

    counted = in_the_browser(
        "given[1].map((t) => counting.count(t, given[0]))", [unit, [case["text"] for case in known]]
    )

    warnings = [counting.graphemes(case.get("spoiler_text", "")) for case in known]
    assert [a + b for a, b in zip(counted, warnings, strict=True)] == [c[length] for c in known]


def test_an_instance_may_reserve_another_length_for_links() -> None:
    text = "see https://example.com/x"

    assert in_the_browser("counting.count(given, 'mastodon', 30)", text) == 34
    assert in_the_browser("counting.cut(given, 'mastodon', 33, 30)", text) == len("see ")


@given(st.lists(st.text("aé日。\u00df-👍", min_size=1, max_size=70), min_size=20, max_size=20))
@settings(max_examples=3)
def test_labels_of_hosts_are_as_long_as_dns_has_them(labels: list[str]) -> None:
    encoded = in_the_browser("given.map(punycode.encoded)", labels)

    assert encoded == [links._encoded(label) for label in labels]
