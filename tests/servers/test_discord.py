"""The simulated Discord takes what a webhook takes, and says no in Discord's words."""

import json
import math
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.networks.mischief import Mischief
from tests.servers.asking import Answer, ask
from tests.servers.discord.messages import Webhook
from tests.servers.discord.server import Discord

AGENT = {"User-Agent": "DiscordBot (https://app.example, 1.0)"}
WAIT = {"wait": "true"}


async def post(
    discord: Discord, body: dict[str, Any], webhook: Webhook | None = None, **query: str
) -> Answer:
    params = WAIT | query
    return await ask("POST", discord.url(webhook), headers=AGENT, params=params, json=body)


async def post_files(discord: Discord, body: dict[str, Any], *files: bytes) -> Answer:
    form = aiohttp.FormData({"payload_json": json.dumps(body)})
    for i, content in enumerate(files):
        form.add_field(f"files[{i}]", content, filename=f"{i}.png", content_type="image/png")
    return await ask("POST", discord.url(), headers=AGENT, params=WAIT, data=form)


async def test_only_who_waits_is_told_what_was_posted(discord: Discord) -> None:
    told = await post(discord, {"content": "Hello"})
    untold = await ask("POST", discord.url(), headers=AGENT, json={"content": "Hello"})
    shown = await ask("GET", discord.url(), headers=AGENT)

    assert (told.status, told.body["content"]) == (200, "Hello")
    assert told.body["channel_id"] == shown.body["channel_id"]
    assert (untold.status, untold.body) == (204, "")
    assert discord.count() == {"Hello": 2}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": "a" * 2001}, "content"),
        ({"content": "Hello", "username": "Clyde's"}, "username"),
        ({"embeds": [{"title": "a" * 257}]}, "embeds"),
        ({"embeds": [{"description": "a" * 3001}] * 2}, "embeds"),
        ({"content": "Hello", "attachments": [{"id": 0}]}, "attachments"),
        ({"content": "Hello", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions"),
        ({"poll": {"question": {"text": ""}, "answers": []}}, "poll"),
    ],
)
async def test_a_field_that_is_wrong_is_named(
    discord: Discord, body: dict[str, Any], field: str
) -> None:
    refused = await post(discord, body)

    assert (refused.status, refused.body["code"]) == (400, 50035)
    assert list(refused.body["errors"]) == [field]
    assert discord.messages == []


async def test_nothing_at_all_is_no_message(discord: Discord) -> None:
    assert (await post(discord, {"content": ""})).body["code"] == 50006


async def test_files_come_with_their_alternative_text(discord: Discord) -> None:
    described = {"attachments": [{"id": 1, "description": "A dark sea"}]}

    posted = await post_files(discord, described, b"first", b"second")
    wordy = await post_files(discord, {"attachments": [{"id": 0, "description": "a" * 1025}]}, b"x")
    discord.max_file_bytes = 4
    large = await post_files(discord, {}, b"first")

    assert [one.get("description") for one in posted.body["attachments"]] == [None, "A dark sea"]
    assert [file.content for file in discord.messages[0].attachments] == [b"first", b"second"]
    assert (wordy.status, wordy.body["code"]) == (400, 50035)
    assert (large.status, large.body["code"]) == (413, 40005)


async def test_all_are_called_unless_the_message_forbids_it(discord: Discord) -> None:
    loud = await post(discord, {"content": "@everyone"})
    quiet = await post(discord, {"content": "@everyone", "allowed_mentions": {"parse": []}})

    assert (loud.body["mention_everyone"], quiet.body["mention_everyone"]) == (True, False)


async def test_a_message_is_edited_and_deleted_where_it_is(discord: Discord) -> None:
    thread = discord.add_thread(discord.webhook)
    made = await post(discord, {"content": "Helo"}, thread_id=thread)
    address = f"{discord.url()}/messages/{made.body['id']}"
    inside = {"thread_id": thread}

    elsewhere = await ask("DELETE", address, headers=AGENT)
    edited = await ask("PATCH", address, headers=AGENT, params=inside, json={"content": "Hello"})
    deleted = await ask("DELETE", address, headers=AGENT, params=inside)
    gone = await ask("GET", address, headers=AGENT, params=inside)

    assert made.body["channel_id"] == thread
    assert (elsewhere.status, elsewhere.body["code"]) == (404, 10008)
    assert edited.body["content"] == "Hello"
    assert edited.body["edited_timestamp"]
    assert (deleted.status, gone.status) == (204, 404)


async def test_a_forum_wants_a_thread_and_a_channel_wants_none_made(discord: Discord) -> None:
    forum = discord.add_webhook("Forum", is_forum=True)
    discord.pace.limit = 10

    codes = [
        (await post(discord, {"content": "Hello"}, forum)).body["code"],
        (await post(discord, {"content": "Hello", "thread_name": "New"})).body["code"],
        (await post(discord, {"content": "Hello"}, thread_id="1")).body["code"],
    ]
    made = await post(discord, {"content": "Hello", "thread_name": "New"}, forum)

    assert codes == [220001, 220003, 10003]
    assert made.body["channel_id"] in forum.threads


async def test_the_sixth_request_of_a_window_has_to_wait(discord: Discord) -> None:
    discord.pace.per = timedelta(seconds=60)  # two on the real one: a busy machine takes longer

    *good, refused = [await post(discord, {"content": "Hello"}) for _ in range(6)]
    discord.ahead += timedelta(seconds=60)
    later = await post(discord, {"content": "Hello"})

    assert [answer.headers["X-RateLimit-Remaining"] for answer in good] == list("43210")
    assert refused.status == 429
    wait_s = refused.body["retry_after"]
    assert 30 < wait_s <= 60
    assert refused.headers["Retry-After"] == str(math.ceil(wait_s))
    assert "." in refused.headers["X-RateLimit-Reset-After"]
    assert later.status == 200


async def test_who_may_not_post_is_told_why(discord: Discord) -> None:
    unknown = await ask("POST", f"{discord.base_url}/api/webhooks/1/x", headers=AGENT, json={})
    wrong = await ask("POST", f"{discord.url()}x", headers=AGENT, json={})
    nameless = await ask("POST", discord.url(), json={"content": "Hello"})
    discord.disturb(Mischief.REFUSE)
    blocked = await post(discord, {"content": "Hello"})

    said = [(a.status, a.body["code"]) for a in (unknown, wrong, nameless, blocked)]
    assert said == [(404, 10015), (401, 50027), (403, 40333), (400, 200000)]
