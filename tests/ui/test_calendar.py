"""The calendar: what is shown of a range, moves and their undo, and hostile arguments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.people import Member
from socialapp.services import schedules, slots
from socialapp.store import schedules as rows
from socialapp.store.session import Database
from socialapp.store.tables import Schedule
from socialapp.ui.calendar import events
from socialapp.ui.calendar.state import CalendarState
from tests.services.desk import become, channel_of, write
from tests.ui.tabs import call, tab

FAR = "/calendar/?view=month&date=2031-05-14"
HOSTILE = ["", "x", "-1", "9" * 30, "'; --", "2031-13-40T99:99", "0001-01-01", "9999-12-31T23:59"]


async def plan_at(database: Database, by: Member, local: str, text: str = "Bread") -> Schedule:
    post = await write(database, by, text)
    at = moments.read(local, zone=by.zone)
    async with database.transaction() as db:
        return await schedules.create(db, by, post_id=post.id or 0, at=at, now=utc_now())


async def opened(secret: str, address: str = FAR) -> CalendarState:
    state = tab(CalendarState, secret, address)
    await call(state, "load")
    return state


async def when(database: Database, schedule: Schedule) -> datetime:
    async with database.reading() as db:
        found = await rows.get(db, schedule.workspace_id, schedule.id or 0)
    assert found
    return found.scheduled_at


def test_a_view_begins_and_ends_with_the_days_of_its_zone():
    assert events.span("month", date(2031, 5, 14)) == (date(2031, 4, 28), date(2031, 6, 9))
    assert events.span("week", date(2031, 5, 14)) == (date(2031, 5, 12), date(2031, 5, 19))
    assert events.span("list", date(2031, 12, 31)) == (date(2031, 12, 1), date(2032, 1, 1))
    since, until = events.instants("day", date(2031, 3, 30), "Europe/Berlin")
    assert (since, until - since) == (datetime(2031, 3, 29, 23, tzinfo=UTC), timedelta(hours=23))


async def test_the_edges_of_a_range_are_midnights_of_the_workspace(
    database: Database, alice: str, owner: Member
):
    for local in ("2031-05-13T23:59", "2031-05-14T00:00", "2031-05-14T23:59", "2031-05-15T00:00"):
        await plan_at(database, owner, local)

    state = await opened(alice, "/calendar/?view=day&date=2031-05-14")

    assert [e["local"][:16] for e in state.events] == ["2031-05-14T00:00", "2031-05-14T23:59"]


async def test_a_full_day_says_how_many_more_there_are_and_clashes_are_marked(
    database: Database, alice: str, owner: Member
):
    for minute in (0, 10, 21, 40, 59):
        await plan_at(database, owner, f"2031-05-14T09:{minute:02}", f"Loaf {minute}")

    state = await opened(alice)

    assert [e["local"][11:16] for e in state.events] == ["09:00", "09:10", "09:21"]
    assert state.more == [{"day": "2031-05-14", "count": 2, "local": "2031-05-14T09:40:00"}]
    assert [bool(e["clash"]) for e in state.events] == [True, True, False]


async def test_what_was_moved_onto_a_full_day_stays_in_sight(
    database: Database, alice: str, owner: Member
):
    for minute in (0, 10, 21, 40):
        await plan_at(database, owner, f"2031-05-14T09:{minute:02}", f"Loaf {minute}")
    late = await plan_at(database, owner, "2031-05-15T18:00", "Late loaf")
    state = await opened(alice)
    seen = next(e["at"] for e in state.events if e["key"] == str(late.id))

    await call(state, "move", "t1", str(late.id), "2031-05-14T18:00", seen)

    assert state.answer["is_done"]
    assert [e["local"][11:16] for e in state.events] == ["09:00", "09:10", "09:21", "18:00"]
    assert [(each["day"], each["count"]) for each in state.more] == [("2031-05-14", 1)]


async def test_free_posting_times_stand_in_week_and_day(
    database: Database, alice: str, owner: Member
):
    mine = (await channel_of(database, owner)).id or 0
    async with database.transaction() as db:
        for clock in ("09:00", "17:30"):
            await slots.add(db, owner, mine, days=[2, 3], clock=clock)
    await plan_at(database, owner, "2031-05-14T09:00")

    state = await opened(alice, "/calendar/?view=week&date=2031-05-14")

    free = ["2031-05-14T17:30:00", "2031-05-15T09:00:00", "2031-05-15T17:30:00"]
    assert [each["local"] for each in state.free] == free
    assert {each["ids"] for each in state.free} == {str(mine)}
    await call(state, "choose", "status", "posted")
    assert state.free == []
    await call(state, "choose", "status", "")
    await call(state, "show", "month", "2031-05-14")
    assert state.free == []


async def test_filters_and_view_are_in_the_address(database: Database, alice: str, owner: Member):
    await plan_at(database, owner, "2031-05-14T09:00")
    mine = (await channel_of(database, owner)).id
    for words, count in (
        (f"&channel={mine}&network=sandbox&status=queued", 1),
        ("&status=posted", 0),
        ("&channel=987&network=nothing&status=nothing", 1),
    ):
        assert len((await opened(alice, FAR + words)).events) == count

    state = await opened(alice)
    await call(state, "choose", "status", "posted")
    assert state.address == "/calendar/?view=month&date=2031-05-14&status=posted"
    await call(state, "show", "list", "2031-06-01")
    assert state.address.startswith("/calendar/?view=list&date=2031-06-01")


async def test_a_move_says_what_it_did_and_is_taken_back(
    database: Database, alice: str, owner: Member
):
    it = await plan_at(database, owner, "2031-03-29T02:30")
    before = await when(database, it)
    state = await opened(alice, "/calendar/?view=month&date=2031-03-29")

    await call(state, "foretell", "t0", str(it.id), "2031-03-30T02:30:00")
    assert "03:00 Europe/Berlin. The clocks jump over 02:30" in state.foretold["words"]
    assert await when(database, it) == before
    await call(state, "move", "t1", str(it.id), "2031-03-30T02:30:00", state.events[0]["at"])

    assert state.answer["is_done"]
    assert "03:00 Europe/Berlin. The clocks jump over 02:30" in state.done
    assert await when(database, it) == datetime(2031, 3, 30, 1, tzinfo=UTC)
    await call(state, "undo")
    assert (await when(database, it), state.can_undo) == (before, False)
    assert await call(state, "undo") is None

    await call(state, "refresh")
    assert state.done.startswith("Taken back")
    await call(state, "load")  # the page is opened anew
    assert (state.done, state.can_undo) == ("", False)


async def test_what_is_elsewhere_or_under_way_stays(database: Database, alice: str, owner: Member):
    it = await plan_at(database, owner, "2031-05-14T09:00")
    state = await opened(alice)
    seen = state.events[0]["at"]
    async with database.transaction() as db:
        at = moments.read("2031-05-20T09:00", zone=owner.zone)
        await schedules.move(db, owner, it.id or 0, at=at, now=utc_now())

    await call(state, "move", "t1", str(it.id), "2031-05-15T09:00:00", seen)
    assert "Somebody moved it to" in state.answer["words"]
    assert [e["local"][:10] for e in state.events] == ["2031-05-20"]

    await become(database, it, Status.SENDING)
    at_now = state.events[0]["at"]
    await call(state, "move", "t2", str(it.id), "2031-05-15T09:00:00", at_now)
    assert state.answer == {
        "ticket": "t2",
        "is_done": False,
        "words": "It is being published and was not moved.",
    }


@pytest.mark.parametrize("value", HOSTILE)
async def test_no_argument_breaks_or_moves_anything(
    database: Database, alice: str, owner: Member, value: str
):
    it = await plan_at(database, owner, "2031-05-14T09:00")
    before = await when(database, it)
    state = await opened(alice, f"/calendar/?view={value}&date={value}&channel={value}")
    good: list[Any] = ["t", str(it.id), "2031-05-15T09:00:00", moments.iso(before)]

    await call(state, "show", value, value)
    await call(state, "choose", value, value)
    await call(state, "choose", "channel", value)
    for place in (1, 3):
        await call(state, "move", *good[:place], value, *good[place + 1 :])
    await call(state, "foretell", value, value, value)

    assert await when(database, it) == before
    assert state.is_loaded
