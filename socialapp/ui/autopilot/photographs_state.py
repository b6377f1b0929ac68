"""What is done with photographs: found, chosen, sorted into folders, scored, let go."""

from typing import Any

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.origins import Origin
from socialapp.domain.people import Member, Right
from socialapp.services.autopilot import outcomes, photographs
from socialapp.store import photographs as rows
from socialapp.store.files import files
from socialapp.store.photographs import Asked
from socialapp.store.session import reading, transaction
from socialapp.ui.autopilot.views import (
    OnePhoto,
    PhotoTile,
    no_photo,
    one_photo,
    photo_tile,
    score_of,
)
from socialapp.ui.changes import put
from socialapp.ui.components import notice
from socialapp.ui.paging import Paged, Steps
from socialapp.ui.session import needs, signed_in

SIZE = 60
"""Photographs on a page: it fills its last line, whether that has two, three, four, five or six."""
_ANY = "*"
LIBRARY_SHOWN = 60


class PhotographsState(Paged, rx.State):
    """The grid, its filters, what is chosen, and the one that is open."""

    tiles: list[PhotoTile] = []
    is_empty: bool = True
    """There are none, whatever was looked for."""
    number: int = 1
    """Of the page that is shown."""
    scored: int = 0
    every: int = 0
    """All of them, whatever was looked for."""
    folders: list[str] = []
    tags: list[str] = []
    query: str = ""
    folder: str = _ANY
    tag: str = ""
    status: str = ""
    minimum_score: str = "0"
    chosen: list[str] = []
    shown: OnePhoto = no_photo()
    refusal: str = ""
    is_arranging: bool = False
    library: list[dict[str, str]] = []
    library_words: str = ""
    is_adding: bool = False
    max_bytes: int = 0
    _steps: Steps = Steps(size=SIZE)

    @needs(Right.READ)
    async def search(self, query: str) -> None:
        """Look for words in names."""
        self.query = query[:200].strip()
        await self._first()

    @needs(Right.READ)
    async def only_folder(self, folder: str) -> None:
        """Show those of a folder; of "*" all."""
        self.folder = folder[:120]
        await self._first()

    @needs(Right.READ)
    async def only_tag(self, tag: str) -> None:
        """Show those with a tag."""
        self.tag = tag[:50]
        await self._first()

    @needs(Right.READ)
    async def only_status(self, status: str) -> None:
        """Show those of which this became."""
        self.status = status[:20]
        await self._first()

    @needs(Right.READ)
    async def at_least(self, score: str) -> None:
        """Show those that are worth so much."""
        self.minimum_score = f"{score_of(score or '0'):g}"
        await self._first()

    @needs(Right.READ)
    async def go(self, step: int) -> None:
        """Show the page after this one, or the one before it."""
        self._steps.go(step)
        self.chosen = []
        await self._read(await signed_in(self))

    async def _first(self) -> None:
        self._steps, self.chosen = Steps(size=SIZE), []
        await self._read(await signed_in(self))

    @needs(Right.PUBLISH)
    async def uploaded(self, asset: dict[str, Any]) -> None:
        """Give a new upload to autopilot; the page shows it with others that came meanwhile."""
        by = await signed_in(self)
        media_id = asset.get("id")
        if not isinstance(media_id, int):
            raise Rejected(Problem("media_unknown", "There is no such picture."))
        folder = self.folder if self.folder != _ANY else ""
        async with transaction() as db:
            await photographs.add(db, by, media_id, folder=folder, now=utc_now())

    @needs(Right.PUBLISH)
    async def choose(self, media_id: int) -> None:
        """Choose a photograph, or let it go."""
        key = str(media_id)
        if key in {tile["key"] for tile in self.tiles}:
            self.chosen = sorted(set(self.chosen) ^ {key})

    @needs(Right.PUBLISH)
    async def choose_all(self, is_on: bool) -> None:
        """Choose all that are shown, or none."""
        self.chosen = sorted(tile["key"] for tile in self.tiles) if is_on else []

    @needs(Right.PUBLISH)
    async def ask_to_arrange(self, is_asking: bool) -> None:
        """Ask for the folder and tags of those that are chosen."""
        self.is_arranging, self.refusal = is_asking and bool(self.chosen), ""

    @needs(Right.PUBLISH)
    async def arrange(self, form: dict[str, Any]) -> Any:
        """Put those that are chosen into a folder, and add tags."""
        by = await signed_in(self)
        folder = str(form.get("more_folder") or "")
        async with transaction() as db:
            number = await photographs.arrange(
                db,
                by,
                [int(key) for key in self.chosen],
                folder=folder if folder.strip() or form.get("no_folder") else None,
                more_tags=[str(form.get("more_tags") or "")],
            )
        self.is_arranging, self.chosen = False, []
        await self._read(by)
        return notice.good(f"{number} changed.")

    @needs(Right.READ)
    async def open(self, media_id: int) -> None:
        """Show one of them large, with what can be changed; 0 puts it away."""
        by = await signed_in(self)
        self.refusal, self.shown = "", no_photo()
        if not media_id:
            return
        async with reading() as db:
            found = await rows.one(db, by.workspace_id, media_id)
            written = await rows.origins(db, [media_id])
        if found:
            origin = written.get(media_id, Origin())
            self.shown = one_photo(*found, origin, zone=by.zone, now=utc_now())

    @needs(Right.PUBLISH)
    async def save(self, form: dict[str, Any]) -> Any:
        """Keep the score, folder and tags of the open one, or say beside them why not."""
        by, media_id = await signed_in(self), self.shown["id"]
        own = str(form.get("own_score", "")).strip()
        try:
            async with transaction() as db:
                await photographs.rate(db, by, media_id, score_of(own) if own else None)
                await photographs.arrange(
                    db,
                    by,
                    [media_id],
                    folder=str(form.get("one_folder") or ""),
                    tags=[str(form.get("one_tags") or "")],
                )
        except Rejected as no:
            self.refusal = no.detail
            return None
        name, self.shown = self.shown["filename"], no_photo()
        await self._read(by)
        return notice.good(f"{name} is saved.")

    @needs(Right.PUBLISH)
    async def veto(self, media_id: int, is_vetoed: bool) -> None:
        """Never post a photograph, or allow it again."""
        by = await signed_in(self)
        async with transaction() as db:
            await photographs.veto(db, by, media_id, is_vetoed=is_vetoed)
        await self._read(by)

    @needs(Right.PUBLISH)
    async def release(self, media_id: int) -> None:
        """Let one whose posting failed or was cancelled be picked again."""
        by = await signed_in(self)
        async with transaction() as db:
            await outcomes.release(db, by, media_id, now=utc_now())
        await self._read(by)

    @needs(Right.PUBLISH)
    async def look_into_library(self, is_looking: bool) -> None:
        """Show pictures of the library that autopilot does not have."""
        by = await signed_in(self)
        self.is_adding, self.refusal = is_looking, ""
        if not is_looking:
            self.library = []
            return
        async with reading() as db:
            newest, total = await rows.not_yet(db, by.workspace_id, limit=LIBRARY_SHOWN)
        self.library = [
            {
                "id": str(asset.id),
                "name": asset.filename,
                "thumbnail": f"/api/media/{asset.id}/thumbnail",
            }
            for asset in newest
        ]
        shown = f"The newest {len(newest)} of {total}." if total > len(newest) else ""
        self.library_words = shown or (
            "" if total else "Autopilot has all pictures of the library."
        )

    @needs(Right.PUBLISH)
    async def add_from_library(self, form: dict[str, Any]) -> Any:
        """Take those that were ticked."""
        by = await signed_in(self)
        ends = [name.removeprefix("media-") for name in form if name.startswith("media-")]
        ids = [int(end) for end in ends if end.isascii() and end.isdigit() and len(end) < 19]
        if not ids:
            self.refusal = "Tick at least one picture. Nothing was added."
            return None
        async with transaction() as db:
            number = await photographs.add_some(db, by, ids, now=utc_now())
        self.is_adding, self.library = False, []
        await self._read(by)
        return notice.good(f"{number} added.")

    async def _fetch(self, by: Member) -> None:
        asked = Asked(
            q=self.query,
            folder=None if self.folder == _ANY else self.folder,
            tag=self.tag,
            status=self.status,
            minimum_score=score_of(self.minimum_score or "0"),
        )
        async with reading() as db:
            page = await rows.page(
                db, by.workspace_id, asked, limit=SIZE, cursor=self._steps.cursor
            )
            scored, every = await rows.scored(db, by.workspace_id)
            folders = await rows.folders(db, by.workspace_id)
            tags = await rows.tags(db, by.workspace_id)
        tiles = [photo_tile(*found) for found in page.items]
        keys = {tile["key"] for tile in tiles}
        put(
            self,
            tiles=tiles,
            folders=folders,
            tags=tags,
            number=len(self._steps.cursors),
            scored=scored,
            every=every,
            is_empty=every == 0,
            chosen=[key for key in self.chosen if key in keys],
            max_bytes=files().limit_bytes,
        )
        self._arrived(page)
