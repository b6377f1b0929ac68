"""What the editor of pages does beside what all editors do: titles and attachments."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from socialapp.domain import text as texts
from socialapp.domain.content import Kind
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.services import attachments, writing
from socialapp.store import contents
from socialapp.store import posts as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, Post
from socialapp.ui.compose.desk import Desk
from socialapp.ui.compose.drafts import Opened, Written


class Described(BaseModel):
    """What the author said about a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: int = Field(ge=1, lt=2**63)
    description: str = Field(max_length=attachments.DESCRIPTION_LIMIT)


class WrittenPage(Written):
    """A draft of a page as its editor sends it."""

    title: str = Field(max_length=writing.TITLE_AT_MOST)
    attachment_ids: list[int] = Field(max_length=writing.ATTACHMENTS_AT_MOST)
    described: list[Described] = Field(max_length=writing.ATTACHMENTS_AT_MOST)

    def given(self) -> dict[str, Any]:
        """Return what it says, as the services take it."""
        mine = {"title": self.title, "attachment_ids": self.attachment_ids}
        return {**super().given(), **mine}


class PageState(Desk, rx.State):
    """One editor of pages in one tab."""

    KIND = Kind.PAGE
    SHAPE = WrittenPage

    async def _content(self, db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
        if await rows.get(db, by.workspace_id, asked.post_id, kind=Kind.PAGE) is None:
            return {"attachments": []}
        found = (await contents.attachments_of(db, [asked.post_id])).get(asked.post_id, [])
        return {"attachments": [attachment_view(asset) for asset in found]}

    async def _is_kept(self, db: AsyncSession, post: Post, written: WrittenPage) -> bool:
        found = (await contents.attachments_of(db, [post.id or 0])).get(post.id or 0, [])
        said = (texts.normalised(written.title), texts.normalised(written.text))
        kept = (post.title, post.text, [asset.id for asset in found], post.channel_ids)
        return kept == (*said, written.attachment_ids, written.channel_ids)

    async def _keep_more(self, db: AsyncSession, by: Member, written: WrittenPage) -> None:
        for said in written.described:
            if said.id in written.attachment_ids:
                await attachments.describe(db, by, said.id, description=said.description)

    def _check_said(self, post: Post, written: WrittenPage) -> None:
        if not post.text.strip():
            raise Rejected(Problem("text_required", "Write something: the text is empty.", "text"))


def attachment_view(asset: AttachmentAsset) -> dict[str, Any]:
    """Return what the list of files shows; the same names as the REST API's."""
    return {
        "id": asset.id,
        "mime_type": asset.mime_type,
        "size_bytes": asset.size_bytes,
        "description": asset.description,
        "filename": asset.filename,
        "url": f"/api/attachment/{asset.id}/file",
    }
