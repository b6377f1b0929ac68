"""What the editor of posts does beside what all editors do: media, and threads of long texts."""

from typing import Any

import reflex as rx

from socialapp.domain.content import Kind
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.store import contents
from socialapp.store.session import AsyncSession, reading
from socialapp.store.tables import Post
from socialapp.ui.compose import drafts
from socialapp.ui.compose.desk import Desk, received
from socialapp.ui.compose.drafts import Long, Opened, WrittenPost
from socialapp.ui.session import needs, signed_in


class ComposeState(Desk, rx.State):
    """One editor of posts in one tab."""

    KIND = Kind.POST
    SHAPE = WrittenPost

    thread: dict[str, Any] = {}
    """The answer to the last wish to split a text: `ticket`, `parts`, `trouble`."""

    @needs(Right.WRITE)
    async def split(self, request: dict[str, Any]) -> None:
        """Give back a text in parts that fit the channels; nothing is kept."""
        asked, by = received(Long, request), await signed_in(self)
        answer: dict[str, Any] = {"ticket": asked.ticket, "parts": [], "trouble": ""}
        try:
            async with reading() as db:
                answer["parts"] = await drafts.read_thread(db, by, asked)
        except Rejected as no:
            answer["trouble"] = no.detail
        self.thread = answer

    async def _content(self, db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
        return {"media": await drafts.read_media(db, by, asked)}

    async def _kept_ids(self, db: AsyncSession, post_id: int) -> list[int]:
        return (await contents.media_ids(db, post_id)).get(contents.place(), [])

    def _check_said(self, post: Post, written: WrittenPost) -> None:
        if not post.text.strip() and not written.media_ids:
            raise Rejected(Problem("text_required", "Write something, or add a picture.", "text"))
