"""Results for programs: what is known, as lists, as a table, as a series; and suggested times."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.results import Measurement
from socialapp.domain.suggesting import AT_LEAST
from socialapp.store import measuring
from socialapp.store.session import Database
from tests.api.calls import become, plan, problem, soon, the_channel, write


async def out(
    database: Database, program: httpx.AsyncClient, text: str, *, at: datetime, likes: int | None
) -> Any:
    """Something that went out then, and what its network said of it since; None: nothing."""
    post = await write(program, text, tags=["bread"], campaign="spring")
    when = {"post_id": post["id"], "scheduled_at": soon(86400)}
    schedule = (await program.post("/api/schedules", json=when)).json()
    kept = {"remote_id": text, "posted_at": at, "due_at": at}
    await become(database, schedule["id"], Status.POSTED, **kept)
    async with database.transaction() as db:
        await measuring.enrol(db, ["sandbox"], since=at - timedelta(1), now=at + timedelta(1))
        claimed = await measuring.claim(db, ["sandbox"], now=at + timedelta(minutes=2))
        (due,) = [each for each in claimed if each.remote_id == text]
        if likes is not None:
            said = Measurement({"likes": likes})
            await measuring.record(db, [(due, said)], now=at + timedelta(minutes=3))
    return schedule


async def test_results_are_listed_with_what_is_known_and_nothing_else(
    database: Database, alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    now = utc_now()
    first = await out(database, alice, "=1+1", at=now - timedelta(hours=5), likes=4)
    await out(database, alice, "two", at=now - timedelta(hours=2), likes=None)
    (delivery,) = first["deliveries"]

    listed = (await alice.get("/api/results?tag=bread&campaign=spring&limit=1")).json()
    more = (await alice.get(f"/api/results?limit=1&cursor={listed['next_cursor']}")).json()
    series = (await alice.get(f"/api/deliveries/{delivery['id']}/results")).json()
    since = (now - timedelta(hours=3)).isoformat()
    late = (await alice.get("/api/results", params={"from": since})).json()
    table = await alice.get("/api/results.csv")

    assert [(i["text"], i["counts"], bool(i["read_at"])) for i in listed["items"]] == [
        ("two", {}, False)
    ]
    assert [(i["text"], i["counts"]) for i in more["items"]] == [("=1+1", {"likes": 4})]
    assert (listed["total"], late["total"]) == (2, 1)
    assert [(e["counts"], e["is_gone"]) for e in series["items"]] == [({"likes": 4}, False)]
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(r["text"], r["sandbox_likes"], r["mastodon_boosts"]) for r in rows] == [
        ("two", "", ""),
        ("'=1+1", "4", ""),
    ]
    for nothing in ("/api/results?provider=mastodon", "/api/results?tag=none"):
        assert (await alice.get(nothing)).json()["items"] == []
    assert (await carol.get("/api/results")).json()["total"] == 0
    problem(await carol.get(f"/api/deliveries/{delivery['id']}/results"), 404)
    problem(await alice.get("/api/results?from=soon"), 400)


@pytest.mark.parametrize("number", [3, AT_LEAST])
async def test_suggested_times_say_what_they_rest_on(
    database: Database, alice: httpx.AsyncClient, number: int
) -> None:
    channel = await the_channel(alice)
    evening = (utc_now() - timedelta(days=14)).replace(hour=20, minute=10)
    for n in range(number):
        at = evening + timedelta(hours=0 if n < number / 2 else -9)
        likes = 40 if n < number / 2 else 2
        await out(database, alice, f"n{n}", at=at + timedelta(seconds=n), likes=likes)

    said = (await alice.get(f"/api/channels/{channel['id']}/suggested-times?count=8")).json()

    assert (said["posts"], said["is_enough"]) == (number, number >= AT_LEAST)
    bases = {each["basis"] for each in said["items"]}
    if number < AT_LEAST:
        assert said["words"] == "Not enough data: 3 posts with results, and it needs 20."
        assert bases == {"guess"}
        assert all("a common time, not from your posts" in each["words"] for each in said["items"])
    else:
        (own,) = [each for each in said["items"] if each["basis"] == "own"]
        assert own["posts"] == number / 2
        assert own["words"].endswith(f" · {number // 2} posts")
    for planned in said["items"]:
        taken = {"scheduled_at": planned["at"]}
        await plan(alice, f"at {planned['at']}", **taken)
    after = (await alice.get(f"/api/channels/{channel['id']}/suggested-times?count=8")).json()
    assert not {e["at"] for e in said["items"]} & {e["at"] for e in after["items"]}
