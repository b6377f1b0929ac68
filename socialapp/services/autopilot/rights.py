"""Who may change what autopilot does."""

from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member, Right


def allow(by: Member) -> None:
    """Raise NotAllowed for those who only look."""
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at Autopilot here, not change it.")
