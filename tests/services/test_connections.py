"""Connecting: what is kept, what is refused and in which words, and what is let go."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain import delivery as rules
from socialapp.domain.delivery import Status
from socialapp.domain.errors import NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member
from socialapp.services import channels, connections
from socialapp.store import channels as rows
from socialapp.store import secrets
from socialapp.store.session import Aftermath, Database
from socialapp.store.tables import Channel, ChannelSecret
from tests.servers.village import VillageServer
from tests.services.desk import become, channel_of, delivery_of, plan, status_of


def typed(village: VillageServer, token: str = "", **more: str) -> dict[str, str]:
    given = {"address": village.address, "token": token or village.give_token()}
    return {**given, "quarter": "north", **more}


async def connect(database: Database, by: Member, given: dict[str, str], **more: Any) -> Channel:
    return await connections.connect(
        database, by, provider="village", given=given, now=utc_now(), **more
    )


async def refused(database: Database, by: Member, given: dict[str, str], **more: Any) -> Rejected:
    with pytest.raises(Rejected) as refusal:
        await connect(database, by, given, **more)
    return refusal.value


async def verify(database: Database, by: Member, channel: Channel) -> connections.Verified:
    keyring = Keyring(database)
    return await connections.verify(database, keyring, by, channel.id or 0, now=utc_now())


async def lose_access(database: Database, channel: Channel) -> None:
    async with database.transaction() as db:
        found = await db.get(Channel, channel.id)
        assert found
        found.needs_reconnect, found.trouble = True, "The village does not know us."


async def as_it_is(database: Database, channel: Channel) -> Channel:
    async with database.reading() as db:
        found = await db.get(Channel, channel.id)
    assert found
    return found


async def test_an_account_becomes_a_channel_with_what_its_network_said(
    database: Database, alice: Member, village: VillageServer
) -> None:
    village.text_limit = 1234

    channel = await connect(database, alice, typed(village))

    assert (channel.provider, channel.name, channel.handle) == ("village", "Tilda Tent", "@tilda")
    assert (channel.remote_id, channel.address) == ("v-1", village.address)
    assert channel.url == f"{village.address}/@tilda"
    assert channel.known["text_limit"] == 1234
    assert channel.known_at is not None
    assert not channel.is_default


async def test_a_channel_is_called_as_somebody_wishes(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village), name="Shop window")

    assert (channel.name, channel.handle) == ("Shop window", "@tilda")


async def test_secrets_are_sealed_and_open_only_for_their_channel(
    database: Database, alice: Member, village: VillageServer
) -> None:
    token = village.give_token()

    channel = await connect(database, alice, typed(village, token))

    async with database.reading() as db:
        (sealed,) = (await db.execute(select(ChannelSecret.sealed))).scalars()
        opened = await secrets.of_channels(db, [channel.id or 0])
        everything = [repr(row) for row in (await db.execute(select(Channel))).scalars()]
    assert token not in sealed
    assert opened[channel.id or 0].value == {"token": token}
    assert token not in "".join(everything)
    assert token not in repr(opened)


async def test_the_secret_of_a_removed_channel_is_forgotten(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))

    async with database.transaction() as db:
        await channels.remove(db, alice, channel.id or 0, now=utc_now())

    async with database.reading() as db:
        assert await secrets.of_channels(db, [channel.id or 0]) == {}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"token": ""}, "token", "field_required"),
        ({"token": "   "}, "token", "field_required"),
        ({"address": "x" * 4001}, "address", "field_too_long"),
        ({"quarter": "west"}, "quarter", "field_invalid"),
        ({"token": "not-one"}, "token", "token_invalid"),
        ({"address": "village.example"}, "address", "address_invalid"),
    ],
)
async def test_what_is_wrong_with_a_field_names_it(
    database: Database,
    alice: Member,
    village: VillageServer,
    change: dict[str, str],
    field: str,
    code: str,
) -> None:
    no = await refused(database, alice, typed(village, **change) | change)

    assert [(p.field, p.code) for p in no.problems] == [(field, code)]


async def test_every_wrong_field_is_named_at_once(
    database: Database, alice: Member, village: VillageServer
) -> None:
    no = await refused(database, alice, {})

    assert [p.field for p in no.problems] == ["address", "token", "quarter"]


async def test_the_networks_no_is_said_in_words_without_the_secret(
    database: Database, alice: Member, village: VillageServer
) -> None:
    no = await refused(database, alice, typed(village, "vil_unknown"))

    assert no.code == "not_connected"
    assert no.detail == "The village does not know the token …. Nothing was changed."


async def test_a_refusal_of_a_field_does_not_repeat_the_secret(
    database: Database, alice: Member, village: VillageServer
) -> None:
    no = await refused(database, alice, typed(village, "my own password"))

    assert "my own password" not in no.detail


async def test_a_silent_server_is_said_without_talk_of_posts(
    database: Database, alice: Member, village: VillageServer
) -> None:
    no = await refused(database, alice, typed(village, address="http://127.0.0.1:1"))

    assert no.detail == "127.0.0.1 could not be reached. Nothing was changed."


async def test_a_server_that_hangs_up_is_said_without_talk_of_posts(
    database: Database, alice: Member, village: VillageServer
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        no = await refused(database, alice, typed(village, address=f"http://127.0.0.1:{port}"))

    assert no.detail == "127.0.0.1 did not answer. Nothing was changed."


@pytest.mark.parametrize(
    ("provider", "way", "code"),
    [
        ("myspace", "", "network_unknown"),
        ("village", "telepathy", "way_unknown"),
        ("village", "visit", "way_unknown"),
    ],
)
async def test_a_way_that_there_is_not_is_refused(
    database: Database, alice: Member, village: VillageServer, provider: str, way: str, code: str
) -> None:
    with pytest.raises(Rejected) as refusal:
        await connections.connect(
            database, alice, provider=provider, way=way, given=typed(village), now=utc_now()
        )

    assert refusal.value.code == code


async def test_the_same_account_again_is_the_same_channel_with_the_new_access(
    database: Database, alice: Member, village: VillageServer
) -> None:
    first = await connect(database, alice, typed(village))
    token = village.give_token()

    second = await connect(database, alice, typed(village, token))

    async with database.reading() as db:
        opened = await secrets.of_channels(db, [second.id or 0])
    assert second.id == first.id
    assert opened[second.id or 0].value == {"token": token}


async def test_the_same_account_twice_at_once_is_one_channel(
    database: Database, alice: Member, village: VillageServer
) -> None:
    both = await asyncio.gather(
        connect(database, alice, typed(village)), connect(database, alice, typed(village))
    )

    assert both[0].id == both[1].id


async def test_the_same_name_in_another_village_is_another_channel(
    database: Database, alice: Member, village: VillageServer
) -> None:
    async with VillageServer() as other:
        first = await connect(database, alice, typed(village))
        second = await connect(database, alice, typed(other))

    assert first.id != second.id


async def test_reconnecting_lets_go_what_waited_and_keeps_what_is_planned(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    told: list[Aftermath] = []
    now = utc_now()
    to = {"channel_ids": [channel.id or 0]}
    waited = await plan(database, alice, **to)
    soon = await plan(database, alice, **to)
    later = await plan(database, alice, **to)
    held = rules.until_reconnected("Tilda", now=now, latest=now + timedelta(minutes=14))
    words = {"due_at": held.due_at, "reason": held.reason, "action": held.action}
    await become(database, waited, Status.QUEUED, planned_at=now - timedelta(minutes=1), **words)
    at = now + timedelta(seconds=30)
    await become(database, soon, Status.QUEUED, planned_at=at, **words)
    await lose_access(database, channel)
    database.after_commit = told.append

    again = await connect(database, alice, typed(village), channel_id=channel.id)

    assert (again.id, again.needs_reconnect, again.trouble) == (channel.id, False, "")
    first = await delivery_of(database, waited)
    assert (first.status, first.reason, first.action) == (Status.QUEUED, "", "")
    assert now <= first.due_at <= utc_now()
    assert (await delivery_of(database, soon)).due_at == at
    planned = await delivery_of(database, later)
    assert (planned.status, planned.due_at) == (Status.QUEUED, planned.planned_at)
    assert (told[-1].workspaces, told[-1].is_due_soon) == ({alice.workspace_id}, True)


async def test_what_a_worker_holds_is_made_ready_anew_with_the_new_access(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    schedule = await plan(database, alice, channel_ids=[channel.id or 0])
    await become(database, schedule, Status.READY, owner="a worker", fence=3)
    await lose_access(database, channel)

    await connect(database, alice, typed(village), channel_id=channel.id)

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner, delivery.fence) == (Status.QUEUED, None, 4)


async def test_another_account_is_refused_and_nothing_changes(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    schedule = await plan(database, alice, channel_ids=[channel.id or 0])
    await lose_access(database, channel)
    token = village.give_token("Boris Barn", "v-9")

    no = await refused(database, alice, typed(village, token), channel_id=channel.id)

    assert no.code == "another_account"
    assert "another account than @tilda" in no.detail
    after = await as_it_is(database, channel)
    assert (after.needs_reconnect, after.handle) == (True, "@tilda")
    assert await status_of(database, schedule) == "queued"
    async with database.reading() as db:
        opened = await secrets.of_channels(db, [channel.id or 0])
    assert opened[channel.id or 0].value != {"token": token}


async def test_the_same_number_in_another_village_is_another_account(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    async with VillageServer() as other:
        token = other.give_token("Somebody Else", "v-1")

        no = await refused(database, alice, typed(other, token), channel_id=channel.id)

    assert no.code == "another_account"


async def test_an_account_that_has_moved_to_another_server_is_still_the_same(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    async with VillageServer() as other:
        again = await connect(database, alice, typed(other), channel_id=channel.id)

    assert (again.id, again.address) == (channel.id, other.address)


async def test_a_channel_of_another_network_is_not_taken(
    database: Database, alice: Member, village: VillageServer
) -> None:
    sandbox = await channel_of(database, alice)

    no = await refused(database, alice, typed(village), channel_id=sandbox.id)

    assert no.code == "another_network"
    assert not village.is_asked.is_set()


async def test_verifying_says_who_it_is_and_learns_what_has_changed(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    village.text_limit = 5000

    found = await verify(database, alice, channel)

    assert (found.is_ok, found.channel.known["text_limit"]) == (True, 5000)
    assert "@tilda" in found.words


async def test_verifying_finds_that_access_is_lost_and_that_it_is_back(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    kept = dict(village.villagers)
    village.revoke_all()

    lost = await verify(database, alice, channel)
    village.villagers.update(kept)
    back = await verify(database, alice, channel)

    assert (lost.is_ok, lost.channel.needs_reconnect) == (False, True)
    assert lost.channel.trouble == "The village does not know the token …."
    assert "posted" not in lost.words
    assert (back.is_ok, back.channel.needs_reconnect, back.channel.trouble) == (True, False, "")


async def test_a_network_that_is_away_loses_no_access(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    async with database.transaction() as db:
        row = await db.get(Channel, channel.id)
        assert row
        row.address = "http://127.0.0.1:1"

    found = await verify(database, alice, channel)

    assert (found.is_ok, found.channel.needs_reconnect) == (False, False)
    assert found.words == "127.0.0.1 could not be reached."


async def test_access_that_has_become_somebody_elses_is_not_good(
    database: Database, alice: Member, village: VillageServer
) -> None:
    token = village.give_token()
    channel = await connect(database, alice, typed(village, token))
    other = village.give_token("Boris Barn", "v-9")
    village.villagers[token] = village.villagers[other]

    found = await verify(database, alice, channel)

    assert not found.is_ok
    assert "as @boris, and not as @tilda" in found.words
    assert (await as_it_is(database, channel)).handle == "@tilda"


async def test_bob_and_carol_cannot(
    database: Database, alice: Member, bob: Member, carol: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    again = {"channel_id": channel.id}

    for by, no in ((bob, NotAllowed), (carol, NotFound)):
        with pytest.raises(no):
            await connect(database, by, typed(village), **again)
        with pytest.raises(no):
            await verify(database, by, channel)
        with pytest.raises(no):
            await connections.depart(
                database,
                by,
                provider="village",
                given={"address": village.address},
                back="http://here/back",
                now=utc_now(),
                **again,
            )
        with pytest.raises(no):
            async with database.transaction() as db:
                await channels.set_options(db, by, channel.id or 0, options={})
    with pytest.raises(NotAllowed):
        await connect(database, bob, typed(village))

    async with database.reading() as db:
        assert len(await rows.of_workspace(db, alice.workspace_id)) == 2


async def test_defaults_of_a_channel_fit_what_its_network_offers(
    database: Database, alice: Member, village: VillageServer
) -> None:
    channel = await connect(database, alice, typed(village))
    good = {"visibility": "neighbours", "sensitive": True, "language": "de", "tags": ["bread"]}

    async with database.transaction() as db:
        changed = await channels.set_options(db, alice, channel.id or 0, options=good)
    for wrong in ({"visibility": "nobody"}, {"visibility": []}, {"title": "a"}, {"sensitive": 1}):
        with pytest.raises(Rejected):
            async with database.transaction() as db:
                await channels.set_options(db, alice, channel.id or 0, options=wrong)

    assert changed.options == good
    assert (await as_it_is(database, channel)).options == good
