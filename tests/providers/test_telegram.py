"""Telegram: bot and chat, what is sent, and what each answer comes to."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from socialapp.domain.content import Media, Part
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
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.providers.telegram import Telegram as Adapter
from socialapp.providers.telegram.adapter import HOME, _chat_id
from tests.providers.pictures import picture, post
from tests.providers.stage_telegram import access_of
from tests.servers.scripted import Line, Scripted
from tests.servers.telegram.chats import Chat
from tests.servers.telegram.server import Telegram

TOKEN = "123456789:" + "A" * 35


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


def typed(telegram: Telegram, chat: str = "@harbour") -> dict[str, str]:
    return {"token": telegram.token, "chat": chat, "server": telegram.base_url}


# Connecting.


@pytest.mark.parametrize(
    ("words", "chat"),
    [
        ("@harbour", "@harbour"),
        ("harbour", "@harbour"),
        ("https://t.me/harbour", "@harbour"),
        ("t.me/harbour/12", "@harbour"),
        ("https://telegram.me/harbour/", "@harbour"),
        ("-1001234567890", "-1001234567890"),
        ("-4012345", "-4012345"),
        ("12345", "12345"),
        ("https://t.me/c/1234567890/55", "-1001234567890"),
        ("t.me/c/1234567890/7/55", "-1001234567890"),
    ],
)
def test_a_chat_is_known_by_its_name_its_number_and_its_links(words: str, chat: str) -> None:
    assert _chat_id(f" {words} ") == chat


@pytest.mark.parametrize(
    "words",
    ["", "@ab", "https://t.me/+AbCdEfGh", "https://example.org/harbour", "two words", "--1"],
)
def test_what_names_no_chat_is_refused(words: str) -> None:
    with pytest.raises(Rejected) as no:
        _chat_id(words)

    assert no.value.problems[0].field == "chat"


@pytest.mark.parametrize("token", ["", "123456789", "123456789:short", f"{TOKEN}/../getMe"])
async def test_what_is_no_token_is_refused_and_not_repeated(adapter: Adapter, token: str) -> None:
    with pytest.raises(Rejected) as no:
        await adapter.connect("bot", {"token": token, "chat": "@harbour"})

    assert no.value.problems[0].field == "token"
    assert not token or token not in str(no.value)


async def test_it_is_connected_when_the_bot_may_post(adapter: Adapter, telegram: Telegram) -> None:
    connected = await adapter.connect("bot", typed(telegram))

    account = connected.account
    assert (account.remote_id, account.handle) == (str(telegram.channel.id), "@harbour")
    assert (account.name, account.url) == ("Harbour", "https://t.me/harbour")
    assert account.known == {"bot": "harbour_bot"}
    assert connected.secrets == {"token": telegram.token}
    assert connected.address == telegram.base_url


async def test_its_own_server_is_telegrams_unless_another_is_named(telegram: Telegram) -> None:
    async with Http(connect_s=1, request_s=1) as http:
        with pytest.raises(Rejected):
            await Adapter(http).connect("bot", typed(telegram))
    assert Adapter.ways[0].fields[2].placeholder == HOME


def _without_rights(telegram: Telegram) -> Chat:
    telegram.channel.can_post_messages = False
    return telegram.channel


def _as_member(telegram: Telegram) -> Chat:
    telegram.channel.bot_status = "member"
    return telegram.channel


def _left(telegram: Telegram) -> Chat:
    group = telegram.add_chat("supergroup", "Crew")
    group.bot_status = "left"
    return group


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_without_rights, "Post messages"),
        (_as_member, "no administrator"),
        (_left, "not a member"),
    ],
)
async def test_what_keeps_the_bot_from_posting_is_explained(
    adapter: Adapter, telegram: Telegram, prepare: Any, words: str
) -> None:
    chat = prepare(telegram)

    with pytest.raises(PublishFailed) as failed:
        await adapter.connect("bot", typed(telegram, str(chat.id)))

    assert isinstance(failed.value.outcome, Disconnected)
    assert words in str(failed.value)
    assert "posted" not in str(failed.value)


@pytest.mark.parametrize(
    ("member", "chat", "is_good"),
    [
        ({"status": "creator"}, {"type": "channel"}, True),
        ({"status": "administrator"}, {"type": "channel"}, True),
        ({"status": "administrator", "can_post_messages": False}, {"type": "supergroup"}, True),
        ({"status": "member"}, {"type": "supergroup"}, True),
        ({"status": "member"}, {"permissions": {"can_send_messages": False}}, False),
        ({"status": "restricted", "is_member": True, "can_send_messages": True}, {}, True),
        ({"status": "restricted", "is_member": True, "can_send_messages": False}, {}, False),
        ({"status": "restricted", "is_member": False}, {}, False),
        ({"status": "kicked"}, {}, False),
        ([], {"type": "channel"}, False),
        ({"status": 5}, {"type": ["a"], "permissions": 5, "title": 5}, True),
    ],
)
async def test_each_standing_in_a_chat(
    adapter: Adapter, member: Any, chat: dict[str, Any], is_good: bool
) -> None:
    lines = [
        Line(200, {"ok": True, "result": {"id": 5, "username": "harbour_bot"}}),
        Line(200, {"ok": True, "result": {"id": -100123, "type": "supergroup"} | chat}),
        Line(200, {"ok": True, "result": member or [1]}),
    ]
    async with Scripted(*lines) as server:
        access = Access(server.base_url, "", "-100123", secrets={"token": TOKEN})
        if is_good:
            await adapter.verify(access)
            return
        with pytest.raises(PublishFailed) as failed:
            await adapter.verify(access)
    assert isinstance(failed.value.outcome, Disconnected)


async def test_a_person_needs_no_rights_to_be_written_to(
    adapter: Adapter, telegram: Telegram
) -> None:
    alice = telegram.add_chat("private", "Alice")

    connected = await adapter.connect("bot", typed(telegram, str(alice.id)))

    assert connected.account.name == "Alice"
    assert connected.account.url == ""


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", {"ok": True}, {"ok": True, "result": [1]}, {"ok": True, "result": {"id": "5"}}],
)
async def test_a_hostile_answer_connects_nothing(adapter: Adapter, said: Any) -> None:
    async with Scripted(Line(200, said)) as server:
        with pytest.raises(PublishFailed) as failed:
            await adapter.connect(
                "bot", {"token": TOKEN, "chat": "@harbour", "server": server.base_url}
            )

    assert isinstance(failed.value.outcome, Unknown)


# Sending.


async def test_text_is_as_it_was_written(adapter: Adapter, telegram: Telegram) -> None:
    text = "1 < 2 & <b>not bold</b> &lt; 😀"

    posted = await publish(adapter, access_of(telegram), post(text))

    (message,) = telegram.messages
    assert (message.text, message.entities) == (text, [])
    assert posted == Posted(str(message.id), f"https://t.me/harbour/{message.id}")


async def test_the_limit_is_in_code_points_after_escaping(
    adapter: Adapter, telegram: Telegram
) -> None:
    await publish(adapter, access_of(telegram), post("<" * 4095 + "😀"))
    outcome = await refused(adapter, access_of(telegram), post("a" * 4097))

    assert len(telegram.messages) == 1
    assert isinstance(outcome, Refused)


async def test_options_are_what_telegram_calls_them(adapter: Adapter, telegram: Telegram) -> None:
    group = telegram.add_chat("supergroup", "Crew")
    group.threads.add(7)
    intent = post("https://example.org", silent=True, link_card=False, protected=True, topic=" 7 ")

    await publish(adapter, access_of(telegram, group), intent)
    await publish(adapter, access_of(telegram, group), post("plain", topic="1", link_card=True))

    chosen, plain = (message.options for message in telegram.messages)
    assert chosen["disable_notification"] is chosen["protect_content"] is True
    assert chosen["link_preview_options"] == {"is_disabled": True}
    assert chosen["message_thread_id"] == 7
    assert set(plain) == {"parse_mode"}


async def test_a_topic_that_is_no_number_is_refused(adapter: Adapter, telegram: Telegram) -> None:
    assert isinstance(await refused(adapter, access_of(telegram), post(topic="News")), Refused)
    assert telegram.seen == []


@pytest.mark.parametrize(
    ("mime_type", "changed", "kind"),
    [
        ("image/png", {}, "photo"),
        ("image/jpeg", {}, "photo"),
        ("image/gif", {"kind": "gif"}, "animation"),
        ("image/gif", {}, "animation"),
        ("video/mp4", {"duration_s": 2.6}, "video"),
        ("video/webm", {}, "document"),
        ("video/quicktime", {}, "document"),
    ],
)
async def test_each_medium_is_sent_as_what_it_is(
    adapter: Adapter,
    telegram: Telegram,
    tmp_path: Path,
    mime_type: str,
    changed: dict[str, Any],
    kind: str,
) -> None:
    media = picture(tmp_path, mime_type=mime_type, **changed)

    await publish(adapter, access_of(telegram), post("<Hello>", media, spoiler=True))

    (message,) = telegram.messages
    assert message.file
    assert (message.file.kind, message.text) == (kind, "<Hello>")
    assert hashlib.sha256(message.file.content).hexdigest() == media.sha256
    assert ("has_spoiler" in message.options) == (kind != "document")
    if kind == "video":
        shown = {key: message.options[key] for key in ("width", "height", "duration")}
        assert shown == {"width": "8", "height": "4", "duration": "3"}


async def test_files_may_go_untouched(adapter: Adapter, telegram: Telegram, tmp_path: Path) -> None:
    media = [picture(tmp_path, "a.png"), picture(tmp_path, "b.mp4", mime_type="video/mp4")]

    await publish(adapter, access_of(telegram), post("", *media, as_file=True))

    assert [m.file.kind for m in telegram.messages if m.file] == ["document", "document"]


async def test_an_album_is_one_post(adapter: Adapter, telegram: Telegram, tmp_path: Path) -> None:
    media = [
        picture(tmp_path, "a.png"),
        picture(tmp_path, "b.mp4", mime_type="video/mp4"),
        picture(tmp_path, "c.gif", mime_type="image/gif"),
    ]

    posted = await publish(adapter, access_of(telegram), post("Three", *media, spoiler=True))

    first, second, third = telegram.messages
    assert first.album == second.album == third.album != ""
    assert [m.text for m in telegram.messages] == ["Three", "", ""]
    assert [m.file.kind for m in telegram.messages if m.file] == ["photo", "video", "photo"]
    assert posted == Posted(str(first.id), f"https://t.me/harbour/{first.id}")
    assert posted.kept == {"message_ids": [first.id, second.id, third.id]}


@pytest.mark.parametrize("kind", ["gif", "video"])
async def test_what_telegram_does_not_mix_is_refused_in_words(
    adapter: Adapter, telegram: Telegram, tmp_path: Path, kind: str
) -> None:
    odd = {"gif": "image/gif", "video": "video/webm"}[kind]
    media = [picture(tmp_path, "a.png"), picture(tmp_path, "b", mime_type=odd, kind=kind)]

    outcome = await refused(adapter, access_of(telegram), post("", *media))

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("Telegram: ")
    assert telegram.seen == []


async def test_a_caption_is_shorter_than_a_text(
    adapter: Adapter, telegram: Telegram, tmp_path: Path
) -> None:
    can = Adapter.capabilities
    await publish(adapter, access_of(telegram), post("<" * can.media_text_limit, picture(tmp_path)))
    too_long = post("a" * (can.media_text_limit + 1), picture(tmp_path))

    outcome = await refused(adapter, access_of(telegram), too_long)

    assert isinstance(outcome, Refused)
    assert "caption" in outcome.reason


POLL = {"options": ["Yes", "No"], "expires_in_s": 86_400, "multiple": True}


async def test_a_poll_asks_the_text_or_its_last_line(adapter: Adapter, telegram: Telegram) -> None:
    await publish(adapter, access_of(telegram), post("Monday?", poll=POLL, silent=True))
    await publish(adapter, access_of(telegram), post("a " * 200 + "\nTuesday?", poll=POLL))

    short, long = telegram.messages
    assert (short.text, long.text) == ("Monday?", "Tuesday?")
    assert short.options["options"] == [{"text": "Yes"}, {"text": "No"}]
    assert short.options["open_period"] == 86_400
    assert short.options["allows_multiple_answers"] is True
    assert short.options["disable_notification"] is True
    assert long.options["description"] == ("a " * 200).strip()


@pytest.mark.parametrize("text", ["a" * 301, "a" * 1025 + "\nMonday?"])
async def test_a_poll_without_a_question_is_refused(
    adapter: Adapter, telegram: Telegram, tmp_path: Path, text: str
) -> None:
    assert isinstance(await refused(adapter, access_of(telegram), post(text, poll=POLL)), Refused)
    pictured = post("Monday?", picture(tmp_path), poll=POLL)
    assert isinstance(await refused(adapter, access_of(telegram), pictured), Refused)
    assert telegram.seen == []


async def test_a_thread_is_answers(adapter: Adapter, telegram: Telegram, tmp_path: Path) -> None:
    album = (picture(tmp_path, "a.png"), picture(tmp_path, "b.png"))
    intent = post("one", *album, parts=(Part("two"), Part("three", album[:1])))

    await thread(adapter, access_of(telegram), intent)

    one, _, two, three = telegram.messages
    assert (two.reply_to, three.reply_to) == (one, two)


async def test_a_thread_goes_on_when_what_it_answers_is_gone(
    adapter: Adapter, telegram: Telegram
) -> None:
    first = await publish(adapter, access_of(telegram), post("one"))
    telegram.messages.clear()
    out = ({"remote_id": first.remote_id, "url": first.url, "kept": {}},)

    await publish(
        adapter, access_of(telegram), replace(post("one", parts=(Part("two"),)), posted=out)
    )

    assert [m.text for m in telegram.messages] == ["two"]


@pytest.mark.parametrize(
    ("kind", "username", "link"),
    [
        ("channel", "quay", "https://t.me/quay/1"),
        ("supergroup", "quay", "https://t.me/quay/1"),
        ("channel", "", "https://t.me/c/{}/1"),
        ("supergroup", "", "https://t.me/c/{}/1"),
        ("group", "", ""),
        ("private", "", ""),
    ],
)
async def test_where_a_message_is(
    adapter: Adapter, telegram: Telegram, kind: Any, username: str, link: str
) -> None:
    chat = telegram.add_chat(kind, "Quay", username=username)

    posted = await publish(adapter, access_of(telegram, chat), post())

    assert posted.url == link.format(str(chat.id).removeprefix("-100"))


async def test_what_is_deleted_is_gone_and_twice_is_harmless(
    adapter: Adapter, telegram: Telegram, tmp_path: Path
) -> None:
    album = (picture(tmp_path, "a.png"), picture(tmp_path, "b.png"))
    access = access_of(telegram)
    for intent in (post("one"), post("two", *album)):
        posted = await publish(adapter, access, intent)
        part = {"remote_id": posted.remote_id, "url": posted.url, "kept": dict(posted.kept)}

        await adapter.delete(part, access)
        await adapter.delete(part, access)

        assert telegram.messages == []


# A group that becomes a supergroup has another number.


async def test_a_group_that_moved_is_followed_at_once(
    adapter: Adapter, telegram: Telegram, tmp_path: Path
) -> None:
    group = telegram.add_chat("group", "Crew")
    access = access_of(telegram, group)
    moved = telegram.migrate(group)
    left: list[str] = []

    posted = await adapter.publish(
        post("Hello", picture(tmp_path)), access, once="1", leaving=lambda: left.append("left")
    )

    (message,) = telegram.messages
    assert message.chat is moved
    assert posted.url == f"https://t.me/c/{str(moved.id).removeprefix('-100')}/{message.id}"
    assert posted.kept == {"chat_id": moved.id}
    assert left == ["left", "left"]


async def test_the_next_part_goes_where_the_last_one_went(
    adapter: Adapter, telegram: Telegram
) -> None:
    group = telegram.add_chat("group", "Crew")
    access = access_of(telegram, group)
    telegram.migrate(group)

    await thread(adapter, access, post("one", parts=(Part("two"), Part("three"))))

    one, two, three = telegram.messages
    assert (two.reply_to, three.reply_to) == (one, two)
    assert len([seen for seen in telegram.seen if seen.path.endswith("sendMessage")]) == 4


async def test_a_test_of_the_channel_learns_the_new_number(
    adapter: Adapter, telegram: Telegram
) -> None:
    group = telegram.add_chat("group", "Crew")
    access = access_of(telegram, group)
    before = await adapter.verify(access)
    moved = telegram.migrate(group)

    after = await adapter.verify(access)

    assert (before.remote_id, after.remote_id) == (str(group.id), str(moved.id))


async def test_a_group_that_moves_for_ever_is_not_followed_for_ever(adapter: Adapter) -> None:
    said = {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": -1001}}
    async with Scripted(Line(400, said)) as server:
        outcome = await refused(adapter, _at(server))

    assert isinstance(outcome, Disconnected)
    assert len(server.asked) == 2


# Answers.


def _at(server: Scripted) -> Access:
    return Access(server.base_url, "@harbour", "-1001", secrets={"token": TOKEN})


def no(code: int, words: str, **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": words, "parameters": parameters}


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (Line(429, no(429, "Too Many Requests", retry_after=35)), timedelta(seconds=35)),
        (Line(429, no(429, "Too Many Requests"), {"Retry-After": "7"}), timedelta(seconds=7)),
        (Line(429, b"<html>"), None),
        (Line(429, no(429, "", retry_after="x")), None),
        (Line(429, no(429, "", retry_after=10**9)), timedelta(days=1)),
    ],
)
async def test_it_waits_as_long_as_it_is_told(
    adapter: Adapter, line: Line, after: timedelta | None
) -> None:
    async with Scripted(line) as server:
        outcome = await refused(adapter, _at(server))

    assert isinstance(outcome, TryLater)
    assert (outcome.after, outcome.trouble) == (after, Trouble.CHANNEL)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (401, no(401, "Unauthorized"), Disconnected, "@BotFather"),
        (404, no(404, "Not Found"), Disconnected, "@BotFather"),
        (404, no(404, "Not Found: method not found"), Refused, "method not found"),
        (403, no(403, "Forbidden: bot was kicked from the channel chat"), Disconnected, "kicked"),
        (403, no(403, "Forbidden: bot was blocked by the user"), Disconnected, "blocked"),
        (403, no(403, "Forbidden: bot is not a member of the channel chat"), Disconnected, "not"),
        (400, no(400, "Bad Request: not enough rights to send photos"), Disconnected, "photos"),
        (400, no(400, "Bad Request: need administrator rights"), Disconnected, "administrator"),
        (400, no(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), Disconnected, "may not post"),
        (400, no(400, "Bad Request: chat not found"), Disconnected, "sees no such channel"),
        (400, no(400, "Bad Request: message is too long"), Refused, "message is too long."),
        (400, no(400, "Bad Request: can't parse entities: x"), Refused, "can't parse entities"),
        (400, no(400, "Bad Request: message text is empty"), Refused, "empty"),
        (400, no(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"), Refused, "DIMENSIONS"),
        (400, no(400, "Bad Request: TOPIC_CLOSED"), Refused, "TOPIC_CLOSED"),
        (409, no(409, "Conflict: terminated by other getUpdates"), Refused, "Conflict"),
        (413, no(413, "Request Entity Too Large"), Refused, "too big"),
        (413, b"<html>", Refused, "too big"),
        (500, no(500, "Internal Server Error"), Unknown, "500"),
        (502, b"<html>Bad Gateway</html>", Unknown, "502"),
        (503, b"", Unknown, "503"),
        (504, b"", Unknown, "504"),
        (302, b"", Unknown, "302"),
        (200, b"", Unknown, "could not be read"),
        (200, b"[" * 200_000, Unknown, "could not be read"),
        (200, {"ok": False}, Unknown, "could not be read"),
        (200, {"ok": True, "result": True}, Unknown, "could not be read"),
        (200, {"ok": True, "result": []}, Unknown, "could not be read"),
        (200, {"ok": True, "result": {"message_id": "x"}}, Unknown, "could not be read"),
        (200, {"ok": True, "result": [{"message_id": None}]}, Unknown, "could not be read"),
        (400, {"ok": False, "description": 5, "parameters": [5]}, Refused, "refused"),
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


@pytest.mark.parametrize(
    "chat", [None, [], {"id": "x", "type": "channel"}, {"id": 1, "type": "channel", "username": 5}]
)
async def test_an_odd_chat_has_no_link(adapter: Adapter, chat: Any) -> None:
    said = {"ok": True, "result": {"message_id": 5, "chat": chat}}
    async with Scripted(Line(200, said)) as server:
        posted = await publish(adapter, _at(server), post())

    assert posted.remote_id == "5"
    assert posted.url in {"", "https://t.me/c/1/5"}


async def test_an_album_of_a_form_names_each_of_its_files(adapter: Adapter, tmp_path: Path) -> None:
    media: list[Media] = [picture(tmp_path, f"{i}.png") for i in range(10)]
    said = {"ok": True, "result": [{"message_id": 5}]}
    async with Scripted(Line(200, said)) as server:
        await publish(adapter, _at(server), post("Ten", *media))

    body = server.asked[0].body.decode(errors="replace")
    listed = json.loads(body.split('name="media"')[1].split("\r\n\r\n")[1].split("\r\n")[0])
    assert [item["media"] for item in listed] == [f"attach://file{i}" for i in range(10)]
    assert all(f'name="file{i}"; filename="{i}.png"' in body for i in range(10))


async def test_without_its_secret_it_asks_to_be_connected_again(adapter: Adapter) -> None:
    assert isinstance(await refused(adapter, Access(HOME, "@harbour", "-1001")), Disconnected)
