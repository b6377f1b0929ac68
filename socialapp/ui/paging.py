"""Steps through a list whose pages are found by cursors; the cursors stay on the server."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from socialapp.domain.people import Member, Right
from socialapp.store.pages import Page
from socialapp.ui.changes import put
from socialapp.ui.session import needs, signed_in

SIZE = 25


@dataclass
class Steps:
    """Where a list is: the cursors of the pages up to this one, and of the next."""

    cursors: list[str] = field(default_factory=lambda: [""])
    next_cursor: str = ""
    size: int = SIZE
    shown: int = 0
    """Lines on the page that is shown."""

    @property
    def cursor(self) -> str:
        """The cursor of the page that is shown."""
        return self.cursors[-1]

    @property
    def has_before(self) -> bool:
        """Whether there is a page before this one."""
        return len(self.cursors) > 1

    @property
    def is_past_the_end(self) -> bool:
        """Whether what was on this page has gone, and there are pages before it."""
        return self.has_before and not self.shown

    def arrived(self, page: Page[Any]) -> str:
        """Note what is shown, and say which part of the list it is."""
        self.next_cursor, self.shown = page.next_cursor, len(page.items)
        return self.words(self.shown, page.total)

    def go(self, step: int) -> None:
        """Go one page on or back, as far as there is one."""
        if step > 0 and self.next_cursor:
            self.cursors.append(self.next_cursor)
        elif step < 0 and self.has_before:
            self.cursors.pop()

    def words(self, shown: int, total: int | None) -> str:
        """Say which part of the list this is."""
        if not shown:
            return "Nothing here"
        first = (len(self.cursors) - 1) * self.size + 1
        of = f"{total:,}" if total is not None else "more than 10,000"
        return f"{first:,}-{first + shown - 1:,} of {of}"


class Paged(rx.State, mixin=True):
    """A list that is shown page by page; its screen says in `_fetch` what is in it."""

    is_loaded: bool = False
    place: str = ""
    """Which part of it this is, in words."""
    has_before: bool = False
    has_after: bool = False
    _steps: Steps = Steps()

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the page that is shown, again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def go(self, step: int) -> None:
        """Show the page after or before."""
        self._steps.go(step)
        await self._read(await signed_in(self))

    async def _read(self, by: Member) -> None:
        """Read what is shown; where the last of a page has gone, the page before it."""
        await self._fetch(by)
        while self._steps.is_past_the_end:
            self._steps.go(-1)
            await self._fetch(by)

    async def _fetch(self, by: Member) -> None:
        """Read one page, and end with `_arrived`."""
        raise NotImplementedError

    def _arrived(self, page: Page[Any]) -> None:
        """Say where in the list this page is."""
        place = self._steps.arrived(page)
        put(
            self,
            place=place,
            has_before=self._steps.has_before,
            has_after=bool(page.next_cursor),
            is_loaded=True,
        )
