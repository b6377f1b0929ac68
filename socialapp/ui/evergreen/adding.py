"""Add a post to an evergreen list from where posts are listed."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople
from socialapp.domain.people import Right
from socialapp.services import evergreen_entries, posts
from socialapp.services.evergreen_entries import Content
from socialapp.store import evergreen as rows
from socialapp.store.session import reading, transaction
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.components.button import button, icon_button, link
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import option, select_field
from socialapp.ui.components.parts import some
from socialapp.ui.feed import LiveState
from socialapp.ui.rows import heading
from socialapp.ui.session import needs, signed_in

_AT_MOST = 200


class AddingState(rx.State):
    """Which post is to be added, and the lists that there are."""

    post_id: int = 0
    """0: nobody is asked."""
    text: str = ""
    lists: list[dict[str, str]] = []
    refusal: str = ""

    @needs(Right.PUBLISH)
    async def ask(self, post_id: int) -> None:
        """Ask to which list a post is added."""
        by = await signed_in(self)
        async with reading() as db:
            post = await posts.get(db, by, post_id)
            page = await rows.page(db, by.workspace_id, limit=_AT_MOST)
        self.lists = [{"id": str(each.id), "name": each.name} for each in page.items]
        self.post_id, self.text, self.refusal = post_id, heading(post), ""

    @needs(Right.READ)
    async def close(self) -> None:
        """Leave the post where it is."""
        self.post_id, self.refusal = 0, ""

    @needs(Right.PUBLISH)
    async def add(self, form: dict[str, Any]) -> EventSpec | None:
        """Add a copy of the post to the list that was chosen."""
        by, chosen = await signed_in(self), str(form.get("list", ""))
        known = {each["id"]: each["name"] for each in self.lists}
        if chosen not in known:
            self.refusal = "Choose a list. Nothing was added."
            return None
        try:
            async with transaction() as db:
                copy = Content(post_id=self.post_id)
                await evergreen_entries.add(db, by, int(chosen), copy, now=utc_now())
        except ForPeople as no:
            self.refusal = no.detail
            return None
        self.post_id, self.refusal = 0, ""
        return notice.good(f"Added to {known[chosen]}. The post itself stays as it is.")


def add_to_list_button(row: Any) -> rx.Component:
    """Return the button for a row of posts; a phone has no room for it beside a draft's other."""
    component: rx.Component = rx.cond(
        LiveState.can_publish,
        rx.el.span(
            icon_button(
                "recycle",
                rx.Var.create("Add to an evergreen list: ") + row["text"].to(str),
                on_click=AddingState.ask(row["id"]),
            ),
            class_name=rx.cond(
                row["status"] == "draft",
                "relative z-10 shrink-0 max-sm:hidden",
                "relative z-10 shrink-0",
            ),
        ),
    )
    return component


def add_to_list_dialog() -> rx.Component:
    """Return the question to which list."""
    state = AddingState
    return dialog(
        rx.cond(
            some(state.lists),
            rx.el.form(
                rx.el.p(state.text, class_name="m-0 text-muted break-words"),
                select_field(
                    "List",
                    rx.foreach(state.lists, lambda one: option(one["name"], one["id"])),
                    id="list",
                    hint="It gets a copy, with its pictures and its thread.",
                ),
                rx.cond(
                    state.refusal != "",
                    rx.el.p(state.refusal, role="alert", class_name="m-0 text-sm text-danger"),
                ),
                actions(
                    button("Cancel", on_click=state.close),
                    button("Add", look="primary", type="submit"),
                ),
                on_submit=state.add,
                key=f"{state.post_id}",
                class_name="flex flex-col gap-4",
            ),
            rx.el.p(
                "There is no evergreen list yet. ",
                link("Make one", to=routes.EVERGREEN),
                class_name="m-0",
            ),
        ),
        title="Add to an evergreen list",
        is_open=state.post_id != 0,
        on_close=state.close,
    )
