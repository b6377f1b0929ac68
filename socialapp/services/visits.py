"""Visits to a network: who has gone there and is expected back, once, with what has to be known."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import col, select

from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.providers.contract import Provider, Visit
from socialapp.store import secrets
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Connecting
from socialapp.store.vault import vault

LASTS = timedelta(minutes=30)
_PROOFS = ("code", "oauth_token", "oauth_verifier", "password")


def proofs(came: Mapping[str, str]) -> list[str]:
    """Return what a network gave a person to bring us; not for the eyes of others."""
    return [came[name] for name in _PROOFS if came.get(name)]


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()


async def begin(
    db: AsyncSession,
    by: Member,
    *,
    provider: str,
    way: str,
    visit: Visit,
    state: str,
    back: str,
    channel_id: int | None,
    now: datetime,
) -> None:
    """Expect somebody back with `state`; and nobody any more whose time is over."""
    await db.execute(delete(Connecting).where(col(Connecting.expires_at) < now))
    hashed = _hash(state)
    known = {"keep": dict(visit.keep), "back": back}
    db.add(
        Connecting(
            state_hash=hashed,
            workspace_id=by.workspace_id,
            person_id=by.person_id,
            channel_id=channel_id,
            provider=provider,
            way=way,
            sealed=vault().seal(known, secrets.visit_purpose(hashed)),
            expires_at=now + LASTS,
        )
    )


async def end(
    database: Database, by: Member, state: str, *, provider: str, now: datetime
) -> Connecting:
    """Return the visit and forget it: what comes back twice came once. Raises Rejected.

    `provider`: at whose address they came back, if known; it has to be where they went.
    """
    async with database.transaction() as db:
        query = select(Connecting).where(
            Connecting.state_hash == _hash(state),
            Connecting.workspace_id == by.workspace_id,
            # Of a visit that a program began its workspace is known, and no person.
            or_(col(Connecting.person_id) == by.person_id, col(Connecting.person_id).is_(None)),
            Connecting.expires_at > now,
        )
        gone = (await db.execute(query.with_for_update())).scalar_one_or_none()
        if gone is not None:
            await db.delete(gone)
    if gone is None or provider not in {"", gone.provider}:
        message = "That visit is over, or was somebody else's. Begin again under Channels."
        raise Rejected(Problem("visit_unknown", message, "state"))
    return gone


def known(gone: Connecting) -> dict[str, Any]:
    """Return what had to be known: what the network's adapter wanted to `keep`, and `back`."""
    return vault().open(gone.sealed, secrets.visit_purpose(gone.state_hash))


def check_address(url: str, network: Provider) -> None:
    """Send a browser to pages alone: a server could answer `javascript:`."""
    if not url.startswith(("https://", "http://")):
        message = f"{network.name} named no page to go to. Nothing was changed."
        raise Rejected(Problem("not_connected", message, "way"))


def check_let_in(came: Mapping[str, str], network: Provider) -> None:
    """Stop when the network says that nobody was let in.

    Source: https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1
    """
    error = came.get("error", "")
    if error == "access_denied":
        message = f"{network.name} was told not to let us in. Nothing was changed."
        raise Rejected(Problem("access_denied", message, "way"))
    if error:
        why = came.get("error_description", "") or error
        message = f"{network.name} did not let us in. It said: {why[:300]} Nothing was changed."
        raise Rejected(Problem("not_connected", message, "way"))
