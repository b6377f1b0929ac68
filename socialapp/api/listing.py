"""How lists are asked for: the words to look for, how many at once, and where to go on."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from socialapp.api.deps import ID_AT_MOST
from socialapp.api.door import Words
from socialapp.domain.delivery import Shown

Search = Annotated[Words, Query(max_length=200, description="Words to look for.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[Words, Query(max_length=300)]


@dataclass(frozen=True)
class _Asked:
    """Which posts or pages, in which order."""

    status: Annotated[Shown | None, Query()] = None
    channel_id: Annotated[int | None, Query(ge=1, le=ID_AT_MOST)] = None
    provider: Annotated[Words, Query(max_length=50)] = ""
    campaign: Annotated[Words, Query(max_length=200)] = ""
    tag: Annotated[Words, Query(max_length=100)] = ""
    q: Search = ""
    sort: Annotated[Literal["created_at", "scheduled_at"], Query()] = "created_at"
    limit: Limit = 50
    cursor: Cursor = ""

    def given(self) -> dict[str, Any]:
        """Return it as the store takes it."""
        return vars(self) | {"status": self.status or "", "q": self.q.strip()}


Asked = Annotated[_Asked, Depends()]
