"""What the editors of posts and of pages do: open, save, say a moment, send, and follow it.

Each editor has a state of its own; this is what their handlers have in common.
"""

from typing import Any, ClassVar, TypeVar

import reflex as rx
from pydantic import BaseModel, ValidationError
from reflex_base.registry import RegistrationContext

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.errors import Conflict, ForPeople, Problem, Rejected, Stale
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.services import (
    approvals,
    clashes,
    posts,
    proposals,
    queueing,
    schedules,
    series,
    versions,
)
from socialapp.store import posts as rows
from socialapp.store import versions as saved_versions
from socialapp.store.files import files
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.store.tables import Post, Schedule
from socialapp.ui import presence
from socialapp.ui.compose import drafts, outcome, repeating
from socialapp.ui.compose.drafts import Opened, Written
from socialapp.ui.compose.outcome import Sent
from socialapp.ui.session import needs, signed_in

_Asked = TypeVar("_Asked", bound=BaseModel)


class Desk(rx.State, mixin=True):
    """One editor in one tab. The text itself lives in the browser, and in the database."""

    draft: dict[str, Any] = {}
    channels: list[dict[str, Any]] = []
    saved: dict[str, Any] = {}
    """The answer to the last request of the editor, with its number."""
    moment: dict[str, str] = {}
    sent: Sent = outcome.nothing()
    max_bytes: int = 0
    _mine: dict[int, int] = {}
    """The revisions that this tab made: an answer that was lost is no conflict."""

    KIND: ClassVar[Kind]
    SHAPE: ClassVar[type[Written]]
    """A draft as the browser sends it."""

    async def _content(self, db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
        """Return what only this kind of draft has: of a saved one, or of a blank one."""
        raise NotImplementedError

    async def _is_kept(self, db: AsyncSession, post: Post, written: Any) -> bool:
        """Whether what is saved says all that is written, and nothing else."""
        raise NotImplementedError

    async def _keep_more(self, db: AsyncSession, by: Member, written: Any) -> None:
        """Keep what is said on this desk and stands elsewhere."""

    def _check_said(self, post: Post, written: Any) -> None:
        """Raise Rejected when there is nothing to send."""
        raise NotImplementedError

    @needs(Right.WRITE)
    async def open(self, request: dict[str, Any]) -> None:
        """Give the editor what is asked for, or a blank one."""
        asked, by, now = received(Opened, request), await signed_in(self), utc_now()
        async with reading() as db:
            self.channels = await drafts.read_channels(db, by, self.KIND)
            draft = await drafts.read_draft(db, by, asked, self.channels, self.KIND)
            draft |= await self._content(db, by, asked)
            draft["asks"] = await approvals.asks(db, by)
            draft["proposes"] = str(await proposals.offer(db, by))
        draft["local"] = drafts.proposed(moments.in_zone(now, by.zone))
        draft["zone"] = by.zone
        self.saved, self.sent = {}, outcome.nothing()
        self.max_bytes = files().limit_bytes
        self.draft = draft

    @needs(Right.READ)
    async def speak(self, local: str, zone: str, repeat: str = "") -> None:
        """Say which moment a wall-clock time is, and how it repeats; with the zone in the words."""
        asked = {"asked": f"{local[:64]} {zone[:64]} {repeat[:500]}".rstrip()}
        try:
            at = moments.read(local[:64], zone=zone[:64])
            told = drafts.spoken(at, now=utc_now())
            if repeat and not told["trouble"]:
                told |= repeating.spoken(repeat[:500], at, now=utc_now())
        except Rejected as no:
            told = {"trouble": no.detail}
        self.moment = asked | told

    @needs(Right.WRITE)
    async def save(self, request: dict[str, Any]) -> None:
        """Keep the draft, and say what its networks think of it."""
        written, by = received(self.SHAPE, request), await signed_in(self)
        try:
            async with transaction() as db:
                post = await self._keep(db, by, written)
                await repeating.spread(db, by, post, written.scope)
            async with reading() as db:
                found = await drafts.read_problems(db, by, post, written.channel_ids)
        except ForPeople as no:
            await self._answer(by, written, no)
            return
        self._has(written, post, "saved", found)

    @needs(Right.PUBLISH)
    async def send(self, request: dict[str, Any]) -> None:
        """Save and schedule in one step, or neither."""
        written, by, now = received(self.SHAPE, request), await signed_in(self), utc_now()
        try:
            at = moments.read(written.local, zone=written.zone or by.zone)
            async with transaction() as db:
                post = await self._keep(db, by, written)
                self._check_said(post, written)
                schedule, *others = await _schedule(
                    db, by, written, post, at if written.how != "now" else None
                )
                warned = await clashes.warnings(db, by, schedule)
            async with reading() as db:
                self.sent = await outcome.read(db, by, schedule.id or 0, now=now)
        except ForPeople as no:
            await self._answer(by, written, no)
            return
        told = repeating.told(1 + len(others)) if written.repeat else [*map(_other_slot, others)]
        self.sent["warnings"] = [*told, *(w.message for w in warned)]
        self._has(written, post, "sent", [])

    @needs(Right.WRITE)
    async def be_here(self, post_id: int) -> None:
        """Say that this tab has a post or page open in its editor; 0: none any more."""
        by, sid = await signed_in(self), self.router.session.session_id
        namespace = RegistrationContext.get().app.event_namespace
        if post_id and not presence.is_open(namespace, sid, by, post_id):
            async with reading() as db:
                if await rows.get(db, by.workspace_id, post_id, kind=self.KIND) is None:
                    post_id = 0
        await presence.sit(namespace, sid, by, post_id)

    @needs(Right.READ)
    async def follow(self) -> None:
        """Read again what became of what was sent."""
        if not self.sent["schedule_id"]:
            return
        await self._read_sent(await signed_in(self))

    @needs(Right.PUBLISH)
    async def retry(self, delivery_id: int) -> None:
        """Try again what is surely not out at one channel."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.retry_delivery(db, by, delivery_id, now=utc_now())
        await self._read_sent(by)

    @needs(Right.PUBLISH)
    async def resolve(self, delivery_id: int, is_there: bool) -> None:
        """Take a person's word for whether it is out at one channel."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.resolve(db, by, delivery_id, posted=is_there, now=utc_now())
        await self._read_sent(by)

    async def _read_sent(self, by: Member) -> None:
        async with reading() as db:
            fresh = await outcome.read(db, by, self.sent["schedule_id"], now=utc_now())
        self.sent = Sent(**{**fresh, "warnings": self.sent["warnings"]})

    async def _keep(self, db: AsyncSession, by: Member, written: Written) -> Post:
        given = {**written.given(), "kind": self.KIND, "may_be_blank": True, "now": utc_now()}
        if not written.post_id:
            post = await posts.create(db, by, **given)
            await versions.after_edit(db, by, post, sitting=written.sitting, now=given["now"])
        else:
            try:
                revision = self._base(written)
                post = await posts.edit(
                    db, by, written.post_id, revision=revision, sitting=written.sitting, **given
                )
            except Stale:
                same = await self._same(db, by, written)
                if same is None:
                    raise
                post = same
        await self._keep_more(db, by, written)
        return post

    async def _same(self, db: AsyncSession, by: Member, written: Written) -> Post | None:
        """Return what the server has already: an answer was lost, and the editor asks again."""
        post = await rows.get(db, by.workspace_id, written.post_id, kind=self.KIND)
        if post is None:
            return None
        return post if await self._is_kept(db, post, written) else None

    def _base(self, written: Written) -> int:
        if written.overwrites:
            return written.revision  # as it was shown; what came after that was not
        return max(written.revision, self._mine.get(written.post_id, 0))

    def _has(
        self, written: Written, post: Post, state: str, problems: list[dict[str, Any]]
    ) -> None:
        self._mine = {post.id or 0: post.revision}
        self.saved = {
            "ticket": written.ticket,
            "seq": written.seq,
            "state": state,
            "post_id": post.id,
            "revision": post.revision,
            "detail": "",
            "problems": problems,
        }

    async def _answer(self, by: Member, written: Written, no: ForPeople) -> None:
        is_stale = isinstance(no, Stale)
        self.saved = {
            "ticket": written.ticket,
            "seq": written.seq,
            "state": "stale" if is_stale else "refused",
            "detail": no.detail,
            "problems": [],
            "theirs": await self._theirs(by, written) if is_stale else None,
        }

    async def _theirs(self, by: Member, written: Written) -> dict[str, Any] | None:
        """Return what is saved instead, and who did it when; None when it is gone."""
        asked = Opened(ticket=written.ticket, post_id=written.post_id)
        async with reading() as db:
            post = await rows.get(db, by.workspace_id, written.post_id, kind=self.KIND)
            if post is None:
                return None
            last = await saved_versions.newest(db, written.post_id) or await versions.first(
                db, post
            )
            content = await self._content(db, by, asked)
        return content | {
            "title": post.title,
            "text": post.text,
            "channel_ids": [c["id"] for c in self.channels if c["id"] in post.channel_ids],
            "revision": post.revision,
            "by": last.author_name,
            "is_me": last.author_id is not None and last.author_id == by.person_id,
            "when": moments.spoken(last.saved_at, by.zone, now=utc_now()),
        }


def received(shape: type[_Asked], request: dict[str, Any]) -> _Asked:
    """Whoever calls a handler by hand can send anything: take only what fits."""
    try:
        return shape.model_validate(request)
    except ValidationError as error:
        message = "The editor sent something that was not understood. Nothing was changed."
        raise Rejected(Problem("unreadable", message)) from error


async def _schedule(
    db: AsyncSession, by: Member, written: Written, post: Post, at: Moment | None
) -> list[Schedule]:
    if not written.channel_ids:
        message = "Choose at least one channel. Nothing was scheduled."
        raise Rejected(Problem("channel_required", message, "channel_ids"))
    if planned := await drafts.planned(db, post):
        when = moments.spoken(planned.scheduled_at, planned.timezone, now=utc_now())
        raise Conflict(
            f"This {post.kind} is planned already, for {when}. It was not planned twice."
        )
    what: dict[str, Any] = {"post_id": post.id or 0, "kind": None, "now": utc_now()}
    if written.how == "queue":
        return await queueing.add(db, by, channel_ids=written.channel_ids, **what)
    if written.how == "schedule" and written.repeat:
        what |= {"repeat": written.repeat, "at": at, "channel_ids": written.channel_ids}
        return (await series.create(db, by, **what))[1]
    return [await schedules.create(db, by, at=at, channel_ids=written.channel_ids, **what)]


def _other_slot(other: Schedule) -> str:
    when = moments.spoken(other.scheduled_at, other.timezone, now=utc_now())
    return f"Channels with other slots get it then: {when}."
