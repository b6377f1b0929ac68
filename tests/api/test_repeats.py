"""Idempotency-Key: whatever happens on the way, one request has one effect."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from socialapp.api.app import build
from socialapp.api.repeats import ABANDONED_AFTER, Repeats
from socialapp.clock import utc_now
from socialapp.publishing.upkeep import KEEP_ANSWERS, forget_old
from socialapp.store import answers
from socialapp.store.session import Database
from socialapp.store.tables import IdempotentAnswer, Schedule
from tests.api.calls import photo, problem, write

BREAD = {"text": "Fresh bread"}
ROLLS = {"text": "Fresh rolls"}


async def keep(
    program: httpx.AsyncClient, key: str, body: Any = BREAD, place: str = "/api/posts"
) -> httpx.Response:
    return await program.post(place, json=body, headers={"Idempotency-Key": key})


async def number_of_posts(program: httpx.AsyncClient, place: str = "/api/posts") -> int:
    return int((await program.get(place)).json()["total"])


async def grow_old(database: Database, age: timedelta) -> None:
    async with database.transaction() as db:
        await db.execute(update(IdempotentAnswer).values(created_at=utc_now() - age))


class Dies:
    """The app in a process that ends after its work, before its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def nowhere(message: Message) -> None:
            pass

        await self._app(scope, receive, nowhere)
        raise asyncio.CancelledError


async def post_and_die(program: httpx.AsyncClient, where: str, key: str, body: Any) -> None:
    """Send a request to a process that dies between its commit and its answer."""
    transport = httpx.ASGITransport(Repeats(Dies(build())))
    headers = {"Idempotency-Key": key, "Authorization": program.headers["authorization"]}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as doomed:
        with pytest.raises(asyncio.CancelledError):
            await doomed.post(where, json=body, headers=headers)


async def test_the_same_request_again_gets_the_first_answer_again(
    alice: httpx.AsyncClient, place: str
) -> None:
    first = await keep(alice, "one", place=place)
    second = await keep(alice, "one", place=place)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await number_of_posts(alice, place) == 1


async def test_another_request_with_the_key_is_refused(
    alice: httpx.AsyncClient, place: str
) -> None:
    await keep(alice, "one", place=place)

    other_body = await keep(alice, "one", ROLLS, place)
    other_place = await alice.post(
        "/api/posts/check", json=BREAD, headers={"Idempotency-Key": "one"}
    )

    problem(other_body, 409, "idempotency_mismatch")
    problem(other_place, 409, "idempotency_mismatch")
    assert await number_of_posts(alice, place) == 1


async def test_the_same_request_many_times_at_once_has_one_effect(
    alice: httpx.AsyncClient, place: str
) -> None:
    got = await asyncio.gather(*(keep(alice, "one", place=place) for _ in range(8)))

    codes = {answer.json().get("code", "") for answer in got if answer.status_code != 201}
    assert 201 in {answer.status_code for answer in got}
    assert codes <= {"idempotency_in_progress"}
    assert await number_of_posts(alice, place) == 1
    assert (await keep(alice, "one", place=place)).status_code == 201


async def test_a_key_is_known_in_one_workspace_only(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers = await keep(alice, "one")
    strangers = await keep(carol, "one", ROLLS)

    assert strangers.status_code == 201
    assert "idempotent-replayed" not in strangers.headers
    assert hers.json()["id"] != strangers.json()["id"]


async def test_after_a_day_the_key_is_new(alice: httpx.AsyncClient, database: Database) -> None:
    await keep(alice, "one")

    await grow_old(database, KEEP_ANSWERS - timedelta(minutes=1))
    await forget_old(database, now=utc_now())
    within = await keep(alice, "one")
    await grow_old(database, KEEP_ANSWERS + timedelta(minutes=1))
    await forget_old(database, now=utc_now())
    after = await keep(alice, "one", ROLLS)

    assert within.headers["idempotent-replayed"] == "true"
    assert after.status_code == 201
    assert await number_of_posts(alice) == 2


async def test_bad_input_may_be_corrected_under_the_same_key(alice: httpx.AsyncClient) -> None:
    problem(await keep(alice, "one", {"text": ""}), 400, "text_required")

    assert (await keep(alice, "one")).status_code == 201


async def test_a_conflict_is_an_answer_that_is_kept(alice: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "one"}

    first = await alice.post("/api/schedules", json={"post_id": 987654}, headers=headers)
    second = await alice.post("/api/schedules", json={"post_id": 987654}, headers=headers)

    problem(second, 404)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("key", ["x" * 201, "tab\there", "\x7f"])
async def test_a_key_that_cannot_be_kept_is_refused(alice: httpx.AsyncClient, key: str) -> None:
    problem(await keep(alice, key), 400, "idempotency_key_invalid")

    assert await number_of_posts(alice) == 0


async def test_what_was_carried_out_and_not_answered_is_never_done_again(
    alice: httpx.AsyncClient, database: Database
) -> None:
    await post_and_die(alice, "/api/posts", "one", BREAD)

    at_once = await keep(alice, "one")
    await grow_old(database, ABANDONED_AFTER)
    later = await keep(alice, "one")

    problem(at_once, 409, "idempotency_in_progress")
    problem(later, 409, "idempotency_answer_lost")
    assert await number_of_posts(alice) == 1


async def test_a_publish_that_was_not_answered_is_never_done_again(
    alice: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialapp.api.queue.WAITS_S", 0)
    post = await write(alice)
    where, body = "/api/providers/default/publish", {"post_id": post["id"]}

    await post_and_die(alice, where, "one", body)
    await grow_old(database, ABANDONED_AFTER)
    again = await alice.post(where, json=body, headers={"Idempotency-Key": "one"})

    problem(again, 409, "idempotency_answer_lost")
    async with database.reading() as db:
        assert (await db.execute(select(func.count(col(Schedule.id))))).scalar_one() == 1


async def test_what_never_began_is_carried_out_when_it_comes_again(
    alice: httpx.AsyncClient, database: Database
) -> None:
    await keep(alice, "one")
    async with database.transaction() as db:
        # As a process leaves it that was killed before its commit.
        await db.execute(update(IdempotentAnswer).values(status=answers.UNDER_WAY, body=""))

    at_once = await keep(alice, "one")
    await grow_old(database, ABANDONED_AFTER)
    later = await asyncio.gather(*(keep(alice, "one") for _ in range(4)))

    problem(at_once, 409, "idempotency_in_progress")
    assert at_once.headers["retry-after"] == "1"
    assert 201 in {answer.status_code for answer in later}
    assert await number_of_posts(alice) == 2


async def test_a_slow_first_does_nothing_once_another_took_its_place(
    alice: httpx.AsyncClient, database: Database, client: Callable[..., httpx.AsyncClient]
) -> None:
    class Slow:
        """The app, given up for dead while the request was on its way in."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await grow_old(database, ABANDONED_AFTER)
            assert (await keep(alice, "one")).status_code == 201
            await build()(scope, receive, send)

    transport = httpx.ASGITransport(Repeats(Slow()))
    headers = {"Authorization": alice.headers["authorization"]}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers
    ) as slow:
        answer = await keep(slow, "one")

    problem(answer, 409, "conflict")
    assert await number_of_posts(alice) == 1
    assert (await keep(alice, "one")).status_code == 201


@pytest.mark.parametrize("where", ["/api/media", "/api/attachment"])
async def test_an_upload_again_is_one_file(alice: httpx.AsyncClient, where: str) -> None:
    parts = {"file": ("slope.jpg", photo(), "image/jpeg")}
    headers = {"Idempotency-Key": "one"}

    first = await alice.post(where, files=parts, headers=headers)
    second = await alice.post(where, files=parts, headers=headers)

    assert first.status_code == 201
    assert first.content == second.content
    assert (await alice.get(where)).json()["total"] == 1


async def test_who_may_not_ask_learns_nothing_from_the_memory(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    await keep(alice, "one")

    problem(await keep(nobody, "one"), 401)


async def test_a_refusal_for_want_of_a_right_is_not_kept(bob: httpx.AsyncClient) -> None:
    problem(await keep(bob, "one"), 403, "not_allowed")
    problem(await keep(bob, "one", ROLLS), 403, "not_allowed")
