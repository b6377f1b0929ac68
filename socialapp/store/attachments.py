"""The rows of attachments: the files of pages."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import col

from socialapp.store import uploads
from socialapp.store.pages import Page
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset


async def get(db: AsyncSession, workspace_id: int, attachment_id: int) -> AttachmentAsset | None:
    """Return an attachment of the workspace."""
    return await uploads.get(db, AttachmentAsset, workspace_id, attachment_id)


async def page(db: AsyncSession, workspace_id: int, **asked: Any) -> Page[AttachmentAsset]:
    """Return attachments, the newest first. Asked for with: q, limit, cursor."""
    about = col(AttachmentAsset.description)
    return await uploads.page(db, AttachmentAsset, workspace_id, about=about, **asked)


async def some(
    db: AsyncSession, workspace_id: int, attachment_ids: Iterable[int]
) -> dict[int, AttachmentAsset]:
    """Return those of the ids that the workspace has."""
    return await uploads.some(db, AttachmentAsset, workspace_id, attachment_ids)
