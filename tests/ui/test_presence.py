"""Who has what open: known to members while it lasts, and to nobody when Redis is gone."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from socialapp import live
from socialapp.domain.people import Member, Role
from socialapp.store import team
from socialapp.store.session import Database
from socialapp.ui import presence
from socialapp.ui.presence import Editors
from tests.people import colleague


class FakeNamespace:
    """The socket rooms of one web process."""

    def __init__(self) -> None:
        self.namespace = "/_event"
        self.rooms: dict[Any, dict[str, bool]] = {}
        self.server = SimpleNamespace(manager=SimpleNamespace(rooms={self.namespace: self.rooms}))

    async def enter_room(self, sid: str, room: str) -> None:
        self.rooms.setdefault(room, {})[sid] = True

    async def leave_room(self, sid: str, room: str) -> None:
        self.rooms[room].pop(sid)

    def hang_up(self, sid: str) -> None:
        """What the socket does when a tab closes."""
        for room in self.rooms.values():
            room.pop(sid, None)


@pytest.fixture
async def line(valkey: str) -> AsyncIterator[live.Live]:
    opened = live.connect(valkey)
    yield opened
    await opened.close()
    live.close_current()


async def test_members_see_who_has_a_post_open_until_the_tab_is_closed(
    database: Database, owner: Member, line: live.Live
) -> None:
    bob = await colleague(database, owner, Role.EDITOR)
    here, there = FakeNamespace(), FakeNamespace()
    mine, theirs = Editors(here), Editors(there)  # of two web processes
    await presence.sit(here, "a1", owner, 7)
    await presence.sit(here, "a2", owner, 7)
    await presence.sit(there, "b1", bob, 7)
    await mine.tell(line)
    await theirs.tell(line)

    both = await presence.read(owner.workspace_id)
    await presence.sit(there, "b1", bob, 8)
    await theirs.tell(line)
    moved = await presence.read(owner.workspace_id)
    here.hang_up("a1")
    there.hang_up("b1")
    await mine.tell(line)
    await theirs.tell(line)
    left = await presence.read(owner.workspace_id)

    alice = {"person": str(owner.person_id), "name": "Alice", "tabs": "2"}
    other = {"person": str(bob.person_id), "name": "Bob", "tabs": "1"}
    assert both == {"7": [alice, other]}
    assert moved == {"7": [alice], "8": [other]}
    assert left == {"7": [alice | {"tabs": "1"}]}
    assert await presence.read(owner.workspace_id + 1) == {}


async def test_who_was_removed_is_not_named_any_more(
    database: Database, owner: Member, line: live.Live
) -> None:
    bob = await colleague(database, owner, Role.EDITOR)
    here = FakeNamespace()
    await presence.sit(here, "b1", bob, 7)
    await Editors(here).tell(line)
    async with database.transaction() as db:
        await team.remove(db, owner.workspace_id, bob.person_id or 0)

    assert await presence.read(owner.workspace_id) == {}


async def test_what_a_killed_process_said_expires(owner: Member, line: live.Live) -> None:
    await line.present(owner.workspace_id, [f"7:{owner.person_id}:a1"], for_s=0.05)

    async with asyncio.timeout(10):
        while await line.present(owner.workspace_id):
            pass

    assert await presence.read(owner.workspace_id) == {}


async def test_without_redis_nothing_is_said_and_nothing_breaks(owner: Member) -> None:
    line = live.connect("redis://127.0.0.1:1/0")
    here = FakeNamespace()
    await presence.sit(here, "a1", owner, 7)

    await Editors(here).tell(line)

    assert await presence.read(owner.workspace_id) == {}
    await line.close()
    live.close_current()
