"""A series under an approval rule: what is approved is what goes out, each time of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Conflict
from socialapp.domain.people import Member, Role
from socialapp.services import approvals, making, members, posts, series, series_changes
from socialapp.services.series_changes import Change
from socialapp.store import people
from socialapp.store.session import Database
from socialapp.store.tables import Membership, Notification, Occurrence, Schedule, Series
from tests.people import colleague
from tests.services.desk import write

THRICE = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
async def editor(database: Database, alice: Member) -> Member:
    """An editor, in a workspace where one has to approve."""
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    return await colleague(database, alice, Role.EDITOR)


async def begin(database: Database, by: Member, repeat: str = THRICE) -> Series:
    post = await write(database, by, "Fresh bread")
    day = moments.in_zone(utc_now() + timedelta(days=1), by.zone).date()
    at = moments.read(f"{day}T09:00", zone=by.zone)
    async with database.transaction() as db:
        made, _ = await series.create(
            db, by, post_id=post.id or 0, repeat=repeat, at=at, now=utc_now()
        )
    return made


async def statuses(database: Database, of: Series) -> list[str]:
    async with database.reading() as db:
        query = (
            select(Schedule.status)
            .join(Occurrence, col(Occurrence.post_id) == col(Schedule.post_id))
            .where(col(Occurrence.series_id) == of.id)
            .order_by(col(Schedule.scheduled_at))
        )
        return [str(each) for each in (await db.execute(query)).scalars()]


async def approve_all(database: Database, by: Member, of: Series) -> None:
    async with database.transaction() as db:
        mine = select(Occurrence.post_id).where(col(Occurrence.series_id) == of.id)
        for post_id in (await db.execute(mine)).scalars().all():
            await approvals.approve(db, by, post_id or 0, kind=None, now=utc_now())


async def rewrite(database: Database, by: Member, of: Series, text: str) -> None:
    other = await write(database, by, text)
    async with database.transaction() as db:
        await series_changes.edit(db, by, of.id or 0, Change(post_id=other.id), now=utc_now())


async def test_new_words_take_the_approval_of_each_time_away_unless_an_approver_wrote_them(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, editor)
    assert await statuses(database, made) == ["needs_approval"] * 3
    await approve_all(database, alice, made)
    assert await statuses(database, made) == ["queued"] * 3

    await rewrite(database, alice, made, "Rolls, said the owner")
    assert await statuses(database, made) == ["queued"] * 3

    await rewrite(database, editor, made, "Rolls for free")
    assert await statuses(database, made) == ["needs_approval"] * 3


@pytest.mark.parametrize(
    ("becomes", "status"),
    [(Role.APPROVER, "queued"), (Role.EDITOR, "needs_approval"), (None, "needs_approval")],
)
async def test_times_made_later_approve_only_what_their_maker_may_still_approve(
    database: Database, alice: Member, editor: Member, becomes: Role | None, status: str
) -> None:
    await _become(database, editor, Role.ADMIN)
    async with database.reading() as db:
        admin = await people.member(
            db, person_id=editor.person_id or 0, workspace_id=editor.workspace_id
        )
    assert admin
    made = await begin(database, admin, "FREQ=WEEKLY")
    assert set(await statuses(database, made)) == {"queued"}
    before = len(await statuses(database, made))
    await _become(database, editor, becomes)

    async with database.transaction() as db:
        later = utc_now() + timedelta(days=20)
        assert await making.make_one(db, made.workspace_id, made.id or 0, now=later) > 0

    after = await statuses(database, made)
    assert set(after[:before]) == {"queued"}
    assert set(after[before:]) == {status}


async def test_nobody_changes_what_is_made_later_behind_the_back_of_its_series(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, alice)
    async with database.transaction() as db:
        with pytest.raises(Conflict, match="changed there"):
            await posts.edit(
                db, editor, made.post_id, revision=None, text="Rolls for free", now=utc_now()
            )


async def _become(database: Database, who: Member, role: Role | None) -> None:
    mine = (col(Membership.person_id) == who.person_id, col(Membership.role).is_not(None))
    async with database.transaction() as db:
        if role is None:
            found = (await db.execute(select(Membership).where(*mine))).scalars().one()
            await db.delete(found)
            return
        await db.execute(update(Membership).where(*mine).values(role=role))


async def test_what_an_editor_changes_of_the_owners_series_is_not_approved_by_the_owner(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, alice, "FREQ=WEEKLY")
    before = len(await statuses(database, made))
    await rewrite(database, editor, made, "Rolls for free")

    async with database.transaction() as db:
        later = utc_now() + timedelta(days=20)
        assert await making.make_one(db, made.workspace_id, made.id or 0, now=later) > 0

    assert set((await statuses(database, made))[before:]) == {"needs_approval"}


async def _pause_and_resume(database: Database, by: Member, of: Series) -> None:
    async with database.transaction() as db:
        await series.pause(db, by, of.id or 0, now=utc_now())
        await series.resume(db, by, of.id or 0, now=utc_now())


async def standing(database: Database, of: Series) -> list[str]:
    return [each for each in await statuses(database, of) if each != "cancelled"]


async def test_a_resume_approves_nothing_and_keeps_what_was_approved(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, editor)
    await _pause_and_resume(database, alice, made)
    assert await standing(database, made) == ["needs_approval"] * 3

    await approve_all(database, alice, made)
    await _pause_and_resume(database, alice, made)
    await _pause_and_resume(database, editor, made)
    assert await standing(database, made) == ["queued"] * 3


async def test_whoever_made_a_series_asks_for_its_approval_by_name(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, editor)
    async with database.transaction() as db:
        await series.pause(db, editor, made.id or 0, now=utc_now())
        await series.resume(db, editor, made.id or 0, now=utc_now())

    async with database.reading() as db:
        titles = set((await db.execute(select(Notification.title))).scalars())
    assert titles == {f"{editor.name} asks for approval"}


async def test_what_an_editor_changed_alone_waits_after_the_owner_has_resumed_their_series(
    database: Database, alice: Member, editor: Member
) -> None:
    made = await begin(database, alice)
    async with database.transaction() as db:
        mine = select(Occurrence.post_id).where(col(Occurrence.series_id) == made.id)
        second = (await db.execute(mine.order_by(col(Occurrence.nominal_at)))).scalars().all()[1]
        what = {"kind": None, "revision": None, "now": utc_now()}
        await posts.edit(db, editor, second or 0, text="Rolls for free", **what)
        await posts.edit(db, alice, second or 0, text="Rolls, for free", **what)

    await _pause_and_resume(database, alice, made)

    assert await standing(database, made) == ["queued", "needs_approval", "queued"]


@pytest.mark.parametrize("is_parted", [False, True])
async def test_an_owners_change_of_an_editors_series_approves_nothing_that_is_made_by_it(
    database: Database, alice: Member, editor: Member, is_parted: bool
) -> None:
    made = await begin(database, editor, "FREQ=WEEKLY")
    since = None
    if is_parted:
        async with database.reading() as db:
            mine = select(Occurrence.nominal_at).where(col(Occurrence.series_id) == made.id)
            since = (await db.execute(mine.order_by(col(Occurrence.nominal_at)))).scalars().all()[1]

    async with database.transaction() as db:
        change = Change(repeat="FREQ=DAILY")
        rest = await series_changes.edit(
            db, alice, made.id or 0, change, since=since, now=utc_now()
        )

    after = await standing(database, rest)
    assert set(after) == {"needs_approval"}
    assert len(after) > 9
    assert rest.created_by == editor.person_id


async def test_an_owners_own_series_is_approved_as_before_whatever_becomes_of_it(
    database: Database, alice: Member, editor: Member
) -> None:
    assert editor  # there is an approval rule
    made = await begin(database, alice, "FREQ=WEEKLY")
    await _pause_and_resume(database, alice, made)
    async with database.transaction() as db:
        change = Change(repeat="FREQ=DAILY")
        await series_changes.edit(db, alice, made.id or 0, change, now=utc_now())

    assert set(await standing(database, made)) == {"queued"}
