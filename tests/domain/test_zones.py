"""Every change of the clocks that is known of the coming three years, in every zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from socialapp.domain import moments

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2029, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def offset(at: datetime, zone: str) -> timedelta:
    found = moments.in_zone(at, zone).utcoffset()
    assert found is not None
    return found


def changes(zone: str) -> Iterator[datetime]:
    """The first instants with another offset than the week before."""
    at = START
    while at < END:
        early, late = at, at + timedelta(days=7)
        if offset(early, zone) != offset(late, zone):
            while late - early > SECOND:
                middle = early + (late - early) // 2
                if offset(middle, zone) == offset(early, zone):
                    early = middle
                else:
                    late = middle
            yield late.replace(microsecond=0)
        at += timedelta(days=7)


def test_every_change_of_the_coming_years_is_read_right() -> None:
    seen = 0
    for zone in moments.zone_names():
        for at in changes(zone):
            seen += 1
            before = (at - SECOND).astimezone(moments.zone_info(zone)).replace(tzinfo=None, fold=0)
            after = moments.in_zone(at, zone).replace(tzinfo=None, fold=0)
            step = after - before - SECOND
            if step > timedelta():
                inside = moments.moment(before + SECOND + step / 2, zone)
                assert (inside.at, inside.was_skipped) == (at, True), (zone, at)
            elif step < timedelta():
                inside = moments.moment(after - step / 2, zone)
                assert inside.happens_twice, (zone, at)
                assert inside.at == at - (-step / 2), (zone, at)
            assert moments.moment(before, zone).at <= at - SECOND, (zone, at)

    assert seen > 500
