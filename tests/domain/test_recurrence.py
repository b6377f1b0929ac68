"""Series repeat on the wall clock: in every zone, across clock changes, later each time."""

from datetime import datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import moments, recurrence
from socialapp.domain.errors import Rejected

ZONES = st.sampled_from(moments.zone_names())
STARTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
DAYS = st.lists(st.sampled_from(recurrence.CODES), min_size=1, max_size=7, unique=True)
RULES = st.one_of(
    st.just("FREQ=DAILY"),
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 6), DAYS.map(",".join)),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.sampled_from([1, 15, 28, 31, -1])),
    st.builds(
        "FREQ=MONTHLY;BYDAY={}{}".format,
        st.sampled_from([1, 3, -1]),
        st.sampled_from(recurrence.CODES),
    ),
)


def rule(words: str, zone: str = "Europe/Berlin") -> recurrence.Rule:
    return recurrence.read(words, zone=zone)


def start(words: str) -> datetime:
    return datetime.fromisoformat(words)


@given(words=RULES, first=STARTS, zone=ZONES, count=st.integers(1, 60))
def test_it_comes_later_each_time_at_the_hour_asked_for_and_as_often_as_said(
    words: str, first: datetime, zone: str, count: int
) -> None:
    found = list(recurrence.coming(rule(f"{words};COUNT={count}", zone), first, zone))

    assert all(one.at < two.at for one, two in pairwise(found))
    assert 1 <= len(found) <= count
    for each in found:
        assert each.local.time() == first.time()
        assert each.at == moments.moment(each.local, zone).at
        back = moments.in_zone(each.at, zone).replace(tzinfo=None, fold=0)
        assert back == each.local or each.was_skipped
    # Fewer only where a whole day does not exist, as in Samoa.
    assert len(found) >= count - 1


@given(words=RULES, first=STARTS, zone=ZONES)
def test_what_is_kept_says_the_same_when_it_is_read_again(
    words: str, first: datetime, zone: str
) -> None:
    read = rule(f"{words};UNTIL=20990101T120000", zone)

    again = recurrence.read(str(read), zone=zone)

    assert again == read
    assert list(islice(recurrence.coming(again, first, zone), 5)) == list(
        islice(recurrence.coming(read, first, zone), 5)
    )
    assert recurrence.spoken(again, first, zone).endswith("until 1 January 2099")


@given(words=RULES, first=STARTS)
def test_it_is_what_the_rule_says_of_the_same_days_thousands_of_years_away(
    words: str, first: datetime
) -> None:
    """The trick that bounds the search is right only if the calendar is the same there."""
    from dateutil.rrule import rrulestr

    found = [m.local for m in islice(recurrence.coming(rule(words), first, "UTC"), 40)]

    assert found == list(islice(rrulestr(words, dtstart=first), 40))


def test_a_skipped_hour_moves_on_and_a_doubled_one_is_the_first() -> None:
    spring = list(
        recurrence.coming(rule("FREQ=DAILY;COUNT=3"), start("2027-03-27T02:30"), "Europe/Berlin")
    )
    autumn = list(
        recurrence.coming(rule("FREQ=DAILY;COUNT=3"), start("2027-10-30T02:30"), "Europe/Berlin")
    )

    assert [moments.iso(m.at)[:16] for m in spring] == [
        "2027-03-27T01:30", "2027-03-28T01:00", "2027-03-29T00:30",
    ]  # fmt: skip
    assert [moments.iso(m.at)[:16] for m in autumn] == [
        "2027-10-30T00:30", "2027-10-31T00:30", "2027-11-01T01:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=10", "Every Tuesday at 09:00 Europe/Berlin, 10 times"),
        ("FREQ=WEEKLY", "Every Friday at 09:00 Europe/Berlin"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
         "Every 2 weeks on Monday and Thursday at 09:00 Europe/Berlin"),
        ("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0", "Every day at 09:00 and 17:00 Europe/Berlin"),
        ("FREQ=MONTHLY;BYMONTHDAY=14", "Every month on the 14th at 09:00 Europe/Berlin"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day at 09:00 Europe/Berlin"),
        ("FREQ=MONTHLY;BYDAY=2FR", "Every month on the 2nd Friday at 09:00 Europe/Berlin"),
        ("FREQ=YEARLY;UNTIL=20300514",
         "Every year on the 14th of May at 09:00 Europe/Berlin, until 14 May 2030"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_plain_words(words: str, said: str) -> None:
    assert recurrence.spoken(rule(words), start("2027-05-14T09:00"), "Europe/Berlin") == said


@pytest.mark.parametrize(
    "words",
    [
        *("", "daily", "FREQ=HOURLY", "FREQ=SECONDLY;COUNT=3", "FREQ=DAILY;COUNT=0"),
        *("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;COUNT=2;UNTIL=20270101", "FREQ=DAILY;UNTIL=2027"),
        *("FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYEASTER=1"),
        *("FREQ=MONTHLY;BYMONTH=13", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYSECOND=1"),
        *("RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "FREQ=DAILY;COUNT=99999999999"),
        *("FREQ=DAILY;INTERVAL=٣", "x" * 900),
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,30",
    ],
)  # fmt: skip
def test_what_is_no_rule_of_ours_is_refused_in_words(words: str) -> None:
    with pytest.raises(Rejected):
        rule(words)


def test_a_rule_that_never_happens_ends_soon() -> None:
    assert not list(
        recurrence.coming(
            rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), start("2027-05-14T09:00"), "UTC"
        )
    )


@pytest.mark.parametrize(
    ("words", "is_closer"),
    [
        ("FREQ=DAILY", True),
        ("FREQ=WEEKLY", False),
        ("FREQ=WEEKLY;BYDAY=MO,TU", True),
        ("FREQ=DAILY;COUNT=1", False),
    ],
)
def test_what_repeats_within_days_is_known(words: str, is_closer: bool) -> None:
    found = recurrence.is_closer(
        rule(words), start("2027-03-22T09:00"), "Europe/Berlin", than=timedelta(days=7)
    )

    assert found is is_closer
