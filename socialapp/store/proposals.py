"""The endpoint that proposes texts to a workspace, its sealed key, and the count of requests."""

from datetime import datetime, timedelta

from socialapp.domain import proposals as rules
from socialapp.store import people
from socialapp.store.secrets import endpoint_purpose
from socialapp.store.session import AsyncSession
from socialapp.store.tables import ProposalEndpoint
from socialapp.store.vault import vault


async def get(db: AsyncSession, workspace_id: int) -> ProposalEndpoint | None:
    """Return what a workspace asks."""
    return await db.get(ProposalEndpoint, workspace_id)


async def to_change(db: AsyncSession, workspace_id: int) -> ProposalEndpoint:
    """Return it, for one transaction at a time; a blank one that is off when there is none."""
    await people.one_at_a_time(db, f"proposals:{workspace_id}")
    found = await db.get(ProposalEndpoint, workspace_id, populate_existing=True)
    return found or ProposalEndpoint(workspace_id=workspace_id)


def sealed(workspace_id: int, key: str) -> str:
    """Return a key as it is kept."""
    # Called a secret, as what may never be read anywhere is.
    return vault().seal({"secret": key}, endpoint_purpose(workspace_id)) if key else ""


def key_of(row: ProposalEndpoint) -> str:
    """Return the key, opened; empty without one. Raises VaultClosed."""
    if not row.sealed:
        return ""
    return str(vault().open(row.sealed, endpoint_purpose(row.workspace_id))["secret"])


async def count(db: AsyncSession, workspace_id: int, *, now: datetime) -> timedelta | None:
    """Count one more request, unless the minute is full: then return how long to wait."""
    row = await to_change(db, workspace_id)
    if full := rules.wait(row.asked, row.counted_from, now=now):
        return full
    if not rules.is_same_minute(row.counted_from, now=now):
        row.counted_from, row.asked = now, 0
    row.asked += 1
    db.add(row)
    await db.flush()
    return None
