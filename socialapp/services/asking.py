"""Whom a workspace asks for proposals, and whether it may ask just now."""

from datetime import datetime, timedelta

from socialapp.domain import proposals as rules
from socialapp.domain.errors import Conflict, TooMany
from socialapp.domain.people import Member
from socialapp.domain.proposals import Endpoint
from socialapp.store import proposals as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import ProposalEndpoint
from socialapp.store.vault import VaultClosed

_OFF = "Proposals are off in this workspace. Nothing was asked; an admin can turn them on."


def check_sees(endpoint: Endpoint) -> None:
    """Raise Conflict unless it may be shown pictures."""
    if not endpoint.sees_pictures:
        message = "What proposes here may not see pictures. Nothing was asked."
        raise Conflict(message, code="pictures_not_shown")


async def look(db: AsyncSession, by: Member, *, now: datetime) -> Endpoint:
    """Return what would be asked, before pictures are made small for it."""
    endpoint = await _switched_on(db, by)
    row = await rows.get(db, by.workspace_id)
    assert row
    _refuse_if_full(rules.wait(row.asked, row.counted_from, now=now))
    return endpoint


async def counted(db: AsyncSession, by: Member, *, now: datetime) -> Endpoint:
    """Count a request, and return whom it goes to as it is now; what is refused is not counted."""
    await count(db, by, now=now)
    return await _switched_on(db, by)


async def _switched_on(db: AsyncSession, by: Member) -> Endpoint:
    row = await rows.get(db, by.workspace_id)
    if row is None or not row.is_on:
        raise Conflict(_OFF, code="proposals_off")
    return Endpoint(row.url, row.model, key_of(row), row.sees_pictures, row.instruction)


def key_of(row: ProposalEndpoint) -> str:
    """Return the key, opened. Raises Conflict when it was sealed with another one."""
    try:
        return rows.key_of(row)
    except VaultClosed:
        message = "The key was sealed with another one of this server's. Type it again in Settings."
        raise Conflict(message, code="key_closed") from None


async def count(db: AsyncSession, by: Member, *, now: datetime) -> None:
    """Count one more request. Raises TooMany when the minute is full."""
    _refuse_if_full(await rows.count(db, by.workspace_id, now=now))


def _refuse_if_full(wait: timedelta | None) -> None:
    if wait:
        seconds = max(1, round(wait.total_seconds()))
        raise TooMany(
            f"This workspace has asked {rules.A_MINUTE} times within a minute. Nothing was asked;"
            f" try again in {seconds} s.",
            retry_after_s=seconds,
        )
