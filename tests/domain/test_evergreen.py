"""What goes round: rested, fair, and the same for the same history."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from socialapp.domain.errors import Rejected
from socialapp.domain.evergreen import Book, Choice, Entry, Rhythm, Why, check_numbers, choose
from socialapp.domain.slots import WeeklyTime

START = datetime(2027, 1, 1, 9)  # noqa: DTZ001 - wall clock
CHANNELS = (1, 2)


def _a_list(chance: random.Random) -> list[Entry]:
    numbers = iter(range(1, 100))
    return [
        Entry(
            number,
            tuple(islice(numbers, chance.randint(1, 3))),
            at_most=chance.choice([None, None, None, 3]),
            until=chance.choice([None, None, START + timedelta(days=40)]),
        )
        for number in range(1, chance.randint(2, 6))
    ]


def _when(chance: random.Random, at: datetime) -> dict[int, datetime]:
    some = CHANNELS if chance.random() < 0.8 else (chance.choice(CHANNELS),)
    return {channel: at + timedelta(minutes=chance.randint(0, 90)) for channel in some}


def _may_go(each: Entry, book: Book, when: dict[int, datetime], rest: int) -> bool:
    return isinstance(choose([each], book, when=when, rest_days=rest), Choice)


def _history(seed: int) -> None:
    """Let a random list go round for a while, beside posts by hand, and look at each choice."""
    chance = random.Random(seed)
    entries, rest = _a_list(chance), chance.choice([7, 7, 8, 14])
    book, at = Book(), START
    shown: dict[tuple[int, int], list[datetime]] = {}
    passed_over: set[tuple[int, int]] = set()
    for _ in range(chance.randint(3, 14)):
        at += timedelta(hours=chance.choice([5, 24, 48, 24 * 7]))
        if chance.random() < 0.15:  # somebody says the same by hand, now or later
            place = (chance.choice(chance.choice(entries).wordings), chance.choice(CHANNELS))
            by_hand = at + timedelta(days=chance.randint(0, 9))
            book.uses.setdefault(place, []).append(by_hand)
            shown.setdefault(place, []).append(by_hand)
        if chance.random() < 0.05:
            entries = entries[1:] or entries
        when = _when(chance, at)
        could = {each.id for each in entries if _may_go(each, book, when, rest)}
        mine = choose(entries, book, when=when, rest_days=rest)
        assert mine == choose(entries[::-1], book, when=when, rest_days=rest)
        if not isinstance(mine, Choice):
            assert not could
            continue
        assert mine.entry_id in could
        for channel, then in when.items():
            for before in shown.get((mine.wording_id, channel), []):
                assert abs(then - before) >= timedelta(days=rest)
            shown.setdefault((mine.wording_id, channel), []).append(then)
        _check_fair(mine.entry_id, could, passed_over)
        book.note(mine, when)


def _check_fair(mine: int, could: set[int], passed_over: set[tuple[int, int]]) -> None:
    """Nobody goes twice while another could have gone both times, and did not: fair within 1."""
    for pair in [p for p in passed_over if p[1] == mine or p[1] not in could]:
        passed_over.remove(pair)
    for other in could - {mine}:
        assert (mine, other) not in passed_over
        passed_over.add((mine, other))


def test_in_10_000_histories_no_wording_comes_too_soon_and_none_is_passed_over_twice() -> None:
    for seed in range(10_000):
        _history(seed)


def test_it_goes_round_in_order_and_each_wording_in_its_turn() -> None:
    entries, book, said = [Entry(1, (11, 12)), Entry(2, (21,)), Entry(3, (31,))], Book(), []
    for week in range(6):
        when = {1: START + timedelta(weeks=week)}
        mine = choose(entries, book, when=when, rest_days=7)
        assert isinstance(mine, Choice)
        book.note(mine, when)
        said.append((mine.wording_id, mine.why))

    assert [wording for wording, _ in said] == [11, 21, 31, 12, 21, 31]
    assert said[0][1] == "Not used yet."
    assert said[3][1] == "Longest not used: last on 1 Jan."


def test_why_nothing_goes_out() -> None:
    when = {1: START}
    assert choose([], Book(), when=when, rest_days=7) is Why.EMPTY
    old = Entry(1, (1,), until=START - timedelta(days=1))
    assert choose([old], Book(), when=when, rest_days=7) is Why.DONE
    out = Book(times={1: 2}, uses={(1, 1): [START - timedelta(days=6)]})
    assert choose([Entry(1, (1,))], out, when=when, rest_days=7) is Why.RESTING
    assert choose([Entry(1, (1,), at_most=2)], out, when=when, rest_days=7) is Why.DONE
    assert choose([Entry(1, (1,))], out, when=when, rest_days=7, rounds=2) is Why.DONE
    soon = Book(uses={(1, 1): [START + timedelta(days=7, minutes=30)]})
    late = timedelta(hours=1)
    assert choose([Entry(1, (1,))], soon, when=when, rest_days=7, late=late) is Why.RESTING


def test_when_its_turns_come() -> None:
    after = datetime(2027, 3, 25, 12, tzinfo=UTC)  # Thursday before the clocks change
    own = Rhythm((WeeklyTime(6, 150), WeeklyTime(0, 540)))
    found = [each.at for each in islice(own.coming("Europe/Berlin", start=after, after=after), 3)]
    assert [f"{at:%d %H:%M}" for at in found] == ["28 01:00", "29 07:00", "04 00:30"]
    assert own.spoken("Europe/Berlin") == "Sunday 02:30, Monday 09:00 Europe/Berlin"
    often = Rhythm(per_week=2)
    later = after + timedelta(days=4)
    found = [each.at for each in islice(often.coming("UTC", start=after, after=later), 2)]
    assert found == [after + timedelta(days=3.5), after + timedelta(days=7)]
    for wrong in (Rhythm(), Rhythm((WeeklyTime(0, 0),), 3), Rhythm(per_week=51)):
        with pytest.raises(Rejected):
            wrong.check()
    with pytest.raises(Rejected):
        check_numbers(rest_days=6, rounds=None)
