"""Results on the pages: one network at a time, suggestions that say what they rest on."""

from datetime import timedelta

import pytest
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.domain.results import Measurement
from socialapp.store import measuring
from socialapp.store.session import Database
from socialapp.store.tables import Channel
from socialapp.ui.analytics.state import AnalyticsState
from socialapp.ui.compose.state import ComposeState
from socialapp.ui.network.times import TimesState
from socialapp.ui.queue import details
from socialapp.ui.sandbox.state import SandboxState
from tests.services.desk import become, plan
from tests.ui.tabs import call, tab


async def test_what_is_known_is_shown_in_the_words_of_its_network(
    database: Database, alice: str, owner: Member
) -> None:
    now = utc_now()
    schedule = await plan(database, owner)
    kept = {"remote_id": "1", "posted_at": now, "due_at": now}
    await become(database, schedule, Status.POSTED, **kept)
    async with database.transaction() as db:
        await measuring.enrol(db, ["sandbox"], since=now - timedelta(1), now=now)
        (due,) = await measuring.claim(db, ["sandbox"], now=now + timedelta(minutes=2))
        await measuring.record(db, [(due, Measurement({"likes": 12}))], now=now)
    state = tab(AnalyticsState, alice, "/analytics/")

    await call(state, "load")
    await call(state, "choose_days", "7")

    assert (state.network, state.metric) == ("sandbox", "likes")
    (line,) = state.lines
    assert line["words"] == "12 likes"
    (group,) = state.by_channel
    assert [(c["total"], c["typical"]) for c in group["cells"]] == [
        ("12", "Not enough data · 1 post"),
        ("Unknown", ""),
    ]
    async with database.reading() as db:
        shown = await details.read(
            db, owner.workspace_id, schedule.id or 0, zone=owner.zone, now=now
        )
    assert shown
    assert shown["deliveries"][0]["result"].startswith("12 likes · ")


async def test_suggestions_in_compose_and_for_posting_times_say_that_they_are_guesses(
    database: Database, alice: str
) -> None:
    async with database.reading() as db:
        channel_id = (await db.execute(select(Channel))).scalars().one().id
    compose = tab(ComposeState, alice, "/compose/")
    times = tab(TimesState, alice, f"/queue/sandbox/{channel_id}/")

    await call(compose, "suggest", [channel_id, 987654321])
    await call(times, "suggest")
    first = times.suggestions[0]
    await call(times, "add_suggested", first["weekday"], first["clock"])

    assert len(compose.suggested["times"]) == 3
    assert all(
        "a common time, not from your posts" in each["words"] for each in compose.suggested["times"]
    )
    assert times.rests_on.startswith("Not enough data: 0 posts")
    assert first["key"] not in {each["key"] for each in times.suggestions}
    assert [t["clock"] for day in times.days for t in day["times"]] == [first["clock"]]


async def test_nobody_reacts_to_what_is_not_there(database: Database, alice: str) -> None:
    timeline = tab(SandboxState, alice, "/sandbox/")

    for key, reaction in (("1", "likes"), ("x", "likes"), ("1", "text")):
        with pytest.raises(NotFound):
            await call(timeline, "react", key, reaction)
