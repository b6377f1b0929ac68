"""What photographs are worth, measured in a process of its own."""

from datetime import datetime

from socialapp.domain.errors import Rejected, UnsupportedType
from socialapp.domain.score import VERSION, score
from socialapp.imaging import workshop
from socialapp.store import autopilot as rows
from socialapp.store.files import files
from socialapp.store.media import for_job
from socialapp.store.session import Database, aftermath
from socialapp.store.tables import Photo, PhotoAnalysis


async def analyse(database: Database, media_id: int, *, now: datetime) -> None:
    """Score a photograph; commits. Twice is harmless; one that cannot be read is worth 0."""
    async with database.reading() as db:
        asset = await for_job(db, media_id)
        known = await db.get(PhotoAnalysis, media_id)
    if asset is None or (known and known.version >= VERSION):
        return
    try:
        measures = await workshop.measure(files().path(asset.key))
        fingerprint = str(measures.pop("fingerprint"))
        found = score(measures)
        worth, parts = found.value, [vars(part) for part in found.parts]
    except (Rejected, UnsupportedType) as no:
        worth, fingerprint, parts = 0.0, "", [{"name": "readable", "value": 0.0, "why": no.detail}]
    async with database.transaction() as db:
        if await db.get(Photo, media_id) is None:
            return  # deleted meanwhile
        await db.merge(
            PhotoAnalysis(
                media_id=media_id,
                version=VERSION,
                score=worth,
                parts=parts,
                fingerprint=fingerprint,
                analysed_at=now,
            )
        )
        aftermath(db).workspaces.add(asset.workspace_id)


async def analyse_missing(database: Database, *, now: datetime) -> None:
    """Score what has no score, or one of an older formula."""
    async with database.reading() as db:
        waiting = await rows.unanalysed(db, VERSION)
    for media_id in waiting:
        await analyse(database, media_id, now=now)
