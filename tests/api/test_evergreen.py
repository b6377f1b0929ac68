"""Evergreen lists over the API: made, filled, seen, started, changed, paused and ended."""

import httpx

from tests.api.calls import problem, write

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = [{"day": day, "time": "09:00"} for day in DAYS]


async def test_a_list_from_its_making_to_its_end(alice: httpx.AsyncClient) -> None:
    new = {"name": "Classics", "times": DAILY, "timezone": "Europe/Berlin", "rest_days": 7}
    made = (await alice.post("/api/evergreen", json=new)).json()
    where = f"/api/evergreen/{made['id']}"
    assert (made["is_paused"], made["words"]) == (True, "Every day 09:00 Europe/Berlin")
    problem(await alice.patch(where, json={"is_paused": False}), 409, "conflict")

    post = await write(alice, "Our flour")
    oven = (await alice.post(f"{where}/entries", json={"text": "Our oven"})).json()
    flour = (await alice.post(f"{where}/entries", json={"post_id": post["id"]})).json()
    inside = f"{where}/entries/{oven['id']}"
    oven = (await alice.post(f"{inside}/wordings", json={"text": "The old oven"})).json()
    assert [each["text"] for each in oven["wordings"]] == ["Our oven", "The old oven"]
    assert (await alice.get("/api/schedules")).json()["total"] == 0

    seen = (await alice.get(f"{where}/upcoming")).json()["items"]
    assert [each["entry_id"] for each in seen[:3]] == [oven["id"], flour["id"], oven["id"]]
    started = (await alice.patch(where, json={"is_paused": False})).json()
    assert "Nothing may go on" in started["trouble"]
    planned = (await alice.get("/api/schedules")).json()["items"]
    assert {each["post"]["text"] for each in planned} == {"Our oven", "Our flour", "The old oven"}
    there = (await alice.get(f"{where}/upcoming")).json()["items"]
    assert [each["post_id"] for each in there[:3]] == [each["post_id"] for each in planned]

    changed = await alice.put(
        f"{inside}/wordings/{oven['wordings'][0]['id']}", json={"text": "Rye"}
    )
    assert changed.json()["wordings"][0]["text"] == "Rye"
    skipped = await alice.post(f"{where}/skip", json={"at": there[1]["turn_at"]})
    assert skipped.status_code == 200
    assert (await alice.get(f"{where}/upcoming")).json()["items"][1]["is_skipped"]
    assert (await alice.patch(inside, json={"at_most": 1})).json()["at_most"] == 1
    slower = (await alice.patch(where, json={"times": DAILY[:1], "rounds": 3})).json()
    assert (slower["rounds"], slower["words"]) == (3, "Monday 09:00 Europe/Berlin")
    assert (await alice.patch(where, json={"rounds": None})).json()["rounds"] is None
    assert (await alice.delete(f"{where}/entries/{flour['id']}")).status_code == 204
    paused = (await alice.patch(where, json={"is_paused": True})).json()
    assert [entry["id"] for entry in paused["entries"]] == [oven["id"]]
    assert (await alice.get(f"{where}/history")).json()["items"] == []
    assert (await alice.delete(where)).json()["is_ended"]
    assert (await alice.get("/api/evergreen")).json()["total"] == 0
    problem(await alice.patch(where, json={"is_paused": False}), 409, "conflict")


async def test_what_cannot_be_is_refused_in_words(alice: httpx.AsyncClient) -> None:
    new = {"name": "Classics", "times": DAILY[:1]}
    for wrong, code in (
        ({"per_week": 2}, "one_of_two"),
        ({"times": []}, "one_of_two"),
        ({"rest_days": 6}, "greater than or equal to 7"),
        ({"timezone": "Mars/Base"}, "zone_unknown"),
        ({"channel_ids": [98765]}, "channel_unknown"),
    ):
        answer = await alice.post("/api/evergreen", json=new | wrong)
        assert answer.status_code == 400, wrong
        assert code in answer.text, answer.text
    where = f"/api/evergreen/{(await alice.post('/api/evergreen', json=new)).json()['id']}"
    for content in ({"text": " "}, {"text": "x" * 100_000}, {"text": "a", "post_id": 1}):
        assert (await alice.post(f"{where}/entries", json=content)).status_code == 400
