"""What a post or page said before, for programs: listed, read, restored."""

import httpx

from tests.api.calls import attach, problem, upload, write


async def test_versions_are_listed_read_and_restored(alice: httpx.AsyncClient, place: str) -> None:
    is_page = place.endswith("pages")
    asset = await (attach if is_page else upload)(alice)
    files = {"attachment_ids" if is_page else "media_ids": [asset["id"]]}
    post = await write(alice, "One", place=place, tags=["bread"], **files)
    where = f"{place}/{post['id']}"
    for revision, text in ((1, "Two"), (2, "Three")):
        change = {"revision": revision, "text": text, **{key: [] for key in files}}
        assert (await alice.patch(where, json=change)).status_code == 200

    first = (await alice.get(f"{where}/versions", params={"limit": 2})).json()
    cursor = first["next_cursor"]
    second = (await alice.get(f"{where}/versions", params={"cursor": cursor})).json()
    old = (await alice.get(f"{where}/versions/1")).json()
    back = await alice.post(f"{where}/versions/1/restore", json={"revision": 3})

    shown = "attachments" if is_page else "media"
    assert (first["total"], second["next_cursor"]) == (3, None)
    assert [v["revision"] for v in first["items"] + second["items"]] == [3, 2, 1]
    assert [v["changed"] for v in first["items"]] == [["text"], ["text", shown]]
    assert (old["text"], [file["id"] for file in old[shown]]) == ("One", [asset["id"]])
    assert back.json() | {"updated_at": ""} == post | {"revision": 4, "updated_at": ""}


async def test_what_was_deleted_of_a_version_is_counted_before_it_is_restored(
    alice: httpx.AsyncClient, place: str
) -> None:
    is_page = place.endswith("pages")
    made = [await (attach if is_page else upload)(alice) for _ in range(2)]
    files = {"attachment_ids" if is_page else "media_ids": [asset["id"] for asset in made]}
    post = await write(alice, "One", place=place, **files)
    where, nothing = f"{place}/{post['id']}", {key: [] for key in files}
    await alice.patch(where, json={"revision": 1, "text": "Two", **nothing})
    library = "/api/attachment" if is_page else "/api/media"
    assert (await alice.delete(f"{library}/{made[0]['id']}")).status_code == 204

    old = (await alice.get(f"{where}/versions/1")).json()
    now = (await alice.get(f"{where}/versions/2")).json()

    counted = "missing_attachments" if is_page else "missing_media"
    other = "missing_media" if is_page else "missing_attachments"
    assert (old[counted], old[other], now[counted]) == (1, 0, 0)


async def test_a_restore_that_cannot_be_says_why(alice: httpx.AsyncClient, place: str) -> None:
    post = await write(alice, "One", place=place)
    where = f"{place}/{post['id']}/versions"

    same = await alice.post(f"{where}/1/restore", json={"revision": 1})
    await alice.patch(f"{place}/{post['id']}", json={"revision": 1, "text": "Two"})
    stale = await alice.post(f"{where}/1/restore", json={"revision": 1})
    unknown = await alice.post(f"{where}/9/restore", json={"revision": 2})

    problem(same, 409, "conflict")
    problem(stale, 412, "stale")
    problem(unknown, 404, "not_found")


async def test_who_only_reads_may_look_at_versions(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, place: str
) -> None:
    post = await write(alice, "One", place=place)
    await alice.patch(f"{place}/{post['id']}", json={"revision": 1, "text": "Two"})
    where = f"{place}/{post['id']}/versions"

    found = (await bob.get(where)).json()
    refused = await bob.post(f"{where}/1/restore", json={"revision": 2})

    assert [v["author"] for v in found["items"]] == ["A program", None]
    problem(refused, 403)
