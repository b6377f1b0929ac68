"""Who has to approve, as a table; and what no approval can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.approval import Rule, is_cleared
from socialapp.domain.delivery import ARROWS, AWAITING, IN_FLIGHT, Status

PEOPLE = st.sets(st.integers(1, 5))


@pytest.mark.parametrize(
    ("rule", "approved_by", "approvers", "cleared"),
    [
        (Rule.NONE, set(), {1, 2}, True),
        (Rule.ONE, set(), {1, 2}, False),
        (Rule.ONE, {9}, {1, 2}, True),
        (Rule.ALL, set(), set(), False),
        (Rule.ALL, {9}, set(), True),
        (Rule.ALL, {9}, {1, 2}, False),
        (Rule.ALL, {1}, {1, 2}, False),
        (Rule.ALL, {1, 2}, {1, 2}, True),
        (Rule.ALL, {1, 2, 9}, {1, 2}, True),
    ],
)
def test_who_has_to_approve(
    rule: Rule, approved_by: set[int], approvers: set[int], cleared: bool
) -> None:
    said = is_cleared(rule, approved_by=approved_by, approvers=approvers, has_any=bool(approved_by))

    assert said is cleared


@given(PEOPLE, PEOPLE)
def test_all_is_never_easier_than_one(approved_by: set[int], approvers: set[int]) -> None:
    asked = {"approved_by": approved_by, "approvers": approvers, "has_any": bool(approved_by)}

    assert not is_cleared(Rule.ALL, **asked) or is_cleared(Rule.ONE, **asked)


@given(PEOPLE, PEOPLE, PEOPLE)
def test_more_approvals_never_take_one_away(
    some: set[int], more: set[int], approvers: set[int]
) -> None:
    both = some | more
    for rule in Rule:
        before = is_cleared(rule, approved_by=some, approvers=approvers, has_any=bool(some))
        after = is_cleared(rule, approved_by=both, approvers=approvers, has_any=bool(both))
        assert after or not before


def test_no_worker_takes_what_waits_for_approval() -> None:
    takes = {Status.CLAIMED, Status.PREPARING, Status.READY, *IN_FLIGHT, Status.POSTED}

    for status in AWAITING:
        assert not ARROWS[status] & takes
