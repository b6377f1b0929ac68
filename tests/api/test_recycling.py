"""The rule of a list over the API: seen before, kept, answered and taken away."""

import httpx

from socialapp.domain.people import Member
from socialapp.store.session import Database
from tests.api.calls import problem
from tests.services.test_recycling import history

RULE = {"measure": "likes", "best_percent": 20, "at_least": 3, "per_week": 2}


async def test_a_rule_from_its_preview_to_its_end(
    alice: httpx.AsyncClient, database: Database, owner: Member
) -> None:
    await history(database, owner, "Bread", "Rolls", "Tart")
    new = {"name": "Classics", "times": [{"day": "monday", "time": "09:00"}]}
    made = (await alice.post("/api/evergreen", json=new)).json()
    where = f"/api/evergreen/{made['id']}/recycling"
    problem(await alice.get(where), 404, "not_found")

    seen = (await alice.post(f"{where}/preview", json=RULE)).json()
    assert [(each["text"], each["number"]) for each in seen["items"]] == [
        ("Tart", 12),
        ("Rolls", 11),
    ]
    assert (seen["matching"], seen["left"], seen["notes"]) == (3, 2, [])
    assert (await alice.get(f"{where}/posts")).json()["total"] == 0

    kept = (await alice.put(where, json=RULE)).json()
    assert kept["said"] == "2 posts proposed."
    assert kept["words"] == (
        "Posts of its channels that are 30 to 365 days old, with likes among the best 20 % of"
        " their channel and at least 3; at most 2 a week, each waits for your yes."
    )
    waits = (await alice.get(f"{where}/posts", params={"state": "proposed"})).json()["items"]
    tart, rolls = sorted(waits, key=lambda each: each["text"], reverse=True)
    assert tart["why"] == seen["items"][0]["why"]
    added = (await alice.post(f"{where}/posts/{tart['id']}/accept")).json()
    assert added["state"] == "added"
    entries = (await alice.get(f"/api/evergreen/{made['id']}")).json()["entries"]
    assert [(e["id"], e["recycled_from"], e["why"]) for e in entries] == [
        (added["entry_id"], tart["post_id"], tart["why"])
    ]
    assert (await alice.post(f"{where}/posts/{rolls['id']}/dismiss")).json()["state"] == "dismissed"
    problem(await alice.post(f"{where}/posts/{rolls['id']}/accept"), 409, "conflict")

    later = (await alice.post(f"{where}/preview", json=RULE)).json()
    assert (later["items"], later["matching"], later["left"]) == ([], 1, 0)
    once = (await alice.put(where, json=RULE | {"asks": False, "per_week": 3})).json()
    assert once["said"] == "1 post added."
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.get(where), 404, "not_found")
    assert len((await alice.get(f"/api/evergreen/{made['id']}")).json()["entries"]) == 2


async def test_what_cannot_be_is_refused_in_words(alice: httpx.AsyncClient) -> None:
    new = {"name": "Classics", "per_week": 1}
    where = (
        f"/api/evergreen/{(await alice.post('/api/evergreen', json=new)).json()['id']}/recycling"
    )
    for wrong in (
        {"measure": "likes and views"},
        {"best_percent": 0},
        {"from_days": 3},
        {"from_days": 90, "to_days": 30},
        {"asks": "yes"},
    ):
        for answer in (
            await alice.put(where, json=wrong),
            await alice.post(f"{where}/preview", json=wrong),
        ):
            assert answer.status_code == 400, (wrong, answer.text)
