"""What the page of texts does: list, search, keep, change and delete."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Right
from socialapp.domain.snippets import SnippetKind
from socialapp.services import snippets, templates
from socialapp.store import texts
from socialapp.store.session import reading, transaction
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.rows import excerpt, labels_of
from socialapp.ui.session import needs, signed_in

TEMPLATES = "templates"
TABS = (SnippetKind.TEXT.value, SnippetKind.HASHTAGS.value, TEMPLATES)


class TextRow(TypedDict):
    """One snippet, or one template."""

    id: int
    key: str
    name: str
    text: str
    """The beginning of it."""
    labels: str
    address: str
    """Where a post is begun with it; empty for a snippet."""


class TextForm(TypedDict):
    """What is being written."""

    is_open: bool
    id: int
    """0: a new one."""
    name: str
    text: str


def _closed() -> TextForm:
    return TextForm(is_open=False, id=0, name="", text="")


class TextsState(rx.State):
    """The list of the tab that is open, and the form over it."""

    tab: str = SnippetKind.TEXT.value
    query: str = ""
    rows: list[TextRow] = []
    is_loaded: bool = False
    form: TextForm = _closed()
    deleting: int = 0
    deleting_name: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the list of the tab that is open, again."""
        if (tab := self.router.url.query_parameters.get("tab", "")) in TABS:
            self.tab = tab
        self.form, self.deleting = _closed(), 0
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def choose_tab(self, tab: str) -> None:
        """Show another kind."""
        if tab in TABS:
            self.tab, self.query = tab, ""
            await self._read(await signed_in(self))

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Show what says the words, in its name or text."""
        self.query = query.strip()[:200]
        await self._read(await signed_in(self))

    @needs(Right.WRITE)
    async def write(self, text_id: int) -> None:
        """Open the form for one of the list, or for a new one with 0."""
        by = await signed_in(self)
        if not text_id:
            self.form = TextForm(is_open=True, id=0, name="", text="")
            return
        async with reading() as db:
            if self.tab == TEMPLATES:
                name, text = (await templates.get(db, by, text_id))[0].name, ""
            else:
                found = await snippets.get(db, by, text_id)
                name, text = found.name, found.text
        self.form = TextForm(is_open=True, id=text_id, name=name, text=text)

    @needs(Right.WRITE)
    async def close(self) -> None:
        """Put the form away."""
        self.form = _closed()

    @needs(Right.WRITE)
    async def save(self, form: dict[str, Any]) -> EventSpec:
        """Keep what the form says."""
        by, text_id = await signed_in(self), self.form["id"]
        name, text = str(form.get("text_name", "")), str(form.get("text_text", ""))
        async with transaction() as db:
            if self.tab == TEMPLATES:
                await templates.edit(db, by, text_id, name=name, now=utc_now())
            elif text_id:
                await snippets.edit(db, by, text_id, name=name, text=text, now=utc_now())
            else:
                kind = SnippetKind(self.tab)
                await snippets.create(db, by, kind=kind, name=name, text=text, now=utc_now())
        self.form = _closed()
        await self._read(by)
        return notice.good("It is saved.")

    @needs(Right.WRITE)
    async def ask_delete(self, text_id: int, name: str) -> None:
        """Ask before one is deleted; 0 takes the question back."""
        self.deleting, self.deleting_name = text_id, name[:100]

    @needs(Right.WRITE)
    async def delete(self) -> EventSpec:
        """Delete the one that was asked about."""
        by, text_id = await signed_in(self), self.deleting
        self.deleting = 0
        async with transaction() as db:
            if self.tab == TEMPLATES:
                await templates.delete(db, by, text_id, now=utc_now())
            else:
                await snippets.delete(db, by, text_id)
        await self._read(by)
        return notice.good("It is deleted. Posts that were written with it stay.")

    async def _read(self, by: Member) -> None:
        async with reading() as db:
            if self.tab == TEMPLATES:
                found = await texts.templates(db, by.workspace_id, q=self.query)
                self.rows = [
                    _row(each.id, each.name, post.text, labels_of(post), is_template=True)
                    for each, post in found
                ]
            else:
                kept = await texts.snippets(db, by.workspace_id, kind=self.tab, q=self.query)
                self.rows = [_row(each.id, each.name, each.text) for each in kept]
        self.is_loaded = True


def _row(
    text_id: int | None, name: str, text: str, labels: str = "", *, is_template: bool = False
) -> TextRow:
    return TextRow(
        id=text_id or 0,
        key=str(text_id),
        name=name,
        text=excerpt(text),
        labels=labels,
        address=routes.begin(text_id or 0) if is_template else "",
    )
