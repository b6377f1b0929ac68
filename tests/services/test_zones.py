"""Another zone of the workspace: what is said before, and what is so afterwards."""

from datetime import timedelta

from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import members, slots, zones
from socialapp.store import schedules
from socialapp.store.session import Database
from tests.services.desk import channel_of, plan
from tests.services.test_queueing import NOON, posting_at


async def test_what_is_foretold_is_what_happens(database: Database, alice: Member) -> None:
    channel = await channel_of(database, alice)
    await posting_at(database, alice, channel, NOON)
    made = await plan(database, alice, away=timedelta(days=2))
    now = utc_now()
    async with database.transaction() as db:
        before = await slots.next_free(db, alice, [channel.id or 0], now=now)
        said = await zones.foretell(db, alice, "Asia/Tokyo", now=now)

        await members.update_workspace(db, alice, zone="Asia/Tokyo")

    assert said.queued == 1
    assert "Europe/Berlin is then" in said.stay[0]
    assert said.stay[0].endswith("Asia/Tokyo")
    assert channel.name in said.move[0]
    there = Member(alice.workspace_id, "Asia/Tokyo", alice.rights, alice.person_id)
    async with database.reading() as db:
        after = await slots.next_free(db, there, [channel.id or 0], now=now)
        kept = await schedules.get(db, alice.workspace_id, made.id or 0)
    assert kept
    assert kept.scheduled_at == made.scheduled_at
    one, two = before[channel.id or 0], after[channel.id or 0]
    assert one
    assert two
    assert one.at.hour != two.at.hour
