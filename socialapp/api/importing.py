"""Schedules as CSV: imported after a check of every row, and exported."""

import json
from asyncio import to_thread
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from socialapp.api.channel_views import example
from socialapp.api.deps import ID_AT_MOST, Publishes, Reads, transaction
from socialapp.api.door import Guarded, Words, whole
from socialapp.api.errors import problems
from socialapp.api.multipart import receive
from socialapp.clock import utc_now
from socialapp.domain import moments, sheets
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import importing, rows
from socialapp.store.files import files
from socialapp.store.session import database

router = APIRouter(prefix="/api", tags=["Schedules"], route_class=Guarded)

FILE_AT_MOST = 8 * 1024 * 1024
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "columns": {
                            "type": "string",
                            "description": "JSON: what the file calls the fields, when it is not"
                            f" their names: {', '.join(rows.FIELDS)}.",
                        },
                    },
                },
                "example": {"file": importing.sample(), "columns": '{"text": "Post"}'},
            }
        },
    }
}


class FaultOut(BaseModel):
    """What is wrong with a cell."""

    row: int
    column: str
    code: str
    message: str


class ReportOut(BaseModel):
    """What came of an import."""

    model_config = example(
        {"rows": 2, "imported": 1, "dry_run": True,
         "errors": [{"row": 3, "column": "scheduled_at", "code": "in_the_past",
                     "message": "Mon 4 May, 09:00 Europe/Berlin has passed."}]}
    )  # fmt: skip

    rows: int
    imported: int
    dry_run: bool
    errors: list[FaultOut]


@router.post(
    "/schedules/import", openapi_extra=_FORM, responses=problems(400, 401, 403, 409, 413, 415)
)
async def import_schedules(
    request: Request,
    by: Publishes,
    dry_run: Annotated[bool, Query(description="Check every row; import nothing.")] = False,
    partial: Annotated[bool, Query(description="Leave out rows with errors.")] = False,
) -> ReportOut:
    """Import posts and their times from a CSV file, at most 1000 rows at once.

    Every row is checked first; with an error in one nothing is imported, unless `partial`. Beside
    multipart the file may be the body itself, as `text/csv`. `scheduled_at` is a time, `queue` for
    the next free slot, or empty for a draft; several channels or tags are parted by semicolons.
    """
    data, columns = await _received(request)
    report = await importing.run(
        lambda: transaction(request),
        by,
        await to_thread(sheets.read, data),
        names=_names(columns),
        is_check=dry_run,
        is_partial=partial,
        now=utc_now(),
    )
    return ReportOut(
        rows=report.rows,
        imported=report.imported,
        dry_run=dry_run,
        errors=[FaultOut(**vars(fault)) for fault in report.faults],
    )


async def _received(request: Request) -> tuple[bytes, str]:
    if request.headers.get("content-type", "").startswith("text/csv"):
        return await whole(request.headers, request.receive), ""
    async with files().incoming() as incoming:
        incoming.limit_bytes = min(incoming.limit_bytes, FILE_AT_MOST)
        form = await receive(request, incoming)
        await incoming.flush()
        return await to_thread(incoming.path.read_bytes), form.fields.get("columns", "")


def _names(columns: str) -> dict[str, str]:
    try:
        names = json.loads(columns or "{}")
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, dict) or not all(isinstance(n, str) for n in names.values()):
        message = 'Send `columns` as JSON, like {"text": "Post"}. Nothing was imported.'
        raise Rejected(Problem("invalid", message, "columns"))
    return names


@router.get("/schedules/sample", response_class=Response, responses=_TABLE | problems(401, 403))
async def sample_table(by: Reads) -> Response:
    """Return a small file that can be imported."""
    return Response(importing.sample(), media_type="text/csv")


@router.get(
    "/schedules/export", response_class=Response, responses=_TABLE | problems(400, 401, 403)
)
async def export_schedules(
    by: Reads,
    status: Annotated[list[Shown], Query(description="Repeat it for several.")] = [],  # noqa: B006
    channel_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None,
    since: Annotated[Words | None, Query(alias="from", max_length=64)] = None,
    until: Annotated[Words | None, Query(alias="to", max_length=64)] = None,
    network: Annotated[Words, Query(max_length=50)] = "",
    q: Annotated[Words, Query(max_length=200)] = "",
    tag: Annotated[Words, Query(max_length=100)] = "",
    campaign: Annotated[Words, Query(max_length=200)] = "",
) -> StreamingResponse:
    """Return the schedules as a CSV file, by their time, however many there are.

    A cell that a spreadsheet would run as a formula has an apostrophe before it.
    """
    lines = importing.export(
        database().reading,
        by,
        statuses=[each.value for each in status],
        channel_id=channel_id,
        network=network,
        since=_instant(since, by),
        until=_instant(until, by),
        q=q.strip(),
        tag=tag,
        campaign=campaign,
    )
    name = 'attachment; filename="schedules.csv"'
    return StreamingResponse(lines, media_type="text/csv", headers={"Content-Disposition": name})


def _instant(words: str | None, by: Member) -> Any:
    return moments.read(words, zone=by.zone).at if words else None
