"""Access that ends is renewed once, before it is used; what is lost is said, never passed over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import select

from socialapp import providers
from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Http
from socialapp.services import connections
from socialapp.services.connections import Verified
from socialapp.store import secrets, vault
from socialapp.store.session import Database
from socialapp.store.tables import Channel, ChannelSecret
from tests.networks.judge import Judge
from tests.networks.stand import Stand, take_stand
from tests.networks.tokens import OFFICE, Office, Tokens
from tests.world import World, until


@pytest.fixture
def office() -> Office:
    OFFICE[:] = [Office()]
    return OFFICE[0]


@pytest.fixture
async def stand(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stand]:
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, Tokens))
    vault.connect(keys="", folder=world.settings.data_dir)
    judge = Judge()
    await judge.start()
    stand = await take_stand(world, judge)
    await give(stand, "t0", ends_in=timedelta(hours=2))
    yield stand
    await judge.stop()


async def give(stand: Stand, token: str, *, ends_in: timedelta) -> None:
    async with stand.world.database.transaction() as db:
        expires_at = utc_now() + ends_in
        await secrets.keep(db, stand.ids["client_id"], {"token": token}, expires_at=expires_at)


async def channel_of(stand: Stand, database: Database | None = None) -> Channel:
    async with (database or stand.world.database).reading() as db:
        found = await db.get(Channel, stand.ids["client_id"])
    assert found
    return found


async def verify(stand: Stand) -> Verified:
    database = stand.world.database
    async with Http(allow_private=True) as http:
        providers.use(providers.connect(http))
        return await connections.verify(
            database,
            Keyring(database),
            stand.world.alice,
            stand.ids["client_id"],
            now=utc_now(),
        )


async def kept(stand: Stand) -> tuple[str, int]:
    async with stand.world.database.reading() as db:
        secret = (await secrets.of_channels(db, [stand.ids["client_id"]]))[stand.ids["client_id"]]
    return secret.value["token"], secret.version


async def test_access_that_ends_soon_is_renewed_before_it_is_used(
    stand: Stand, office: Office
) -> None:
    await give(stand, "t0", ends_in=timedelta(minutes=1))
    async with stand.world.worker():
        schedule = await stand.world.schedule("one", channel_ids=[stand.ids["client_id"]])
        await stand.world.reaches(schedule, "posted")

    assert office.issued == 1
    assert (await kept(stand))[0] == "t1"
    assert [entry.status for entry in await stand.world.log(schedule)] == ["posted"]


async def test_access_that_was_void_all_the_same_is_renewed_within_the_attempt(
    stand: Stand, office: Office
) -> None:
    office.is_over = True
    async with stand.world.worker():
        schedule = await stand.world.schedule("one", channel_ids=[stand.ids["client_id"]])
        await stand.world.reaches(schedule, "posted")

    assert stand.judge.texts("client_id") == ["one"]
    assert office.issued == 1
    assert [entry.status for entry in await stand.world.log(schedule)] == ["posted"]


async def test_a_channel_whose_access_has_just_ended_is_verified_with_the_next(
    stand: Stand, office: Office
) -> None:
    office.is_over = True

    verified = await verify(stand)

    assert (verified.is_ok, verified.channel.needs_reconnect) == (True, False), verified
    assert await kept(stand) == ("t1", 2)


async def test_a_channel_that_gets_no_other_access_is_said_to_have_lost_it(
    stand: Stand, office: Office
) -> None:
    office.is_over = office.refuses = True

    verified = await verify(stand)

    assert (verified.is_ok, verified.channel.needs_reconnect) == (False, True)


async def test_fifty_at_once_in_two_processes_renew_it_once(stand: Stand, office: Office) -> None:
    await give(stand, "t0", ends_in=timedelta(minutes=1))
    other = Database(stand.world.database.url)
    rings = [Keyring(stand.world.database), Keyring(other)]
    network = Tokens(None)  # type: ignore[arg-type]
    channel = await channel_of(stand)

    got = await asyncio.gather(*(rings[i % 2].of(channel, network) for i in range(50)))
    await other.close()

    assert {access.secrets["token"] for access in got} == {"t1"}
    assert office.issued == 1


async def test_two_that_were_refused_renew_it_once(stand: Stand, office: Office) -> None:
    ring, network = Keyring(stand.world.database), Tokens(None)  # type: ignore[arg-type]
    channel = await channel_of(stand)
    old = await ring.of(channel, network)

    got = await asyncio.gather(*(ring.renew(channel, network, old) for _ in range(10)))

    assert {access.secrets["token"] for access in got if access} == {"t1"}
    assert office.issued == 1


async def test_what_was_issued_and_lost_before_it_was_kept_is_said_not_passed_over(
    stand: Stand, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old token is void, the new one died with its process: only a person can help."""
    await give(stand, "t0", ends_in=timedelta(minutes=1))
    monkeypatch.setattr(secrets, "REFRESH_TURN", timedelta(seconds=0.2))
    network, channel = Tokens(None), await channel_of(stand)  # type: ignore[arg-type]

    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    office.on_issue = [die]
    with pytest.raises(Died):
        await Keyring(stand.world.database).of(channel, network)
    office.on_issue = []

    with pytest.raises(PublishFailed) as failed:
        await Keyring(stand.world.database).of(channel, network)
    assert isinstance(failed.value.outcome, Disconnected)

    async with stand.world.worker():
        schedule = await stand.world.schedule("one", channel_ids=[stand.ids["client_id"]])
        await stand.world.reaches(schedule, "failed")
    assert (await stand.world.delivery(schedule)).action == "reconnect"
    assert (await channel_of(stand)).needs_reconnect
    assert stand.judge.texts("client_id") == []


async def test_who_died_with_the_turn_to_renew_keeps_nobody_waiting_for_ever(
    stand: Stand, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(stand, "t0", ends_in=timedelta(minutes=1))
    monkeypatch.setattr(secrets, "REFRESH_TURN", timedelta(seconds=0.3))
    _, version = await kept(stand)
    async with stand.world.database.transaction() as db:
        mine = stand.ids["client_id"]
        assert await secrets.take_turn(db, mine, version=version, now=utc_now())

    access = await Keyring(stand.world.database).of(
        await channel_of(stand),
        Tokens(None),  # type: ignore[arg-type]
    )

    assert access.secrets["token"] == "t1"


async def test_an_office_that_does_not_answer_delays_and_loses_nothing(
    stand: Stand, office: Office
) -> None:
    await give(stand, "t0", ends_in=timedelta(minutes=1))
    office.is_silent = True
    async with stand.world.worker():
        schedule = await stand.world.schedule("one", channel_ids=[stand.ids["client_id"]])

        async def was_tried() -> bool:
            return "does not answer" in (await stand.world.delivery(schedule)).reason

        await until(was_tried)
        office.is_silent = False
        await stand.world.reaches(schedule, "posted", within_s=40)

    assert (await kept(stand))[0] == "t1"
    assert not (await channel_of(stand)).needs_reconnect


async def test_secrets_are_sealed_in_the_database(stand: Stand) -> None:
    await give(stand, "a-very-secret-token", ends_in=timedelta(hours=1))

    async with stand.world.database.reading() as db:
        rows = (await db.execute(select(ChannelSecret.sealed))).scalars().all()

    assert rows
    assert not any("secret-token" in row for row in rows)
