"""The watched folder: each picture once by its content, and nothing there is touched."""

import os
from pathlib import Path

from sqlmodel import col, select

from benchmarks.photos import saved, shipped
from socialapp.clock import utc_now
from socialapp.services import media
from socialapp.services.autopilot import folder
from socialapp.services.autopilot.folder import Watched
from socialapp.store import autopilot, files
from socialapp.store.tables import MediaAsset, Photo, TakenFile
from tests.world import World

PICTURES = {name: saved(picture) for name, picture in shipped() if name in ("coffee", "china")}


async def look(world: World, watched: Watched, *, still_s: float = 0) -> int:
    return await folder.look(world.database, watched, now=utc_now(), still_s=still_s)


async def photographs(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as db:
        query = (
            select(MediaAsset.filename, Photo.folder)
            .join(Photo, col(Photo.media_id) == MediaAsset.id)
            .order_by(col(MediaAsset.filename))
        )
        return [(row[0], row[1]) for row in (await db.execute(query)).all()]


async def test_each_is_taken_once_by_its_content_and_the_folder_stays_as_it_is(
    world: World, tmp_path: Path
) -> None:
    files.connect(world.settings.media_dir, limit_bytes=10**7)
    home = tmp_path / "pictures"
    (home / "Asia" / "2027").mkdir(parents=True)
    (home / ".hidden").mkdir()
    (home / "coffee.JPG").write_bytes(PICTURES["coffee"])
    (home / "Asia" / "2027" / "china.jpg").write_bytes(PICTURES["china"])
    (home / "copy of coffee.jpg").write_bytes(PICTURES["coffee"])
    (home / "broken.jpg").write_bytes(PICTURES["china"][:9000])
    (home / "notes.txt").write_text("not a picture")
    (home / ".hidden" / "china.jpg").write_bytes(PICTURES["china"])
    (home / "elsewhere.jpg").symlink_to("/etc/hostname")
    before = {path: path.lstat() for path in home.rglob("*")}

    assert await look(world, Watched(home), still_s=3600) == 0  # all of it may still be written
    watched = Watched(home)
    assert await look(world, watched) == 2
    assert await look(world, watched) == 0
    assert await look(world, Watched(home)) == 0  # another process

    assert await photographs(world) == [("china.jpg", "Asia/2027"), ("coffee.JPG", "")]
    assert {path: path.lstat().st_mtime_ns for path in home.rglob("*")} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }
    async with world.database.reading() as db:
        notes = await autopilot.notes(db, world.alice.workspace_id, limit=9)
        known = (await db.execute(select(TakenFile.path, TakenFile.media_id))).all()
    assert [n.words.partition(":")[0] for n in notes if n.is_warning] == [
        "broken.jpg in the watched folder was not taken"
    ]
    assert len(known) == 3

    (home / "broken.jpg").write_bytes(PICTURES["china"])  # it was still being written
    assert await look(world, watched) == 0  # the same picture as the one in Asia
    async with world.database.reading() as db:
        asset = (await db.execute(select(MediaAsset))).scalars().first()
    assert asset
    await media.delete(world.database, world.alice, asset.id or 0)
    assert await look(world, Watched(home)) == 0  # what a person deleted does not come back


async def test_an_old_time_of_a_copy_does_not_make_it_ripe(world: World, tmp_path: Path) -> None:
    files.connect(world.settings.media_dir, limit_bytes=10**7)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "coffee.jpg").write_bytes(PICTURES["coffee"])
    os.utime(tmp_path / "in" / "coffee.jpg", (1, 1))

    assert await look(world, Watched(tmp_path / "in"), still_s=3600) == 0
