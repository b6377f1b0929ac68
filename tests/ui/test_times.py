"""Posting times on a channel's own page."""

from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain import slots as rules
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Member
from socialapp.domain.slots import WeeklyTime
from socialapp.services import channels, posts, queueing, slots
from socialapp.store import schedules
from socialapp.store.session import Database
from socialapp.ui import routes
from socialapp.ui.compose.state import ComposeState
from socialapp.ui.network.times import TimesState
from socialapp.ui.network.timetables import TimetablesState
from socialapp.ui.queueing import QueueingState
from tests.services.desk import channel_of, write
from tests.ui.tabs import call, move, tab
from tests.ui.test_compose import written


async def page_of(database: Database, secret: str, owner: Member) -> TimesState:
    channel = await channel_of(database, owner)
    page = tab(TimesState, secret, routes.channel(channel.provider, channel.id or 0))
    await call(page, "load")
    return page


def week(page: TimesState) -> dict[str, list[str]]:
    return {day["name"]: [t["clock"] for t in day["times"]] for day in page.days if day["times"]}


async def test_times_are_added_by_days_taken_away_and_copied(
    database: Database, alice: str, owner: Member
) -> None:
    page = await page_of(database, alice, owner)
    assert (page.has_times, page.next_free, page.read_in) == (False, "", "Europe/Berlin")

    await call(page, "add", {"days": "weekend", "clock": "10:00"})
    await call(page, "add", {"days": "0", "clock": "09:00"})
    await call(page, "drop", 6, 600)
    assert week(page) == {"Monday": ["09:00"], "Saturday": ["10:00"]}
    assert page.next_free.endswith("Europe/Berlin")

    await call(page, "copy_day", 0)
    assert set(map(tuple, week(page).values())) == {("09:00",)}
    assert len(week(page)) == 7

    async with database.transaction() as db:
        second = await channels.add_sandbox(db, owner, name="Second", now=utc_now())
    move(page, routes.channel("sandbox", second.id or 0))
    await call(page, "load")
    assert not page.has_times
    await call(page, "copy", {"source": page.others[0]["value"]})
    assert len(week(page)) == 7


async def test_the_zone_and_the_delay_are_kept(
    database: Database, alice: str, owner: Member
) -> None:
    page = await page_of(database, alice, owner)

    await call(page, "choose_zone", "Asia/Tokyo")
    await call(page, "choose_delay", "10")
    assert (page.zone, page.read_in, page.delay) == ("Asia/Tokyo", "Asia/Tokyo", "10")

    await call(page, "choose_zone", "")
    assert (page.zone, page.read_in) == ("", "Europe/Berlin")


async def test_a_timetable_is_kept_compared_given_renamed_and_deleted(
    database: Database, alice: str, owner: Member
) -> None:
    page = await page_of(database, alice, owner)
    await call(page, "add", {"days": "workdays", "clock": "09:00"})
    kept = tab(TimetablesState, alice, page.router.url.path)
    await call(kept, "load")
    with pytest.raises(ForPeople):
        await call(kept, "save", {"timetable": "  "})
    await call(kept, "save", {"timetable": "Workdays"})
    (view,) = kept.timetables
    assert (view["name"], view["words"]) == ("Workdays", "Mon to Fri 09:00")

    async with database.transaction() as db:
        second = await channels.add_sandbox(db, owner, name="Second", now=utc_now())
        await slots.change(
            db, owner, second.id or 0, times=[WeeklyTime(0, 540), WeeklyTime(6, 600)]
        )
        draft = await posts.create(db, owner, text="Rye", now=utc_now())
        to = [second.id or 0]
        await queueing.add(db, owner, post_id=draft.id or 0, channel_ids=to, now=utc_now())
    await call(kept, "load")
    await call(kept, "ask", "explode", view["id"])
    await call(kept, "ask", "apply", 987654)
    assert kept.asks == ""
    await call(kept, "ask", "apply", view["id"])
    assert [line["words"] for line in kept.lines] == ["It has these times already."]
    await call(kept, "turn", "987654")
    await call(kept, "turn", str(second.id))
    assert kept.lines[1]["words"] == (
        "Added: Tue to Fri 09:00. Taken away: Sun 10:00. 1 post that waits keeps its time."
    )
    await call(kept, "turn", kept.chosen[0])
    await call(kept, "apply")
    move(page, routes.channel("sandbox", second.id or 0))
    await call(page, "load")
    assert week(page) == {day: ["09:00"] for day in rules.DAYS[:5]}

    await call(kept, "ask", "rename", view["id"])
    await call(kept, "rename", {"timetable_name": "Early"})
    assert [each["name"] for each in kept.timetables] == ["Early"]
    await call(kept, "ask", "delete", view["id"])
    await call(kept, "delete")
    await call(page, "load")
    assert (kept.timetables, len(week(page))) == ([], 5)


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("add", [{"days": "8", "clock": "09:00"}]),
        ("add", [{"days": "0", "clock": "9 o'clock"}]),
        ("add", [{}]),
        ("drop", [7, 0]),
        ("copy_day", [7]),
        ("copy", [{"source": "99999"}]),
        ("copy", [{"source": "x"}]),
        ("choose_zone", ["Mars/Base"]),
        ("choose_delay", ["61"]),
        ("choose_delay", ["-1"]),
    ],
)
async def test_what_no_form_would_send_changes_nothing(
    database: Database, alice: str, owner: Member, handler: str, arguments: list[Any]
) -> None:
    page = await page_of(database, alice, owner)
    before = page.dict()

    with pytest.raises(ForPeople):
        await call(page, handler, *arguments)

    await call(page, "load")
    assert page.dict() == before


async def test_a_draft_is_added_to_the_queue_from_its_list_and_from_its_editor(
    database: Database, alice: str, owner: Member
) -> None:
    page = await page_of(database, alice, owner)
    await call(page, "add", {"days": "every", "clock": "12:00"})
    draft = await write(database, owner)

    said = await call(tab(QueueingState, alice), "add", draft.id)
    editor = tab(ComposeState, alice)
    await call(
        editor,
        "send",
        written(channel_ids=draft.channel_ids or [1], how="queue", local="2027-05-14T09:00"),
    )

    assert "Added to the queue: " in str(said.args)
    assert (editor.saved["state"], editor.saved["detail"]) == ("sent", "")
    assert ", 12:00 Europe/Berlin" in editor.sent["when"]
    async with database.reading() as db:
        planned = (await schedules.page(db, owner.workspace_id)).items
    first, second = (each.scheduled_at for each in planned)
    assert first < second


async def test_the_editor_says_when_a_post_of_the_queue_goes_out(
    database: Database, alice: str, owner: Member
) -> None:
    page = await page_of(database, alice, owner)
    mine = await channel_of(database, owner)
    editor = tab(ComposeState, alice)
    await call(editor, "suggest", [mine.id])
    assert editor.suggested["queue"] == ""

    await call(page, "add", {"days": "0", "clock": "09:00"})
    await call(editor, "suggest", [mine.id])

    assert editor.suggested["queue"] == page.next_free
    assert "09:00 Europe/Berlin" in editor.suggested["queue"]
