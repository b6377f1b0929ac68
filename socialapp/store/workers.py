"""The worker processes and their signs of life."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import col, select

from socialapp.store.session import AsyncSession, change
from socialapp.store.tables import WorkerBeat

FRESH = timedelta(seconds=8)
"""A worker seen within it counts as running, for the pages; it gives a sign every two seconds."""


@dataclass(frozen=True)
class Identity:
    """Which process this is, in words that another process can check."""

    host: str
    pid: int
    started: str
    """The process's start in the kernel's ticks: a pid alone is given out again."""

    @property
    def name(self) -> str:
        """The name under which it owns deliveries."""
        return f"{self.host}:{self.pid}:{self.started}"


def myself() -> Identity:
    """Return this process."""
    pid = os.getpid()
    return Identity(_host(), pid, _start_of(pid) or secrets.token_hex(4))


def _host() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        boot = ""
    # Containers may share a host's name and its boot, and still number their processes apart.
    try:
        numbers = str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        numbers = ""
    return f"{socket.gethostname()}-{boot}-{numbers}".replace(":", "-")


def _start_of(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # One that has died and was not buried yet does nothing any more.
        return "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        return ""


def is_surely_gone(name: str) -> bool:
    """Whether that worker ran on this very machine and its process is no more."""
    host, _, rest = name.partition(":")
    pid, _, started = rest.partition(":")
    if host != _host() or not pid.isdigit() or not Path("/proc/self/stat").exists():
        return False
    return _start_of(int(pid)) != started


async def beat(db: AsyncSession, me: Identity, *, now: datetime, trouble: str = "") -> None:
    """Leave a sign of life, and say what is wrong, if anything."""
    done = await change(
        db,
        update(WorkerBeat)
        .where(col(WorkerBeat.name) == me.name)
        .values(beat=col(WorkerBeat.beat) + 1, seen_at=now, trouble=trouble),
    )
    if not done:
        db.add(
            WorkerBeat(name=me.name, host=me.host, pid=me.pid, started_at=now, seen_at=now, beat=1)
        )


async def stop(db: AsyncSession, name: str, *, now: datetime) -> None:
    """Note that a worker ended in good order."""
    await db.execute(update(WorkerBeat).where(col(WorkerBeat.name) == name).values(stopped_at=now))


async def beats(db: AsyncSession) -> dict[str, WorkerBeat]:
    """Return the workers that are known, by name."""
    return {row.name: row for row in (await db.execute(select(WorkerBeat))).scalars()}


async def alive(db: AsyncSession, *, now: datetime) -> list[WorkerBeat]:
    """Return the workers that left a sign of life lately."""
    query = select(WorkerBeat).where(
        WorkerBeat.seen_at > now - FRESH, col(WorkerBeat.stopped_at).is_(None)
    )
    rows = (await db.execute(query)).scalars()
    return [row for row in rows if not is_surely_gone(row.name)]


async def troubles(db: AsyncSession, *, now: datetime) -> tuple[str, ...]:
    """Return what keeps workers from their work, in their words, each once."""
    said = {worker.trouble for worker in await alive(db, now=now)}
    return tuple(sorted(said - {""}))


async def forget(db: AsyncSession, *, before: datetime) -> None:
    """Forget workers that ended long ago."""
    await db.execute(delete(WorkerBeat).where(col(WorkerBeat.seen_at) < before))
