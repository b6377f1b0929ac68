"""From the plan to the server, over a whole worker: each post once, whatever a key is worth."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from sqlmodel import col, select

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.providers.http import Http
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.mastodon.limits import CAPABILITIES, adapted
from socialapp.services import connections, media, schedules
from socialapp.services.writing import PartGiven
from socialapp.store import files, limits, vault
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Delivery, NetworkApp, Schedule
from tests.networks.mischief import Mischief
from tests.servers.asking import ask
from tests.servers.mastodon.posting import Keys
from tests.servers.mastodon.server import Mastodon as Server
from tests.world import World, make_world, settings_for, until

BACK = "https://app.example/channels/arrived"


class Hasty(Mastodon):
    """The adapter, with a server that shows at once what it has."""

    _soon = {
        "settling": timedelta(seconds=0.2),
        "lingers": timedelta(seconds=0.5),
    }
    capabilities = replace(CAPABILITIES, **_soon)

    @staticmethod
    def adapted(known):  # type: ignore[no-untyped-def]
        return replace(adapted(known), **Hasty._soon)


@dataclass
class Stand:
    """Alice's workspace with her account on the server."""

    world: World
    server: Server
    channel: Channel

    async def schedule(self, text: str = "Hello", **more: object) -> Schedule:
        return await self.world.schedule(text, channel_ids=[self.channel.id or 0], **more)  # type: ignore[arg-type]

    async def remote_ids(self, *plans: Schedule) -> list[str]:
        return [(await self.world.delivery(plan)).remote_id for plan in plans]


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Alice's workspace; what databases have to do with it is shown by the twins' tests."""
    database = Database(sqlite_url)
    yield await make_world(database, settings_for(sqlite_url, tmp_path))
    await database.close()


@pytest.fixture
async def stand(
    world: World, mastodon: Server, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stand]:
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS[:1], Hasty))
    vault.connect(keys="", folder=world.settings.data_dir)
    async with Http(allow_private=True) as http:
        providers.use(providers.connect(http))
        channel = await connections.connect(
            world.database,
            world.alice,
            provider="mastodon",
            given={"address": mastodon.base_url, "token": mastodon.token("alice")},
            now=utc_now(),
        )
        yield Stand(world, mastodon, channel)


async def test_a_scheduled_post_is_there_and_its_link_leads_to_it(stand: Stand) -> None:
    async with stand.world.worker():
        schedule = await stand.schedule("Fresh bread")
        await stand.world.reaches(schedule, "posted")

    delivery = await stand.world.delivery(schedule)
    (status,) = stand.server.timeline.statuses
    there = await ask("GET", f"{stand.server.base_url}/api/v1/statuses/{delivery.remote_id}")
    assert (delivery.remote_id, delivery.url) == (status.id, there.body["url"])
    (request,) = stand.server.posting.arrived
    assert request.key


@pytest.mark.parametrize("how", [Mischief.ANSWER_LOST, Mischief.REQUEST_LOST, Mischief.BAD_GATEWAY])
@pytest.mark.parametrize("keys", Keys)
async def test_a_lost_answer_makes_one_post_whatever_the_key_is_worth(
    stand: Stand, keys: Keys, how: Mischief
) -> None:
    stand.server.posting.keys = keys
    stand.server.disturb(how)
    async with stand.world.worker():
        schedule = await stand.schedule("Once")
        await stand.world.reaches(schedule, "posted")

    assert stand.server.count() == {"Once": 1}
    (status,) = stand.server.timeline.statuses
    assert await stand.remote_ids(schedule) == [status.id]
    log = [entry.status for entry in await stand.world.log(schedule)]
    assert log[0] == "unknown"


async def test_a_lost_post_is_not_called_posted_by_its_twin(stand: Stand) -> None:
    stand.server.posting.keys = Keys.IGNORED
    async with stand.world.worker():
        first = await stand.schedule("Same")
        await stand.world.reaches(first, "posted")
        stand.server.disturb(Mischief.REQUEST_LOST)
        second = await stand.schedule("Same")
        await stand.world.reaches(second, "posted")

    ids = await stand.remote_ids(first, second)
    assert ids == [status.id for status in stand.server.timeline.statuses]


async def test_two_lost_answers_with_the_same_words_are_two_posts(stand: Stand) -> None:
    stand.server.posting.keys = Keys.IGNORED
    stand.server.disturb(Mischief.ANSWER_LOST, Mischief.ANSWER_LOST)
    async with stand.world.worker():
        plans = [await stand.schedule("Same") for _ in range(2)]
        for plan in plans:
            await stand.world.reaches(plan, "posted", "needs_check")

    ids = await stand.remote_ids(*plans)
    assert stand.server.count() == {"Same": 2}
    assert set(ids) == {status.id for status in stand.server.timeline.statuses}


async def test_one_post_is_never_said_to_be_two(stand: Stand) -> None:
    stand.server.posting.keys = Keys.IGNORED
    stand.server.disturb(Mischief.ANSWER_LOST, Mischief.REQUEST_LOST)
    async with stand.world.worker():
        plans = [await stand.schedule("Same") for _ in range(2)]
        for plan in plans:
            await stand.world.reaches(plan, "posted", "needs_check")

    said = [(await stand.world.delivery(plan)).status for plan in plans]
    ids = await stand.remote_ids(*plans)
    there = [status.id for status in stand.server.timeline.statuses]
    if "needs_check" in said:  # one is there, nobody can say whose it is, and nothing is repeated
        assert (said, ids, len(there)) == (["needs_check"] * 2, ["", ""], 1)
    else:  # the first was looked for before the second was sent
        assert ids == there


async def test_a_thread_with_a_picture_goes_out_whole(stand: Stand) -> None:
    stand.server.posting.keys = Keys.IGNORED
    stand.server.disturb(Mischief.SLOW, Mischief.ANSWER_LOST)
    async with stand.world.worker():
        schedule = await stand.schedule(
            "one",
            media_ids=[await picture(stand.world)],
            parts=[PartGiven("two"), PartGiven("three")],
            options={"content_warning": "Boats", "unlisted_rest": True},
        )
        await stand.world.reaches(schedule, "posted")

    one, two, three = stand.server.timeline.statuses
    assert (two.in_reply_to, three.in_reply_to) == (one, two)
    assert [s.visibility for s in (one, two, three)] == ["public", "unlisted", "unlisted"]
    assert [s.spoiler_text for s in (one, two, three)] == ["Boats"] * 3
    assert [len(s.uploads) for s in (one, two, three)] == [1, 0, 0]


async def picture(world: World) -> int:
    """Put a picture into the library."""
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "navy").save(file, "PNG")
    files.connect(world.settings.media_dir, limit_bytes=2**20)
    async with files.files().incoming() as incoming:
        await incoming.write(file.getvalue())
        made = await media.upload(
            world.database, world.alice, incoming, filename="boat.png", now=utc_now()
        )
    return made.id or 0


async def test_media_that_the_server_forgot_is_uploaded_anew_and_posted(stand: Stand) -> None:
    there = stand.server.uploads.all
    async with stand.world.worker():
        schedule = await stand.schedule("Boat", media_ids=[await picture(stand.world)], in_s=2.0)

        async def forgets() -> bool:
            is_there = bool(there)
            there.clear()
            return is_there

        await until(forgets)
        await stand.world.reaches(schedule, "posted")

    (status,) = stand.server.timeline.statuses
    assert len(status.uploads) == 1
    assert len(stand.server.posting.arrived) == 2


async def test_a_limit_closes_the_channel_until_it_is_lifted(stand: Stand) -> None:
    stand.server.disturb(Mischief.LIMITED)
    async with stand.world.worker():
        first = await stand.schedule("first")
        await stand.world.reaches(first, "posted")

    log = await stand.world.log(first)
    assert [entry.status for entry in log] == ["queued", "posted"]
    assert log[0].finished_at
    assert (log[1].started_at - log[0].finished_at).total_seconds() > 1
    async with stand.world.database.reading() as db:
        known = await limits.of_channels(db, [stand.channel], now=utc_now())
    assert known == {} or known[stand.channel.id or 0].allowed == 300


async def test_lost_access_is_said_and_a_visit_gives_it_back(stand: Stand) -> None:
    world, database = stand.world, stand.world.database
    stand.server.oauth.revoke_all("alice")
    async with world.worker():
        schedule = await stand.schedule("Patience")
        await world.reaches(schedule, "failed")
        assert (await world.delivery(schedule)).action == "reconnect"
        again = await _visit(stand, database)
        async with database.transaction() as db:
            await schedules.retry(db, world.alice, schedule.id or 0, now=utc_now())
        await world.reaches(schedule, "posted")

    assert (again.id, again.needs_reconnect) == (stand.channel.id, False)
    assert stand.server.count() == {"Patience": 1}
    async with database.reading() as db:
        (app,) = (await db.execute(select(NetworkApp))).scalars()
        channel_ids = (await db.execute(select(col(Delivery.channel_id)))).scalars().all()
    assert app.address == stand.server.base_url
    assert "client_secret" not in app.sealed
    assert channel_ids == [stand.channel.id]


async def _visit(stand: Stand, database: Database) -> Channel:
    url = await connections.depart(
        database,
        stand.world.alice,
        provider="mastodon",
        given={"address": stand.server.base_url},
        channel_id=stand.channel.id,
        back=BACK,
        now=utc_now(),
    )
    decided = await ask("POST", url, data={"account": "alice"})
    came = {n: v[0] for n, v in parse_qs(urlsplit(decided.headers["Location"]).query).items()}
    return await connections.arrive(
        database, stand.world.alice, state=came["state"], came=came, now=utc_now()
    )
