"""Comparisons over the API: tried, made as they were shown, looked at, stopped."""

from datetime import timedelta

import httpx
import pytest

from socialapp.clock import utc_now
from tests.api.calls import problem, write


def wanted() -> dict[str, object]:
    at = utc_now() + timedelta(days=3)
    return {
        "a": {"text": "Fresh bread"},
        "b": {"text": "=Bread, fresh"},
        "starts_at": f"{at:%Y-%m-%d}T09:00",
        "timezone": "Europe/Berlin",
        "pairs": 3,
    }


async def test_a_comparison_from_a_dry_run_to_its_stop(alice: httpx.AsyncClient) -> None:
    tried = (await alice.post("/api/comparisons", json=wanted() | {"dry_run": True})).json()
    assert (tried["id"], tried["status"], len(tried["items"])) == (None, "planned", 3)
    assert "Of 3 pairs nothing can be told: it takes 7." in tried["warnings"]
    assert (await alice.get("/api/comparisons")).json()["total"] == 0
    assert (await alice.get("/api/posts")).json()["total"] == 0

    new = wanted() | {"seed": tried["seed"]}
    made = (await alice.post("/api/comparisons", json=new)).json()
    where = f"/api/comparisons/{made['id']}"
    assert made["statement"] == "Still running: 0 of 3 pairs measured."

    def slots(of: dict[str, list[dict[str, dict[str, str]]]]) -> list[tuple[str, str]]:
        both = [pair[place] for pair in of["items"] for place in ("first", "second")]
        return [(each["wording"], each["planned_at"]) for each in both]

    assert slots(made) == slots(tried)
    planned = (await alice.get("/api/schedules")).json()
    texts = {"a": "Fresh bread", "b": "=Bread, fresh"}
    assert sorted((each["scheduled_at"], each["post"]["text"]) for each in planned["items"]) == (
        sorted((at, texts[wording]) for wording, at in slots(made))
    )
    assert planned["items"][0]["status"] == "queued"
    assert (await alice.get(where)).json()["items"] == made["items"]
    table = await alice.get(f"{where}/pairs.csv")
    assert table.headers["content-type"].startswith("text/csv")
    head, *lines = table.text.splitlines()
    assert head == "pair,channel,wording,planned_at,status,url,likes,lost"
    assert len(lines) == 6

    stopped = (await alice.post(f"{where}/stop")).json()
    assert (stopped["status"], stopped["finding"]) == ("stopped", None)
    assert {pair["first"]["status"] for pair in stopped["items"]} == {"cancelled"}
    assert (await alice.get("/api/comparisons")).json()["items"] == [stopped]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_cannot_be_is_refused_in_words(alice: httpx.AsyncClient) -> None:
    post = await write(alice)
    for wrong, code in (
        ({"pairs": 21}, "less than or equal to 20"),
        ({"age_days": 5}, "age_days"),
        ({"starts_at": "2020-01-01T09:00"}, "in_the_past"),
        ({"timezone": "Mars/Base"}, "zone_unknown"),
        ({"measure": "views"}, "measure_unavailable"),
        ({"a": {"text": "a", "post_id": post["id"]}}, "one_of_two"),
        ({"b": {"text": "Fresh bread"}}, "wordings_same"),
        ({"seed": 2**31}, "less than 2147483648"),
    ):
        answer = await alice.post("/api/comparisons", json=wanted() | wrong)
        assert answer.status_code == 400, wrong
        assert code in answer.text, answer.text
    gone = wanted() | {"a": {"post_id": 98765}}
    problem(await alice.post("/api/comparisons", json=gone), 404, "not_found")
