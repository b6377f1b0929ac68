"""Approval, inside the details of a schedule: what was said, and the two answers."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.approval import Said
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import approvals
from socialapp.store import overview, schedules
from socialapp.store.session import reading, transaction
from socialapp.store.tables import Post
from socialapp.ui.components import notice
from socialapp.ui.components.button import button
from socialapp.ui.components.field import CONTROL, LABEL
from socialapp.ui.compose.widgets import Follow
from socialapp.ui.feed import LiveState
from socialapp.ui.session import needs, signed_in

_WORDS = {
    Said.COMMENT: "commented",
    Said.SUBMITTED: "submitted it for approval",
    Said.APPROVED: "approved it",
    Said.CHANGES_REQUESTED: "requested changes",
    Said.LOOKS_GOOD: "says that it looks good (advice, not an approval)",
    Said.WANTS_CHANGES: "asks for changes (advice)",
}


class SaidView(TypedDict):
    """One thing that was said or done."""

    key: str
    who: str
    what: str
    when: str
    text: str
    is_outside: bool
    """Said through a review link, under a name that nobody has checked."""


class ApprovalState(rx.State):
    """What was said about the post whose schedule is open, and the answers to it."""

    said: list[SaidView] = []
    shown: str = ""
    """The schedule that it is about."""
    text: str = ""
    _revision: int = 0

    @needs(Right.READ)
    async def read(self, schedule_id: str) -> None:
        """Read what was said about the post of a schedule."""
        if not schedule_id.isdecimal() or len(schedule_id) > 17:
            self.said, self.shown = [], ""
            return
        if self.shown != schedule_id:
            self.text = ""
        await self._read(await signed_in(self), int(schedule_id))

    @needs(Right.READ)
    async def type(self, text: str) -> None:
        """Keep what is being written."""
        self.text = text[: approvals.TEXT_AT_MOST]

    @needs(Right.APPROVE)
    async def approve(self) -> EventSpec:
        """Approve the post as it is shown."""
        by, post = await self._about()
        async with transaction() as db:
            done = await approvals.approve(
                db,
                by,
                post.id or 0,
                kind=None,
                revision=self._revision,
                text=self.text,
                now=utc_now(),
            )
        await self._done(by)
        if done.approved_revision != done.revision:
            return notice.good("Noted. Others have to approve it too.")
        if done.status == Shown.MISSED:
            return notice.good("Approved, but its moment has passed: choose another, or retry it.")
        return notice.good("Approved.")

    @needs(Right.APPROVE)
    async def request_changes(self) -> EventSpec:
        """Give it back with the reason."""
        by, post = await self._about()
        async with transaction() as db:
            await approvals.request_changes(
                db, by, post.id or 0, kind=None, text=self.text, now=utc_now()
            )
        await self._done(by)
        return notice.good("Changes requested. It does not go out meanwhile.")

    @needs(Right.PUBLISH)
    async def submit(self) -> EventSpec:
        """Ask for approval again."""
        by, post = await self._about()
        async with transaction() as db:
            await approvals.submit(db, by, post.id or 0, kind=None, text=self.text, now=utc_now())
        await self._done(by)
        return notice.good("Submitted again.")

    @needs(Right.READ)
    async def comment(self) -> None:
        """Say something."""
        by, post = await self._about()
        async with transaction() as db:
            await approvals.comment(db, by, post.id or 0, kind=None, text=self.text, now=utc_now())
        await self._done(by)

    async def _about(self) -> tuple[Member, Post]:
        by = await signed_in(self)
        if not self.shown:
            raise Rejected(Problem("nothing_open", "Open a post first. Nothing was changed."))
        return by, await self._post(by, int(self.shown))

    async def _post(self, by: Member, schedule_id: int) -> Post:
        async with reading() as db:
            schedule = await schedules.get(db, by.workspace_id, schedule_id)
            there = {}
            if schedule:
                there = await overview.posts_by_id(db, by.workspace_id, [schedule.post_id])
        for post in there.values():
            return post
        raise NotFound("There is no such post.")

    async def _done(self, by: Member) -> None:
        self.text = ""
        await self._read(by, int(self.shown))

    async def _read(self, by: Member, schedule_id: int) -> None:
        post, now = await self._post(by, schedule_id), utc_now()
        async with reading() as db:
            found = await approvals.comments_of(db, by, post.id or 0, kind=None)
        self.shown, self._revision = str(schedule_id), post.revision
        self.said = [
            SaidView(
                key=str(each.id),
                who=each.author_name,
                what=_WORDS[Said(each.kind)],
                when=moments.spoken(each.created_at, by.zone, now=now),
                text=each.text,
                is_outside=each.link_id is not None,
            )
            for each in found
        ]


def section(key: Any, status: Any) -> rx.Component:
    """Return what is said about the post of the schedule that is open, and what can be said."""
    live: Any = LiveState.changed[key]
    version: Any = LiveState.version
    return rx.el.section(
        rx.el.h3("Approval and comments", class_name="text-sm font-semibold m-0 mb-2"),
        rx.el.ul(rx.foreach(ApprovalState.said, _said), class_name=_LIST),
        rx.cond(LiveState.can_write | LiveState.can_approve, _say(status)),
        Follow.create(
            value=key.to(str) + live.to_string() + version.to_string(),
            on_change=ApprovalState.read(key),
        ),
    )


_LIST = "list-none m-0 p-0 flex flex-col gap-2 mb-3 empty:hidden"


def _said(entry: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(entry["who"], class_name="font-medium"),
            " ",
            rx.cond(
                entry["is_outside"],
                rx.el.span(
                    "outside",
                    title="Through a review link; nobody has checked the name",
                    class_name="rounded-full bg-warning-soft text-warning text-2xs font-semibold "
                    "px-1.5 py-0.5 mr-1",
                ),
            ),
            entry["what"],
            rx.el.span(" · ", entry["when"], class_name="text-muted"),
            class_name="m-0 text-sm",
        ),
        rx.cond(
            entry["text"] != "",
            rx.el.p(
                entry["text"],
                class_name="m-0 mt-1 rounded-md bg-sunken px-3 py-2 whitespace-pre-wrap "
                "break-words",
            ),
        ),
        key=entry["key"],
    )


def _say(status: Any) -> rx.Component:
    waits = (status == Shown.NEEDS_APPROVAL) | (status == Shown.CHANGES_REQUESTED)
    return rx.el.div(
        rx.el.label("Comment", html_for="approval-comment", class_name=LABEL),
        rx.el.textarea(
            id="approval-comment",
            value=ApprovalState.text,
            on_change=ApprovalState.type,
            rows=2,
            max_length=approvals.TEXT_AT_MOST,
            class_name=CONTROL + "py-2",
        ),
        rx.el.div(
            button("Comment", size="sm", on_click=ApprovalState.comment),
            rx.cond(
                (status == Shown.CHANGES_REQUESTED) & LiveState.can_publish,
                button("Submit again", size="sm", on_click=ApprovalState.submit),
            ),
            rx.cond(
                (status == Shown.NEEDS_APPROVAL) & LiveState.can_approve,
                button("Request changes", size="sm", on_click=ApprovalState.request_changes),
            ),
            rx.cond(
                waits & LiveState.can_approve,
                button(
                    "Approve",
                    size="sm",
                    look="primary",
                    icon_name="check",
                    on_click=ApprovalState.approve,
                ),
            ),
            class_name="flex flex-wrap justify-end gap-2 mt-2",
        ),
    )
