"""Many lines of the queue at once: picked, asked about, done, taken back."""

from datetime import timedelta
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Status
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Member
from socialapp.services import schedules as schedules_
from socialapp.services.reorder import FAR
from socialapp.store import channels, schedules
from socialapp.store.session import Database
from socialapp.store.tables import Schedule
from socialapp.ui.queue.bulk import BulkState
from socialapp.ui.queue.state import QueueState
from tests.services.desk import become, channel_of, plan, write
from tests.services.test_queueing import NOON, add, posting_at
from tests.ui.tabs import call, tab


async def queue_of(secret: str, address: str = "/queue/") -> tuple[QueueState, BulkState]:
    queue = tab(QueueState, secret, address)
    await call(queue, "load")
    many = tab(BulkState, secret)

    async def other(kind: Any) -> Any:
        return queue

    object.__setattr__(many, "get_state", other)
    return queue, many


async def moments_of(database: Database, by: Member) -> list[Any]:
    async with database.reading() as db:
        found = (await schedules.page(db, by.workspace_id)).items
    return [each.scheduled_at for each in sorted(found, key=lambda each: each.id or 0)]


async def some(database: Database, by: Member, count: int) -> list[Schedule]:
    return [await plan(database, by) for _ in range(count)]


async def test_lines_are_picked_one_by_one_by_ranges_by_pages_and_all(
    database: Database, alice: str, owner: Member
) -> None:
    await some(database, owner, 27)
    queue, many = await queue_of(alice)
    keys = [row["key"] for row in queue.rows]

    await call(many, "pick", keys[2], False)
    await call(many, "pick", keys[5], True)
    assert many.selected == sorted(keys[2:6])
    await call(many, "pick", keys[3], False)
    await call(many, "pick", "987", False)
    assert many.selected == sorted([keys[2], *keys[4:6]])

    await call(many, "pick_page", True)
    assert len(many.selected) == 25
    await call(many, "pick_all")
    assert len(many.selected) == 27
    await call(many, "pick_page", False)
    assert len(many.selected) == 2
    await call(many, "clear")
    assert many.selected == []


async def test_a_shift_is_foretold_done_and_taken_back(
    database: Database, alice: str, owner: Member
) -> None:
    made = await some(database, owner, 3)
    await become(database, made[2], Status.SENDING)
    before = await moments_of(database, owner)
    _, many = await queue_of(alice)
    await call(many, "pick_page", True)

    await call(many, "ask", "shift")
    await call(many, "shift_in", "days")
    await call(many, "shift_by", "-400")
    assert many.foretold == "0 of 3 can be moved; 3 would be in the past."
    assert not many.can_run
    await call(many, "shift_by", "2")
    assert many.foretold.startswith("2 of 3 can be moved; 1 is being published. The first goes out")
    assert await moments_of(database, owner) == before

    await call(many, "run")
    assert many.done == "2 of 3 moved; 1 is being published."
    assert (await moments_of(database, owner))[0] > before[0]
    await call(many, "undo")

    assert (many.done, many.can_undo) == ("All is where it was before.", False)
    assert await moments_of(database, owner) == before


async def test_a_move_keeps_the_distances_and_a_cancel_can_be_taken_back(
    database: Database, alice: str, owner: Member
) -> None:
    await some(database, owner, 2)
    first, second = await moments_of(database, owner)
    _, many = await queue_of(alice)
    await call(many, "pick_page", True)

    await call(many, "ask", "move")
    await call(many, "move_to", "2031-05-14T09:00")
    await call(many, "move_in", "Asia/Tokyo")
    await call(many, "run")
    moved = await moments_of(database, owner)
    assert moved[1] - moved[0] == second - first
    assert f"{moved[0]:%Y-%m-%d %H:%M}" == "2031-05-14 00:00"

    _, many = await queue_of(alice)
    await call(many, "pick_page", True)
    await call(many, "ask", "cancel")
    await call(many, "run")
    assert many.done == "2 cancelled."
    await call(many, "undo")
    queue, _ = await queue_of(alice)
    assert len(queue.rows) == 2


async def test_the_page_before_one_whose_last_has_gone_is_shown(
    database: Database, alice: str, owner: Member
) -> None:
    await some(database, owner, 26)
    queue, many = await queue_of(alice)
    await call(queue, "go", 1)
    assert queue.place == "26-26 of 26"

    await call(many, "pick_page", True)
    await call(many, "ask", "cancel")
    await call(many, "run")
    await call(queue, "refresh")

    assert (queue.place, queue.has_before, queue.has_after) == ("1-25 of 25", False, False)
    assert len(queue.rows) == 25


async def test_posts_change_places_and_the_line_says_where_it_is(
    database: Database, alice: str, owner: Member
) -> None:
    channel = await channel_of(database, owner)
    await posting_at(database, owner, channel, NOON)
    await plan(database, owner)
    one, two = [str((await add(database, owner, channel))[0].id) for _ in range(2)]
    queue, many = await queue_of(alice)
    assert sorted(queue.slotted) == sorted([one, two])

    await call(many, "put", two, one)
    assert many.done.startswith("Moved to the slot of ")
    await call(many, "step", two, -1)
    assert "at that end" in many.done
    await call(many, "step", two, 1)
    await call(many, "undo")
    await call(many, "step", one, -FAR)
    assert many.done.startswith("Moved to the slot of ")
    await call(many, "undo")

    queue, _ = await queue_of(alice)
    order = [row["key"] for row in queue.rows if row["key"] in {one, two}]
    assert order == [two, one]


async def test_free_slots_of_the_channel_stand_between_the_lines(
    database: Database, alice: str, owner: Member
) -> None:
    channel = await channel_of(database, owner)
    await posting_at(database, owner, channel, NOON)
    await plan(database, owner, away=timedelta(days=3))
    made = [(await add(database, owner, channel))[0] for _ in range(2)]
    async with database.transaction() as db:
        await schedules_.cancel(db, owner, made[0].id or 0, now=utc_now())

    queue, _ = await queue_of(alice, f"/queue/?channel={channel.id}")

    keys = [row["key"] for row in queue.rows]
    assert keys[0] == str(made[1].id)
    (gap,) = queue.gaps[keys[0]]
    assert gap["address"].startswith(f"/compose/?at={made[0].local_time[:10]}T12%3A00&channels=")
    assert 5 <= len(queue.gaps["end"]) <= 8
    heads = [line["day"] for key in keys for line in [*queue.gaps[key], *queue.rows]]
    assert gap["day"] in heads
    await call(queue, "choose", "channel", "")
    assert not any(queue.gaps.values())


async def test_the_address_shows_the_same_again(
    database: Database, alice: str, owner: Member
) -> None:
    await some(database, owner, 1)
    queue, _ = await queue_of(alice)
    await call(queue, "choose_tab", "all")
    await call(queue, "choose_channel", queue.channels[0]["value"])
    await call(queue, "choose_status", "queued")
    await call(queue, "search", "fresh & rye")

    again, _ = await queue_of(alice, queue.address)

    assert (again.tab, again.channel, again.status, again.query) == (
        *("all", queue.channels[0]["value"], "queued", "fresh & rye"),
    )
    said = [chip["label"] for chip in again.chips]
    assert said == ["“fresh & rye”", "Queued", queue.channels[0]["label"]]
    await call(again, "clear")
    assert (again.chips, again.address) == ([], "/queue/?tab=all")
    hostile, _ = await queue_of(alice, "/queue/?tab=x&status=%3Cb%3E&channel=9999&q=" + "a" * 900)
    assert (hostile.tab, hostile.status, hostile.channel) == ("queue", "", "")
    assert len(hostile.query) == 200


async def test_days_and_networks_narrow_the_list_and_all_that_match(
    database: Database, alice: str, owner: Member
) -> None:
    _, far, _ = [await plan(database, owner, away=timedelta(days=days)) for days in (2, 20, 3)]
    queue, many = await queue_of(alice, "/queue/?when=week&network=sandbox")
    assert [chip["label"] for chip in queue.chips] == ["Sandbox", "The next 7 days"]
    assert len(queue.rows) == 2
    await call(many, "pick_all")
    assert len(many.selected) == 2

    await call(queue, "choose", "when", "between")
    await call(queue, "choose", "since", f"{utc_now() + timedelta(days=10):%Y-%m-%d}")
    assert [row["id"] for row in queue.rows] == [far.id]
    await call(queue, "choose", "until", f"{utc_now() + timedelta(days=12):%Y-%m-%d}")
    assert queue.rows == []
    again, _ = await queue_of(alice, queue.address)
    assert (again.since, again.until) == (queue.since, queue.until)
    await call(queue, "choose", "until", "0020-01-01")
    await call(queue, "choose", "network", "mastodon")
    await call(queue, "choose", "address", "/elsewhere/")
    assert (queue.until, queue.network, len(queue.rows)) == ("", "", 1)
    await call(queue, "choose", "when", "today")
    assert (queue.since, queue.rows) == ("", [])


async def test_drafts_are_narrowed_to_the_channels_that_they_are_meant_for(
    database: Database, alice: str, owner: Member
) -> None:
    channel = await channel_of(database, owner)
    mine = await write(database, owner, "Rye", channel_ids=[channel.id])
    await write(database, owner, "Wheat")

    queue, _ = await queue_of(alice, f"/queue/?tab=drafts&channel={channel.id}&when=today")
    assert [row["id"] for row in queue.drafts] == [mine.id]
    assert [chip["name"] for chip in queue.chips] == ["channel"]
    await call(queue, "choose", "network", "sandbox")
    assert [row["id"] for row in queue.drafts] == [mine.id]
    await call(queue, "choose", "channel", "")
    assert len(queue.drafts) == 1


async def test_drafts_are_tagged_queued_put_in_the_trash_and_taken_back(
    database: Database, alice: str, owner: Member
) -> None:
    channel = await channel_of(database, owner)
    await posting_at(database, owner, channel, NOON)
    made = [await write(database, owner, f"Loaf {n}") for n in range(2)]
    queue, many = await queue_of(alice, "/queue/?tab=drafts")
    await call(many, "pick_all")
    assert sorted(many.selected) == sorted(str(each.id) for each in made)
    await call(many, "ask", "shift")
    assert many.asks == ""

    await call(many, "ask", "tags")
    assert (many.can_run, many.foretold) == (False, "Write a tag. Nothing was changed.")
    await call(many, "write_tags", " bread, rye ,, bread")
    assert [line["words"] for line in many.lines] == ["Tagged bread, rye."] * 2
    await call(many, "choose_how", "explode")
    await call(many, "run")
    assert (many.done, many.selected) == ("2 changed.", [])

    await call(many, "pick_page", True)
    await call(many, "ask", "queue")
    assert [line["title"] for line in many.lines] == ["Loaf 0", "Loaf 1"]
    await call(many, "run")
    await call(queue, "refresh")
    assert queue.drafts == []
    await call(many, "undo")
    await call(queue, "refresh")
    assert (len(queue.drafts), many.done) == (2, "All is where it was before.")

    await call(many, "pick_page", True)
    await call(many, "ask", "delete")
    await call(many, "run")
    await call(queue, "refresh")
    assert queue.drafts == []
    await call(many, "undo")
    await call(queue, "refresh")
    assert len(queue.drafts) == 2


async def test_drafts_get_the_suggested_times_that_were_shown_and_go_back(
    database: Database, alice: str, owner: Member
) -> None:
    for n in range(3):
        await write(database, owner, f"Loaf {n}")
    queue, many = await queue_of(alice, "/queue/?tab=drafts")
    await call(many, "pick_page", True)
    await call(many, "ask", "spread")
    assert many.foretold == "3 can be planned."
    assert [line["title"] for line in many.lines] == ["Loaf 0", "Loaf 1", "Loaf 2"]
    shown = [line["words"] for line in many.lines]
    assert all(" Europe/Berlin · Sandbox · a common hour, not yours" in each for each in shown)

    for name, value in (("days", "8"), ("explode", "1"), ("per_day", "-1"), ("last_hour", "24")):
        await call(many, "choose_span", name, value)
    assert [line["words"] for line in many.lines] == shown
    await call(many, "choose_span", "first_hour", "21")
    assert (many.can_run, many.lines) == (False, [])
    assert many.foretold == "The first hour is after the last one. Nothing was planned."
    with pytest.raises(ForPeople):
        await call(many, "run")
    await call(many, "choose_span", "last_hour", "23")
    assert all(", 2" in line["words"] for line in many.lines)
    assert "no better hour is free" in many.lines[0]["words"]
    await call(many, "choose_span", "days", "30")
    shown = [line["words"].split(" · ")[0] for line in many.lines]

    await call(many, "run")
    assert many.done == "3 planned."
    await call(queue, "choose_tab", "queue")
    assert len(queue.rows) == 3
    spoken = [
        moments.spoken(at, "Europe/Berlin", now=utc_now())
        for at in await moments_of(database, owner)
    ]
    assert spoken == shown
    await call(many, "undo")
    await call(queue, "choose_tab", "drafts")
    assert (len(queue.drafts), many.done) == (3, "All is where it was before.")


async def test_channels_of_queued_lines_are_changed_and_those_that_are_out_say_why(
    database: Database, alice: str, owner: Member
) -> None:
    async with database.transaction() as db:
        shop = await channels.add_channel(
            db, owner.workspace_id, provider="sandbox", name="Shop", now=utc_now()
        )
    made = await some(database, owner, 2)
    await become(database, made[1], Status.SENDING)
    queue, many = await queue_of(alice)
    await call(many, "pick_page", True)

    await call(many, "ask", "channels")
    await call(many, "turn_channel", "987654")
    assert many.channels == []
    await call(many, "turn_channel", str(shop.id))
    assert [line["is_refused"] for line in many.lines] == [True, False]
    assert "being published" in many.lines[0]["words"]
    await call(many, "run")
    assert many.done == "1 of 2 changed; 1 refused."
    await call(queue, "refresh")
    assert sorted(row["channels"].count(", ") for row in queue.rows) == [0, 1]
    await call(many, "undo")
    await call(queue, "refresh")
    assert [row["channels"].count(", ") for row in queue.rows] == [0, 0]


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [("put", ["x", "1"]), ("put", ["987654", "1"]), ("step", ["1" * 30, 1]), ("step", ["5", 1])],
)
async def test_lines_that_are_not_there_are_refused(
    database: Database, alice: str, handler: str, arguments: list[Any]
) -> None:
    _, many = await queue_of(alice)

    with pytest.raises(ForPeople):
        await call(many, handler, *arguments)


async def test_what_no_dialog_would_send_does_nothing(
    database: Database, alice: str, owner: Member
) -> None:
    (mine,) = await some(database, owner, 1)
    _, many = await queue_of(alice)

    assert await call(many, "run") == []
    await call(many, "ask", "explode")
    await call(many, "pick", str(mine.id), False)
    await call(many, "ask", "shift")
    await call(many, "shift_in", "centuries")
    for amount in ("", "9" * 40, "1e5", "--1", "one"):
        await call(many, "shift_by", amount)
        assert not many.can_run
    await call(many, "ask", "move")
    await call(many, "move_to", "yesterday")

    assert "not a time" in many.foretold
    assert await moments_of(database, owner) == [mine.scheduled_at]
