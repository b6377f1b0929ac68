"""Pause and resume over the API; what the queue, the channels and deliveries say of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from socialapp.clock import utc_now
from socialapp.domain.moments import iso
from socialapp.store import limits
from socialapp.store.limits import Limit
from socialapp.store.session import Database
from socialapp.store.tables import Delivery, WorkerBeat
from tests.api.calls import plan, problem, write


@pytest.mark.parametrize("how", [{}, {"json": {}}])
async def test_without_a_channel_the_workspace_is_meant(
    alice: httpx.AsyncClient, how: dict[str, Any]
) -> None:
    where = f"/api/schedules/{(await plan(alice))['id']}"

    paused = await alice.post("/api/queue/pause", **how)
    held = (await alice.get(where)).json()
    queue = (await alice.get("/api/queue")).json()
    new = await plan(alice)
    resumed = await alice.post("/api/queue/resume", **how)

    assert paused.json() == {"is_paused": True, "held": 1, "too_late": 0}
    assert (held["status"], new["status"]) == ("paused", "paused")
    assert (queue["is_paused"], queue["is_running"], queue["counts"]["paused"]) == (True, True, 1)
    assert resumed.json() == {"is_paused": False, "held": 0, "too_late": 0}
    assert (await alice.get(where)).json()["status"] == "queued"
    assert not (await alice.get("/api/queue")).json()["is_paused"]


@pytest.mark.parametrize(
    "body", [{"channel_id": None}, {"channel_id": 0}, {"channel_id": ""}, {"channel": 1}, [], 7]
)
async def test_a_program_that_lost_its_channel_does_not_pause_the_workspace(
    alice: httpx.AsyncClient, body: Any
) -> None:
    problem(await alice.post("/api/queue/pause", json=body), 400)

    assert not (await alice.get("/api/queue")).json()["is_paused"]


async def test_who_may_only_look_may_not(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    for where in ("/api/queue/pause", "/api/queue/resume"):
        problem(await bob.post(where), 403)
        problem(await nobody.post(where), 401)

    assert not (await alice.get("/api/queue")).json()["is_paused"]


async def test_a_paused_workspace_pauses_nobody_else_s(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers = await plan(carol)

    await alice.post("/api/queue/pause")

    assert (await carol.get(f"/api/schedules/{hers['id']}")).json()["status"] == "queued"
    assert not (await carol.get("/api/queue")).json()["is_paused"]


async def test_publish_now_says_at_once_that_it_waits(alice: httpx.AsyncClient) -> None:
    for stop, go_on, words in (
        (("post", "/api/queue/pause", {}), ("post", "/api/queue/resume", {}), "on hold"),
        (
            ("patch", "/api/scheduler", {"running": False}),
            ("patch", "/api/scheduler", {"running": True}),
            "stopped for this installation",
        ),
    ):
        post = await write(alice)
        await alice.request(stop[0], stop[1], json=stop[2])

        asked = {"post_id": post["id"]}
        answer = await alice.post("/api/providers/default/publish", json=asked, timeout=5)

        assert (answer.status_code, answer.json()["status"]) == (200, "queued")
        assert words in answer.json()["error"]
        await alice.request(go_on[0], go_on[1], json=go_on[2])


async def test_the_queue_says_that_everything_is_stopped_and_what_troubles_the_workers(
    alice: httpx.AsyncClient, database: Database
) -> None:
    before = (await alice.get("/api/queue")).json()
    async with database.transaction() as db:
        for name, trouble, age in (("a", "The disk is full.", 1), ("b", "", 1), ("c", "Old.", 90)):
            seen_at = utc_now() - timedelta(seconds=age)
            db.add(WorkerBeat(name=name, host="h", pid=1, seen_at=seen_at, trouble=trouble))
    await alice.patch("/api/scheduler", json={"running": False})

    after = (await alice.get("/api/queue")).json()

    assert (before["is_running"], before["troubles"]) == (True, [])
    assert (after["is_running"], after["troubles"]) == (False, ["The disk is full."])


async def test_a_delivery_says_what_was_planned_beside_what_is_next(
    alice: httpx.AsyncClient, database: Database
) -> None:
    schedule = await plan(alice)
    (delivery,) = schedule["deliveries"]
    due_at = utc_now() + timedelta(days=2)
    async with database.transaction() as db:
        mine = col(Delivery.id) == delivery["id"]
        await db.execute(update(Delivery).where(mine).values(due_at=due_at))

    (put_off,) = (await alice.get(f"/api/schedules/{schedule['id']}")).json()["deliveries"]

    assert delivery["planned_at"] == delivery["due_at"] == schedule["scheduled_at"]
    assert (put_off["planned_at"], put_off["due_at"]) == (delivery["planned_at"], iso(due_at))


async def test_a_channel_says_what_its_network_said_as_long_as_it_holds(
    alice: httpx.AsyncClient, database: Database
) -> None:
    now = utc_now()
    soon, past = now + timedelta(minutes=15), now - timedelta(seconds=1)
    (channel,) = (await alice.get("/api/channels")).json()["items"]
    account = limits.channel(channel["id"])

    async def said(*known: Limit) -> Any:
        async with database.transaction() as db:
            await limits.learn(db, known, now=now)
        return (await alice.get("/api/channels")).json()["items"][0]["limit"]

    assert channel["limit"] is None
    assert await said(Limit(account, None, 300, 3, soon)) == {
        "allowed": 300,
        "remaining": 3,
        "resets_at": iso(soon),
        "closed_until": None,
    }
    assert (await said(Limit(account, soon, 300, 0, soon)))["closed_until"] == iso(soon)
    assert await said(Limit(account, past, 300, 0, past)) is None
    everybody = Limit(limits.network("sandbox", ""), soon)
    assert (await said(everybody))["closed_until"] == iso(soon)
