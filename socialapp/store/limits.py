"""What networks said that an account, or everybody, may still do."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import col, select

from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, RateLimit


@dataclass(frozen=True)
class Limit:
    """A network's word on one scope: `channel:<id>`, or `network:<provider>:<address>`."""

    scope: str
    closed_until: datetime | None = None
    allowed: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None


def channel(channel_id: int) -> str:
    """Return the scope of one account."""
    return f"channel:{channel_id}"


def network(provider: str, address: str) -> str:
    """Return the scope of everybody at one network."""
    return f"network:{provider}:{address}"


async def learn(db: AsyncSession, said: Sequence[Limit], *, now: datetime) -> None:
    """Keep what was said last of each scope."""
    for limit in sorted({limit.scope: limit for limit in said}.values(), key=lambda x: x.scope):
        await db.merge(RateLimit(**asdict(limit), said_at=now))


async def closed(db: AsyncSession, scopes: Iterable[str], *, now: datetime) -> dict[str, datetime]:
    """Return until when each of the scopes is closed, of those that are."""
    query = select(RateLimit.scope, RateLimit.closed_until).where(
        col(RateLimit.scope).in_(set(scopes)), col(RateLimit.closed_until) > now
    )
    return {scope: until for scope, until in (await db.execute(query)).all() if until}


async def of_channels(
    db: AsyncSession, channels: Iterable[Channel], *, now: datetime
) -> dict[int, Limit]:
    """Return what holds now for each account, of those of which something is known."""
    there = list(channels)
    scopes = {channel(c.id or 0) for c in there} | {network(c.provider, c.address) for c in there}
    query = select(RateLimit).where(col(RateLimit.scope).in_(scopes))
    said = {row.scope: row for row in (await db.execute(query)).scalars()}
    found = {
        c.id or 0: _now(
            said.get(channel(c.id or 0)), said.get(network(c.provider, c.address)), now=now
        )
        for c in there
    }
    return {channel_id: limit for channel_id, limit in found.items() if limit}


def _now(account: RateLimit | None, everybody: RateLimit | None, *, now: datetime) -> Limit | None:
    """Return what is still so: a window that has ended says nothing of the next."""
    ends = [r.closed_until for r in (account, everybody) if r and r.closed_until]
    closed_until = max((end for end in ends if end > now), default=None)
    counts = account if account and account.resets_at and account.resets_at > now else None
    if counts is None:
        return Limit("", closed_until) if closed_until else None
    return Limit(counts.scope, closed_until, counts.allowed, counts.remaining, counts.resets_at)
