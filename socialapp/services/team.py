"""The people of a workspace: roles, leaving, invitations, and the way from one to the other."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right, Role
from socialapp.services import members
from socialapp.services.members import NewSession
from socialapp.store import people, team
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Invitation, Membership, Person

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_AT_MOST = 100
"""That can be followed at once, in a workspace."""
SECRET_AT_MOST = 100


def _allow(by: Member) -> None:
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin sees to the people here.")


def _check_manages(by: Member, role: Role) -> None:
    if not by.may_manage(role):
        raise NotAllowed("Only an owner makes, changes and removes owners and admins.")


def read_role(word: str) -> Role:
    """Return the role of that name. Raises Rejected when there is none."""
    try:
        return Role(word)
    except ValueError as error:
        message = f"Choose one of {', '.join(Role)}. Nothing was changed."
        raise Rejected(Problem("role_unknown", message, "role")) from error


async def members_of(db: AsyncSession, by: Member) -> list[tuple[Membership, Person]]:
    """Return the people of the workspace."""
    _allow(by)
    return await team.of_workspace(db, by.workspace_id)


async def change_role(db: AsyncSession, by: Member, person_id: int, role: Role) -> Membership:
    """Give a member another role. Raises Conflict for the last owner."""
    found = await _member(db, by, person_id)
    _check_manages(by, Role(found.role))
    _check_manages(by, role)
    if found.role == Role.OWNER != role:
        await _check_not_last(db, by, "Make somebody else an owner first. Nothing was changed.")
    found.role = role
    aftermath(db).workspaces.add(by.workspace_id)
    return found


async def remove(db: AsyncSession, by: Member, person_id: int) -> None:
    """Take a member out of the workspace; their browsers and links are out of it at once.

    What they wrote stays. Raises Conflict for the last owner.
    """
    found = await _member(db, by, person_id)
    _check_manages(by, Role(found.role))
    if found.role == Role.OWNER:
        await _check_not_last(db, by, "Make somebody else an owner first. Nobody was removed.")
    await team.remove(db, by.workspace_id, person_id)
    aftermath(db).workspaces.add(by.workspace_id)


async def _member(db: AsyncSession, by: Member, person_id: int) -> Membership:
    _allow(by)
    # Two owners who demote each other: the second has to see what the first did.
    await people.one_at_a_time(db, f"team:{by.workspace_id}")
    if by.person_id is not None:
        mine = await team.membership(db, by.workspace_id, by.person_id)
        if mine is None or mine.role != by.role:
            raise NotAllowed("Your role has just changed. Nothing was changed.")
    found = await team.membership(db, by.workspace_id, person_id)
    if found is None:
        raise NotFound("There is no such member.")
    return found


async def _check_not_last(db: AsyncSession, by: Member, advice: str) -> None:
    if await team.owners(db, by.workspace_id) < 2:
        raise Conflict(f"A workspace needs an owner. {advice}", code="last_owner")


async def invite(
    db: AsyncSession, by: Member, *, role: Role, now: datetime
) -> tuple[Invitation, str]:
    """Make an invitation and return it with its secret, which is shown once."""
    _allow(by)
    _check_manages(by, role)
    if len(await team.invitations(db, by.workspace_id, now=now)) >= INVITATIONS_AT_MOST:
        raise Conflict("There are too many open invitations. Revoke some first.")
    secret = secrets.token_urlsafe(32)
    made = Invitation(
        workspace_id=by.workspace_id,
        role=role,
        secret_hash=members.hash_secret(secret),
        created_by=by.person_id,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    db.add(made)
    await db.flush()
    return made, secret


async def invitations_of(db: AsyncSession, by: Member, *, now: datetime) -> list[Invitation]:
    """Return the invitations that can still be followed."""
    _allow(by)
    return await team.invitations(db, by.workspace_id, now=now)


async def revoke(db: AsyncSession, by: Member, invitation_id: int, *, now: datetime) -> None:
    """End an invitation, at once."""
    _allow(by)
    found = await team.revoke(db, by.workspace_id, invitation_id, now=now)
    if found is None:
        raise NotFound("There is no such invitation.")
    _check_manages(by, Role(found.role))


@dataclass(frozen=True)
class Invited:
    """Where an invitation leads."""

    invitation_id: int
    workspace_id: int
    workspace_name: str
    role: Role
    invited_by: str
    expires_at: datetime


async def look(db: AsyncSession, secret: str, *, now: datetime) -> Invited:
    """Return where the link leads. Raises NotFound when it was used, revoked, or is too old."""
    found = None
    if 0 < len(secret) <= SECRET_AT_MOST:
        found = await team.invitation(db, members.hash_secret(secret), now=now)
    if found is None:
        raise NotFound(
            "This invitation was used or revoked, or it is older than a week. Ask for a new one.",
            code="invitation_gone",
        )
    invitation, workspace, maker = found
    return Invited(
        invitation.id or 0,
        invitation.workspace_id,
        workspace.name,
        Role(invitation.role),
        maker.name if maker else "",
        invitation.expires_at,
    )


async def join(
    db: AsyncSession, by: Member, secret: str, *, session_id: int, now: datetime
) -> Member:
    """Follow an invitation as somebody who is signed in; their browser is in it afterwards."""
    if by.person_id is None:
        raise NotAllowed("Only a person can follow an invitation.")
    invited = await look(db, secret, now=now)
    member = await _enter(db, invited, by.person_id, now=now)
    await team.turn_session(db, session_id, invited.workspace_id)
    return member


async def join_as_new(
    database: Database,
    secret: str,
    *,
    name: str,
    email: str,
    password: str,
    user_agent: str,
    now: datetime,
) -> NewSession:
    """Follow an invitation as somebody without an account, who gets one.

    Takes the database, not a session: the hashing must not hold a transaction open.
    """
    async with database.reading() as db:
        await look(db, secret, now=now)
    members.check_person(name, email, password)
    email = email.strip().lower()
    password_hash = await members.hash_password(password)
    async with database.transaction() as db:
        invited = await look(db, secret, now=now)
        await people.one_at_a_time(db, f"email:{email}")
        if await people.person_by_email(db, email):
            message = f"There is already an account of {email}. Sign in, and you join with it."
            raise Conflict(message, code="email_taken")
        person = Person(email=email, name=name.strip(), password_hash=password_hash, created_at=now)
        db.add(person)
        await db.flush()
        await _enter(db, invited, person.id or 0, now=now)
        return await members.open_session(
            db,
            person.id or 0,
            user_agent=user_agent,
            now=now,
            workspace_id=invited.workspace_id,
        )


async def _enter(db: AsyncSession, invited: Invited, person_id: int, *, now: datetime) -> Member:
    await people.one_at_a_time(db, f"team:{invited.workspace_id}")
    if await team.membership(db, invited.workspace_id, person_id):
        raise Conflict(f"You are in {invited.workspace_name} already.", code="member_already")
    if not await team.use_up(db, invited.invitation_id, now=now):
        raise Conflict("Somebody has just used this invitation. Ask for a new one.")
    db.add(
        Membership(
            person_id=person_id,
            workspace_id=invited.workspace_id,
            role=invited.role,
            created_at=now,
        )
    )
    await db.flush()
    aftermath(db).workspaces.add(invited.workspace_id)
    member = await people.member(db, person_id=person_id, workspace_id=invited.workspace_id)
    assert member
    return member


async def switch(db: AsyncSession, by: Member, workspace_id: int, *, session_id: int) -> Member:
    """Let the member's browser be in another of their workspaces."""
    there = await people.member(db, person_id=by.person_id or 0, workspace_id=workspace_id)
    if there is None:
        raise NotFound("There is no such workspace.")
    await team.turn_session(db, session_id, workspace_id)
    return there
