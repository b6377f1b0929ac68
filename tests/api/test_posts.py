"""Posts and pages: what is kept, what is refused, and how they are listed."""

import json
from typing import Any

import httpx
import pytest

from tests.api.calls import named, plan, problem, soon, the_channel, upload, write


async def test_a_new_post_is_a_draft_with_all_that_was_given(alice: httpx.AsyncClient) -> None:
    picture = await upload(alice)
    channel = await the_channel(alice)
    given = {"text": "Fresh bread", "tags": ["bread", "übung"], "campaign": "May", "notes": "ask"}
    more = {"media_ids": [picture["id"]], "channel_ids": [channel["id"]]}

    answer = await alice.post("/api/posts", json=given | more)

    assert answer.status_code == 201
    post = answer.json()
    assert given.items() <= post.items()
    assert (post["kind"], post["status"], post["revision"]) == ("post", "draft", 1)
    assert (post["media"], post["channels"]) == ([picture], [channel])
    assert (post["variants"], post["parts"], post["approval"]) == ([], [], None)
    assert post["created_at"] == post["updated_at"]
    assert post["created_at"].endswith("Z")
    assert (await alice.get(f"/api/posts/{post['id']}")).json() == post


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u00a0\u3000"])
async def test_a_blank_text_is_refused(alice: httpx.AsyncClient, place: str, text: str) -> None:
    answer = await alice.post(place, json={"text": text})

    refusal = problem(answer, 400, "text_required")
    assert [(e["field"], e["code"]) for e in refusal["errors"]] == [("text", "text_required")]
    assert (await alice.get(place)).json()["total"] == 0


async def test_a_text_that_is_missing_is_named(alice: httpx.AsyncClient, place: str) -> None:
    refusal = problem(await alice.post(place, json={"tags": []}), 400, "missing")

    assert [e["field"] for e in refusal["errors"]] == ["text"]


async def test_what_is_wrong_with_words_is_said_in_words(
    alice: httpx.AsyncClient, place: str
) -> None:
    for campaign, words in (
        ("x" * 201, "at most 200 characters"),
        ("a\0b", "Take the NUL character out"),
        ("\ud800", "Half of a surrogate pair is no character"),
    ):
        body = json.dumps({"text": "a", "campaign": campaign}).encode()

        answer = await alice.post(place, content=body, headers={"Content-Type": "application/json"})

        assert words in problem(answer, 400, "invalid")["detail"]


async def test_media_that_do_not_exist_are_named(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers = (await upload(carol))["id"]
    mine = (await upload(alice))["id"]

    answer = await alice.post("/api/posts", json={"text": "a", "media_ids": [mine, hers, 987654]})

    detail = problem(answer, 400, "media_unknown")["detail"]
    assert f"{hers}, 987654" in detail
    assert (await alice.get("/api/posts")).json()["total"] == 0


async def test_a_picture_twice_and_an_unknown_channel_are_refused(
    alice: httpx.AsyncClient,
) -> None:
    mine = (await upload(alice))["id"]

    twice = await alice.post("/api/posts", json={"text": "a", "media_ids": [mine, mine]})
    nowhere = await alice.post("/api/posts", json={"text": "a", "channel_ids": [987654]})

    problem(twice, 400, "media_twice")
    assert "987654" in problem(nowhere, 400, "channel_unknown")["detail"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"variants": [{}]}, "variants.0.channel_id"),
        ({"variants": [{"channel_id": 1, "colour": "red"}]}, "variants.0.colour"),
        ({"parts": [{"colour": "red"}]}, "parts.0.colour"),
        ({"options": {"colour": "red"}}, "options.colour"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_not_offered_is_refused_not_ignored(
    alice: httpx.AsyncClient, more: dict[str, Any], field: str
) -> None:
    refusal = problem(await alice.post("/api/posts", json={"text": "a"} | more), 400)

    assert [e["field"] for e in refusal["errors"]] == [field]


async def test_an_edit_changes_what_is_given_and_counts_up(
    alice: httpx.AsyncClient, place: str
) -> None:
    post = await write(alice, "Fresh bread", tags=["bread"], place=place)

    answer = await alice.patch(f"{place}/{post['id']}", json={"revision": 1, "text": "Fresh rolls"})

    assert answer.status_code == 200
    edited = answer.json()
    assert (edited["text"], edited["tags"], edited["revision"]) == ("Fresh rolls", ["bread"], 2)
    assert (await alice.get(f"{place}/{post['id']}")).json() == edited


async def test_pictures_can_be_reordered_and_taken_out(alice: httpx.AsyncClient) -> None:
    one, two = (await upload(alice))["id"], (await upload(alice))["id"]
    post = await write(alice, media_ids=[one, two])
    where = f"/api/posts/{post['id']}"

    swapped = await alice.patch(where, json={"revision": 1, "media_ids": [two, one]})
    without = await alice.patch(where, json={"revision": 2, "media_ids": []})

    assert [m["id"] for m in swapped.json()["media"]] == [two, one]
    assert without.json()["media"] == []


@pytest.mark.parametrize("header", ["1", '"1"', 'W/"1"'])
async def test_the_revision_may_come_as_if_match(
    alice: httpx.AsyncClient, place: str, header: str
) -> None:
    post = await write(alice, place=place)
    where = f"{place}/{post['id']}"

    first = await alice.patch(where, json={"text": "a"}, headers={"If-Match": header})
    stale = await alice.patch(where, json={"text": "b"}, headers={"If-Match": header})

    assert first.json()["revision"] == 2
    problem(stale, 412, "stale")


async def test_a_stale_edit_overwrites_nothing(alice: httpx.AsyncClient, place: str) -> None:
    post = await write(alice, place=place)
    where = f"{place}/{post['id']}"
    await alice.patch(where, json={"revision": 1, "text": "The faster one"})

    late = await alice.patch(where, json={"revision": 1, "text": "The slower one", "tags": ["x"]})

    problem(late, 412, "stale")
    now = (await alice.get(where)).json()
    assert (now["text"], now["tags"], now["revision"]) == ("The faster one", [], 2)


@pytest.mark.parametrize(
    "header", [None, "", "*", "one", "0", "-1", '"2147483648"', '"99999999999999999999"']
)
async def test_an_edit_that_does_not_say_what_it_read_is_refused(
    alice: httpx.AsyncClient, place: str, header: str | None
) -> None:
    post = await write(alice, place=place)
    headers = {} if header is None else {"If-Match": header}

    answer = await alice.patch(f"{place}/{post['id']}", json={"text": "a"}, headers=headers)

    problem(answer, 400, "revision_required")


@pytest.mark.parametrize("revision", [0, -1, 2**31, 10**18, 10**30, 1.5, "x"])
async def test_a_revision_that_no_post_has_is_refused(
    alice: httpx.AsyncClient, place: str, revision: Any
) -> None:
    post = await write(alice, place=place)

    answer = await alice.patch(f"{place}/{post['id']}", json={"text": "a", "revision": revision})

    refusal = problem(answer, 400)
    assert [e["field"] for e in refusal["errors"]] == ["revision"]


async def test_an_edit_may_not_leave_it_blank(alice: httpx.AsyncClient, place: str) -> None:
    post = await write(alice, place=place)

    answer = await alice.patch(f"{place}/{post['id']}", json={"revision": 1, "text": " "})

    problem(answer, 400, "text_required")


async def test_a_deleted_post_is_gone_and_its_plans_are_cancelled(
    alice: httpx.AsyncClient, place: str
) -> None:
    schedule = await plan(alice, place=place)
    what = schedule["post"] or schedule["page"]
    where = f"{place}/{what['id']}"

    answer = await alice.delete(where)

    assert (answer.status_code, answer.content) == (204, b"")
    problem(await alice.get(where), 404, "not_found")
    problem(await alice.delete(where), 404, "not_found")
    problem(await alice.patch(where, json={"revision": 1, "text": "a"}), 404, "not_found")
    problem(await alice.post("/api/schedules", json=named(what)), 404)
    assert (await alice.get(place)).json()["total"] == 0
    left = (await alice.get(f"/api/schedules/{schedule['id']}")).json()
    assert left["status"] == "cancelled"


@pytest.fixture
async def some(alice: httpx.AsyncClient, place: str) -> list[int]:
    """The ids of five posts, oldest first; the second and the fourth are planned."""
    made = []
    for number in range(5):
        more = {"tags": ["even"] if number % 2 == 0 else ["odd", 'a"b'], "campaign": f"c{number}"}
        made.append(await write(alice, f"Number {number}: 50% OFF_", **more, place=place))
    for number, days in ((1, 2), (3, 1)):
        when = {"scheduled_at": soon(days * 86400)}
        await alice.post("/api/schedules", json=named(made[number]) | when)
    return [each["id"] for each in made]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"status": "draft"}, [4, 2, 0]),
        ({"status": "queued"}, [3, 1]),
        ({"status": "posted"}, []),
        ({"tag": "even"}, [4, 2, 0]),
        ({"tag": 'a"b'}, [3, 1]),
        ({"tag": "eve"}, []),
        ({"campaign": "c2"}, [2]),
        ({"q": "number 3"}, [3]),
        ({"q": "50% off_"}, [4, 3, 2, 1, 0]),
        ({"q": "5_% off"}, []),
        ({"provider": "sandbox"}, [3, 1]),
        ({"provider": "mastodon"}, []),
        ({"channel_id": 987654}, []),
        ({"sort": "scheduled_at"}, [1, 3, 4, 2, 0]),
        ({"sort": "scheduled_at", "tag": "odd"}, [1, 3]),
    ],
)
async def test_posts_are_listed_as_asked_for(
    alice: httpx.AsyncClient,
    place: str,
    some: list[int],
    filters: dict[str, str],
    wanted: list[int],
) -> None:
    found = (await alice.get(place, params=filters)).json()

    assert [post["id"] for post in found["items"]] == [some[number] for number in wanted]
    assert (found["total"], found["next_cursor"]) == (len(wanted), None)


@pytest.mark.parametrize("sort", ["created_at", "scheduled_at"])
async def test_pages_follow_each_other_while_posts_come_and_go(
    alice: httpx.AsyncClient, place: str, some: list[int], sort: str
) -> None:
    whole = (await alice.get(place, params={"sort": sort})).json()["items"]
    seen: list[int] = []
    cursor = ""
    for _ in range(5):
        asked = {"sort": sort, "limit": 2, "cursor": cursor}
        page = (await alice.get(place, params=asked)).json()
        seen += [post["id"] for post in page["items"]]
        await write(alice, "A newcomer", place=place)
        if not (cursor := page["next_cursor"]):
            break

    assert [i for i in seen if i in some] == [post["id"] for post in whole]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"status": "sent"}, "status"),
        ({"sort": "text"}, "sort"),
        ({"channel_id": str(2**63)}, "channel_id"),
        ({"cursor": "%%%"}, "cursor"),
        ({"cursor": "WzFd" * 70}, "cursor"),
        ({"sort": "scheduled_at", "cursor": "WzFd"}, "cursor"),
        ({"sort": "scheduled_at", "cursor": "W1sxXSwgMV0"}, "cursor"),
    ],
)
async def test_a_list_asked_for_wrongly_says_what_is_wrong(
    alice: httpx.AsyncClient, place: str, asked: dict[str, str], field: str
) -> None:
    refusal = problem(await alice.get(place, params=asked), 400)

    assert [e["field"] for e in refusal["errors"]] == [field]


async def test_a_list_is_at_most_as_long_as_asked_for(alice: httpx.AsyncClient, place: str) -> None:
    for number in range(3):
        await write(alice, f"Number {number}", place=place)

    one = (await alice.get(place, params={"limit": 1})).json()
    all_of_them = (await alice.get(place, params={"limit": 200})).json()

    assert (len(one["items"]), one["total"]) == (1, 3)
    assert one["next_cursor"]
    assert (len(all_of_them["items"]), all_of_them["next_cursor"]) == (3, None)
