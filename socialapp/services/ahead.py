"""What makes posts by itself shares: who makes them, and how one is taken back."""

from dataclasses import replace
from datetime import datetime, timedelta

from socialapp.domain.errors import Conflict
from socialapp.domain.people import RIGHTS, Member, Right, Role
from socialapp.services import posts
from socialapp.store import posts as post_rows
from socialapp.store import team
from socialapp.store.session import AsyncSession

AT_ONCE = 50
"""So many are planned ahead at most."""
LOOK_AGAIN = timedelta(minutes=10)
_WORKS = frozenset({Right.READ, Right.WRITE, Right.PUBLISH})


async def maker(db: AsyncSession, workspace_id: int, person_id: int | None, *, zone: str) -> Member:
    """Return who makes the posts: whoever made what they are of, whatever they may do by now.

    But they approve only what they may still approve.
    """
    role = (await team.roles(db, workspace_id)).get(person_id or 0)
    names = await team.names(db, workspace_id, {person_id} if person_id else set())
    approves = RIGHTS[Role(role)] & {Right.APPROVE} if role else frozenset()
    return Member(
        workspace_id=workspace_id,
        zone=zone,
        rights=_WORKS | approves,
        person_id=person_id,
        name=names.get(person_id or 0, ""),
    )


def working(by: Member) -> Member:
    """Return a member who may write too: whoever publishes these makes and drops their posts."""
    return replace(by, rights=by.rights | {Right.WRITE})


async def drop(db: AsyncSession, by: Member, post_id: int, *, now: datetime) -> bool:
    """Put one of their posts in the trash; False when it has just left."""
    if await post_rows.get(db, by.workspace_id, post_id, kind=None) is None:
        return True
    try:
        await posts.delete(db, working(by), post_id, kind=None, now=now)
    except Conflict:
        return False
    return True
