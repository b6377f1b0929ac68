"""Plans by the ten thousand, written straight into the database.

One row of each table is made as the app makes it; the database itself copies it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import SQLModel

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.people import Member
from socialapp.services import members
from socialapp.store import channels
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Channel, Delivery, Post, Schedule

_SERIES = (
    "WITH RECURSIVE n(i) AS"
    " (SELECT CAST(:low AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :high)"
)
# Each within the few seconds that a statement may take.
_A_STATEMENT = 20_000


@dataclass(frozen=True)
class Planned:
    """Where the copies are: their ids follow those of the first rows."""

    post_id: int
    schedule_id: int
    delivery_id: int
    number: int


async def owner(database: Database) -> Member:
    """Make the owner and the workspace."""
    async with database.transaction() as db:
        return await members.create_owner(
            db,
            name="Anna",
            email="anna@example.org",
            password="correct horse battery",
            zone="Europe/Berlin",
            now=utc_now(),
        )


async def add_channels(
    database: Database, workspace_id: int, number: int, *, address: Callable[[int], str]
) -> list[Channel]:
    """Connect so many accounts; `address` says at which host each is."""
    made = []
    async with database.transaction() as db:
        for i in range(number):
            channel = await channels.add_channel(
                db, workspace_id, provider="sandbox", name=f"Channel {i}", now=utc_now()
            )
            channel.address = address(i)
            made.append(channel)
    return made


async def plan(
    database: Database,
    marker: str,
    number: int,
    *,
    at: datetime,
    step_s: float = 0.0,
    channels: list[Channel],
    status: Status = Status.QUEUED,
    shown: Shown = Shown.QUEUED,
) -> Planned:
    """Plan posts "marker 1", "marker 2", ... from `at` on, over the channels in turn."""
    async with database.transaction() as db:
        made = await _first(db, channels[0], marker, number, at)
        when = _moment(database.is_sqlite)
        moment = {"at": at.replace(tzinfo=None) if database.is_sqlite else at, "step": step_s}
        if database.is_sqlite:
            moment["at"] = f"{moment['at']:%Y-%m-%d %H:%M:%S.%f}"
        await _copy(
            db,
            Post,
            made.post_id,
            number,
            {"text": "CAST(:marker AS TEXT) || ' ' || n.i", "status": ":shown"},
            marker=marker,
            shown=shown.value,
        )
        await _copy(
            db,
            Schedule,
            made.schedule_id,
            number,
            {"post_id": f"{made.post_id} + n.i", "status": ":shown", "scheduled_at": when},
            shown=shown.value,
            **moment,
        )
        first = channels[0].id
        await _copy(
            db,
            Delivery,
            made.delivery_id,
            number,
            {
                "schedule_id": f"{made.schedule_id} + n.i",
                "channel_id": f"{first} + n.i % {len(channels)}",
                "status": ":status",
                "planned_at": when,
                "due_at": when,
                "once": "CAST(:marker AS TEXT) || '-' || n.i",
            },
            marker=marker,
            status=status.value,
            **moment,
        )
    return made


async def _first(
    db: AsyncSession, channel: Channel, marker: str, number: int, at: datetime
) -> Planned:
    """Write one row of each kind, which nobody will publish."""
    workspace_id = channel.workspace_id
    post = Post(workspace_id=workspace_id, text=f"First of {marker}", status=Shown.CANCELLED)
    db.add(post)
    await db.flush()
    schedule = Schedule(
        workspace_id=workspace_id,
        post_id=post.id or 0,
        scheduled_at=at,
        local_time=f"{at:%Y-%m-%dT%H:%M:%S}",
        timezone="UTC",
        status=Shown.CANCELLED,
    )
    db.add(schedule)
    await db.flush()
    delivery = Delivery(
        workspace_id=workspace_id,
        schedule_id=schedule.id or 0,
        channel_id=channel.id or 0,
        status=Status.CANCELLED,
        planned_at=at,
        due_at=at,
        once=f"{marker}-0",
    )
    db.add(delivery)
    await db.flush()
    return Planned(post.id or 0, schedule.id or 0, delivery.id or 0, number)


def _moment(is_sqlite: bool) -> str:
    if is_sqlite:
        # Its own arithmetic knows milliseconds only; the column has six digits.
        later = "strftime('%Y-%m-%d %H:%M:%f', :at, (n.i * :step) || ' seconds') || '000'"
        return f"CASE WHEN :step = 0 THEN :at ELSE {later} END"
    step = "CAST(:step AS double precision) * interval '1 second'"
    return f"CAST(:at AS timestamptz) + n.i * {step}"


async def _copy(
    db: AsyncSession,
    kind: type[SQLModel],
    first: int,
    number: int,
    differs: dict[str, str],
    **values: Any,
) -> None:
    """Copy a row `number` times; `differs` says what is another in each copy."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    differs = {"id": f"{first} + n.i", **differs}
    names = [column.name for column in table.columns]
    chosen = ", ".join(differs.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    query = f'{_SERIES} SELECT {chosen} FROM n, "{table.name}" t WHERE t.id = {first}'
    # In SQLite an INSERT may begin with its WITH only behind the columns; both understand that.
    insert = text(f'INSERT INTO "{table.name}" ({columns}) {query}')
    for low in range(1, number + 1, _A_STATEMENT):
        high = min(low + _A_STATEMENT - 1, number)
        await db.execute(insert, {"low": low, "high": high, **values})
    if db.get_bind().dialect.name != "sqlite":
        counter = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
        await db.execute(text(f"SELECT setval({counter}, {first + number})"))
