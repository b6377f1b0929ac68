"""What the pages of a workspace are told: the truth, once, and only to their room."""

from types import SimpleNamespace
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import channels, posts, schedules
from socialapp.store import channels as channel_store
from socialapp.store import people
from socialapp.store.session import Database
from socialapp.store.tables import SandboxPost
from socialapp.ui.feed import TIMELINE, Rooms, Timelines

WIRE = "_rx_state_"


class FakeNamespace:
    """The tabs that are open, and what they were sent."""

    def __init__(self, *workspace_ids: int) -> None:
        self.namespace = "/_event"
        self.rooms: dict[Any, Any] = {f"workspace:{w}": {} for w in workspace_ids} | {None: {}}
        self.server = SimpleNamespace(manager=SimpleNamespace(rooms={self.namespace: self.rooms}))
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def emit(self, _name: str, update: Any, *, room: str) -> None:
        ((_, values),) = update.delta.items()
        self.sent.append((room, {name.removesuffix(WIRE): v for name, v in values.items()}))


async def owner(database: Database) -> Member:
    async with database.reading() as db:
        member = await people.owner(db)
    assert member
    return member


async def plan(database: Database, by: Member, text: str = "Hello") -> int:
    now = utc_now()
    async with database.transaction() as db:
        post = await posts.create(db, by, text=text, now=now)
        schedule = await schedules.create(db, by, post_id=post.id or 0, now=now)
    return schedule.id or 0


async def test_a_room_is_told_what_is_new_and_then_only_what_differs(database, alice):
    by = await owner(database)
    namespace = FakeNamespace(by.workspace_id)
    rooms = Rooms(namespace)
    await rooms.tell({by.workspace_id})
    await rooms.tell({by.workspace_id})

    planned = await plan(database, by)
    await rooms.tell({by.workspace_id})

    assert len(namespace.sent) == 2
    room, values = namespace.sent[-1]
    assert room == f"workspace:{by.workspace_id}"
    assert values["counts"]["queued"] == 1
    assert values["changed"][str(planned)]["status"] == "queued"
    assert "workspace" not in values
    assert values["version"] > namespace.sent[0][1]["version"]


async def test_a_status_that_changes_does_not_make_lists_be_read_again(database, alice):
    by = await owner(database)
    planned = await plan(database, by)
    namespace = FakeNamespace(by.workspace_id)
    rooms = Rooms(namespace)
    await rooms.tell({by.workspace_id})

    async with database.transaction() as db:
        (channel,) = await channel_store.of_workspace(db, by.workspace_id)
        await channels.pause(db, by, channel.id or 0, now=utc_now())
    await rooms.tell({by.workspace_id})

    values = namespace.sent[-1][1]
    assert values["changed"][str(planned)]["status"] == "paused"
    assert "version" not in values


async def test_a_cancelled_schedule_gives_a_draft_back_and_the_lists_are_read_again(
    database, alice
):
    by = await owner(database)
    planned = await plan(database, by)
    namespace = FakeNamespace(by.workspace_id)
    rooms = Rooms(namespace)
    await rooms.tell({by.workspace_id})

    async with database.transaction() as db:
        await schedules.cancel(db, by, planned, now=utc_now())
    await rooms.tell({by.workspace_id})

    values = namespace.sent[-1][1]
    assert values["counts"]["draft"] == 1
    assert "version" in values


async def test_a_workspace_that_nobody_has_open_is_not_read(database, alice):
    by = await owner(database)
    namespace = FakeNamespace()

    await Rooms(namespace).tell({by.workspace_id})

    assert namespace.sent == []


async def test_another_workspace_hears_nothing(database, alice):
    by = await owner(database)
    namespace = FakeNamespace(by.workspace_id + 1)

    await Rooms(namespace).tell({by.workspace_id})

    assert namespace.sent == []


async def post_on_the_sandbox(database: Database, by: Member, once: str) -> int:
    async with database.transaction() as db:
        post = SandboxPost(workspace_id=by.workspace_id, account="shop", once=once, text="Hello")
        db.add(post)
    return post.id or 0


async def test_open_timelines_are_told_once_of_what_is_new(database, alice):
    by = await owner(database)
    namespace = FakeNamespace(by.workspace_id)
    timelines = Timelines(namespace)
    await post_on_the_sandbox(database, by, "nobody looks")
    await timelines.tell()
    unseen = list(namespace.sent)

    namespace.rooms[TIMELINE] = {}
    newest = await post_on_the_sandbox(database, by, "somebody looks")
    await timelines.tell()
    await timelines.tell()

    assert unseen == []
    assert namespace.sent == [(TIMELINE, {"newest": newest})]
