"""Days and times as spreadsheets write them."""

import pytest

from socialapp.domain import sheet_times
from socialapp.domain.errors import Rejected
from socialapp.domain.sheet_times import Order


@pytest.mark.parametrize(
    ("day", "clock", "order", "written"),
    [
        ("2027-05-14 09:00", "", Order.DAY_FIRST, "2027-05-14 09:00"),
        ("2027-05-14T09:00:00+02:00", "", Order.DAY_FIRST, "2027-05-14T09:00:00+02:00"),
        ("2027-05-14", "9:00", Order.DAY_FIRST, "2027-05-14T09:00:00"),
        ("14.05.2027", "9.30", Order.MONTH_FIRST, "2027-05-14T09:30:00"),
        ("4/5/27 17:05:30", "", Order.DAY_FIRST, "2027-05-04T17:05:30"),
        ("4/5/2027", "5:05 PM", Order.MONTH_FIRST, "2027-04-05T17:05:00"),
        ("4/5/2027", "12 a.m.", Order.MONTH_FIRST, "2027-04-05T00:00:00"),
    ],
)
def test_days_and_times_become_iso(day: str, clock: str, order: Order, written: str) -> None:
    assert sheet_times.written(day, clock, order=order) == written


@pytest.mark.parametrize(
    ("day", "clock"),
    [("14.05.2027", ""), ("tomorrow", "9:00"), ("1.1.2027", "9"), ("1.1.2027", "13 pm")],
)
def test_what_could_mean_several_things_is_refused(day: str, clock: str) -> None:
    with pytest.raises(Rejected) as no:
        sheet_times.written(day, clock)

    assert no.value.code == "time_unreadable"
