"""What a site answers, and what becomes of the post: each row of what was seen."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.clock import utc_now
from socialapp.domain.outcome import (
    Absent,
    Disconnected,
    Outcome,
    Posted,
    Refused,
    TryLater,
    Unknown,
)
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Answer, Http
from socialapp.providers.wordpress import writing
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from socialapp.providers.wordpress.line import PUBLISH, UPLOAD, refusal
from tests.providers.desk_wordpress import picture, post

ACCESS = Access(
    "https://x.org/wp-json", "eve@x.org", "2", {"login": "eve", "password": "s3cret pw"}
)
PREPARED = {"id": 7, "route": "posts", "slug": "ships-12345678"}


def coded(code: str, words: str = "Words.", **data: Any) -> bytes:
    return json.dumps({"code": code, "message": words, "data": data}).encode()


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


HTML = b"<html><title>Nope</title></html>"


@pytest.mark.parametrize(
    ("said", "kind", "action", "words"),
    [
        # Not let in.
        *(
            (answer(401, coded(code)), Disconnected, "", "application password")
            for code in (
                *("incorrect_password", "invalid_username", "invalid_email"),
                *("rest_not_logged_in", "rest_cannot_create", "rest_forbidden"),
            )
        ),
        (answer(401, coded("application_passwords_disabled")), Disconnected, "", "switched off"),
        (
            answer(401, coded("application_passwords_disabled_for_user")),
            Disconnected,
            "",
            "switched off",
        ),
        (answer(401, HTML, WWW_Authenticate="Basic x"), Disconnected, "", "web server asks"),
        (answer(401, HTML), Disconnected, "", "application password"),
        # The role.
        (answer(403, coded("rest_cannot_publish")), Refused, "retry", "publish_posts"),
        (
            answer(403, coded("rest_cannot_edit")),
            Refused,
            "retry",
            "publish posts there. It",
        ),
        (answer(403, coded("rest_forbidden_context")), Refused, "retry", "role Author"),
        # A wall before the site.
        (answer(403, HTML), Refused, "retry", "firewall"),
        (answer(406, HTML), Refused, "retry", "firewall"),
        (answer(403, HTML, CF_Mitigated="challenge"), Refused, "retry", "Cloudflare"),
        (answer(503, HTML, cf_mitigated="challenge"), Refused, "retry", "Cloudflare"),
        # Not where it was.
        (answer(301, b"", Location="https://y.org"), Disconnected, "", "has moved"),
        (answer(404, HTML), Refused, "reconnect", "not where it was"),
        (answer(404, coded("rest_no_route")), Refused, "retry", "REST API"),
        (answer(404, coded("rest_post_invalid_id")), TryLater, "", "deleted the draft"),
        # What was sent.
        (
            answer(400, coded("rest_invalid_param", "Bad.", params={"slug": "Too <b>long</b>."})),
            Refused,
            "edit",
            "Bad. Too long.",
        ),
        (answer(400, coded("rest_missing_callback_param")), Refused, "edit", "Words."),
        (answer(400, coded("rest_invalid_date")), Refused, "edit", "Words."),
        (answer(410, coded("rest_already_trashed")), Refused, "edit", "Words."),
        (answer(412, coded("rest_upload_hash_mismatch")), TryLater, "", "damaged"),
        (answer(413, HTML), Refused, "edit", "bigger"),
        # Not now.
        (answer(429, b"", Retry_After="9"), TryLater, "", "wait"),
        (answer(429, HTML), TryLater, "", "wait"),
        (answer(503, HTML, Retry_After="600"), TryLater, "", "busy"),
        # Nobody knows.
        *((answer(status, HTML), Unknown, "", str(status)) for status in (500, 502, 503, 504, 520)),
        (answer(500, coded("db_update_error")), Unknown, "", "500"),
        (answer(500, coded("db_insert_error")), Unknown, "", "500"),
        (answer(500, coded("internal_server_error")), Unknown, "", "500"),
        (answer(302, HTML), Disconnected, "", "has moved"),
    ],
)
def test_each_refusal_is_sorted(said: Answer, kind: type[Outcome], action: str, words: str) -> None:
    outcome = refusal(said, ACCESS, PUBLISH["posts"])

    assert isinstance(outcome, kind)
    assert words in outcome.reason
    assert outcome.reason.startswith("WordPress eve@x.org")
    assert getattr(outcome, "action", "") == action
    assert isinstance(outcome, Unknown) or "Nothing was posted" in outcome.reason


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(400, coded("rest_cannot_create")), "upload_files"),
        (
            answer(500, coded("rest_upload_sideload_error", "Not <em>this</em> type.")),
            "Not this type.",
        ),
        (answer(500, coded("rest_upload_unknown_error", "Disk full.")), "boat.png. It said: Disk"),
        (answer(400, coded("rest_upload_image_type_not_supported")), "boat.png"),
        (answer(400, coded("rest_upload_file_too_big")), "boat.png"),
        (answer(400, coded("rest_upload_no_data")), "boat.png is bigger"),
        (answer(413, HTML), "boat.png is bigger"),
    ],
)
def test_each_refusal_of_a_file_names_it(said: Answer, words: str) -> None:
    outcome = refusal(said, ACCESS, replace(UPLOAD, file="boat.png"))

    assert isinstance(outcome, Refused)
    assert words in outcome.reason


def test_a_wait_is_as_long_as_the_site_says() -> None:
    outcome = refusal(answer(503, HTML, retry_after="600"), ACCESS, PUBLISH["posts"])

    assert isinstance(outcome, TryLater)
    assert outcome.after == timedelta(minutes=10)


@pytest.mark.parametrize(
    "repeated",
    ["s3cret pw", "s3cretpw", "eve:s3cret pw", base64.b64encode(b"eve:s3cret pw").decode()],
)
def test_our_password_is_not_shown_when_the_site_repeats_it(repeated: str) -> None:
    said = answer(400, coded("rest_invalid_param", f"You sent {repeated}!"))

    reason = refusal(said, ACCESS, PUBLISH["posts"]).reason

    assert repeated not in reason
    assert "…!" in reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "message", "data", "params", "x"]), inner)
    ),
    max_leaves=8,
)


@given(status=st.integers(300, 599), body=_JSON)
def test_whatever_a_refusal_holds_it_is_sorted(status: int, body: Any) -> None:
    outcome = refusal(answer(status, json.dumps(body).encode()), ACCESS, PUBLISH["pages"])

    assert not isinstance(outcome, Posted)
    assert len(outcome.reason) < 1000


# Through the adapter.


class Scripted(Http):
    """A client to which each request is answered as the test says."""

    def __init__(self, say: Callable[[str, str], Answer]) -> None:
        super().__init__()
        self._say = say

    async def send(self, method: str, url: str, **_: Any) -> Answer:
        return self._say(method, url.partition("/wp-json")[2])


def ok(body: object, status: int = 200) -> Answer:
    return answer(status, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (ok({"id": 7, "status": "publish", "link": "https://x.org/ships/"}), Posted),
        (ok({"id": 7, "status": "publish", "link": "javascript:alert(1)"}), Posted),
        (ok({"id": 7, "status": "publish"}), Posted),
        (ok({"id": 8, "status": "publish", "link": "https://x.org/ships/"}), Unknown),
        (ok({"id": 7, "status": "future", "link": ""}), Refused),
        (ok({"id": 7, "status": "pending", "link": ""}), Refused),
        (ok({"id": 7, "status": {}}), Unknown),
        (ok({"id": 7, "status": []}), Unknown),
        (ok({"id": 7}), Unknown),
        (ok({"id": "7", "status": "publish"}), Unknown),
        (ok({"id": True, "status": "publish"}), Unknown),
        (ok({}), Unknown),
        (ok([]), Unknown),
        (ok("posted"), Unknown),
        (ok(None), Unknown),
        (answer(200, HTML), Unknown),
        (answer(200, b""), Unknown),
        (answer(200, b"\xff\xfe{}"), Unknown),
        (answer(200, b"[" * 100_000), Unknown),
        (answer(202, HTML), Unknown),
        (answer(204, b""), Unknown),
        (answer(200, b'Warning: x in y.php\n{"id": 7, "status": "publish"}'), Unknown),
        (answer(200, b'\xef\xbb\xbf{"id": 7, "status": "publish"}'), Posted),
    ],
)
async def test_each_answer_to_publishing_is_read_strictly(
    said: Answer, kind: type[Outcome]
) -> None:
    intent = replace(post("Ships"), prepared=PREPARED)
    try:
        outcome: Outcome = await Adapter(Scripted(lambda *_: said)).publish(
            intent, ACCESS, once="once"
        )
    except PublishFailed as failed:
        outcome = failed.outcome

    assert isinstance(outcome, kind)
    if isinstance(outcome, Posted):
        assert outcome.remote_id == "7"
        assert outcome.url in {"", "https://x.org/ships/"}


GONE = answer(404, coded("rest_post_invalid_id"))


@pytest.mark.parametrize(
    ("by_number", "by_slug", "kind"),
    [
        (ok({"id": 7, "status": "publish", "link": ""}), None, Posted),
        (ok({"id": 7, "status": "draft"}), None, Absent),
        (ok({"id": 7, "status": "auto-draft"}), None, Absent),
        (ok({"id": 7, "status": "trash"}), None, Unknown),
        (ok({"id": 7, "status": "future"}), None, Unknown),
        (ok({"id": 7, "status": "private"}), None, Unknown),
        (GONE, ok([]), Absent),
        (GONE, answer(500), Unknown),
        (GONE, ok([{"id": 9, "slug": "somebody-elses", "status": "publish"}]), Absent),
        (GONE, ok({"x": 1}), Unknown),
        (GONE, ok([3]), Unknown),
        (answer(404, HTML), None, Unknown),
        (answer(404, coded("rest_no_route")), None, Unknown),
        (answer(401, coded("rest_forbidden")), None, Unknown),
        (answer(403, HTML), None, Unknown),
        (answer(500, HTML), None, Unknown),
        (answer(200, HTML), None, Unknown),
        (answer(200, b"[" * 100_000), None, Unknown),
        (ok([]), None, Unknown),
        (ok({"id": 7}), None, Unknown),
        (ok({"id": 7, "status": {}}), None, Unknown),
    ],
)
async def test_each_answer_to_looking_is_read_strictly(
    by_number: Answer, by_slug: Answer | None, kind: type
) -> None:
    def say(_method: str, path: str) -> Answer:
        if path.endswith("/7"):
            return by_number
        assert by_slug is not None
        return by_slug

    intent = replace(post("Ships"), prepared=PREPARED)
    finding = await Adapter(Scripted(say)).find(intent, ACCESS, once="once", since=utc_now())

    assert isinstance(finding, kind)


async def test_what_lost_its_number_is_found_by_its_slug() -> None:
    slugs: list[str] = []

    def say(_method: str, path: str) -> Answer:
        if path.endswith("/7"):
            return GONE
        return ok([{"id": 9, "slug": slugs[0], "status": "publish", "link": "https://x.org/9"}])

    intent = replace(post("Ships"), prepared=PREPARED)
    slugs.append(writing.unique_slug(intent, writing.mark(ACCESS, "once")))

    finding = await Adapter(Scripted(say)).find(intent, ACCESS, once="once", since=utc_now())

    assert finding == Posted("9", "https://x.org/9")


@pytest.mark.parametrize(
    "upload",
    [ok({}), ok([]), answer(200, HTML), ok({"id": "x"}, 201), ok({"id": 5, "source_url": 7}, 201)],
)
async def test_a_strange_answer_to_an_upload_posts_nothing(tmp_path: Path, upload: Answer) -> None:
    def say(method: str, path: str) -> Answer:
        if method == "GET":
            return ok([])
        return upload if path == "/wp/v2/media" else ok({"id": 7, "status": "draft", "slug": "x"})

    with pytest.raises(PublishFailed) as failed:
        await Adapter(Scripted(say)).prepare(post("Ships", picture(tmp_path)), ACCESS, once="once")

    assert isinstance(failed.value.outcome, Unknown)


async def test_without_a_draft_nothing_is_sent() -> None:
    network = Adapter(Scripted(lambda *_: ok([])))

    with pytest.raises(PublishFailed) as failed:
        await network.publish(post("Ships"), ACCESS, once="once")

    assert isinstance(failed.value.outcome, TryLater)
    assert await network.find(post("Ships"), ACCESS, once="once", since=utc_now()) == Absent()


# A server that says no before it has heard everything.


@asynccontextmanager
async def closes_early() -> AsyncIterator[str]:
    """Answer uploads with 413 as soon as their head is there, and hang up."""

    async def serve(asks: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        head = await asks.readuntil(b"\r\n\r\n")
        if b"/wp/v2/media" in head and head.startswith(b"POST"):
            body, status = b"<html>413</html>", b"413 Too Large"
        elif head.startswith(b"GET"):
            body, status = b"[]", b"200 OK"
        else:
            await asks.read(100_000)
            body, status = b'{"id": 7, "status": "draft", "slug": "x"}', b"201 Created"
        back.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n" % (status, len(body)))
        back.write(b"Content-Type: text/html\r\nConnection: close\r\n\r\n" + body)
        await back.drain()
        back.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/wp-json"
    server.close()


async def test_a_server_that_refuses_a_big_file_before_it_is_through_is_heard(
    tmp_path: Path, http: Http
) -> None:
    big = picture(tmp_path, name="big.png")
    await asyncio.to_thread(Path(big.file).write_bytes, bytes(30_000_000))
    async with closes_early() as api:
        access = replace(ACCESS, base_url=api)

        with pytest.raises(PublishFailed) as failed:
            await Adapter(http).prepare(post("Look", big), access, once="once")

    assert isinstance(failed.value.outcome, Refused)
    assert "big.png is bigger" in str(failed.value)
