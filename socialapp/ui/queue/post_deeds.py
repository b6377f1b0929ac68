"""What is done to the posts of picked lines: which posts they are, and what is said of each."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.domain.spreading import Span
from socialapp.services.assigning import How
from socialapp.services.bulk_posts import TAG_AT_MOST, TAGS_AT_MOST, Action, Line, Outcome, Wish
from socialapp.services.spreading import Seen
from socialapp.store import overview, schedules
from socialapp.store.session import AsyncSession
from socialapp.ui.rows import heading

ACTIONS = {str(action): action for action in Action}
SPANS = {7: "7 days", 14: "14 days", 30: "30 days"}
A_DAY = (1, 2, 3, 5)
SPAN: dict[str, tuple[int, ...]] = {
    "days": tuple(SPANS),
    "per_day": A_DAY,
    "first_hour": tuple(range(24)),
    "last_hour": tuple(range(24)),
}
"""What can be chosen of a spread."""
HOW = {How.ADD: "Add", How.REMOVE: "Take away", How.REPLACE: "Replace all by"}
_SHOWN = 60
_TITLE = 90


class LineView(TypedDict):
    """What would become of one of them."""

    key: str
    title: str
    words: str
    is_refused: bool


async def lines_of(
    db: AsyncSession, by: Member, ids: Sequence[int], *, are_drafts: bool
) -> list[Line]:
    """Return the posts of picked lines, the oldest draft or the soonest schedule first."""
    if are_drafts:
        return [Line(each) for each in sorted(ids)]
    found = await schedules.some(db, by.workspace_id, ids)
    found.sort(key=lambda each: (each.scheduled_at, each.id or 0))
    gone = set(ids) - {each.id for each in found}
    return [Line(each.post_id, each.id) for each in found] + [Line(0, each) for each in gone]


def wish(
    question: str,
    how: str,
    channels: Sequence[str],
    tags: str,
    span: Mapping[str, str],
    seen: Mapping[int, Seen] | None,
) -> Wish:
    """Return what was chosen in the dialog."""
    typed = [each.strip() for each in tags.split(",")]
    named = tuple(dict.fromkeys(each for each in typed if each))
    if len(named) > TAGS_AT_MOST or any(len(each) > TAG_AT_MOST for each in named):
        message = f"At most {TAGS_AT_MOST} tags of {TAG_AT_MOST} characters each."
        raise Rejected(Problem("too_many", message, "tags"))
    chosen = Span(**{name: int(value) for name, value in span.items()})
    to = tuple(int(each) for each in channels)
    return Wish(ACTIONS[question], How(how), to, named, chosen, seen)


async def views(
    db: AsyncSession, by: Member, outcomes: Sequence[Outcome]
) -> tuple[list[LineView], str]:
    """Return what is said of each, those that are refused first; and how many are not named.

    What gets a time is in the order of these.
    """
    first = sorted(outcomes, key=_place)[:_SHOWN]
    there = await overview.posts_by_id(db, by.workspace_id, {each.line.post_id for each in first})
    shown = [
        LineView(
            key=f"{each.line.post_id}-{each.line.schedule_id or 0}",
            title=_title(heading(there[each.line.post_id]))
            if each.line.post_id in there
            else "A post that is gone",
            words=each.words or each.detail,
            is_refused=not each.is_done and each.code != "unchanged",
        )
        for each in first
    ]
    rest = len(outcomes) - len(shown)
    return shown, f"And {rest} more." if rest else ""


def _place(outcome: Outcome) -> tuple[bool, float]:
    return outcome.is_done, outcome.time.moment.at.timestamp() if outcome.time else 0.0


def _title(words: str) -> str:
    words = words or "No text"
    return words if len(words) <= _TITLE else words[: _TITLE - 1].rstrip() + "…"
