"""Schedules: when, in which zone, moved, cancelled, listed."""

from typing import Any

import httpx
import pytest

from socialapp.domain.delivery import Status
from socialapp.store.session import Database
from tests.api.calls import become, plan, problem, soon, the_channel, write


async def queue(program: httpx.AsyncClient, **when: Any) -> httpx.Response:
    post = await write(program)
    return await program.post("/api/schedules", json={"post_id": post["id"], **when})


async def test_a_schedule_says_everything_about_itself(alice: httpx.AsyncClient) -> None:
    post = await write(alice)
    channel = await the_channel(alice)
    when = {"scheduled_at": "2031-05-14T07:00:00.250Z", "priority": 3}

    answer = await alice.post("/api/schedules", json={"post_id": post["id"], **when})

    assert answer.status_code == 201
    made = answer.json()
    assert (made["scheduled_at"], made["priority"]) == ("2031-05-14T07:00:00.250Z", 3)
    assert (made["post_id"], made["page_id"], made["warnings"]) == (post["id"], None, [])
    assert (made["status"], made["post"]["text"]) == ("queued", "Fresh bread")
    (delivery,) = made["deliveries"]
    assert (delivery["channel"], delivery["provider"]) == (channel, "sandbox")
    assert (delivery["status"], delivery["attempt"]) == ("queued", 0)
    assert (delivery["due_at"], delivery["posted_at"]) == (made["scheduled_at"], None)
    assert (delivery["late_ms"], delivery["remote_id"], delivery["url"]) == (None, "", "")
    assert (delivery["reason"], delivery["action"]) == ("", "")
    assert (await alice.get(f"/api/schedules/{made['id']}")).json() == made


@pytest.mark.parametrize(
    ("given", "utc", "local", "zone"),
    [
        ({"scheduled_at": "2031-05-14T09:00Z"}, "09:00", "11:00", "Europe/Berlin"),
        ({"scheduled_at": "2031-05-14T09:00+02:00"}, "07:00", "09:00", "Europe/Berlin"),
        ({"scheduled_at": "2031-05-14T09:00"}, "07:00", "09:00", "Europe/Berlin"),
        (
            {"scheduled_at": "2031-05-14T09:00", "timezone": "Asia/Kolkata"},
            *("03:30", "09:00", "Asia/Kolkata"),
        ),
        (
            {"scheduled_at": "2031-05-14T09:00-05:00", "timezone": "Asia/Kolkata"},
            *("14:00", "19:30", "Asia/Kolkata"),
        ),
    ],
)
async def test_a_time_is_read_in_its_offset_its_zone_or_the_workspace_s(
    alice: httpx.AsyncClient, given: dict[str, str], utc: str, local: str, zone: str
) -> None:
    made = (await queue(alice, **given)).json()

    assert made["scheduled_at"] == f"2031-05-14T{utc}:00.000Z"
    assert made["local_time"] == f"2031-05-14T{local}:00"
    assert made["timezone"] == zone


@pytest.mark.parametrize(
    ("words", "zone", "utc"),
    [
        ("2031-03-30T02:30", "Europe/Berlin", "2031-03-30T01:00"),
        ("2031-10-26T02:30", "Europe/Berlin", "2031-10-26T00:30"),
        ("2031-03-09T02:01", "America/New_York", "2031-03-09T07:00"),
        ("2031-11-02T01:30", "America/New_York", "2031-11-02T05:30"),
        ("2031-10-05T02:15", "Australia/Lord_Howe", "2031-10-04T15:30"),
    ],
)
async def test_a_skipped_time_moves_forward_and_a_doubled_one_is_the_first(
    alice: httpx.AsyncClient, words: str, zone: str, utc: str
) -> None:
    made = (await queue(alice, scheduled_at=words, timezone=zone)).json()

    assert (made["scheduled_at"], made["timezone"]) == (f"{utc}:00.000Z", zone)


@pytest.mark.parametrize(
    ("when", "code", "field"),
    [
        ({"scheduled_at": "2020-01-01T09:00"}, "in_the_past", "scheduled_at"),
        ({"scheduled_at": "0001-01-02T00:00"}, "in_the_past", "scheduled_at"),
        ({"scheduled_at": "9999-12-30T23:59:59Z"}, "too_far", "scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59-14:00"}, "time_unreadable", "scheduled_at"),
        ({"scheduled_at": "0001-01-01T00:00+14:00"}, "time_unreadable", "scheduled_at"),
        ({"scheduled_at": "next Tuesday"}, "time_unreadable", "scheduled_at"),
        ({"scheduled_at": "2031-02-30T09:00"}, "time_unreadable", "scheduled_at"),
        ({"scheduled_at": ""}, "invalid", "scheduled_at"),
        (
            {"scheduled_at": "2031-05-14T09:00", "timezone": "Mars/Olympus"},
            *("zone_unknown", "timezone"),
        ),
        (
            {"scheduled_at": "2031-05-14T09:00", "timezone": "../../etc/passwd"},
            *("zone_unknown", "timezone"),
        ),
        ({"timezone": "Mars/Olympus"}, "zone_unknown", "timezone"),
        ({"priority": 101}, "invalid", "priority"),
        ({"channel_ids": [987654]}, "channel_unknown", "channel_ids"),
        ({"slot": "next_free", "scheduled_at": "2099-01-01T09:00"}, "one_of_two", "slot"),
        ({"repeat": "FREQ=HOURLY"}, "repeat_unreadable", "repeat"),
    ],
)
async def test_what_cannot_be_planned_is_refused_with_the_reason(
    alice: httpx.AsyncClient, when: dict[str, Any], code: str, field: str
) -> None:
    answer = await queue(alice, **when)

    refusal = problem(answer, 400, code)
    assert [e["field"] for e in refusal["errors"]] == [field]
    assert (await alice.get("/api/schedules")).json()["total"] == 0


async def test_without_a_time_it_is_now(alice: httpx.AsyncClient) -> None:
    before = soon(-1)

    made = (await queue(alice)).json()

    assert before < made["scheduled_at"] <= soon(0)


async def test_a_post_or_page_that_does_not_exist_can_not_be_planned(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers = (await write(carol))["id"]

    for unknown in ({"post_id": 987654}, {"post_id": hers}, {"page_id": 1}):
        problem(await alice.post("/api/schedules", json=unknown), 404, "not_found")
    problem(await alice.post("/api/schedules", json={}), 400, "missing")


async def test_what_a_channel_would_refuse_is_not_queued(alice: httpx.AsyncClient) -> None:
    post = await write(alice, "x" * 501)

    answer = await alice.post("/api/schedules", json={"post_id": post["id"]})

    assert "1 too many" in problem(answer, 400, "text_too_long")["detail"]
    assert (await alice.get(f"/api/posts/{post['id']}")).json()["status"] == "draft"


async def test_a_clash_is_told_and_allowed(alice: httpx.AsyncClient) -> None:
    first = await plan(alice, "Fresh bread", scheduled_at="2031-05-14T09:00")

    second = await plan(alice, "Fresh bread", scheduled_at="2031-05-14T09:05")

    told = {(w["code"], w["schedule_id"]) for w in second["warnings"]}
    assert told == {("same_channel", first["id"]), ("same_text", first["id"])}


async def test_a_schedule_moves_with_its_deliveries_and_its_post(
    alice: httpx.AsyncClient,
) -> None:
    made = await plan(alice, scheduled_at="2031-05-14T09:00")

    answer = await alice.patch(
        f"/api/schedules/{made['id']}", json={"scheduled_at": "2031-05-15T10:00", "priority": 7}
    )

    moved = answer.json()
    assert (moved["scheduled_at"], moved["priority"]) == ("2031-05-15T08:00:00.000Z", 7)
    assert moved["deliveries"][0]["due_at"] == moved["scheduled_at"]
    assert moved["post"]["scheduled_at"] == moved["scheduled_at"]
    assert (await alice.get(f"/api/schedules/{made['id']}")).json() == moved


async def test_another_zone_keeps_the_time_on_the_wall(alice: httpx.AsyncClient) -> None:
    made = await plan(alice, scheduled_at="2031-05-14T09:00")

    moved = await alice.patch(f"/api/schedules/{made['id']}", json={"timezone": "Asia/Tokyo"})

    assert moved.json()["local_time"] == "2031-05-14T09:00:00"
    assert moved.json()["scheduled_at"] == "2031-05-14T00:00:00.000Z"


async def test_a_move_into_the_past_changes_nothing(alice: httpx.AsyncClient) -> None:
    made = await plan(alice)
    where = f"/api/schedules/{made['id']}"

    problem(await alice.patch(where, json={"scheduled_at": "2020-01-01T09:00"}), 400, "in_the_past")

    assert (await alice.get(where)).json() == made


async def test_cancelling_twice_is_harmless(alice: httpx.AsyncClient) -> None:
    made = await plan(alice)
    where = f"/api/schedules/{made['id']}"

    first, second = await alice.delete(where), await alice.delete(where)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert first.json()["deliveries"][0]["status"] == "cancelled"
    assert first.json()["post"]["status"] == "draft"
    problem(await alice.patch(where, json={"scheduled_at": soon(60)}), 409, "conflict")


@pytest.mark.parametrize("status", [Status.SENDING, Status.UNKNOWN, Status.POSTED])
async def test_what_has_left_can_neither_be_moved_nor_cancelled_nor_retried(
    alice: httpx.AsyncClient, database: Database, status: Status
) -> None:
    made = await plan(alice)
    where = f"/api/schedules/{made['id']}"
    await become(database, made["id"], status)

    problem(await alice.patch(where, json={"scheduled_at": soon(60)}), 409, "conflict")
    problem(await alice.patch(where, json={"priority": 1}), 409, "conflict")
    problem(await alice.delete(where), 409, "conflict")
    problem(await alice.post(f"{where}/retry"), 409, "conflict")
    delivery = f"/api/deliveries/{made['deliveries'][0]['id']}"
    problem(await alice.post(f"{delivery}/retry"), 409, "conflict")
    problem(await alice.post(f"{delivery}/resolve", json={"posted": True}), 409, "conflict")


@pytest.mark.parametrize("status", [Status.FAILED, Status.MISSED])
async def test_what_failed_or_was_missed_can_be_queued_again(
    alice: httpx.AsyncClient, database: Database, status: Status
) -> None:
    made = await plan(alice)
    await become(database, made["id"], status, reason="It rained.", action="retry")

    again = await alice.post(f"/api/schedules/{made['id']}/retry")

    assert again.json()["status"] == "queued"
    (delivery,) = again.json()["deliveries"]
    assert (delivery["status"], delivery["reason"], delivery["action"]) == ("queued", "", "")
    assert delivery["due_at"] <= soon(0)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "https://a b", "x" * 2001])
async def test_only_a_web_address_is_taken_for_where_it_was_seen(
    alice: httpx.AsyncClient, database: Database, url: str
) -> None:
    made = await plan(alice)
    await become(database, made["id"], Status.NEEDS_CHECK)

    where = f"/api/deliveries/{made['deliveries'][0]['id']}/resolve"
    answer = await alice.post(where, json={"posted": True, "url": url})

    problem(answer, 400)


@pytest.fixture
async def some(alice: httpx.AsyncClient, database: Database) -> list[int]:
    """The ids of five schedules, by their time; the third was cancelled, the last failed."""
    days = (3, 1, 5, 2, 4)
    made = {d: await plan(alice, f"Day {d}", scheduled_at=f"2031-05-{d:02}T09:00") for d in days}
    await alice.delete(f"/api/schedules/{made[3]['id']}")
    await become(database, made[5]["id"], Status.FAILED)
    return [made[day]["id"] for day in sorted(days)]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"status": "queued"}, [1, 2, 4]),
        ({"status": ["cancelled", "failed"]}, [3, 5]),
        ({"from": "2031-05-02T09:00", "to": "2031-05-04T09:00"}, [2, 3]),
        ({"from": "2031-05-04T07:00:00Z"}, [4, 5]),
        ({"q": "day 4"}, [4]),
        ({"q": "day_4"}, []),
        ({"channel_id": 987654}, []),
    ],
)
async def test_schedules_are_listed_by_their_time(
    alice: httpx.AsyncClient, some: list[int], filters: dict[str, Any], wanted: list[int]
) -> None:
    found = (await alice.get("/api/schedules", params=filters)).json()

    assert [s["id"] for s in found["items"]] == [some[day - 1] for day in wanted]
    assert (found["total"], found["next_cursor"]) == (len(wanted), None)
    assert all(s["post"]["text"].startswith("Day") for s in found["items"])


async def test_pages_follow_each_other_while_schedules_come(
    alice: httpx.AsyncClient, some: list[int]
) -> None:
    seen: list[int] = []
    cursor = ""
    for day in range(1, 6):
        asked = {"limit": 2, "cursor": cursor}
        page = (await alice.get("/api/schedules", params=asked)).json()
        seen += [s["id"] for s in page["items"]]
        await plan(alice, "A newcomer", scheduled_at=f"2031-05-{day:02}T08:59")
        if not (cursor := page["next_cursor"]):
            break

    assert [i for i in seen if i in some] == some
    assert len(seen) == len(set(seen))


async def test_schedules_of_one_instant_are_each_listed_once(alice: httpx.AsyncClient) -> None:
    made = [(await plan(alice, f"{n}", scheduled_at="2031-05-14T09:00"))["id"] for n in range(3)]

    one = (await alice.get("/api/schedules", params={"limit": 1})).json()
    rest = (await alice.get("/api/schedules", params={"cursor": one["next_cursor"]})).json()

    assert [s["id"] for s in one["items"] + rest["items"]] == made


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"to": "0001-01-01T00:00+14:00"},
        {"status": "draught"},
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "x"},
        # [-12:00 of the last day there is, 1]: an instant that no calendar has in UTC
        {"cursor": "WyI5OTk5LTEyLTMxVDIzOjAwOjAwLTEyOjAwIiwgMV0"},
        {"cursor": "WyIyMDMxLTA1LTE0VDA5OjAwOjAwKzAwOjAwIiwgdHJ1ZV0"},
    ],
)
async def test_a_list_asked_for_wrongly_is_refused(
    alice: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    problem(await alice.get("/api/schedules", params=asked), 400)
