"""What the editor says and does of posts that repeat."""

from datetime import datetime
from itertools import islice

from socialapp.clock import utc_now
from socialapp.domain import moments, recurrence
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.services import series_changes
from socialapp.services.series import SHOWN_AHEAD
from socialapp.services.series_changes import Change
from socialapp.store import series
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post


def spoken(repeat: str, at: Moment, *, now: datetime) -> dict[str, str]:
    """Say a rule in words, its next dates, and how far the first is away.

    Raises Rejected when it is none of ours.
    """
    rule, start = recurrence.read(repeat, zone=at.zone), at.local.replace(tzinfo=None)
    coming = list(islice(recurrence.coming(rule, start, at.zone), SHOWN_AHEAD))
    if not coming:
        raise Rejected(Problem("never_happens", "By this rule it never happens.", "repeat"))
    dates = [moments.spoken(each.at, at.zone, now=now) for each in coming]
    return {
        "repeats": recurrence.spoken(rule, start, at.zone),
        "dates": " · ".join(date.removesuffix(f" {at.zone}") for date in dates),
        "words": f"First {dates[0]}",
        "distance": moments.distance(coming[0].at, now=now),
    }


def asked(local: str, zone: str, repeat: str, *, now: datetime) -> dict[str, str]:
    """Say a rule from a wall-clock time on, or what is wrong; with what was asked."""
    question = f"{local[:64]} {zone[:64]} {repeat[:500]}"
    try:
        at = moments.read(local[:64], zone=zone[:64])
        return {"asked": question, "trouble": "", **spoken(repeat[:500], at, now=now)}
    except Rejected as no:
        return {"asked": question, "trouble": no.detail}


def told(planned: int) -> list[str]:
    """Say what has been made of a new series."""
    words = "Its first time is planned" if planned == 1 else f"{planned} times are planned by now"
    return [f"It repeats: {words}; the rest follows. See Series."]


async def spread(db: AsyncSession, by: Member, post: Post, scope: str) -> None:
    """Give what was written of an occurrence to the following ones, or to all to come."""
    if scope not in ("following", "all"):
        return
    mine = await series.occurrence_of(db, by.workspace_id, post.id or 0)
    if mine is None:
        return
    since = mine.nominal_at if scope == "following" else None
    change = Change(post_id=post.id)
    await series_changes.edit(db, by, mine.series_id, change, since=since, now=utc_now())
