"""A WordPress channel from its connection to the link of a post, through the whole engine."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from PIL import Image

from socialapp import providers
from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.errors import Rejected
from socialapp.providers.http import Http
from socialapp.services import connections, media, posts, schedules
from socialapp.store import files, vault
from socialapp.store.session import Database
from socialapp.store.tables import AttachmentAsset, Channel, Schedule
from tests.networks.mischief import Mischief
from tests.providers.desk_wordpress import PDF, files_of, written_with
from tests.servers.asking import ask
from tests.servers.wordpress import WordPress
from tests.servers.wordpress_front import WordPressFront
from tests.world import World, make_world, settings_for, until


@dataclass
class Office:
    """Alice's workspace with the site's editor as a channel."""

    world: World
    site: WordPress
    front: WordPressFront
    channel: Channel

    async def schedule(self, text: str, **more: Any) -> Schedule:
        """Plan a post for the site."""
        return await self.world.schedule(text, channel_ids=[self.channel.id or 0], **more)

    async def posted(self, schedule: Schedule) -> str:
        """Wait until it is out, and return what its link leads to."""
        await self.world.reaches(schedule, "posted", within_s=40)
        delivery = await self.world.delivery(schedule)
        page = await ask("GET", delivery.url)
        assert page.status == 200
        return str(page.body)

    async def connect(self, password: str, **more: Any) -> Channel:
        """Connect the site's editor."""
        return await connections.connect(
            self.world.database,
            self.world.alice,
            provider="wordpress",
            given={"site": self.front.address, "login": "editor", "password": password},
            now=utc_now(),
            **more,
        )


@pytest.fixture
async def office(
    sqlite_url: str,
    tmp_path: Path,
    wordpress: WordPress,
    front: WordPressFront,
    http: Http,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Office]:
    monkeypatch.setattr(providers, "_current", [])
    providers.use(providers.connect(http))
    database = Database(sqlite_url)
    world = await make_world(database, settings_for(sqlite_url, tmp_path))
    vault.connect(keys="", folder=tmp_path)
    made = Office(world, wordpress, front, Channel())
    made.channel = await made.connect(wordpress.application_passwords["editor"])
    yield made
    await database.close()


async def test_a_planned_post_is_out_with_a_link_that_works(office: Office) -> None:
    words = token_hex(8)
    async with office.world.worker():
        schedule = await office.schedule(f"{words} ships & boats")
        page = await office.posted(schedule)

    assert f"{words} ships &#038; boats" in page or f"{words} ships &amp; boats" in page
    assert len(await written_with(office.site, words)) == 1
    assert office.channel.name == "Test site"


@pytest.mark.parametrize("how", [Mischief.ANSWER_LOST, Mischief.BAD_GATEWAY, Mischief.RUBBISH])
async def test_a_lost_answer_is_found_out_and_nothing_is_posted_twice(
    office: Office, how: Mischief
) -> None:
    words = token_hex(8)
    office.front.disturb(how)
    async with office.world.worker():
        schedule = await office.schedule(words)
        await office.posted(schedule)

    (written,) = await written_with(office.site, words)
    assert written["status"] == "publish"
    log = [(entry.kind, entry.status) for entry in await office.world.log(schedule)]
    assert log == [("send", "unknown"), ("look", "posted")]


async def test_what_never_came_in_is_sent_again(office: Office) -> None:
    words = token_hex(8)
    office.front.disturb(Mischief.REQUEST_LOST)
    async with office.world.worker():
        schedule = await office.schedule(words)
        await office.posted(schedule)

    assert len(await written_with(office.site, words)) == 1
    log = [(entry.kind, entry.status) for entry in await office.world.log(schedule)]
    assert log[0] == ("send", "unknown")
    assert log[-1] == ("send", "posted")


async def test_a_lost_draft_is_found_and_goes_out_once(office: Office) -> None:
    words = token_hex(8)
    office.front.disturb(Mischief.ANSWER_LOST, path=r".*/wp/v2/posts")
    async with office.world.worker():
        schedule = await office.schedule(words)
        await office.posted(schedule)

    assert len(await written_with(office.site, words)) == 1


async def test_a_post_that_is_edited_after_its_draft_was_made_goes_out_as_edited(
    office: Office,
) -> None:
    words = token_hex(8)
    async with office.world.worker():
        schedule = await office.schedule(f"{words} before", in_s=300)
        await until(lambda: written_with(office.site, words))
        await _edit(office, schedule, f"{words} after")
        page = await office.posted(schedule)

    assert f"{words} after" in page
    (written,) = await written_with(office.site, words)
    assert "before" not in written["content"]["raw"]


async def _edit(office: Office, schedule: Schedule, text: str) -> None:
    """Change the post, and let it go out now."""
    world = office.world
    async with world.database.transaction() as db:
        await posts.edit(db, world.alice, schedule.post_id, revision=None, text=text, now=utc_now())
        at = moments.read((utc_now() + timedelta(seconds=1)).isoformat(), zone="UTC")
        await schedules.move(db, world.alice, schedule.id or 0, at=at, now=utc_now())


async def test_a_site_that_is_down_at_the_moment_gets_it_when_it_is_back(office: Office) -> None:
    words = token_hex(8)
    async with office.world.worker():
        office.site.kill()
        try:
            schedule = await office.schedule(words)

            async def was_tried() -> bool:
                return (await office.world.delivery(schedule)).tries > 0

            await until(was_tried)
        finally:
            office.site.start()
        await office.posted(schedule)

    assert len(await written_with(office.site, words)) == 1


async def test_a_lost_password_is_said_and_the_post_goes_out_after_reconnecting(
    office: Office,
) -> None:
    words = token_hex(8)
    office.front.disturb(Mischief.UNAUTHORISED)
    async with office.world.worker():
        schedule = await office.schedule(words)
        await office.world.reaches(schedule, "failed")
        lost = await office.world.delivery(schedule)
        with pytest.raises(Rejected) as refused:
            await office.connect("wrong", channel_id=office.channel.id)
        await office.connect(
            office.site.application_passwords["editor"], channel_id=office.channel.id
        )
        async with office.world.database.transaction() as db:
            await schedules.retry(db, office.world.alice, schedule.id or 0, now=utc_now())
        await office.posted(schedule)

    assert lost.action == "reconnect"
    assert "Nothing was changed" in str(refused.value)
    assert len(await written_with(office.site, words)) == 1


async def test_verifying_a_channel_says_what_it_may(office: Office) -> None:
    world = office.world

    verified = await connections.verify(
        world.database, Keyring(world.database), world.alice, office.channel.id or 0, now=utc_now()
    )

    assert verified.is_ok
    assert "publish_pages" in verified.channel.known["may"]


async def test_pictures_and_a_page_with_an_attachment_go_out(office: Office) -> None:
    words = token_hex(8)
    async with office.world.worker():
        photo = await _photo(office)
        post = await office.schedule(f"{words} post", media_ids=[photo])
        page = await _page(office, f"{words} page", "# Ships\n\n*Look*", await _plan(office))
        shown_post, shown_page = await office.posted(post), await office.posted(page)

    assert 'alt="A teal square"' in shown_post
    assert "<em>Look</em>" in shown_page
    assert "/Hafen-plan.pdf" in shown_page
    (written,) = await written_with(office.site, f"{words} page", "pages")
    (file,) = await files_of(office.site, written["id"])
    assert file["mime_type"] == "application/pdf"


async def _photo(office: Office) -> int:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(held, "JPEG")
    async with files.files().incoming() as incoming:
        await incoming.write(held.getvalue())
        made = await media.upload(
            office.world.database,
            office.world.alice,
            incoming,
            filename="square.jpg",
            alt_text="A teal square",
            now=utc_now(),
        )
    return made.id or 0


async def _plan(office: Office) -> int:
    home = files.files()
    async with home.incoming() as incoming:
        await incoming.write(PDF)
        await incoming.flush()
        key = await home.keep(incoming.path, "pdf")
    made = AttachmentAsset(
        workspace_id=office.world.alice.workspace_id,
        mime_type="application/pdf",
        size_bytes=len(PDF),
        description="Where what is",
        filename="Hafen plan.pdf",
        sha256="0" * 64,
        key=key,
    )
    async with office.world.database.transaction() as db:
        db.add(made)
        await db.flush()
        return made.id or 0


async def _page(office: Office, title: str, text: str, attachment_id: int) -> Schedule:
    world = office.world
    at = moments.read(utc_now().isoformat(), zone="UTC")
    async with world.database.transaction() as db:
        page = await posts.create(
            db,
            world.alice,
            kind=Kind.PAGE,
            title=title,
            text=text,
            attachment_ids=[attachment_id],
            now=utc_now(),
        )
        return await schedules.create(
            db,
            world.alice,
            post_id=page.id or 0,
            kind=Kind.PAGE,
            at=at,
            channel_ids=[office.channel.id or 0],
            now=utc_now(),
        )
