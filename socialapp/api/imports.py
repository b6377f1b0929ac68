"""Tables of any length: uploaded, checked by a worker, imported, taken back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from socialapp.api.channel_views import example
from socialapp.api.deps import ID_AT_MOST, Id, Publishes, Reading, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.api.multipart import receive
from socialapp.domain.moments import iso
from socialapp.services import imports
from socialapp.services.imports import Plan
from socialapp.store.files import files
from socialapp.store.session import database
from socialapp.store.tables import SheetImport

router = APIRouter(prefix="/api", tags=["Imports"], route_class=Guarded)

_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
            }
        },
    }
}


class ImportOut(BaseModel):
    """An import, and how far it is."""

    model_config = example(
        {"id": 3, "filename": "spring.csv", "columns": ["Post", "When"],
         "fields": {"text": 0, "scheduled_at": 1}, "stage": "checked", "trouble": "", "rows": 9800,
         "checked": 9800, "faulty": 12, "warned": 3, "made": 0, "undone": 0,
         "created_at": "2027-05-14T07:00:00.000Z"}
    )  # fmt: skip

    id: int
    filename: str
    columns: list[str]
    fields: dict[str, int] = Field(description="The place of the column of each field, from 0.")
    stage: str
    trouble: str
    rows: int
    checked: int
    faulty: int
    warned: int
    made: int
    undone: int
    created_at: str

    @classmethod
    def of(cls, sheet: SheetImport) -> "ImportOut":
        """Return what programs see of a row."""
        return cls(
            **sheet.model_dump(include=set(cls.model_fields) - {"created_at", "fields"}),
            fields=dict(Plan.of(sheet.plan).columns) if sheet.plan else {},
            created_at=iso(sheet.created_at),
        )


class ImportPlan(BaseModel):
    """Which column holds what, and how cells are understood."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"fields": {"text": 0}, "without_time": "queue"}]},
    )

    fields: dict[Annotated[Words, Field(max_length=20)], Annotated[int, Field(ge=0, le=99)]]
    zone: Annotated[Words, Field(max_length=64)] = ""
    order: Literal["day_first", "month_first"] = "day_first"
    without_time: Literal["", "queue"] = ""
    channel_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=ID_AT_MOST)]], Field(max_length=100)
    ] = []


@router.post(
    "/imports", status_code=201, openapi_extra=_FORM, responses=problems(400, 401, 403, 413, 415)
)
async def upload_table(request: Request, by: Publishes) -> ImportOut:
    """Upload a CSV file of at most 50,000 rows; what its columns hold is guessed.

    Nothing is imported before it was checked and confirmed.
    """
    async with files().incoming() as incoming:
        incoming.limit_bytes = imports.FILE_AT_MOST_BYTES
        form = await receive(request, incoming)
        await incoming.flush()
        sheet = await imports.upload(database(), by, incoming.path, filename=form.filename)
    return ImportOut.of(sheet)


@router.get("/imports/{import_id}", responses=problems(400, 401, 403, 404))
async def get_import(import_id: Id, by: Publishes, db: Reading) -> ImportOut:
    """Say how far an import is."""
    return ImportOut.of(await imports.get(db, by, import_id))


@router.post("/imports/{import_id}/check", responses=problems(400, 401, 403, 404, 409))
async def check_import(
    import_id: Id, plan: ImportPlan, by: Publishes, db: Transaction
) -> ImportOut:
    """Have a worker check every row; `stage` is `checked` when it is done."""
    return ImportOut.of(
        await imports.check(
            db,
            by,
            import_id,
            Plan(plan.fields, plan.zone, plan.order, plan.without_time, tuple(plan.channel_ids)),
        )
    )


@router.post("/imports/{import_id}/confirm", responses=problems(400, 401, 403, 404, 409))
async def confirm_import(import_id: Id, by: Publishes, db: Transaction) -> ImportOut:
    """Have a worker import the rows that have no fault. Twice is harmless."""
    return ImportOut.of(await imports.confirm(db, by, import_id))


@router.post("/imports/{import_id}/undo", responses=problems(400, 401, 403, 404, 409))
async def undo_import(import_id: Id, by: Publishes, db: Transaction) -> ImportOut:
    """Have what was imported put in the trash and cancelled; what is out stays."""
    return ImportOut.of(await imports.undo(db, by, import_id))


@router.delete("/imports/{import_id}", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def forget_import(import_id: Id, by: Publishes, db: Transaction) -> Response:
    """Forget an import and its rows; what was made of them stays."""
    await imports.discard(db, by, import_id)
    return Response(status_code=204)


@router.get(
    "/imports/{import_id}/problems",
    response_class=Response,
    responses=_TABLE | problems(400, 401, 403, 404),
)
async def problems_of_import(import_id: Id, by: Publishes) -> StreamingResponse:
    """Return the rows with an error or a warning as CSV: to be corrected and imported again."""
    lines = await imports.problem_lines(database(), by, import_id)
    name = 'attachment; filename="problems.csv"'
    return StreamingResponse(
        iter(lines), media_type="text/csv", headers={"Content-Disposition": name}
    )
