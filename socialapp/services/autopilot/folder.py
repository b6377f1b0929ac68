"""The watched folder: each picture that lies there is taken once; nothing in it is changed."""

import os
import time
from asyncio import to_thread
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from socialapp.domain.errors import Rejected, TooBig, UnsupportedType
from socialapp.domain.people import Member
from socialapp.services import media
from socialapp.services.autopilot import log, photographs
from socialapp.store import people
from socialapp.store import photographs as rows
from socialapp.store.files import files
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import MediaAsset, TakenFile

STILL_S = 30.0
"""A file that changed less long ago may still be written."""
AT_ONCE = 25
"""Files in one look; the next goes on."""
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True)
class _Lying:
    """A file as it lies there; written again it is another one."""

    path: Path
    size_bytes: int
    changed_ns: int


@dataclass
class Watched:
    """A folder, and what this process knows of it, so that it is not read again and again."""

    folder: Path
    known: set[_Lying] = field(default_factory=set)


async def look(
    database: Database, watched: Watched, *, now: datetime, still_s: float = STILL_S
) -> int:
    """Take what lies there and is new, for the owner's workspace; return how many. Commits."""
    async with database.reading() as db:
        by = await people.owner(db)
    if by is None:
        return 0
    taken = 0
    for lying in (await to_thread(_lying, watched, still_s))[:AT_ONCE]:
        taken += await _take(database, by, watched.folder, lying, now=now)
        watched.known.add(lying)
    return taken


def _lying(watched: Watched, still_s: float) -> list[_Lying]:
    """Return the pictures that nobody writes any more and that are not known; none is opened."""
    found = []
    before_ns = time.time_ns() - int(still_s * 1e9)  # the times of files are the disk's
    for place, folders, names in os.walk(watched.folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if name.startswith(".") or path.suffix.lower() not in _SUFFIXES or path.is_symlink():
                continue
            if (lying := _as_it_lies(path)) and lying not in watched.known:
                found.append(lying)
    return sorted(
        (each for each in found if each.changed_ns <= before_ns), key=lambda each: each.path
    )


def _as_it_lies(path: Path) -> _Lying | None:
    try:
        stat = path.stat()
    except OSError:
        return None  # gone meanwhile
    # A copy may keep the old time of what it copies, but when it was written here nobody can set.
    return _Lying(path, stat.st_size, max(stat.st_mtime_ns, stat.st_ctime_ns))


async def _take(
    database: Database, by: Member, folder: Path, lying: _Lying, *, now: datetime
) -> bool:
    try:
        sha256 = await to_thread(_digest, lying.path)
    except OSError:
        return False
    async with database.reading() as db:
        if await rows.is_taken(db, by.workspace_id, sha256):
            return False
    inside = lying.path.relative_to(folder)

    async def beside(db: AsyncSession, asset: MediaAsset) -> None:
        db.add(_taken(by, sha256, inside, asset.id))
        await photographs.add(db, by, asset.id or 0, folder=_album(inside), now=now)

    try:
        async with files().incoming() as incoming:
            with lying.path.open("rb") as file:
                while piece := await to_thread(file.read, _PIECE_BYTES):
                    await incoming.write(piece)
            if _as_it_lies(lying.path) != lying:
                return False  # somebody writes it again
            await media.upload(database, by, incoming, filename=inside.name, beside=beside, now=now)
    except (UnsupportedType, Rejected, TooBig) as no:
        async with database.transaction() as db:
            db.add(_taken(by, sha256, inside, None))
            words = f"{inside} in the watched folder was not taken: {no.detail}"
            log.note(db, by.workspace_id, words, is_warning=True)
        return False
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _album(inside: Path) -> str:
    return "" if inside.parent == Path() else inside.parent.as_posix()


def _taken(by: Member, sha256: str, inside: Path, media_id: int | None) -> TakenFile:
    shown = os.fsencode(inside).decode("utf-8", "replace")
    return TakenFile(workspace_id=by.workspace_id, sha256=sha256, path=shown, media_id=media_id)
