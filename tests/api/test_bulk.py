"""Many schedules in one request."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from tests.api.calls import at, become, plan, problem, soon, write

BULK = "/api/schedules/bulk"


async def ask(program: httpx.AsyncClient, **body: Any) -> Any:
    answer = await program.post(BULK, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def total(program: httpx.AsyncClient, status: str = "queued") -> int:
    return (await program.get("/api/schedules", params={"status": status})).json()["total"]


async def test_many_are_planned_at_once_and_each_has_its_outcome(alice: httpx.AsyncClient) -> None:
    posts = [await write(alice, f"Number {n}") for n in range(3)]
    items = [
        {"post_id": post["id"], "scheduled_at": soon(3600 * (n + 1))}
        for n, post in enumerate(posts)
    ]
    items[1]["post_id"] = 987654

    trial = await ask(alice, items=items, dry_run=True)
    assert (trial["done"], trial["refused"], await total(alice)) == (2, 1, 0)
    done = await ask(alice, items=items)

    assert [each["ok"] for each in done["results"]] == [True, False, True]
    assert done["results"][1]["code"] == "not_found"
    assert await total(alice) == 2
    assert done["summary"] == "2 of 3 planned; 1 is gone."


async def test_a_shift_says_where_each_was_and_moving_it_there_undoes_it(
    alice: httpx.AsyncClient, database: Database
) -> None:
    one, two, out = [await plan(alice) for _ in range(3)]
    await become(database, out["id"], Status.POSTED)
    ids = [one["id"], two["id"], out["id"]]

    done = await ask(alice, action="shift", ids=ids, minutes=-30)

    assert done["summary"] == "2 of 3 moved; 1 is posted."
    for was, now in zip((one, two), done["results"], strict=False):
        assert at(now["scheduled_at"]) == at(was["scheduled_at"]) - timedelta(minutes=30)
    back = [{"id": r["id"], "scheduled_at": r["was_at"]} for r in done["results"] if r["ok"]]
    undone = await ask(alice, action="move", items=back)
    assert [r["scheduled_at"] for r in undone["results"]] == [
        one["scheduled_at"],
        two["scheduled_at"],
    ]


async def test_all_or_nothing(alice: httpx.AsyncClient, database: Database) -> None:
    one, out = [await plan(alice) for _ in range(2)]
    await become(database, out["id"], Status.POSTED)
    both = {"action": "cancel", "ids": [one["id"], out["id"]], "atomic": True}

    refusal = problem(await alice.post(BULK, json=both), 409, "not_done")

    assert [each["field"] for each in refusal["errors"]] == ["ids.1"]
    assert await total(alice) == 1
    done = await ask(alice, **both | {"ids": [one["id"]]})
    assert (done["done"], await total(alice)) == (1, 0)
    items = [{"post_id": one["post_id"], "scheduled_at": soon(60)}, {"post_id": 1, "page_id": 2}]
    refusal = problem(await alice.post(BULK, json={"items": items}), 400)
    assert refusal["errors"][0]["field"].startswith("items.1")


async def test_a_repeat_with_the_same_key_does_nothing_again(alice: httpx.AsyncClient) -> None:
    mine = await plan(alice)
    body = {"action": "shift", "ids": [mine["id"]], "days": 1}
    key = {"Idempotency-Key": "once"}

    first = (await alice.post(BULK, json=body, headers=key)).json()
    again = (await alice.post(BULK, json=body, headers=key)).json()

    assert first == again
    now = (await alice.get(f"/api/schedules/{mine['id']}")).json()
    assert now["scheduled_at"] == first["results"][0]["scheduled_at"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"action": "cancel"},
        {"action": "cancel", "items": [{"post_id": 1}]},
        {"action": "shift", "ids": [1]},
        {"action": "move", "items": [{"post_id": 1}]},
        {"action": "explode", "ids": [1]},
        {"action": "cancel", "ids": [1] * 501},
        {"items": [{"post_id": 1, "repeat": "FREQ=DAILY"}]},
        {"action": "shift", "ids": [1], "days": 10**9},
    ],
)
async def test_what_cannot_be_understood_is_refused(
    alice: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    problem(await alice.post(BULK, json=wrong), 400)


async def test_strangers_find_nothing_and_viewers_may_not(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    mine = await plan(alice)
    cancel = {"action": "cancel", "ids": [mine["id"]]}

    hers = await ask(carol, **cancel)
    nothing = await ask(carol, action="cancel", ids=[987654321])
    problem(await bob.post(BULK, json=cancel), 403)

    assert [r | {"id": 0} for r in hers["results"]] == [r | {"id": 0} for r in nothing["results"]]
    assert await total(alice) == 1


POSTS = "/api/posts/bulk"


async def test_posts_are_tagged_assigned_queued_and_deleted_together(
    alice: httpx.AsyncClient,
) -> None:
    posts = [await write(alice, f"Number {n}") for n in range(2)]
    ids = [each["id"] for each in posts]
    (channel,) = (await alice.get("/api/channels")).json()["items"][:1]
    days = [{"day": day, "time": "09:00"} for day in ("monday", "thursday")]
    where = f"/api/channels/{channel['id']}/slots"
    assert (await alice.patch(where, json={"times": days})).status_code == 200

    async def many(**body: Any) -> Any:
        answer = await alice.post(POSTS, json={"ids": ids, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    tagged = await many(action="tags", tags=["bread"])
    assert (tagged["done"], tagged["summary"]) == (2, "2 changed.")
    to = await many(action="channels", how="replace", channel_ids=[channel["id"]], dry_run=True)
    assert to["results"][0]["words"] == f"Goes to {channel['name']}."
    assert (await many(action="channels", how="remove", channel_ids=[channel["id"]]))["done"] == 0
    await many(action="channels", how="replace", channel_ids=[channel["id"]])
    assert (await many(action="check"))["done"] == 2
    queued = await many(action="queue")
    assert len({each["words"] for each in queued["results"]}) == 2
    assert await total(alice) == 2
    gone = await many(action="delete", ids=[*ids, 987654])
    assert [each["code"] for each in gone["results"]] == ["", "", "not_found"]
    assert await total(alice) == 0


async def test_drafts_are_given_suggested_times_which_a_dry_run_says(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    ids = [(await write(alice, f"Loaf {n}"))["id"] for n in range(3)]
    asked = {"action": "spread", "ids": [*ids, 987654], "days": 14, "per_day": 2, "last_hour": 18}

    trial = (await alice.post(POSTS, json={**asked, "dry_run": True})).json()
    assert (trial["summary"], await total(alice)) == ("3 of 4 can be planned; 1 refused.", 0)
    done = (await alice.post(POSTS, json=asked)).json()

    assert done["results"] == trial["results"]
    first, gone = done["results"][0], done["results"][3]
    assert (first["timezone"], first["basis"], first["posts"]) == ("Europe/Berlin", "guess", 0)
    assert (gone["code"], gone["scheduled_at"]) == ("not_found", None)
    planned = (await alice.get("/api/schedules")).json()["items"]
    theirs = {each["post_id"]: each["scheduled_at"] for each in planned}
    assert theirs == {each["id"]: each["scheduled_at"] for each in done["results"][:3]}
    hers = (await carol.post(POSTS, json=asked)).json()
    assert {each["code"] for each in hers["results"]} == {"not_found"}
    problem(await bob.post(POSTS, json=asked), 403)
    wrong = await alice.post(POSTS, json={**asked, "first_hour": 19})
    assert problem(wrong, 400)["errors"][0]["field"] == "last_hour"


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "spread", "ids": [1], "days": 0},
        {"action": "spread", "ids": [1], "per_day": 99},
        {"action": "spread", "ids": [1], "first_hour": 24},
        {"action": "tags", "ids": []},
        {"action": "tags", "ids": [1]},
        {"action": "channels", "ids": [1]},
        {"action": "explode", "ids": [1]},
        {"action": "delete", "ids": [1], "how": "maybe"},
        {"action": "delete", "ids": [1] * 501},
    ],
)
async def test_deeds_on_posts_that_cannot_be_understood_are_refused(
    alice: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    problem(await alice.post(POSTS, json=wrong), 400)
