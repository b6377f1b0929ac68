"""From an upload to a post on the network, as a program sees it."""

from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from socialapp.domain.delivery import Status
from socialapp.domain.people import Member
from socialapp.services import channels
from socialapp.store.session import Database
from tests.api.calls import at, become, log_of, plan, problem, reaches, settled, soon, upload, write

Tell = Callable[..., Coroutine[Any, Any, None]]
pytestmark = pytest.mark.usefixtures("publishing")


@pytest.fixture
def tell(database: Database, owner: Member, alice: httpx.AsyncClient) -> Tell:
    """Tell Alice's sandbox account what to do with the next requests."""

    async def tell(behaviour: str, **more: int) -> None:
        (channel,) = (await alice.get("/api/channels")).json()["items"]
        async with database.transaction() as db:
            await channels.set_behaviour(db, owner, channel["id"], behaviour=behaviour, **more)

    return tell


async def publish(program: httpx.AsyncClient, text: str = "Fresh bread") -> Any:
    post = await write(program, text)
    answer = await program.post("/api/providers/default/publish", json={"post_id": post["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def delivery_of(program: httpx.AsyncClient, log: dict[str, Any]) -> Any:
    schedule = (await program.get(f"/api/schedules/{log['schedule_id']}")).json()
    return schedule["deliveries"][0]


async def test_a_picture_with_words_goes_out_at_its_time(alice: httpx.AsyncClient) -> None:
    picture = await upload(alice)
    post = await write(alice, "Fresh bread from six.", media_ids=[picture["id"]])
    when = soon(2)
    queued = await alice.post("/api/schedules", json={"post_id": post["id"], "scheduled_at": when})

    done = await settled(alice, queued.json()["id"])

    assert queued.json()["status"] == "queued"
    assert done["status"] == "posted"
    (delivery,) = done["deliveries"]
    assert (delivery["status"], delivery["attempt"]) == ("posted", 1)
    assert delivery["due_at"] == when
    assert at(delivery["sent_at"]) >= at(when)
    assert 0 <= delivery["late_ms"] < 1000
    (attempt,) = await log_of(alice, delivery["id"])
    assert (attempt["kind"], attempt["status"], attempt["attempt"]) == ("send", "posted", 1)
    assert attempt["url"] == delivery["url"] != ""
    assert (await alice.get(f"/api/posts/{post['id']}")).json()["status"] == "posted"


async def test_what_was_posted_shows_its_picture_to_everybody(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    picture = await upload(alice)
    post = await write(alice, media_ids=[picture["id"]])
    await alice.post("/api/providers/default/publish", json={"post_id": post["id"]})

    shown = await nobody.get(f"/sandbox/media/{picture['sha256']}")

    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert len(shown.content) == picture["size_bytes"]


async def test_publishing_now_answers_with_the_attempt(alice: httpx.AsyncClient) -> None:
    log = await publish(alice)

    assert (log["status"], log["attempt"], log["provider"]) == ("posted", 1, "sandbox")
    assert log["remote_id"]
    assert log["url"]
    assert log["error"] == ""
    assert at(log["started_at"]) <= at(log["finished_at"])
    assert (await log_of(alice, log["delivery_id"]))[-1] == log


async def test_a_network_is_published_to_by_its_name(alice: httpx.AsyncClient) -> None:
    post = await write(alice)

    answer = await alice.post("/api/providers/sandbox/publish", json={"post_id": post["id"]})
    unknown = await alice.post("/api/providers/myspace/publish", json={"post_id": post["id"]})

    assert answer.json()["status"] == "posted"
    problem(unknown, 404)


async def test_a_refused_post_says_why_and_waits_for_an_edit(
    alice: httpx.AsyncClient, tell: Tell
) -> None:
    await tell("refuse")

    log = await publish(alice)

    assert log["status"] == "failed"
    assert "breaks the rules" in log["error"]
    delivery = await delivery_of(alice, log)
    assert (delivery["status"], delivery["action"]) == ("failed", "edit")
    assert delivery["reason"] == log["error"]
    assert (await log_of(alice, delivery["id"])) == [log]


async def test_a_failed_one_is_tried_again_when_asked(alice: httpx.AsyncClient, tell: Tell) -> None:
    await tell("refuse")
    log = await publish(alice)

    again = await alice.post(f"/api/schedules/{log['schedule_id']}/retry")
    done = await settled(alice, log["schedule_id"])

    assert (again.status_code, again.json()["status"]) == (200, "queued")
    assert done["status"] == "posted"
    attempts = await log_of(alice, log["delivery_id"])
    assert [a["status"] for a in attempts] == ["failed", "posted"]
    assert [a["attempt"] for a in attempts] == [1, 2]
    problem(await alice.post(f"/api/schedules/{log['schedule_id']}/retry"), 409, "conflict")


async def test_one_delivery_is_tried_again_when_asked(alice: httpx.AsyncClient, tell: Tell) -> None:
    await tell("refuse")
    log = await publish(alice)

    again = await alice.post(f"/api/deliveries/{log['delivery_id']}/retry")
    done = await settled(alice, log["schedule_id"])

    assert (again.json()["status"], again.json()["reason"]) == ("queued", "")
    assert done["status"] == "posted"
    problem(await alice.post(f"/api/deliveries/{log['delivery_id']}/retry"), 409, "conflict")


async def test_a_changed_password_asks_for_a_new_connection(
    alice: httpx.AsyncClient, tell: Tell
) -> None:
    await tell("unauthorised")

    log = await publish(alice)

    delivery = await delivery_of(alice, log)
    assert (log["status"], delivery["action"]) == ("failed", "reconnect")


async def test_a_network_that_asks_to_wait_is_obeyed(alice: httpx.AsyncClient, tell: Tell) -> None:
    await tell("limited")

    log = await publish(alice)
    waiting = await delivery_of(alice, log)
    done = await settled(alice, log["schedule_id"])

    assert log["status"] == "queued"
    assert (waiting["status"], waiting["action"]) == ("queued", "wait")
    first, second = await log_of(alice, log["delivery_id"])
    assert (at(second["started_at"]) - at(first["finished_at"])).total_seconds() >= 2
    assert done["status"] == "posted"


async def test_a_lost_answer_is_found_out_and_nothing_is_posted_twice(
    alice: httpx.AsyncClient, tell: Tell
) -> None:
    await tell("answer_lost")

    log = await publish(alice)

    attempts = await log_of(alice, log["delivery_id"])
    assert log["status"] == "posted"
    assert attempts[0]["kind"] == "send"
    assert (attempts[-1]["kind"], attempts[-1]["status"]) == ("look", "posted")


@pytest.fixture
async def unsure(alice: httpx.AsyncClient, database: Database, publishing: None) -> Any:
    """A delivery that only a person can judge."""
    schedule = await plan(alice)
    await become(database, schedule["id"], Status.NEEDS_CHECK, action="check")
    return (await alice.get(f"/api/schedules/{schedule['id']}")).json()


async def test_a_person_says_that_it_is_there(alice: httpx.AsyncClient, unsure: Any) -> None:
    (delivery,) = unsure["deliveries"]
    where = f"/api/deliveries/{delivery['id']}"
    seen = {"posted": True, "url": "https://example.org/1"}

    answer = await alice.post(f"{where}/resolve", json=seen)

    assert (unsure["status"], delivery["action"]) == ("needs_check", "check")
    assert answer.json()["status"] == "posted"
    assert answer.json()["url"] == "https://example.org/1"
    assert (await settled(alice, unsure["id"]))["status"] == "posted"
    (decision,) = await log_of(alice, delivery["id"])
    assert (decision["kind"], decision["status"]) == ("person", "posted")
    problem(await alice.post(f"{where}/resolve", json=seen), 409, "conflict")


async def test_a_person_says_that_it_is_not_there(alice: httpx.AsyncClient, unsure: Any) -> None:
    (delivery,) = unsure["deliveries"]

    answer = await alice.post(f"/api/deliveries/{delivery['id']}/resolve", json={"posted": False})
    done = await settled(alice, unsure["id"])

    assert answer.json()["status"] == "queued"
    assert done["status"] == "posted"
    log = await log_of(alice, delivery["id"])
    assert [(a["kind"], a["status"]) for a in log] == [("person", "queued"), ("send", "posted")]


async def test_what_was_posted_can_neither_be_moved_nor_cancelled_nor_changed(
    alice: httpx.AsyncClient,
) -> None:
    log = await publish(alice)
    schedule = f"/api/schedules/{log['schedule_id']}"
    post = (await alice.get(schedule)).json()["post"]

    later = {"scheduled_at": soon(60)}

    problem(await alice.patch(schedule, json=later), 409, "conflict")
    problem(await alice.delete(schedule), 409, "conflict")
    change = {"revision": post["revision"], "text": "Stale bread"}
    problem(await alice.patch(f"/api/posts/{post['id']}", json=change), 409, "conflict")
    problem(await alice.delete(f"/api/posts/{post['id']}"), 409, "conflict")
    assert (await alice.get(f"/api/posts/{post['id']}")).json() == post


async def test_what_is_being_sent_can_not_be_cancelled(
    alice: httpx.AsyncClient, tell: Tell
) -> None:
    await tell("slow", delay_ms=1500)
    schedule = await plan(alice, scheduled_at=soon(0))
    where = f"/api/schedules/{schedule['id']}"
    await reaches(alice, schedule["id"], "publishing")

    problem(await alice.delete(where), 409, "conflict")
    problem(await alice.patch(where, json={"scheduled_at": soon(60)}), 409, "conflict")
    assert (await settled(alice, schedule["id"]))["status"] == "posted"


async def test_what_was_cancelled_is_never_posted(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    schedule = await plan(alice, scheduled_at=soon(1))

    cancelled = await alice.delete(f"/api/schedules/{schedule['id']}")
    after = await plan(alice, "Later", scheduled_at=soon(1.5))

    assert cancelled.json()["status"] == "cancelled"
    assert (await settled(alice, after["id"]))["status"] == "posted"
    assert (await settled(alice, schedule["id"]))["status"] == "cancelled"
    (delivery,) = cancelled.json()["deliveries"]
    assert await log_of(alice, delivery["id"]) == []


async def test_a_paused_channel_holds_its_posts_until_it_is_resumed(
    alice: httpx.AsyncClient,
) -> None:
    (channel,) = (await alice.get("/api/channels")).json()["items"]
    which = {"channel_id": channel["id"]}

    paused = await alice.post("/api/queue/pause", json=which)
    held = await plan(alice, scheduled_at=soon(0.5))
    resumed = await alice.post("/api/queue/resume", json=which)
    done = await settled(alice, held["id"])

    assert (paused.json()["is_paused"], resumed.json()["is_paused"]) == (True, False)
    assert held["status"] == "paused"
    assert done["status"] == "posted"
