"""What tests of comparisons do again and again: begin one, let its posts go out, look at it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.comparing import Wording
from socialapp.domain.delivery import Status
from socialapp.domain.paired import find
from socialapp.domain.people import Member
from socialapp.services import comparing, comparisons
from socialapp.services.comparing import Seen
from socialapp.services.comparisons import New
from socialapp.services.evergreen_entries import Content
from socialapp.store import comparisons as rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Comparison, Delivery, Result, ResultReading
from tests.services.desk import channel_of

ZONE = "Europe/Berlin"


async def wanted(database: Database, by: Member, *, in_days: int = 2, **more: Any) -> New:
    at = utc_now() + timedelta(days=in_days)
    given = {
        "name": "",
        "a": Content("Fresh bread"),
        "b": Content("Bread, fresh"),
        "channel_ids": ((await channel_of(database, by)).id or 0,),
        "starts": moments.read(f"{at:%Y-%m-%d}T09:00", zone=ZONE),
    }
    return New(**given | more)


async def begin(database: Database, by: Member, **more: Any) -> Comparison:
    new = await wanted(database, by, **more)
    async with database.transaction() as db:
        made, _ = await comparisons.create(db, by, new, now=utc_now())
    return made


async def look(database: Database, of: Comparison, now: datetime) -> int:
    """Let a worker look at a comparison, as if it were later."""
    async with database.transaction() as db:
        await db.execute(update(Comparison).values(look_at=now))
        decided, judged = await comparing.measure(db, of.workspace_id, of.id or 0, now=now)
    if judged is not None:
        async with database.transaction() as db:
            finding = find(judged) if judged else None
            await comparing.end(db, of.workspace_id, of.id or 0, judged, finding, now=now)
    return decided


async def seen(database: Database, of: Comparison) -> Seen:
    async with database.reading() as db:
        found = await rows.get(db, of.workspace_id, of.id or 0)
        assert found
        return (await comparing.seen(db, [found]))[0]


async def sent(
    db: AsyncSession,
    each: comparing.Sent,
    likes: int | None,
    *,
    off: timedelta = timedelta(seconds=2),
    read_after: timedelta = timedelta(days=7, minutes=3),
) -> None:
    """Let a post have gone out in its slot, and its network have told what it came to."""
    at = each.planned_at + off
    query = select(Delivery).where(col(Delivery.schedule_id) == each.schedule_id)
    delivery = (await db.execute(query)).scalar_one()
    delivery.status, delivery.posted_at, delivery.remote_id = Status.POSTED, at, "1"
    same = {"workspace_id": delivery.workspace_id, "delivery_id": delivery.id or 0}
    known: dict[str, Any] = {"provider": "sandbox", "posted_at": at}
    result = Result(**same, channel_id=delivery.channel_id, **known)
    if likes is not None:
        result.counts, result.read_at = {"likes": likes, "reposts": 99}, at + read_after
        early = {"likes": likes // 2}
        db.add(ResultReading(**same, read_at=at + timedelta(days=1), counts=early))
        db.add(ResultReading(**same, read_at=at + read_after, counts=result.counts))
    db.add(result)
    await db.flush()
    await schedule_rows.refresh_status(db, [each.schedule_id or 0], now=utc_now())


async def come_in(database: Database, of: Comparison, got: Mapping[Wording, int]) -> None:
    pairs = (await seen(database, of)).pairs
    async with database.transaction() as db:
        for couple in pairs:
            for each in couple.both:
                await sent(db, each, got[each.wording] + couple.number % 3)
