"""Pages: what they have beside posts, and how one goes out."""

from typing import Any

import httpx
import pytest

from tests.api.calls import (
    attach,
    log_of,
    named,
    plan,
    problem,
    settled,
    soon,
    upload,
    write,
)

PAGES = "/api/pages"


async def test_a_new_page_is_a_draft_with_all_that_was_given(alice: httpx.AsyncClient) -> None:
    file = await attach(alice)
    (channel,) = (await alice.get("/api/channels")).json()["items"]
    given = {"title": "Opening hours", "text": "Open **from six**.", "tags": ["hours"]}
    more = {"attachment_ids": [file["id"]], "channel_ids": [channel["id"]]}

    answer = await alice.post(PAGES, json=given | more)

    page = answer.json()
    assert answer.status_code == 201
    assert given.items() <= page.items()
    assert (page["kind"], page["status"], page["revision"]) == ("page", "draft", 1)
    assert page["attachments"] == [file]
    assert [c["id"] for c in page["channels"]] == [channel["id"]]
    assert (page["variants"], page["options"], page["approval"]) == ([], {}, None)
    assert (await alice.get(f"{PAGES}/{page['id']}")).json() == page


async def test_a_page_needs_no_title_and_no_files(alice: httpx.AsyncClient) -> None:
    page = await write(alice, place=PAGES)

    assert (page["title"], page["attachments"]) == ("", [])


async def test_attachments_that_do_not_exist_are_named(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers, mine = (await attach(carol))["id"], (await attach(alice))["id"]

    answer = await alice.post(PAGES, json={"text": "a", "attachment_ids": [mine, hers, 987654]})

    refusal = problem(answer, 400, "attachment_unknown")
    assert f"{hers}, 987654" in refusal["detail"]
    assert [e["field"] for e in refusal["errors"]] == ["attachment_ids"]
    assert (await alice.get(PAGES)).json()["total"] == 0


async def test_media_are_no_attachments(alice: httpx.AsyncClient) -> None:
    picture = (await upload(alice))["id"]

    problem(await alice.post(PAGES, json={"text": "a", "attachment_ids": [picture + 1000]}), 400)
    problem(await alice.post(PAGES, json={"text": "a", "media_ids": [picture]}), 400)


async def test_a_file_twice_is_refused(alice: httpx.AsyncClient) -> None:
    mine = (await attach(alice))["id"]

    answer = await alice.post(PAGES, json={"text": "a", "attachment_ids": [mine, mine]})

    problem(answer, 400, "attachment_twice")


async def test_a_title_has_a_limit(alice: httpx.AsyncClient) -> None:
    problem(await alice.post(PAGES, json={"text": "a", "title": "x" * 1001}), 400, "title_too_long")


async def test_files_can_be_reordered_and_taken_out(alice: httpx.AsyncClient) -> None:
    one, two = (await attach(alice))["id"], (await attach(alice))["id"]
    page = await write(alice, place=PAGES, attachment_ids=[one, two])
    where = f"{PAGES}/{page['id']}"

    swapped = await alice.patch(where, json={"revision": 1, "attachment_ids": [two, one]})
    retitled = await alice.patch(where, json={"revision": 2, "title": "Hours"})
    without = await alice.patch(where, json={"revision": 3, "attachment_ids": []})

    assert [a["id"] for a in swapped.json()["attachments"]] == [two, one]
    assert [a["id"] for a in retitled.json()["attachments"]] == [two, one]
    assert (without.json()["attachments"], without.json()["title"]) == ([], "Hours")


async def test_a_page_may_differ_by_channel(alice: httpx.AsyncClient) -> None:
    (channel,) = (await alice.get("/api/channels")).json()["items"]
    differs = {"channel_id": channel["id"], "title": "Hours", "text": None, "options": {}}

    page = await write(alice, place=PAGES, variants=[differs])
    thread = await alice.post(PAGES, json={"text": "a", "variants": [differs | {"parts": []}]})

    assert page["variants"] == [differs]
    problem(thread, 400)


async def test_posts_and_pages_are_not_each_other(alice: httpx.AsyncClient) -> None:
    post, page = await write(alice), await write(alice, place=PAGES)
    change = {"revision": 1, "text": "b"}

    for where in (f"{PAGES}/{post['id']}", f"/api/posts/{page['id']}"):
        problem(await alice.get(where), 404, "not_found")
        problem(await alice.patch(where, json=change), 404, "not_found")
        problem(await alice.delete(where), 404, "not_found")
        problem(await alice.post(f"{where}/check"), 404, "not_found")
    for what in ({"post_id": page["id"]}, {"page_id": post["id"]}):
        problem(await alice.post("/api/schedules", json=what), 404, "not_found")
        problem(await alice.post("/api/providers/default/publish", json=what), 404, "not_found")
    assert [p["id"] for p in (await alice.get("/api/posts")).json()["items"]] == [post["id"]]
    assert [p["id"] for p in (await alice.get(PAGES)).json()["items"]] == [page["id"]]


async def test_pages_are_found_by_their_titles_too(alice: httpx.AsyncClient) -> None:
    page = await write(alice, place=PAGES, title="Opening HOURS")
    await write(alice, "Opening", place=PAGES)

    found = (await alice.get(PAGES, params={"q": "hours"})).json()
    planned = await alice.post("/api/schedules", json=named(page) | {"scheduled_at": soon(900)})
    listed = (await alice.get("/api/schedules", params={"q": "hours"})).json()

    assert [p["id"] for p in found["items"]] == [page["id"]]
    assert [s["id"] for s in listed["items"]] == [planned.json()["id"]]


async def test_a_schedule_of_a_page_says_so_and_has_it_inside(alice: httpx.AsyncClient) -> None:
    schedule = await plan(alice, place=PAGES)
    again = (await alice.get(f"/api/schedules/{schedule['id']}")).json()
    post = await plan(alice)

    assert again == schedule
    assert schedule["post_id"] is None
    assert schedule["post"] is None
    assert schedule["page_id"] == schedule["page"]["id"]
    assert schedule["page"]["kind"] == "page"
    assert (post["page_id"], post["page"]) == (None, None)
    listed = (await alice.get("/api/schedules")).json()["items"]
    assert {s["id"]: s["page_id"] for s in listed} == {
        schedule["id"]: schedule["page_id"],
        post["id"]: None,
    }


@pytest.mark.parametrize("where", ["/api/schedules", "/api/providers/default/publish"])
async def test_one_thing_is_scheduled_not_two_and_not_none(
    alice: httpx.AsyncClient, where: str
) -> None:
    post, page = await write(alice), await write(alice, place=PAGES)

    both = await alice.post(where, json=named(post) | named(page))
    neither = await alice.post(where, json={})

    problem(both, 400, "one_of_two")
    problem(neither, 400, "missing")
    assert (await alice.get("/api/schedules")).json()["total"] == 0


async def test_a_page_may_be_longer_than_a_post(alice: httpx.AsyncClient) -> None:
    page = await write(alice, "x" * 20_000, place=PAGES)

    (result,) = (await alice.post(f"{PAGES}/{page['id']}/check")).json()["results"]
    planned = await alice.post("/api/schedules", json=named(page))

    assert (result["ok"], result["count"], result["limit"]) == (True, 20_000, 100_000)
    assert planned.status_code == 201


async def test_the_dry_run_takes_a_page(alice: httpx.AsyncClient) -> None:
    file = await attach(alice)
    what: dict[str, Any] = {"kind": "page", "title": "Hours", "text": "x" * 501}

    answer = await alice.post("/api/posts/check", json=what | {"attachment_ids": [file["id"]]})
    unknown = await alice.post("/api/posts/check", json=what | {"attachment_ids": [987654]})

    assert [r["ok"] for r in answer.json()["results"]] == [True]
    problem(unknown, 400, "attachment_unknown")


async def test_a_page_with_files_goes_out_and_everybody_may_save_them(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient, publishing: None
) -> None:
    file = await attach(alice)
    page = await write(
        alice, "Open **from six**", place=PAGES, title="Hours", attachment_ids=[file["id"]]
    )
    planned = await alice.post("/api/schedules", json=named(page) | {"scheduled_at": soon(1)})

    done = await settled(alice, planned.json()["id"])

    (delivery,) = done["deliveries"]
    saved = await nobody.get(f"/sandbox/posts/{delivery['remote_id']}/attachments/0")
    assert done["status"] == "posted"
    assert done["page"]["status"] == "posted"
    assert (await alice.get(f"{PAGES}/{page['id']}")).json()["status"] == "posted"
    assert [a["status"] for a in await log_of(alice, delivery["id"])] == ["posted"]
    assert saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"] == 'attachment; filename="minutes.pdf"'
    assert len(saved.content) == file["size_bytes"]
    missing = await nobody.get(f"/sandbox/posts/{delivery['remote_id']}/attachments/1")
    problem(missing, 404)


async def test_a_page_is_published_at_once(alice: httpx.AsyncClient, publishing: None) -> None:
    page = await write(alice, place=PAGES)

    log = (await alice.post("/api/providers/default/publish", json=named(page))).json()

    assert (log["status"], log["attempt"], log["provider"]) == ("posted", 1, "sandbox")
    again = await alice.patch(f"{PAGES}/{page['id']}", json={"revision": 1, "text": "b"})
    assert "This page is posted" in problem(again, 409, "conflict")["detail"]
    problem(await alice.delete(f"{PAGES}/{page['id']}"), 409, "conflict")


async def test_a_file_of_a_page_that_waits_is_not_deleted(alice: httpx.AsyncClient) -> None:
    file = await attach(alice)
    page = await write(alice, place=PAGES, title="Hours", attachment_ids=[file["id"]])
    where = f"/api/attachment/{file['id']}"

    refused = await alice.delete(where)
    await alice.delete(f"{PAGES}/{page['id']}")
    deleted = await alice.delete(where)

    assert f"page {page['id']} (“Hours”)" in problem(refused, 409, "in_use")["detail"]
    assert deleted.status_code == 204
    problem(await alice.get(where), 404, "not_found")
