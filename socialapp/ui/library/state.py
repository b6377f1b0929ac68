"""What the library does: search, step, describe, delete; and show what another tab uploaded."""

from typing import Any, TypedDict

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict
from socialapp.domain.people import Member, Right
from socialapp.services import media, proposals
from socialapp.store import media as rows
from socialapp.store.files import files
from socialapp.store.session import database, reading, transaction
from socialapp.store.tables import MediaAsset
from socialapp.ui.components import notice
from socialapp.ui.paging import SIZE, Paged, Steps
from socialapp.ui.rows import bytes_words, clock_words
from socialapp.ui.session import needs, signed_in


class Tile(TypedDict):
    """One picture or video of the grid."""

    id: int
    key: str
    kind: str
    filename: str
    alt_text: str
    size: str
    shape: str
    type: str
    when: str
    thumbnail: str
    preview: str
    file: str


def nothing() -> Tile:
    """Return the tile of no picture: the dialog is closed."""
    return Tile(
        id=0,
        key="",
        kind="",
        filename="",
        alt_text="",
        size="",
        shape="",
        type="",
        when="",
        thumbnail="",
        preview="",
        file="",
    )


class LibraryState(Paged, rx.State):
    """The grid, its search and place, and the picture that is open."""

    tiles: list[Tile] = []
    query: str = ""
    only_without_alt: bool = False
    is_empty: bool = False
    """The whole library, not only what was searched for."""
    coverage: str = ""
    max_bytes: int = 0
    proposes: str = ""
    """What may be proposed here: nothing, `texts` or `pictures`."""
    shown: Tile = nothing()
    refusal: str = ""
    """Why the open one was not deleted, or not described."""
    is_asking: bool = False

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Look for words in names and descriptions."""
        self.query, self._steps = query[:200].strip(), Steps()
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def show_without_alt(self, is_on: bool) -> None:
        """Show only what nobody has described."""
        self.only_without_alt, self._steps = is_on, Steps()
        await self._read(await signed_in(self))

    @needs(Right.WRITE)
    async def uploaded(self, asset: dict[str, Any]) -> None:
        """Show a new upload at the front; what it is comes from the database."""
        self.query, self.only_without_alt, self._steps = "", False, Steps()
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def open(self, media_id: int) -> None:
        """Show one of them large, with what is known of it."""
        by = await signed_in(self)
        async with reading() as db:
            asset = await media.get(db, by, media_id)
        self.shown, self.refusal, self.is_asking = _tile(asset, by.zone), "", False

    @needs(Right.READ)
    async def close(self) -> None:
        """Put it away."""
        self.shown, self.refusal, self.is_asking = nothing(), "", False

    @needs(Right.WRITE)
    async def describe(self, form: dict[str, Any]) -> Any:
        """Keep the description of the open one."""
        by = await signed_in(self)
        async with transaction() as db:
            await media.describe(db, by, self.shown["id"], alt_text=str(form.get("alt_text", "")))
        self.shown = nothing()
        await self._read(by)
        return notice.good("The description is saved.")

    @needs(Right.WRITE)
    async def ask(self, is_asking: bool) -> None:
        """Ask whether to delete the open one, or do not ask any more."""
        self.is_asking, self.refusal = is_asking, ""

    @needs(Right.WRITE)
    async def delete(self) -> Any:
        """Delete the open one, or say where it is needed."""
        by = await signed_in(self)
        name = self.shown["filename"]
        self.is_asking = False
        try:
            await media.delete(database(), by, self.shown["id"])
        except Conflict as no:
            self.refusal = no.detail
            return None
        self.shown = nothing()
        await self._read(by)
        return notice.good(f"{name} is deleted.")

    async def _fetch(self, by: Member) -> None:
        async with reading() as db:
            page = await rows.page(
                db,
                by.workspace_id,
                q=self.query,
                limit=SIZE,
                cursor=self._steps.cursor,
                without_alt=self.only_without_alt,
            )
            described, all_of_them = await rows.coverage(db, by.workspace_id)
            self.proposes = str(await proposals.offer(db, by))
        self.tiles = [_tile(asset, by.zone) for asset in page.items]
        self.coverage = f"{described} of {all_of_them} described"
        self.is_empty = not all_of_them
        self.max_bytes = files().limit_bytes
        self._arrived(page)


def _tile(asset: MediaAsset, zone: str) -> Tile:
    address = f"/api/media/{asset.id}"
    # A picture whose smaller sizes are made meanwhile gets another address, so it is asked for.
    made = "?made" if asset.has_thumbnail else ""
    length = f" · {asset.duration_s:.0f} s" if asset.duration_s else ""
    return Tile(
        id=asset.id or 0,
        key=str(asset.id),
        kind=asset.kind,
        filename=asset.filename,
        alt_text=asset.alt_text,
        size=bytes_words(asset.size_bytes),
        shape=f"{asset.width} x {asset.height}{length}",
        type=asset.mime_type.partition("/")[2].upper(),
        when=clock_words(asset.created_at, zone, now=utc_now()),
        thumbnail=f"{address}/thumbnail{made}",
        preview=f"{address}/preview{made}",
        file=f"{address}/file",
    )
