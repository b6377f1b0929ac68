"""What networks said that an account, or everybody, may still do."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import col, select

from socialapp.store.session import AsyncSession
from socialapp.store.tables import RateLimit


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


async def of_channels(db: AsyncSession, channel_ids: Iterable[int]) -> dict[int, RateLimit]:
    """Return what is known of each account."""
    scopes = {channel(channel_id): channel_id for channel_id in channel_ids}
    query = select(RateLimit).where(col(RateLimit.scope).in_(scopes))
    return {scopes[row.scope]: row for row in (await db.execute(query)).scalars()}
