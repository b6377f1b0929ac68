"""The channels page: what it shows, what its dialogs ask, and what others are told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Conflict, NotFound
from socialapp.domain.people import Member, Role
from socialapp.services import channels, connections, greetings, schedules
from socialapp.services import posts as post_services
from socialapp.services.greetings import Greeting
from socialapp.store import limits
from socialapp.store.limits import Limit
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Membership
from socialapp.ui import channel_words, routes
from socialapp.ui.channels import views
from socialapp.ui.channels.state import ChannelsState, ConnectState
from socialapp.ui.components.notice import NoticeState
from socialapp.ui.feed import Rooms
from tests.servers.village import VillageServer
from tests.ui.tabs import call, move, tab
from tests.ui.test_feed import FakeNamespace, owner
from tests.ui.test_pause import words_of


@pytest.fixture
async def tilda(database: Database, alice: str, village: VillageServer) -> Channel:
    """Alice's channel in the village."""
    given = {"address": village.address, "token": village.give_token(), "quarter": "north"}
    return await connections.connect(
        database, await owner(database), provider="village", given=given, now=utc_now()
    )


async def plan(database: Database, by: Member, channel: Channel) -> None:
    at = moments.read(moments.iso(utc_now() + timedelta(days=1)), zone="UTC")
    async with database.transaction() as db:
        post = await post_services.create(db, by, text="Hello", now=utc_now())
        await schedules.create(
            db, by, post_id=post.id or 0, at=at, channel_ids=[channel.id or 0], now=utc_now()
        )


async def lose(database: Database, channel: Channel, words: str = "The village said no.") -> None:
    async with database.transaction() as db:
        mine = update(Channel).where(col(Channel.id) == channel.id)
        await db.execute(mine.values(needs_reconnect=True, trouble=words))


async def notices(state: Any) -> list[tuple[str, str]]:
    shown = await state.get_state(NoticeState)
    return [(item["kind"], item["text"]) for item in shown.items]


async def test_channels_are_listed_by_network_with_their_state(
    database: Database, alice: str, tilda: Channel
) -> None:
    by, now = await owner(database), utc_now()
    await plan(database, by, tilda)
    await lose(database, tilda)
    said = Limit(limits.channel(tilda.id or 0), None, 300, 3, now + timedelta(hours=1))
    async with database.transaction() as db:
        await limits.learn(db, [said], now=now)
    page = tab(ChannelsState, alice, "/channels/")

    await call(page, "load")

    sandbox, village = page.groups
    assert (sandbox["key"], village["name"], village["mark"]) == ("sandbox", "Village Square", "VS")
    (shown,) = village["channels"]
    assert (shown["handle"], shown["url"]) == ("@tilda", f"{tilda.url}")
    assert (shown["state"], shown["trouble"]) == ("reconnect", "The village said no.")
    assert shown["waiting"] == 1
    assert shown["limit"].startswith("3 of 300 posts left until")
    assert shown["address"] == f"/queue/village/{tilda.id}/"
    assert "Europe/Berlin" in shown["verified"]
    assert sandbox["channels"][0]["is_sandbox"]
    assert "vil_" not in repr(page.groups)


async def test_the_networks_to_choose_from_are_read_from_the_list(
    alice: str, database: Database, village: VillageServer
) -> None:
    page = tab(ConnectState, alice)

    await call(page, "choose")

    found = {network["key"]: network for network in page.networks}
    assert page.is_open
    assert list(found) == [network.key for network in providers.PROVIDERS]
    assert found["village"]["line"] == "300 characters, 4 pictures, 1 video, threads"
    ways = {way["key"]: way for way in found["village"]["ways"]}
    assert [f["key"] for f in ways["token"]["fields"]] == ["address", "token", "quarter", "note"]
    assert ways["visit"]["is_visit"]


async def test_connecting_again_begins_with_what_is_known_and_says_what_waits(
    database: Database, alice: str, tilda: Channel
) -> None:
    await plan(database, await owner(database), tilda)
    page = tab(ConnectState, alice)

    await call(page, "reconnect", tilda.id)

    assert page.title == "Connect Tilda Tent again"
    assert [network["key"] for network in page.networks] == ["village"]
    assert page.start["channel_id"] == tilda.id
    assert page.start["given"]["address"] == tilda.address
    assert page.start["words"].startswith("1 post waits, and nothing is lost")
    assert "15 minutes" in page.start["words"]
    assert "vil_" not in repr(page.start)
    with pytest.raises(NotFound):
        await call(page, "reconnect", 987654)


async def test_what_was_connected_is_said_with_what_goes_out(
    database: Database, alice: str, tilda: Channel
) -> None:
    await plan(database, await owner(database), tilda)
    page = tab(ConnectState, alice)
    await call(page, "choose")

    said = words_of(await call(page, "connected", tilda.id))

    assert not page.is_open
    assert "Tilda Tent is connected. 1 post is planned for it" in said


@pytest.mark.parametrize("address", ["/channels/?connect=1", "/channels/?reconnect={}"])
async def test_an_address_opens_the_form_and_becomes_a_plain_one(
    database: Database, alice: str, tilda: Channel, address: str
) -> None:
    page = tab(ChannelsState, alice, address.format(tilda.id))

    goes = await call(page, "load")
    form = await page.get_state(ConnectState)
    opened = form.is_open
    move(page, routes.CHANNELS)
    await call(page, "load")

    assert (opened, form.is_open) == (True, True)
    assert routes.CHANNELS in str(goes.args)
    await call(page, "load")
    assert not form.is_open


async def test_who_comes_back_is_told_once_how_it_went(
    database: Database, alice: str, tilda: Channel
) -> None:
    by = await owner(database)
    said = greetings.seal(by, Greeting(False, "The village said no."), now=utc_now())
    page = tab(ChannelsState, alice, f"/channels/?said={said}")
    form = await page.get_state(ConnectState)
    form.is_open = True

    await call(page, "load")
    move(page, routes.CHANNELS)
    await call(page, "load")

    assert await notices(page) == [("error", "The village said no.")]
    assert not form.is_open


async def test_words_that_somebody_made_up_are_not_said(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = tab(ChannelsState, alice, "/channels/?said=Your+account+is+locked")

    await call(page, "load")

    assert await notices(page) == []


async def test_a_channel_is_renamed_and_made_the_default(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = tab(ChannelsState, alice, "/channels/")

    await call(page, "ask_rename", tilda.id)
    asked = (page.renaming, page.asked_name)
    said = await call(page, "rename", {"new_name": "Market stall"})
    await call(page, "make_default", tilda.id)
    await call(page, "refresh")

    assert asked == (tilda.id, "Tilda Tent")
    assert page.renaming == 0
    assert "Market stall" in words_of(said)
    (shown,) = page.groups[1]["channels"]
    assert (shown["name"], shown["is_default"]) == ("Market stall", True)


async def test_before_a_channel_goes_it_is_said_what_is_planned(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = tab(ChannelsState, alice, "/channels/")
    await call(page, "ask_remove", tilda.id)
    nothing = page.planned
    await plan(database, await owner(database), tilda)

    await call(page, "ask_remove", tilda.id)

    assert (nothing, page.planned) == ("", "1 post is planned for it.")
    with pytest.raises(Conflict, match="1 post is planned for Tilda Tent"):
        await call(page, "remove")
    await call(page, "ask_remove", 0)
    assert page.removing == 0


async def test_a_channel_without_plans_goes(database: Database, alice: str, tilda: Channel) -> None:
    page = tab(ChannelsState, alice, "/channels/")

    await call(page, "ask_remove", tilda.id)
    await call(page, "remove")
    await call(page, "refresh")

    assert [group["key"] for group in page.groups] == ["sandbox"]


@pytest.mark.parametrize("form", [{}, {"channel_id": "x"}, {"channel_id": "-1"}])
async def test_a_behaviour_is_for_a_channel_that_is_there(
    database: Database, alice: str, form: dict[str, str]
) -> None:
    with pytest.raises(NotFound):
        await call(tab(ChannelsState, alice), "behave", form)


async def test_a_viewer_finds_no_form_at_the_address_that_opens_it(
    database: Database, alice: str, tilda: Channel
) -> None:
    async with database.transaction() as db:
        await db.execute(update(Membership).values(role=Role.VIEWER))
    page = tab(ChannelsState, alice, f"/channels/?reconnect={tilda.id}")

    await call(page, "load")

    assert not (await page.get_state(ConnectState)).is_open
    assert page.groups


async def test_other_pages_are_told_of_every_change_of_a_channel(
    database: Database, alice: str, tilda: Channel
) -> None:
    by = await owner(database)
    namespace = FakeNamespace(by.workspace_id)
    rooms = Rooms(namespace)
    await rooms.tell({by.workspace_id})
    seen = [namespace.sent[-1][1]["channels"]]

    async def told() -> None:
        await rooms.tell({by.workspace_id})
        seen.append(namespace.sent[-1][1].get("channels", ""))

    await lose(database, tilda)
    await told()
    async with database.transaction() as db:
        await channels.rename(db, by, tilda.id or 0, name="Market stall")
    await told()
    async with database.transaction() as db:
        await channels.pause(db, by, tilda.id or 0, now=utc_now())
    await told()
    async with database.transaction() as db:
        await channels.set_options(db, by, tilda.id or 0, options={"sensitive": True})
    await told()
    async with database.transaction() as db:
        await channels.remove(db, by, tilda.id or 0, now=utc_now())
    await told()

    assert all(seen)
    assert len(set(seen)) == len(seen)


def test_a_network_is_described_in_a_line() -> None:
    lines = {network["key"]: network["line"] for network in views.networks()}

    assert lines["sandbox"] == "500 characters, 4 pictures, 1 video, threads, polls"


@pytest.mark.parametrize(
    ("name", "mark"), [("Bluesky", "Bl"), ("Village Square", "VS"), ("X", "X")]
)
def test_a_network_has_a_mark(name: str, mark: str) -> None:
    assert channel_words.mark(name) == mark
