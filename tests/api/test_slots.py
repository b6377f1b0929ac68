"""Posting times over the API, and the next free slot for what is queued."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.calls import at, plan, problem, soon, the_channel, write

MORNINGS = [{"day": "monday", "time": "09:00"}, {"day": "friday", "time": "9:30"}]


async def queued(program: httpx.AsyncClient, text: str) -> Any:
    post = await write(program, text)
    asked = {"post_id": post["id"], "slot": "next_free"}
    return (await program.post("/api/schedules", json=asked)).json()


async def slots_of(program: httpx.AsyncClient) -> str:
    return f"/api/channels/{(await the_channel(program))['id']}/slots"


async def test_times_are_set_and_the_next_free_one_is_told(alice: httpx.AsyncClient) -> None:
    where = await slots_of(alice)
    assert (await alice.get(where)).json()["next_free"] is None

    change = {"times": [*MORNINGS, *MORNINGS], "timezone": "Asia/Tokyo", "delay_minutes": 5}
    answer = await alice.patch(where, json=change)

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["times"] == [{"day": "monday", "time": "09:00"}, {"day": "friday", "time": "09:30"}]
    assert (body["timezone"], body["delay_minutes"]) == ("Asia/Tokyo", 5)
    assert at(body["next_free"]) > at(soon(0))
    assert (await alice.get(where)).json() == body
    back = (await alice.patch(where, json={"timezone": ""})).json()
    assert (back["timezone"], back["times"]) == ("Europe/Berlin", body["times"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": [{"day": "someday", "time": "09:00"}]},
        {"times": [{"day": "monday", "time": "25:00"}]},
        {"timezone": "Mars/Base"},
        {"delay_minutes": 61},
        {"delay_minutes": -1},
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    alice: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    where = await slots_of(alice)
    before = (await alice.get(where)).json()

    problem(await alice.patch(where, json=wrong), 400)

    assert (await alice.get(where)).json() == before


async def test_bob_may_look_at_times_and_not_change_them(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    where = await slots_of(alice)

    assert (await bob.get(where)).status_code == 200
    problem(await bob.patch(where, json={"times": []}), 403)


async def test_posts_at_once_take_one_free_slot_each(alice: httpx.AsyncClient) -> None:
    where = await slots_of(alice)
    daily = [{"day": day, "time": "12:00"} for day in ("monday", "wednesday", "saturday")]
    first = (await alice.patch(where, json={"times": daily})).json()["next_free"]
    posts = [await write(alice, f"Number {n}") for n in range(4)]

    answers = await asyncio.gather(
        *(
            alice.post("/api/schedules", json={"post_id": post["id"], "slot": "next_free"})
            for post in posts
        )
    )

    assert [answer.status_code for answer in answers] == [201] * 4
    moments = [answer.json()["scheduled_at"] for answer in answers]
    assert len(set(moments)) == 4
    assert min(moments) == first
    assert all(answer.json()["others"] == [] for answer in answers)


async def test_a_post_is_put_first_and_the_slots_stay(alice: httpx.AsyncClient) -> None:
    where = await slots_of(alice)
    await alice.patch(where, json={"times": [{"day": "monday", "time": "12:00"}]})
    queue = [await queued(alice, f"Number {n}") for n in range(3)]
    places = [each["scheduled_at"] for each in queue]
    first, second, third = (each["id"] for each in queue)

    async def put(schedule_id: int, **where: Any) -> httpx.Response:
        return await alice.post(f"/api/schedules/{schedule_id}/reorder", json=where)

    async def order() -> list[int]:
        there = (await alice.get("/api/schedules")).json()["items"]
        there.sort(key=lambda each: each["scheduled_at"])
        assert [each["scheduled_at"] for each in there] == places
        return [each["id"] for each in there]

    assert (await put(third, to="front")).json()["scheduled_at"] == places[0]
    assert await order() == [third, first, second]
    assert (await put(third, steps=1)).status_code == 200
    assert await order() == [first, third, second]
    assert (await put(first, slot_of=second)).status_code == 200
    assert await order() == [third, second, first]
    assert (await put(third, to="back")).status_code == 200
    assert await order() == [second, first, third]
    assert (await put(third, steps=10)).status_code == 200

    problem(await put(first, to="front", steps=1), 400, "one_of_three")
    problem(await put(first), 400, "one_of_three")
    problem(await put(first, slot_of=987654), 404)
    alone = await plan(alice)
    problem(await put(alone["id"], to="front"), 409)
    problem(await put(first, slot_of=alone["id"]), 409)


async def test_a_channel_without_times_says_so(alice: httpx.AsyncClient) -> None:
    post = await write(alice)

    body = problem(
        await alice.post("/api/schedules", json={"post_id": post["id"], "slot": "next_free"}),
        400,
        "no_slots",
    )

    assert "posting times" in body["detail"]
    assert (await alice.get("/api/schedules")).json()["total"] == 0
