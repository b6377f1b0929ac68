"""A channel's own page: what it says of access, limits and attempts, and what can be set."""

from datetime import timedelta
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Capabilities, Option, Repeats
from socialapp.domain.errors import NotFound
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.services import connections, posts, schedules
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import channels, deliveries, limits
from socialapp.store import schedules as schedule_rows
from socialapp.store.limits import Limit
from socialapp.store.session import Database
from socialapp.store.tables import Channel
from socialapp.ui import routes
from socialapp.ui.network import defaults
from socialapp.ui.network import limits as limit_words
from socialapp.ui.network.state import NetworkState
from socialapp.ui.queue import details
from socialapp.ui.queue.state import QueueState
from tests.networks.village import Village
from tests.servers.village import VillageServer
from tests.ui.tabs import call, move, tab
from tests.ui.test_channels import lose, plan, tilda
from tests.ui.test_feed import owner

__all__ = ["tilda"]


async def page_of(secret: str, channel: Channel) -> NetworkState:
    page = tab(NetworkState, secret, routes.channel(channel.provider, channel.id or 0))
    await call(page, "load")
    return page


async def test_the_page_says_everything_but_the_secret(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = await page_of(alice, tilda)

    assert (page.is_found, page.channel["name"]) == (True, "Tilda Tent")
    assert (page.channel["network"], page.channel["handle"]) == ("Village Square", "@tilda")
    assert page.channel["expires"] == "Not by itself"
    assert "Europe/Berlin" in page.channel["verified"]
    assert page.channel["source"].startswith("https://village.example.org/docs")
    assert "vil_" not in repr(page.dict())


async def test_limits_say_whose_words_they_are(
    database: Database, alice: str, tilda: Channel, village: VillageServer
) -> None:
    village.text_limit = 5000
    given = {"address": village.address, "token": village.give_token(), "quarter": "north"}
    by = await owner(database)
    await connections.connect(database, by, provider="village", given=given, now=utc_now())

    page = await page_of(alice, tilda)

    rows = {row["label"]: row for row in page.limits}
    assert rows["Text"]["value"].startswith("5,000 characters")
    assert rows["Text"]["note"].startswith("127.0.0.1 says so; elsewhere: 300 characters")
    assert rows["Pictures"]["note"] == ""
    assert rows["Threads"]["value"] == "Up to 5 parts"


@pytest.mark.parametrize(
    "address",
    ["/queue/sandbox/{}/", "/queue/village/987654/", "/queue/village/x/", "/queue/village//"],
)
async def test_a_channel_that_is_not_there_is_not_found(
    database: Database, alice: str, tilda: Channel, address: str
) -> None:
    page = tab(NetworkState, alice, address.format(tilda.id))

    await call(page, "load")

    assert (page.is_loaded, page.is_found) == (True, False)
    assert page.channel["id"] == 0


async def test_what_waits_and_what_was_tried_is_listed(
    database: Database, alice: str, tilda: Channel
) -> None:
    by, now = await owner(database), utc_now()
    await plan(database, by, tilda)
    async with database.transaction() as db:
        page_of_rows = await schedule_rows.page(db, by.workspace_id)
        (found,) = (await schedule_rows.deliveries_of(db, [page_of_rows.items[0].id or 0])).values()
        for number, (kind, words) in enumerate((("send", "Refused."), ("look", ""))):
            await deliveries.note(
                db,
                found[0],
                provider="village",
                kind=kind,
                status="failed" if words else "needs_check",
                error=words,
                started_at=now - timedelta(seconds=5 - number),
                finished_at=now,
            )

    page = await page_of(alice, tilda)

    assert [row["text"] for row in page.rows] == ["Hello"]
    look, send = page.attempts
    assert (look["what"], look["status"]) == ("Looked for it", "needs check")
    assert (send["error"], send["took"], send["text"]) == ("Refused.", "5 s", "Hello")
    assert send["address"] == routes.schedule(page.rows[0]["id"])
    assert page.channel["waiting"] == 1


async def test_the_budget_is_what_the_network_said_last(
    database: Database, alice: str, tilda: Channel
) -> None:
    now = utc_now()
    nothing = (await page_of(alice, tilda)).budget
    said = Limit(limits.channel(tilda.id or 0), None, 300, 12, now + timedelta(hours=1))
    async with database.transaction() as db:
        await limits.learn(db, [said], now=now)

    budget = (await page_of(alice, tilda)).budget

    assert nothing["words"] == ""
    assert (budget["remaining"], budget["allowed"], budget["is_closed"]) == (12, 300, False)
    assert budget["words"].startswith("12 of 300 posts left")


async def test_defaults_are_kept_and_shown_again(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = await page_of(alice, tilda)
    form = {
        "option_language": "de",
        "option_visibility": "neighbours",
        "option_sensitive": True,
        "option_tags": "bread, #cake",
        "option_content_warning": "",
        "something_else": "x",
    }

    await call(page, "save_options", form)
    await call(page, "refresh")

    shown = {one["key"]: one for one in page.options}
    assert shown["language"]["value"] == "de"
    assert shown["visibility"]["value"] == "neighbours"
    assert (shown["sensitive"]["is_on"], shown["tags"]["value"]) == (True, "bread, cake")
    async with database.reading() as db:
        kept = await db.get(Channel, tilda.id)
    assert kept
    assert set(kept.options) == {"language", "visibility", "sensitive", "tags"}


async def test_a_dry_run_counts_and_names_what_is_wrong(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = await page_of(alice, tilda)

    await call(page, "try_text", {"tried_text": "Hello"})
    good = (page.tried, page.is_taken, page.counted)
    await call(page, "try_text", {"tried_text": "x" * 301})
    too_long = (page.tried, page.is_taken, [f["is_error"] for f in page.findings])
    await call(page, "try_text", {})

    assert good[:2] == ("Village Square would take it.", True)
    assert good[2] == "5 of 300, counted as a reader sees them"
    assert too_long == ("Village Square would refuse it.", False, [True])
    assert not page.is_taken


async def test_another_channel_does_not_keep_the_dry_run_of_the_first(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = await page_of(alice, tilda)
    await call(page, "try_text", {"tried_text": "Hello"})

    move(page, "/queue/sandbox/1/")
    await call(page, "load")

    assert (page.channel["network"], page.tried) == ("Sandbox", "")
    with pytest.raises(NotFound):
        await call(tab(NetworkState, alice), "try_text", {"tried_text": "Hello"})


async def test_the_queue_is_filtered_by_the_address_and_leads_to_the_channel(
    database: Database, alice: str, tilda: Channel
) -> None:
    page = tab(QueueState, alice, f"/queue/?channel={tilda.id}")

    await call(page, "load")

    assert page.channel == str(tilda.id)
    assert page.channel_page == f"/queue/village/{tilda.id}/"
    await call(page, "choose_channel", "")
    assert page.channel_page == ""
    other = tab(QueueState, alice, "/queue/?channel=987654")
    await call(other, "load")
    assert other.channel == ""


async def test_the_details_of_a_delivery_lead_to_its_channel(
    database: Database, alice: str, tilda: Channel
) -> None:
    by = await owner(database)
    await plan(database, by, tilda)
    await lose(database, tilda)

    async with database.reading() as db:
        (schedule,) = (await schedule_rows.page(db, by.workspace_id)).items
        found = await details.read(db, by.workspace_id, schedule.id or 0, zone="UTC", now=utc_now())

    assert found
    (part,) = found["deliveries"]
    assert part["address"] == f"/queue/village/{tilda.id}/"
    assert part["reconnect"] == f"/channels/?reconnect={tilda.id}"


async def test_the_details_say_what_differs_for_a_channel(
    database: Database, tilda: Channel
) -> None:
    by = await owner(database)
    own = {tilda.id or 0: VariantGiven(text="Boats for the village", media_ids=[])}
    async with database.transaction() as db:
        post = await posts.create(
            db, by, text="Boats", parts=[PartGiven("And fish")], variants=own, now=utc_now()
        )
        ids = [tilda.id or 0, (await channels.of_workspace(db, by.workspace_id))[0].id or 0]
        at = moments.read(moments.iso(utc_now() + timedelta(days=1)), zone=by.zone)
        planned = await schedules.create(
            db, by, post_id=post.id or 0, channel_ids=ids, at=at, now=utc_now()
        )

    async with database.reading() as db:
        found = await details.read(db, by.workspace_id, planned.id or 0, zone="UTC", now=utc_now())

    assert found
    assert found["written"]["text"] == "1 of 2\nBoats\n\n2 of 2\nAnd fish"
    said = {each["channel"]: (each["own_text"], each["own_media"]) for each in found["deliveries"]}
    assert said == {
        tilda.name: (
            "1 of 2\nBoats for the village\n\n2 of 2\nAnd fish",
            "Without pictures here.",
        ),
        "Sandbox": ("", ""),
    }


ODD = Capabilities(
    text_limit=0,
    images=0,
    videos=2,
    video_s=(3, 60),
    alt_text_limit=0,
    image_bytes=900,
    repeats=Repeats.NOTHING,
)


def test_limits_are_words() -> None:
    said = {row["label"]: row["value"] for row in limit_words.rows(ODD, ODD, said_by="X")}
    sandbox = Sandbox.capabilities
    known = {row["label"]: row for row in limit_words.rows(sandbox, ODD, said_by="here")}

    assert (said["Text"], said["Pictures"]) == ("Any length", "None")
    assert said["Videos"].endswith("3 to 60 s")
    assert said["Descriptions"] == "Not taken"
    assert "you are asked" in said["Repeats"]
    assert known["Text"]["note"] == "here says so; elsewhere: any length"
    assert known["Pages"]["value"].startswith("Title up to 200 characters")


def test_every_unit_has_words() -> None:
    from socialapp.domain.patterns import UNITS

    for name in UNITS:
        can = Capabilities(text_limit=10, count=name)
        assert limit_words.rows(can, can, said_by="")
        assert "counted" in limit_words.unit(name, "Somewhere")


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({}, {}),
        ({"option_visibility": "public"}, {}),  # what the network does anyhow
        ({"option_sensitive": "on"}, {"sensitive": True}),
        ({"option_sensitive": False}, {}),
        ({"option_tags": " , ,a"}, {"tags": ["a"]}),
        ({"option_language": "  en "}, {"language": "en"}),
        ({"option_language": 5}, {"language": "5"}),
    ],
)
def test_what_a_form_means(form: dict[str, Any], kept: dict[str, Any]) -> None:
    assert defaults.read(Village.capabilities.options, form) == kept


def test_a_poll_is_nobodys_default() -> None:
    poll = Option("poll", "Poll", kind="poll")

    assert defaults.views([poll], {}) == []
    assert defaults.read([poll], {"option_poll": "x"}) == {}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/queue/village/12/", ("village", 12)),
        ("/queue/village/12", ("village", 12)),
        ("/queue/village/1x/", ("", 0)),
        ("/queue/", ("", 0)),
        ("", ("", 0)),
        ("/queue/village/²/", ("", 0)),
        (f"/queue/village/{'9' * 5000}/", ("village", 10**18 - 1)),
    ],
)
def test_an_address_names_a_channel(path: str, named: tuple[str, int]) -> None:
    assert routes.channel_in(path) == named
