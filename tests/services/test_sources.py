"""Sources, against a real server: known first, each item once, politely, and nothing hostile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotFound, Rejected
from socialapp.domain.people import Member, Role
from socialapp.domain.slots import WeeklyTime
from socialapp.domain.sources import Becomes, ItemState
from socialapp.providers.http import Http
from socialapp.providers.syndication import reader
from socialapp.services import members, slots, source_looks, source_posts, sources
from socialapp.services.sources import Given
from socialapp.store import sources as source_rows
from socialapp.store.session import Database
from socialapp.store.tables import Notification, Post, Schedule, Source, SourceItem
from tests.people import colleague
from tests.servers.scripted import Line, Scripted
from tests.services.desk import channel_of

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>The bakery</title>{}</channel></rss>'
ITEM = (
    "<item><guid>{0}</guid><title>Bread {0}</title><link>https://b.example.org/{0}</link>"
    "<pubDate>Fri, 14 May 2027 09:{0:02}:00 GMT</pubDate></item>"
)
LATER = timedelta(hours=1)


def feed(*numbers: int, **headers: str) -> Line:
    """A feed with these items, the newest first."""
    items = "".join(ITEM.format(number) for number in sorted(numbers, reverse=True))
    return Line(200, RSS.format(items).encode(), {"Content-Type": "application/rss+xml", **headers})


@pytest.fixture(autouse=True)
async def client() -> AsyncIterator[None]:
    """What feeds are read with."""
    async with Http(allow_private=True) as http:
        reader.use(http)
        yield
    reader.use(None)


async def follow(database: Database, by: Member, url: str, **more: Any) -> Source:
    """Make a source of an address."""
    channel = await channel_of(database, by)
    async with database.transaction() as db:
        given = Given(url, [channel.id or 0], **more)
        return await sources.create(db, by, given, now=utc_now())


async def look(database: Database, source: Source, after: timedelta = timedelta()) -> Any:
    """Look as a worker does, some time from now."""
    now = utc_now() + after
    return await source_looks.look(database, source.workspace_id, source.id or 0, now=now)


async def texts(database: Database) -> list[str]:
    """Return the texts of all posts, in the order of making."""
    async with database.reading() as db:
        return list((await db.execute(select(Post.text).order_by(col(Post.id)))).scalars())


async def again(database: Database, source: Source) -> Source:
    """Return a source as it is now."""
    async with database.reading() as db:
        found = await db.get(Source, source.id)
    assert found
    return found


def headers_of(server: Scripted) -> Sequence[str | None]:
    """Return what each request said of the version that it knows."""
    return [each.headers.get("If-None-Match") for each in server.asked]


async def test_what_is_there_first_is_known_and_what_is_new_becomes_a_draft_once(
    database: Database, alice: Member
) -> None:
    lines = feed(1, 2, ETag='"a"'), feed(1, 2, 3, 4, ETag='"b"'), Line(304)
    async with Scripted(*lines) as server:
        source = await follow(database, alice, server.base_url)
        await look(database, source)
        assert await texts(database) == []

        await look(database, source, LATER)
        await look(database, source, 2 * LATER)
        await look(database, source, 2 * LATER)  # not yet time again

    assert await texts(database) == [f"Bread {n} https://b.example.org/{n}" for n in (3, 4)]
    assert headers_of(server) == [None, '"a"', '"b"']
    async with database.transaction() as db:
        taken = [
            await source_posts.take(db, alice, source.id or 0, 1, now=utc_now()) for _ in range(3)
        ]
    assert [[p.text[:7] for p in some] for some in taken] == [["Bread 2"], ["Bread 1"], []]


async def test_two_workers_at_once_and_one_that_was_killed_make_each_post_once(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Scripted(feed(1), feed(1, 2, 3)) as server:
        source = await follow(database, alice, server.base_url)
        await look(database, source)
        with monkeypatch.context() as patch:

            async def killed(*_: Any, **__: Any) -> str:
                raise asyncio.CancelledError

            patch.setattr(source_posts, "make", killed)
            with pytest.raises(asyncio.CancelledError):
                await look(database, source, LATER)
        assert await texts(database) == []

        await asyncio.gather(*(look(database, source, 2 * LATER) for _ in range(3)))
        ids = (source.workspace_id, source.id or 0)
        now = utc_now() + 2 * LATER
        await asyncio.gather(*(source_posts.make(database, *ids, now=now) for _ in range(3)))

    assert len(server.asked) == 3
    assert [text[:7] for text in await texts(database)] == ["Bread 2", "Bread 3"]


async def test_words_and_the_days_number_hold_items_back(database: Database, alice: Member) -> None:
    async with Scripted(feed(1), feed(*range(1, 7))) as server:
        source = await follow(
            database, alice, server.base_url, per_day=2, must_not_have=["bread 2"]
        )
        await look(database, source)

        await look(database, source, LATER)
        assert [text[:7] for text in await texts(database)] == ["Bread 3", "Bread 4"]
        await look(database, source, timedelta(days=2))

    assert [text[:7] for text in await texts(database)][2:] == ["Bread 5", "Bread 6"]


async def test_an_item_that_can_be_no_post_is_left_out_and_the_next_one_made(
    database: Database, alice: Member
) -> None:
    nameless = RSS.format("<item><guid>x</guid><link>https://b.example.org/x</link></item>{}")
    both = Line(200, nameless.format(ITEM.format(2)).encode())
    async with Scripted(feed(1), both) as server:
        source = await follow(database, alice, server.base_url, template="{title}")
        await look(database, source)

        await look(database, source, LATER)

    assert await texts(database) == ["Bread 2"]
    assert "left out" in (await again(database, source)).trouble


async def test_what_has_no_free_slot_waits_and_is_told_once(
    database: Database, alice: Member
) -> None:
    async with Scripted(feed(1), feed(1, 2)) as server:
        source = await follow(database, alice, server.base_url, becomes=Becomes.QUEUE)
        await look(database, source)
        await look(database, source, LATER)
        await look(database, source, 2 * LATER)

    assert await texts(database) == []
    assert "has no posting times" in (await again(database, source)).trouble
    async with database.reading() as db:
        (told,) = (await db.execute(select(Notification))).scalars()
    assert told.event == "source"


async def test_what_an_editor_has_queued_waits_for_approval(
    database: Database, alice: Member
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)
    times = [WeeklyTime(day, 720) for day in range(7)]
    channel = await channel_of(database, alice)
    async with database.transaction() as db:
        await slots.change(db, alice, channel.id or 0, times=times)
        await members.update_workspace(db, alice, approval_rule="one")
    async with Scripted(feed(1), feed(1, 2, 3)) as server:
        for by in (bob, alice):
            server.lines = [feed(1), feed(1, 2, 3)]
            source = await follow(database, by, server.base_url, becomes=Becomes.QUEUE)
            await look(database, source)
            await look(database, source, LATER)

    async with database.reading() as db:
        query = select(Schedule.status).order_by(col(Schedule.id))
        statuses = list((await db.execute(query)).scalars())
    assert statuses == ["needs_approval"] * 2 + ["queued"] * 2


async def test_a_server_that_asks_to_wait_is_left_alone_and_one_that_is_gone_for_good(
    database: Database, alice: Member
) -> None:
    wait = Line(429, headers={"Retry-After": "7200"})
    async with Scripted(feed(1), wait, Line(410)) as server:
        source = await follow(database, alice, server.base_url)
        await look(database, source)
        await look(database, source, LATER)
        held = await again(database, source)
        assert held.look_at
        assert held.look_at >= utc_now() + LATER + timedelta(hours=1, minutes=59)
        with pytest.raises(Conflict):
            await source_looks.look(
                database,
                alice.workspace_id,
                source.id or 0,
                by=alice,
                now=utc_now() + LATER + timedelta(minutes=5),
            )

        await look(database, source, 4 * LATER)
        gone = await again(database, source)

    assert (gone.is_gone, gone.look_at) == (True, None)
    assert "410" in gone.trouble


BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel/></rss>'


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BOMB, "entities"),
        (RSS.format(ITEM.format(1)).encode()[:-60], "broken"),
        (b"<html><title>Hello</title></html>", "no feed"),
        (b'{"items": []}', "no feed"),
        (b"<rss>" + b" " * (3 * 1024 * 1024 + 1), "larger than 3 MB"),
        (b"[" * 100_000, "no feed"),
        (b"", "no feed"),
    ],
)
async def test_what_is_hostile_or_no_feed_is_refused_in_words(
    database: Database, alice: Member, body: bytes, words: str
) -> None:
    async with Scripted(Line(200, body, {"Content-Type": "text/xml"})) as server:
        with pytest.raises(Rejected, match=words):
            await source_looks.attempt(database, alice, Given(server.base_url), now=utc_now())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_page_that_names_its_feed_is_tried_and_shown_as_it_would_be_posted(
    database: Database, alice: Member
) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head>'
    channel = await channel_of(database, alice)
    async with Scripted(Line(200, page, {"Content-Type": "text/html"}), feed(1, 2, 3, 4)) as server:
        given = Given(server.base_url, [channel.id or 0])
        trial = await source_looks.attempt(database, alice, given, now=utc_now())

    assert (trial.url, trial.title, trial.number) == (f"{server.base_url}/feed", "The bakery", 4)
    assert [each.channels[0].text[:7] for each in trial.samples] == [
        "Bread 4",
        "Bread 3",
        "Bread 2",
    ]
    assert await texts(database) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_private_addresses_are_refused_unless_allowed(
    database: Database, alice: Member
) -> None:
    async with Http(allow_private=False) as http:
        reader.use(http)
        given = Given("https://127.0.0.1/feed")
        with pytest.raises(Rejected, match="private network"):
            await source_looks.attempt(database, alice, given, now=utc_now())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_pause_resume_delete_and_who_may(
    database: Database, alice: Member, carol: Member
) -> None:
    bob = await colleague(database, alice, Role.EDITOR)
    async with Scripted(feed(1), feed(1, 2)) as server:
        source = await follow(database, bob, server.base_url)
        await look(database, source)
        source_id = source.id or 0
        async with database.transaction() as db:
            with pytest.raises(NotFound):
                await sources.pause(db, carol, source_id, is_paused=True, now=utc_now())
            await sources.pause(db, alice, source_id, is_paused=True, now=utc_now())
        assert await look(database, source, LATER) is None
        async with database.transaction() as db:
            await sources.pause(db, alice, source_id, is_paused=False, now=utc_now())
        await look(database, source, LATER)
        assert await texts(database) == []  # it came while it was paused

        async with database.transaction() as db:
            await sources.delete(db, alice, source_id)
    assert await look(database, source, 3 * LATER) is None


async def kept(database: Database, source: Source) -> list[SourceItem]:
    """Return what is remembered of its items, oldest first."""
    async with database.reading() as db:
        query = select(SourceItem).where(SourceItem.source_id == source.id)
        return list((await db.execute(query.order_by(col(SourceItem.id)))).scalars())


async def test_a_feed_whose_ids_differ_each_time_fills_nothing_and_keeps_to_its_number(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_rows, "KEPT", 20)
    feeds = [feed(*range(100 * n, 100 * n + 15)) for n in range(8)]
    async with Scripted(*feeds) as server:
        source = await follow(database, alice, server.base_url, per_day=3)
        for n in range(8):
            await look(database, source, n * LATER)

    there = await kept(database, source)
    made = [each for each in there if each.state == ItemState.MADE]
    assert len(there) <= 20 + 15 + len(made)
    assert {f"{700 + n}" for n in range(15)} <= {each.title.split()[-1] for each in there}
    # What was made within the day is still counted, however much came after it.
    assert len(made) == len(await texts(database)) == 3


async def test_nothing_that_stays_in_a_long_feed_is_made_twice_and_an_empty_one_forgets_nothing(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_rows, "KEPT", 2)
    lines = feed(*range(30)), feed(*range(31)), feed(), feed(*range(31)), feed(30, 31)
    async with Scripted(*lines) as server:
        source = await follow(database, alice, server.base_url, per_day=100)
        for n in range(3):
            await look(database, source, n * LATER)
        assert len(await kept(database, source)) == 31
        for n in (3, 26, 27, 28):
            await look(database, source, n * LATER)

    assert [text[:8].strip() for text in await texts(database)] == ["Bread 30", "Bread 31"]
    assert len(await kept(database, source)) <= 4


async def test_what_stays_on_top_of_a_feed_is_not_new_again_after_one_look_without_it(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_rows, "KEPT", 12)
    # Number 0 stands in it always; so much comes and goes that what was seen first is old.
    feeds = [feed(0, *range(100 * n, 100 * n + 9)) for n in range(1, 9)]
    async with Scripted(*feeds, feed(*range(800, 809)), feeds[-1]) as server:
        source = await follow(database, alice, server.base_url, per_day=1)
        for n in range(10):
            await look(database, source, n * LATER)

    there = await kept(database, source)
    assert [each.state for each in there if each.title == "Bread 0"] == [ItemState.KNOWN]
    assert len(there) <= 12 + 10 + len(await texts(database))
