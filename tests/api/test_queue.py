"""Networks, channels, the queue's state, its sweep, and what probes read."""

from typing import Any

import httpx
import pytest

from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from tests.api.calls import become, plan, problem, soon, write


async def test_the_networks_say_what_they_take(alice: httpx.AsyncClient) -> None:
    networks = (await alice.get("/api/providers")).json()["items"]

    sandbox = next(n for n in networks if n["key"] == "sandbox")
    assert (sandbox["text_limit"], sandbox["counts"]) == (500, "graphemes")
    assert (sandbox["images"], sandbox["repeats"]) == (4, "client_id")
    assert "image/jpeg" in sandbox["image_types"]
    assert (sandbox["kinds"], sandbox["parts"]) == (["post", "page"], 10)
    assert [option["key"] for option in sandbox["options"]] == [
        "content_warning",
        "language",
        "poll",
    ]
    assert {"source", "poll", "mixes_media", "counted_options", "can_find"} <= set(sandbox)


async def test_a_workspace_begins_with_the_sandbox(alice: httpx.AsyncClient) -> None:
    (channel,) = (await alice.get("/api/channels")).json()["items"]

    assert (channel["provider"], channel["is_default"]) == ("sandbox", True)
    assert (channel["is_paused"], channel["needs_reconnect"]) == (False, False)


async def test_a_channel_is_added_and_taken_away(alice: httpx.AsyncClient) -> None:
    made = await alice.post("/api/channels", json={"provider": "sandbox", "name": "Second shop"})
    where = f"/api/channels/{made.json()['id']}"

    assert made.status_code == 201
    assert (made.json()["name"], made.json()["is_default"]) == ("Second shop", False)
    assert len((await alice.get("/api/channels")).json()["items"]) == 2
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.delete(where), 404, "not_found")
    assert len((await alice.get("/api/channels")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"provider": "myspace", "name": "a"}, "network_unknown"),
        ({"provider": "sandbox", "name": " "}, "name_required"),
        ({"provider": "sandbox", "name": ""}, "invalid"),
        ({"provider": "sandbox", "name": "x" * 101}, "invalid"),
        ({"provider": "sandbox"}, "missing"),
    ],
)
async def test_a_channel_that_cannot_be_is_refused(
    alice: httpx.AsyncClient, body: dict[str, str], code: str
) -> None:
    problem(await alice.post("/api/channels", json=body), 400, code)


async def test_a_channel_with_plans_stays(alice: httpx.AsyncClient) -> None:
    schedule = await plan(alice)
    channel = schedule["deliveries"][0]["channel"]

    problem(await alice.delete(f"/api/channels/{channel['id']}"), 409, "conflict")


async def test_a_post_goes_to_each_of_its_channels_once(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/channels", json={"provider": "sandbox", "name": "Second shop"})
    ids = [c["id"] for c in (await alice.get("/api/channels")).json()["items"]]

    both = await plan(alice, channel_ids=[*ids, *ids])

    assert [d["channel"]["id"] for d in both["deliveries"]] == ids
    for channel_id in ids:
        found = await alice.get("/api/schedules", params={"channel_id": channel_id})
        assert found.json()["total"] == 1


async def test_the_queue_says_what_waits_and_that_nobody_works(alice: httpx.AsyncClient) -> None:
    await write(alice)
    await plan(alice)
    late = await plan(alice, scheduled_at=soon(-3))

    queue = (await alice.get("/api/queue")).json()

    assert (queue["counts"]["queued"], queue["counts"]["draft"]) == (2, 1)
    assert queue["oldest_overdue_at"] == late["scheduled_at"]
    assert (queue["workers"], queue["redis"], queue["database"]) == (0, True, True)
    assert queue["lateness"] == {"p50_ms": None, "p95_ms": None, "p99_ms": None, "deliveries": 0}


async def test_the_queue_says_how_late_posts_went_out(
    alice: httpx.AsyncClient, database: Database
) -> None:
    for late_ms in range(1, 5):
        schedule = await plan(alice, scheduled_at=soon(0))
        await become(database, schedule["id"], Status.POSTED, late_ms=float(late_ms))

    queue = (await alice.get("/api/queue")).json()

    assert queue["lateness"] == {"p50_ms": 3.0, "p95_ms": 4.0, "p99_ms": 4.0, "deliveries": 4}
    assert queue["counts"]["posted"] == 4


async def test_the_queue_of_others_is_not_counted(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    await plan(alice, scheduled_at=soon(-3))

    queue = (await carol.get("/api/queue")).json()

    assert queue["counts"] == {"draft": 0}
    assert (queue["overdue"], queue["oldest_overdue_at"]) == (0, None)


async def test_a_paused_channel_holds_what_is_queued_and_lets_it_go(
    alice: httpx.AsyncClient,
) -> None:
    schedule = await plan(alice)
    which = {"channel_id": schedule["deliveries"][0]["channel"]["id"]}
    where = f"/api/schedules/{schedule['id']}"

    first = await alice.post("/api/queue/pause", json=which)
    second = await alice.post("/api/queue/pause", json=which)
    held = (await alice.get(where)).json()
    moved = await alice.patch(where, json={"scheduled_at": soon(3600)})
    resumed = await alice.post("/api/queue/resume", json=which)

    assert first.json()["is_paused"]
    assert first.json() == second.json()
    assert (held["status"], held["deliveries"][0]["status"]) == ("paused", "paused")
    assert (moved.status_code, moved.json()["status"]) == (200, "paused")
    assert not resumed.json()["is_paused"]
    assert (await alice.get(where)).json()["status"] == "queued"
    problem(await alice.post("/api/queue/pause", json={"channel_id": 987654}), 404)


async def test_the_sweep_is_changed_while_it_runs(alice: httpx.AsyncClient) -> None:
    before = (await alice.get("/api/scheduler")).json()
    changed = await alice.patch("/api/scheduler", json={"interval_s": 2.5, "running": False})
    after = (await alice.get("/api/scheduler")).json()
    back = await alice.patch("/api/scheduler", json={"running": True})
    now = await alice.post("/api/scheduler/check")

    assert before["running"]
    assert (after["interval_s"], after["running"]) == (2.5, False)
    assert changed.json() == after
    assert (back.json()["interval_s"], back.json()["running"]) == (2.5, True)
    assert now.json() == back.json()


@pytest.mark.parametrize("seconds", [0, -1, 61, "NaN", "Infinity", "often", 1e-12])
async def test_a_sweep_that_cannot_be_is_refused(alice: httpx.AsyncClient, seconds: Any) -> None:
    answer = await alice.patch("/api/scheduler", json={"interval_s": seconds})

    problem(answer, 400)
    assert (await alice.get("/api/scheduler")).json()["interval_s"] >= 0.1


async def test_probes_need_no_key(nobody: httpx.AsyncClient) -> None:
    health = await nobody.get("/api/health")
    ready = await nobody.get("/api/ready")
    figures = await nobody.get("/metrics")

    assert (health.status_code, ready.status_code) == (200, 200)
    assert health.json() == ready.json()
    assert health.json() == {"status": "degraded", "database": True, "redis": True, "workers": 0}
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'socialapp_up{part="database"} 1' in figures.text.splitlines()


async def test_without_its_database_it_lives_and_is_not_ready(
    nobody: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Database(database.url.replace("127.0.0.1", "127.0.0.2").replace(".db", "/no.db"))
    monkeypatch.setattr("socialapp.store.session._current", [lost])

    health = await nobody.get("/api/health")
    ready = await nobody.get("/api/ready")

    assert (health.status_code, health.json()["status"]) == (200, "down")
    assert ready.status_code == 503
    assert 'socialapp_up{part="database"} 0' in (await nobody.get("/metrics")).text
