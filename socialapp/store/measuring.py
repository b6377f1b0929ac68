"""Of what networks are to be asked what people did with it, and what they said."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Table, delete, func, update
from sqlmodel import col, select

from socialapp.domain import results as rules
from socialapp.domain.delivery import Status
from socialapp.domain.results import Measurement
from socialapp.store import bulk, people
from socialapp.store.session import AsyncSession, aftermath, change
from socialapp.store.tables import Channel, Delivery, Result, ResultReading

PER_MINUTE = 120
"""Posts that all workers together ask about."""
PER_CHANNEL = 25
"""Of these at one account: a small part of what any network allows."""
LEASE = timedelta(minutes=25)
"""A worker that has not answered for what it took by then is gone."""
AT_ONCE = 500
_RESULTS: Table = Result.__table__  # type: ignore[attr-defined]
_DELIVERIES: Table = Delivery.__table__  # type: ignore[attr-defined]
_CHANNELS: Table = Channel.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Due:
    """A post of which its network is asked now."""

    delivery_id: int
    workspace_id: int
    channel_id: int
    provider: str
    posted_at: datetime
    is_gone: bool
    posted: Mapping[str, Any]
    """As it stands in `Intent.posted`; of a thread its first part."""

    @property
    def remote_id(self) -> str:
        """The network's own id of it."""
        return str(self.posted["remote_id"])


async def has_work(
    db: AsyncSession, providers: Collection[str], *, since: datetime, now: datetime
) -> bool:
    """Whether there is something to enrol or to ask: only then somebody has to write."""
    due = select(col(Result.delivery_id)).where(col(Result.due_at) <= now).limit(1)
    if (await db.execute(due)).first() is not None:
        return True
    return (
        await db.execute(_unknown(providers, since=since, now=now).limit(1))
    ).first() is not None


def _unknown(providers: Collection[str], *, since: datetime, now: datetime) -> Select[Any]:
    """Return what went out and is not enrolled yet.

    What has no id at its network, for a person said that it is there, cannot be asked for.
    """
    sent, at, known = _DELIVERIES.c, _CHANNELS.c, _RESULTS.c
    return (
        _DELIVERIES.join(_CHANNELS, at.id == sent.channel_id)
        .outerjoin(_RESULTS, known.delivery_id == sent.id)
        .select()
        .with_only_columns(sent.id, sent.workspace_id, sent.channel_id, at.provider, sent.posted_at)
        .where(sent.status == Status.POSTED.value, sent.due_at > since)
        .where(sent.posted_at > now - rules.ENDS_AFTER, sent.remote_id != "")
        .where(at.provider.in_(providers), at.removed_at.is_(None), known.delivery_id.is_(None))
    )


async def enrol(
    db: AsyncSession, providers: Collection[str], *, since: datetime, now: datetime
) -> int:
    """Have what went out at these networks asked about; `since`: what was settled before is known.

    Again is harmless.
    """
    query = _unknown(providers, since=since, now=now).limit(AT_ONCE)
    new: list[dict[str, Any]] = [
        {
            "delivery_id": delivery_id,
            "workspace_id": workspace_id,
            "channel_id": channel_id,
            "provider": provider,
            "posted_at": posted_at,
            "due_at": posted_at + rules.FIRST,
            "counts": {},
            "trouble": "",
        }
        for delivery_id, workspace_id, channel_id, provider, posted_at in await db.execute(query)
    ]
    made = await bulk.insert_new(db, _RESULTS, new, returning=_RESULTS.c.delivery_id)
    return len(made)


async def claim(db: AsyncSession, providers: Collection[str], *, now: datetime) -> list[Due]:
    """Take what is due, as much as a minute has room for; nobody else gets it for a while."""
    await people.one_at_a_time(db, "results")
    lately = (
        select(col(Result.channel_id), func.count())
        .where(col(Result.asked_at) > now - timedelta(minutes=1))
        .group_by(col(Result.channel_id))
    )
    spent: Counter[int] = Counter()
    for channel_id, number in (await db.execute(lately)).all():
        spent[channel_id] = number
    full = [channel_id for channel_id, n in spent.items() if n >= PER_CHANNEL]
    due = (
        select(Result, Delivery)
        .join(Delivery, col(Delivery.id) == Result.delivery_id)
        .where(col(Result.due_at) <= now, col(Result.provider).in_(providers))
        .where(col(Result.channel_id).not_in(full))
        .order_by(col(Result.due_at))
        .limit(PER_MINUTE)
    )
    taken: list[Due] = []
    room = PER_MINUTE - spent.total()
    for result, delivery in (await db.execute(due)).all():
        if len(taken) < room and spent[result.channel_id] < PER_CHANNEL:
            spent[result.channel_id] += 1
            taken.append(_due(result, delivery))
    if taken:
        values = {"asked_at": now, "due_at": now + LEASE}
        ids = [each.delivery_id for each in taken]
        await change(db, update(Result).where(col(Result.delivery_id).in_(ids)).values(values))
    return taken


def _due(result: Result, delivery: Delivery) -> Due:
    alone = {"remote_id": delivery.remote_id, "url": delivery.url, "kept": {}}
    return Due(
        delivery_id=result.delivery_id,
        workspace_id=result.workspace_id,
        channel_id=result.channel_id,
        provider=result.provider,
        posted_at=result.posted_at,
        is_gone=result.gone_at is not None,
        posted=delivery.progress[0] if delivery.progress else alone,
    )


async def record(
    db: AsyncSession, found: Iterable[tuple[Due, Measurement]], *, now: datetime
) -> None:
    """Keep what networks said, and when each is asked again."""
    for due, said in found:
        its = col(Result.delivery_id) == due.delivery_id
        before = (await db.execute(select(Result).where(its))).scalar_one()
        # Of what is gone the last that was counted stays.
        counts = dict(before.counts if said.is_gone else said.counts)
        at = (
            rules.after_gone(was_gone=due.is_gone, posted_at=due.posted_at, now=now)
            if said.is_gone
            else rules.next_reading(due.posted_at, now=now)
        )
        values = {"due_at": at, "read_at": now, "counts": counts, "trouble": ""}
        values["gone_at"] = (before.gone_at or now) if said.is_gone else None
        known = (dict(before.counts), bool(before.gone_at)) if before.read_at else None
        await change(db, update(Result).where(its).values(values))
        if known != (counts, said.is_gone):
            await _add(db, due, counts, is_gone=said.is_gone, now=now)
            aftermath(db).workspaces.add(due.workspace_id)


async def _add(
    db: AsyncSession, due: Due, counts: Mapping[str, int], *, is_gone: bool, now: datetime
) -> None:
    """Add to the series; what was read just before is replaced, but for the first."""
    its = col(ResultReading.delivery_id) == due.delivery_id
    query = select(ResultReading).where(its).order_by(col(ResultReading.read_at).desc()).limit(2)
    before = list((await db.execute(query)).scalars())
    if len(before) == 2 and now - before[0].read_at < rules.step(due.posted_at, now=now):
        await change(db, delete(ResultReading).where(col(ResultReading.id) == before[0].id))
    entry = ResultReading(
        workspace_id=due.workspace_id,
        delivery_id=due.delivery_id,
        read_at=now,
        counts=dict(counts),
        is_gone=is_gone,
    )
    db.add(entry)
    await db.flush()


async def channels_of(db: AsyncSession, channel_ids: Iterable[int]) -> dict[int, Channel]:
    """Return channels, whosever they are, also removed ones."""
    query = select(Channel).where(col(Channel.id).in_(set(channel_ids)))
    return {c.id or 0: c for c in (await db.execute(query)).scalars()}


async def put_off(
    db: AsyncSession, channel_id: int, until: datetime, *, why: str = "", of: Iterable[int] = ()
) -> None:
    """Ask about nothing at a channel before `until`; `why` it could not be read, of those."""
    its = col(Result.channel_id) == channel_id
    await change(db, update(Result).where(its, col(Result.due_at) < until).values(due_at=until))
    if ids := list(of):
        await change(db, update(Result).where(col(Result.delivery_id).in_(ids)).values(trouble=why))


async def again(db: AsyncSession, delivery_ids: Iterable[int], until: datetime) -> None:
    """Ask about these again then: the network said nothing of them, neither way."""
    its = col(Result.delivery_id).in_(list(delivery_ids))
    await change(db, update(Result).where(its).values(due_at=until))


async def end(db: AsyncSession, channel_id: int) -> None:
    """Ask about nothing at a channel any more."""
    await change(db, update(Result).where(col(Result.channel_id) == channel_id).values(due_at=None))


async def hasten(db: AsyncSession, channel: Channel, remote_id: str, *, now: datetime) -> None:
    """Ask about a post at once: its network has let us know that something happened."""
    await enrol(db, [channel.provider], since=now - timedelta(hours=1), now=now)
    its = select(col(Delivery.id)).where(
        Delivery.channel_id == channel.id, Delivery.remote_id == remote_id
    )
    mine = col(Result.channel_id) == channel.id, col(Result.delivery_id).in_(its)
    await change(db, update(Result).where(*mine).values(due_at=now))
