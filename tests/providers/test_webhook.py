"""Webhook: a receiver of somebody's own, what it is sent, and what each answer comes to."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from socialapp.domain.content import MIB, Kind, Part, Repeats
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
from socialapp.providers.contract import Access, PublishFailed, capabilities_of
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.providers.webhook import Webhook as Adapter
from tests.networks.mischief import Mischief
from tests.providers.pictures import NOW, document, picture, post
from tests.providers.stage_webhook import access_of
from tests.servers.scripted import Line, Scripted
from tests.servers.webhook import WebhookReceiver

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
async def adapter() -> AsyncIterator[Adapter]:
    """The adapter, free to speak to this machine."""
    async with Http(connect_s=1, request_s=3, allow_private=True) as http:
        yield Adapter(http)


async def publish(adapter: Adapter, access: Access, intent: Intent, once: str = "once-1") -> Posted:
    return await adapter.publish(intent, access, once=once)


async def refused(adapter: Adapter, access: Access, intent: Intent | None = None) -> Outcome:
    with pytest.raises(PublishFailed) as failed:
        await publish(adapter, access, intent or post())
    return failed.value.outcome


def _at(server: Scripted, path: str = "/hook") -> Access:
    return Access(server.base_url, "example.org", secrets={"secret": SECRET, "path": path})


# Connecting.


async def test_it_is_connected_when_the_receiver_believes_a_test(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "secret": webhook_receiver.secret}

    connected = await adapter.connect("address", given)

    (came,) = webhook_receiver.received
    assert came.body["type"] == "webhook.test"
    assert webhook_receiver.posts == {}
    assert connected.address == webhook_receiver.base_url
    assert connected.secrets == {"secret": webhook_receiver.secret, "path": "/hook"}
    assert connected.shown == {}
    assert connected.account.known == {"repeats": "ignores", "files_mb": "5"}
    assert connected.account.handle == webhook_receiver.base_url.removeprefix("http://")


async def test_a_secret_that_is_made_is_shown_and_good(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    connected = await adapter.connect("address", {"url": webhook_receiver.url})
    webhook_receiver.secret = connected.shown["Signing secret"]

    await adapter.verify(Access(connected.address, "", secrets=connected.secrets))

    assert connected.secrets["secret"] == connected.shown["Signing secret"]
    assert len(webhook_receiver.received) == 1
    assert len(webhook_receiver.disbelieved) == 1
    assert webhook_receiver.secret not in repr(connected)


async def test_each_made_secret_is_another(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    made = {
        (await adapter.connect("address", {"url": webhook_receiver.url})).shown["Signing secret"]
        for _ in range(3)
    }

    assert len(made) == 3
    assert all(len(base64.b64decode(secret[6:])) == 32 for secret in made)


async def test_a_typed_secret_that_the_receiver_does_not_know_is_refused(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    with pytest.raises(PublishFailed) as failed:
        await adapter.connect("address", {"url": webhook_receiver.url, "secret": SECRET})

    assert isinstance(failed.value.outcome, Disconnected)
    assert "posted" not in str(failed.value)


@pytest.mark.parametrize("status", [404, 405, 410, 302, 500])
async def test_where_nobody_listens_nothing_is_connected(adapter: Adapter, status: int) -> None:
    async with Scripted(Line(status, b"<html>", {"Location": "https://example.org"})) as server:
        with pytest.raises(PublishFailed) as failed:
            await adapter.connect("address", {"url": f"{server.base_url}/hook"})

        assert "posted" not in str(failed.value)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("{}", "/"),
        ("{}/", "/"),
        ("{}/hooks/a%2Fb/", "/hooks/a%2Fb/"),
        ("{}/?key=abc&b=c%20d#part", "/?key=abc&b=c%20d"),
        (" {}/hook ", "/hook"),
    ],
)
async def test_an_address_is_used_as_it_was_typed(adapter: Adapter, url: str, path: str) -> None:
    async with Scripted(Line(204)) as server:
        connected = await adapter.connect("address", {"url": url.format(server.base_url)})

    assert connected.address == server.base_url
    assert connected.secrets["path"] == path
    assert server.asked[0].path == path


@pytest.mark.parametrize(
    "url", ["", "https://", "ftp://a.org/x", "https://a:b@c.org/x", "https://a .org", "https://[x"]
)
async def test_what_is_no_address_is_refused(adapter: Adapter, url: str) -> None:
    with pytest.raises(Rejected) as no:
        await adapter.connect("address", {"url": url})

    assert no.value.problems[0].field == "url"


@pytest.mark.parametrize("url", ["http://example.org/hook", "https://127.0.0.1/hook"])
async def test_only_https_to_the_open_internet_is_reached(url: str) -> None:
    async with Http() as http:
        with pytest.raises((Rejected, PublishFailed)):
            await Adapter(http).connect("address", {"url": url})


@pytest.mark.parametrize(
    "secret", ["hunter2", "whsec_", "whsec_ä", "whsec_" + "A" * 20, "whsec_" + "A" * 400]
)
async def test_what_is_no_secret_is_refused_and_not_repeated(
    adapter: Adapter, webhook_receiver: WebhookReceiver, secret: str
) -> None:
    with pytest.raises(Rejected) as no:
        await adapter.connect("address", {"url": webhook_receiver.url, "secret": secret})

    assert no.value.problems[0].field == "secret"
    assert secret == "whsec_" or secret not in str(no.value)
    assert webhook_receiver.seen == []


async def test_what_was_said_of_the_receiver_makes_its_limits(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    given = {"url": webhook_receiver.url, "repeats": "counts", "files_mb": "25"}

    connected = await adapter.connect("address", given)

    can = capabilities_of(adapter, connected.account.known)
    assert (can.repeats, can.at_once_per_channel) == (Repeats.NOTHING, 1)
    assert can.image_bytes == can.video_bytes == can.attachment_bytes == 25 * MIB
    webhook_receiver.secret = connected.secrets["secret"]
    access = Access(connected.address, "", secrets=connected.secrets, known=connected.account.known)
    assert (await adapter.verify(access)).known == connected.account.known


@pytest.mark.parametrize(
    "known", [{"files_mb": "1000", "repeats": "x"}, {"files_mb": 25}, {"files_mb": [], "a": 1}]
)
def test_odd_knowledge_changes_nothing(known: dict[str, Any]) -> None:
    assert Adapter.adapted(known) == Adapter.capabilities


# Sending.


async def test_a_post_is_told_of_in_signed_json(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    intent = post("Hällo 😀", language="de", tags=["sea"])

    posted = await publish(adapter, access_of(webhook_receiver), intent)

    came = webhook_receiver.posts["once-1"]
    assert came.headers["Content-Type"] == "application/json"
    assert came.body == {
        "type": "post.published",
        "timestamp": NOW,
        "data": {
            "id": "once-1",
            "kind": "post",
            "title": "",
            "text": "Hällo 😀",
            "media": [],
            "parts": [],
            "attachments": [],
            "options": {"language": "de", "tags": ["sea"]},
            "channel": {"name": webhook_receiver.base_url.removeprefix("http://")},
            "created_at": NOW,
        },
    }
    assert posted == Posted("once-1")


async def test_a_page_comes_with_its_attachments(
    adapter: Adapter, webhook_receiver: WebhookReceiver, tmp_path: Path
) -> None:
    page = replace(post("# Menu"), kind=Kind.PAGE, title="Menu", attachments=(document(tmp_path),))

    await publish(adapter, access_of(webhook_receiver), page)

    came = webhook_receiver.posts["once-1"].body
    assert (came["type"], came["data"]["title"]) == ("page.published", "Menu")
    assert came["data"]["attachments"] == [
        {
            "mime_type": "application/pdf",
            "filename": "menu.pdf",
            "description": "The menu",
            "size_bytes": 8,
            "sha256": hashlib.sha256(b"%PDF-1.7").hexdigest(),
            "content": base64.b64encode(b"%PDF-1.7").decode(),
        }
    ]


async def test_a_thread_comes_whole_with_all_its_media(
    adapter: Adapter, webhook_receiver: WebhookReceiver, tmp_path: Path
) -> None:
    one, two = picture(tmp_path, "a.png", alt_text="A dark sea"), picture(tmp_path, "b.png")
    assert Adapter.capabilities.takes_threads_whole

    await publish(
        adapter, access_of(webhook_receiver), post("one", one, parts=(Part("two", (two,)),))
    )

    data = webhook_receiver.posts["once-1"].body["data"]
    (medium,) = data["media"]
    content = base64.b64decode(medium.pop("content"))
    assert hashlib.sha256(content).hexdigest() == medium["sha256"]
    assert medium == {
        "mime_type": "image/png",
        "filename": "a.png",
        "alt_text": "A dark sea",
        "width": 8,
        "height": 4,
        "duration_s": None,
        "size_bytes": one.size_bytes,
        "sha256": one.sha256,
    }
    (part,) = data["parts"]
    assert (part["text"], part["media"][0]["filename"]) == ("two", "b.png")


async def test_files_that_are_too_much_together_send_nothing(
    adapter: Adapter, webhook_receiver: WebhookReceiver, tmp_path: Path
) -> None:
    some = [picture(tmp_path, f"{i}.png", size_bytes=3 * MIB) for i in range(2)]
    gone = replace(picture(tmp_path), file=str(tmp_path / "gone.png"))

    too_much = await refused(adapter, access_of(webhook_receiver), post("", *some))
    missing = await refused(adapter, access_of(webhook_receiver), post("", gone))
    await publish(adapter, access_of(webhook_receiver, files_mb="10"), post("", *some))

    assert isinstance(too_much, Refused)
    assert "6.0 MB" in too_much.reason
    assert isinstance(missing, Refused)
    assert len(webhook_receiver.received) == 1


async def test_a_repeat_is_the_same_bytes_with_the_same_id_and_a_new_time(
    adapter: Adapter, tmp_path: Path
) -> None:
    intent = post("Hello", picture(tmp_path), content_warning="Sea")
    async with Scripted(Line(204)) as server:
        for _ in range(2):
            await publish(adapter, _at(server), intent)

    first, second = server.asked
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "once-1"
    for asked in server.asked:
        Verifier(SECRET).verify(asked.body, dict(asked.headers))


async def test_the_way_of_checking_that_is_documented_is_good(
    adapter: Adapter, webhook_receiver: WebhookReceiver
) -> None:
    page = (Path(__file__).parents[2] / "docs/networks/webhook.md").read_text()
    code = page.split("```python\n")[1].split("```")[0]
    documented: dict[str, Any] = {}
    exec(compile(code, "webhook.md", "exec"), documented)
    async with Scripted(Line(204)) as server:
        await publish(adapter, _at(server), post())
    (asked,) = server.asked

    assert documented["is_ours"](SECRET, asked.headers, asked.body)
    assert not documented["is_ours"](SECRET, asked.headers, asked.body + b" ")
    assert not documented["is_ours"]("whsec_" + "A" * 32, asked.headers, asked.body)
    old = {**asked.headers, "webhook-timestamp": "1000000000"}
    assert not documented["is_ours"](SECRET, old, asked.body)


# Answers.


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_success_is_posted(
    adapter: Adapter, webhook_receiver: WebhookReceiver, status: int
) -> None:
    webhook_receiver.status = status

    assert await publish(adapter, access_of(webhook_receiver), post()) == Posted("once-1")


@pytest.mark.parametrize(
    ("says", "posted"),
    [
        ({"id": "a-7", "url": "https://example.org/7"}, Posted("a-7", "https://example.org/7")),
        ({"id": 7}, Posted("7")),
        ({"id": True, "url": 5}, Posted("once-1")),
        ({"id": "", "url": "javascript:alert(1)"}, Posted("once-1")),
        ({"id": None, "url": "https://example.org/" + "x" * 2000}, Posted("once-1")),
        ({}, Posted("once-1")),
    ],
)
async def test_the_receiver_may_say_what_and_where_it_is(
    adapter: Adapter, webhook_receiver: WebhookReceiver, says: dict[str, Any], posted: Posted
) -> None:
    webhook_receiver.status, webhook_receiver.says = 201, says

    assert await publish(adapter, access_of(webhook_receiver), post()) == posted


@pytest.mark.parametrize("how", [Mischief.RUBBISH, Mischief.TRUNCATED, Mischief.HUGE])
async def test_a_success_with_rubbish_is_a_success(
    adapter: Adapter, webhook_receiver: WebhookReceiver, how: Mischief
) -> None:
    webhook_receiver.says = {"id": "7"}
    webhook_receiver.status = 200
    webhook_receiver.disturb(how)

    await publish(adapter, access_of(webhook_receiver), post())

    assert list(webhook_receiver.posts) == ["once-1"]


@pytest.mark.parametrize(
    ("line", "after", "trouble"),
    [
        (Line(429, b"", {"Retry-After": "7"}), timedelta(seconds=7), Trouble.CHANNEL),
        (Line(429), None, Trouble.CHANNEL),
        (Line(503, b"", {"Retry-After": "7"}), timedelta(seconds=7), Trouble.NETWORK),
    ],
)
async def test_it_waits_as_long_as_it_is_told(
    adapter: Adapter, line: Line, after: timedelta | None, trouble: Trouble
) -> None:
    async with Scripted(line) as server:
        outcome = await refused(adapter, _at(server))

    assert isinstance(outcome, TryLater)
    assert (outcome.after, outcome.trouble) == (after, trouble)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "action", "words"),
    [
        (410, b"", Disconnected, "", "nothing more"),
        (401, b"", Disconnected, "", "same secret"),
        (400, {"error": "no such field"}, Refused, "edit", "no such field."),
        (403, {"message": "Not you"}, Refused, "edit", "Not you."),
        (404, b"<html>", Refused, "reconnect", "nothing at that address"),
        (405, b"<html>", Refused, "reconnect", "nothing at that address"),
        (409, {"detail": ["a"], "error": "Twice!"}, Refused, "edit", "Twice!"),
        (413, b"<html>", Refused, "edit", "that size"),
        (422, b"<html>", Refused, "edit", "refused the post"),
        (301, b"", Refused, "reconnect", "not followed"),
        (302, b"", Refused, "reconnect", "not followed"),
        (308, b"", Refused, "reconnect", "not followed"),
        (500, b"<html>", Unknown, "", "500"),
        (502, b"<html>", Unknown, "", "502"),
        (503, b"<html>", Unknown, "", "503"),
        (504, b"<html>", Unknown, "", "504"),
    ],
)
async def test_each_answer_comes_to_its_outcome(
    adapter: Adapter, status: int, body: Any, outcome: type[Outcome], action: str, words: str
) -> None:
    headers = {"Location": "https://example.org/other"}
    async with Scripted(Line(status, body, headers)) as server:
        found = await refused(adapter, _at(server))

    assert isinstance(found, outcome)
    assert words in found.reason
    assert len(server.asked) == 1
    if isinstance(found, Refused):
        assert found.action == action
    if not isinstance(found, Unknown):
        assert "Nothing was posted." in found.reason


async def test_what_the_receiver_repeats_of_the_address_is_not_shown(adapter: Adapter) -> None:
    path = "/hooks/c2VjcmV0LXBhdGg?key=another-long-secret"
    said = json.dumps({"error": f"Cannot POST {path}, nor {SECRET}"}).encode()
    async with Scripted(Line(400, said)) as server:
        found = await refused(adapter, _at(server, path))

    assert isinstance(found, Refused)
    assert "It said: Cannot POST …, nor …." in found.reason


async def test_without_its_secret_it_asks_to_be_connected_again(adapter: Adapter) -> None:
    access = Access("https://example.org", "example.org")

    assert isinstance(await refused(adapter, access), Disconnected)
