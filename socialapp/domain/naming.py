"""The names that people give to what they keep."""

from collections.abc import Iterable

from socialapp.domain.errors import Conflict, Problem, Rejected
from socialapp.domain.text import normalised

NAME_AT_MOST = 100


def named(given: str, *, at_most: int = NAME_AT_MOST) -> str:
    """Return a name as it is kept. Raises Rejected when there is none, or it is too long."""
    name = " ".join(normalised(given).split())
    if not name:
        raise Rejected(Problem("name_required", "Give it a name. Nothing was saved.", "name"))
    if len(name) > at_most:
        message = f"A name has at most {at_most} characters. Nothing was saved."
        raise Rejected(Problem("name_too_long", message, "name"))
    return name


def only(name: str, others: Iterable[str], what: str) -> str:
    """Return a name that none of the others has. Raises Conflict for one that is taken."""
    if name.casefold() in {each.casefold() for each in others}:
        raise Conflict(f"There is a {what} with that name already. Nothing was saved.")
    return name
