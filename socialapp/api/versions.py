"""What posts and pages said before: list, read, restore."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.attachments import AttachmentOut
from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Cursor, Limit
from socialapp.api.media import MediaOut
from socialapp.api.page_views import PageOut, page_out
from socialapp.api.post_views import (
    PartOut,
    Places,
    PostOut,
    VariantOut,
    media_out,
    parts_out,
    post_out,
    variant_out,
)
from socialapp.api.writing import REVISION_AT_MOST, Revision
from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.domain.moments import iso
from socialapp.services import history
from socialapp.services.history import Assets, Version
from socialapp.store import contents

router = APIRouter(prefix="/api", tags=["Versions"], route_class=Guarded)

VERSION: dict[str, Any] = {
    "revision": 3, "author": "Anna", "changed": ["text"], "restored_from": None,
    "is_current": True, "began_at": AT, "saved_at": AT,
}  # fmt: skip
_WHOLE: dict[str, Any] = {
    **VERSION, "title": "", "text": "Fresh bread from six.", "media": [], "parts": [],
    "options": {}, "variants": [], "attachments": [], "channel_ids": [], "tags": ["bread"],
    "campaign": "", "notes": "",
}  # fmt: skip


class VersionOut(BaseModel):
    """Who saved it, when, and what that changed."""

    model_config = example(VERSION)

    revision: int = Field(description="The last revision that is in it: its name here.")
    author: str | None = Field(description="Null when it was saved before versions were kept.")
    changed: list[str] = Field(description="The fields that differ from the version before.")
    restored_from: int | None
    is_current: bool
    began_at: str
    saved_at: str


class WholeVersionOut(VersionOut):
    """A version with all that it says. What was deleted since is not in its media."""

    model_config = example(_WHOLE)

    title: str
    text: str
    media: list[MediaOut]
    parts: list[PartOut]
    options: dict[str, Any]
    variants: list[VariantOut]
    attachments: list[AttachmentOut]
    channel_ids: list[int]
    tags: list[str]
    campaign: str
    notes: str
    missing_media: int = Field(
        default=0, description="Pictures and videos that were deleted since: a restore has none."
    )
    missing_attachments: int = Field(default=0, description="Files that were deleted since.")


class VersionsOut(BaseModel):
    """Some versions, the newest first."""

    items: list[VersionOut]
    next_cursor: str | None
    total: int | None


class Restoring(BaseModel):
    """Which revision was read, so that nobody's change is lost."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"revision": 3}]})

    revision: Revision


def version_out(found: Version) -> dict[str, Any]:
    """Return the values of VersionOut."""
    return {
        "revision": found.row.revision,
        "author": found.row.author_name or None,
        "changed": list(found.changed),
        "restored_from": found.row.restored_from,
        "is_current": found.is_current,
        "began_at": iso(found.row.began_at),
        "saved_at": iso(found.row.saved_at),
    }


def whole_version(found: Version, assets: Assets) -> WholeVersionOut:
    """Return a version with all that it says."""
    content: Mapping[str, Any] = found.row.content
    places: Places = {
        where: [assets.media[i] for i in ids if i in assets.media]
        for where, ids in content["media"].items()
    }
    plain = ("title", "text", "options", "channel_ids", "tags", "campaign", "notes")
    files: Sequence[int] = content["attachments"]
    missing = history.missing(found.row, assets)
    return WholeVersionOut(
        **version_out(found),
        **{name: content[name] for name in plain},
        media=media_out(places, contents.place()),
        parts=parts_out(content["parts"], places, None),
        variants=[variant_out(int(key), kept, places) for key, kept in content["variants"].items()],
        attachments=[
            AttachmentOut.of(assets.attachments[i]) for i in files if i in assets.attachments
        ],
        missing_media=missing.media,
        missing_attachments=missing.attachments,
    )


Number = Annotated[int, Path(ge=1, le=REVISION_AT_MOST)]


def _serve(kind: Kind, place: str, name: str, shape: type[PostOut] | type[PageOut]) -> None:
    """Give a kind its addresses: what holds for posts holds for pages."""
    which = Annotated[int, Path(alias=name, ge=1, le=ID_AT_MOST)]
    here = f"/{place}/{{{name}}}/versions"

    @router.get(here, name=f"list_versions_{kind}", responses=problems(400, 401, 403, 404))
    async def list_versions(
        by: Reads, db: Reading, at: which, limit: Limit = 50, cursor: Cursor = ""
    ) -> VersionsOut:
        """List what it said before, the newest first.

        Each save is a version; those of one person in one open editor are one for ten minutes. The
        newest 200 are kept. One that was never edited has one version.
        """
        page = await history.read(db, by, at, kind=kind, limit=limit, cursor=cursor)
        items = [VersionOut(**version_out(each)) for each in page.items]
        return VersionsOut(items=items, next_cursor=page.next_cursor or None, total=page.total)

    @router.get(
        f"{here}/{{revision}}",
        name=f"get_version_{kind}",
        responses=problems(400, 401, 403, 404),
    )
    async def get_version(by: Reads, db: Reading, at: which, revision: Number) -> WholeVersionOut:
        """Return one version with all that it says, and how much of it was deleted since."""
        found = await history.get(db, by, at, revision, kind=kind)
        return whole_version(found, await history.assets_of(db, found.row))

    @router.post(
        f"{here}/{{revision}}/restore",
        name=f"restore_version_{kind}",
        response_model=shape,
        responses=problems(400, 401, 403, 404, 409, 412),
    )
    async def restore_version(
        given: Restoring, by: Writes, db: Transaction, at: which, revision: Number
    ) -> PostOut | PageOut:
        """Make it what it was. An edit like any other: 409 when it is out, 412 when it changed.

        Pictures, files and channels that are gone are left out; what is planned keeps its channels.
        """
        post = await history.restore(
            db, by, at, revision, kind=kind, revision=given.revision, now=utc_now()
        )
        return await page_out(db, post) if kind is Kind.PAGE else await post_out(db, post)


_serve(Kind.POST, "posts", "post_id", PostOut)
_serve(Kind.PAGE, "pages", "page_id", PageOut)
