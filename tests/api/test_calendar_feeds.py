"""Calendar feeds: what another program's calendar is given, and what it is not."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import select, update
from sqlmodel import col

from socialapp.api import address
from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.people import Member, Role
from socialapp.services import calendar_feeds, team
from socialapp.store.session import Database
from socialapp.store.tables import CalendarFeed, IdempotentAnswer, Membership, Schedule
from socialapp.ui import routes
from tests.api.calls import at, become, plan, problem, soon
from tests.people import cookie_of
from tests.servers.given import given

WHERE = "/api/calendar-feeds"
FEED = "/api/calendar/{}.ics"


async def subscribe(program: httpx.AsyncClient, **more: Any) -> tuple[int, str]:
    """Make a feed and return its id and the path of its address."""
    answer = await program.post(WHERE, json=more)
    assert answer.status_code == 201, answer.text
    url = answer.json()["shown"]["url"]
    given(url.rpartition("/")[2].removesuffix(".ics"), "the address of a calendar feed")
    return answer.json()["id"], url.removeprefix("http://test")


def events(answer: httpx.Response) -> dict[str, Any]:
    """Return the events of a feed by their summaries."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(e["SUMMARY"]): e for e in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.fixture
def public_address() -> Iterator[str]:
    """What SOCIALAPP_URL says."""
    address.connect("https://social.example.org")
    yield "https://social.example.org"
    address.connect("")


async def test_a_calendar_program_sees_the_plan(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    text = "Fresh bread, 🥖 rolls;\r\nand \\cake\\ from six: " + "warm " * 20
    planned = await plan(alice, text)
    _, feed = await subscribe(alice)

    answer = await nobody.get(feed)

    (event,) = events(answer).values()
    assert str(event["SUMMARY"]).startswith("[Queued] Fresh bread, 🥖 rolls; and \\cake\\ from")
    assert str(event["SUMMARY"]).endswith("… · Sandbox")
    assert str(event["DESCRIPTION"]) == text.replace("\r\n", "\n")
    assert event["DTSTART"].dt == at(planned["scheduled_at"]).replace(microsecond=0)
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert event["DURATION"].dt == timedelta(minutes=15)
    assert event["STATUS"] == "CONFIRMED"
    assert "LAST-MODIFIED" in event
    assert "URL" not in event  # nobody said where the app is reached
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.content
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"].startswith("private")


async def test_a_moved_schedule_is_the_same_event_and_leads_to_its_details(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient, public_address: str
) -> None:
    planned = await plan(alice)
    made = await alice.post(WHERE, json={})
    feed = made.json()["shown"]["url"].removeprefix(public_address)
    (before,) = events(await nobody.get(feed)).values()

    moved = await alice.patch(
        f"/api/schedules/{planned['id']}", json={"scheduled_at": soon(2 * 86400)}
    )

    (after,) = events(await nobody.get(feed)).values()
    assert after["DTSTART"].dt == at(moved.json()["scheduled_at"]).replace(microsecond=0)
    assert after["DTSTART"].dt > before["DTSTART"].dt
    assert after["UID"] == before["UID"]
    assert after["URL"] == public_address + routes.schedule(planned["id"])


async def test_what_has_not_changed_is_not_sent_again(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    planned = await plan(alice)
    _, feed = await subscribe(alice)
    tag = (await nobody.get(feed)).headers["etag"]

    same = await nobody.get(feed, headers={"if-none-match": tag})
    compressed = await nobody.get(feed, headers={"if-none-match": f'"other", W/{tag}'})
    await alice.delete(f"/api/schedules/{planned['id']}")
    changed = await nobody.get(feed, headers={"if-none-match": tag})

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == tag
    assert compressed.status_code == 304
    assert events(changed) == {}


async def test_a_feed_of_one_channel_shows_what_happens_there(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient, database: Database
) -> None:
    first = (await alice.get("/api/channels")).json()["items"][0]["id"]
    second = await alice.post("/api/channels", json={"provider": "sandbox", "name": "Shop"})
    shop = second.json()["id"]
    both = await plan(alice, "To both", channel_ids=[first, shop])
    await plan(alice, "To the first", channel_ids=[first])
    _, feed = await subscribe(alice, channel_id=shop)
    _, whole = await subscribe(alice)

    seen = events(await nobody.get(feed))
    all_of_it = events(await nobody.get(whole))
    await become(database, both["id"], Status.FAILED)
    failed = events(await nobody.get(feed))

    assert set(seen) == {"[Queued] To both · Shop"}
    assert set(all_of_it) == {"[Queued] To both · Sandbox, Shop", "[Queued] To the first · Sandbox"}
    assert (
        seen["[Queued] To both · Shop"]["UID"]
        == (all_of_it["[Queued] To both · Sandbox, Shop"]["UID"])
    )
    assert failed["[Failed] To both · Shop"]["STATUS"] == "TENTATIVE"


async def test_it_shows_only_its_workspace_and_no_more_than_it_should(
    alice: httpx.AsyncClient,
    carol: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await plan(carol, "Carol's own")
    days = {"long ago": -91, "yesterday": -1, "tomorrow": 1, "in a week": 7, "in years": 366}
    for words, day in days.items():
        planned = await plan(alice, words)
        async with database.transaction() as db:
            await db.execute(
                update(Schedule)
                .where(col(Schedule.id) == planned["id"])
                .values(scheduled_at=utc_now() + timedelta(days=day))
            )
    _, feed = await subscribe(alice)

    def texts(answer: httpx.Response) -> list[str]:
        return [str(event["DESCRIPTION"]) for event in events(answer).values()]

    everything = texts(await nobody.get(feed))
    monkeypatch.setattr(calendar_feeds, "SHOWN_AT_MOST", 2)
    nearest = texts(await nobody.get(feed))

    assert everything == ["yesterday", "tomorrow", "in a week"]
    assert nearest == ["yesterday", "tomorrow"]


async def test_a_revoked_address_looks_like_one_that_never_was(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    feed_id, feed = await subscribe(alice)
    assert (await nobody.get(feed)).status_code == 200

    revoked = await alice.delete(f"{WHERE}/{feed_id}")

    assert revoked.status_code == 204
    refusal = problem(await nobody.get(feed), 404, "not_found")
    for secret in ("guessed", "x" * 5000, "%00", "%ED%A0%80", "🎉", "a.b"):
        assert problem(await nobody.get(FEED.format(secret)), 404) == refusal
    assert (await alice.get(WHERE)).json() == {"items": []}
    _, again = await subscribe(alice)
    assert (await nobody.get(again)).status_code == 200


async def test_the_address_is_shown_once_and_kept_nowhere(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient, database: Database
) -> None:
    headers = {"idempotency-key": "one"}
    first = await alice.post(WHERE, json={}, headers=headers)
    secret = first.json()["shown"]["url"].rpartition("/")[2].removesuffix(".ics")
    given(secret, "the address of a calendar feed")
    assert first.json()["shown"]["url"] == "http://test" + routes.calendar_feed(secret)

    repeated = await alice.post(WHERE, json={}, headers=headers)

    assert repeated.headers["idempotent-replayed"] == "true"
    assert repeated.json() == first.json() | {"shown": {}}
    unused = (await alice.get(WHERE)).json()["items"]
    await nobody.get(FEED.format(secret))
    (listed,) = (await alice.get(WHERE)).json()["items"]
    assert [each["last_used_at"] for each in unused] == [None]
    assert listed["last_used_at"] is not None
    async with database.reading() as db:
        kept = (await db.execute(select(CalendarFeed.secret_hash))).scalars().all()
        answers = (await db.execute(select(IdempotentAnswer.body))).scalars().all()
    assert all(secret not in words for words in (*kept, *answers))


async def test_no_log_has_the_address_when_something_fails(
    alice: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, feed = await subscribe(alice)

    async def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(calendar_feeds, "read", breaks)
    with caplog.at_level(logging.DEBUG, "socialapp"):
        problem(await nobody.get(feed), 500)

    assert "GET /api/calendar/….ics failed" in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("socialapp")]
    assert all(feed.split("/")[3] not in record.getMessage() for record in ours)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
async def test_only_who_may_write_makes_and_revokes(
    alice: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    role: Role,
) -> None:
    feed_id, _ = await subscribe(alice)
    bob = client(cookie=await cookie_of(database, owner, role), origin="http://test")

    problem(await bob.post(WHERE, json={}), 403)
    problem(await bob.delete(f"{WHERE}/{feed_id}"), 403)

    assert (await bob.get(WHERE)).json() == (await alice.get(WHERE)).json()


async def test_who_is_removed_reads_the_plan_no_longer(
    client: Callable[..., httpx.AsyncClient],
    nobody: httpx.AsyncClient,
    alice: httpx.AsyncClient,
    database: Database,
    owner: Member,
) -> None:
    bob = client(cookie=await cookie_of(database, owner, Role.EDITOR), origin="http://test")
    _, his = await subscribe(bob)
    _, hers = await subscribe(alice)
    assert (await nobody.get(his)).status_code == 200

    async with database.transaction() as db:
        editors = select(Membership.person_id).where(col(Membership.role) == Role.EDITOR)
        await team.remove(db, owner, (await db.execute(editors)).scalar_one())

    problem(await nobody.get(his), 404)
    assert (await nobody.get(hers)).status_code == 200
