"""Tables of any length: checked, imported and taken back by workers that may die at any time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from socialapp.domain.approval import Rule
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Rejected
from socialapp.domain.people import Member, Role
from socialapp.services import import_work, imports
from socialapp.services.imports import Plan, Stage
from socialapp.store import imports as rows
from socialapp.store import people
from socialapp.store.session import Database
from socialapp.store.tables import Post, Schedule, SheetImport
from tests.people import colleague
from tests.services.desk import channel_of
from tests.services.test_queueing import NOON, posting_at


async def uploaded(database: Database, by: Member, folder: Path, text: str) -> SheetImport:
    file = folder / "plan.csv"
    file.write_bytes(text.encode())
    return await imports.upload(database, by, file, filename="plan.csv")


async def checked(database: Database, by: Member, folder: Path, text: str, **more: Any) -> int:
    sheet = await uploaded(database, by, folder, text)
    plan = Plan.of({**sheet.plan, **more})
    async with database.transaction() as db:
        await imports.check(db, by, sheet.id or 0, plan)
    await import_work.work(database, sheet.id or 0)
    return sheet.id or 0


async def look(database: Database, by: Member, import_id: int) -> SheetImport:
    async with database.reading() as db:
        return await imports.get(db, by, import_id)


async def texts(database: Database) -> list[str]:
    async with database.reading() as db:
        query = select(Post.text).where(col(Post.deleted_at).is_(None)).order_by(col(Post.id))
        return list((await db.execute(query)).scalars())


async def queued(database: Database) -> int:
    async with database.reading() as db:
        query = select(func.count()).select_from(Schedule).where(Schedule.status == "queued")
        return int((await db.execute(query)).scalar_one())


def table(count: int) -> str:
    """Every tenth has a fault."""
    return "text;date;time\n" + "".join(
        f"Loaf {n};{'31.02.2031' if n % 10 == 9 else '14.05.2031'};{n % 24}:{n % 60:02}\n"
        for n in range(count)
    )


async def test_a_table_is_checked_imported_and_taken_back(
    database: Database, alice: Member, tmp_path: Path
) -> None:
    number = await checked(database, alice, tmp_path, table(60))

    sheet = await look(database, alice, number)
    assert (sheet.stage, sheet.rows, sheet.checked, sheet.faulty) == ("checked", 60, 60, 6)
    assert (await texts(database), await queued(database)) == ([], 0)
    async with database.reading() as db:
        first, *_ = await rows.rows_in(db, number, ["faulty"], limit=10)
    assert (first.number, first.column) == (11, "date")
    assert "is not a time" in first.message
    csv = await imports.problem_lines(database, alice, number)
    assert csv[1].startswith("11,error,date,")

    async with database.transaction() as db:
        await imports.confirm(db, alice, number)
    await import_work.work(database, number)
    assert (len(await texts(database)), await queued(database)) == (54, 54)
    async with database.transaction() as db:
        await imports.undo(db, alice, number)
    await import_work.work(database, number)

    sheet = await look(database, alice, number)
    assert (sheet.stage, sheet.made, sheet.undone) == ("undone", 54, 54)
    assert (await texts(database), await queued(database)) == ([], 0)


class Died(Exception):
    """A worker was killed."""


def dying(after: int) -> Any:
    """A clock whose owner does not live long."""
    left = iter(range(after))

    def now() -> Any:
        if next(left, None) is None:
            raise Died
        return imports.utc_now()

    return now


@pytest.mark.parametrize("lives", [1, 3])
async def test_workers_that_die_and_two_at_once_make_each_row_once(
    database: Database, alice: Member, tmp_path: Path, lives: int
) -> None:
    number = await checked(database, alice, tmp_path, table(60))
    for _ in range(2):  # somebody pressed twice
        async with database.transaction() as db:
            await imports.confirm(db, alice, number)

    with pytest.raises(Died):
        await import_work.work(database, number, now=dying(lives))
    before = await texts(database)
    await asyncio.gather(*(import_work.work(database, number) for _ in range(2)))
    async with database.transaction() as db:
        await imports.confirm(db, alice, number)
    await import_work.work(database, number)

    assert len(before) < 54
    found = await texts(database)
    assert sorted(found) == sorted(f"Loaf {n}" for n in range(60) if n % 10 != 9)
    sheet = await look(database, alice, number)
    assert (sheet.stage, sheet.made, sheet.faulty) == ("imported", 54, 6)


async def test_a_check_that_another_worker_goes_on_with_knows_what_is_taken(
    database: Database, alice: Member, tmp_path: Path
) -> None:
    await posting_at(database, alice, await channel_of(database, alice), NOON)
    sheet = await uploaded(database, alice, tmp_path, "text\n" + "Same words\n" * 60)
    plan = Plan.of({**sheet.plan, "without_time": "queue"})
    number = sheet.id or 0
    async with database.transaction() as db:
        await imports.check(db, alice, number, plan)

    with pytest.raises(Died):
        await import_work.work(database, number, now=dying(3))
    await import_work.work(database, number)

    async with database.reading() as db:
        found = await rows.aheads(db, number)
    slots = [each["places"][0][1] for each in found]
    assert len(set(slots)) == len(slots) == 60
    assert (await look(database, alice, number)).warned == 59


async def test_another_plan_is_checked_anew(
    database: Database, alice: Member, tmp_path: Path
) -> None:
    number = await checked(database, alice, tmp_path, "text,when\nBread,5/13/2031 9:00\n")
    assert (await look(database, alice, number)).faulty == 1

    async with database.transaction() as db:
        sheet = await imports.get(db, alice, number)
        plan = Plan.of({**sheet.plan, "order": "month_first", "zone": "Asia/Tokyo"})
        await imports.check(db, alice, number, plan)
    await import_work.work(database, number)

    sheet = await look(database, alice, number)
    assert (sheet.checked, sheet.faulty) == (1, 0)
    async with database.reading() as db:
        (ahead,) = await rows.aheads(db, number)
    assert ahead["moments"][0][1].startswith("2031-05-13T00:00")


async def test_what_cannot_be_is_refused(
    database: Database, alice: Member, bob: Member, carol: Member, tmp_path: Path
) -> None:
    with pytest.raises(Rejected):
        await uploaded(database, alice, tmp_path, "text\n")
    with pytest.raises(NotAllowed):
        await uploaded(database, bob, tmp_path, "text\nBread\n")
    number = await checked(database, alice, tmp_path, "text\n \u00a0\n-,\n" + "x" * 501)

    for by, wanted in ((carol, NotFound), (bob, NotAllowed)):
        for deed in (imports.confirm, imports.undo, imports.discard):
            with pytest.raises(wanted):
                async with database.transaction() as db:
                    await deed(db, by, number)
    for columns in ({}, {"text": 7}, {"text": -1}, {"text": 0, "secret": 0}):
        with pytest.raises(Rejected):
            async with database.transaction() as db:
                await imports.check(db, alice, number, Plan(columns))
    with pytest.raises(Conflict):
        async with database.transaction() as db:
            await imports.undo(db, alice, number)
    assert (await look(database, alice, number)).stage == Stage.CHECKED


async def test_rows_of_an_editor_wait_for_approval_and_rows_on_hold_wait_too(
    database: Database, alice: Member, tmp_path: Path
) -> None:
    async with database.transaction() as db:
        (await people.workspace(db, alice.workspace_id)).approval_rule = Rule.ONE
        (await people.workspace(db, alice.workspace_id)).is_paused = True
    editor = await colleague(database, alice, Role.EDITOR)

    for by, status in ((editor, "needs_approval"), (alice, "paused")):
        number = await checked(database, by, tmp_path, table(3))
        async with database.transaction() as db:
            await imports.confirm(db, by, number)
        await import_work.work(database, number)
        assert (await look(database, alice, number)).made == 3
        async with database.reading() as db:
            query = select(func.count()).where(Schedule.status == status)
            assert (await db.execute(query)).scalar_one() == 3
            mine = select(func.count()).where(Post.status == status)
            assert (await db.execute(mine)).scalar_one() == 3
