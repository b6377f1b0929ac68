"""Many of a kind in short transactions, each kept or rolled back."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from socialapp.store.session import AsyncSession

Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction."""
TOGETHER = 25
"""So many in one transaction: workers have to get their turn in between."""


class TakeBack(Exception):
    """Raised inside of `taken_back`: all of the transaction is undone, and nothing is raised."""


@asynccontextmanager
async def taken_back(begin: Begin) -> AsyncIterator[AsyncSession]:
    """Yield a transaction that a `TakeBack` rolls back in silence."""
    try:
        async with begin() as db:
            yield db
    except TakeBack:
        pass
