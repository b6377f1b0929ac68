"""Schedules as CSV, in and out."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from tests.api.calls import plan, problem, soon, the_channel

IMPORT = "/api/schedules/import"


async def send(program: httpx.AsyncClient, text: str, columns: Any = None, **query: Any) -> Any:
    answer = await program.post(
        IMPORT,
        params=query,
        files={"file": ("plan.csv", text.encode(), "text/csv")},
        data={"columns": json.dumps(columns)} if columns else {},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def total(program: httpx.AsyncClient, what: str) -> int:
    return (await program.get(f"/api/{what}")).json()["total"]


async def test_a_table_is_checked_imported_and_exported(alice: httpx.AsyncClient) -> None:
    name = (await the_channel(alice))["name"]
    times = [{"day": "monday", "time": "09:00"}]
    where = f"/api/channels/{(await the_channel(alice))['id']}/slots"
    await alice.patch(where, json={"times": times})
    table = (
        "Post;When;zone;channels;tags\n"
        f'"=SUM(A1), a loaf";2031-05-14 09:00;Asia/Tokyo;{name};a, b\n'
        "Queued;queue;;;\n"
        "Draft;;;;\n"
    )
    columns = {"text": "Post", "scheduled_at": "when", "timezone": "ZONE"}

    checked = await send(alice, table, columns, dry_run=True)
    assert (checked["rows"], checked["imported"], checked["errors"]) == (3, 3, [])
    assert (await total(alice, "posts"), await total(alice, "schedules")) == (0, 0)
    done = await send(alice, table, columns)

    assert done["imported"] == 3
    assert (await total(alice, "posts"), await total(alice, "schedules")) == (3, 2)
    answer = await alice.get("/api/schedules/export")
    assert answer.headers["content-type"].startswith("text/csv")
    *_, last = csv.DictReader(io.StringIO(answer.text))
    assert last["text"] == "'=SUM(A1), a loaf"
    assert (last["scheduled_at"], last["timezone"]) == ("2031-05-14T09:00:00", "Asia/Tokyo")
    again = await send(alice, answer.text, dry_run=True)
    assert (again["imported"], again["errors"]) == (2, [])


async def test_errors_name_row_and_column_and_nothing_is_imported(
    alice: httpx.AsyncClient,
) -> None:
    table = (
        "text,when,channels\n"
        f"Good,{soon(9000)},\n"
        "Past,2020-01-01 09:00,\n"
        ",2031-01-01 09:00,\n"
        "Nowhere,,Elsewhere\n"
        f"{'x' * 501},2031-01-01 09:00,\n"
    )
    columns = {"scheduled_at": "when"}

    refused = await send(alice, table, columns)

    assert [(e["row"], e["column"], e["code"]) for e in refused["errors"]] == [
        (3, "when", "in_the_past"),
        (4, "text", "text_required"),
        (5, "channels", "channel_unknown"),
        (6, "text", "text_too_long"),
    ]
    assert (refused["imported"], await total(alice, "posts")) == (0, 0)
    some = await send(alice, table, columns, partial=True)
    assert (some["imported"], await total(alice, "schedules")) == (1, 1)


async def test_the_sample_can_be_imported_and_the_body_may_be_the_file(
    alice: httpx.AsyncClient,
) -> None:
    where = f"/api/channels/{(await the_channel(alice))['id']}/slots"
    await alice.patch(where, json={"times": [{"day": "monday", "time": "09:00"}]})
    sample = (await alice.get("/api/schedules/sample")).text

    answer = await alice.post(IMPORT, content=sample.encode(), headers={"content-type": "text/csv"})

    assert answer.json()["imported"] == 3, answer.text


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", None), ("when\nnow", None), ("text\nHi", {"text": "Words"}), ("text\nHi", [1])],
)
async def test_files_that_are_no_table_are_refused(
    alice: httpx.AsyncClient, text: str, columns: Any
) -> None:
    parts = {"file": ("plan.csv", text.encode(), "text/csv")}
    data = {"columns": json.dumps(columns)} if columns else {}

    problem(await alice.post(IMPORT, files=parts, data=data), 400)


async def test_only_ones_own_are_exported_and_viewers_do_not_import(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    await plan(alice, "Only for Alice")

    assert "Only for Alice" in (await bob.get("/api/schedules/export")).text
    assert "Only for Alice" not in (await carol.get("/api/schedules/export")).text
    parts = {"file": ("plan.csv", b"text\nHi", "text/csv")}
    problem(await bob.post(IMPORT, files=parts), 403)


async def test_a_check_counts_the_slots_that_rows_before_will_take(
    alice: httpx.AsyncClient,
) -> None:
    """More rows than slots, and more than are checked in one transaction."""
    where = f"/api/channels/{(await the_channel(alice))['id']}/slots"
    await alice.patch(where, json={"times": [{"day": "monday", "time": "09:00"}]})
    table = "text,scheduled_at\n" + "".join(f"Loaf {n},queue\n" for n in range(110))

    checked = await send(alice, table, dry_run=True)

    assert 100 <= checked["imported"] <= 106
    assert {each["code"] for each in checked["errors"]} == {"no_free_slot"}
    assert checked["imported"] + len(checked["errors"]) == 110
