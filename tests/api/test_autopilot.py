"""Autopilot over the API: photographs, personas, what is coming, stop and go on."""

import httpx

from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import channels
from socialapp.services.autopilot import personas, scoring
from socialapp.store import channels as channel_rows
from socialapp.store.session import Database
from socialapp.store.tables import Persona
from tests.api.calls import problem, the_channel, upload
from tests.people import key_of


async def persona(alice: httpx.AsyncClient, **more: object) -> dict[str, object]:
    given = {"name": "Daily", "channel_ids": [(await the_channel(alice))["id"]], **more}
    answer = await alice.post("/api/personas", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_picture_of_the_library_is_sorted_scored_vetoed_and_found_again(
    alice: httpx.AsyncClient, database: Database
) -> None:
    media = await upload(alice)
    new = {"media_ids": [media["id"]], "folder": "Harbour", "tags": ["sea", "#grün"]}
    added = (await alice.post("/api/photographs", json=new)).json()["items"][0]
    assert (added["status"], added["folder"], added["score"]) == ("new", "Harbour", None)
    await scoring.analyse_missing(database, now=utc_now())
    where = f"/api/photographs/{media['id']}"
    measured = (await alice.get(where)).json()["measured_score"]

    one = (await alice.patch(where, json={"own_score": 9.5})).json()
    assert (one["score"], one["own_score"], one["measured_score"]) == (9.5, 9.5, measured)
    for query in ({"folder": "Harbour"}, {"tag": "grün"}, {"minimum_score": 9}, {"q": "SLOPE"}):
        found = (await alice.get("/api/photographs", params=query)).json()
        assert [each["media_id"] for each in found["items"]] == [media["id"]], query
    for query in ({"folder": ""}, {"tag": "gr"}, {"status": "posted"}, {"q": "%"}):
        assert (await alice.get("/api/photographs", params=query)).json()["total"] == 0, query
    one = (await alice.patch(where, json={"own_score": None, "tags": [], "folder": ""})).json()
    assert (one["score"], one["own_score"], one["tags"], one["folder"]) == (measured, None, [], "")

    assert (await alice.patch(where, json={"is_vetoed": True})).json()["status"] == "vetoed"
    problem(await alice.patch(where, json={"is_vetoed": True}), 409)
    problem(await alice.patch(where, json={"own_score": 11}), 400)
    problem(await alice.post(f"{where}/release"), 409)


async def test_pages_of_photographs_leave_none_out(alice: httpx.AsyncClient) -> None:
    ids = [(await upload(alice))["id"] for _ in range(5)]
    await alice.post("/api/photographs", json={"media_ids": ids})
    await alice.patch(f"/api/photographs/{ids[2]}", json={"own_score": 3.3})
    await alice.patch(f"/api/photographs/{ids[3]}", json={"own_score": 3.3})

    seen, cursor = [], ""
    while True:
        page = (await alice.get("/api/photographs", params={"limit": 2, "cursor": cursor})).json()
        seen += [each["media_id"] for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert seen == [ids[0], ids[1], ids[4], ids[2], ids[3]]


async def test_a_persona_is_made_changed_run_stopped_and_deleted(
    alice: httpx.AsyncClient, database: Database
) -> None:
    media = await upload(alice)
    await alice.post("/api/photographs", json={"media_ids": [media["id"]]})
    await scoring.analyse_missing(database, now=utc_now())
    made = await persona(alice, times=["18:30", "09:00"], days=["monday"])
    where = f"/api/personas/{made['id']}"
    assert (made["times"], made["days"], made["is_on"]) == (["09:00", "18:30"], ["monday"], False)

    on = (await alice.patch(where, json={"is_on": True, "caption": "{tags}"})).json()
    assert (on["is_on"], on["caption"], on["times"]) == (True, "{tags}", made["times"])
    ahead = (await alice.get("/api/autopilot/upcoming")).json()["items"]
    assert [each["media_id"] for each in ahead] == [media["id"], None]
    dry = (await alice.post(f"{where}/run", json={"dry_run": True})).json()
    assert (dry["media_id"], dry["schedule_id"]) == (media["id"], None)

    run = (await alice.post(f"{where}/run", json={})).json()
    assert run["schedule_id"]
    assert (await alice.get(where)).json()["on_their_way"] == 1
    assert (await alice.post("/api/autopilot/stop")).json() == {"cancelled": 1}
    photo = f"/api/photographs/{media['id']}"
    assert (await alice.get(photo)).json()["status"] == "cancelled"
    assert (await alice.post("/api/autopilot/go")).json() == {"personas": 1}
    assert (await alice.get(where)).json()["is_on"]
    assert (await alice.post(f"{photo}/release")).json()["status"] == "new"
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.get(where), 404)


async def test_a_key_that_only_reads_changes_nothing(
    alice: httpx.AsyncClient, database: Database, owner: Member
) -> None:
    made = await persona(alice)
    reader = {"Authorization": f"Bearer {await key_of(database, owner, 'read')}"}

    assert (await alice.get("/api/personas", headers=reader)).status_code == 200
    for method, path in (
        ("POST", f"/api/personas/{made['id']}/run"),
        ("DELETE", f"/api/personas/{made['id']}"),
        ("POST", "/api/autopilot/stop"),
    ):
        problem(await alice.request(method, path, json={}, headers=reader), 403)


async def test_what_a_program_changes_of_a_persona_leaves_it_whose_it_is(
    alice: httpx.AsyncClient, database: Database, owner: Member
) -> None:
    to = [(await the_channel(alice))["id"]]
    async with database.transaction() as db:
        made = await personas.save(db, owner, name="Daily", channel_ids=to, now=utc_now())

    answer = await alice.patch(f"/api/personas/{made.id}", json={"caption": "{date}"})

    assert (answer.json()["caption"], answer.json()["trouble"]) == ("{date}", "")
    async with database.reading() as db:
        kept = await db.get(Persona, made.id)
    assert kept
    assert kept.created_by == owner.person_id


async def test_a_persona_is_changed_also_when_one_of_its_channels_is_gone(
    alice: httpx.AsyncClient, database: Database, owner: Member
) -> None:
    there = (await the_channel(alice))["id"]
    async with database.transaction() as db:
        gone = await channel_rows.add_channel(
            db, owner.workspace_id, provider="sandbox", name="Other", now=utc_now()
        )
    given = {"name": "Daily", "channel_ids": [there, gone.id]}
    made = (await alice.post("/api/personas", json=given)).json()
    async with database.transaction() as db:
        await channels.remove(db, owner, gone.id or 0, now=utc_now())
    where = f"/api/personas/{made['id']}"

    assert (await alice.patch(where, json={"caption": "{date}"})).json()["channel_ids"] == [there]
    problem(await alice.patch(where, json={"channel_ids": [gone.id]}), 400)


async def test_pictures_are_asked_for_by_their_addresses_also_by_a_program(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    place, one = "/api/picture-links", "https://pictures.example.org/a.jpg"
    new = {"urls": [one, f" {one} ", "file:///etc/passwd"], "folder": "Web"}
    problem(await bob.post(place, json=new), 403)

    answer = await alice.post(place, json=new)

    assert answer.status_code == 202, answer.text
    there = answer.json()
    assert (there["waiting"], there["done"], there["failed"]) == (1, 0, 1)
    assert [(each["url"], each["status"]) for each in there["items"]] == [
        (one, "waiting"),
        ("file:///etc/passwd", "failed"),
    ]
    assert "not the address of a picture" in there["items"][1]["why"]
    assert (await bob.get(place)).json() == there
    assert (await carol.get(place)).json()["items"] == []
    assert (await carol.delete(place)).status_code == 204
    assert (await alice.get(place)).json() == there
    for wrong in ({"urls": []}, {"urls": ["x" * 2001]}, {"urls": [" "]}, {"urls": [one] * 501}):
        problem(await alice.post(place, json=wrong), 400)
    problem(await bob.delete(place), 403)
    assert (await alice.delete(place)).status_code == 204
    assert (await alice.get(place)).json()["items"] == []
