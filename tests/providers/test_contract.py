"""What every network's adapter promises, run over all of them against a network that is there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain.content import Repeats
from socialapp.domain.outcome import Absent, Posted, Refused, TryLater, Unknown
from socialapp.providers import PROVIDERS
from socialapp.providers.contract import Access, Finds, Intent, Provider, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.sandbox.server import Behaviour, Server, Told
from socialapp.services import channels
from socialapp.store.sandbox import SandboxTimeline
from socialapp.store.session import Database
from socialapp.store.tables import SandboxPost
from tests.world import World, make_world, settings_for

HELLO = Intent("Hello", (), "2027-05-14T07:00:00.000Z")


@dataclass
class Stage:
    """An adapter, the network that it speaks to, and ways to disturb it."""

    provider: Provider
    access: Access
    world: World

    async def posted(self) -> list[str]:
        """Return what is on the network."""
        return await self.world.timeline()

    async def disturb(self, behaviour: str) -> None:
        """Make the network misbehave once."""
        await self.world.tell_sandbox(behaviour)

    async def publish(self, once: str = "once-1") -> object:
        """Publish, and return the outcome as a value."""
        try:
            return await self.provider.publish(HELLO, self.access, once=once)
        except PublishFailed as failed:
            return failed.outcome

    async def find(self, once: str = "once-1") -> object:
        """Ask whether it is there."""
        assert isinstance(self.provider, Finds)
        return await self.provider.find(HELLO, self.access, once=once, since=utc_now())


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.key)
async def stage(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    """Each network in turn; the sandbox is its own real server."""
    database = Database(sqlite_url)
    world = await make_world(database, settings_for(sqlite_url, tmp_path))
    timeline = SandboxTimeline(
        database, tmp_path / "sandbox", lambda name, delay: Told(Behaviour(name), delay)
    )
    server = Server(timeline, public_url="")
    await server.start()
    async with Http(connect_s=1, request_s=3) as http:
        yield Stage(request.param(http), Access(server.address, "sandbox-1"), world)
    await server.stop()
    await database.close()


async def test_it_posts_and_says_where(stage: Stage) -> None:
    outcome = await stage.publish()

    assert isinstance(outcome, Posted)
    assert outcome.remote_id
    assert await stage.posted() == ["Hello"]


async def test_a_repeat_keeps_what_its_capabilities_promise(stage: Stage) -> None:
    first = await stage.publish()
    second = await stage.publish()

    assert stage.provider.capabilities.repeats is Repeats.CLIENT_ID
    assert first == second
    assert await stage.posted() == ["Hello"]


async def test_repeats_in_parallel_make_one_post(stage: Stage) -> None:
    outcomes = await asyncio.gather(*(stage.publish() for _ in range(8)))

    assert len(set(map(str, outcomes))) == 1
    assert await stage.posted() == ["Hello"]


async def test_two_posts_with_the_same_words_are_two(stage: Stage) -> None:
    await stage.publish("once-1")
    await stage.publish("once-2")

    assert await stage.posted() == ["Hello", "Hello"]


async def test_an_answer_lost_after_the_write_is_unknown_and_can_be_found(stage: Stage) -> None:
    await stage.disturb("answer_lost")

    assert isinstance(await stage.publish(), Unknown)
    assert isinstance(await stage.find(), Posted)


async def test_a_request_lost_before_the_write_is_unknown_and_surely_absent(stage: Stage) -> None:
    await stage.disturb("request_lost")

    assert isinstance(await stage.publish(), Unknown)
    assert isinstance(await stage.find(), Absent)


async def test_an_answer_that_cannot_be_read_is_unknown(stage: Stage) -> None:
    await stage.disturb("rubbish")

    assert isinstance(await stage.publish(), Unknown)


async def test_an_error_that_proves_nothing_is_unknown(stage: Stage) -> None:
    await stage.disturb("fail")

    assert isinstance(await stage.publish(), Unknown)


@pytest.mark.parametrize("behaviour", ["limited", "busy"])
async def test_a_wait_that_the_network_asks_for_is_kept(stage: Stage, behaviour: str) -> None:
    await stage.disturb(behaviour)

    outcome = await stage.publish()

    assert isinstance(outcome, TryLater)
    assert outcome.after is not None
    assert outcome.after.total_seconds() == 2


async def test_a_refusal_is_final_and_says_why(stage: Stage) -> None:
    await stage.disturb("refuse")

    outcome = await stage.publish()

    assert isinstance(outcome, Refused)
    assert outcome.action == "edit"
    assert await stage.posted() == []


async def test_lost_access_asks_to_reconnect(stage: Stage) -> None:
    await stage.disturb("unauthorised")

    outcome = await stage.publish()

    assert isinstance(outcome, Refused)
    assert outcome.action == "reconnect"


async def test_a_network_that_cannot_be_reached_got_nothing(stage: Stage) -> None:
    away = Access("http://127.0.0.1:1", "sandbox-1")

    with pytest.raises(PublishFailed) as failed:
        await stage.provider.publish(HELLO, away, once="once-1")

    assert isinstance(failed.value.outcome, TryLater)


async def test_asking_an_unreachable_network_proves_nothing(stage: Stage) -> None:
    assert isinstance(stage.provider, Finds)

    found = await stage.provider.find(
        HELLO, Access("http://127.0.0.1:1", "a"), once="once-1", since=utc_now()
    )

    assert isinstance(found, Unknown)


async def test_the_sandbox_tells_accounts_apart(stage: Stage) -> None:
    async with stage.world.database.transaction() as db:
        second = await channels.add_sandbox(db, stage.world.alice, name="Second", now=utc_now())
    await stage.publish()

    await stage.provider.publish(HELLO, Access(stage.access.base_url, second.handle), once="once-1")

    async with stage.world.database.reading() as db:
        accounts = (await db.execute(select(col(SandboxPost.account)))).scalars().all()
    assert sorted(accounts) == ["sandbox-1", second.handle]
