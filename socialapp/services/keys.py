"""Programs' keys: made, listed, used, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from socialapp.domain.errors import NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import SCOPES, Member, Right
from socialapp.store import people
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import ApiKey

PREFIX = "sa_"
USED_EVERY = timedelta(minutes=1)


async def create(
    db: AsyncSession, by: Member, *, name: str, scopes: list[str], now: datetime
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which is shown once. No scopes: all of them."""
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can make keys.")
    if not name.strip() or len(name) > 100:
        raise Rejected(Problem("name_required", "Say what the key is for.", "name"))
    unknown = set(scopes) - set(SCOPES)
    if unknown:
        message = f"There is no scope {min(unknown)!r}. Choose from {', '.join(SCOPES)}."
        raise Rejected(Problem("scope_unknown", message, "scopes"))
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        workspace_id=by.workspace_id,
        name=name.strip(),
        prefix=secret[:8],
        key_hash=_hash(secret),
        scopes=sorted(set(scopes)) or sorted(SCOPES),
        created_by=by.person_id,
        created_at=now,
    )
    db.add(key)
    await db.flush()
    return key, secret


async def use(database: Database, secret: str, *, now: datetime) -> Member | None:
    """Return who acts with this key, or None; its last use is noted once a minute."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    async with database.reading() as db:
        found = await people.key_member(db, _hash(secret))
    if found is None:
        return None
    member, key_id, last_used_at = found
    if last_used_at is None or now - last_used_at > USED_EVERY:
        async with database.transaction() as db:
            await people.key_used(db, key_id, now=now)
    return member


async def revoke(db: AsyncSession, by: Member, key_id: int, *, now: datetime) -> None:
    """End a key of the workspace, at once."""
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an owner or admin can revoke keys.")
    if not await people.revoke_key(db, by.workspace_id, key_id, now=now):
        raise NotFound("There is no such key.")


def _hash(secret: str) -> str:
    # A fast hash is right here: the secret has 256 bits of chance, nothing can be guessed.
    return hashlib.sha256(secret.encode()).hexdigest()
