"""The approval of posts and pages, as programs see it."""

from collections.abc import Callable

import httpx
import pytest

from socialapp.domain.people import Member, Role
from socialapp.store.session import Database
from tests.api.calls import plan, problem
from tests.people import cookie_of


@pytest.fixture
async def editor(
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    alice: httpx.AsyncClient,
) -> httpx.AsyncClient:
    """Somebody who writes and schedules, in a workspace where one has to approve."""
    answer = await alice.patch("/api/workspace", json={"approval_rule": "one"})
    assert answer.json()["approval_rule"] == "one"
    return client(cookie=await cookie_of(database, owner, Role.EDITOR))


async def test_it_goes_to_and_fro_until_it_is_approved(
    editor: httpx.AsyncClient, alice: httpx.AsyncClient, place: str
) -> None:
    schedule = await plan(editor, place=place)
    what = f"{place}/{schedule['post_id'] or schedule['page_id']}"
    assert schedule["status"] == "needs_approval"
    assert (await editor.get(what)).json()["approval"]["state"] == "needs_approval"

    problem(await editor.post(f"{what}/approve", json={}), 403)
    problem(await alice.post(f"{what}/request-changes", json={"comment": " "}), 400)
    back = await alice.post(f"{what}/request-changes", json={"comment": "The price is wrong."})
    assert back.json()["status"] == "changes_requested"
    edited = await editor.patch(what, json={"revision": 1, "text": "The right price"})
    assert edited.json()["status"] == "changes_requested"
    again = await editor.post(f"{what}/submit", json={"comment": "Now it is right."})
    assert again.json()["status"] == "needs_approval"
    problem(await alice.post(f"{what}/approve", json={"revision": 1}), 412, "stale")
    done = await alice.post(f"{what}/approve", json={"revision": 2, "comment": "Good."})

    assert done.json()["approval"] == {"state": "approved", "revision": 2}
    assert (await alice.get(f"/api/schedules/{schedule['id']}")).json()["status"] == "queued"
    problem(await alice.post(f"{what}/approve", json={}), 409, "not_awaiting")
    said = (await editor.get(f"{what}/comments")).json()["items"]
    assert [(each["kind"], each["text"]) for each in said] == [
        ("submitted", ""),
        ("changes_requested", "The price is wrong."),
        ("submitted", "Now it is right."),
        ("approved", "Good."),
    ]


async def test_publishing_at_once_waits_too(
    editor: httpx.AsyncClient, alice: httpx.AsyncClient
) -> None:
    post = (await editor.post("/api/posts", json={"text": "Now"})).json()

    answer = await editor.post("/api/providers/default/publish", json={"post_id": post["id"]})

    assert answer.status_code == 200, answer.text
    assert "waits for approval" in answer.json()["error"]
    approved = await alice.post(f"/api/posts/{post['id']}/approve", json={"revision": 1})
    assert approved.json()["status"] == "missed"


async def test_who_may_only_look_says_nothing(
    bob: httpx.AsyncClient, alice: httpx.AsyncClient
) -> None:
    schedule = await plan(alice)
    what = f"/api/posts/{schedule['post_id']}/comments"

    problem(await bob.post(what, json={"comment": "Nice"}), 403)
    assert (await alice.post(what, json={"comment": "Nice"})).status_code == 201
    assert [each["text"] for each in (await bob.get(what)).json()["items"]] == ["Nice"]
