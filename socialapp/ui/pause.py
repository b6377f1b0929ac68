"""Pause publishing: the button, the question before it, and the banner on every page."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.people import Right
from socialapp.services import pauses
from socialapp.services.pauses import Paused
from socialapp.store.session import transaction
from socialapp.ui.components import notice
from socialapp.ui.components.button import button
from socialapp.ui.components.dialog import confirm
from socialapp.ui.components.icon import icon
from socialapp.ui.feed import LiveState
from socialapp.ui.session import needs, signed_in


class PauseState(rx.State):
    """The question that is asked before publishing is paused."""

    is_asking: bool = False

    @needs(Right.PUBLISH)
    async def ask(self) -> None:
        """Say what a pause does, and ask."""
        self.is_asking = True

    @needs(Right.READ)
    async def dismiss(self) -> None:
        """Take the question back; nothing is done."""
        self.is_asking = False

    @needs(Right.PUBLISH)
    async def pause(self) -> EventSpec:
        """Hold what has not left, in the whole workspace."""
        by = await signed_in(self)
        self.is_asking = False
        async with transaction() as db:
            await pauses.pause(db, by)
        return notice.good("Publishing is paused. Nothing goes out until you resume it.")

    @needs(Right.PUBLISH)
    async def resume(self) -> EventSpec:
        """Let the workspace publish again."""
        by = await signed_in(self)
        async with transaction() as db:
            stands = await pauses.resume(db, by, now=utc_now())
        return notice.good(resumed(stands))


def resumed(stands: Paused) -> str:
    """Say what goes on, and what does not."""
    words = ["Publishing goes on."]
    if stands.too_late:
        posts = "1 post is" if stands.too_late == 1 else f"{stands.too_late} posts are"
        words.append(f"{posts} too late to go out by itself; look under Failed in the queue.")
        if stands.too_late > 1:
            words[-1] = words[-1].replace("by itself", "by themselves")
    if stands.held:
        words.append("What is for a channel that is on hold stays there.")
    return " ".join(words)


def pause_button() -> rx.Component:
    """Return the button that asks; while paused the banner has the way back."""
    pause: Any = LiveState.pause
    component: rx.Component = rx.cond(
        LiveState.can_publish & ~pause["is_paused"].to(bool),
        button("Pause publishing", icon_name="pause", on_click=PauseState.ask),
    )
    return component


def question() -> rx.Component:
    """Return the question; once on each page."""
    return confirm(
        title="Pause publishing?",
        text=LiveState.pause["asks"],
        yes="Pause publishing",
        no="Not now",
        look="primary",
        is_open=PauseState.is_asking,
        on_yes=PauseState.pause,
        on_close=PauseState.dismiss,
    )


_BANNER = (
    "flex flex-wrap items-center gap-x-3 gap-y-1 px-4 md:px-8 py-1.5 min-h-11 text-sm border-b "
    "border-line bg-s-paused-soft text-s-paused"
)


def banner() -> rx.Component:
    """Say that nothing goes out, and why; nothing while all goes its way."""
    pause: Any = LiveState.pause
    return rx.fragment(
        rx.cond(
            pause["is_stopped"],
            _row(
                "Publishing is stopped for this installation.",
                rx.fragment(
                    pause["waits"], " Its operator starts it again with “socialapp resume”."
                ),
            ),
        ),
        rx.cond(
            pause["is_paused"],
            _row(
                "Publishing is paused.",
                pause["waits"],
                rx.cond(
                    LiveState.can_publish,
                    button("Resume", size="sm", icon_name="play", on_click=PauseState.resume),
                ),
            ),
        ),
    )


def _row(title: str, words: Any, *actions: Any) -> rx.Component:
    return rx.el.div(
        icon("pause", size=15, class_name="shrink-0"),
        rx.el.p(
            rx.el.strong(title, class_name="font-semibold"),
            " ",
            words,
            class_name="m-0 grow basis-0 min-w-48",
        ),
        *actions,
        role="status",
        class_name=_BANNER,
    )
