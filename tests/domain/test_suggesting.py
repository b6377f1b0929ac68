"""Suggested moments: from results when there are enough, else a guess; always in the zone."""

import random
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from socialapp.domain.moments import in_zone, moment
from socialapp.domain.suggesting import (
    AHEAD,
    APART,
    AT_LEAST,
    HERE_AT_LEAST,
    SOON,
    Basis,
    Hour,
    Seen,
    guess,
    rate,
    suggest,
    weekly,
)

BERLIN = "Europe/Berlin"
NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"])
INSTANTS = st.timedeltas(timedelta(days=-500), timedelta(days=600)).map(lambda away: NOON + away)
POSTS = st.lists(st.builds(Seen, INSTANTS, st.integers(0, 10**6)), max_size=40)


def at(hour: Hour, acts: int, *, weeks_ago: int, zone: str = BERLIN) -> Seen:
    """A post at an hour of the week on the wall clock."""
    day = date(2027, 5, 10) + timedelta(days=hour.weekday, weeks=-weeks_ago)
    local = datetime.combine(day, time(hour.hour))
    return Seen(moment(local, zone).at, acts)


def history(best: Hour) -> list[Seen]:
    """Posts all over the week; those at one hour do three times as well."""
    chance = random.Random(1)
    other = [
        at(Hour(n % 7, 7 + n % 13), chance.randrange(8, 13), weeks_ago=n % 20) for n in range(90)
    ]
    return other + [at(best, chance.randrange(30, 40), weeks_ago=n) for n in range(14)]


def test_the_hour_at_which_a_channel_does_best_is_suggested_with_its_posts() -> None:
    best = Hour(1, 21)

    found = suggest([history(best)], BERLIN, now=NOON)

    (mine,) = [s for s in found.moments if s.rated.hour == best]
    assert f"{mine.local:%A %H:%M}" == "Tuesday 21:00"
    assert (mine.rated.basis, mine.rated.posts) == (Basis.OWN, 14)
    assert found.posts == 104
    assert found.is_enough


def test_one_post_that_went_round_the_world_does_not_make_its_hour_the_best() -> None:
    calm = [s for s in history(Hour(1, 21)) if in_zone(s.posted_at, BERLIN).hour != 3]
    lucky = [at(Hour(2, 3), 10**6, weeks_ago=1), *(at(Hour(2, 3), 9, weeks_ago=n) for n in (2, 3))]

    rated, _ = rate([calm + lucky], BERLIN)

    assert rated[0].hour == Hour(1, 21)
    assert Hour(2, 3) not in {each.hour for each in rated[:20]}


@settings(max_examples=20)
@given(POSTS.filter(lambda posts: len(posts) < AT_LEAST), ZONES)
def test_few_posts_say_nothing_and_it_is_a_guess_that_says_so(posts: list[Seen], zone: str) -> None:
    found = suggest([posts], zone, now=NOON)

    assert found.moments
    assert (found.posts, found.is_enough) == (len(posts), False)
    assert {each.rated.basis for each in found.moments} == {Basis.GUESS}


@settings(max_examples=30)
@given(
    st.lists(POSTS, max_size=3),
    ZONES,
    INSTANTS,
    st.lists(st.timedeltas(timedelta(hours=-2), AHEAD), max_size=40),
    st.integers(1, 8),
)
def test_whatever_is_known_suggestions_are_free_ahead_and_on_days_of_their_own(
    channels: list[list[Seen]], zone: str, now: datetime, planned: list[timedelta], count: int
) -> None:
    taken = [now + away for away in planned]

    found = suggest(channels, zone, taken=taken, count=count, now=now)

    assert len(found.moments) <= count
    assert found.posts == sum(map(len, channels))
    days = [each.local.date() for each in found.moments]
    assert len(set(days)) == len(days)
    assert [each.at for each in found.moments] == sorted(each.at for each in found.moments)
    for each in found.moments:
        assert now + SOON <= each.at <= now + AHEAD
        assert all(abs(each.at - other) >= APART for other in taken)
        local = in_zone(each.at, zone)
        assert local.replace(tzinfo=None, fold=0) == each.local
        assert Hour(local.weekday(), local.hour) == each.rated.hour
        assert each.rated.worth > 0
        assert (each.rated.basis is Basis.OWN) <= (each.rated.posts >= HERE_AT_LEAST)


@settings(max_examples=20)
@given(POSTS)
def test_the_order_of_posts_changes_nothing(posts: list[Seen]) -> None:
    shuffled = random.Random(len(posts)).sample(posts, len(posts))

    assert rate([posts], BERLIN) == rate([shuffled], BERLIN)


@settings(max_examples=20)
@given(st.lists(POSTS, min_size=1, max_size=2), st.integers(2, 9))
def test_a_larger_channel_weighs_no_more_than_a_smaller_one(
    channels: list[list[Seen]], times: int
) -> None:
    """In logarithms many are just so much more: the hours keep their order against one another."""
    loud = [[Seen(s.posted_at, (s.acts + 1) * times - 1) for s in one] for one in channels]

    def worths(rated: list[object]) -> list[float]:
        return [round(getattr(each, "worth", 0.0), 6) for each in rated]

    assert worths([*rate(channels, BERLIN)[0]]) == worths([*rate(loud, BERLIN)[0]])


def test_an_hour_stays_on_the_wall_clock_when_the_clocks_change() -> None:
    saturday = datetime(2027, 3, 27, 12, tzinfo=UTC)  # the clocks go forward on the 28th
    posts = history(Hour(6, 2)) + [at(Hour(5, 2), 30, weeks_ago=n) for n in range(9)]

    found = suggest([posts], BERLIN, now=saturday, count=8)

    assert all(f"{each.local:%d %H}" != "28 02" for each in found.moments)
    assert {in_zone(each.at, BERLIN).hour for each in found.moments} <= {
        each.rated.hour.hour for each in found.moments
    }


def test_what_is_full_is_left_to_the_next_best() -> None:
    free = suggest([], BERLIN, now=NOON).moments
    taken = [each.at for each in free]

    found = suggest([], BERLIN, taken=taken, now=NOON).moments

    assert len(found) == len(free)
    assert not {each.at for each in found} & set(taken)


def test_posting_times_are_spread_over_the_week_and_beside_none_that_are_there() -> None:
    there = [Hour(1, 21)]

    found, posts = weekly(history(Hour(1, 21)), BERLIN, there=there, count=6)

    assert posts == 104
    hours = [each.hour for each in found]
    assert len(set(hours)) == len(hours)
    assert not {Hour(1, 20), Hour(1, 21), Hour(1, 22)} & set(hours)


def test_the_guess_is_modest() -> None:
    worths = [guess(Hour(day, hour)) for day in range(7) for hour in range(24)]

    assert min(worths) == 0
    assert max(worths) < 0.2
