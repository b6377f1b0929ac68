"""Tables that people brought, and how far their rows are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from socialapp.store.tables.columns import id_column, now_column, ref, text_column, workspace_ref


class SheetImport(SQLModel, table=True):
    """A CSV file that is being imported; a worker goes on where another stopped."""

    __tablename__ = "sheet_import"

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    created_by: int | None = ref("person", default=None)
    filename: str
    columns: list[str] = Field(default_factory=list, sa_type=JSON)
    """What its first line calls them, in their order."""
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Which column holds what, and how cells are understood: `services.imports.Plan`."""
    stage: str = Field(default="uploaded", index=True)
    """A `services.imports.Stage`."""
    trouble: str = text_column()
    """Why a worker gave it up; empty when all is well."""
    rows: int = 0
    checked: int = 0
    faulty: int = 0
    warned: int = 0
    made: int = 0
    undone: int = 0
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class SheetRow(SQLModel, table=True):
    """One row of it."""

    __tablename__ = "sheet_row"
    __table_args__ = (Index("sheet_row_by_state", "import_id", "state", "number"),)

    import_id: int = ref("sheet_import", primary_key=True)
    number: int = Field(primary_key=True)
    """As a spreadsheet numbers it."""
    cells: list[str] = Field(default_factory=list, sa_type=JSON)
    state: str = "new"
    """`new`, `good`, `warned`, `faulty`; `made`, `undone`, `kept`: it was not to be undone."""
    column: str = ""
    """What its fault is about, as the file calls it."""
    message: str = text_column()
    ahead: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What it will take: what the check of the rows after it has to know."""
    post_id: int | None = ref("post", default=None)
