"""What lists of posts and of pages do: filter, search, step. Each screen has a state of its own."""

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.domain.people import Member, Right
from socialapp.store import posts
from socialapp.store.session import reading
from socialapp.ui.components.status import LABELS
from socialapp.ui.paging import SIZE, Steps
from socialapp.ui.rows import PostRow, post_rows
from socialapp.ui.session import needs, signed_in


class Listing(rx.State, mixin=True):
    """The list, its filters, and its place."""

    status: str = ""
    query: str = ""
    rows: list[PostRow] = []
    is_loaded: bool = False
    place: str = ""
    has_before: bool = False
    has_after: bool = False
    _kind: Kind = Kind.POST
    _steps: Steps = Steps()

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the page that is shown, again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_status(self, status: str) -> None:
        """Show one status, or all with ""."""
        if status in LABELS or not status:
            self.status, self._steps = status, Steps()
            await self._read(await signed_in(self))

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Show what says the words."""
        self.query, self._steps = query.strip()[:200], Steps()
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def clear(self) -> None:
        """Show everything again."""
        self.status, self.query, self._steps = "", "", Steps()
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def go(self, step: int) -> None:
        """Show the page after or before."""
        self._steps.go(step)
        await self._read(await signed_in(self))

    async def _read(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            page = await posts.page(
                db,
                by.workspace_id,
                kind=self._kind,
                limit=SIZE,
                cursor=self._steps.cursor,
                status=self.status,
                q=self.query,
            )
            self.rows = await post_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        self._steps.next_cursor = page.next_cursor
        self.place = self._steps.words(len(page.items), page.total)
        self.has_before = self._steps.has_before
        self.has_after = bool(page.next_cursor)
        self.is_loaded = True
