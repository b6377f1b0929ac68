"""What the editor of posts does."""

from typing import Any

import reflex as rx

from socialapp.domain.content import Kind
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.store import contents
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Post
from socialapp.ui.compose import drafts
from socialapp.ui.compose.desk import Desk
from socialapp.ui.compose.drafts import Opened, WrittenPost


class ComposeState(Desk, rx.State):
    """One editor of posts in one tab."""

    KIND = Kind.POST
    SHAPE = WrittenPost

    async def _content(self, db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
        return {"media": await drafts.read_media(db, by, asked)}

    async def _kept_ids(self, db: AsyncSession, post_id: int) -> list[int]:
        return (await contents.media_ids(db, post_id)).get(contents.place(), [])

    def _check_said(self, post: Post, written: WrittenPost) -> None:
        if not post.text.strip() and not written.media_ids:
            raise Rejected(Problem("text_required", "Write something, or add a picture.", "text"))
