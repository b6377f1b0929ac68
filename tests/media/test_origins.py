"""What a camera wrote is kept for captions and not in the file; the place only if wanted."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import media, members
from socialapp.store import photographs
from socialapp.store.files import Files
from socialapp.store.session import Database
from socialapp.store.tables import MediaOrigin

POSITION = {1: "S", 2: (33.0, 51.0, 36.0), 3: "E", 4: (151.0, 12.0, 36.0)}


def photograph(position: object = POSITION) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS 5D"
    exif.get_ifd(0x8769)[0x9003] = "2026:07:01 18:00:00"
    exif.get_ifd(0x8769)[0x9011] = "+10:00"
    exif.get_ifd(0x8825).update(position)  # type: ignore[call-overload]
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def upload(database: Database, by: Member, folder: Files, data: bytes) -> int:
    async with folder.incoming() as incoming:
        await incoming.write(data)
        asset = await media.upload(database, by, incoming, filename="a.jpg", now=utc_now())
    left = folder.path(asset.key).read_bytes()
    assert not dict(Image.open(io.BytesIO(left)).getexif())
    assert b"Canon" not in left
    return asset.id or 0


async def test_time_and_camera_are_kept_and_the_place_only_while_that_is_wanted(
    database: Database, alice: Member, folder: Files
) -> None:
    plain = await upload(database, alice, folder, photograph())
    async with database.transaction() as db:
        await members.update_workspace(db, alice, keeps_place=True)
    placed = await upload(database, alice, folder, photograph())

    async with database.reading() as db:
        found = await photographs.origins(db, [plain, placed])
    assert found[plain].taken_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert (found[plain].camera, found[plain].place) == ("Canon EOS 5D", None)
    assert found[placed].place == pytest.approx((-33.86, 151.21))

    async with database.transaction() as db:
        await members.update_workspace(db, alice, keeps_place=False)
    async with database.reading() as db:
        assert (await photographs.origins(db, [placed]))[placed].place is None
    await media.delete(database, alice, placed)
    async with database.reading() as db:
        kept = (await db.execute(select(MediaOrigin.media_id))).scalars()
        assert list(kept) == [plain]


@pytest.mark.parametrize(
    "position", [{}, {1: "N", 2: (1.0, 0.0, 0.0)}, {2: (0, 0, 0), 4: (0, 0, 0)}]
)
async def test_a_senseless_position_hinders_nothing(
    database: Database, alice: Member, folder: Files, position: object
) -> None:
    async with database.transaction() as db:
        await members.update_workspace(db, alice, keeps_place=True)

    known = await upload(database, alice, folder, photograph(position))

    async with database.reading() as db:
        assert (await photographs.origins(db, [known]))[known].place is None
