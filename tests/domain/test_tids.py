"""Names of records in the AT Protocol."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import tids
from tests.domain.vectors import each

INSTANTS = st.integers(0, 2**53 - 1)
CLOCKS = st.integers(0, 1023)


@each("bluesky_tid_rkey", "tid")
def test_tids_are_told_from_what_is_none(case: dict[str, Any]) -> None:
    assert tids.is_tid(case["value"]) == case["valid"]


@each("bluesky_tid_rkey", "rkey")
def test_record_keys_are_told_from_what_is_none(case: dict[str, Any]) -> None:
    assert tids.is_record_key(case["value"]) == case["valid"]


@pytest.mark.parametrize("value", ["", "3jzfcijpj2z2a\n", "3JZFCIJPJ2Z2A", "0jzfcijpj2z2a"])
def test_a_tid_has_its_letters_and_no_others(value: str) -> None:
    assert not tids.is_tid(value)


@pytest.mark.parametrize("value", ["", "a\n", "a/b", "ü", "a" * 513])
def test_a_record_key_has_its_letters_and_no_others(value: str) -> None:
    assert not tids.is_record_key(value)


def test_the_first_and_the_last() -> None:
    assert tids.tid(0) == "2222222222222"
    assert tids.tid(2**53 - 1, 1023) == "bzzzzzzzzzzzz"


@given(INSTANTS, CLOCKS)
def test_a_tid_is_valid_and_tells_its_time(microseconds: int, clock_id: int) -> None:
    tid = tids.tid(microseconds, clock_id)

    assert tids.is_tid(tid)
    assert tids.is_record_key(tid)
    assert tids.microseconds(tid) == microseconds


@given(st.lists(st.tuples(INSTANTS, CLOCKS), max_size=20))
def test_tids_sort_as_time_does(instants: list[tuple[int, int]]) -> None:
    made = [tids.tid(*instant) for instant in sorted(instants)]

    assert made == sorted(made)


@pytest.mark.parametrize(("microseconds", "clock_id"), [(-1, 0), (2**53, 0), (0, -1), (0, 1024)])
def test_what_has_no_tid_is_refused(microseconds: int, clock_id: int) -> None:
    with pytest.raises(ValueError, match="no TID"):
        tids.tid(microseconds, clock_id)
