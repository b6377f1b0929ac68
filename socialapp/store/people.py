"""People, their places in workspaces, their browsers, and programs' keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, func, update
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from socialapp.domain.people import RIGHTS, Member, Role, rights_of
from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import (
    ApiKey,
    BrowserSession,
    Membership,
    Person,
    SignInTry,
    Workspace,
)

_KEYS: Table = ApiKey.__table__  # type: ignore[attr-defined]
_WORKSPACES: Table = Workspace.__table__  # type: ignore[attr-defined]
SEEN_EVERY = timedelta(minutes=5)
"""How exactly "last seen" is kept: a write for each request would be the app's busiest."""


async def one_at_a_time(db: AsyncSession, what: str) -> None:
    """Wait until no other transaction is at `what`, and let none be at it until this one ends.

    What is counted before it is written needs this. On SQLite writers are alone anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


async def has_anyone(db: AsyncSession) -> bool:
    """Whether the first visitor has been."""
    return bool((await db.execute(select(exists().select_from(Person)))).scalar())


async def person_by_email(db: AsyncSession, email: str) -> Person | None:
    """Return the person with that address; case does not matter."""
    found = await db.execute(select(Person).where(Person.email == email.strip().lower()))
    return found.scalar_one_or_none()


async def person(db: AsyncSession, person_id: int) -> Person | None:
    """Return a person by id; only for the one who is signed in."""
    return await db.get(Person, person_id)


async def first_workspace(db: AsyncSession, person_id: int) -> Membership | None:
    """Return the membership in the workspace a person has been in longest."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id)
        .order_by(col(Membership.created_at))
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


def _member_query() -> Any:
    return (
        select(Membership, Person, Workspace)
        .join(Person, col(Person.id) == Membership.person_id)
        .join(Workspace, col(Workspace.id) == Membership.workspace_id)
    )


def _as_member(membership: Membership, person: Person, workspace: Workspace) -> Member:
    return Member(
        workspace_id=membership.workspace_id,
        zone=workspace.zone,
        rights=RIGHTS[Role(membership.role)],
        person_id=person.id,
        name=person.name,
        email=person.email,
        workspace_name=workspace.name,
        role=Role(membership.role),
        own_zone=person.zone,
    )


async def member(db: AsyncSession, *, person_id: int, workspace_id: int) -> Member | None:
    """Return who a person is in a workspace."""
    query = _member_query().where(
        Membership.person_id == person_id, Membership.workspace_id == workspace_id
    )
    row = (await db.execute(query)).one_or_none()
    return _as_member(*row) if row else None


async def owner(db: AsyncSession) -> Member | None:
    """Return the owner of the oldest workspace: who a terminal on this machine acts for."""
    query = (
        _member_query()
        .where(Membership.role == Role.OWNER)
        .order_by(col(Membership.created_at))
        .limit(1)
    )
    row = (await db.execute(query)).one_or_none()
    return _as_member(*row) if row else None


@dataclass(frozen=True)
class SignedIn:
    """A browser's session and who it belongs to."""

    member: Member
    session_id: int
    seen_at: datetime


async def signed_in(db: AsyncSession, token_hash: str, *, now: datetime) -> SignedIn | None:
    """Return whose browser carries the cookie, or None when it ended or was revoked."""
    query = (
        select(Membership, Person, Workspace, BrowserSession)
        .join(Person, col(Person.id) == Membership.person_id)
        .join(Workspace, col(Workspace.id) == Membership.workspace_id)
        .join(
            BrowserSession,
            (col(BrowserSession.person_id) == Membership.person_id)
            & (col(BrowserSession.workspace_id) == Membership.workspace_id),
        )
        .where(BrowserSession.token_hash == token_hash, BrowserSession.expires_at > now)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    membership, person, workspace, session = row
    return SignedIn(_as_member(membership, person, workspace), session.id or 0, session.seen_at)


async def seen(db: AsyncSession, session_id: int, *, now: datetime, expires_at: datetime) -> None:
    """Note that a browser was here, and give it more time."""
    await db.execute(
        update(BrowserSession)
        .where(col(BrowserSession.id) == session_id)
        .values(seen_at=now, expires_at=expires_at)
    )


async def sessions_of(db: AsyncSession, person_id: int, *, now: datetime) -> list[BrowserSession]:
    """Return where a person is signed in, last seen first."""
    query = (
        select(BrowserSession)
        .where(BrowserSession.person_id == person_id, BrowserSession.expires_at > now)
        .order_by(col(BrowserSession.seen_at).desc())
    )
    return list((await db.execute(query)).scalars())


async def end_sessions(db: AsyncSession, *where: ColumnElement[bool]) -> int:
    """Sign browsers out; `where` says which."""
    return await change(db, delete(BrowserSession).where(*where))


async def failed_tries(db: AsyncSession, subject: str, *, since: datetime) -> int:
    """Count failed sign-ins of a person or an address."""
    query = select(func.count()).where(SignInTry.subject == subject, SignInTry.at > since)
    return int((await db.execute(query)).scalar_one())


async def forget_tries(
    db: AsyncSession, *, before: datetime | None = None, subject: str = ""
) -> None:
    """Forget failed sign-ins that no longer count."""
    query = delete(SignInTry)
    if before:
        query = query.where(col(SignInTry.at) < before)
    if subject:
        query = query.where(col(SignInTry.subject) == subject)
    await db.execute(query)


# Built once and without objects of the session: every request of a program begins with it.
_KEY_MEMBER = (
    select_columns(
        _KEYS.c.id,
        _KEYS.c.workspace_id,
        _KEYS.c.name,
        _KEYS.c.scopes,
        _KEYS.c.last_used_at,
        _WORKSPACES.c.zone,
        _WORKSPACES.c.name.label("workspace_name"),
    )
    .join(_WORKSPACES, _WORKSPACES.c.id == _KEYS.c.workspace_id)
    .where(_KEYS.c.key_hash == bindparam("key_hash"), _KEYS.c.revoked_at.is_(None))
)


async def key_member(db: AsyncSession, key_hash: str) -> tuple[Member, int, datetime | None] | None:
    """Return who a program with this key acts as, the key's id, and when it was last used."""
    row = (await db.execute(_KEY_MEMBER, {"key_hash": key_hash})).one_or_none()
    if row is None:
        return None
    acting = Member(
        workspace_id=row.workspace_id,
        zone=row.zone,
        rights=rights_of(row.scopes),
        name=row.name,
        workspace_name=row.workspace_name,
        key_id=row.id,
    )
    return acting, row.id, row.last_used_at


async def key_used(db: AsyncSession, key_id: int, *, now: datetime) -> None:
    """Note when a key was last used."""
    await db.execute(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=now))


async def keys_of(db: AsyncSession, workspace_id: int) -> list[ApiKey]:
    """Return the keys of a workspace that still work, newest first."""
    query = (
        select(ApiKey)
        .where(ApiKey.workspace_id == workspace_id, col(ApiKey.revoked_at).is_(None))
        .order_by(col(ApiKey.id).desc())
    )
    return list((await db.execute(query)).scalars())


async def revoke_key(db: AsyncSession, workspace_id: int, key_id: int, *, now: datetime) -> bool:
    """End a key; False when the workspace has none with that id."""
    done = await change(
        db,
        update(ApiKey)
        .where(col(ApiKey.id) == key_id, col(ApiKey.workspace_id) == workspace_id)
        .where(col(ApiKey.revoked_at).is_(None))
        .values(revoked_at=now),
    )
    return bool(done)


async def workspace(db: AsyncSession, workspace_id: int) -> Workspace:
    """Return a workspace that a member is in."""
    return (await db.execute(select(Workspace).where(Workspace.id == workspace_id))).scalar_one()


async def keep_workspace(db: AsyncSession, workspace_id: int) -> Workspace:
    """Return a workspace that nobody pauses or resumes until the commit: many may keep it."""
    return await _locked_workspace(db, workspace_id, read=True)


async def lock_workspace(db: AsyncSession, workspace_id: int) -> Workspace:
    """Return a workspace for whoever pauses or resumes it, or a channel of it: one at a time.

    Taken before anything else, so that no two wait for each other.
    """
    return await _locked_workspace(db, workspace_id, read=False)


async def _locked_workspace(db: AsyncSession, workspace_id: int, *, read: bool) -> Workspace:
    query = select(Workspace).where(Workspace.id == workspace_id)
    query = query.with_for_update(read=read, key_share=not read)
    # Read again: what this session knows may be from before the wait.
    found = await db.execute(query.execution_options(populate_existing=True))
    return found.scalar_one()


async def paused_workspaces(db: AsyncSession) -> list[str]:
    """Return the names of the workspaces that are paused, for the operator."""
    query = select(Workspace.name).where(col(Workspace.is_paused)).order_by(Workspace.name)
    return list((await db.execute(query)).scalars())


async def workspace_ids(db: AsyncSession) -> list[int]:
    """Return every workspace of the installation."""
    return [i for i in (await db.execute(select(col(Workspace.id)))).scalars() if i]
