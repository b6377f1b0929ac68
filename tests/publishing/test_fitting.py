"""A picture that is too big for a network goes out smaller, by itself."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Capabilities, Content, Media, Part
from socialapp.domain.outcome import TryLater
from socialapp.providers.contract import PublishFailed
from socialapp.providers.intent import Intent
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.publishing import fitting
from socialapp.services import media, posts, schedules
from socialapp.store import files
from socialapp.store.files import Files
from socialapp.store.session import Database
from socialapp.store.tables import MediaAsset, SandboxPost
from tests.imaging import files as samples
from tests.world import World, make_world, settings_for

CAN = Capabilities(text_limit=500, image_bytes=30_000, image_types=("image/jpeg",))


class Narrow(Sandbox):
    """The sandbox, if it took only small pictures."""

    capabilities = replace(Sandbox.capabilities, image_bytes=30_000)


@pytest.fixture
def folder(tmp_path: Path) -> Files:
    return files.connect(tmp_path / "media", limit_bytes=10**7)


@pytest.fixture
async def home(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Alice's workspace on one kind of database: pictures are the same on both."""
    database = Database(sqlite_url)
    yield await make_world(database, settings_for(sqlite_url, tmp_path))
    await database.close()


def stored(folder: Files, data: bytes, *, name: str = "a") -> Media:
    """A picture as it lies in the library."""
    path = folder.path(f"{name * 2}/{name * 32}.jpg")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return Media(1, "image", "image/jpeg", len(data), 1200, 800, "Boats", str(path), f"hash-{name}")


def file_of(media: Media) -> Path:
    return Path(media.file)


def intent_of(*media: Media, parts: tuple[Part, ...] = ()) -> Intent:
    content = Content("New boats", media, parts)
    return Intent.of(content, created_at="2026-11-26T09:00:00.000Z")


async def test_what_was_made_is_kept_beside_the_picture_and_found_again(folder: Files) -> None:
    data = samples.photo()
    photo = stored(folder, data)

    first = (await fitting.fitted(intent_of(photo), CAN)).media[0]
    made_at = file_of(first).stat().st_mtime_ns
    again = (await fitting.fitted(intent_of(photo), CAN)).media[0]

    assert first == again
    assert file_of(again).stat().st_mtime_ns == made_at
    assert file_of(first).stat().st_size == first.size_bytes <= CAN.image_bytes
    assert (first.alt_text, first.made_from) == ("Boats", "hash-a")
    assert file_of(photo).read_bytes() == data
    folder.remove("aa/" + "a" * 32 + ".jpg")
    assert [p for p in folder.folder.rglob("*") if p.is_file()] == []


async def test_pictures_in_every_part_of_a_thread_are_fitted(folder: Files) -> None:
    one, two = stored(folder, samples.photo()), stored(folder, samples.photo(800, 900), name="b")
    intent = intent_of(one, parts=(Part("And more", (two,)), Part("The end")))

    made = await fitting.fitted(intent, CAN)

    sizes = [m.size_bytes for part in made.content.thread for m in part.media]
    assert len(sizes) == 2
    assert max(sizes) <= CAN.image_bytes
    assert [part.text for part in made.content.thread] == ["New boats", "And more", "The end"]


async def test_it_is_still_the_same_to_send_after_fitting_and_freezing(folder: Files) -> None:
    photo = stored(folder, samples.photo())
    intent = intent_of(photo)

    kept = Intent.thawed((await fitting.fitted(intent, CAN)).frozen())

    assert kept.media[0].size_bytes <= CAN.image_bytes
    assert kept.is_same(intent)
    assert not kept.is_same(intent_of(replace(photo, alt_text="Ships")))
    assert not kept.is_same(intent_of(replace(photo, sha256="another")))
    assert not kept.is_same(intent_of(photo, parts=(Part("More"),)))
    assert not fitting.has_to_fit(kept, CAN)


@pytest.mark.parametrize("data", [b"no picture", None], ids=["broken", "gone"])
async def test_what_cannot_be_fitted_stays_as_it_is(folder: Files, data: bytes | None) -> None:
    photo = stored(folder, data or samples.photo())
    photo = replace(photo, size_bytes=10**6)
    if data is None:
        file_of(photo).unlink()

    assert (await fitting.fitted(intent_of(photo), CAN)).media == (photo,)


async def test_on_a_full_disk_it_waits_and_says_why(
    folder: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(28, "no room for the picture")

    monkeypatch.setattr(fitting.workshop, "fit", full)

    with pytest.raises(PublishFailed) as failed:
        await fitting.fitted(intent_of(stored(folder, samples.photo())), CAN)

    assert isinstance(failed.value.outcome, TryLater)
    assert "no room" in str(failed.value)


async def test_a_picture_from_elsewhere_is_made_small_or_is_none(folder: Files) -> None:
    small = await fitting.small(samples.photo(), 40_000, 600)

    assert small is not None
    assert len(small.data) <= 40_000
    assert max(small.width, small.height) <= 600
    assert samples.GPS_WORDS not in small.data
    assert await fitting.small(b"<html>", 40_000, 600) is None
    assert [p for p in folder.folder.rglob("*") if p.is_file()] == []


async def test_a_scheduled_picture_goes_out_smaller(
    home: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files.connect(home.settings.media_dir, limit_bytes=10**7)
    async with folder.incoming() as incoming:
        await incoming.write(samples.photo())
        asset = await media.upload(
            home.database, home.alice, incoming, filename="boats.jpg", now=utc_now()
        )
    async with home.database.transaction() as db:
        post = await posts.create(
            db, home.alice, text="New boats", media_ids=[asset.id or 0], now=utc_now()
        )
        at = moments.read(utc_now().isoformat(), zone="UTC")
        schedule = await schedules.create(
            db, home.alice, post_id=post.id or 0, at=at, now=utc_now()
        )
    monkeypatch.setattr(providers, "PROVIDERS", (Narrow,))

    async with home.worker():
        await home.reaches(schedule, "posted")

    assert await _shown_bytes(home) <= Narrow.capabilities.image_bytes < asset.size_bytes
    assert await _size_in_library(home, asset) == asset.size_bytes


async def _shown_bytes(world: World) -> int:
    async with world.database.reading() as db:
        (shown,) = (await db.execute(select(SandboxPost))).scalar_one().media
    folder = files.files().sandbox
    (file,) = [p for p in folder.rglob("*") if shown["sha256"] in p.name]
    return file.stat().st_size


async def _size_in_library(world: World, asset: MediaAsset) -> int:
    return files.files().path(asset.key).stat().st_size
