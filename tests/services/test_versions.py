"""What a post said before is kept, told apart by who saved it and where, and brought back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from socialapp.clock import utc_now
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Stale
from socialapp.domain.people import Member, Role
from socialapp.domain.versions import ONE_VERSION_FOR
from socialapp.services import history, posts
from socialapp.services.history import Version
from socialapp.services.writing import PartGiven, VariantGiven
from socialapp.store import versions
from socialapp.store.session import Database
from socialapp.store.tables import Post, Workspace
from tests.people import colleague
from tests.services.desk import become, channel_of, delivery_of, plan, write

NOON = utc_now()


async def edit(
    database: Database, by: Member, post_id: int, *, now: datetime = NOON, **what: object
) -> Post:
    async with database.transaction() as db:
        known = {"revision": None, "now": now} | what
        return await posts.edit(db, by, post_id, **known)  # type: ignore[arg-type]


async def read(database: Database, by: Member, post_id: int) -> list[Version]:
    async with database.reading() as db:
        return (await history.read(db, by, post_id, limit=50)).items


async def texts(database: Database, by: Member, post_id: int) -> list[str]:
    return [version.row.content["text"] for version in await read(database, by, post_id)]


async def restore(database: Database, by: Member, post_id: int, version: int) -> Post:
    async with database.transaction() as db:
        post = await posts.get(db, by, post_id)
        return await history.restore(
            db, by, post_id, version, revision=post.revision, now=utc_now()
        )


async def test_one_that_was_never_edited_has_one_version(database: Database, alice: Member) -> None:
    post = await write(database, alice, "Fresh bread")

    (only,) = await read(database, alice, post.id or 0)

    assert (only.row.revision, only.row.author_name, only.is_current) == (1, "Alice", True)
    async with database.reading() as db:
        found = await history.get(db, alice, post.id or 0, 1)
    assert found.row.content["text"] == "Fresh bread"


async def test_saves_of_one_sitting_are_one_version_for_ten_minutes(
    database: Database, alice: Member
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    sits = {"sitting": "tab", "now": NOON}

    await edit(database, alice, post_id, text="1", **sits)
    await edit(database, alice, post_id, text="2", **sits)
    await edit(database, alice, post_id, text="3", **(sits | {"now": NOON + ONE_VERSION_FOR}))

    assert await texts(database, alice, post_id) == ["3", "2", "0"]


@pytest.mark.parametrize("other", ["another tab", "another person", "a program"])
async def test_what_somebody_saved_elsewhere_is_never_replaced(
    database: Database, alice: Member, other: str
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    dora = await colleague(database, alice, Role.EDITOR)
    by = dora if other == "another person" else alice
    there = {"another tab": "b", "a program": "", "another person": "a"}[other]

    await edit(database, alice, post_id, text="mine", sitting="a")
    await edit(database, by, post_id, text="theirs", sitting=there)
    await edit(database, alice, post_id, text="mine again", sitting="a")

    found = await read(database, alice, post_id)
    assert [v.row.content["text"] for v in found] == ["mine again", "theirs", "mine", "0"]
    assert found[1].row.author_name == by.name
    assert [list(v.changed) for v in found] == [["text"], ["text"], ["text"], []]


async def test_what_was_approved_stays_as_it_was_approved(
    database: Database, alice: Member
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    await edit(database, alice, post_id, text="approved", sitting="a")
    async with database.transaction() as db:
        await db.execute(update(Post).values(approved_revision=2))

    await edit(database, alice, post_id, text="changed since", sitting="a")

    assert await texts(database, alice, post_id) == ["changed since", "approved", "0"]


async def test_saving_the_same_again_makes_no_version(database: Database, alice: Member) -> None:
    post_id = (await write(database, alice, "0")).id or 0

    await edit(database, alice, post_id, text="0")
    last = await edit(database, alice, post_id, text="0")

    (only,) = await read(database, alice, post_id)
    assert (only.row.revision, only.is_current) == (last.revision, True)


async def test_it_does_not_grow_without_end(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "KEPT", 3)
    post_id = (await write(database, alice, "0")).id or 0

    for number in range(1, 6):
        await edit(database, alice, post_id, text=str(number))

    assert await texts(database, alice, post_id) == ["5", "4", "3"]


async def test_a_restore_brings_back_all_of_it_and_is_a_version_itself(
    database: Database, alice: Member
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    channel_id = (await channel_of(database, alice)).id or 0
    full = {
        "text": "Full",
        "parts": [PartGiven("Second")],
        "variants": {channel_id: VariantGiven(text="Only here")},
        "tags": ["bread"],
        "channel_ids": [channel_id],
        "options": {},
    }
    await edit(database, alice, post_id, **full)
    await edit(database, alice, post_id, text="Bare", parts=[], variants={}, tags=[])

    back = await restore(database, alice, post_id, 2)

    assert (back.text, back.parts, back.tags, back.channel_ids) == (
        "Full",
        ["Second"],
        ["bread"],
        [channel_id],
    )
    assert back.variants == {str(channel_id): {"text": "Only here"}}
    newest = (await read(database, alice, post_id))[0]
    assert (newest.row.restored_from, newest.is_current) == (2, True)


async def test_a_restore_is_an_edit_an_approval_is_void_by_it(
    database: Database, alice: Member
) -> None:
    async with database.transaction() as db:
        await db.execute(update(Workspace).values(approval_rule="one"))
    dora = await colleague(database, alice, Role.EDITOR)
    schedule = await plan(database, alice)
    await edit(database, alice, schedule.post_id, text="Approved by who changed it")

    await restore(database, dora, schedule.post_id, 1)

    assert (await delivery_of(database, schedule)).status == Status.NEEDS_APPROVAL


async def test_what_was_posted_is_not_restored(database: Database, alice: Member) -> None:
    schedule = await plan(database, alice)
    await edit(database, alice, schedule.post_id, text="As it went out")
    await become(database, schedule, Status.POSTED)

    with pytest.raises(Conflict, match="stays as it is"):
        await restore(database, alice, schedule.post_id, 1)

    assert (await texts(database, alice, schedule.post_id))[0] == "As it went out"


async def test_nobody_restores_over_what_they_have_not_seen(
    database: Database, alice: Member
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    await edit(database, alice, post_id, text="1")
    await edit(database, alice, post_id, text="2")

    with pytest.raises(Stale):
        async with database.transaction() as db:
            await history.restore(db, alice, post_id, 1, revision=2, now=NOON)

    assert await texts(database, alice, post_id) == ["2", "1", "0"]


async def test_bob_and_carol_cannot(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    post_id = (await write(database, alice, "0")).id or 0
    await edit(database, alice, post_id, text="1", now=NOON + timedelta(seconds=1))

    with pytest.raises(NotAllowed):
        await restore(database, bob, post_id, 1)
    for verb in (restore(database, carol, post_id, 1), read(database, carol, post_id)):
        with pytest.raises(NotFound):
            await verb
