"""Who is in a workspace, and who was invited to it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import col, select

from socialapp.domain.people import Role
from socialapp.store import calendar_feeds, reviews
from socialapp.store.people import end_sessions
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import BrowserSession, Invitation, Membership, Person, Workspace


async def of_workspace(db: AsyncSession, workspace_id: int) -> list[tuple[Membership, Person]]:
    """Return the members, who came first first."""
    query = (
        select(Membership, Person)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.workspace_id == workspace_id)
        .order_by(col(Membership.created_at), col(Membership.person_id))
    )
    return [(membership, person) for membership, person in (await db.execute(query)).all()]


async def roles(db: AsyncSession, workspace_id: int) -> dict[int, str]:
    """Return the role of each member, by the id of the person."""
    query = select(Membership.person_id, Membership.role).where(
        Membership.workspace_id == workspace_id
    )
    return {row.person_id: row.role for row in (await db.execute(query)).all()}


async def workspaces_of(db: AsyncSession, person_id: int) -> list[tuple[int, str]]:
    """Return the ids and names of the workspaces that somebody is in, by name."""
    query = (
        select(Workspace.id, Workspace.name)
        .join(Membership, col(Membership.workspace_id) == Workspace.id)
        .where(Membership.person_id == person_id)
        .order_by(func.lower(Workspace.name), col(Workspace.id))
    )
    return [(workspace_id or 0, name) for workspace_id, name in (await db.execute(query)).all()]


async def membership(db: AsyncSession, workspace_id: int, person_id: int) -> Membership | None:
    """Return a person's place in a workspace, as it is now."""
    query = select(Membership).where(
        Membership.workspace_id == workspace_id, Membership.person_id == person_id
    )
    fresh = query.execution_options(populate_existing=True)
    return (await db.execute(fresh)).scalar_one_or_none()


async def names(db: AsyncSession, workspace_id: int, person_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those who are members, by their ids."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.workspace_id == workspace_id, col(Person.id).in_(set(person_ids)))
    )
    return {person_id or 0: name for person_id, name in (await db.execute(query)).all()}


async def owners(db: AsyncSession, workspace_id: int) -> int:
    """Count the owners."""
    query = select(func.count()).where(
        Membership.workspace_id == workspace_id, Membership.role == Role.OWNER
    )
    return int((await db.execute(query)).scalar_one())


async def remove(db: AsyncSession, workspace_id: int, person_id: int) -> None:
    """End a membership, the browser sessions that were in it, and the links that they made."""
    await end_sessions(
        db,
        col(BrowserSession.person_id) == person_id,
        col(BrowserSession.workspace_id) == workspace_id,
    )
    await change(
        db,
        delete(Membership).where(
            col(Membership.person_id) == person_id, col(Membership.workspace_id) == workspace_id
        ),
    )
    await calendar_feeds.end_of(db, workspace_id, person_id)
    await reviews.end_of(db, workspace_id, person_id)


async def turn_session(db: AsyncSession, session_id: int, workspace_id: int) -> None:
    """Let a browser's session be in another workspace of its person."""
    await db.execute(
        update(BrowserSession)
        .where(col(BrowserSession.id) == session_id)
        .values(workspace_id=workspace_id)
    )


async def invitations(db: AsyncSession, workspace_id: int, *, now: datetime) -> list[Invitation]:
    """Return the invitations that somebody can still follow, newest first."""
    query = (
        select(Invitation)
        .where(Invitation.workspace_id == workspace_id, *_open(now))
        .order_by(col(Invitation.id).desc())
    )
    return list((await db.execute(query)).scalars())


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        col(Invitation.expires_at) > now,
    )


async def invitation(
    db: AsyncSession, secret_hash: str, *, now: datetime
) -> tuple[Invitation, Workspace, Person | None] | None:
    """Return an invitation that can be followed, where it leads, and who made it."""
    query = (
        select(Invitation, Workspace, Person)
        .join(Workspace, col(Workspace.id) == Invitation.workspace_id)
        .outerjoin(Person, col(Person.id) == Invitation.created_by)
        .where(Invitation.secret_hash == secret_hash, *_open(now))
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def use_up(db: AsyncSession, invitation_id: int, *, now: datetime) -> bool:
    """Use an invitation; False when somebody was faster, or it has ended."""
    done = await change(
        db,
        update(Invitation)
        .where(col(Invitation.id) == invitation_id, *_open(now))
        .values(used_at=now),
    )
    return bool(done)


async def revoke(
    db: AsyncSession, workspace_id: int, invitation_id: int, *, now: datetime
) -> Invitation | None:
    """End an invitation of the workspace; None when there is none that can be followed."""
    query = (
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.workspace_id == workspace_id)
        .where(*_open(now))
    )
    found = (await db.execute(query)).scalar_one_or_none()
    if found:
        found.revoked_at = now
    return found
