"""What each answer of a server comes to: the table of errors, row by row."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Content, Media
from socialapp.domain.outcome import (
    Absent,
    Disconnected,
    Posted,
    Refused,
    Trouble,
    TryLater,
    Unknown,
)
from socialapp.providers.bluesky import record
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from tests.providers.bluesky.answering import Answering

PUT, GET = "/xrpc/com.atproto.repo.putRecord", "/xrpc/com.atproto.repo.getRecord"
UPLOAD, DELETE = "/xrpc/com.atproto.repo.uploadBlob", "/xrpc/com.atproto.repo.deleteRecord"
DID = "did:plc:aliceofthetestsaaaaaaaaa"
INTENT = Intent.of(Content("Hello"), created_at="2026-11-26T09:00:00.000Z")
URI = f"at://{DID}/app.bsky.feed.post/{record.key(INTENT, 'once')}"
BLOB = {"$type": "blob", "ref": {"$link": "b"}, "mimeType": "image/jpeg", "size": 5}


def access(server: Answering) -> Access:
    return Access(server.base_url, "alice.test", DID, {"access": "a-token"})


async def published(http: Http, server: Answering, intent: Intent = INTENT) -> Any:
    """Publish, and return the outcome as a value."""
    try:
        return await Bluesky(http).publish(intent, access(server), once="once")
    except PublishFailed as failed:
        return failed.outcome


async def found(http: Http, server: Answering) -> Any:
    """Ask whether it is there."""
    return await Bluesky(http).find(INTENT, access(server), once="once", since=utc_now())


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "ExpiredToken", Disconnected),
        (400, "InvalidToken", Disconnected),
        (401, "AuthenticationRequired", Disconnected),
        (401, "AuthMissing", Disconnected),
        (401, "AuthFactorTokenRequired", Disconnected),
        (401, "invalid_token", Disconnected),
        (403, "ScopeMissingError", Disconnected),
        (401, "AccountTakedown", Disconnected),
        (400, "AccountDeactivated", Disconnected),
        (401, "AccountDeactivated", Disconnected),
        (403, "AccountNotFound", Disconnected),
        (400, "InvalidRequest", Refused),
        (400, "InvalidMimeType", Refused),
        (400, "BlobTooLarge", Refused),
        (413, "PayloadTooLarge", Refused),
        (404, "XRPCNotSupported", Refused),
        (429, "RateLimitExceeded", TryLater),
        (400, "BlobNotFound", TryLater),
        (500, "InternalServerError", Unknown),
        (502, "UpstreamFailure", Unknown),
        (503, "NotEnoughResources", Unknown),
        (504, "UpstreamTimeout", Unknown),
        (501, "MethodNotImplemented", Unknown),
        (302, "", Unknown),
    ],
)
async def test_an_error_comes_to_what_the_table_says(
    http: Http, answering: Answering, status: int, error: str, expected: type[Any]
) -> None:
    answering.says(PUT, {"error": error, "message": "Words of the server."}, status=status)

    outcome = await published(http, answering)

    assert type(outcome) is expected
    assert "Bluesky @alice.test" in outcome.reason
    assert "a-token" not in outcome.reason
    assert len(answering.calls(PUT)) == 1


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        ("AccountTakedown", 401, "taken this account down"),
        ("AccountDeactivated", 400, "deactivated"),
        ("ExpiredToken", 400, "Connect the channel again"),
        ("PayloadTooLarge", 413, "larger than this server takes"),
        ("InvalidRequest", 400, "Words of the server"),
        ("RateLimitExceeded", 429, "asks us to wait"),
    ],
)
async def test_its_words_say_what_happened_and_what_was_not_done(
    http: Http, answering: Answering, error: str, status: int, words: str
) -> None:
    answering.says(PUT, {"error": error, "message": "Words of the server."}, status=status)

    outcome = await published(http, answering)

    assert words in outcome.reason
    assert "Nothing was posted" in outcome.reason


async def test_a_limit_is_waited_for_until_the_instant_that_the_server_names(
    http: Http, answering: Answering
) -> None:
    limits = {
        "RateLimit_Limit": "5000",
        "RateLimit_Remaining": "0",
        "RateLimit_Reset": str(int(time.time()) + 600),
        "RateLimit_Policy": "5000;w=3600",
    }
    answering.says(PUT, {"error": "RateLimitExceeded"}, status=429, **limits)

    outcome = await published(http, answering)

    assert outcome.trouble is Trouble.CHANNEL
    assert timedelta(seconds=590) < outcome.after <= timedelta(seconds=600)


async def test_seconds_to_wait_are_taken_as_they_are_said(http: Http, answering: Answering) -> None:
    answering.says(PUT, {"error": "RateLimitExceeded"}, status=429, Retry_After="77")

    assert (await published(http, answering)).after == timedelta(seconds=77)


async def test_what_the_server_forgot_is_prepared_again(http: Http, answering: Answering) -> None:
    answering.says(PUT, {"error": "BlobNotFound"}, status=400)

    assert (await published(http, answering)).unprepares


@pytest.mark.parametrize(
    "body",
    [
        "<html>It works</html>",
        "",
        "[]",
        "null",
        '"yes"',
        "[" * 100_000,
        {},
        {"uri": URI},
        {"uri": URI, "cid": 7},
        {"uri": URI, "cid": ""},
        {"uri": f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2a", "cid": "another"},
        {"uri": ["at://"], "cid": "c"},
        b"\xff\xfe\x00",
    ],
)
async def test_a_confirmation_that_cannot_be_read_confirms_nothing(
    http: Http, answering: Answering, body: Any
) -> None:
    answering.says(PUT, body)

    assert type(await published(http, answering)) is Unknown


# Something is under our name already.


def there(value: Any, cid: str = "c") -> dict[str, Any]:
    return {"uri": URI, "cid": cid, "value": value}


async def test_what_the_server_will_not_replace_is_ours_if_it_says_the_same(
    http: Http, answering: Answering
) -> None:
    answering.says(PUT, {"error": "InvalidSwap"}, status=400)
    answering.says(GET, there(record.record(INTENT)))

    outcome = await published(http, answering)

    assert isinstance(outcome, Posted)
    assert outcome.remote_id == URI
    assert outcome.kept == {"cid": "c"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, there({**record.record(INTENT), "text": "Edited elsewhere"})),
        (200, there(None)),
        (400, {"error": "RecordNotFound"}),
        (500, {"error": "InternalServerError"}),
        (200, "rubbish"),
    ],
)
async def test_otherwise_nobody_knows_and_nothing_is_replaced(
    http: Http, answering: Answering, status: int, body: Any
) -> None:
    answering.says(PUT, {"error": "InvalidSwap"}, status=400)
    answering.says(GET, body, status=status)

    assert type(await published(http, answering)) is Unknown
    assert len(answering.calls(PUT)) == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, there(record.record(INTENT)), Posted),
        (400, {"error": "RecordNotFound"}, Absent),
        (200, there({"text": "Edited elsewhere"}), Unknown),
        (200, {**there(record.record(INTENT)), "uri": "at://somebody/else"}, Unknown),
        (400, {"error": "InvalidRequest"}, Unknown),
        (404, {"error": "NotFound"}, Unknown),
        (429, {"error": "RateLimitExceeded"}, Unknown),
        (502, "<html>Bad Gateway</html>", Unknown),
        (200, "[]", Unknown),
    ],
)
async def test_it_is_looked_for_by_its_name_and_only_a_clear_no_is_one(
    http: Http, answering: Answering, status: int, body: Any, expected: type[Any]
) -> None:
    answering.says(GET, body, status=status)

    assert type(await found(http, answering)) is expected
    (asked,) = answering.calls(GET)
    assert asked.query["rkey"] == record.key(INTENT, "once")
    assert "Authorization" not in asked.headers


# Ahead of the moment, and afterwards.


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"blob": BLOB}, None),
        (200, {"blob": "b"}, TryLater),
        (200, "rubbish", TryLater),
        (413, {"error": "PayloadTooLarge"}, Refused),
        (400, {"error": "ExpiredToken"}, Disconnected),
        (429, {"error": "RateLimitExceeded"}, TryLater),
    ],
)
async def test_an_upload_that_fails_says_why_before_anything_is_posted(
    http: Http, answering: Answering, tmp_path: Any, status: int, body: Any, expected: Any
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"bytes")
    photo = Media(1, "image", "image/jpeg", 5, 10, 10, file=str(tmp_path / "a.jpg"))
    answering.says(UPLOAD, body, status=status)
    intent = replace(INTENT, media=(photo,))

    try:
        outcome: Any = await Bluesky(http).prepare(intent, access(answering), once="once")
    except PublishFailed as failed:
        outcome = failed.outcome

    if expected is None:
        assert outcome == {"parts": [{"media": [BLOB]}]}
    else:
        assert type(outcome) is expected
    (asked,) = answering.calls(UPLOAD)
    assert (asked.body, asked.headers["Content-Type"]) == (b"bytes", "image/jpeg")


async def test_a_file_that_is_gone_or_too_big_is_not_sent(http: Http, answering: Answering) -> None:
    gone = Media(1, "image", "image/jpeg", 5, 10, 10, file="/nowhere/a.jpg")
    big = replace(gone, size_bytes=2_000_001)
    video = replace(gone, kind="video", mime_type="video/mp4", size_bytes=60_000_000)

    for media, words in ((gone, "gone"), (big, "2.0 MB"), (video, "60.0 MB")):
        with pytest.raises(PublishFailed, match=re.escape(words)) as failed:
            await Bluesky(http).prepare(
                replace(INTENT, media=(media,)), access(answering), once="once"
            )
        assert isinstance(failed.value.outcome, Refused)
    assert answering.asked == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {}, None),
        (400, {"error": "ExpiredToken"}, Disconnected),
        (500, {"error": "InternalServerError"}, Unknown),
    ],
)
async def test_taking_a_post_down_says_when_it_did_not_work(
    http: Http, answering: Answering, status: int, body: Any, expected: Any
) -> None:
    answering.says(DELETE, body, status=status)

    try:
        await Bluesky(http).delete({"remote_id": URI}, access(answering))
        outcome = None
    except PublishFailed as failed:
        outcome = failed.outcome

    assert outcome is None if expected is None else type(outcome) is expected
    assert answering.calls(DELETE)[0].body.count(record.key(INTENT, "once").encode()) == 1
