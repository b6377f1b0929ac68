"""What is a mention, a link or a tag in a post of Bluesky's."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.facets import Facet, facets
from tests.domain.vectors import each


def shown(text: str) -> list[tuple[str, str]]:
    """What is marked, cut out by its bytes, and its value."""
    size = text.encode("utf-8", "surrogatepass")
    return [(size[f.start : f.end].decode("utf-8", "surrogatepass"), f.value) for f in facets(text)]


@each("bluesky_facets")
def test_rich_text_is_found_as_known(case: dict[str, Any]) -> None:
    expected = [
        Facet(f["byteStart"], f["byteEnd"], f["feature"], f["value"].removeprefix("did:fake:"))
        for f in case["facets"]
    ]

    assert facets(case["text"]) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hi @bob.test, @ann.example.com.", ["bob.test", "ann.example.com"]),
        ("(@bob.com) a@bob.com [@bob.com]", ["bob.com"]),
        ("@bob @bob.invalidtld @bob.COM @bob.com_", []),
        ("ü\n@bob.com's", ["bob.com"]),
        ("@.com", [".com"]),
    ],
)
def test_a_mention_is_a_handle_with_a_known_end(text: str, found: list[str]) -> None:
    assert [f.value for f in facets(text) if f.feature == "mention"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.com/b. https://a.com/b?!", ["https://a.com/b", "https://a.com/b?"]),
        ("(https://a.com/b_(c)) (a.com/b)", ["https://a.com/b_(c))", "https://a.com/b"]),
        ("(https://a.com).", ["https://a.com"]),
        ("a.com, b.org: c.co.uk/x#y", ["https://a.com", "https://b.org", "https://c.co.uk/x#y"]),
        ("httpbin.org", ["https://httpbin.org"]),
        ("my-site.com A.COM HTTPS://a.com me@a.com a.invalidtld 1a.com", []),
        ("https://日本.jp/ü日 \u3000b.com", ["https://日本.jp/ü日", "https://b.com"]),
        ("x\nhttps://a.com\ny", ["https://a.com"]),
    ],
)
def test_a_link_is_a_url_or_a_known_domain(text: str, found: list[str]) -> None:
    assert [f.value for f in facets(text) if f.feature == "link"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#tag, #two! (#three)", ["tag", "two"]),
        ("\uff03full #日本。 #é\n#nl", ["full", "日本", "é", "nl"]),
        ("#️⃣ #️⃣tag a#b #1 #1a #_ #-a", ["1a", "-a"]),
        (f"#{'é' * 64} #{'x' * 65}", ["é" * 64]),
        ("#a\u200bb #\u200ba #a\u2060", ["a", "a"]),
        ("$aapl $BRK.A $A1 $toolong5 x$abc $ABC\u2019s", ["$AAPL", "$BRK", "$A1", "$ABC"]),
    ],
)
def test_tags_and_cashtags_have_letters(text: str, found: list[str]) -> None:
    assert [f.value for f in facets(text) if f.feature == "tag"] == found


def test_places_are_in_bytes() -> None:
    assert shown("👨‍👩‍👧 é @bob.com \uff03日本 a.com") == [
        ("@bob.com", "bob.com"),
        ("\uff03日本", "日本"),
        ("a.com", "https://a.com"),
    ]


def test_the_first_of_two_that_overlap_is_kept() -> None:
    assert [f.feature for f in facets("#tag(https://a.com)")] == ["tag"]


@given(st.text(st.sampled_from("#@$.a1( \n日é:/\uff03") | st.characters(), max_size=80))
def test_facets_are_in_order_and_apart_and_inside(text: str) -> None:
    found = facets(text)

    assert all(0 <= f.start < f.end <= len(text.encode("utf-8", "surrogatepass")) for f in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert len(shown(text)) == len(found)
