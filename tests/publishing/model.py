"""What must be true of posts at every moment, said once more, in the simplest way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from socialapp.domain.delivery import (
    ARROWS,
    HELD,
    IN_FLIGHT,
    Shown,
    Status,
    post_status,
    schedule_status,
)
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Channel, Delivery, Post, Schedule
from tests.publishing.model_network import Network, Request

MISSED_AFTER = timedelta(minutes=15)
TOLERANCE = timedelta(milliseconds=1)
STOPPABLE = HELD | {
    Status.QUEUED,
    Status.PAUSED,
    Status.MISSED,
    Status.FAILED,
    Status.NEEDS_CHECK,
}
SURELY_NOT_THERE = HELD | {Status.QUEUED, Status.PAUSED, Status.MISSED, Status.FAILED}
FINAL = {Status.POSTED, Status.FAILED, Status.MISSED, Status.CANCELLED, Status.NEEDS_CHECK}

_TRAIL = "CREATE TABLE trail (id {key}, delivery_id INT, was TEXT, became TEXT, f0 INT, f1 INT)"
_NOTE = """INSERT INTO trail (delivery_id, was, became, f0, f1)
    VALUES (NEW.id, OLD.status, NEW.status, OLD.fence, NEW.fence);"""
_SQLITE = [
    _TRAIL.format(key="INTEGER PRIMARY KEY"),
    f"CREATE TRIGGER follow AFTER UPDATE ON delivery BEGIN {_NOTE} END",
]
_POSTGRESQL = [
    _TRAIL.format(key="SERIAL PRIMARY KEY"),
    "CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN {_NOTE} RETURN NULL; END $$",
    "CREATE TRIGGER follow AFTER UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION follow()",
]


async def follow(database: Database) -> None:
    """Let the database itself note every change of a delivery: no step can hide one."""
    async with database.transaction() as db:
        for statement in _SQLITE if database.is_sqlite else _POSTGRESQL:
            await (await db.connection()).exec_driver_sql(statement)


@dataclass
class Planned:
    """A delivery, as the people who planned it remember it."""

    id: int
    once: str
    kind: str
    post_id: int
    schedule_id: int
    channel_id: int
    at: datetime
    """The moment that was asked for, by the last answer that was acknowledged."""
    was_stopped: bool = False
    """Its cancel was acknowledged before it left."""


@dataclass
class Model:
    """What people were told, and what the database and the network say about it."""

    network: Network
    now: Callable[[], datetime]
    texts: dict[int, str] = field(default_factory=dict)
    """The text of each post, by the last edit that was acknowledged."""
    planned: dict[int, Planned] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    rows: dict[int, Any] = field(default_factory=dict)
    """The deliveries as they were after the last step."""
    wrongs: list[str] = field(default_factory=list)
    _seen: int = 0

    def leaves(self, request: Request) -> None:
        """Judge a request at the moment it leaves."""
        planned = next(p for p in self.planned.values() if p.once == request.once)
        row = self.rows[planned.id]
        name = f"delivery {planned.id} ({planned.kind})"
        if row.status != Status.SENDING:
            self.wrongs.append(f"{name} left while it was {row.status}")
        if self.now() + TOLERANCE < planned.at:
            self.wrongs.append(f"{name} left early")
        if self.now() - planned.at > MISSED_AFTER + TOLERANCE:
            self.wrongs.append(f"{name} left {self.now() - planned.at} late, and nobody was asked")
        if request.text != self.texts[planned.post_id]:
            self.wrongs.append(f"{name} left as {request.text!r}: the text had been changed")
        if planned.was_stopped:
            self.wrongs.append(f"{name} left after its cancel was acknowledged")
        self._judge_repeat(planned, name)

    def _judge_repeat(self, planned: Planned, name: str) -> None:
        if planned.kind != "keyed" and any(r.once == planned.once for r in self.network.air):
            self.wrongs.append(f"{name} left twice at once")

    async def look(self, database: Database) -> None:
        """Read what the database says now, and compare it."""
        async with database.reading() as db:
            rows = list((await db.execute(select(*_COLUMNS))).all())
            self.rows = {row.id: row for row in rows}
            await self._compare_derived(db, rows)
            await self._compare_trail(db)
        for row in rows:
            self._compare(self.planned[row.id], row)
        assert not self.wrongs, "; ".join(self.wrongs)

    def _compare(self, planned: Planned, row: Any) -> None:
        there = self.network.of(planned.once)
        name = f"delivery {row.id} ({planned.kind}, {row.status})"
        assert row.planned_at == planned.at, f"{name} is planned for {row.planned_at}"
        assert len(there) <= 1, f"{name} is at the network {len(there)} times"
        if there:
            assert there[0].text == self.texts[planned.post_id], f"{name}: other words are there"
        if row.status == Status.POSTED:
            assert there, f"{name} is not at the network"
        if row.status in SURELY_NOT_THERE or planned.was_stopped:
            assert not there, f"{name} is at the network"
        if row.status == Status.PAUSED:
            assert row.channel_id in self.paused, f"{name}, and its channel is not"
        if row.status == Status.NEEDS_CHECK:
            assert row.reason, f"{name} does not say why"
            assert row.action == "check", f"{name} does not say what to do"

    async def _compare_trail(self, db: AsyncSession) -> None:
        query = text("SELECT id, delivery_id, was, became, f0, f1 FROM trail WHERE id > :seen")
        steps = (await db.execute(query.bindparams(seen=self._seen))).all()
        for seen, delivery_id, was, became, old_fence, new_fence in sorted(steps):
            self._seen = seen
            name = f"delivery {delivery_id}: {was} -> {became}"
            assert was == became or Status(became) in ARROWS[Status(was)], name
            assert new_fence >= old_fence, f"{name} lowers the fence"

    async def _compare_derived(self, db: AsyncSession, rows: list[Any]) -> None:
        schedules = (await db.execute(select(Schedule.id, Schedule.post_id, Schedule.status))).all()
        for schedule_id, _, status in schedules:
            own = [Status(row.status) for row in rows if row.schedule_id == schedule_id]
            # What has just left is shown a moment later.
            before = [Status.READY if s is Status.SENDING else s for s in own]
            words = {schedule_status(own), schedule_status(before)}
            assert status in words, f"schedule {schedule_id}: {status}, of {own}"
        for post_id, status, text_there in (
            await db.execute(select(Post.id, Post.status, Post.text))
        ).all():
            mine = [Shown(s.status) for s in schedules if s.post_id == post_id]
            assert status == post_status(mine), f"post {post_id}: {status}, of {mine}"
            assert text_there == self.texts[post_id]
        for channel_id, at in (await db.execute(select(Channel.id, Channel.paused_at))).all():
            assert (at is not None) == (channel_id in self.paused)

    @property
    def schedule_ids(self) -> list[int]:
        """Return the schedules there are."""
        return sorted({planned.schedule_id for planned in self.planned.values()})

    def of_schedule(self, schedule_id: int) -> list[Any]:
        """Return the deliveries of a schedule as they were after the last step."""
        return [row for row in self.rows.values() if row.schedule_id == schedule_id]

    def open(self) -> list[Any]:
        """Return what must still come to an end by itself."""
        return [
            row
            for row in self.rows.values()
            if row.status in HELD | IN_FLIGHT
            or (row.status == Status.QUEUED and row.channel_id not in self.paused)
        ]


_COLUMNS = tuple(
    col(getattr(Delivery, name))
    for name in (
        *("id", "schedule_id", "channel_id", "status", "planned_at", "due_at", "fence", "owner"),
        *("reason", "action", "once", "attempt"),
    )
)
