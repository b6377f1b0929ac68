"""When a network is asked again, how large a series grows, and what is never added up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.results import (
    ENDS_AFTER,
    ENOUGH,
    FIRST,
    LONGEST,
    Measured,
    Metric,
    acts,
    after_gone,
    grouped,
    in_words,
    next_reading,
    step,
)

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40))


@given(AGES)
def test_it_is_asked_again_later_and_less_often_the_older_it_is(age: timedelta) -> None:
    later = next_reading(NOON, now=NOON + age)

    if age >= ENDS_AFTER:
        assert later is None
    else:
        assert later is not None
        wait = later - (NOON + age)
        assert timedelta(0) < wait <= max(FIRST, min(age / 2, LONGEST))
        assert later <= NOON + ENDS_AFTER


def test_a_post_is_asked_about_some_thirty_times_and_never_again() -> None:
    looks, at = 0, NOON
    while (following := next_reading(NOON, now=at)) is not None:
        looks, at = looks + 1, following

    assert at == NOON + ENDS_AFTER
    assert 25 <= looks <= 40


def test_a_post_that_is_said_to_be_newer_than_now_is_asked_about_soon() -> None:
    assert next_reading(NOON + timedelta(hours=1), now=NOON) == NOON + FIRST


@given(AGES)
def test_what_is_gone_is_asked_for_once_more(age: timedelta) -> None:
    now = NOON + age
    first = after_gone(was_gone=False, posted_at=NOON, now=now)

    assert (first is not None) == (age < ENDS_AFTER)
    assert after_gone(was_gone=True, posted_at=NOON, now=now) is None


@given(st.lists(st.floats(min_value=1, max_value=7200), max_size=400))
def test_a_series_stays_small_however_often_it_is_read(gaps: list[float]) -> None:
    kept, at = [NOON], NOON
    for gap in gaps:
        at += timedelta(seconds=gap)
        if len(kept) > 1 and at - kept[-1] < step(NOON, now=at):
            kept.pop()
        kept.append(at)

    assert len(kept) <= 2 * 60 * 24 * 30
    assert all(b > a for a, b in pairwise(kept))


def test_what_is_unknown_is_not_zero() -> None:
    favourites, boosts = Metric("favourites", "favourite", "favourites"), Metric("b", "boost", "b")

    assert in_words({"favourites": 1}, (favourites, boosts)) == "1 favourite"
    assert in_words({"favourites": 1200}, (favourites,)) == "1,200 favourites"
    assert in_words({}, (favourites, boosts)) == ""
    assert acts({}) is None
    assert acts({"favourites": 0}) == 0


@dataclass(frozen=True)
class Tagged(Measured):
    tags: tuple[str, ...] = ()


def test_figures_count_only_what_is_known_and_keep_metrics_apart() -> None:
    posts = [Tagged(NOON, {"likes": n, "replies": 7}, ("a",)) for n in range(ENOUGH)]
    posts += [Tagged(NOON, {"likes": 100}, ("b",)), Tagged(NOON, {}, ("a",))]

    a, b = grouped(posts, lambda post: post.tags)

    assert (a.key, a.posts, b.key, b.posts) == ("a", ENOUGH + 1, "b", 1)
    assert (a.figures["likes"].total, a.figures["likes"].typical) == (10, 2)
    assert (a.figures["replies"].total, a.figures["replies"].known) == (35, ENOUGH)
    assert b.figures["likes"].typical is None
    assert "replies" not in b.figures
