"""Sources: the words of a post, what is shortened, which items are wanted, when to look again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialapp.domain import counting, sources
from socialapp.domain.content import Capabilities
from socialapp.domain.errors import Rejected
from socialapp.domain.plain import plain
from socialapp.domain.sources import Item

NOW = datetime(2027, 5, 14, 23, 30, tzinfo=UTC)
ITEM = Item("k", "Rye bread", "https://bakery.example.org/rye", "Dark and dense", "Anna", NOW)
ALL = "{title} by {author}, {date}:\n{summary}\n\n{link}"


def test_a_template_is_filled_in_the_zone_of_the_workspace() -> None:
    assert sources.text_of(ALL, ITEM, zone="Europe/Berlin") == (
        "Rye bread by Anna, 15 May 2027:\nDark and dense\n\nhttps://bakery.example.org/rye"
    )


@pytest.mark.parametrize(
    ("year", "zone"), [(1, "America/New_York"), (9999, "Asia/Tokyo")], ids=["zero", "last"]
)
def test_a_date_at_the_end_of_the_calendar_is_no_date(year: int, zone: str) -> None:
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(9999, 12, 31, 23, tzinfo=UTC)

    assert sources.text_of("{title} {date}", replace(ITEM, published_at=edge), zone=zone) == (
        ITEM.title
    )


def test_what_an_item_says_is_never_read_as_a_template() -> None:
    sly = replace(ITEM, title="{summary}{link}")

    assert sources.text_of("{title}", sly, zone="UTC") == "{summary}{link}"


@settings(max_examples=25)
@given(
    title=st.text(max_size=400),
    summary=st.text(max_size=400),
    limit=st.integers(120, 500),
    unit=st.sampled_from(sorted(counting.COUNTERS)),
)
def test_what_is_shortened_fits_and_keeps_its_link(
    title: str, summary: str, limit: int, unit: str
) -> None:
    item = replace(ITEM, title=title, summary=summary)

    text = sources.fitted(ALL, item, Capabilities(text_limit=limit, count=unit), zone="UTC")

    assert item.link in text
    assert counting.count(text, unit) <= limit


def test_a_text_is_cut_at_a_word_the_summary_first() -> None:
    item = replace(ITEM, summary="one two three four " * 20)

    text = sources.fitted(
        "{title}: {summary} {link}", item, Capabilities(text_limit=50, link_length=23), zone="UTC"
    )

    assert text == "Rye bread: one two… https://bakery.example.org/rye"


def test_words_are_whole_words_in_any_case() -> None:
    assert sources.is_wanted(ITEM, ["RYE"], [])
    assert sources.is_wanted(ITEM, ["cake", "dense"], [])
    assert not sources.is_wanted(ITEM, ["den"], [])
    assert not sources.is_wanted(ITEM, ["rye"], ["dark"])
    assert sources.is_wanted(ITEM, [], ["cake"])


def test_html_becomes_what_a_reader_sees() -> None:
    html = "<p>Fresh &amp; <b>warm</b>\nbread</p><script>alert(1)</script><p>From&nbsp;six</p>"

    assert plain(html) == "Fresh & warm bread\n\nFrom six"


def test_each_failure_makes_the_next_look_rarer_and_a_server_is_never_asked_early() -> None:
    waits = [sources.next_look(failures=n, after=None, now=NOW) - NOW for n in range(12)]

    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=15)
    assert waits[-1] == timedelta(days=1)
    long = timedelta(hours=7)
    assert sources.next_look(failures=0, after=long, now=NOW) == NOW + long


@pytest.mark.parametrize("words", ["", "ftp://a.example", "https://me:pw@a.example/", "https:// x"])
def test_what_is_no_address_is_refused(words: str) -> None:
    with pytest.raises(Rejected):
        sources.read_address(words, allow_http=True)


def test_an_address_keeps_its_query_and_its_slash() -> None:
    found = sources.read_address("Bakery.example.org/?feed=rss2&x=1", allow_http=False)

    assert found == "https://bakery.example.org/?feed=rss2&x=1"
    assert sources.read_address("https://a.example/feed/", allow_http=False).endswith("/feed/")
