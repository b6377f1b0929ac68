"""Add to queue: the button beside a draft."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.people import Right
from socialapp.services import queueing
from socialapp.store.session import transaction
from socialapp.ui.components import notice
from socialapp.ui.components.button import button
from socialapp.ui.feed import LiveState
from socialapp.ui.session import needs, signed_in


class QueueingState(rx.State):
    """What is done with a draft where it is listed."""

    @needs(Right.PUBLISH)
    async def add(self, post_id: int) -> EventSpec:
        """Give it the next free slot of each of its channels."""
        by, now = await signed_in(self), utc_now()
        async with transaction() as db:
            made = await queueing.add(db, by, post_id=post_id, kind=None, now=now)
        return notice.good(queued([(s.scheduled_at, s.timezone) for s in made]))


def queued(slots: list[tuple[Any, str]]) -> str:
    """Say when a post goes out that was just added to the queue."""
    now = utc_now()
    words = [moments.spoken(at, zone, now=now) for at, zone in slots]
    return f"Added to the queue: {'; '.join(words)}."


def add_button(row: Any) -> rx.Component:
    """Return the button for a row of posts; nothing where it cannot be added."""
    posts: Any = LiveState.posts
    status = rx.cond(posts.contains(row["key"]), posts[row["key"]], row["status"])
    component: rx.Component = rx.cond(
        LiveState.can_publish & (status == "draft"),
        rx.el.span(
            button(
                rx.el.span("Add to queue", class_name="max-sm:sr-only"),
                size="sm",
                icon_name="list_plus",
                aria_label="Add to queue: " + row["text"].to(str),
                on_click=QueueingState.add(row["id"]),
            ),
            class_name="relative z-10 shrink-0",
        ),
    )
    return component
