"""The library through its service: what is kept, what is refused, what is left behind."""

import asyncio
import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from socialapp.domain.delivery import Shown
from socialapp.domain.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    Rejected,
    TooBig,
    UnsupportedType,
)
from socialapp.domain.people import Member, Role
from socialapp.services import media, uploads
from socialapp.store import files
from socialapp.store.files import PREVIEW, THUMBNAIL, Files
from socialapp.store.session import Database
from socialapp.store.tables import MediaAsset, Post, PostMedia
from tests.imaging import files as samples
from tests.imaging.test_clean import REFUSED
from tests.media.conftest import kept, member, uploaded


async def used_by_a_post(database: Database, asset: MediaAsset, status: str) -> None:
    """A post that shows the picture."""
    async with database.transaction() as db:
        post = Post(workspace_id=asset.workspace_id, text="New boats are in", status=status)
        db.add(post)
        await db.flush()
        db.add(PostMedia(post_id=post.id or 0, position=0, media_id=asset.id or 0))


async def test_an_upload_is_kept_once_under_a_name_of_ours(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(), "../../etc/passwd")

    assert asset.filename == "passwd"
    assert folder.path(asset.key).is_relative_to(folder.folder)
    assert folder.path(asset.key).stat().st_size == asset.size_bytes
    assert kept(folder) == [Path(asset.key).name]


async def test_the_bytes_decide_not_the_name(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(), "holiday.png")

    assert (asset.mime_type, asset.filename) == ("image/jpeg", "holiday.png")
    assert asset.key.endswith(".jpg")


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_leaves_nothing(
    database: Database, folder: Files, alice: Member, name: str
) -> None:
    with pytest.raises(UnsupportedType):
        await uploaded(database, alice, REFUSED[name][0])

    assert kept(folder) == []


async def test_an_upload_is_cut_at_the_limit(
    database: Database, folder: Files, alice: Member
) -> None:
    with pytest.raises(TooBig, match="3 MB"):
        await uploaded(database, alice, b"\xff\xd8\xff" + bytes(folder.limit_bytes))

    assert kept(folder) == []


async def test_a_reader_cannot_upload_and_nothing_stays(database: Database, folder: Files) -> None:
    viewer = await member(database, Role.VIEWER)

    with pytest.raises(NotAllowed):
        await uploaded(database, viewer, samples.photo(300, 200))

    assert kept(folder) == []


async def test_a_full_disk_is_said_and_leaves_nothing(folder: Files) -> None:
    async def write_to_a_full_disk() -> None:
        async with folder.incoming() as incoming:
            incoming.path.symlink_to("/dev/full")
            await incoming.write(b"\xff\xd8\xff" + bytes(1000))
            await incoming.flush()

    with pytest.raises(TooBig, match="no room left") as refused:
        await write_to_a_full_disk()

    assert refused.value.code == "disk_full"
    assert kept(folder) == []


def test_other_troubles_of_a_disk_are_not_called_full() -> None:
    files.raise_if_full(OSError(errno.EACCES, "no"))

    with pytest.raises(TooBig):
        files.raise_if_full(OSError(errno.EDQUOT, "no"))


async def test_cancelling_an_upload_leaves_nothing(
    database: Database, folder: Files, alice: Member
) -> None:
    data = samples.photo(1200, 800)

    with pytest.raises(TimeoutError):  # while the helper process is only starting
        async with asyncio.timeout(0.02):
            await uploaded(database, alice, data)

    assert kept(folder) == []


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("step", ["_append", "_move"])
async def test_cancelling_an_upload_while_the_disk_works_leaves_nothing(
    database: Database,
    folder: Files,
    alice: Member,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    is_done: bool,
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    home = files.Incoming if step == "_append" else files
    as_before = getattr(home, step)

    def slow(*args: Any) -> None:
        try:
            if is_done:
                as_before(*args)
            begun.set()
            go_on.wait(20)
            if not is_done:
                as_before(*args)
        finally:
            ended.set()

    monkeypatch.setattr(home, step, slow)
    upload = asyncio.create_task(uploaded(database, alice, samples.photo()))
    await asyncio.to_thread(begun.wait, 20)
    upload.cancel()
    await asyncio.sleep(0)  # it is told now
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await upload
    await asyncio.to_thread(ended.wait, 20)

    assert kept(folder) == []


async def test_smaller_sizes_are_made_once_and_go_with_the_picture(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo())

    await media.make_thumbnails(database, asset.id or 0)
    await media.make_thumbnails(database, asset.id or 0)

    small, large = folder.sized(asset.key, THUMBNAIL), folder.sized(asset.key, PREVIEW)
    assert Image.open(small).size == (320, 213)
    assert Image.open(large).size == (1200, 800)
    assert len(kept(folder)) == 3

    await media.delete(database, alice, asset.id or 0)

    assert kept(folder) == []


async def test_a_video_and_a_missing_picture_have_no_smaller_sizes(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.mp4(), "a.mp4")

    await media.make_thumbnails(database, asset.id or 0)
    await media.make_thumbnails(database, 10**9)

    assert len(kept(folder)) == 1


@pytest.mark.parametrize("status", [Shown.DRAFT, Shown.QUEUED, Shown.FAILED])
async def test_what_is_still_needed_is_not_deleted(
    database: Database, folder: Files, alice: Member, status: Shown
) -> None:
    asset = await uploaded(database, alice, samples.photo(300, 200))
    await used_by_a_post(database, asset, status)

    with pytest.raises(Conflict, match="New boats are in") as refused:
        await media.delete(database, alice, asset.id or 0)

    assert refused.value.code == "in_use"
    assert len(kept(folder)) == 1


async def test_what_went_out_may_be_deleted(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(300, 200))
    await used_by_a_post(database, asset, Shown.POSTED)

    await media.delete(database, alice, asset.id or 0)

    assert kept(folder) == []


def make_old(folder: Files) -> None:
    """Make every file look as if it had been there for two days."""
    for path in folder.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (0, path.stat().st_mtime - 2 * 86400))


async def test_the_sweep_removes_what_a_crash_left_and_nothing_else(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(300, 200))
    folder.temporary().write_bytes(b"half an upload")
    orphan = folder.temporary()
    orphan.write_bytes(b"moved, but its row was never committed")
    await folder.keep(orphan, "jpg")
    make_old(folder)
    folder.temporary().write_bytes(b"under way just now")

    removed = await uploads.sweep(database)

    assert removed == 2
    assert Path(asset.key).name in kept(folder)
    assert len(kept(folder)) == 2


async def test_a_description_is_kept_and_has_a_limit(
    database: Database, folder: Files, alice: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(300, 200))

    async with database.transaction() as db:
        changed = await media.describe(db, alice, asset.id or 0, alt_text=" Two boats\r\n")
    with pytest.raises(Rejected, match="at most 1500"):
        async with database.transaction() as db:
            await media.describe(db, alice, asset.id or 0, alt_text="x" * 1501)

    assert changed.alt_text == "Two boats"


async def test_carol_cannot_see_describe_or_delete(
    database: Database, folder: Files, alice: Member, carol: Member
) -> None:
    asset = await uploaded(database, alice, samples.photo(300, 200))
    media_id = asset.id or 0

    async with database.transaction() as db:
        with pytest.raises(NotFound) as hers:
            await media.get(db, carol, media_id)
        with pytest.raises(NotFound):
            await media.describe(db, carol, media_id, alt_text="mine")
    with pytest.raises(NotFound):
        await media.delete(database, carol, media_id)

    assert hers.value.detail == f"There is no media with the id {media_id}."
    assert len(kept(folder)) == 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fotos\\boat.jpg", "boat.jpg"),
        ("", "untitled.jpg"),
        ("..", "untitled.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("two\nlines.jpg", "twolines.jpg"),
        ("Fähre 01.jpeg", "Fähre 01.jpeg"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_a_name_is_only_for_reading(given: str, shown: str) -> None:
    assert uploads.shown_name(given, "jpg") == shown


@pytest.mark.parametrize(
    "key", ["../x", "ab/../../x.jpg", "/etc/passwd", "ab/" + "0" * 32 + ".j/g"]
)
def test_a_key_never_leaves_the_folder(folder: Files, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        folder.path(key)


async def test_uploads_are_found_by_name_and_description(
    database: Database, folder: Files, alice: Member, carol: Member
) -> None:
    from socialapp.store import media as rows

    boat = await uploaded(database, alice, samples.photo(300, 200), "boat_100%.jpg")
    await uploaded(database, alice, samples.photo(300, 200), "sea.jpg")
    await uploaded(database, carol, samples.photo(300, 200), "boat.jpg")
    async with database.transaction() as db:
        await media.describe(db, alice, boat.id or 0, alt_text="Red DINGHY")

    async with database.reading() as db:
        found = [
            [a.id for a in (await rows.page(db, alice.workspace_id, q=q)).items]
            for q in ("dinghy", "0%", "nothing")
        ]
        first = await rows.page(db, alice.workspace_id, limit=1)
        rest = await rows.page(db, alice.workspace_id, limit=1, cursor=first.next_cursor)

    assert found == [[boat.id], [boat.id], []]
    assert first.total == 2
    assert [a.filename for a in (*first.items, *rest.items)] == ["sea.jpg", "boat_100%.jpg"]
    assert rest.next_cursor == ""
