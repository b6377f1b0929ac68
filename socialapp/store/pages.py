"""Lists in pages: a cursor that says where the next one begins, and a total that is cheap."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, literal, select

from socialapp.domain.errors import Problem, Rejected
from socialapp.store.session import AsyncSession

COUNTED_UP_TO = 10_000
"""Beyond it a total is None: counting a million rows would cost more than the page."""

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, where the next begin ("" at the end), and how many there are if that is known."""

    items: list[T]
    next_cursor: str
    total: int | None


def write_cursor(*place: Any) -> str:
    """Return a cursor for the place after an item; opaque to whoever gets it."""
    plain = [p.isoformat() if isinstance(p, datetime) else p for p in place]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Read what write_cursor() wrote; raises Rejected for anything else."""
    try:
        plain = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", True))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError
        return [_read(kind, value) for kind, value in zip(kinds, plain, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        message = "The cursor is not one that a list gave out."
        raise Rejected(Problem("cursor_invalid", message, "cursor")) from error


def _read(kind: type, value: Any) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    if kind is int and (type(value) is not int or abs(value) >= 2**63):
        raise ValueError
    if kind is float and type(value) not in (int, float):
        raise ValueError
    return value


async def count(db: AsyncSession, query: Select[Any]) -> int | None:
    """Count the rows of `query`, or None when there are more than are worth counting."""
    # Without the rows' columns an index is enough; the rows themselves are not read.
    some = query.order_by(None).limit(COUNTED_UP_TO + 1).with_only_columns(literal(1)).subquery()
    number = (await db.execute(select(func.count()).select_from(some))).scalar_one()
    return int(number) if number <= COUNTED_UP_TO else None


def like(words: str) -> str:
    """Return a LIKE pattern (escape character backslash) for text that contains `words`."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
