"""What is said to a person after an action: one polite place for all of it."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec, passthrough_event_spec

from socialapp.clock import monotonic
from socialapp.ui.components.icon import icon
from socialapp.ui.components.jsx import Widget, library
from socialapp.ui.rights import PUBLIC, needs

_MOST = 4
_OLD_AFTER_S = 4.0


class NoticeState(rx.State):
    """The notices of one tab, newest last."""

    items: list[dict[str, str]] = []
    _count: int = 0
    _shown_at: dict[str, float] = {}

    @needs(PUBLIC)
    def show(self, kind: str, text: str) -> None:
        """Show a notice; whoever calls this by hand only writes on their own screen."""
        self._add(kind, text)

    def _add(self, kind: str, text: str) -> None:
        self._count += 1
        item = {"id": str(self._count), "kind": kind[:10], "text": text[:600]}
        self._shown_at[item["id"]] = monotonic()
        others = [other for other in self.items if other["text"] != item["text"]]
        self.items = [*others[-_MOST + 1 :], item]

    @needs(PUBLIC)
    def dismiss(self, id: str) -> None:
        """Take a notice away."""
        self.items = [item for item in self.items if item["id"] != id]

    def _forget_old(self) -> None:
        """Drop what a page that is loaded again would show a second time."""
        since = monotonic() - _OLD_AFTER_S
        if any(self._shown_at.get(item["id"], 0) < since for item in self.items):
            self.items = [i for i in self.items if self._shown_at.get(i["id"], 0) >= since]
        self._shown_at = {i["id"]: self._shown_at[i["id"]] for i in self.items}


async def tidy(state: rx.State) -> None:
    """Drop old notices of the tab of `state`, when a page opens."""
    (await state.get_state(NoticeState))._forget_old()  # noqa: SLF001 - public ones can be called by browsers


async def show_at_once(state: rx.State, kind: str, text: str) -> None:
    """Show a notice in the tab of `state` with what its handler does.

    A handler that sends the tab elsewhere cannot leave it to an event: that may be overtaken.
    """
    (await state.get_state(NoticeState))._add(kind, text)  # noqa: SLF001 - as above


def good(text: str) -> EventSpec:
    """Say that something was done."""
    spec: EventSpec = NoticeState.show("good", text)
    return spec


def error(text: str) -> EventSpec:
    """Say what did not work, what was not done, and what to do."""
    spec: EventSpec = NoticeState.show("error", text)
    return spec


class _Timer(Widget):
    """Calls `on_end` after a while; waits as long as the pointer or the focus is on the notices."""

    library = library("timer")
    tag = "Timer"
    is_default = False
    seconds: rx.Var[int]
    events = {"on_end": passthrough_event_spec()}


def _one(item: Any) -> rx.Component:
    is_error = item["kind"] == "error"
    return rx.el.div(
        rx.cond(
            is_error,
            icon("circle_alert", class_name="text-danger mt-0.5 shrink-0"),
            icon("circle_check", class_name="text-good mt-0.5 shrink-0"),
        ),
        rx.el.span(item["text"], class_name="grow break-words"),
        rx.el.button(
            icon("x", size=14),
            type="button",
            aria_label="Dismiss this notice",
            on_click=NoticeState.dismiss(item["id"]),
            class_name="text-faint hover:text-ink -m-1 p-2 rounded-sm",
        ),
        _Timer.create(seconds=rx.cond(is_error, 12, 5), on_end=NoticeState.dismiss(item["id"])),
        key=item["id"],
        custom_attrs={"data-notice": item["kind"]},
        class_name="animate-appear pointer-events-auto flex items-start gap-2.5 rounded-lg border "
        "border-line bg-raised text-ink shadow-float px-3.5 py-3 text-base",
    )


def area() -> rx.Component:
    """Return the place where notices appear; once on each page."""
    return _list(
        "pointer-events-none fixed z-50 inset-x-3 bottom-20 md:bottom-5 md:left-auto "
        "md:right-5 md:w-96 flex flex-col gap-2"
    )


def inside() -> rx.Component:
    """Return the same notices for an open dialog: behind it nobody could read or hear them."""
    return _list("flex flex-col gap-2 mt-4 empty:hidden")


def _list(class_name: str) -> rx.Component:
    items: Any = NoticeState.items
    return rx.el.div(
        rx.foreach(items, _one),
        role="status",
        aria_live="polite",
        aria_label="Notices",
        class_name=class_name,
    )
