"""Finding URLs, mentions and tags in a text, as networks find them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import links
from socialapp.domain.patterns import MASTODON_LINKS, TLD, X_LINKS, Links, alternatives
from socialapp.domain.tlds import TLDS

LONG_HOST = "http://" + "あ" * 60 + ".com"


def found(text: str, rules: Links = X_LINKS) -> list[str]:
    return [text[start:end] for start, end in links.urls(text, rules)]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            "see example.com, HTTPS://Example.COM/A and t.co",
            ["example.com", "HTTPS://Example.COM/A", "t.co"],
        ),
        ("これはexample.comです。http://例え.jp/x日本", ["example.com", "http://例え.jp/x"]),
        ("example.com中国語example.org/path한국", ["example.com", "example.org/path"]),
        ("https://☃.net https://xn--n3h.net", ["https://☃.net", "https://xn--n3h.net"]),
        ("☃.net", []),
        ("сайт.рф http://сайт.рф", ["http://сайт.рф"]),
        (
            "http://example.com:8080/a example.com:8080",
            ["http://example.com:8080/a", "example.com"],
        ),
        ("http://a.com?q=1 a.com?q=1 a.com/?q=1", ["http://a.com?q=1", "a.com", "a.com/?q=1"]),
        ("http://a.com/b_(c_(d))) http://a.com/(b", ["http://a.com/b_(c_(d))", "http://a.com/"]),
        ("http://a.com/b. http://a.com/b… http://a.com/b!", ["http://a.com/b"] * 3),
        ("http://a.com. http://a.com… (http://a.com)", ["http://a.com"] * 3),
        ("me@example.com @example.com #example.com $example.com", []),
        ("xhttp://example.com http://http://example.com", ["http://example.com"]),
        ("-example.com _example.com .example.com /example.com", []),
        (
            "http://-a.com http://a-.com http://a_b.com http://b_a.example.com",
            ["http://b_a.example.com"],
        ),
        ("example.com-x example.community example.come example.com+", ["example.community"]),
        ("example.comé", ["example.com"]),
        ("file.txt e.g. 3.14 a..com no-tld", []),
        ("http://t.co/abc/d http://t.co/abc?x=1", ["http://t.co/abc", "http://t.co/abc?x=1"]),
        ("http://t.co/" + "a" * 41, []),
        ("http://example.com/" + "a" * 4077, ["http://example.com/" + "a" * 4077]),
        ("http://example.com/" + "a" * 4078, []),
        (f"http://{'a' * 63}.com http://{'a' * 64}.com", [f"http://{'a' * 63}.com"]),
        (LONG_HOST, []),
        ("http://xn--é.com", ["http://xn--é.com"]),
        ("http://xn--日.com", []),
        ("a\u3000example.com\u00a0b.org\nc.net", ["example.com", "b.org", "c.net"]),
    ],
)
def test_x_finds_urls_with_and_without_a_scheme(text: str, urls: list[str]) -> None:
    assert found(text) == urls


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("example.com", []),
        ("xhttps://example.com 日https://example.com", ["https://example.com"]),
        (
            "https://a.com/日本_(曖昧) https://a.com/ü?ö=ä。",
            ["https://a.com/日本_", "https://a.com/ü?ö=ä。"],
        ),
        ("「https://a.com/x」 <https://a.com/x> https://a.com/x?", ["https://a.com/x"] * 3),
        ("https://a.com/x_(y)", ["https://a.com/x_(y)"]),
        ("https://a.social/@bob", ["https://a.social/@bob"]),
        ("gemini://a.com ftp://a.com", ["gemini://a.com"]),
        ("https://t.co/abc?x=1", ["https://t.co/abc"]),
        ("https://localhost/x https://a.invalidtld", []),
        ("http://a.com/?" + "#x?" * 1400, []),
    ],
)
def test_mastodon_finds_urls_with_a_scheme(text: str, urls: list[str]) -> None:
    assert found(text, MASTODON_LINKS) == urls


@pytest.mark.parametrize("rules", [X_LINKS, MASTODON_LINKS])
@given(text=st.text(st.sampled_from("ab.-_/:@#()日é \n?=&") | st.characters(), max_size=80))
def test_urls_are_in_order_and_apart(rules: Links, text: str) -> None:
    spans = list(links.urls(text, rules))

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert not any(" " in text[start:end] for start, end in spans)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("#tag @bob", [("#tag", "tag"), ("@bob", "mention")]),
        ("(https://a.com/x?y=#z).", [("https://a.com/x?y=#z", "link")]),
        ("@bob@example.social, #2027 #a2", [("@bob@example.social", "mention"), ("#a2", "tag")]),
        ("a@b.com x#y /#z", []),
    ],
)
def test_links_tags_and_mentions_are_marked(text: str, marks: list[tuple[str, str]]) -> None:
    assert [(text[m.start : m.end], m.kind) for m in links.marks(text)] == marks


def test_the_root_zone_is_known() -> None:
    assert {"com", "co", "social", "museum", "рф", "中国"} <= TLDS
    assert not {"txt", "jpg", "test", "xn--p1ai", ""} & TLDS


def test_every_tld_is_recognised_and_nothing_else() -> None:
    assert all(links.compiled(f"^{TLD}$").search(tld) for tld in TLDS)
    assert not links.compiled(f"^{TLD}$").search("comm")


@given(st.sets(st.text(st.sampled_from("abc"), min_size=1, max_size=4), min_size=1), st.text("abc"))
def test_alternatives_match_their_words(words: set[str], other: str) -> None:
    pattern = links.compiled(f"^{alternatives(words)}$")

    assert all(pattern.search(word) for word in words)
    assert bool(pattern.search(other)) == (other in words)
