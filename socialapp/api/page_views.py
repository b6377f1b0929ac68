"""What programs see of pages."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from socialapp.api.attachments import AttachmentOut
from socialapp.api.channel_views import AT, example
from socialapp.api.post_views import PageVariantOut, WrittenOut, channels_of, common
from socialapp.store import contents
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, Channel, Post

PAGE: dict[str, Any] = {
    "id": 14, "kind": "page", "title": "Opening hours", "text": "Open **from six**.",
    "attachments": [], "status": "draft", "revision": 1, "channels": [], "variants": [],
    "options": {}, "tags": [], "campaign": "", "notes": "", "approval": None,
    "scheduled_at": None, "created_at": AT, "updated_at": AT,
}  # fmt: skip


class PageOut(WrittenOut):
    """A longer piece: a title, a text in Markdown, and files."""

    model_config = example(PAGE)

    kind: Literal["page"] = "page"
    title: str
    attachments: list[AttachmentOut]
    variants: list[PageVariantOut] = []


class PageList(BaseModel):
    """Some pages."""

    items: list[PageOut]
    next_cursor: str | None
    total: int | None = Field(description="Exact up to 10000; null when there are more.")


async def pages_out(db: AsyncSession, rows: Sequence[Post]) -> list[PageOut]:
    """Return what programs see of pages of one workspace."""
    files = await contents.attachments_of(db, [page.id or 0 for page in rows]) if rows else {}
    known = await channels_of(db, rows)
    return [_page(page, files.get(page.id or 0, ()), known) for page in rows]


async def page_out(db: AsyncSession, page: Post) -> PageOut:
    """Return what programs see of one page."""
    return (await pages_out(db, [page]))[0]


def _page(page: Post, files: Sequence[AttachmentAsset], known: Mapping[int, Channel]) -> PageOut:
    return PageOut(
        **common(page, known),
        title=page.title,
        attachments=[AttachmentOut.of(asset) for asset in files],
        variants=[_variant(int(key), kept) for key, kept in page.variants.items()],
    )


def _variant(channel_id: int, kept: Mapping[str, Any]) -> PageVariantOut:
    theirs = {name: kept[name] for name in ("text", "title", "options") if name in kept}
    return PageVariantOut(channel_id=channel_id, **theirs)
