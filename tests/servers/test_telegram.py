"""The simulated Telegram takes what a bot may send, and says no in Telegram's words."""

import io
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.networks.mischief import Mischief
from tests.servers.asking import Answer, ask
from tests.servers.telegram.entities import UnreadableError, parse_html
from tests.servers.telegram.server import BOT_ID, Telegram

Options = dict[str, Any]


def photo(size: tuple[int, int] = (8, 4)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    return file.getvalue()


async def call(telegram: Telegram, method: str, **parameters: Any) -> Answer:
    address = f"{telegram.base_url}/bot{telegram.token}/{method}"
    return await ask("POST", address, json=parameters)


async def upload(
    telegram: Telegram, method: str, parameters: dict[str, str], **files: bytes
) -> Answer:
    form = aiohttp.FormData({"chat_id": "@harbour"} | parameters)
    for name, content in files.items():
        form.add_field(name, content, filename=name, content_type="image/png")
    return await ask("POST", f"{telegram.base_url}/bot{telegram.token}/{method}", data=form)


async def say(telegram: Telegram, text: str, **options: Any) -> Answer:
    return await call(telegram, "sendMessage", chat_id="@harbour", text=text, **options)


async def test_a_message_is_there_as_plain_text_with_its_marks(telegram: Telegram) -> None:
    sent = await say(
        telegram, "😀 <b>bold</b> &amp; <a href='https://a.co'>link</a>", parse_mode="HTML"
    )

    assert sent.body["ok"] is True
    assert sent.body["result"]["text"] == "😀 bold & link"
    assert sent.body["result"]["entities"] == [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 10, "length": 4, "url": "https://a.co"},
    ]
    assert telegram.count() == {"😀 bold & link": 1}


@pytest.mark.parametrize(
    "text", ["1 < 2", "<h1>No</h1>", "<b>open", "<b><i>crossed</b></i>", "</b>"]
)
async def test_marks_that_are_wrong_are_refused(telegram: Telegram, text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_html(text)

    refused = await say(telegram, text, parse_mode="HTML")

    assert refused.status == refused.body["error_code"] == 400
    assert refused.body["description"].startswith("Bad Request: can't parse entities")


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        ("a" * 4096, {}, 200),
        ("😀" * 4096, {}, 200),
        ("a" * 4097, {}, 400),
        ("<b>" + "a" * 4096 + "</b>", {"parse_mode": "HTML"}, 200),
        ("&lt;" * 4096, {"parse_mode": "HTML"}, 200),
        ("&lt;" * 4096, {}, 400),
        ("  \n", {}, 400),
        ("<b> </b>", {"parse_mode": "HTML"}, 400),
    ],
)
async def test_code_points_are_counted_after_the_marks_are_read(
    telegram: Telegram, text: str, options: Options, status: int
) -> None:
    assert (await say(telegram, text, **options)).status == status


async def test_a_photo_is_uploaded_and_sent_again_by_its_id(telegram: Telegram) -> None:
    sent = await upload(telegram, "sendPhoto", {"caption": "The sea"}, photo=photo())
    (size,) = sent.body["result"]["photo"]
    again = await call(telegram, "sendPhoto", chat_id="@harbour", photo=size["file_id"])
    wrong = await call(telegram, "sendVideo", chat_id="@harbour", video=size["file_id"])

    assert (size["width"], size["height"]) == (8, 4)
    assert sent.body["result"]["caption"] == "The sea"
    assert (again.status, wrong.status) == (200, 400)
    assert telegram.messages[1].file is telegram.messages[0].file


@pytest.mark.parametrize(
    ("content", "caption", "words"),
    [
        (b"no picture", "", "IMAGE_PROCESS_FAILED"),
        (photo((210, 10)), "", "PHOTO_INVALID_DIMENSIONS"),
        (photo(), "a" * 1025, "message caption is too long"),
    ],
)
async def test_a_photo_that_cannot_be_sent_is_refused(
    telegram: Telegram, content: bytes, caption: str, words: str
) -> None:
    refused = await upload(telegram, "sendPhoto", {"caption": caption}, photo=content)

    assert refused.body["description"] == f"Bad Request: {words}"
    assert telegram.messages == []


async def test_an_album_is_there_as_a_whole(telegram: Telegram) -> None:
    first = {"type": "photo", "media": "attach://a", "caption": "Two"}
    second = {"type": "photo", "media": "attach://b"}
    absent = {"type": "photo", "media": "attach://c"}
    other = {"type": "document", "media": "attach://b"}

    async def send(*items: Options) -> Answer:
        media = {"media": json.dumps(items)}
        return await upload(telegram, "sendMediaGroup", media, a=photo(), b=photo((4, 4)))

    sent = await send(first, second)
    refused = [await send(first), await send(first, absent), await send(first, other)]

    one, two = sent.body["result"]
    assert one["media_group_id"] == two["media_group_id"]
    assert (one["caption"], "caption" in two) == ("Two", False)
    assert [answer.status for answer in refused] == [400, 400, 400]
    assert len(telegram.messages) == 2


async def test_a_reply_names_what_it_answers(telegram: Telegram) -> None:
    first = (await say(telegram, "one")).body["result"]["message_id"]
    lost = {"message_id": 99}

    reply = await say(telegram, "two", reply_parameters={"message_id": first})
    refused = await say(telegram, "three", reply_parameters=lost)
    anyway = await say(
        telegram, "four", reply_parameters=lost | {"allow_sending_without_reply": True}
    )

    assert reply.body["result"]["reply_to_message"]["text"] == "one"
    assert (refused.status, anyway.status) == (400, 200)


async def test_where_the_bot_may_not_send_it_is_told_why(telegram: Telegram) -> None:
    channel = telegram.channel
    group = telegram.add_chat("group", "Crew")
    moved = telegram.migrate(group)

    unknown = await call(telegram, "sendMessage", chat_id=-5, text="Hello")
    left = await call(telegram, "sendMessage", chat_id=group.id, text="Hello")
    channel.can_post_messages = False
    unheard = await say(telegram, "Hello")
    member = await call(telegram, "getChatMember", chat_id="@harbour", user_id=BOT_ID)
    channel.bot_status = "kicked"
    kicked = await say(telegram, "Hello")

    assert unknown.body["description"] == "Bad Request: chat not found"
    assert left.body["parameters"] == {"migrate_to_chat_id": moved.id}
    assert "need administrator rights" in unheard.body["description"]
    assert member.body["result"]["can_post_messages"] is False
    assert kicked.status == 403
    assert telegram.messages == []


async def test_a_token_is_in_the_path_and_has_a_form(telegram: Telegram) -> None:
    me = await call(telegram, "getMe")
    revoked = await ask("GET", f"{telegram.base_url}/bot{BOT_ID}:{'x' * 35}/getMe")
    malformed = await ask("GET", f"{telegram.base_url}/botsomething/getMe")

    assert me.body["result"]["id"] == BOT_ID
    assert (revoked.status, revoked.body["description"]) == (401, "Unauthorized")
    assert (malformed.status, malformed.body["description"]) == (404, "Not Found")


async def test_too_many_in_a_minute_have_to_wait(telegram: Telegram) -> None:
    telegram.pace.limit = 1
    private = telegram.add_chat("private", "Alice")

    sent, refused = [await say(telegram, "Hello") for _ in range(2)]
    elsewhere = await call(telegram, "sendMessage", chat_id=private.id, text="Hello")
    telegram.ahead += timedelta(minutes=1)
    later = await say(telegram, "Hello")

    assert (sent.status, refused.status, elsewhere.status, later.status) == (200, 429, 200, 200)
    wait_s = refused.body["parameters"]["retry_after"]
    assert 0 < wait_s <= 60
    assert refused.body["description"] == f"Too Many Requests: retry after {wait_s}"


async def test_a_message_is_deleted_once_and_its_number_is_not_given_again(
    telegram: Telegram,
) -> None:
    made = (await say(telegram, "Hello")).body["result"]["message_id"]

    deleted, gone = [
        await call(telegram, "deleteMessage", chat_id="@harbour", message_id=made) for _ in range(2)
    ]
    next_one = await say(telegram, "Hello")

    assert deleted.body["result"] is True
    assert gone.body["description"] == "Bad Request: message to delete not found"
    assert next_one.body["result"]["message_id"] > made


async def test_mischief_meets_whatever_sends(telegram: Telegram) -> None:
    telegram.disturb(Mischief.LIMITED, Mischief.ANSWER_LOST)

    limited = await upload(telegram, "sendPhoto", {}, photo=photo())
    with pytest.raises(aiohttp.ClientConnectionError):
        await upload(telegram, "sendPhoto", {}, photo=photo())

    assert limited.body["parameters"] == {"retry_after": 2}
    assert len(telegram.messages) == 1
