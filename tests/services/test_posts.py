"""Posts: written, edited, thrown away; and what that does to what is planned."""

import pytest

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected, Stale
from socialapp.domain.people import Member
from socialapp.services import posts
from socialapp.store import posts as rows
from socialapp.store.session import Database, aftermath
from tests.services.desk import become, delivery_of, plan, status_of, write


async def edit(database: Database, by: Member, post_id: int, **what: object) -> None:
    async with database.transaction() as db:
        known = {"revision": 1, "now": utc_now()} | what
        await posts.edit(db, by, post_id, **known)  # type: ignore[arg-type]


async def test_a_post_that_is_being_written_may_be_blank(database: Database, alice: Member) -> None:
    post = await write(database, alice, "", may_be_blank=True)

    assert post.text == ""
    with pytest.raises(Rejected):
        await write(database, alice, "")


async def test_text_is_kept_without_what_no_network_shows(
    database: Database, alice: Member
) -> None:
    post = await write(database, alice, "Fresh\r\nbread\x07")

    assert post.text == "Fresh\nbread"


async def test_a_change_is_announced_after_the_commit(database: Database, alice: Member) -> None:
    async with database.transaction() as db:
        await posts.create(db, alice, text="Fresh bread", now=utc_now())

        assert aftermath(db).workspaces == {alice.workspace_id}


async def test_bob_and_carol_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    post_id = (await write(database, alice)).id or 0

    for stranger, refusal in ((bob, NotAllowed), (carol, NotFound)):
        with pytest.raises(refusal):
            await edit(database, stranger, post_id, text="Stale bread")
        with pytest.raises(refusal):
            async with database.transaction() as db:
                await posts.delete(db, stranger, post_id, now=utc_now())
    with pytest.raises(NotAllowed):
        await write(database, bob)


async def test_the_slower_of_two_edits_overwrites_nothing(
    database: Database, alice: Member
) -> None:
    post_id = (await write(database, alice)).id or 0
    await edit(database, alice, post_id, text="The faster one")

    with pytest.raises(Stale):
        await edit(database, alice, post_id, text="The slower one")

    async with database.reading() as db:
        found = await rows.get(db, alice.workspace_id, post_id)
    assert found
    assert (found.text, found.revision) == ("The faster one", 2)


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.PREPARING, Status.READY])
async def test_an_edit_takes_back_what_a_worker_holds_unsent(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3, intent={"text": "old"})

    await edit(database, alice, schedule.post_id, text="Fresh rolls")

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner, delivery.intent) == (Status.QUEUED, None, None)
    assert delivery.fence == 4


async def test_an_edit_between_two_tries_is_what_goes_out(
    database: Database, alice: Member
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, Status.QUEUED, attempt=1, tries=1, intent={"text": "old"})

    await edit(database, alice, schedule.post_id, text="Fresh rolls")

    assert (await delivery_of(database, schedule)).intent is None


@pytest.mark.parametrize(
    "status", [Status.SENDING, Status.UNKNOWN, Status.POSTED, Status.NEEDS_CHECK]
)
async def test_what_has_left_stays_as_it_is(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status)

    with pytest.raises(Conflict):
        await edit(database, alice, schedule.post_id, text="Stale bread")
    with pytest.raises(Conflict):
        async with database.transaction() as db:
            await posts.delete(db, alice, schedule.post_id, now=utc_now())

    assert (await delivery_of(database, schedule)).status == status


@pytest.mark.parametrize("status", [Status.QUEUED, Status.READY, Status.PAUSED, Status.FAILED])
async def test_what_is_thrown_away_is_not_posted(
    database: Database, alice: Member, status: Status
) -> None:
    schedule = await plan(database, alice)
    await become(database, schedule, status, owner="a worker", fence=3)

    async with database.transaction() as db:
        await posts.delete(db, alice, schedule.post_id, now=utc_now())

    delivery = await delivery_of(database, schedule)
    assert (delivery.status, delivery.owner) == (Status.CANCELLED, None)
    assert delivery.fence > 3
    assert await status_of(database, schedule) == "cancelled"


async def test_an_edit_that_a_channel_would_refuse_is_refused_while_it_is_planned(
    database: Database, alice: Member
) -> None:
    schedule = await plan(database, alice)

    with pytest.raises(Rejected, match="1 too many"):
        await edit(database, alice, schedule.post_id, text="x" * 501)
