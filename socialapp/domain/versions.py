"""Versions of a post: which saves become one, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ONE_VERSION_FOR = timedelta(minutes=10)
"""How long the saves of one sitting go on in one version."""
KEPT = 200
"""Versions of a post; the oldest beyond are dropped."""

FIELDS = (
    *("title", "text", "parts", "media", "attachments", "options", "variants"),
    *("channel_ids", "tags", "campaign", "notes"),
)
"""What a version holds. `media` is ids by place, `attachments` ids."""


@dataclass(frozen=True)
class Saved:
    """Who saved, in which sitting ("": not in an editor), and when the version began."""

    author_id: int | None
    sitting: str
    began_at: datetime


def goes_on(last: Saved, *, author_id: int | None, sitting: str, now: datetime) -> bool:
    """Whether a save goes on in the last version rather than beginning one.

    It does for one person in one sitting, which is one draft open in one tab, for ten minutes. So
    what somebody else saved, or the same person elsewhere, is never replaced.
    """
    return (
        bool(sitting)
        and (last.author_id, last.sitting) == (author_id, sitting)
        and timedelta(0) <= now - last.began_at < ONE_VERSION_FOR
    )


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Return the fields in which a version differs from the one before; none for the first."""
    if before is None:
        return []
    return [name for name in FIELDS if before.get(name) != after.get(name)]
