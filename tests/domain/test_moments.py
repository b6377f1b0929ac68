"""Wall-clock words and UTC instants, over every zone and across every change of the clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import moments
from socialapp.domain.errors import Rejected

ZONES = st.sampled_from(moments.zone_names())
WALLS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - the wall's
DAY = timedelta(days=1)
NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def refusal_of(read: Callable[[], object]) -> str:
    """Return why something was refused, or nothing."""
    try:
        read()
    except Rejected as refusal:
        return refusal.code
    return ""


def wall(at: datetime, zone: str) -> datetime:
    """Return what the clock on the wall shows at an instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@pytest.mark.parametrize(
    ("words", "zone", "at"),
    [
        ("2027-05-14T09:00", "Europe/Berlin", "2027-05-14T07:00"),
        ("2027-05-14", "Europe/Berlin", "2027-05-13T22:00"),
        ("2027-05-14T09:00Z", "Europe/Berlin", "2027-05-14T09:00"),
        ("2027-05-14T09:00+05:30", "Europe/Berlin", "2027-05-14T03:30"),
        (" 2027-05-14 09:00 ", "UTC", "2027-05-14T09:00"),
    ],
)
def test_words_are_read_in_their_offset_or_the_zone(words: str, zone: str, at: str) -> None:
    read = moments.read(words, zone=zone)

    assert (read.at, read.zone) == (utc(at), zone)
    assert read.local == wall(read.at, zone)


@pytest.mark.parametrize(
    ("words", "zone", "at"),
    [
        ("2027-03-28T02:00", "Europe/Berlin", "2027-03-28T01:00"),
        ("2027-03-28T02:59:59", "Europe/Berlin", "2027-03-28T01:00"),
        ("2027-03-14T02:30", "America/New_York", "2027-03-14T07:00"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_a_skipped_time_is_the_first_that_exists(words: str, zone: str, at: str) -> None:
    read = moments.read(words, zone=zone)

    assert (read.at, read.was_skipped, read.happens_twice) == (utc(at), True, False)


@pytest.mark.parametrize(
    ("words", "zone", "at"),
    [
        ("2027-10-31T02:00", "Europe/Berlin", "2027-10-31T00:00"),
        ("2027-10-31T02:59", "Europe/Berlin", "2027-10-31T00:59"),
        ("2027-11-07T01:30", "America/New_York", "2027-11-07T05:30"),
        ("2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45"),
    ],
)
def test_a_time_that_happens_twice_is_the_first(words: str, zone: str, at: str) -> None:
    read = moments.read(words, zone=zone)

    assert (read.at, read.was_skipped, read.happens_twice) == (utc(at), False, True)


@given(local=WALLS, zone=ZONES)
def test_the_wall_shows_what_was_asked_for_unless_it_was_skipped(
    local: datetime, zone: str
) -> None:
    read = moments.moment(local, zone)

    assert read.at.utcoffset() == timedelta(0)
    if read.was_skipped:
        assert wall(read.at, zone) > local
        assert wall(read.at, zone) - local <= DAY + timedelta(hours=1)
    else:
        assert wall(read.at, zone) == local


def changes(zone: str, year: int) -> list[tuple[datetime, timedelta]]:
    """Return the hours in which a zone's clocks change in a year, and by how much."""
    info = ZoneInfo(zone)
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        after = at + timedelta(hours=1)
        jump = after.astimezone(info).utcoffset() - at.astimezone(info).utcoffset()
        if jump:
            found.append((at, jump))
        at = after
    return found


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Africa/Casablanca",
        "America/Santiago",
        "Asia/Tehran",
        "Europe/Dublin",
        "Antarctica/Troll",
    ],
)
@pytest.mark.parametrize("year", [2018, 2027, 2036])
def test_every_minute_around_a_change_is_read_right(zone: str, year: int) -> None:
    for hour, jump in changes(zone, year):
        start = wall(hour, zone) - timedelta(hours=3)
        for minutes in range(0, 9 * 60, 7):
            local = start + timedelta(minutes=minutes)

            read = moments.moment(local, zone)

            assert not read.was_skipped or jump > timedelta(0)
            assert not read.happens_twice or jump < timedelta(0)
            first_after = read.at - timedelta(seconds=1)
            if read.was_skipped:
                assert wall(first_after, zone) < local < wall(read.at, zone)
            elif read.happens_twice:
                assert wall(read.at - jump, zone) == local


@given(local=WALLS, zone=ZONES)
def test_what_is_written_down_is_read_as_the_same_instant(local: datetime, zone: str) -> None:
    at = moments.moment(local, zone).at.replace(microsecond=0)

    assert moments.read(moments.iso(at), zone=zone).at == at


@given(
    st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001
        datetime(2099, 1, 1),  # noqa: DTZ001
        timezones=st.builds(timezone, st.timedeltas(-DAY / 2, DAY / 2)),
    )
)
def test_an_instant_goes_out_in_utc_with_milliseconds(at: datetime) -> None:
    words = moments.iso(at)

    assert len(words) == len("2027-05-14T07:00:00.000Z")
    assert words.endswith("Z")
    assert timedelta(0) <= at - datetime.fromisoformat(words) < timedelta(milliseconds=1)


@given(words=st.text(max_size=80) | st.from_regex(r"[0-9T:+.ZW-]{0,40}"), zone=ZONES)
def test_whatever_is_written_is_read_or_refused(words: str, zone: str) -> None:
    assert refusal_of(lambda: moments.read(words, zone=zone)) in {"", "time_unreadable"}


@given(
    st.datetimes(timezones=st.none() | st.builds(timezone, st.timedeltas(-DAY / 2, DAY / 2))),
    ZONES,
)
def test_any_date_of_any_year_is_read_or_refused(when: datetime, zone: str) -> None:
    words = when.isoformat()

    assert refusal_of(lambda: moments.read(words, zone=zone)) in {"", "time_unreadable"}


@given(st.text(max_size=300))
def test_a_zone_is_known_or_refused(name: str) -> None:
    assert refusal_of(lambda: moments.zone_info(name)) in {"", "zone_unknown"}


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "/etc/passwd", "../UTC", "Europe", "Mars/Olympus", "\0", "\ud800", "x" * 5000],
)
def test_a_name_of_no_zone_is_refused(name: str) -> None:
    with pytest.raises(Rejected) as refusal:
        moments.zone_info(name)

    assert refusal.value.code == "zone_unknown"


def test_every_zone_to_choose_from_can_be_read() -> None:
    for name in moments.zone_names():
        assert moments.zone_info(name).key == name


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=4), "now"),
        (timedelta(seconds=59), "in 59 seconds"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-5), "5 minutes ago"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(days=400), "in 400 days"),
    ],
)
def test_a_distance_is_said_for_a_person(away: timedelta, words: str) -> None:
    assert moments.distance(NOON + away, now=NOON) == words


@pytest.mark.parametrize("seconds", [59.6, 3599.6, 86399.9])
def test_a_distance_is_never_a_full_larger_unit(seconds: float) -> None:
    words = moments.distance(NOON + timedelta(seconds=seconds), now=NOON)

    assert words.split()[1] not in {"60", "24"}


def test_an_instant_is_spoken_with_its_year_when_that_is_another() -> None:
    this_year = moments.spoken(NOON, "Europe/Berlin", now=NOON)
    next_year = moments.spoken(NOON.replace(year=2028), "Europe/Berlin", now=NOON)

    assert this_year == "Fri 14 May, 14:00 Europe/Berlin"
    assert next_year == "Sun 14 May 2028, 14:00 Europe/Berlin"
