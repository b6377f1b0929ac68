"""Discord: the address that is pasted, what is sent, and what each answer comes to."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp.domain.content import Part
from socialapp.domain.errors import Rejected
from socialapp.domain.outcome import (
    Disconnected,
    Outcome,
    Posted,
    Refused,
    Trouble,
    TryLater,
    Unknown,
)
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.discord import Discord as Adapter
from socialapp.providers.discord.adapter import HOME
from socialapp.providers.http import Http, hearing
from socialapp.providers.intent import Intent
from tests.providers.pictures import picture, post
from tests.providers.stage_discord import access_of
from tests.servers.discord.server import Discord
from tests.servers.scripted import Line, Scripted

TOKEN = "a" * 68


@pytest.fixture
async def adapter() -> AsyncIterator[Adapter]:
    """The adapter, free to speak to this machine."""
    async with Http(connect_s=1, request_s=3, allow_private=True) as http:
        yield Adapter(http)


async def publish(adapter: Adapter, access: Access, intent: Intent) -> Posted:
    return await adapter.publish(intent, access, once="once-1")


async def thread(adapter: Adapter, access: Access, intent: Intent) -> list[Posted]:
    """Publish a thread as the engine does."""
    out: list[Posted] = []
    for _ in intent.content.thread:
        kept = tuple(
            {"remote_id": one.remote_id, "url": one.url, "kept": dict(one.kept)} for one in out
        )
        out.append(await publish(adapter, access, replace(intent, posted=kept)))
    return out


async def refused(adapter: Adapter, access: Access, intent: Intent | None = None) -> Outcome:
    with pytest.raises(PublishFailed) as failed:
        await publish(adapter, access, intent or post())
    return failed.value.outcome


# Connecting.


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "canary.discord.com"])
@pytest.mark.parametrize("version", ["", "/v10", "/v6"])
async def test_every_form_of_the_address_is_the_same_webhook(host: str, version: str) -> None:
    async with Http() as http:
        url = f" https://{host}/api{version}/webhooks/123/{TOKEN}?thread_id=456 "

        assert Adapter(http)._read(url) == (HOME, "123", TOKEN, "456")


@pytest.mark.parametrize(
    "url",
    [
        "",
        f"http://discord.com/api/webhooks/123/{TOKEN}",
        f"https://discord.com.example.org/api/webhooks/123/{TOKEN}",
        f"https://notdiscord.com/api/webhooks/123/{TOKEN}",
        f"https://discord.com@example.org/api/webhooks/123/{TOKEN}",
        f"https://discord.com:8443/api/webhooks/123/{TOKEN}",
        f"https://127.0.0.1/api/webhooks/123/{TOKEN}",
        f"https://discord.com/api/webhooks/123/{TOKEN}/../../users",
        "https://discord.com/api/webhooks/123",
        "https://discord.com/channels/1/2",
        "https://[",
    ],
)
async def test_another_address_is_refused_and_not_repeated(url: str) -> None:
    async with Http() as http:
        with pytest.raises(Rejected) as no:
            await Adapter(http).connect("webhook", {"url": url})

    assert [problem.field for problem in no.value.problems] == ["url"]
    assert TOKEN not in str(no.value)


async def test_it_is_connected_with_what_the_webhook_says_of_itself(
    adapter: Adapter, discord: Discord
) -> None:
    connected = await adapter.connect("webhook", {"url": discord.url()})

    webhook = discord.webhook
    account = connected.account
    assert (account.remote_id, account.name) == (webhook.channel_id, "Harbour")
    assert account.url == f"{HOME}/channels/{webhook.guild_id}/{webhook.channel_id}"
    assert connected.address == discord.base_url
    assert connected.secrets == {"webhook": webhook.id, "token": webhook.token}
    assert account.known == access_of(discord).known


async def test_another_webhook_of_the_same_channel_is_the_same_account(
    adapter: Adapter, discord: Discord
) -> None:
    again = discord.add_webhook("New")
    again.channel_id = discord.webhook.channel_id

    accounts = [
        (await adapter.connect("webhook", {"url": discord.url(one)})).account
        for one in (discord.webhook, again)
    ]

    assert accounts[0].remote_id == accounts[1].remote_id


@pytest.mark.parametrize("typed", ["12a", "-1", "https://discord.com/channels/1/2/3"])
async def test_a_thread_that_is_no_number_is_refused(
    adapter: Adapter, discord: Discord, typed: str
) -> None:
    with pytest.raises(Rejected) as no:
        await adapter.connect("webhook", {"url": discord.url(), "thread": typed})

    assert no.value.problems[0].field == "thread"


async def test_a_webhook_that_is_gone_is_not_connected(adapter: Adapter, discord: Discord) -> None:
    url = discord.url()
    del discord.webhooks[discord.webhook.id]

    with pytest.raises(PublishFailed) as failed:
        await adapter.connect("webhook", {"url": url})

    assert isinstance(failed.value.outcome, Disconnected)
    assert "posted" not in str(failed.value)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"null",
        {"type": 2, "channel_id": "1", "guild_id": "1"},
        {"type": 1, "channel_id": 5, "guild_id": "1"},
        {"type": 1, "channel_id": "../../5", "guild_id": "1"},
        {"type": 1, "guild_id": {"a": []}},
    ],
)
async def test_a_hostile_answer_connects_nothing(adapter: Adapter, said: Any) -> None:
    async with Scripted(Line(200, said)) as server:
        with pytest.raises(PublishFailed) as failed:
            await adapter.connect("webhook", {"url": f"{server.base_url}/api/webhooks/123/{TOKEN}"})

    assert isinstance(failed.value.outcome, Refused)


@pytest.mark.parametrize("name", [None, 5, ["a"], "", "x" * 10_000])
async def test_an_odd_name_and_no_server_are_borne(adapter: Adapter, name: Any) -> None:
    said = {"type": 1, "channel_id": "1", "guild_id": None, "name": name}
    async with Scripted(Line(200, said)) as server:
        url = f"{server.base_url}/api/webhooks/123/{TOKEN}"
        account = (await adapter.connect("webhook", {"url": url})).account

    assert 0 < len(account.name) <= 100
    assert account.url == ""


# Sending.


async def test_it_says_who_it_is_and_pings_nobody(adapter: Adapter, discord: Discord) -> None:
    posted = await publish(adapter, access_of(discord), post("Hello @everyone"))

    (message,) = discord.messages
    assert message.body == {"content": "Hello @everyone", "allowed_mentions": {"parse": []}}
    assert not message.pings_everyone
    webhook = discord.webhook
    assert posted.url == f"{HOME}/channels/{webhook.guild_id}/{webhook.channel_id}/{message.id}"
    assert posted == Posted(message.id, posted.url)
    assert discord.seen[-1].headers["User-Agent"] == "DiscordBot (socialapp, 0)"


async def test_it_says_where_whoever_runs_it_is_found(discord: Discord) -> None:
    async with Http(
        allow_private=True, version="1.2", public_url="https://social.example.org"
    ) as http:
        await publish(Adapter(http), access_of(discord), post("Hello"))

    said = discord.seen[-1].headers["User-Agent"]
    assert said == "DiscordBot (https://social.example.org, 1.2)"


async def test_options_are_what_discord_calls_them(adapter: Adapter, discord: Discord) -> None:
    intent = post(
        "Hello @everyone https://example.org",
        link_card=False,
        silent=True,
        mentions=True,
        username="The harbour master",
        avatar_url="https://example.org/a.png",
    )

    await publish(adapter, access_of(discord), intent)

    (message,) = discord.messages
    assert message.body["flags"] == 4 | 4096
    assert message.pings_everyone
    assert message.body["username"] == "The harbour master"
    assert message.body["avatar_url"] == "https://example.org/a.png"


async def test_what_is_not_chosen_is_left_to_discord(adapter: Adapter, discord: Discord) -> None:
    off = post(link_card=True, silent=False, mentions=False, username="", poll=None)

    await publish(adapter, access_of(discord), off)

    assert set(discord.messages[0].body) == {"content", "allowed_mentions"}


async def test_files_go_with_their_descriptions(
    adapter: Adapter, discord: Discord, tmp_path: Path
) -> None:
    one = picture(tmp_path, "Hafen ö.heic", alt_text="A dark sea", mime_type="image/png")
    other = picture(tmp_path, "b.png", mime_type="video/mp4")

    await publish(adapter, access_of(discord), post("Hello", one, other))

    first, second = discord.messages[0].attachments
    assert discord.messages[0].content == "Hello"
    assert (first.filename, first.description) == ("Hafen ö.png", "A dark sea")
    assert hashlib.sha256(first.content).hexdigest() == one.sha256
    assert (second.filename, second.mime, second.description) == ("b.mp4", "video/mp4", None)


async def test_a_spoiler_hides_each_file(
    adapter: Adapter, discord: Discord, tmp_path: Path
) -> None:
    await publish(adapter, access_of(discord), post("", picture(tmp_path), spoiler=True))

    (message,) = discord.messages
    assert message.body["attachments"][0]["is_spoiler"] is True
    assert message.attachments[0].filename == "SPOILER_sea.png"
    assert "content" not in message.body


async def test_a_file_that_is_gone_sends_nothing(
    adapter: Adapter, discord: Discord, tmp_path: Path
) -> None:
    gone = replace(picture(tmp_path), file=str(tmp_path / "gone.png"))

    assert isinstance(await refused(adapter, access_of(discord), post("", gone)), Refused)
    assert discord.seen == []


POLL = {"options": ["Yes", "No"], "expires_in_s": 5400, "multiple": True}


async def test_a_poll_asks_the_text(adapter: Adapter, discord: Discord) -> None:
    await publish(adapter, access_of(discord), post("Shall we open on Monday?", poll=POLL))

    (message,) = discord.messages
    assert message.body["poll"] == {
        "question": {"text": "Shall we open on Monday?"},
        "answers": [{"poll_media": {"text": "Yes"}}, {"poll_media": {"text": "No"}}],
        "duration": 2,
        "allow_multiselect": True,
    }
    assert "content" not in message.body


async def test_a_longer_text_asks_its_last_line(adapter: Adapter, discord: Discord) -> None:
    await publish(adapter, access_of(discord), post("a " * 200 + "\n\nMonday?", poll=POLL))
    too_long = await refused(adapter, access_of(discord), post("a" * 301, poll=POLL))

    (message,) = discord.messages
    assert message.body["poll"]["question"] == {"text": "Monday?"}
    assert message.content == ("a " * 200).strip()
    assert isinstance(too_long, Refused)


async def test_the_limit_of_the_text_is_safe_however_discord_counts(
    adapter: Adapter, discord: Discord
) -> None:
    discord.measure = lambda text: len(text.encode("utf-16-le")) // 2

    await publish(adapter, access_of(discord), post("😀" * 1000))
    outcome = await refused(adapter, access_of(discord), post("😀" * 1001))

    assert isinstance(outcome, Refused)
    assert "content: Must be 2000 or fewer in length." in outcome.reason


async def test_a_thread_is_messages_in_the_same_place(adapter: Adapter, discord: Discord) -> None:
    intent = post("one", parts=(Part("two"), Part("three")), poll=POLL)

    await thread(adapter, access_of(discord), intent)

    assert [m.content for m in discord.messages] == ["", "two", "three"]
    assert ["poll" in m.body for m in discord.messages] == [True, False, False]
    assert {m.channel_id for m in discord.messages} == {discord.webhook.channel_id}


async def test_a_channel_may_be_one_thread(adapter: Adapter, discord: Discord) -> None:
    place = discord.add_thread(discord.webhook)
    url = f"{discord.url()}?thread_id={place}"
    connected = await adapter.connect("webhook", {"url": url})
    access = replace(access_of(discord), known=connected.account.known)

    posted = await publish(adapter, access, post())

    assert connected.account.remote_id == discord.messages[0].channel_id == place
    assert posted.url.endswith(f"/{place}/{posted.remote_id}")
    await adapter.delete({"remote_id": posted.remote_id, "url": "", "kept": {}}, access)
    assert discord.messages == []


async def test_in_a_forum_a_post_opens_a_thread_and_stays_in_it(
    adapter: Adapter, discord: Discord
) -> None:
    forum = discord.add_webhook("Forum", is_forum=True)
    given = {"url": discord.url(forum), "forum": "yes"}
    access = replace(
        access_of(discord, forum), known=(await adapter.connect("webhook", given)).account.known
    )

    named = await thread(
        adapter, access, post("one", parts=(Part("two"),), thread_name="News", thread_tags=["7"])
    )
    await publish(adapter, access, post("First line 😀" + "x" * 200 + "\nSecond"))

    first, second, other = discord.messages
    assert (first.body["thread_name"], first.body["applied_tags"]) == ("News", ["7"])
    assert first.channel_id == second.channel_id != other.channel_id
    assert "thread_name" not in second.body
    assert other.body["thread_name"] == ("First line 😀" + "x" * 200)[:99]
    assert named[0].kept == {"thread_id": first.channel_id}


async def test_what_kind_of_channel_it_is_can_be_wrong_and_is_explained(
    adapter: Adapter, discord: Discord
) -> None:
    forum = discord.add_webhook("Forum", is_forum=True)

    as_text = await refused(adapter, access_of(discord, forum, is_forum=False))
    as_forum = await refused(adapter, access_of(discord, is_forum=True))

    assert isinstance(as_text, Refused)
    assert isinstance(as_forum, Refused)
    assert (as_text.action, as_forum.action) == ("reconnect", "reconnect")


async def test_what_is_deleted_is_gone_and_twice_is_harmless(
    adapter: Adapter, discord: Discord
) -> None:
    forum = discord.add_webhook("Forum", is_forum=True)
    access = access_of(discord, forum)
    posted = await publish(adapter, access, post())
    part = {"remote_id": posted.remote_id, "url": posted.url, "kept": dict(posted.kept)}

    await adapter.delete(part, access)
    await adapter.delete(part, access)

    assert discord.messages == []
    del discord.webhooks[forum.id]
    with pytest.raises(PublishFailed):
        await adapter.delete(part, access)


# Answers.

LIMITS = {
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "1470173023.123",
    "X-RateLimit-Reset-After": "1.25",
    "X-RateLimit-Bucket": "abcd1234",
}


async def test_what_is_left_of_a_window_is_heard(adapter: Adapter) -> None:
    said = {"id": "1", "channel_id": "2"}
    async with Scripted(Line(200, said, LIMITS)) as server:
        with hearing() as heard:
            await publish(adapter, _at(server), post())

    assert (heard[-1].allowed, heard[-1].remaining) == (5, 0)


def _at(server: Scripted) -> Access:
    return Access(
        server.base_url,
        "Harbour",
        secrets={"webhook": "123", "token": TOKEN},
        known={"guild_id": "1", "channel_id": "2", "thread_id": "", "is_forum": False},
    )


@pytest.mark.parametrize(
    ("line", "after", "trouble"),
    [
        (
            Line(
                429,
                {"message": "You are being rate limited.", "retry_after": 0.652, "global": False},
                {"Retry-After": "1", "X-RateLimit-Scope": "user"},
            ),
            timedelta(seconds=0.652),
            Trouble.CHANNEL,
        ),
        (
            Line(
                429,
                {"message": "The resource is being rate limited.", "retry_after": 1336.57},
                {"Retry-After": "1337", "X-RateLimit-Scope": "shared"},
            ),
            timedelta(seconds=1336.57),
            Trouble.CHANNEL,
        ),
        (
            Line(
                429,
                {"message": "You are being rate limited.", "retry_after": 64.57, "global": True},
                {"Retry-After": "65", "X-RateLimit-Global": "true"},
            ),
            timedelta(seconds=64.57),
            Trouble.NETWORK,
        ),
        (
            Line(429, b"<html>error code: 1015</html>", {"Retry-After": "3600"}),
            timedelta(hours=1),
            Trouble.NETWORK,
        ),
        (Line(429, {"retry_after": "soon"}), None, Trouble.CHANNEL),
        (Line(429, {"retry_after": -1}), None, Trouble.CHANNEL),
        (Line(429, b'{"retry_after": 1e400}'), None, Trouble.CHANNEL),
        (Line(429, {"retry_after": 1e9}), timedelta(days=1), Trouble.CHANNEL),
        (Line(503, b"", {"Retry-After": "5"}), timedelta(seconds=5), Trouble.NETWORK),
    ],
)
async def test_it_waits_as_long_as_it_is_told_and_who_else_should(
    adapter: Adapter, line: Line, after: timedelta | None, trouble: Trouble
) -> None:
    async with Scripted(line) as server:
        outcome = await refused(adapter, _at(server))

    assert isinstance(outcome, TryLater)
    assert (outcome.after, outcome.trouble) == (after, trouble)


INVALID = {
    "code": 50035,
    "message": "Invalid Form Body",
    "errors": {
        "attachments": {
            "0": {"description": {"_errors": [{"code": "X", "message": "Must be 1024 or fewer."}]}}
        }
    },
}


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (404, {"code": 10015, "message": "Unknown Webhook"}, Disconnected, "Make a new one"),
        (401, {"code": 50027, "message": "Invalid Webhook Token"}, Disconnected, "Make a new"),
        (401, {"code": 0, "message": "401: Unauthorized"}, Disconnected, "Make a new one"),
        (404, {"code": 10003, "message": "Unknown Channel"}, Disconnected, "is gone"),
        (400, INVALID, Refused, "attachments.0.description: Must be 1024 or fewer."),
        (400, {"code": 50006, "message": "Cannot send an empty message"}, Refused, "empty"),
        (400, {"code": 220001, "message": "x"}, Refused, "is a forum"),
        (400, {"code": 220003, "message": "x"}, Refused, "is no forum"),
        (400, {"code": 40067, "message": "A tag is required"}, Refused, "A tag is required"),
        (413, b"<html>", Refused, "too big"),
        (400, {"code": 40005, "message": "Request entity too large"}, Refused, "too big"),
        (400, {"code": 50045, "message": "File uploaded exceeds"}, Refused, "too big"),
        (400, {"code": 200000, "message": "Blocked by AutoMod"}, Refused, "Blocked by AutoMod"),
        (400, {"code": 240000, "message": "Harmful link"}, Refused, "Harmful link"),
        (403, {"code": 50013, "message": "Missing Permissions"}, Disconnected, "Missing"),
        (403, {"code": 40333, "message": "internal network error"}, Refused, "kept out"),
        (403, b"<html>Attention Required</html>", Disconnected, "access"),
        (500, {"code": 0, "message": "500: Internal Server Error"}, Unknown, "500"),
        (502, b"<html>Bad Gateway</html>", Unknown, "502"),
        (503, b"<html>upstream connect error</html>", Unknown, "503"),
        (204, b"", Unknown, "204"),
        (302, b"", Unknown, "302"),
        (200, b"", Unknown, "could not be read"),
        (200, b"[1]", Unknown, "could not be read"),
        (200, {"id": 5}, Unknown, "could not be read"),
        (200, {"id": "../5"}, Unknown, "could not be read"),
        (400, {"code": "50035", "message": None, "errors": [1]}, Refused, "refused"),
        (400, {"errors": {"a": {"_errors": [5, {"message": 5}]}, "_errors": 1}}, Refused, ""),
        (400, b"[" * 200_000, Refused, "refused"),
    ],
)
async def test_each_answer_comes_to_its_outcome(
    adapter: Adapter, status: int, body: Any, outcome: type[Outcome], words: str
) -> None:
    async with Scripted(Line(status, body)) as server:
        found = await refused(adapter, _at(server))

    assert isinstance(found, outcome)
    assert words in found.reason
    if not isinstance(found, Unknown):
        assert "Nothing was posted." in found.reason


async def test_a_deep_tree_of_faults_is_not_climbed_for_ever(adapter: Adapter) -> None:
    tree: dict[str, Any] = {"_errors": [{"message": "deep"}]}
    for _ in range(200):
        tree = {"a": tree}
    async with Scripted(Line(400, {"code": 50035, "errors": tree})) as server:
        assert isinstance(await refused(adapter, _at(server)), Refused)


async def test_without_its_secret_it_asks_to_be_connected_again(adapter: Adapter) -> None:
    assert isinstance(await refused(adapter, Access(HOME, "Harbour")), Disconnected)
