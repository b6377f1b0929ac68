"""The simulated Mastodon keeps statuses by Mastodon's rules, and keys as it is told to."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.servers.asking import Answer, ask
from tests.servers.mastodon.posting import Keys
from tests.servers.mastodon.server import Mastodon


class Client:
    """Somebody who speaks to the server."""

    def __init__(self, mastodon: Mastodon, name: str) -> None:
        self._api = f"{mastodon.base_url}/api/v1"
        self._token = mastodon.token(name)
        self._statuses_path = f"/accounts/{mastodon.account(name).id}/statuses"

    async def post(self, text: str, *, key: str = "", **fields: Any) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.ask("POST", "/statuses", headers=headers, json={"status": text, **fields})

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        return await ask(method, f"{self._api}{path}", token=self._token, **more)

    async def listed(self, **query: str) -> list[str]:
        """Return the content of the account's statuses."""
        answer = await self.ask("GET", self._statuses_path, params=query)
        return [status["content"] for status in answer.body]


@pytest.fixture
def alice(mastodon: Mastodon) -> Client:
    return Client(mastodon, "alice")


@pytest.fixture
def bob(mastodon: Mastodon) -> Client:
    return Client(mastodon, "bob")


async def test_a_status_is_shown_as_html_and_kept_as_typed(alice: Client) -> None:
    text = "Ships & boats:\nhttps://example.com/harbour #Sea"

    made = await alice.post(text, spoiler_text="Water", language="en", visibility="unlisted")
    source = await alice.ask("GET", f"/statuses/{made.body['id']}/source")

    assert "Ships &amp; boats:<br /><a href=" in made.body["content"]
    assert (source.body["text"], source.body["spoiler_text"]) == (text, "Water")
    assert (made.body["visibility"], made.body["language"]) == ("unlisted", "en")
    assert made.body["url"].endswith(f"/@alice/{made.body['id']}")


@pytest.mark.parametrize(
    ("text", "spoiler", "status"),
    [
        ("a" * 500, "", 200),
        ("a" * 501, "", 422),
        ("✨" * 500, "", 200),
        ("a" * 476 + " https://example.com/" + "x" * 100, "", 200),
        ("a" * 477 + " https://a.co", "", 422),
        ("a" * 250, "b" * 251, 422),
        ("a" * 490 + " @bob@a-very-long-name.example", "", 200),
        ("", "", 422),
    ],
)
async def test_a_text_is_counted_as_readers_see_it(
    alice: Client, text: str, spoiler: str, status: int
) -> None:
    assert (await alice.post(text, spoiler_text=spoiler)).status == status


async def test_a_key_is_honoured_for_an_hour_and_per_account(
    mastodon: Mastodon, alice: Client, bob: Client
) -> None:
    first, again = await asyncio.gather(*(alice.post("Hello", key="k") for _ in range(2)))
    theirs = await bob.post("Hello", key="k")
    mastodon.ahead += timedelta(minutes=61)
    later = await alice.post("Hello", key="k")

    assert first.body["id"] == again.body["id"]
    assert len({first.body["id"], theirs.body["id"], later.body["id"]}) == 3
    assert mastodon.posting.requests() == {"Hello": 4}


@pytest.mark.parametrize(
    ("keys", "at_once", "one_by_one"),
    [(Keys.HONOURED, 1, 1), (Keys.IN_SEQUENCE, 5, 1), (Keys.IGNORED, 5, 5), (Keys.FAILS, 1, 1)],
)
async def test_a_key_is_worth_what_the_server_makes_of_it(
    mastodon: Mastodon, alice: Client, keys: Keys, at_once: int, one_by_one: int
) -> None:
    mastodon.posting.keys = keys

    await asyncio.gather(*(alice.post("at once", key="1") for _ in range(5)))
    answers = [await alice.post("one by one", key="2") for _ in range(5)]

    assert mastodon.count() == {"at once": at_once, "one by one": one_by_one}
    assert answers[0].status == 200
    assert {answer.status for answer in answers[1:]} == {500 if keys is Keys.FAILS else 200}


async def test_the_list_is_newest_first_and_can_be_asked_for_in_parts(
    alice: Client, bob: Client
) -> None:
    made = [(await alice.post(f"s{i}")).body["id"] for i in range(4)]
    theirs = (await bob.post("by bob")).body["id"]
    await alice.ask("POST", f"/statuses/{theirs}/reblog")

    assert await alice.listed(exclude_reblogs="true", limit="2") == ["<p>s3</p>", "<p>s2</p>"]
    assert await alice.listed(exclude_reblogs="true", since_id=made[2]) == ["<p>s3</p>"]
    assert await alice.listed(min_id=made[0], limit="1") == ["<p>s1</p>"]
    assert len(await alice.listed()) == 5


async def test_what_is_not_for_all_is_listed_for_its_owner(
    mastodon: Mastodon, alice: Client
) -> None:
    await alice.post("for me", visibility="direct")
    address = f"{mastodon.base_url}/api/v1/accounts/{mastodon.account('alice').id}/statuses"

    assert await alice.listed() == ["<p>for me</p>"]
    assert (await ask("GET", address)).body == []
    assert (await ask("GET", address, token=mastodon.token("bob"))).body == []


async def test_a_reply_names_what_it_answers(alice: Client) -> None:
    first = (await alice.post("one")).body["id"]

    reply = await alice.post("two", in_reply_to_id=first)
    lost = await alice.post("three", in_reply_to_id="1")

    assert reply.body["in_reply_to_id"] == first
    assert lost.status == 404


async def test_an_edit_replaces_the_content_and_a_deletion_returns_it(
    alice: Client, bob: Client
) -> None:
    made = (await alice.post("Helo", spoiler_text="A word")).body["id"]

    edited = await alice.ask("PUT", f"/statuses/{made}", json={"status": "Hello"})
    not_theirs = await bob.ask("DELETE", f"/statuses/{made}")
    deleted = await alice.ask("DELETE", f"/statuses/{made}")
    gone = await alice.ask("DELETE", f"/statuses/{made}")

    assert (edited.body["content"], edited.body["spoiler_text"]) == ("<p>Hello</p>", "")
    assert edited.body["edited_at"]
    assert (not_theirs.status, deleted.status, gone.status) == (404, 200, 404)
    assert deleted.body["text"] == "Hello"


async def test_a_poll_has_its_rules_in_each_form_of_a_request(alice: Client) -> None:
    good = {"options": ["yes", "no"], "expires_in": 600, "multiple": True}
    form = {
        "status": "Well?",
        "poll[options][]": ["yes", "no"],
        "poll[expires_in]": "600",
        "poll[multiple]": "true",
    }

    asked = await alice.post("Well?", poll=good)
    by_form = await alice.ask("POST", "/statuses", data=form)
    short = await alice.post("Well?", poll=good | {"expires_in": 10})
    many = await alice.post("Well?", poll=good | {"options": list("abcde")})

    for answer in (asked, by_form):
        assert [option["title"] for option in answer.body["poll"]["options"]] == ["yes", "no"]
        assert answer.body["poll"]["multiple"] is True
    assert (short.status, many.status) == (422, 422)


async def test_limits_come_with_every_answer_and_are_kept(
    mastodon: Mastodon, alice: Client
) -> None:
    mastodon.posts.limit = 1

    posted = await alice.post("one")
    refused = await alice.post("two")
    mastodon.ahead += timedelta(hours=3)
    later = await alice.post("three")

    assert posted.headers["X-RateLimit-Remaining"] == "0"
    assert (refused.status, refused.body) == (429, {"error": "Too many requests"})
    resets_at = datetime.fromisoformat(refused.headers["X-RateLimit-Reset"])
    assert timedelta() < mastodon.now() - resets_at < timedelta(seconds=10)
    assert later.status == 200


async def test_older_and_other_servers_are_known_by_what_they_lack(
    mastodon: Mastodon, alice: Client
) -> None:
    mastodon.site.has_v2_instance = False
    mastodon.site.invalid_status = 400
    mastodon.resets_in_seconds = True

    v1, v2 = [await ask("GET", f"{mastodon.base_url}/api/v{v}/instance") for v in (1, 2)]
    refused = await alice.post("")

    assert (v1.body["configuration"]["statuses"]["max_characters"], v2.status) == (500, 404)
    assert refused.status == 400
    assert refused.headers["X-RateLimit-Reset"].isdecimal()
