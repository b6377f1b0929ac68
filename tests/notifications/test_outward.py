"""What a person is told outside of the app: at once, later, or not at all; and never inside."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text
from sqlmodel import select

from socialapp import outward
from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotFound, Rejected
from socialapp.domain.notifications import Event, News, next_digest
from socialapp.domain.people import Member, Role
from socialapp.services import destinations
from socialapp.store import notifications, secrets, vault
from socialapp.store.session import Database
from socialapp.store.tables import Destination, OutgoingNotification
from tests.people import colleague, owner_of_a_workspace
from tests.servers.given import given


class Receiver:
    """Takes messages as JSON, or refuses the next ones."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refuses = 0
        self.asked = 0
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.refuses:
            self.refuses -= 1
            return web.Response(status=500)
        self.got.append(await request.json())
        return web.Response()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server on loopback."""
    it = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", it.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    it.url = f"json://127.0.0.1:{port}/{given('hook-7b1f5c', 'the path of a destination')}"
    yield it
    await runner.cleanup()


@pytest.fixture(autouse=True)
def a_vault(tmp_path: Path) -> None:
    """Where addresses are sealed, and the allowance for this machine."""
    vault.connect(keys="", folder=tmp_path / "keys")
    outward.connect(allow_private=True)


@pytest.fixture
async def alice(database: Database) -> Member:
    """The owner of a workspace."""
    return await owner_of_a_workspace(database, "Alice", "Europe/Berlin")


async def add(database: Database, by: Member, address: str) -> Destination:
    async with database.transaction() as db:
        return await destinations.add(db, by, name="Phone", address=address)


async def happen(database: Database, by: Member, key: str, event: Event = Event.FAILED) -> None:
    async with database.transaction() as db:
        news = News(by.workspace_id, event, key, title=f"Failed: {key}", text="It was refused.")
        await notifications.tell(db, [news], now=utc_now())


async def waiting(database: Database) -> list[OutgoingNotification]:
    async with database.reading() as db:
        return list((await db.execute(select(OutgoingNotification))).scalars())


async def test_what_happens_is_sent_once_and_what_was_not_taken_is_tried_again(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    await add(database, alice, receiver.url)
    receiver.refuses = 1
    await happen(database, alice, "one")
    await happen(database, alice, "one")
    await happen(database, alice, "two")
    now = utc_now()

    await destinations.send_due(database, now=now)

    assert (receiver.got, receiver.asked) == ([], 1)
    (place,) = await all_of(database, alice)
    assert "not taken" in place.trouble
    assert {row.tries for row in await waiting(database)} == {1}
    await destinations.send_due(database, now=now)  # not before its time
    assert receiver.asked == 1

    await destinations.send_due(database, now=now + timedelta(minutes=2))
    await destinations.send_due(database, now=now + timedelta(minutes=9))

    (message,) = receiver.got
    assert "2 notifications" in message["title"]
    assert message["message"].count("Failed: one") == 1
    assert "Failed: two" in message["message"]
    assert await waiting(database) == []
    (place,) = await all_of(database, alice)
    assert (place.trouble, place.tried_at is not None) == ("", True)


async def all_of(database: Database, by: Member) -> list[Destination]:
    async with database.reading() as db:
        return await destinations.mine(db, by)


async def test_what_is_never_taken_is_given_up_and_said(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    await add(database, alice, receiver.url)
    receiver.refuses = 99
    await happen(database, alice, "one")
    now = utc_now()

    for hours in range(0, 50, 5):
        await destinations.send_due(database, now=now + timedelta(hours=hours))

    assert receiver.asked == 6
    assert await waiting(database) == []
    assert (await all_of(database, alice))[0].trouble


async def test_off_daily_and_muted_hold_back_what_they_say(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    await add(database, alice, receiver.url)
    async with database.transaction() as db:
        await destinations.wish(db, alice, "failed", "off")
        await destinations.wish(db, alice, "missed", "daily")
    await happen(database, alice, "off")
    await happen(database, alice, "daily", Event.MISSED)
    now = utc_now()

    (row,) = await waiting(database)
    assert row.due_at == next_digest("Europe/Berlin", now=now)
    async with database.transaction() as db:
        await destinations.mute(db, alice, "8", now=now)
    await happen(database, alice, "muted", Event.NO_WORKER)
    assert len(await waiting(database)) == 1
    async with database.transaction() as db:
        await destinations.mute(db, alice, "0", now=now)
    await happen(database, alice, "heard", Event.NO_WORKER)
    assert len(await waiting(database)) == 2


async def test_a_test_arrives_and_the_address_is_kept_sealed(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    place = await add(database, alice, receiver.url)

    await destinations.send_test(database, place.id or 0, now=utc_now())

    assert "test" in receiver.got[0]["message"]
    async with database.reading() as db:
        kept = repr((await db.execute(text("SELECT * FROM destination"))).all())
    assert "hook-7b1f5c" not in kept
    assert await secrets.reseal(database) == 1  # with a new key it still opens
    await destinations.send_test(database, place.id or 0, now=utc_now())
    assert len(receiver.got) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_way_leads_into_this_network_unless_it_is_allowed(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    outward.connect(allow_private=False)
    port = receiver.url.split(":")[2].split("/")[0]

    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0"):
        assert not await outward.send(f"jsons://{host}:{port}/", title="a", body="b")
        assert not await outward.send(f"json://{host}:{port}/", title="a", body="b")
    assert receiver.asked == 0
    with pytest.raises(Rejected) as refused:
        await add(database, alice, receiver.url)
    assert "hook-7b1f5c" not in str(refused.value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_schemes_that_do_other_things_than_send_are_refused(
    database: Database, alice: Member
) -> None:
    for address in ("syslog://", "file:///etc/passwd", "dbus://", "windows://", "nonsense", ""):
        with pytest.raises(Rejected):
            await add(database, alice, address)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_touches_another_persons_destinations(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    place = await add(database, alice, receiver.url)
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    program = Member(alice.workspace_id, "UTC", alice.rights, key_id=1)

    async with database.transaction() as db:
        for deed in (destinations.remove, destinations.ask_for_test):
            with pytest.raises(NotFound):
                await deed(db, carol, place.id or 0)
            with pytest.raises(Conflict):
                await deed(db, program, place.id or 0)
    assert len(await all_of(database, alice)) == 1
    async with database.transaction() as db:
        await destinations.remove(db, alice, place.id or 0)
    assert await all_of(database, alice) == []


async def test_what_one_person_is_told_goes_to_no_other_ones_destination(
    database: Database, alice: Member, receiver: Receiver
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)
    await add(database, alice, receiver.url)
    his = await add(database, bob, receiver.url)
    async with database.transaction() as db:
        news = News(
            alice.workspace_id, Event.COMMENT, "comment:1", title="x", person_id=bob.person_id
        )
        await notifications.tell(db, [news], now=utc_now())

    assert [each.destination_id for each in await waiting(database)] == [his.id]
