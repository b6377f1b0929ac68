"""The page puts into links what the server puts in."""

from functools import cache

from hypothesis import HealthCheck, given, settings

from socialapp.domain import utm
from socialapp.domain.utm import Links, UtmRule
from tests.domain.test_utm import TEXTS
from tests.ui.browser import in_the_browser

HOSTS = ("example.org",)
ABOUT = [
    {"network": "mastodon", "channel": "@anna@b.social", "campaign": "Süßes & Saures (2) 1.5~!*'-"},
    {"network": "bluesky", "channel": "", "campaign": ""},
    {"network": "x", "channel": "é", "campaign": "👍 50%"},
]
RULES = [
    UtmRule(True),
    UtmRule(True, "{channel}-{network}", "", " {campaign} ", HOSTS),
    UtmRule(True, "", "", "{campaign}{campaign}"),
    UtmRule(False),
]


@cache
def texts() -> list[str]:
    """Many, for one run of node."""
    made: list[str] = []

    @settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def collect(text: str) -> None:
        if text.isascii() or all((c.isprintable() and not c.isspace()) or c in " \n" for c in text):
            made.append(text)

    collect()
    return made


def test_the_page_fills_templates_in_as_the_server_does() -> None:
    asked = [[rule.as_data(), about] for rule in RULES for about in ABOUT]

    found = in_the_browser(
        "given.map(([rule, about]) => utm.linksOf(rule, about, rules.utm))", asked
    )

    said = [utm.links(rule, about) for rule in RULES for about in ABOUT]
    assert [(each["words"], tuple(each["hosts"])) for each in found] == [tuple(s) for s in said]


def test_the_page_shows_the_links_that_are_sent() -> None:
    to = Links("utm_source=x", HOSTS)
    everywhere = Links("utm_source=x&utm_campaign=a%2D")

    for each in (to, everywhere):
        shown = in_the_browser(
            "given[0].map((t) => utm.putIn(t, utm.insertions(counting, rules.utm, t, given[1])))",
            [texts(), each._asdict()],
        )

        assert shown == [utm.put_in(text, utm.insertions(text, each)) for text in texts()]


def test_a_place_in_what_is_sent_leads_back_to_what_was_written() -> None:
    text = "👍 https://a.example/x and https://b.example"
    to = Links("utm_source=x")
    found = utm.insertions(text, to)

    back = in_the_browser(
        "(() => { const f = utm.insertions(counting, rules.utm, given[0], given[1]);"
        " const sent = utm.putIn(given[0], f);"
        " return [...Array(sent.length + 1).keys()].map((p) => utm.origin(f, p)); })()",
        [text, to._asdict()],
    )

    wide = [0, 0, *range(1, len(utm.put_in(text, found)) + 1)]
    expected = [utm.origin(found, place) for place in wide]
    assert back[2:] == [place + 1 if place else 0 for place in expected][2:]
