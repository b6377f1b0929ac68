"""Making, listing and revoking review links, from wherever posts are seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import review as rules
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member, Right
from socialapp.domain.text import excerpt
from socialapp.services import reviews
from socialapp.store import posts, schedules
from socialapp.store.reviews import Listed
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.queue.bulk import BulkState
from socialapp.ui.session import needs, signed_in

_EXCERPT = 60


class LinkView(TypedDict):
    """A link that still opens; its address is not kept."""

    id: int
    key: str
    shows: str
    stands: str


class ReviewState(rx.State):
    """The dialog."""

    is_open: bool = False
    about: str = ""
    """What a new link would show, in words."""
    links: list[LinkView] = []
    """Those that show something of it."""
    new_address: str = ""
    """Of the link just made; the browser knows what stands before it."""
    revoking: int = 0
    _post_ids: list[int] = []

    @needs(Right.WRITE)
    async def ask_for_schedule(self, schedule_id: int) -> None:
        """Open it for the post of a schedule."""
        by = await signed_in(self)
        async with reading() as db:
            there = await schedules.some(db, by.workspace_id, [schedule_id])
            await self._open(db, by, [each.post_id for each in there])

    @needs(Right.WRITE)
    async def ask_for_post(self, post_id: int) -> None:
        """Open it for a post as it is saved."""
        by = await signed_in(self)
        async with reading() as db:
            await self._open(db, by, [post_id])

    @needs(Right.WRITE)
    async def ask_for_selected(self) -> EventSpec | None:
        """Open it for what is selected in the queue."""
        by = await signed_in(self)
        ids = [int(key) for key in (await self.get_state(BulkState)).selected]
        async with reading() as db:
            there = await schedules.some(db, by.workspace_id, ids)
            there.sort(key=lambda each: (each.scheduled_at, each.id))
            chosen = list(dict.fromkeys(each.post_id for each in there))
            if len(chosen) > rules.POSTS_AT_MOST:
                return notice.error(
                    f"A link shows {rules.POSTS_AT_MOST} posts at most. Select fewer of them."
                )
            await self._open(db, by, chosen)
        return None

    @needs(Right.WRITE)
    async def make(self, form: dict[str, Any]) -> None:
        """Make a link and show its address, once."""
        by, now = await signed_in(self), utc_now()
        days = str(form.get("review_days", ""))
        async with transaction() as db:
            _, secret = await reviews.create(
                db,
                by,
                self._post_ids,
                days=int(days) if days in map(str, rules.LASTS_DAYS) else rules.LASTS_AT_FIRST,
                takes_advice=bool(form.get("review_advice")),
                now=now,
            )
        async with reading() as db:
            await self._list(db, by)
        self.new_address = routes.review(secret)

    @needs(Right.WRITE)
    async def ask_revoke(self, link_id: int) -> None:
        """Ask before a link ends; 0 takes the question back."""
        self.revoking = link_id

    @needs(Right.WRITE)
    async def revoke(self) -> EventSpec:
        """End the link that was asked about."""
        by, link_id = await signed_in(self), self.revoking
        self.revoking = 0
        async with transaction() as db:
            await reviews.revoke(db, by, link_id, now=utc_now())
        async with reading() as db:
            await self._list(db, by)
        return notice.good("The link is revoked. What was said through it stays.")

    @needs(Right.READ)
    async def close(self) -> None:
        """Put the dialog away; an address that was shown is gone."""
        self.is_open, self.new_address, self.revoking = False, "", 0

    async def _open(self, db: AsyncSession, by: Member, post_ids: Sequence[int]) -> None:
        there = await posts.by_id(db, by.workspace_id, post_ids)
        found = [i for i in post_ids if i in there and there[i].deleted_at is None]
        if not found:
            raise NotFound("There is no such post. Save it first.")
        first = there[found[0]]
        words = excerpt(first.title or first.text, _EXCERPT) or f"A {first.kind} without text"
        self.about = words if len(found) == 1 else f"{len(found)} posts, first: {words}"
        self._post_ids, self.new_address, self.revoking = found, "", 0
        await self._list(db, by)
        self.is_open = True

    async def _list(self, db: AsyncSession, by: Member) -> None:
        now = utc_now()
        found = await reviews.of_workspace(db, by, post_ids=self._post_ids, now=now)
        self.links = [_view(each, by, now) for each in found]


def _view(listed: Listed, by: Member, now: datetime) -> LinkView:
    link, number = listed.link, len(listed.post_ids)
    opened = link.last_opened_at
    stands = [
        f"Opened {moments.distance(opened, now=now)}" if opened else "Never opened",
        f"expires {moments.spoken(link.expires_at, by.zone, now=now)}",
        *(["takes advice"] if link.takes_advice else []),
        *([f"made by {listed.made_by}"] if listed.made_by else []),
    ]
    return LinkView(
        id=link.id or 0,
        key=str(link.id),
        shows="This post" if number == 1 else f"{number} posts",
        stands=" · ".join(stands),
    )
