"""When those who approve are told again: once a day, and once when the moment is near."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.reminders import EVERY, NEAR, due

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)
FAR = NOON + timedelta(days=30)
LOOK = timedelta(minutes=30)
times = st.integers(min_value=0, max_value=40 * 48).map(lambda n: n * LOOK)


def test_nothing_is_told_within_the_first_day():
    assert due(since=NOON, planned_at=FAR, now=NOON + EVERY - timedelta(seconds=1)) is None


def test_each_day_is_told_by_a_name_of_its_own():
    keys = [due(since=NOON, planned_at=FAR, now=NOON + n * EVERY).key for n in (1, 2, 3)]

    assert len(set(keys)) == 3


def test_a_worker_that_was_away_tells_the_last_day_only():
    (away,) = {
        due(since=NOON, planned_at=FAR, now=NOON + 3 * EVERY + timedelta(hours=h)).key
        for h in (0, 1, 23)
    }

    assert away.endswith(":3")


def test_a_moment_that_is_near_is_told_instead_of_the_day():
    for left in (NEAR, timedelta(minutes=1)):
        found = due(since=NOON, planned_at=FAR, now=FAR - left)
        assert found is not None
        assert found.is_near


def test_another_moment_is_another_telling():
    later = FAR + timedelta(hours=1)

    one = due(since=NOON, planned_at=FAR, now=FAR - NEAR)
    other = due(since=NOON, planned_at=later, now=later - NEAR)
    assert one
    assert other
    assert one.key != other.key


def test_what_was_submitted_when_it_was_near_was_told_just_then():
    assert (
        due(since=FAR - timedelta(hours=1), planned_at=FAR, now=FAR - timedelta(minutes=5)) is None
    )


def test_what_is_late_is_told_no_more():
    assert due(since=NOON, planned_at=FAR, now=FAR) is None
    assert due(since=NOON, planned_at=FAR, now=FAR + 3 * EVERY) is None


@given(since=times, ahead=times)
def test_looking_often_tells_each_day_and_the_end_once(since, ahead):
    begun = NOON + since
    planned = begun + ahead

    told = {
        found.key
        for n in range(ahead // LOOK + 2)
        if (found := due(since=begun, planned_at=planned, now=begun + n * LOOK))
    }

    near = 1 if ahead > NEAR else 0
    days = max(0, -((ahead - NEAR) // -EVERY) - 1) if ahead > NEAR else 0
    assert len(told) == near + days
