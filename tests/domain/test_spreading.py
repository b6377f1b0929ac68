"""Drafts are spread: each a moment of its own, in its hours, so many a day, the same each time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialapp.domain.errors import Rejected
from socialapp.domain.moments import in_zone
from socialapp.domain.spreading import SAME_TEXT_WITHIN, Book, Draft, Full, Known, Span, spread
from socialapp.domain.suggesting import APART, SOON, Suggestion, rate
from tests.domain.test_suggesting import BERLIN, INSTANTS, NOON, POSTS, ZONES

CHANNELS = (1, 2, 3)
DRAFTS = st.lists(
    st.tuples(st.sets(st.sampled_from(CHANNELS), min_size=1), st.sampled_from(["", "a", "b"])),
    min_size=1,
    max_size=14,
).map(lambda some: [Draft(n, tuple(sorted(to)), text) for n, (to, text) in enumerate(some)])
SPANS = st.builds(Span, st.integers(1, 16), st.integers(1, 3), st.integers(0, 12), st.just(20))
PLANNED = st.lists(
    st.tuples(st.sampled_from(CHANNELS), st.timedeltas(timedelta(), timedelta(days=16))),
    max_size=30,
)


def book(zone: str, *planned: tuple[int, datetime], zones: dict[int, str] | None = None) -> Book:
    found = Book(zones or dict.fromkeys(CHANNELS, zone))
    for channel_id, at in planned:
        found.note(channel_id, at)
    return found


def known(
    zone: str, *drafts: Draft, posts: tuple[object, ...] = ()
) -> dict[tuple[int, ...], Known]:
    rated, _ = rate([posts], zone)  # type: ignore[list-item]
    return {draft.channel_ids: Known(rated, zone) for draft in drafts}


def of_one(number: int, *texts: str) -> list[Draft]:
    return [Draft(n, (1,), texts[n] if texts else "") for n in range(number)]


@settings(max_examples=60)
@given(DRAFTS, SPANS, ZONES, INSTANTS, PLANNED, POSTS)
def test_never_two_at_once_never_outside_the_hours_never_too_many_a_day(
    drafts: list[Draft],
    span: Span,
    zone: str,
    now: datetime,
    planned: list[tuple[int, timedelta]],
    posts: list[object],
) -> None:
    there = [(channel_id, now + away) for channel_id, away in planned]
    about = known(zone, *drafts, posts=tuple(posts))

    found = spread(drafts, span, about, book(zone, *there), now=now)

    assert set(found) == {draft.key for draft in drafts}
    for channel_id in CHANNELS:
        taken = [at for key, at in there if key == channel_id]
        mine = [d for d in drafts if channel_id in d.channel_ids]
        given_ = [one.at for d in mine if isinstance(one := found[d.key], Suggestion)]
        for at in given_:
            assert now + SOON <= at <= now + timedelta(days=span.days)
            assert span.first_hour <= in_zone(at, zone).hour <= span.last_hour
            assert all(abs(at - other) >= APART for other in taken)
        assert all(two - one >= APART for one, two in pairwise(sorted(given_)))
        before = Counter(in_zone(at, zone).date() for at in taken)
        for day, number in Counter(in_zone(at, zone).date() for at in given_).items():
            assert before[day] + number <= span.per_day
    for text in ("a", "b"):
        some = sorted(
            one.at for d in drafts if d.text == text and isinstance(one := found[d.key], Suggestion)
        )
        assert all(two - one > SAME_TEXT_WITHIN for one, two in pairwise(some))
    assert spread(drafts, span, about, book(zone, *there), now=now) == found


def test_days_that_have_fewer_posts_come_first_and_drafts_keep_their_order() -> None:
    drafts = of_one(9)

    found = spread(drafts, Span(per_day=2), known(BERLIN, *drafts), book(BERLIN), now=NOON)

    ats = [one.at for one in found.values() if isinstance(one, Suggestion)]
    assert len(ats) == 9
    assert ats == sorted(ats)
    days = Counter(in_zone(at, BERLIN).date() for at in ats)
    assert len(days) >= 7
    assert max(days.values()) == 2


def test_what_a_channel_has_anyway_counts_and_a_full_span_says_so() -> None:
    friday = datetime(2027, 5, 14, 5, tzinfo=UTC)
    drafts = of_one(3)
    there = (1, friday + timedelta(hours=1)), (1, friday + timedelta(days=1))

    found = spread(drafts, Span(days=3), known(BERLIN, *drafts), book(BERLIN, *there), now=friday)

    assert isinstance(found[0], Suggestion)
    assert f"{found[0].local:%A}" == "Sunday"
    assert (found[1], found[2]) == (Full.TIMES, Full.TIMES)


def test_the_same_words_wait_for_a_week() -> None:
    drafts = of_one(3, "bread", "bread", "rye")

    short = spread(drafts, Span(per_day=3), known(BERLIN, *drafts), book(BERLIN), now=NOON)
    long = spread(drafts, Span(days=14), known(BERLIN, *drafts), book(BERLIN), now=NOON)

    assert short[1] == Full.TEXT
    first, second = long[0], long[1]
    assert isinstance(first, Suggestion)
    assert isinstance(second, Suggestion)
    assert abs(second.at - first.at) > SAME_TEXT_WITHIN


def test_when_nothing_is_left_for_some_words_it_is_not_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    is_said = Book.is_said

    def counting(self: Book, text: str, at: datetime) -> bool:
        asked.append(at)
        return is_said(self, text, at)

    monkeypatch.setattr(Book, "is_said", counting)
    drafts = of_one(500, *["same"] * 500)
    span = Span(days=60, per_day=12, first_hour=0, last_hour=23)

    found = spread(drafts, span, known(BERLIN, *drafts), book(BERLIN), now=NOON)

    given_ = sum(isinstance(each, Suggestion) for each in found.values())
    assert 1 < given_ < 12
    assert found[499] == Full.TEXT
    assert len(asked) <= (given_ + 1) * 60 * 24


def test_a_channel_that_its_network_has_closed_waits_and_so_does_what_goes_there_too() -> None:
    drafts = [Draft(0, (1, 2)), Draft(1, (2,))]
    there = book(BERLIN)
    there.opens = {1: NOON + timedelta(days=5)}

    found = spread(drafts, Span(), known(BERLIN, *drafts), there, now=NOON)

    both, alone = found[0], found[1]
    assert isinstance(both, Suggestion)
    assert isinstance(alone, Suggestion)
    assert both.at >= NOON + timedelta(days=5)
    assert alone.at < NOON + timedelta(days=5)


@pytest.mark.parametrize(
    ("day", "clocks"),
    [
        (datetime(2027, 3, 27, 22, tzinfo=UTC), ["00:00", "01:00", "03:00"]),  # 02:00 is skipped
        (datetime(2027, 10, 30, 21, tzinfo=UTC), ["00:00", "01:00", "02:00", "03:00"]),
    ],
)
def test_days_on_which_the_clocks_change(day: datetime, clocks: list[str]) -> None:
    drafts = of_one(6)
    span = Span(days=1, per_day=12, first_hour=0, last_hour=3)

    found = spread(drafts, span, known(BERLIN, *drafts), book(BERLIN), now=day)

    given_ = [one for one in found.values() if isinstance(one, Suggestion)]
    assert [f"{each.local:%H:%M}" for each in given_ if each.local.day in (28, 31)] == clocks
    assert all(
        in_zone(each.at, BERLIN).replace(tzinfo=None, fold=0) == each.local for each in given_
    )
    assert all(two.at - one.at >= APART for one, two in pairwise(given_))


def test_days_of_a_channel_are_those_of_its_own_zone() -> None:
    """03:00 in Berlin is 10:00 in Tokyo: both are on one day there, on two days of a third zone."""
    zones = {1: "Asia/Tokyo"}
    drafts = of_one(1)
    at = datetime(2027, 5, 14, 16, tzinfo=UTC)  # the 15th in Tokyo already

    there = book("", (1, at), zones=zones)

    assert there.load([1], at - timedelta(hours=2)) == 0
    assert there.load([1], at + timedelta(hours=10)) == 1
    found = spread(drafts, Span(days=1, last_hour=23), known(BERLIN, *drafts), there, now=at)
    assert found[0] == Full.TIMES or isinstance(found[0], Suggestion)
    if isinstance(found[0], Suggestion):
        assert in_zone(found[0].at, "Asia/Tokyo").day == 16


@pytest.mark.parametrize(
    ("span", "field"),
    [
        (Span(days=0), "days"),
        (Span(days=61), "days"),
        (Span(per_day=0), "per_day"),
        (Span(first_hour=24), "first_hour"),
        (Span(first_hour=12, last_hour=11), "last_hour"),
    ],
)
def test_a_span_in_which_nothing_can_be_is_refused(span: Span, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        span.check()

    assert refused.value.problems[0].field == field
