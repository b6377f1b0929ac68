"""Channels over the API: connected, connected again, verified, changed; and the way back."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from socialapp.api import address
from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import greetings, members
from socialapp.store import people
from socialapp.store.session import Database
from tests.api.calls import plan, problem
from tests.people import cookie_of
from tests.servers.village import VillageServer

Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def browser(client: Client, database: Database, owner: Member) -> httpx.AsyncClient:
    """The browser of an admin of Alice's workspace."""
    return client(cookie=await cookie_of(database, owner, Role.ADMIN))


@pytest.fixture(autouse=True)
def no_public_address() -> Iterator[None]:
    """Nobody has said where the app is reached, unless a test does."""
    yield
    address.connect("")


def asked(village: VillageServer, **more: Any) -> dict[str, Any]:
    fields = {"address": village.address, "token": village.give_token(), "quarter": "north"}
    return {"provider": "village", "fields": fields, **more}


async def connect(program: httpx.AsyncClient, village: VillageServer, **more: Any) -> Any:
    answer = await program.post("/api/channels", json=asked(village, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_networks_say_how_they_are_connected(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    networks = {n["key"]: n for n in (await alice.get("/api/providers")).json()["items"]}

    token, visit = networks["village"]["ways"]
    assert (token["is_visit"], visit["is_visit"]) == (False, True)
    fields = {field["key"]: field for field in token["fields"]}
    assert fields["token"]["is_secret"]
    assert fields["note"]["is_optional"]
    assert fields["quarter"]["choices"][0] == {"value": "north", "label": "North"}
    assert {o["key"] for o in networks["village"]["options"]} >= {"visibility", "sensitive"}
    assert [way["key"] for way in networks["sandbox"]["ways"]] == ["name"]


async def test_an_account_is_connected_and_listed_without_its_secret(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    made = await connect(alice, village, name="Shop")

    assert (made["name"], made["handle"], made["provider"]) == ("Shop", "@tilda", "village")
    listed = await alice.get("/api/channels")
    one = await alice.get(f"/api/channels/{made['id']}")
    assert one.json() == listed.json()["items"][1]
    assert one.json()["verified_at"]
    assert (one.json()["expires_at"], one.json()["waiting"]) == (None, 0)
    assert one.json()["address"] == village.address
    for answer in (listed, one):
        assert "vil_" not in answer.text


async def test_the_sandbox_is_connected_by_its_fields_too(alice: httpx.AsyncClient) -> None:
    body = {"provider": "sandbox", "fields": {"name": "Second shop"}}

    made = (await alice.post("/api/channels", json=body)).json()

    assert (made["name"], made["handle"]) == ("Second shop", f"sandbox-{made['id']}")


async def test_a_no_is_a_400_with_the_networks_words_and_no_secret(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    body = asked(village)
    body["fields"]["token"] = "vil_wrong_and_secret"

    found = problem(await alice.post("/api/channels", json=body), 400, "not_connected")

    assert "The village does not know the token …." in found["detail"]
    assert "secret" not in str(found)


async def test_what_is_wrong_with_a_field_names_it(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    body = {"provider": "village", "fields": {"address": village.address, "quarter": "west"}}

    found = problem(await alice.post("/api/channels", json=body), 400, "field_required")

    assert [(e["field"], e["code"]) for e in found["errors"]] == [
        ("token", "field_required"),
        ("quarter", "field_invalid"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "village", "fields": {"token": 5}},
        {"provider": "village", "fields": {"token": "a\x00b"}},
        {"provider": "village", "fields": [], "name": "a"},
        {"provider": "village", "fields": {}, "channel_id": "1"},
        {"provider": "village", "fields": {}, "secret": "a"},
        {"provider": "village", "fields": {str(n): "a" for n in range(51)}},
    ],
)
async def test_what_is_not_understood_is_refused(
    alice: httpx.AsyncClient, village: VillageServer, body: dict[str, Any]
) -> None:
    problem(await alice.post("/api/channels", json=body), 400)
    problem(await alice.post("/api/channels/visit", json=body), 400)


async def test_a_channel_is_connected_again_and_not_by_another_account(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    made = await connect(alice, village)
    other = asked(village, channel_id=made["id"])
    other["fields"]["token"] = village.give_token("Boris Barn", "v-9")

    again = await connect(alice, village, channel_id=made["id"])

    assert again["id"] == made["id"]
    problem(await alice.post("/api/channels", json=other), 400, "another_account")
    other["channel_id"] = 987654
    problem(await alice.post("/api/channels", json=other), 404, "not_found")
    assert len((await alice.get("/api/channels")).json()["items"]) == 2


async def test_a_repeat_with_a_key_connects_once_and_answers_the_same(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    body, key = asked(village), {"Idempotency-Key": "connect-1"}

    first = await alice.post("/api/channels", json=body, headers=key)
    second = await alice.post("/api/channels", json=body, headers=key)

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"


async def test_verifying_says_whether_access_is_good(
    alice: httpx.AsyncClient, village: VillageServer
) -> None:
    made = await connect(alice, village)
    where = f"/api/channels/{made['id']}/verify"

    good = (await alice.post(where)).json()
    village.revoke_all()
    lost = (await alice.post(where)).json()

    assert (good["ok"], good["channel"]["needs_reconnect"]) == (True, False)
    assert (lost["ok"], lost["channel"]["needs_reconnect"]) == (False, True)
    assert lost["detail"] == lost["channel"]["trouble"]
    problem(await alice.post("/api/channels/987654/verify"), 404, "not_found")


async def test_a_channel_is_changed(alice: httpx.AsyncClient, village: VillageServer) -> None:
    made = await connect(alice, village)
    where = f"/api/channels/{made['id']}"
    options = {"visibility": "neighbours", "language": "de"}

    named = await alice.patch(where, json={"name": "Market stall"})
    chosen = await alice.patch(where, json={"options": options, "is_default": True})

    assert named.json()["name"] == "Market stall"
    assert (chosen.json()["options"], chosen.json()["is_default"]) == (options, True)
    listed = (await alice.get("/api/channels")).json()["items"]
    assert [c["is_default"] for c in listed] == [False, True]
    problem(await alice.patch(where, json={"options": {"poll": None}}), 400, "option_unknown")
    problem(await alice.patch(where, json={"options": {"visibility": "x"}}), 400, "option_invalid")
    problem(await alice.patch(where, json={"is_default": False}), 400, "default_required")
    problem(await alice.patch(where, json={"name": " "}), 400, "name_required")
    assert (await alice.get(where)).json() == chosen.json()


async def test_a_removed_channel_is_gone(alice: httpx.AsyncClient, village: VillageServer) -> None:
    made = await connect(alice, village)
    schedule = await plan(alice, channel_ids=[made["id"]])
    where = f"/api/channels/{made['id']}"

    found = problem(await alice.delete(where), 409, "conflict")
    await alice.delete(f"/api/schedules/{schedule['id']}")

    assert "1 post is planned" in found["detail"]
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.get(where), 404, "not_found")
    problem(await alice.post(f"{where}/verify"), 404, "not_found")


async def test_who_may_only_look_changes_nothing(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, village: VillageServer
) -> None:
    made = await connect(alice, village)
    where = f"/api/channels/{made['id']}"

    for answer in (
        await bob.post("/api/channels", json=asked(village)),
        await bob.post("/api/channels/visit", json={"provider": "village", "fields": {}}),
        await bob.post(f"{where}/verify"),
        await bob.patch(where, json={"name": "Bob's"}),
        await bob.delete(where),
    ):
        problem(answer, 403, "not_allowed")
    assert (await bob.get(where)).json()["name"] == made["name"]


# There and back.


async def depart(who: httpx.AsyncClient, village: VillageServer, **more: Any) -> httpx.URL:
    body = {"provider": "village", "fields": {"address": village.address}, **more}
    answer = await who.post("/api/channels/visit", json=body)
    assert answer.status_code == 200, answer.text
    return httpx.URL(answer.json()["url"])


async def said(database: Database, who: httpx.AsyncClient, answer: httpx.Response) -> str:
    """Open what somebody is told who comes back; a good word begins with +."""
    assert answer.status_code == 303, answer.text
    where = urlsplit(answer.headers["location"])
    assert where.path == "/channels/"
    secret = who.headers["cookie"].partition("=")[2]
    async with database.reading() as db:
        session = await members.session_member(db, secret, now=utc_now())
        assert session
        by = await people.member(
            db, person_id=session.member.person_id or 0, workspace_id=session.member.workspace_id
        )
    assert by
    greeting = greetings.opened(by, parse_qs(where.query)["said"][0], now=utc_now())
    assert greeting
    return ("+ " if greeting.is_good else "- ") + greeting.words


async def back(
    who: httpx.AsyncClient, url: httpx.URL, village: VillageServer, **came: str
) -> httpx.Response:
    village.allow("code-of-mine")
    given = {"state": url.params["state"], "code": "code-of-mine"} | came
    where = urlsplit(url.params["back"])
    return await who.get(where.path, params=given)


async def test_there_and_back_makes_a_channel(
    browser: httpx.AsyncClient, database: Database, village: VillageServer
) -> None:
    url = await depart(browser, village)

    answer = await back(browser, url, village)

    assert str(url).startswith(f"{village.address}/let-in?")
    assert url.params["back"] == "http://test/api/connect/village/back"
    assert await said(database, browser, answer) == "+ Vera Visits is connected."
    listed = (await browser.get("/api/channels")).json()["items"]
    assert [c["handle"] for c in listed] == ["sandbox-1", "@vera"]
    assert listed[1]["expires_at"]
    again = await back(browser, url, village)
    assert "That visit is over" in await said(database, browser, again)


async def test_who_connects_again_hears_what_waits(
    browser: httpx.AsyncClient, database: Database, village: VillageServer
) -> None:
    await back(browser, await depart(browser, village), village)
    channel = (await browser.get("/api/channels")).json()["items"][1]
    await plan(browser, channel_ids=[channel["id"]])

    url = await depart(browser, village, channel_id=channel["id"])
    answer = await back(browser, url, village)

    words = await said(database, browser, answer)
    assert words.startswith("+ Vera Visits is connected. 1 post is planned for it")


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ({"error": "access_denied"}, "told not to let us in"),
        ({"code": "made-up"}, "The code … is not good"),
        ({"code": "made-up", "password": "The code"}, "… … is not good"),
        ({"state": "made-up"}, "That visit is over, or was somebody else's"),
        ({"state": ""}, "That visit is over"),
    ],
)
async def test_whatever_goes_wrong_is_said_on_the_channels_page(
    browser: httpx.AsyncClient,
    database: Database,
    village: VillageServer,
    came: dict[str, str],
    words: str,
) -> None:
    url = await depart(browser, village)

    answer = await back(browser, url, village, **came)

    assert words in await said(database, browser, answer)
    assert len((await browser.get("/api/channels")).json()["items"]) == 1


async def test_a_failure_of_ours_is_said_too(
    browser: httpx.AsyncClient,
    database: Database,
    village: VillageServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = await depart(browser, village)
    monkeypatch.setattr("tests.networks.village.Village.arrive", None)

    answer = await back(browser, url, village)

    assert "Something went wrong here" in await said(database, browser, answer)


async def test_what_somebody_brings_along_is_neither_logged_nor_passed_on(
    browser: httpx.AsyncClient,
    village: VillageServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def stumble(*_: Any, **__: Any) -> None:
        raise RuntimeError("about code-of-mine and user-password")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("tests.networks.village.Village.arrive", stumble)
    url = await depart(browser, village)

    answer = await back(browser, url, village, password="user-password")
    elsewhere = await back(browser, url, village, password="user-password")

    for one in (answer, elsewhere):
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["cache-control"] == "no-store"
        assert "password" not in one.headers["location"]
    # The test's own client writes down what it asks for.
    logged = "\n".join(
        logging.Formatter().format(r) for r in caplog.records if not r.name.startswith("http")
    )
    assert "RuntimeError: about … and …" in logged
    assert "code-of-mine" not in logged
    assert "user-password" not in logged
    assert url.params["state"] not in logged


async def test_who_comes_back_from_elsewhere_is_not_taken_in(
    browser: httpx.AsyncClient, database: Database, village: VillageServer
) -> None:
    url = await depart(browser, village)
    given = {"state": url.params["state"], "code": "a"}

    answer = await browser.get("/api/connect/sandbox/back", params=given)

    assert "That visit is over" in await said(database, browser, answer)


async def test_a_stranger_who_comes_back_goes_to_the_door(
    nobody: httpx.AsyncClient, browser: httpx.AsyncClient, village: VillageServer
) -> None:
    url = await depart(browser, village)

    answer = await back(nobody, url, village)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/")
    assert (await back(browser, url, village)).headers["location"].startswith("/channels/")


async def test_who_is_signed_in_as_localhost_is_found_again(
    browser: httpx.AsyncClient, nobody: httpx.AsyncClient, village: VillageServer
) -> None:
    """The network is given the number of this machine, where the browser has no cookie."""
    browser.base_url = httpx.URL("http://localhost:8123")
    nobody.base_url = httpx.URL("http://127.0.0.1:8123")
    url = await depart(browser, village)
    assert url.params["back"] == "http://127.0.0.1:8123/api/connect/village/back"

    without_cookie = await back(nobody, url, village)
    there = without_cookie.headers["location"]
    home = await browser.get(there)

    assert there.startswith("http://localhost:8123/api/connect/village/back?")
    assert home.headers["location"].startswith("/channels/?said=")
    assert len((await browser.get("/api/channels")).json()["items"]) == 2
    second = await nobody.get(there.replace("localhost", "127.0.0.1"))
    assert second.headers["location"] == "/sign-in/"


async def test_the_public_address_is_where_networks_send_people(
    browser: httpx.AsyncClient, village: VillageServer
) -> None:
    address.connect("https://social.example.org")

    url = await depart(browser, village)
    described = await browser.get("/api/connect/village/client.json")

    assert url.params["back"] == "https://social.example.org/api/connect/village/back"
    assert described.json()["client_id"].startswith("https://social.example.org/api/connect/")


async def test_everybody_may_read_who_we_are(
    nobody: httpx.AsyncClient, village: VillageServer
) -> None:
    answer = await nobody.get("/api/connect/village/client.json")

    assert answer.json()["client_id"] == "http://test/api/connect/village/client.json"
    assert answer.headers["cache-control"] == "public, max-age=600"
    for key in ("sandbox", "myspace"):
        problem(await nobody.get(f"/api/connect/{key}/client.json"), 404, "not_found")
