"""Series over the API: made with `repeat`, changed in part, paused, skipped and ended."""

import httpx

from tests.api.calls import plan, problem, write

IN_BERLIN = {"timezone": "Europe/Berlin", "scheduled_at": "2031-03-18T02:30"}


async def planned(program: httpx.AsyncClient) -> list[dict[str, object]]:
    found = (await program.get("/api/schedules", params={"limit": 200})).json()["items"]
    return [each for each in found if each["status"] == "queued"]


async def test_a_series_from_its_making_to_its_end(alice: httpx.AsyncClient) -> None:
    first = await plan(alice, repeat="FREQ=WEEKLY;COUNT=5")
    where = f"/api/series/{first['series_id']}"
    mine = (await alice.get(where)).json()

    assert len(first["others"]) == 4
    assert first["post"]["text"] == mine["text"] == "Fresh bread"
    assert [each["at"] for each in mine["coming"]] == [
        each["scheduled_at"] for each in await planned(alice)
    ]
    assert {each["series_id"] for each in await planned(alice)} == {mine["id"]}
    assert (await alice.get("/api/series")).json()["items"] == [mine]

    later, other = mine["coming"][2]["at"], await write(alice, "Fresh rolls")
    change = {"from": later, "time": "07:45", "post_id": other["id"]}
    rest = (await alice.patch(where, json=change)).json()
    assert rest["id"] != mine["id"]
    assert rest["words"].endswith("at 07:45 Europe/Berlin, 3 times")
    texts = [each["post"]["text"] for each in await planned(alice)]
    assert texts == ["Fresh bread"] * 2 + ["Fresh rolls"] * 3
    assert len((await alice.get(where)).json()["coming"]) == 2

    skipped = await alice.post(f"{where}/skip", json={"at": mine["coming"][1]["at"]})
    assert [each["is_skipped"] for each in skipped.json()["coming"]] == [False, True]
    paused = (await alice.patch(where, json={"is_paused": True})).json()
    assert (paused["is_paused"], len(await planned(alice))) == (True, 3)
    assert (await alice.patch(where, json={"is_paused": False})).json()["is_paused"] is False
    assert len(await planned(alice)) == 4
    assert (await alice.delete(where)).json()["is_ended"]
    assert (await alice.delete(f"/api/series/{rest['id']}")).json()["is_ended"]
    assert await planned(alice) == []
    problem(await alice.patch(where, json={"is_paused": True}), 409, "conflict")


async def test_what_is_paused_is_not_published_by_itself(alice: httpx.AsyncClient) -> None:
    first = await plan(alice, repeat="FREQ=WEEKLY;COUNT=2")
    where, post_id = f"/api/series/{first['series_id']}", first["post"]["id"]
    await alice.patch(where, json={"is_paused": True})

    for more in ({"scheduled_at": "2031-01-01T09:00"}, {}, {"repeat": "FREQ=DAILY"}):
        answer = await alice.post("/api/schedules", json={"post_id": post_id} | more)
        problem(answer, 409, "belongs_elsewhere")

    assert (await alice.patch(where, json={"is_paused": False})).status_code == 200
    assert len(await planned(alice)) == 2


async def test_the_hour_that_the_clocks_skip_moves_and_comes_back(alice: httpx.AsyncClient) -> None:
    first = await plan(alice, repeat="FREQ=DAILY;INTERVAL=6;COUNT=4", **IN_BERLIN)

    mine = (await alice.get(f"/api/series/{first['series_id']}")).json()

    assert [each["at"] for each in mine["coming"]] == [
        "2031-03-18T01:30:00.000Z",
        "2031-03-24T01:30:00.000Z",
        "2031-03-30T01:00:00.000Z",
        "2031-04-05T00:30:00.000Z",
    ]
    assert first["others"] == []  # they are farther than is made ahead


async def test_what_cannot_be_is_refused_in_words(alice: httpx.AsyncClient) -> None:
    post = await write(alice)
    for wrong, code in (
        ({"repeat": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "never_happens"),
        ({"repeat": "FREQ=DAILY", "slot": "next_free"}, "one_of_two"),
        ({"repeat": "each day"}, "repeat_unreadable"),
        ({"repeat": "FREQ=DAILY", "scheduled_at": "2020-01-01T09:00"}, "in_the_past"),
    ):
        answer = await alice.post("/api/schedules", json={"post_id": post["id"]} | wrong)
        problem(answer, 400, code)
    assert (await alice.get("/api/series")).json()["total"] == 0

    first = await plan(alice, repeat="FREQ=WEEKLY")
    where = f"/api/series/{first['series_id']}"
    problem(await alice.patch(where, json={"time": "25:00"}), 400, "time_unreadable")
    problem(await alice.patch(where, json={"timezone": "Mars/Base"}), 400, "zone_unknown")
    problem(
        await alice.patch(where, json={"from": "2031-01-01T09:00", "time": "10:00"}),
        400,
        "no_occurrence",
    )
    problem(
        await alice.post(f"{where}/skip", json={"at": "2031-01-01T00:00"}), 400, "no_occurrence"
    )
    problem(await alice.patch(where, json={"is_paused": True, "time": "10:00"}), 400, "one_of_two")
