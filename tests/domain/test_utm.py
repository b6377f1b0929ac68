"""UTM parameters: put into links and nowhere else, once, and taken out again without a trace."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import checks, utm
from socialapp.domain.content import Capabilities, Content, Kind, Part
from socialapp.domain.errors import Rejected
from socialapp.domain.utm import Links, UtmRule
from socialapp.services import dry_run

WORDS = "utm_source=sandbox&utm_medium=social"
TO = Links(WORDS)
ON = UtmRule(is_on=True)

LINKS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["https://", "http://"]),
    st.sampled_from(["example.org", "shop.example.org:8080", "Example.COM", "a.b"]),
    st.sampled_from(["", "/", "/a/b-c_d.html", "/a%20b", "/~x/1,2;3", "/a!b@c"]),
    st.sampled_from(["", "?q=1", "?a=1&b=", "?a&b=%26", "?utm=1", "?x=a/b?c"]),
    st.sampled_from(["", "#top", "#", "#a?b&c", "#/route/1"]),
)
TEXTS = st.lists(
    st.one_of(
        LINKS,
        st.text(max_size=6),
        st.sampled_from(
            ["(", ")", ".", "https://", "#tag", "@a@b.c", " ", "\n", "。", "utm_", "?", "&", "'"]
        ),
    ),
    max_size=12,
).map("".join)


@given(TEXTS, st.sampled_from([TO, Links(WORDS, ("example.org",)), Links("utm_campaign=a%2D")]))
def test_what_is_put_in_comes_out_again_and_is_put_in_once(text: str, to: Links) -> None:
    found = utm.insertions(text, to)
    sent = utm.put_in(text, found)

    assert utm.insertions(sent, to) == []
    assert utm.untagged([sent], found) == [text]
    places = [utm.origin(found, place) for place in range(len(sent) + 1)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(text))


@given(LINKS)
def test_the_rest_of_a_link_is_as_it_was(link: str) -> None:
    (sent,) = (utm.put_in(f"See {link} now", utm.insertions(f"See {link} now", TO)).split()[1],)

    before, after = urlsplit(link), urlsplit(sent)
    assert (after.scheme, after.netloc, after.path) == (before.scheme, before.netloc, before.path)
    assert after.fragment == before.fragment
    asked = dict(parse_qsl(after.query, keep_blank_values=True))
    assert after.query.startswith(before.query)
    assert {"utm_source": "sandbox", "utm_medium": "social"}.items() <= asked.items()


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("See https://a.example/x.", f"See https://a.example/x?{WORDS}."),
        ("(https://a.example/x)", f"(https://a.example/x?{WORDS})"),
        ("https://a.example/x?b=1#c", f"https://a.example/x?b=1&{WORDS}#c"),
        ("https://a.example?", f"https://a.example?{WORDS}?"),
        ("[x](https://a.example/x)", f"[x](https://a.example/x?{WORDS})"),
    ],
)
def test_a_link_ends_where_its_readers_think_it_does(text: str, sent: str) -> None:
    assert utm.tagged(Content(text), TO).text == sent


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/?utm_source=mine",
        "https://a.example/?a=1&UTM_campaign=mine#x",
        "https://en.example.org/wiki/Mole_(animal)",
        "https://a.example/日本語",
        "https://日本語.jp/",
        "**https://a.example/x**",
        "https://user:secret@a.example/",
        "xhttps://a.example/",
        "example.org/without-a-scheme",
        "ftp://a.example/",
    ],
)
def test_what_is_not_sure_is_left_alone(text: str) -> None:
    assert utm.insertions(text, TO) == []


def test_only_links_to_the_named_sites_get_them() -> None:
    to = Links(WORDS, ("example.org",))
    text = "https://example.org https://SHOP.example.org/a https://notexample.org https://b.org"

    assert [text[: each.at].rpartition("/")[2] for each in utm.insertions(text, to)] == [
        "example.org",
        "a",
    ]


def test_parts_get_them_and_pages_do_not() -> None:
    post = Content("https://a.example", parts=(Part("https://b.example"),))
    page = Content("https://a.example", kind=Kind.PAGE)

    assert [part.text for part in utm.tagged(post, TO).thread] == [
        f"https://a.example?{WORDS}",
        f"https://b.example?{WORDS}",
    ]
    assert utm.tagged(page, TO) == page


def test_templates_are_filled_in_and_what_is_empty_is_left_out() -> None:
    about = {"network": "mastodon", "channel": "@anna", "campaign": "Summer & sun 1.5-"}

    assert utm.links(ON, about).words == (
        "utm_source=mastodon&utm_medium=social&utm_campaign=Summer%20%26%20sun%201%2E5%2D"
    )
    assert utm.links(ON, {"network": "x"}).words == "utm_source=x&utm_medium=social"
    assert utm.links(UtmRule(), about) == Links()


def test_a_rule_is_kept_as_it_is_meant_or_refused() -> None:
    rule = UtmRule(True, " {network}  x ", "", "", ("https://Shop.Example.org/a?b", "", "b.org"))

    kept = utm.checked(rule)

    assert (kept.source, kept.hosts) == ("{network} x", ("shop.example.org", "b.org"))
    assert UtmRule.read(kept.as_data()) == kept
    for wrong in (
        UtmRule(True, "{nothing}"),
        UtmRule(True, "{network"),
        UtmRule(True, "", "", ""),
        UtmRule(True, hosts=("not a host",)),
        UtmRule(True, "x" * 200),
    ):
        with pytest.raises(Rejected):
            utm.checked(wrong)


def test_a_check_counts_what_is_sent_and_points_at_what_was_written() -> None:
    can = Capabilities(text_limit=80, parts=0)
    written = Content("https://a.example/x " + "word " * 12)
    found = checks.check(utm.tagged(written, TO), can, network="x")
    (problem,) = found.problems

    placed = utm.located(problem, written, TO)

    assert found.count == len(written.text) + len(WORDS) + 1
    assert problem.start is not None
    assert placed.start == problem.start - len(WORDS) - 1
    assert placed.end == len(written.text)
    pieces = dry_run.split(written, TO, [can])
    assert all(checks.check(utm.tagged(Content(p), TO), can, network="x").is_ok for p in pieces)
    assert not any("utm_" in piece for piece in pieces)
