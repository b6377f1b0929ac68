"""Proposals, asked of a real server: what goes out, what comes back, and what never does."""

import asyncio
import io
import logging
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text as sql

from socialapp.clock import utc_now
from socialapp.domain import proposals as rules
from socialapp.domain.errors import (
    Conflict,
    ForPeople,
    NotAllowed,
    NotFound,
    Rejected,
    TooMany,
    Unanswered,
)
from socialapp.domain.people import RIGHTS, Member, Role
from socialapp.imaging import workshop
from socialapp.providers import proposer
from socialapp.providers.http import Http
from socialapp.services import media, proposals
from socialapp.services.proposals import Given
from socialapp.store import files, secrets, vault
from socialapp.store import proposals as rows
from socialapp.store.session import Database
from socialapp.store.tables import MediaAsset, ProposalEndpoint
from tests.people import owner_of_a_workspace
from tests.servers.given import given
from tests.servers.model import TEXT, ModelServer, said
from tests.services.desk import channel_of

KEY = given("sk-harbour-4711-0815", "the key of an endpoint")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(model: ModelServer) -> ModelServer:
    """A model that wants a key."""
    assert model.key == KEY
    return model


@pytest.fixture(autouse=True)
async def client(tmp_path: Path, server: ModelServer) -> AsyncIterator[Http]:
    """What endpoints are asked with: guarded, but for the server, which the operator named."""
    vault.connect(keys="", folder=tmp_path)
    files.connect(tmp_path / "media", limit_bytes=10**7)
    async with Http() as http:
        proposer.use(http, addresses=[server.url], within_s=20)
        yield http
    proposer.use(None)


def set_to(server: ModelServer, **more: Any) -> Given:
    """What an admin says of the server."""
    told: dict[str, Any] = {"url": server.url, "model": "gemma3", "key": KEY, "is_on": True}
    return Given(**told | {"sees_pictures": True} | more)


async def set_up(database: Database, by: Member, given: Given) -> ProposalEndpoint:
    """Keep an endpoint."""
    async with database.transaction() as db:
        return await proposals.change(db, by, given, now=utc_now())


async def picture(
    database: Database, by: Member, alt_text: str = "", *, size: tuple[int, int] = (60, 40)
) -> MediaAsset:
    """A photograph with a position in it, in the library."""
    chance = random.Random(1)
    small = Image.new("RGB", (30, 20))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(600)])
    exif = Image.Exif()
    exif[0x010F] = "Harbour Cameras"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    file = io.BytesIO()
    small.resize(size).save(file, "JPEG", exif=exif)
    async with files.files().incoming() as incoming:
        await incoming.write(file.getvalue())
        return await media.upload(
            database, by, incoming, filename="secret-name.jpg", alt_text=alt_text, now=utc_now()
        )


async def described(database: Database, by: Member, asset: MediaAsset) -> str:
    """Ask for the description of a picture."""
    found = await proposals.alt_text(database, by, asset.id or 0, now=utc_now())
    return found.text


@SQLITE
async def test_a_description_is_proposed_of_a_small_copy_and_nothing_is_kept(
    database: Database, alice: Member, server: ModelServer
) -> None:
    asset = await picture(database, alice, size=(3000, 2000))
    await set_up(database, alice, set_to(server, instruction="In German."))

    found = await proposals.alt_text(database, alice, asset.id or 0, now=utc_now())

    assert (found.text, found.host, found.model) == (TEXT, server.host, "gemma3")
    (heard,) = server.heard
    (sent,) = heard.pictures
    shown = Image.open(io.BytesIO(sent))
    assert (shown.format, shown.size) == ("JPEG", (1024, 682))
    assert not shown.getexif()
    assert b"Harbour Cameras" not in sent
    assert "In German." in heard.rules
    assert "secret-name" not in heard.words
    async with database.reading() as db:
        assert (await media.get(db, alice, asset.id or 0)).alt_text == ""
    server.answer = said("x" * 1501)
    with pytest.raises(Unanswered, match="1,500 is the most"):
        await described(database, alice, asset)


@SQLITE
async def test_a_text_is_proposed_from_what_is_there_within_the_shortest_limit(
    database: Database, alice: Member, server: ModelServer
) -> None:
    asset = await picture(database, alice, "Boats")
    channel = await channel_of(database, alice)
    await set_up(database, alice, set_to(server))
    server.answer = said("x" * 501)

    found = await proposals.caption(
        database, alice, text="Evening", media_ids=[asset.id or 0],
        channel_ids=[channel.id or 0], now=utc_now(),
    )  # fmt: skip

    (heard,) = server.heard
    assert len(heard.pictures) == 1
    for words in ("Evening", "Boats", "fewer than 500 characters"):
        assert words in heard.words
    assert found.text == "x" * 501
    assert [(each.count, each.limit) for each in found.too_long] == [(501, 500)]


@SQLITE
async def test_without_eyes_no_picture_leaves(
    database: Database, alice: Member, server: ModelServer
) -> None:
    bare, told = await picture(database, alice), await picture(database, alice, "Boats")
    await set_up(database, alice, set_to(server, sees_pictures=False))

    with pytest.raises(Conflict, match="may not see"):
        await described(database, alice, bare)
    with pytest.raises(Rejected, match="describe a picture"):
        await proposals.caption(database, alice, media_ids=[bare.id or 0], now=utc_now())
    assert server.heard == []
    await proposals.caption(database, alice, media_ids=[told.id or 0], now=utc_now())

    assert [heard.pictures for heard in server.heard] == [[]]
    assert "Boats" in server.heard[0].words


async def test_nothing_is_asked_while_it_is_off(
    database: Database, alice: Member, server: ModelServer
) -> None:
    asset = await picture(database, alice)

    async def tried() -> list[str]:
        found = []
        for asking in (
            described(database, alice, asset),
            proposals.caption(database, alice, text="Bread", now=utc_now()),
        ):
            with pytest.raises(Conflict) as refused:
                await asking
            found.append(refused.value.code)
        return found

    assert await tried() == ["proposals_off"] * 2
    await set_up(database, alice, set_to(server, is_on=False))
    assert await tried() == ["proposals_off"] * 2
    async with database.reading() as db:
        assert await proposals.offer(db, alice) == rules.Offer.NOTHING
    assert server.heard == []


@SQLITE
@pytest.mark.parametrize("is_on", [False, True])
async def test_what_is_switched_off_while_a_picture_is_made_small_is_not_sent(
    database: Database,
    alice: Member,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_on: bool,
) -> None:
    asset = await picture(database, alice)
    makes_small = workshop.fit

    async def change_meanwhile(*what: Any) -> Any:
        await set_up(database, alice, set_to(server, is_on=is_on, sees_pictures=False))
        return await makes_small(*what)

    monkeypatch.setattr(workshop, "fit", change_meanwhile)
    for asking in (
        lambda: proposals.alt_text(database, alice, asset.id or 0, now=utc_now()),
        lambda: proposals.caption(database, alice, media_ids=[asset.id or 0], now=utc_now()),
    ):
        await set_up(database, alice, set_to(server))
        with pytest.raises((Conflict, Rejected)):
            await asking()
    assert server.heard == []
    async with database.reading() as db:
        assert (await proposals.get(db, alice)).asked == 0  # and nothing was counted
    await set_up(database, alice, set_to(server))
    asked = {"text": "Bread", "media_ids": [asset.id or 0]}
    if not is_on:
        with pytest.raises(Conflict):
            await proposals.caption(database, alice, **asked, now=utc_now())
        return
    await proposals.caption(database, alice, **asked, now=utc_now())
    assert [heard.pictures for heard in server.heard] == [[]]


REFUSALS: list[tuple[Any, int, str]] = [
    (b"<html>Hello</html>", 200, "answer_unusable"),
    (b"[" * 100_000, 200, "answer_unusable"),
    (b'{"choices": []}', 200, "answer_unusable"),
    (b'{"choices": [7]}', 200, "answer_unusable"),
    (b'{"choices": {"a": 1}}', 200, "answer_unusable"),
    (b"null", 200, "answer_unusable"),
    (b"x" * 10**6, 200, "answer_unusable"),
    (said("x" * 10_001), 200, "answer_unusable"),
    (said(None), 200, "answer_unusable"),
    (said(""), 200, "answer_unusable"),
    (said(7), 200, "answer_unusable"),
    (said([{"type": "image"}, None]), 200, "answer_unusable"),
    (said(None, tool_calls=[{"id": "1"}]), 200, "answer_unusable"),
    (said("Half a", finish="length"), 200, "answer_unusable"),
    (said("No", finish="content_filter"), 200, "answer_unusable"),
    (said(None, refusal="I cannot"), 200, "answer_unusable"),
    ({"error": {"message": "The model `m` does not exist"}}, 404, "model_unknown"),
    ({"error": "no such model"}, 400, "model_unknown"),
    ({"detail": "Not Found"}, 404, "nothing_there"),
    (b"moved", 302, "nothing_there"),
    ({"error": {"message": "images are not supported"}}, 500, "refused"),
    ({"error": {"message": {"a": 1}}}, 400, "refused"),
    ({"error": {"message": "You have no credit left"}}, 429, "busy"),
    (b"", 503, "busy"),
    (b"", 504, "too_slow"),
    (b"", 403, "key_refused"),
]


@SQLITE
async def test_what_went_wrong_is_sorted_and_said(
    database: Database, alice: Member, server: ModelServer
) -> None:
    await set_up(database, alice, set_to(server))
    server.headers = {"Location": "http://127.0.0.1:1/"}
    found = []
    for minute, (server.answer, server.status, _) in enumerate(REFUSALS):
        now = utc_now() + timedelta(minutes=minute)
        with pytest.raises(Unanswered) as refused:
            await proposals.caption(database, alice, text="Bread", now=now)
        found.append(refused.value.code)
        assert "Nothing was proposed" in refused.value.detail
        assert server.host in refused.value.detail

    assert found == [code for _, _, code in REFUSALS]


@SQLITE
async def test_a_wrong_key_a_wrong_name_silence_and_nobody_there(
    database: Database, alice: Member, server: ModelServer, client: Http
) -> None:
    found = {}
    for name, told in {
        "key": set_to(server, key=given("sk-another-one-entirely", "a wrong key")),
        "model": set_to(server, model="gpt-0"),
        "silent": set_to(server),
        "gone": set_to(server, url="http://127.0.0.1:1/v1"),
    }.items():
        server.is_silent = name == "silent"
        proposer.use(client, addresses=[told.url], within_s=0.2 if name == "silent" else 20)
        with pytest.raises(Unanswered) as refused:
            await proposals.attempt(database, alice, told, now=utc_now())
        found[name] = refused.value.code

    assert found == {
        "key": "key_refused", "model": "model_unknown", "silent": "too_slow", "gone": "unreachable",
    }  # fmt: skip


@SQLITE
async def test_an_admin_reaches_no_address_inside_that_was_not_named(
    database: Database, alice: Member, server: ModelServer
) -> None:
    port = server.host.partition(":")[2]
    for typed in (
        f"http://{server.host}",
        f"http://{server.host}/v1/..",
        f"https://{server.host}/v1",
        "https://127.0.0.1/v1",
        "https://[::1]/v1",
        "https://169.254.169.254/v1",
        "http://example.org/v1",
        f"https://a:b@{server.host}/v1",
        "file:///etc/passwd",
    ):
        with pytest.raises(Rejected):
            await set_up(database, alice, set_to(server, url=typed))
    # A name is looked up when it is asked.
    with pytest.raises(Unanswered) as refused:
        await proposals.attempt(
            database, alice, set_to(server, url=f"https://localhost:{port}/v1"), now=utc_now()
        )
    assert refused.value.code == "address_not_allowed"
    assert f"SOCIALAPP_PROPOSAL_ADDRESSES=https://localhost:{port}/v1" in refused.value.detail
    assert server.heard == []


@SQLITE
async def test_a_trial_has_nothing_of_the_workspace_in_it_and_works_while_it_is_off(
    database: Database, alice: Member, server: ModelServer
) -> None:
    told = set_to(server, is_on=False, instruction="We are Harbour Bakery.")
    found = await proposals.attempt(database, alice, told, now=utc_now())

    assert found.text == TEXT
    (heard,) = server.heard
    assert "Harbour" not in heard.rules + heard.words
    shown = Image.open(io.BytesIO(heard.pictures[0]))
    assert shown.convert("RGB").getcolors() == [(64 * 64, (0xC6, 0x28, 0x28))]
    async with database.reading() as db:
        kept = await proposals.get(db, alice)
    assert (kept.url, kept.is_on, kept.sealed) == ("", False, "")


async def test_a_key_is_sealed_goes_to_its_server_only_and_is_found_nowhere(
    database: Database,
    alice: Member,
    server: ModelServer,
    client: Http,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    await set_up(database, alice, set_to(server))
    async with ModelServer() as other:
        proposer.use(client, addresses=[server.url, other.url])
        # Saved again without it, it stays; another server is never sent it, tried or saved.
        await set_up(database, alice, set_to(server, key="", is_on=False))
        await proposals.attempt(database, alice, set_to(server, key=""), now=utc_now())
        await proposals.attempt(database, alice, set_to(other, key=""), now=utc_now())
        async with database.transaction() as db:
            row = await rows.to_change(db, alice.workspace_id)
            dump = str((await db.execute(sql("SELECT * FROM proposal_endpoint"))).all())
            assert rows.key_of(row) == KEY
        moved = await set_up(database, alice, set_to(other, key=""))

        assert [heard.key for heard in server.heard] == [KEY]
        assert [heard.key for heard in other.heard] == [""]
    assert moved.sealed == ""
    server.answer = {"error": {"message": f"Your key {KEY} has no credit"}}
    server.status = 402
    with pytest.raises(Unanswered, match="Your key … has no credit") as refused:
        await proposals.attempt(database, alice, set_to(server), now=utc_now())
    server.answer, server.status = said(f"My key is {KEY}."), 200
    found = await proposals.attempt(database, alice, set_to(server), now=utc_now())
    assert found.text == "My key is …."
    assert KEY not in dump + repr(row) + caplog.text + repr(refused.value.__context__)
    assert KEY not in repr(set_to(server))


@SQLITE
async def test_keys_are_sealed_anew_with_the_rest(
    database: Database, alice: Member, server: ModelServer
) -> None:
    before = await set_up(database, alice, set_to(server))
    sealed = before.sealed
    vault.vault().add_key()

    assert await secrets.reseal(database) == 1
    vault.vault().drop_old_keys()

    async with database.transaction() as db:
        row = await rows.to_change(db, alice.workspace_id)
    assert row.sealed != sealed
    assert rows.key_of(row) == KEY
    forgotten = await set_up(database, alice, set_to(server, key="", forgets_key=True))
    assert forgotten.sealed == ""


async def test_a_minute_has_room_for_so_many_requests(
    database: Database, alice: Member, server: ModelServer
) -> None:
    await set_up(database, alice, set_to(server))
    now = utc_now()

    async def ask() -> str:
        try:
            return (await proposals.caption(database, alice, text="Bread", now=now)).text
        except TooMany as full:
            return f"in {full.retry_after_s}"

    found = await asyncio.gather(*(ask() for _ in range(rules.A_MINUTE + 5)))

    assert found.count(TEXT) == rules.A_MINUTE
    assert sum(each.startswith("in ") for each in found) == 5
    assert len(server.heard) == rules.A_MINUTE


@SQLITE
async def test_who_comes_late_with_an_earlier_moment_does_not_empty_the_minute(
    database: Database, alice: Member
) -> None:
    now, mine = utc_now(), alice.workspace_id
    async with database.transaction() as db:
        for _ in range(rules.A_MINUTE):
            assert await rows.count(db, mine, now=now) is None
        assert await rows.count(db, mine, now=now - timedelta(seconds=30))
        assert await rows.count(db, mine, now=now)


@SQLITE
async def test_nothing_is_held_open_while_an_endpoint_thinks(
    database: Database, alice: Member, server: ModelServer
) -> None:
    await set_up(database, alice, set_to(server))
    server.is_silent = True
    asking = asyncio.create_task(proposals.caption(database, alice, text="a", now=utc_now()))
    async with asyncio.timeout(10):
        await server.came.wait()

    await set_up(database, alice, set_to(server, is_on=False))  # a transaction in between

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@SQLITE
async def test_carol_and_viewers_cannot(
    database: Database, alice: Member, server: ModelServer
) -> None:
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    asset = await picture(database, alice)
    await set_up(database, alice, set_to(server))
    await set_up(database, carol, set_to(server))
    people = {
        role: Member(alice.workspace_id, "UTC", RIGHTS[role]) for role in (Role.EDITOR, Role.VIEWER)
    }

    with pytest.raises(NotFound):
        await described(database, carol, asset)
    with pytest.raises(Rejected, match="no media"):
        await proposals.caption(database, carol, media_ids=[asset.id or 0], now=utc_now())
    for role, by in people.items():
        for changing in (
            set_up(database, by, set_to(server)),
            proposals.attempt(database, by, set_to(server), now=utc_now()),
        ):
            with pytest.raises(NotAllowed):
                await changing
        if role is Role.VIEWER:
            with pytest.raises(ForPeople, match="only reads"):
                await described(database, by, asset)
    assert server.heard == []
    assert await described(database, people[Role.EDITOR], asset) == TEXT
