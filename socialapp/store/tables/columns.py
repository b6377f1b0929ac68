"""Columns that every table uses: ids, references, instants, texts."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from socialapp.clock import utc_now


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, to the microsecond, on databases with zones and without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would be read as another instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return it aware."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


# SQLite gives out ids by itself only for a column of type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def id_column() -> Any:
    """Return the primary key."""
    return Field(default=None, primary_key=True, sa_type=BigId)


def workspace_ref(**more: Any) -> Any:
    """Return the reference to the workspace that it belongs to."""
    return Field(foreign_key="workspace.id", sa_type=BigId, **more)


def ref(table: str, **more: Any) -> Any:
    """Return a reference to a row of `table`."""
    return Field(foreign_key=f"{table}.id", sa_type=BigId, **more)


def instant(**more: Any) -> Any:
    """Return an instant."""
    return Field(sa_type=UtcDateTime, **more)


def now_column() -> Any:
    """Return an instant that is now when none is given."""
    return Field(default_factory=utc_now, sa_type=UtcDateTime)


def text_column(default: str = "") -> Any:
    """Return a text of any length."""
    return Field(default=default, sa_type=Text)
