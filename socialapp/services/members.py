"""Becoming the owner, signing in and out, and what people change about themselves."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import col

from socialapp.domain import moments
from socialapp.domain.approval import Rule
from socialapp.domain.checks import AltText
from socialapp.domain.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    Rejected,
    TooMany,
)
from socialapp.domain.people import Member, Right, Role
from socialapp.store import people, photographs
from socialapp.store.channels import add_channel
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import BrowserSession, Membership, Person, SignInTry, Workspace

COOKIE = "socialapp_session"
SESSION_LASTS = timedelta(days=30)
PASSWORD_AT_LEAST = 10
TRIES_PER_PERSON = 10
TRIES_PER_ADDRESS = 30
TRIES_COUNT_FOR = timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's floor
_hashing = ThreadPoolExecutor(2, thread_name_prefix="hashing")
# Verified when the person is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_hex())


@dataclass(frozen=True)
class NewSession:
    """A browser's new cookie: the secret is known to nobody else after this."""

    secret: str
    member: Member


def hash_secret(secret: str) -> str:
    """Return what is kept of a long random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def hash_password(password: str) -> str:
    """Hash a password, in a thread of its own: it takes long."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, _hasher.hash, password)


async def _is_password(password_hash: str, password: str) -> bool:
    verify = partial(_hasher.verify, password_hash or _NOBODY, password)
    try:
        return await asyncio.get_running_loop().run_in_executor(_hashing, verify)
    except (VerificationError, InvalidHashError):
        return False


def check_person(name: str, email: str, password: str) -> None:
    """Raise Rejected with all that is wrong with what somebody says of themselves."""
    problems = []
    if not name.strip() or len(name) > 200:
        problems.append(Problem("name_required", "Say what you are called.", "name"))
    local, at, domain = email.strip().partition("@")
    if not (local and at and domain) or " " in email.strip() or len(email) > 254:
        problems.append(
            Problem("email_invalid", "An e-mail address looks like anna@example.org.", "email")
        )
    if not PASSWORD_AT_LEAST <= len(password) <= 1000:
        message = f"Take a password of at least {PASSWORD_AT_LEAST} characters."
        problems.append(Problem("password_short", message, "password"))
    if problems:
        raise Rejected(*problems)


async def create_owner(
    db: AsyncSession,
    *,
    name: str,
    email: str,
    password: str,
    zone: str,
    workspace: str = "",
    now: datetime,
) -> Member:
    """Make the first visitor the owner, with a workspace and its sandbox channel.

    A workspace without a name is called after its owner. Raises Conflict when somebody was first.
    """
    await people.one_at_a_time(db, "create_owner")
    if await people.has_anyone(db):
        raise Conflict("This app has an owner already. Sign in.", code="has_owner")
    return await create_person(
        db, name=name, email=email, password=password, zone=zone, workspace=workspace, now=now
    )


async def create_person(
    db: AsyncSession,
    *,
    name: str,
    email: str,
    password: str,
    zone: str = "UTC",
    workspace: str = "",
    now: datetime,
) -> Member:
    """Make a person with a workspace of their own."""
    check_person(name, email, password)
    moments.zone_info(zone)
    email = email.strip().lower()
    if await people.person_by_email(db, email):
        raise Conflict(f"There is already somebody with the address {email}.", code="email_taken")
    password_hash = await hash_password(password)
    called = _check_name(workspace) if workspace.strip() else f"{name.strip()}'s workspace"
    own = Workspace(name=called, zone=zone, created_at=now)
    person = Person(email=email, name=name.strip(), password_hash=password_hash, created_at=now)
    db.add_all([own, person])
    await db.flush()
    assert own.id
    assert person.id
    db.add(Membership(person_id=person.id, workspace_id=own.id, role=Role.OWNER, created_at=now))
    await add_channel(db, own.id, provider="sandbox", name="Sandbox", is_default=True, now=now)
    await db.flush()
    member = await people.member(db, person_id=person.id, workspace_id=own.id)
    assert member
    return member


async def sign_in(
    database: Database, *, email: str, password: str, address: str, user_agent: str, now: datetime
) -> NewSession:
    """Open a session. Raises NotSignedIn, the same for a wrong address and a wrong password.

    Takes the database, not a session: the hashing must not hold a transaction open.
    """
    email = email.strip().lower()
    subjects = (f"person:{email}"[:300], f"address:{address}"[:300])
    async with database.transaction() as db:
        await _count_try(db, subjects, now=now)
        person = await people.person_by_email(db, email)
    is_right = await _is_password(person.password_hash if person else "", password)
    if not person or not person.id or not is_right:
        raise NotSignedIn("That e-mail address and password do not fit.", code="wrong_password")
    async with database.transaction() as db:
        for subject in subjects:
            await people.forget_tries(db, subject=subject)
        return await open_session(db, person.id, user_agent=user_agent, now=now)


async def _count_try(db: AsyncSession, subjects: tuple[str, str], *, now: datetime) -> None:
    """Count a try before it is judged, so that many at once cannot slip through."""
    since = now - TRIES_COUNT_FOR
    await people.forget_tries(db, before=since)
    for subject in subjects:
        await people.one_at_a_time(db, subject)
    for subject, limit in zip(subjects, (TRIES_PER_PERSON, TRIES_PER_ADDRESS), strict=True):
        if await people.failed_tries(db, subject, since=since) >= limit:
            minutes = int(TRIES_COUNT_FOR.total_seconds() // 60)
            raise TooMany(
                f"Too many failed sign-ins. Try again in {minutes} minutes.",
                retry_after_s=int(TRIES_COUNT_FOR.total_seconds()),
            )
    db.add_all(SignInTry(subject=subject, at=now) for subject in subjects)


async def open_session(
    db: AsyncSession,
    person_id: int,
    *,
    user_agent: str,
    now: datetime,
    workspace_id: int | None = None,
) -> NewSession:
    """Open a session for a person whose identity is proven; in their first workspace, or this."""
    if workspace_id is None:
        membership = await people.first_workspace(db, person_id)
        if membership is None:
            raise NotAllowed("You are in no workspace any more. Ask its owner to invite you.")
        workspace_id = membership.workspace_id
    secret = secrets.token_urlsafe(32)
    db.add(
        BrowserSession(
            token_hash=hash_secret(secret),
            person_id=person_id,
            workspace_id=workspace_id,
            user_agent=user_agent[:300],
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    member = await people.member(db, person_id=person_id, workspace_id=workspace_id)
    assert member
    return NewSession(secret, member)


async def session_member(db: AsyncSession, secret: str, *, now: datetime) -> people.SignedIn | None:
    """Return who carries the cookie `secret`, or None."""
    if not secret or len(secret) > 100:
        return None
    return await people.signed_in(db, hash_secret(secret), now=now)


async def keep_alive(database: Database, here: people.SignedIn, *, now: datetime) -> None:
    """Give a session that is used more time; writes at most every few minutes."""
    if now - here.seen_at < people.SEEN_EVERY:
        return
    async with database.transaction() as db:
        await people.seen(db, here.session_id, now=now, expires_at=now + SESSION_LASTS)


async def sign_out(db: AsyncSession, secret: str) -> None:
    """End the session of the cookie `secret`."""
    await people.end_sessions(db, col(BrowserSession.token_hash) == hash_secret(secret))


async def revoke_session(db: AsyncSession, by: Member, session_id: int) -> None:
    """End one of the member's own sessions."""
    ended = await people.end_sessions(
        db,
        col(BrowserSession.id) == session_id,
        col(BrowserSession.person_id) == by.person_id,
    )
    if not ended:
        raise NotFound("There is no such session.")


async def change_password(
    database: Database, by: Member, *, old: str, new: str, keep_session: int | None
) -> None:
    """Change the member's password and sign all other browsers out."""
    if by.person_id is None:
        raise NotAllowed("Only a signed-in person can change a password.")
    async with database.reading() as db:
        person = await people.person(db, by.person_id)
    if not person or not await _is_password(person.password_hash, old):
        raise Rejected(Problem("wrong_password", "The old password is not right.", "old"))
    check_person(person.name, person.email, new)
    password_hash = await hash_password(new)
    async with database.transaction() as db:
        fresh = await people.person(db, by.person_id)
        assert fresh
        fresh.password_hash = password_hash
        await people.end_sessions(
            db,
            col(BrowserSession.person_id) == by.person_id,
            col(BrowserSession.id) != (keep_session or 0),
        )


async def change_person(
    db: AsyncSession, by: Member, *, name: str, own_zone: str | None = None
) -> None:
    """Change what the member is called, and in which zone they see times too ("": no other)."""
    person = await people.person(db, by.person_id or 0)
    if not person:
        raise NotAllowed("Only a signed-in person has a name.")
    if not name.strip() or len(name) > 200:
        raise Rejected(Problem("name_required", "Say what you are called.", "name"))
    if own_zone:
        moments.zone_info(own_zone)
    person.name = name.strip()
    if own_zone is not None:
        person.zone = own_zone


def _check_choice(given: str, known: type[StrEnum], field: str) -> None:
    if given not in set(known):
        message = f"Choose one of {', '.join(known)}. Nothing was saved."
        raise Rejected(Problem(f"{field}_unknown", message, field))


def _check_name(name: str) -> str:
    if not name.strip() or len(name) > 100:
        raise Rejected(Problem("name_required", "Give the workspace a name.", "name"))
    return name.strip()


async def _keep_places(db: AsyncSession, workspace: Workspace, is_kept: bool) -> None:
    """Keep where pictures were taken from now on, or forget all that was kept."""
    workspace.keeps_place = is_kept
    if not is_kept:
        await photographs.forget_places(db, workspace.id or 0)


async def update_workspace(
    db: AsyncSession,
    by: Member,
    *,
    name: str | None = None,
    zone: str | None = None,
    missed_after_minutes: int | None = None,
    alt_text_rule: str | None = None,
    approval_rule: str | None = None,
    keeps_place: bool | None = None,
    checklist_hidden: bool | None = None,
) -> None:
    """Change the workspace; posts that are queued keep their instant."""
    more = (name, zone, missed_after_minutes, alt_text_rule, approval_rule, keeps_place)
    if more != (None,) * len(more) and not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can change the workspace.")
    workspace = await people.workspace(db, by.workspace_id)
    if name is not None:
        workspace.name = _check_name(name)
    if zone is not None:
        moments.zone_info(zone)
        workspace.zone = zone
    if missed_after_minutes is not None:
        if not 0 <= missed_after_minutes <= 7 * 24 * 60:
            message = "Take a number of minutes between 0 and a week (10080)."
            raise Rejected(Problem("out_of_range", message, "missed_after_minutes"))
        workspace.missed_after_minutes = missed_after_minutes
    if alt_text_rule is not None:
        _check_choice(alt_text_rule, AltText, "alt_text_rule")
        workspace.alt_text_rule = alt_text_rule
    if approval_rule is not None:
        _check_choice(approval_rule, Rule, "approval_rule")
        workspace.approval_rule = approval_rule
    if keeps_place is not None:
        await _keep_places(db, workspace, keeps_place)
    if checklist_hidden is not None:
        workspace.checklist_hidden = checklist_hidden
    aftermath(db).workspaces.add(by.workspace_id)
