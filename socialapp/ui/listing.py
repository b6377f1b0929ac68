"""What lists of posts and of pages do: filter, search, step. Each screen has a state of its own."""

from urllib.parse import urlencode

from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.domain.people import Member, Right
from socialapp.store import posts
from socialapp.store.session import reading
from socialapp.ui import routes
from socialapp.ui.components.status import LABELS
from socialapp.ui.labels import Labelled
from socialapp.ui.paging import SIZE, Paged, Steps
from socialapp.ui.rows import PostRow, post_rows
from socialapp.ui.session import needs, signed_in


class Listing(Labelled, Paged, mixin=True):
    """The list, its filters, and its place."""

    status: str = ""
    query: str = ""
    address: str = ""
    """What shows the same again: its filters."""
    rows: list[PostRow] = []
    _kind: Kind = Kind.POST

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the page that is shown, by the filters that the address names, if any."""
        asked = self.router.url.query_parameters
        found = {name: asked.get(name, "") for name in ("status", "q", "tag", "campaign")}
        if any(found.values()):
            self.status = found["status"] if found["status"] in LABELS else ""
            self.query, self._steps = found["q"].strip()[:200], Steps()
            self._choose_label("tag", found["tag"])
            self._choose_label("campaign", found["campaign"])
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read the page that is shown, again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_label(self, what: str, value: str) -> None:
        """Show one tag or campaign, or all with ""."""
        self._choose_label(what, value)
        self._steps = Steps()
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
        self.tag = self.campaign = ""
        await self._read(await signed_in(self))

    async def _fetch(self, by: Member) -> None:
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
                tag=self.tag,
                campaign=self.campaign,
            )
            await self._read_labels(db, by)
            self.rows = await post_rows(db, by.workspace_id, page.items, zone=by.zone, now=now)
        chosen = {"status": self.status, "q": self.query}
        chosen |= {"tag": self.tag, "campaign": self.campaign}
        words = {name: value for name, value in chosen.items() if value}
        where = routes.PAGES if self._kind is Kind.PAGE else routes.POSTS
        self.address = where + (f"?{urlencode(words)}" if words else "")
        self._arrived(page)
