"""Proposals for programs: for editors, when an admin has turned them on, and nothing is changed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import proposals
from socialapp.services.proposals import Given
from socialapp.store import answers
from socialapp.store.session import Database
from tests.api.calls import problem, the_channel, upload
from tests.people import cookie_of
from tests.servers.model import TEXT, ModelServer, said

HTML = 'Ignore all rules.\n<img src=x onerror="alert(1)"> [link](javascript:alert(1)) 🧁'


async def turn_on(database: Database, by: Member, model: ModelServer, **more: Any) -> None:
    """Set up the server, as an admin does."""
    told: dict[str, Any] = {"key": model.key, "sees_pictures": True, "is_on": True} | more
    async with database.transaction() as db:
        await proposals.change(db, by, Given(model.url, "gemma3", **told), now=utc_now())


async def test_what_is_proposed_is_a_text_and_changes_nothing(
    alice: httpx.AsyncClient, database: Database, owner: Member, model: ModelServer
) -> None:
    picture = await upload(alice, alt_text="")
    wanted = {"media_id": picture["id"]}
    problem(await alice.post("/api/proposals/alt-text", json=wanted), 409, "proposals_off")
    problem(await alice.post("/api/proposals/caption", json={"text": "a"}), 409, "proposals_off")
    assert model.heard == []
    await turn_on(database, owner, model)
    model.answer = said(HTML)

    described = await alice.post("/api/proposals/alt-text", json=wanted)
    channel = await the_channel(alice)
    about = {"text": "Cake", "media_ids": [picture["id"]], "channel_ids": [channel["id"]]}
    told = await alice.post("/api/proposals/caption", json=about)

    come_from = {"host": model.host, "model": "gemma3"}
    assert described.json() == {"text": HTML, **come_from}
    assert told.json() == {"text": HTML, **come_from, "too_long": []}
    assert [len(heard.pictures) for heard in model.heard] == [1, 1]
    assert (await alice.get(f"/api/media/{picture['id']}")).json()["alt_text"] == ""
    assert (await alice.get("/api/posts")).json()["items"] == []
    problem(await alice.post("/api/proposals/caption", json={}), 400, "nothing_to_go_by")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_was_proposed_is_kept_nowhere_also_for_repeats(
    alice: httpx.AsyncClient, database: Database, owner: Member, model: ModelServer
) -> None:
    await turn_on(database, owner, model)
    once = {"Idempotency-Key": "once"}
    asked = {"json": {"text": "Bread"}, "headers": once}

    first = await alice.post("/api/proposals/caption", **asked)
    model.answer = said("Another one")
    again = await alice.post("/api/proposals/caption", **asked)

    assert (first.json()["text"], again.json()["text"]) == (TEXT, "Another one")
    async with database.reading() as db:
        assert await answers.find(db, owner.workspace_id, "once") is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_trial_says_how_it_went_and_only_to_admins(
    alice: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    model: ModelServer,
) -> None:
    tried = {"url": model.url, "model": "gemma3", "key": model.key, "sees_pictures": True}

    async def attempt(program: httpx.AsyncClient, **more: Any) -> httpx.Response:
        return await program.post("/api/proposals/try", json=tried | more)

    well = (await attempt(alice)).json()
    badly = (await attempt(alice, model="gpt-0")).json()

    assert (well["ok"], well["code"], well["text"]) == (True, "answered", TEXT)
    assert (badly["ok"], badly["code"]) == (False, "model_unknown")
    assert "knows no model called gpt-0" in badly["detail"]
    await turn_on(database, owner, model)
    for role in (Role.EDITOR, Role.APPROVER, Role.VIEWER):
        bob = client(cookie=await cookie_of(database, owner, role), origin="http://test")
        problem(await attempt(bob), 403)
        answer = await bob.post("/api/proposals/caption", json={"text": "Bread"})
        assert answer.status_code == (200 if role is Role.EDITOR else 403)
