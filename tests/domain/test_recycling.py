"""Recycling: how posts stand among those of their channel, and which of them a rule finds."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialapp.domain.errors import Rejected
from socialapp.domain.recycling import (
    ENOUGH,
    Measure,
    Rule,
    Seen,
    choose,
    is_among_best,
    metric_of,
    not_enough,
    standings,
)
from socialapp.domain.results import Metric

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ANY_AGE = {"from_days": 7, "to_days": 3650}


def seen(number: int, likes: int, *, channel: int = 1, days: float = 60) -> Seen:
    return Seen(number, channel, NOW - timedelta(days=days), likes)


def test_standings_and_choice_hold_for_any_numbers_also_with_ties() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        most = chance.choice([0, 1, 3, 50])
        posts = [seen(n, chance.randint(0, most)) for n in range(chance.randint(ENOUGH, 60))]
        chance.shuffle(posts)
        percent, least = chance.randint(1, 100), chance.randint(1, 3)
        rule = Rule(best_percent=percent, at_least=least, **ANY_AGE)

        there = standings(posts)
        found = choose([posts], rule, now=NOW)

        for one in there:
            assert one.better_than == sum(p.number < one.seen.number for p in posts)
            assert one.others == len(posts) - 1
        best = [one for one in there if is_among_best(one, percent)]
        assert len(best) <= 1 + percent * (len(posts) - 1) / 100
        worst = min((one.seen.number for one in best), default=most + 1)
        assert {one.seen.number for one in best} == {
            p.number for p in posts if p.number >= worst
        }  # what is alike stands alike, and nothing better is passed over
        assert {one.seen.post_id for one in found} == {
            one.seen.post_id for one in best if one.seen.number >= least
        }
        assert found == choose([posts[::-1]], rule, now=NOW)
        assert [one.seen.number for one in found] == sorted(
            (one.seen.number for one in found), reverse=True
        )


def test_nothing_is_concluded_from_too_few_posts_nor_from_posts_that_are_all_alike() -> None:
    few = [seen(n, n) for n in range(ENOUGH - 1)]
    alike = [seen(n, 9) for n in range(ENOUGH)]

    assert choose([few], Rule(best_percent=100, **ANY_AGE), now=NOW) == []
    assert not_enough(6) == "not enough data: 6 of 20 posts"
    assert not_enough(ENOUGH) == ""
    assert choose([alike], Rule(best_percent=99, **ANY_AGE), now=NOW) == []


def test_a_post_in_several_channels_is_found_once_where_it_stands_best() -> None:
    here = [seen(n, n, channel=1) for n in range(30)]
    there = [seen(n, 100 * (40 - n), channel=2) for n in range(40)]

    found = choose([here, there], Rule(best_percent=100, **ANY_AGE), now=NOW)

    assert sorted(one.seen.post_id for one in found) == list(range(40))
    assert found[0].seen == there[0]
    likes = Metric("likes", "like", "likes")
    assert found[0].words(likes, "Shop") == (
        "4,000 likes within 7 days, better than 39 of 39 other posts of Shop"
    )


@pytest.mark.parametrize(
    ("days", "is_found"), [(29.9, False), (30, True), (90, True), (90.1, False)]
)
def test_only_posts_of_the_right_age_are_found(days: float, is_found: bool) -> None:
    posts = [seen(n, 0) for n in range(ENOUGH)] + [seen(99, 5, days=days)]

    found = choose([posts], Rule(from_days=30, to_days=90), now=NOW)

    assert bool(found) == is_found


def test_each_network_has_its_own_word_and_some_do_not_tell() -> None:
    favourites = Metric("favourites", "favourite", "favourites")

    assert metric_of(Measure.LIKES, [favourites]) == favourites
    assert metric_of(Measure.REPOSTS, [favourites]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"best_percent": 0},
        {"best_percent": 101},
        {"at_least": 0},
        {"from_days": 6},
        {"from_days": 60, "to_days": 59},
        {"to_days": 4000},
        {"per_week": 0},
        {"per_week": 21},
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    Rule().check()
    with pytest.raises(Rejected) as refused:
        Rule(**wrong).check()

    assert refused.value.problems[0].field in wrong
