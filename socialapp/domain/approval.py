"""When a post may go out that somebody has to approve first."""

from collections.abc import Collection
from enum import StrEnum


class Rule(StrEnum):
    """Who has to approve what people without that right schedule."""

    NONE = "none"
    ONE = "one"
    ALL = "all"


class Said(StrEnum):
    """What an entry beside a post says."""

    COMMENT = "comment"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    LOOKS_GOOD = "looks_good"
    WANTS_CHANGES = "wants_changes"
    """This and the one before: advice from outside, which lets nothing out and holds nothing."""


ADVICE = frozenset({Said.LOOKS_GOOD, Said.WANTS_CHANGES})


def is_cleared(
    rule: Rule, *, approved_by: Collection[int], approvers: Collection[int], has_any: bool
) -> bool:
    """Decide whether a revision may go out, by who approved it.

    `approvers` are the members with that role: under ALL each has to approve, and where there is
    none an owner or admin is enough. `has_any`: somebody did, if only a program.
    """
    match rule:
        case Rule.NONE:
            return True
        case Rule.ONE:
            return has_any
        case Rule.ALL:
            return has_any and set(approvers) <= set(approved_by)
