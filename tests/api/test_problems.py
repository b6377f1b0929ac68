"""Whatever goes wrong, the answer is a problem: words for a person, a code for a program."""

import json
import logging
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from socialapp.api.door import BODY_AT_MOST
from socialapp.store.session import Database
from tests.api.calls import plan, problem, write

JSON = {"Content-Type": "application/json"}


async def test_an_address_where_nothing_is(alice: httpx.AsyncClient) -> None:
    problem(await alice.get("/api/nothing"), 404, "not_found")


async def test_a_method_that_is_not_offered_is_told_with_those_that_are(
    alice: httpx.AsyncClient,
) -> None:
    for where, offered in (
        ("/api/posts", "GET, POST"),
        ("/api/posts/7", "DELETE, GET, PATCH"),
        ("/api/pages/7", "DELETE, GET, PATCH"),
        ("/api/attachment", "GET, POST"),
        ("/api/session", "DELETE, GET, POST"),
        ("/api/posts/7/check", "POST"),
    ):
        answer = await alice.put(where, json={})

        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == offered


async def test_a_bug_is_answered_with_a_number_that_the_log_has_too(
    alice: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = await plan(alice)
    async with database.transaction() as db:
        await db.execute(text("UPDATE delivery SET status = 'nonsense'"))

    with caplog.at_level(logging.ERROR):
        answer = await alice.get(f"/api/schedules/{schedule['id']}")

    bug = problem(answer, 500, "internal")
    assert bug["request_id"] in caplog.text
    assert "nonsense" not in answer.text


async def test_a_statement_that_the_database_refuses_is_a_bug(
    alice: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.transaction() as db:
        await db.execute(text("ALTER TABLE post RENAME TO gone"))

    answer = await alice.get("/api/posts")

    bug = problem(answer, 500, "internal")
    assert bug["request_id"] in caplog.text
    assert "gone" not in answer.text
    assert "SELECT" not in answer.text


async def test_a_database_that_is_away_is_worth_another_try(
    alice: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Database(database.url.replace("127.0.0.1", "127.0.0.2").replace(".db", "/no.db"))
    monkeypatch.setattr("socialapp.store.session._current", [lost])

    read = await alice.get("/api/posts")
    sent = await alice.post("/api/posts", json={"text": "a"}, headers={"Idempotency-Key": "a"})

    for answer in (read, sent):
        problem(answer, 503, "database_away")
        assert int(answer.headers["retry-after"]) > 0


async def test_a_failure_around_the_api_is_a_problem_too(
    alice: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as db:
        await db.execute(text("ALTER TABLE idempotent_answer RENAME TO gone"))

    answer = await alice.post(
        "/api/posts", json={"text": "a"}, headers={"Idempotency-Key": "a key"}
    )

    assert problem(answer, 500, "internal")["request_id"]


DEEP = b'{"text": "a", "tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"text=a",
    "half of it": b'{"text": "a',
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "a NUL byte": b'{"text": "a\x00b"}',
    "NUL in the text": b'{"text": "a\\u0000b"}',
    "NUL in a tag": b'{"text": "a", "tags": ["\\u0000"]}',
    "NUL in the campaign": b'{"text": "a", "campaign": "\\u0000"}',
    "NUL in the notes": b'{"text": "a", "notes": "\\u0000"}',
    "a lone surrogate": b'{"text": "\\ud800"}',
    "a surrogate for a tag": b'{"text": "a", "tags": ["\\udfff"]}',
    "a surrogate for a name": b'{"text": "a", "\\ud800": 1}',
    "NUL in a name": b'{"text": "a", "\\u0000": 1}',
    "a huge number": b'{"text": "a", "media_ids": [1' + b"0" * 5000 + b"]}",
    "a number of 64 bits and more": b'{"text": "a", "channel_ids": [9223372036854775808]}',
    "a fraction": b'{"text": "a", "media_ids": [1.5]}',
    "not a number": b'{"text": "a", "media_ids": [NaN]}',
    "deeply nested": DEEP,
    "a very long text": b'{"text": "' + b"x" * 300_000 + b'"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_what_cannot_be_read_is_bad_input(
    alice: httpx.AsyncClient, place: str, body: bytes
) -> None:
    problem(await alice.post(place, content=body, headers=JSON), 400)
    assert (await alice.get(place)).json()["total"] == 0


NUL = "a\x00b"
SENT: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/posts/check", {"json": {"text": NUL}}),
    ("POST", "/api/posts/check", {"json": {"text": "a", "networks": [NUL]}}),
    ("POST", "/api/schedules", {"json": {"post_id": 1, "scheduled_at": NUL}}),
    ("POST", "/api/schedules", {"json": {"post_id": 1, "timezone": NUL}}),
    ("POST", "/api/schedules", {"json": {"post_id": 1, "slot": NUL}}),
    ("POST", "/api/channels", {"json": {"provider": "sandbox", "name": NUL}}),
    ("POST", "/api/channels", {"json": {"provider": NUL, "name": "a"}}),
    ("POST", "/api/owner", {"json": {"name": NUL, "email": "a@b", "password": "x" * 20}}),
    ("POST", "/api/session", {"json": {"email": NUL, "password": "x" * 20}}),
    ("GET", "/api/posts", {"params": {"q": NUL}}),
    ("GET", "/api/posts", {"params": {"tag": NUL}}),
    ("GET", "/api/posts", {"params": {"campaign": NUL}}),
    ("GET", "/api/posts", {"params": {"provider": NUL}}),
    ("GET", "/api/posts", {"params": {"cursor": NUL}}),
    ("GET", "/api/schedules", {"params": {"q": NUL}}),
    ("GET", "/api/schedules", {"params": {"from": NUL}}),
    ("GET", "/api/media", {"params": {"q": NUL}}),
    ("POST", "/api/pages", {"json": {"text": NUL}}),
    ("POST", "/api/pages", {"json": {"text": "a", "title": NUL}}),
    ("GET", "/api/pages", {"params": {"q": NUL}}),
    ("GET", "/api/attachment", {"params": {"q": NUL}}),
    ("PATCH", "/api/attachment/1", {"json": {"description": NUL}}),
    ("GET", "/api/posts/%00", {}),
    ("POST", "/api/providers/%00/publish", {"json": {"post_id": 1}}),
]


async def test_nul_is_refused_wherever_words_are_taken(alice: httpx.AsyncClient) -> None:
    for method, where, what in SENT:
        answer = await alice.request(method, where, **what)

        assert answer.status_code in {400, 404}, (where, what, answer.text)
        problem(answer, answer.status_code)


async def test_an_edit_refuses_nul_and_surrogates(alice: httpx.AsyncClient, place: str) -> None:
    post = await write(alice, place=place)
    for name in ("text", "campaign", "notes"):
        for bad in (NUL, "\ud800"):
            body = json.dumps({"revision": 1, name: bad}).encode()
            where = f"{place}/{post['id']}"

            problem(await alice.patch(where, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_a_body_that_does_not_say_it_is_json_is_refused(
    alice: httpx.AsyncClient, kind: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}

    answer = await alice.post("/api/posts", content=b'{"text": "a"}', headers=headers)

    problem(answer, answer.status_code)
    assert answer.status_code in {400, 415}


@pytest.mark.parametrize("where", ["/api/media", "/api/attachment"])
async def test_an_upload_that_is_not_multipart_is_refused(
    alice: httpx.AsyncClient, where: str
) -> None:
    problem(await alice.post(where, json={"file": "a"}), 415, "multipart_required")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "a"}], ids=["plain", "with a key"])
@pytest.mark.parametrize("where", ["/api/posts", "/api/pages", "/api/session", "/api/owner"])
async def test_a_body_that_is_too_big_is_cut_off(
    alice: httpx.AsyncClient, where: str, headers: dict[str, str]
) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 20 * BODY_AT_MOST:
            sent += 65536
            yield b" " * 65536

    announced = await alice.post(where, content=b" " * (BODY_AT_MOST + 1), headers=JSON | headers)
    streamed = await alice.post(where, content=endless(), headers=JSON | headers)

    problem(announced, 413, "too_big")
    problem(streamed, 413, "too_big")
    assert sent <= BODY_AT_MOST + 2 * 65536


async def test_who_asks_is_settled_before_what_is_asked(nobody: httpx.AsyncClient) -> None:
    for body in (b"{", b"", b" " * (BODY_AT_MOST + 1)):
        answer = await nobody.post("/api/posts", content=body, headers=JSON)

        problem(answer, 401, "not_signed_in")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_the_documentation_works_offline(nobody: httpx.AsyncClient) -> None:
    page = await nobody.get("/api/docs")
    schema = await nobody.get("/api/openapi.json")

    assert page.status_code == 200
    assert "cdn" not in page.text.lower()
    assert "https://" not in page.text
    assert schema.json()["openapi"].startswith("3.1")


async def test_every_operation_says_what_it_takes_and_may_answer(
    nobody: httpx.AsyncClient,
) -> None:
    schema = (await nobody.get("/api/openapi.json")).json()

    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            name = f"{method} {path}"
            assert operation["description"], name
            assert "500" in operation["responses"], name
            assert "422" not in operation["responses"], name
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "/ready" not in path:
                    assert "application/problem+json" in answer["content"], name
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                shape = body["schema"]["$ref"].rpartition("/")[2]
                assert schema["components"]["schemas"][shape]["examples"], name
