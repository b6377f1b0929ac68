"""Bluesky through the whole engine: connected, planned, posted once, and never lost in silence."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp import providers
from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.outcome import Disconnected
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Http, hearing
from socialapp.services import connections, media, posts, schedules
from socialapp.services.writing import PartGiven
from socialapp.store import files, secrets, vault
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Schedule
from tests.imaging import files as samples
from tests.networks.mischief import Mischief
from tests.providers.bluesky.test_posts import intent
from tests.providers.bluesky.test_sessions import CREATE, REFRESH
from tests.providers.stage_bluesky import access_of, records
from tests.servers.asking import ask
from tests.servers.pds import Account, Pds
from tests.servers.pds_consent import consent
from tests.servers.pds_front import PdsFront
from tests.world import World, make_world, settings_for

BACK = "http://127.0.0.1:8000/api/connect/bluesky/back"


@dataclass
class Quay:
    """Alice's workspace, with a channel at Bluesky whose requests pass a front."""

    world: World
    network: Bluesky
    pds: Pds
    front: PdsFront
    account: Account
    channel_id: int = 0

    async def channel(self) -> Channel:
        async with self.world.database.reading() as db:
            found = await db.get(Channel, self.channel_id)
        assert found
        return found

    async def secrets(self) -> dict[str, Any]:
        async with self.world.database.reading() as db:
            found = await secrets.of_channels(db, [self.channel_id])
        return dict(found[self.channel_id].value)

    async def keep(self, ends_in: timedelta, **changes: Any) -> None:
        """Change how the channel gets in."""
        value = {**await self.secrets(), **changes}
        async with self.world.database.transaction() as db:
            await secrets.keep(db, self.channel_id, value, expires_at=utc_now() + ends_in)

    async def plan(self, text: str = "Hello", **more: Any) -> Schedule:
        now = utc_now()
        async with self.world.database.transaction() as db:
            post = await posts.create(db, self.world.alice, text=text, now=now, **more)
            return await schedules.create(
                db,
                self.world.alice,
                post_id=post.id or 0,
                at=moments.read(now.isoformat(), zone="UTC"),
                channel_ids=[self.channel_id],
                now=now,
            )

    async def there(self) -> list[str]:
        return [r["value"]["text"] for r in await records(self.pds, self.account.did)]


@pytest.fixture
async def quay(
    sqlite_url: str, tmp_path: Path, pds: Pds, bluesky: Bluesky, alice: Account
) -> AsyncIterator[Quay]:
    """Connected as a person does it."""
    database = Database(sqlite_url)
    world = await make_world(database, settings_for(sqlite_url, tmp_path))
    vault.connect(keys="", folder=world.settings.data_dir)
    providers.use({"bluesky": bluesky})
    async with PdsFront(pds) as front:
        quay = Quay(world, bluesky, pds, front, alice)
        channel = await connections.connect(
            database,
            world.alice,
            provider="bluesky",
            given={
                "handle": alice.handle,
                "password": alice.app_password,
                "server": pds.base_url,
            },
            now=utc_now(),
        )
        quay.channel_id = channel.id or 0
        await quay.keep(timedelta(hours=2), pds=front.base_url, service=front.base_url)
        yield quay
    await database.close()


async def test_a_planned_post_is_posted_with_a_link_that_leads_to_it(quay: Quay) -> None:
    channel = await quay.channel()
    async with quay.world.worker():
        schedule = await quay.plan("Fresh bread")
        await quay.world.reaches(schedule, "posted")

    assert (channel.handle, channel.remote_id) == (quay.account.handle, quay.account.did)
    delivery = await quay.world.delivery(schedule)
    (there,) = await records(quay.pds, quay.account.did)
    assert delivery.remote_id == there["uri"]
    assert delivery.url.endswith(f"{quay.account.did}/post/{there['uri'].rpartition('/')[2]}")
    assert there["value"]["createdAt"] == moments.iso(schedule.scheduled_at)
    assert quay.front.requests(CREATE) == 0


@pytest.mark.parametrize(
    "how", [Mischief.ANSWER_LOST, Mischief.RUBBISH, Mischief.FAIL_AFTER, Mischief.BAD_GATEWAY]
)
async def test_a_lost_answer_is_found_out_and_the_post_is_one(quay: Quay, how: Mischief) -> None:
    quay.front.disturb(how)
    async with quay.world.worker():
        schedule = await quay.plan("Once")
        await quay.world.reaches(schedule, "posted")

    assert await quay.there() == ["Once"]
    log = await quay.world.log(schedule)
    assert [(e.kind, e.status) for e in log] == [("send", "unknown"), ("look", "posted")]


@pytest.mark.parametrize("how", [Mischief.REQUEST_LOST, Mischief.FAIL])
async def test_a_lost_request_is_sent_again_and_the_post_is_one(quay: Quay, how: Mischief) -> None:
    quay.front.disturb(how)
    async with quay.world.worker():
        schedule = await quay.plan("Again")
        await quay.world.reaches(schedule, "posted")

    assert await quay.there() == ["Again"]


async def test_a_thread_with_a_big_picture_goes_out_whole_though_an_answer_is_lost(
    quay: Quay,
) -> None:
    home = files.connect(quay.world.settings.media_dir, limit_bytes=10**8)
    async with home.incoming() as incoming:
        heavy = samples.saved(samples.scene(2400, 1600), "JPEG", quality=100, subsampling=0)
        await incoming.write(heavy)
        asset = await media.upload(
            quay.world.database, quay.world.alice, incoming, filename="a.jpg", now=utc_now()
        )
    # What is too big for the network today may be refused when it is planned: it is planned first.
    schedule = await _planned_before_limits(quay, asset.id or 0)
    quay.front.disturb(Mischief.ANSWER_LOST)

    async with quay.world.worker():
        await quay.world.reaches(schedule, "posted", within_s=60)

    one, two, three = await records(quay.pds, quay.account.did)
    assert [r["value"]["text"] for r in (one, two, three)] == ["One", "Two", "Three"]
    assert three["value"]["reply"]["root"]["uri"] == one["uri"]
    assert three["value"]["reply"]["parent"]["uri"] == two["uri"]
    (picture,) = one["value"]["embed"]["images"]
    assert asset.size_bytes > 2_000_000 >= picture["image"]["size"]
    assert picture["aspectRatio"]["width"] / picture["aspectRatio"]["height"] == pytest.approx(1.5)
    delivery = await quay.world.delivery(schedule)
    assert delivery.remote_id == one["uri"]


async def _planned_before_limits(quay: Quay, media_id: int) -> Schedule:
    can = Bluesky.capabilities
    try:
        Bluesky.capabilities = replace(can, image_bytes=10**9)
        return await quay.plan("One", media_ids=[media_id], parts=_parts("Two", "Three"))
    finally:
        Bluesky.capabilities = can


def _parts(*texts: str) -> list[PartGiven]:
    return [PartGiven(text) for text in texts]


# Access.


async def test_access_that_has_expired_is_renewed_within_the_attempt(quay: Quay) -> None:
    await quay.keep(timedelta(hours=2), access=quay.pds.expired_token(quay.account))
    async with quay.world.worker():
        schedule = await quay.plan()
        await quay.world.reaches(schedule, "posted")

    assert await quay.there() == ["Hello"]
    assert (quay.front.requests(REFRESH), quay.front.requests(CREATE)) == (1, 0)
    assert [entry.status for entry in await quay.world.log(schedule)] == ["posted"]


async def test_fifty_at_once_in_two_processes_renew_it_with_one_call(quay: Quay) -> None:
    await quay.keep(timedelta(minutes=1))
    other = Database(quay.world.database.url)
    rings = [Keyring(quay.world.database), Keyring(other)]
    channel = await quay.channel()

    got = await asyncio.gather(*(rings[i % 2].of(channel, quay.network) for i in range(50)))
    await other.close()

    assert quay.front.requests(REFRESH) == 1
    assert len({access.secrets["refresh"] for access in got}) == 1


class Died(BaseException):
    """What happens to a process between two of its steps."""


async def _dies_between_answer_and_keeping(quay: Quay, patch: pytest.MonkeyPatch) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Died

    patch.setattr(secrets, "REFRESH_TURN", timedelta(seconds=0.2))
    with patch.context() as dying:
        dying.setattr(secrets, "keep", die)
        with pytest.raises(Died):
            await Keyring(quay.world.database).of(await quay.channel(), quay.network)


async def test_an_app_password_outlives_a_process_that_dies_while_renewing(
    quay: Quay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quay.keep(timedelta(minutes=1))
    await _dies_between_answer_and_keeping(quay, monkeypatch)

    async with quay.world.worker():
        schedule = await quay.plan()
        await quay.world.reaches(schedule, "posted")

    assert await quay.there() == ["Hello"]
    assert not (await quay.channel()).needs_reconnect


async def test_without_any_way_in_a_person_is_asked_and_the_post_waits_for_nobody(
    quay: Quay,
) -> None:
    await quay.keep(timedelta(minutes=1), refresh="dead", password="")
    async with quay.world.worker():
        schedule = await quay.plan()
        await quay.world.reaches(schedule, "failed")

    delivery = await quay.world.delivery(schedule)
    assert delivery.action == "reconnect"
    assert f"Bluesky @{quay.account.handle}" in delivery.reason
    assert "Nothing was posted" in delivery.reason
    assert (await quay.channel()).needs_reconnect
    assert await quay.there() == []


async def _let_in(quay: Quay) -> None:
    """Connect the channel again, by a visit."""
    database, alice = quay.world.database, quay.world.alice
    where = await connections.depart(
        database,
        alice,
        provider="bluesky",
        given={"handle": quay.account.handle},
        channel_id=quay.channel_id,
        back=BACK,
        now=utc_now(),
    )
    came = await consent(where, quay.account)
    channel = await connections.arrive(
        database, alice, state=came["state"], came=came, now=utc_now()
    )
    assert channel.id == quay.channel_id


async def test_a_channel_that_was_let_in_by_a_visit_posts(quay: Quay) -> None:
    await _let_in(quay)
    async with quay.world.worker():
        schedule = await quay.plan("By a visit")
        await quay.world.reaches(schedule, "posted")

    assert await quay.there() == ["By a visit"]
    assert quay.front.requests("com.atproto.repo.putRecord") == 0


async def test_access_by_a_visit_that_died_with_its_process_is_said_and_never_passed_over(
    quay: Quay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each renewal is used once: the old one is void, the new one is gone."""
    await _let_in(quay)
    await quay.keep(timedelta(minutes=1))
    await _dies_between_answer_and_keeping(quay, monkeypatch)

    with pytest.raises(PublishFailed) as failed:
        await Keyring(quay.world.database).of(await quay.channel(), quay.network)
    assert isinstance(failed.value.outcome, Disconnected)

    async with quay.world.worker():
        schedule = await quay.plan()
        await quay.world.reaches(schedule, "failed")
    assert (await quay.world.delivery(schedule)).action == "reconnect"
    assert (await quay.channel()).needs_reconnect
    assert await quay.there() == []


async def test_a_channel_is_tested_and_shows_what_was_learned(quay: Quay) -> None:
    ring = Keyring(quay.world.database)
    good = await connections.verify(
        quay.world.database, ring, quay.world.alice, quay.channel_id, now=utc_now()
    )
    quay.pds.take_down(quay.account)
    bad = await connections.verify(
        quay.world.database, ring, quay.world.alice, quay.channel_id, now=utc_now()
    )

    assert good.is_ok
    assert not bad.is_ok
    assert (await quay.channel()).needs_reconnect


# Limits.


async def test_a_limit_that_is_used_up_closes_the_channel_until_it_is_over(
    http: Http, pds_with_limits: Pds
) -> None:
    account = pds_with_limits.create_account()
    bluesky = Bluesky(http)
    access = await access_of(bluesky, account, pds_with_limits.base_url)
    with hearing() as heard:
        await bluesky.publish(intent("First"), access, once="first")
    await _use_up(pds_with_limits, access.secrets["access"], account)

    with pytest.raises(PublishFailed) as failed:
        await bluesky.publish(intent("Last"), access, once="last")

    outcome = failed.value.outcome
    assert timedelta(minutes=50) < outcome.after <= timedelta(hours=1)  # type: ignore[union-attr]
    assert heard[-1].allowed is not None
    assert utc_now() < heard[-1].resets_at


async def _use_up(pds: Pds, token: str, account: Account) -> None:
    """Use up the 5000 points of an hour: a record that is made costs three."""
    write = {
        "$type": "com.atproto.repo.applyWrites#create",
        "collection": "app.bsky.feed.like",
        "value": {"nothing": "but a record"},
    }
    body = {"repo": account.did, "validate": False, "writes": [write] * 200}
    for _ in range(9):
        answer = await ask(
            "POST", f"{pds.base_url}/xrpc/com.atproto.repo.applyWrites", token=token, json=body
        )
        if answer.status == 429:
            return
        assert answer.status == 200, answer.body
