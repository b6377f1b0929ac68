"""Weekly slots: the next free one, across clock changes, and never two posts in one."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import moments, slots
from socialapp.domain.errors import Rejected
from socialapp.domain.slots import Slot, WeeklyTime

ZONES = st.sampled_from(moments.zone_names())
TIMES = st.builds(WeeklyTime, st.integers(0, 6), st.integers(0, 1439))
WEEKS = st.sets(TIMES, min_size=1, max_size=12)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def daily(*clocks: str) -> list[WeeklyTime]:
    return [slots.read_time(day, clock) for day in range(7) for clock in clocks]


@given(times=WEEKS, zone=ZONES, after=INSTANTS)
def test_what_comes_is_later_each_time_and_at_one_of_the_times(
    times: set[WeeklyTime], zone: str, after: datetime
) -> None:
    found = list(islice(slots.coming(times, zone, after=after), 30))

    assert found[0].at > after
    assert all(one.at < two.at for one, two in pairwise(found))
    for each in found:
        asked = WeeklyTime(each.local.weekday(), each.local.hour * 60 + each.local.minute)
        assert asked in times
        assert each.at == moments.moment(each.local, zone).at


@given(times=WEEKS, zone=ZONES, after=INSTANTS, count=st.integers(1, 30))
def test_who_asks_again_gets_the_one_after(
    times: set[WeeklyTime], zone: str, after: datetime, count: int
) -> None:
    taken: set[datetime] = set()
    for _ in range(count):
        slot = slots.next_free(times, zone, after=after, taken=taken)
        assert slot
        taken.add(slot.at)

    assert taken == {m.at for m in islice(slots.coming(times, zone, after=after), count)}


def test_ten_thousand_plans_never_share_a_slot() -> None:
    chance = Random(20)
    now = utc("2027-03-01T00:00")
    channels = [
        ([WeeklyTime(chance.randrange(7), chance.randrange(1440)) for _ in range(40)], zone)
        for zone in chance.sample(moments.zone_names(), 10)
    ]
    taken: list[set[datetime]] = [set() for _ in channels]

    for _ in range(10_000):
        number = chance.randrange(len(channels))
        times, zone = channels[number]
        now += timedelta(minutes=chance.randrange(0, 20))
        slot = slots.next_free(times, zone, after=now, taken=taken[number])
        assert slot
        assert slot.at > now
        assert slot.at not in taken[number]
        taken[number].add(slot.at)
        if chance.random() < 0.1:  # somebody changes their mind, and the slot is free again
            taken[number].discard(chance.choice(sorted(taken[number])[-20:]))


@pytest.mark.parametrize(
    ("clocks", "after", "found"),
    [
        # 28 March 2027: the clocks jump from 02:00 to 03:00, two slots become one with 03:00.
        (("02:15", "02:45", "03:00"), "2027-03-28T00:00", ["2027-03-28T01:00", "2027-03-29T00:15"]),
        # 31 October 2027: 02:30 happens twice, and it is the first.
        (("02:30",), "2027-10-31T00:00", ["2027-10-31T00:30", "2027-11-01T01:30"]),
        (("02:30",), "2027-10-31T00:30", ["2027-11-01T01:30"]),
    ],
)
def test_hours_that_clocks_skip_and_repeat(
    clocks: tuple[str, ...], after: str, found: list[str]
) -> None:
    ahead = slots.coming(daily(*clocks), "Europe/Berlin", after=utc(after))

    assert [m.at for m in islice(ahead, len(found))] == [utc(words) for words in found]


def test_without_times_nothing_is_free_and_a_full_plan_says_so() -> None:
    now = utc("2027-05-14T12:00")
    once = [WeeklyTime(0, 540)]
    everything = {m.at for m in slots.coming(once, "UTC", after=now)}

    assert slots.next_free([], "UTC", after=now, taken=()) is None
    assert slots.next_free(once, "UTC", after=now, taken=everything) is None


@given(
    gap=st.integers(1, 3000),
    most=st.integers(0, 60),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_delay_is_whole_minutes_and_ends_before_the_next_slot(
    gap: int, most: int, chance: float
) -> None:
    at = utc("2027-05-14T12:00")
    slot = Slot(at, "UTC", at + timedelta(minutes=gap))

    late = slot.delayed(timedelta(minutes=most), chance=chance) - at

    assert timedelta() <= late <= timedelta(minutes=most)
    assert late < timedelta(minutes=gap)
    assert late.total_seconds() % 60 == 0


@pytest.mark.parametrize(
    "clock", ["", "9", "24:00", "09:60", "09:5", "-1:00", "\u0660\u0669:00", "09:00:00"]
)
def test_what_is_no_time_of_the_day_is_refused(clock: str) -> None:
    with pytest.raises(Rejected):
        slots.read_time(0, clock)


def test_a_time_is_written_as_it_is_read() -> None:
    assert str(slots.read_time(6, "9:05")) == "Sunday 09:05"
    with pytest.raises(Rejected):
        slots.read_time(7, "09:00")


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([], ""),
        (daily("17:00", "09:00"), "Every day 09:00, 17:00"),
        ([*daily("09:00")[:5], slots.read_time(5, "10:15")], "Mon to Fri 09:00; Sat 10:15"),
        ([*daily("09:00")[:2], *daily("09:00")[4:5]], "Mon, Tue 09:00; Fri 09:00"),
    ],
)
def test_a_week_is_said_by_days_that_have_the_same(times: list[WeeklyTime], words: str) -> None:
    assert slots.in_words(reversed(times)) == words
