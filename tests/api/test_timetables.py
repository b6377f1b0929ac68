"""Timetables: kept from a channel or by themselves, given to channels, renamed, forgotten."""

from typing import Any

import httpx
import pytest

from tests.api.calls import problem, the_channel, write
from tests.api.test_channel_groups import channel

PLACE = "/api/timetables"
MONDAY, FRIDAY = {"day": "monday", "time": "09:00"}, {"day": "friday", "time": "17:30"}


async def times_of(program: httpx.AsyncClient, channel_id: int) -> Any:
    return (await program.get(f"/api/channels/{channel_id}/slots")).json()["times"]


async def test_a_timetable_is_kept_given_to_channels_renamed_and_forgotten(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    one, two = (await the_channel(alice))["id"], await channel(alice, "Shop")
    await alice.patch(f"/api/channels/{one}/slots", json={"times": [FRIDAY, MONDAY]})
    await alice.patch(
        f"/api/channels/{two}/slots", json={"times": [MONDAY, {**MONDAY, "time": "12:00"}]}
    )
    post = await write(alice, channel_ids=[two])
    body = {"post_id": post["id"], "slot": "next_free"}
    queued = (await alice.post("/api/schedules", json=body)).json()

    answer = await alice.post(PLACE, json={"name": " Two  days ", "channel_id": one})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made == {"id": made["id"], "name": "Two days", "times": [MONDAY, FRIDAY]}
    where = f"{PLACE}/{made['id']}"
    to = {"channel_ids": [one, two], "dry_run": True}
    foreseen = (await alice.post(f"{where}/apply", json=to)).json()
    assert foreseen["items"] == [
        {"channel_id": one, "added": [], "removed": [], "waiting": 0},
        {
            "channel_id": two,
            "added": [FRIDAY],
            "removed": [{**MONDAY, "time": "12:00"}],
            "waiting": 1,
        },
    ]
    assert len(await times_of(alice, two)) == 2
    unknown = {"channel_ids": [one, two, 987654]}
    problem(await alice.post(f"{where}/apply", json=unknown), 400)
    assert FRIDAY not in await times_of(alice, two)

    done = (await alice.post(f"{where}/apply", json={**to, "dry_run": False})).json()
    assert done == foreseen | {"dry_run": False}
    assert await times_of(alice, two) == [MONDAY, FRIDAY]
    there = (await alice.get(f"/api/schedules/{queued['id']}")).json()
    assert there["scheduled_at"] == queued["scheduled_at"]

    problem(await alice.post(PLACE, json={"name": "TWO days", "times": [MONDAY]}), 409)
    problem(await bob.post(PLACE, json={"name": "Bob's", "times": [MONDAY]}), 403)
    problem(await bob.post(f"{where}/apply", json={"channel_ids": [one]}), 403)
    problem(await carol.post(f"{where}/apply", json={"channel_ids": [one]}), 404)
    changed = (await alice.patch(where, json={"name": "One day", "times": [MONDAY]})).json()
    assert changed == {"id": made["id"], "name": "One day", "times": [MONDAY]}
    assert (await bob.get(PLACE)).json()["items"] == [changed]
    assert await times_of(alice, two) == [MONDAY, FRIDAY]
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.delete(where), 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a"},
        {"name": " ", "times": [MONDAY]},
        {"name": "x" * 61, "times": [MONDAY]},
        {"name": "a", "times": []},
        {"name": "a", "times": [{"day": "monday", "time": "24:00"}]},
        {"name": "a", "times": [MONDAY], "channel_id": 1},
    ],
)
async def test_what_is_no_timetable_is_refused(
    alice: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    problem(await alice.post(PLACE, json=wrong), 400)
    assert (await alice.get(PLACE)).json()["items"] == []


async def test_a_channel_without_times_has_nothing_to_keep(alice: httpx.AsyncClient) -> None:
    new = {"name": "None", "channel_id": (await the_channel(alice))["id"]}

    assert problem(await alice.post(PLACE, json=new), 400)["code"]
    problem(await alice.post(PLACE, json={**new, "channel_id": 987654}), 404)
