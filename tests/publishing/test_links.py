"""Pictures by address: each line on its own, out of private networks only, and bounded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from sqlalchemy import delete
from sqlmodel import col

from benchmarks.photos import saved, shipped
from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotAllowed, Rejected
from socialapp.domain.people import Right, Role
from socialapp.providers.http import Http
from socialapp.services.autopilot import links
from socialapp.store import files
from socialapp.store import links as rows
from socialapp.store import photographs as photo_rows
from socialapp.store.photographs import Asked
from socialapp.store.tables import Membership
from tests.people import colleague
from tests.world import World

COFFEE = next(saved(picture) for name, picture in shipped() if name == "coffee")
LIMIT = 400_000


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """A site with a picture, one that is too big, one that moved, and a text."""

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=COFFEE, content_type="image/jpeg")

    async def big(_: web.Request) -> web.Response:
        return web.Response(body=COFFEE + bytes(LIMIT))

    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound("/coffee.jpg")

    async def words(_: web.Request) -> web.Response:
        return web.Response(text="a page")

    app = web.Application()
    for path, said in (
        ("/coffee.jpg", picture),
        ("/big.jpg", big),
        ("/moved.jpg", moved),
        ("/a", words),
    ):
        app.router.add_get(path, said)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def fetched(world: World, text: str, *, allow_private: bool = True) -> dict[str, str]:
    """Have addresses fetched; return why each failed, by its end."""
    files.connect(world.settings.media_dir, limit_bytes=LIMIT)
    async with world.database.transaction() as db:
        await links.start(db, world.alice, text.splitlines(), folder="Web", now=utc_now())
    async with Http(connect_s=1, request_s=5, allow_private=allow_private) as http:
        await links.work(world.database, http, world.alice.workspace_id, now=utc_now())
    async with world.database.reading() as db:
        there = await rows.of_workspace(db, world.alice.workspace_id)
    assert not [link for link in there if link.status == "waiting"]
    return {link.url.rpartition("/")[2]: link.why for link in there}


async def names(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as db:
        page = await photo_rows.page(db, world.alice.workspace_id, Asked(), limit=50)
    return [(asset.filename, photo.folder) for photo, asset, _ in page.items]


async def test_each_line_is_taken_or_says_why_not(world: World, site: str) -> None:
    lines = ["coffee.jpg", "moved.jpg", "big.jpg", "a", "nothing.jpg"]
    text = "\n".join([*(f"{site}/{line}" for line in lines), "", "file:///etc/passwd", "\x00"])

    why = await fetched(world, text + f"\n{site}/coffee.jpg")

    assert why.pop("coffee.jpg") == why.pop("moved.jpg") == ""
    assert "larger than" in why["big.jpg"]
    assert "404" in why["nothing.jpg"]
    assert "not the address" in why["passwd"]
    assert why["a"]
    assert await names(world) == [("coffee.jpg", "Web"), ("moved.jpg", "Web")]


async def test_addresses_of_this_network_are_not_asked(world: World, site: str) -> None:
    why = await fetched(world, f"{site}/coffee.jpg", allow_private=False)

    assert "not allowed" in why["coffee.jpg"]
    assert await names(world) == []


async def test_an_empty_list_is_refused_and_a_stopped_one_is_gone(world: World) -> None:
    async with world.database.transaction() as db:
        with pytest.raises(Rejected):
            await links.start(db, world.alice, [" ", ""], folder="", now=utc_now())
        await links.start(db, world.alice, ["https://a.example/b.jpg"], folder="", now=utc_now())
        await links.stop(db, world.alice)
        assert await rows.workspaces_waiting(db) == []


async def test_who_may_not_write_adds_no_pictures_by_their_addresses(world: World) -> None:
    approver = await colleague(world.database, world.alice, Role.APPROVER)
    scopes = frozenset({Right.READ, Right.PUBLISH})
    program = replace(world.alice, person_id=None, key_id=1, rights=scopes)
    for by in (approver, program):
        async with world.database.transaction() as db:
            with pytest.raises(NotAllowed):
                await links.start(db, by, ["https://a.example/b"], folder="", now=utc_now())

    async with world.database.reading() as db:
        assert await rows.of_workspace(db, world.alice.workspace_id) == []


async def test_no_more_wait_than_one_list_has_also_of_several_at_once(world: World) -> None:
    async def ask(number: int) -> int:
        some = [f"https://a.example/{number}/{n}.jpg" for n in range(200)]
        async with world.database.transaction() as db:
            return await links.start(db, world.alice, some, folder="", now=utc_now())

    done = await asyncio.gather(*(ask(number) for number in range(4)), return_exceptions=True)

    assert [each for each in done if isinstance(each, int)] == [200, 200]
    refused = [each for each in done if isinstance(each, Conflict)]
    assert len(refused) == 2
    assert "wait already" in refused[0].detail
    async with world.database.reading() as db:
        assert len(await rows.of_workspace(db, world.alice.workspace_id)) == 400


async def test_what_a_program_gave_is_fetched_and_of_who_has_left_is_not(
    world: World, site: str
) -> None:
    files.connect(world.settings.media_dir, limit_bytes=LIMIT)
    alice = world.alice
    gone = await colleague(world.database, alice, Role.EDITOR)
    program = replace(alice, person_id=None, key_id=1)
    async with world.database.transaction() as db:
        await links.start(db, program, [f"{site}/coffee.jpg"], folder="", now=utc_now())
        await links.start(db, gone, [f"{site}/moved.jpg"], folder="", now=utc_now())
        await db.execute(delete(Membership).where(col(Membership.person_id) == gone.person_id))
    async with Http(connect_s=1, request_s=5, allow_private=True) as http:
        await links.work(world.database, http, alice.workspace_id, now=utc_now())

    async with world.database.reading() as db:
        first, second = await rows.of_workspace(db, alice.workspace_id)
    assert (first.status, second.status) == ("done", "failed")
    assert "no longer here" in second.why
    assert await names(world) == [("coffee.jpg", "")]
