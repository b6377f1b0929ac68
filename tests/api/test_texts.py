"""Snippets, templates, labels and utm parameters, over the REST API."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from socialapp.domain.people import Member, Role
from socialapp.services import utm as utm_service
from socialapp.store.session import Database
from tests.api.calls import problem, soon, upload, write
from tests.people import cookie_of

UTM = {"is_on": True, "source": "{network}", "medium": "", "campaign": "{campaign}"}


async def made(program: httpx.AsyncClient, where: str, **body: Any) -> dict[str, Any]:
    """Make something, and return it."""
    answer = await program.post(where, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def names(program: httpx.AsyncClient, where: str, **asked: str) -> list[str]:
    """Return the names in a list."""
    found = (await program.get(where, params=asked)).json()["items"]
    return [each["name"] for each in found]


async def test_a_snippet_is_kept_found_changed_and_deleted(alice: httpx.AsyncClient) -> None:
    hours = await made(alice, "/api/snippets", name=" Opening  hours ", text="From six.\r\n")
    tags = await made(
        alice, "/api/snippets", name="bakery", kind="hashtags", text="Bread, #rolls bread"
    )

    assert (hours["name"], hours["text"], hours["kind"]) == ("Opening hours", "From six.", "text")
    assert tags["text"] == "#Bread #rolls"
    assert await names(alice, "/api/snippets") == ["bakery", "Opening hours"]
    assert await names(alice, "/api/snippets", kind="hashtags") == ["bakery"]
    assert await names(alice, "/api/snippets", q="SIX") == ["Opening hours"]
    where = f"/api/snippets/{hours['id']}"
    changed = (await alice.patch(where, json={"text": "From seven."})).json()
    assert changed | {"updated_at": ""} == hours | {"text": "From seven.", "updated_at": ""}
    problem(await alice.patch(where, json={"text": " "}), 400, "text_required")
    problem(
        await alice.post("/api/snippets", json={"name": " ", "text": "a"}), 400, "name_required"
    )
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.get(where), 404)


async def test_a_template_holds_what_a_post_says_and_posts_begin_with_it(
    alice: httpx.AsyncClient,
) -> None:
    picture = await upload(alice)
    channel = (await alice.get("/api/channels")).json()["items"][0]["id"]
    content: dict[str, Any] = {
        "text": "This week: ",
        "media_ids": [picture["id"]],
        "parts": [{"text": "And more"}],
        "variants": [{"channel_id": channel, "text": "Here: "}],
        "channel_ids": [channel],
        "tags": ["offer"],
        "campaign": "Autumn",
    }
    post = await write(alice, **content)
    template = await made(alice, "/api/templates", name="Weekly", post_id=post["id"])
    same = await made(alice, "/api/templates", name="Another", **content)

    begun = await made(alice, f"/api/templates/{template['id']}/posts")

    said = ("text", "parts", "variants", "tags", "campaign", "media", "options")
    assert {key: begun[key] for key in said} == {key: post[key] for key in said}
    assert {key: same[key] for key in said} == {key: template[key] for key in said}
    assert (begun["status"], begun["id"] != post["id"]) == ("draft", True)
    assert {p["id"] for p in (await alice.get("/api/posts")).json()["items"]} == {
        post["id"],
        begun["id"],
    }
    where = f"/api/templates/{template['id']}"
    await alice.patch(where, json={"name": "Weekly offer", "text": "Changed"})
    assert (await alice.get(where)).json()["text"] == "Changed"
    assert (await alice.get(f"/api/posts/{begun['id']}")).json()["text"] == "This week: "
    assert await names(alice, "/api/templates", q="weekly") == ["Weekly offer"]
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.post(f"{where}/posts"), 404)


async def test_posts_and_schedules_are_found_by_tag_and_campaign(alice: httpx.AsyncClient) -> None:
    labels: dict[str, Any] = {"tags": ["#Fresh  bread", "fresh bread"], "campaign": "Autumn"}
    post = await write(alice, "Bread", **labels)
    bread = await made(alice, "/api/schedules", post_id=post["id"], scheduled_at=soon(86400))
    other = await write(alice, "Rolls", tags=["Fresh"])
    await made(alice, "/api/schedules", post_id=other["id"], scheduled_at=soon(86400))

    for asked in ({"tag": "Fresh bread"}, {"campaign": "Autumn"}):
        posts = (await alice.get("/api/posts", params=asked)).json()["items"]
        planned = (await alice.get("/api/schedules", params=asked)).json()["items"]
        table = (await alice.get("/api/schedules/export", params=asked)).text

        assert [post["tags"] for post in posts] == [["Fresh bread"]]
        assert [each["id"] for each in planned] == [bread["id"]]
        assert "Bread" in table
        assert "Rolls" not in table
    assert (await alice.get("/api/labels")).json() == {
        "tags": ["Fresh", "Fresh bread"],
        "campaigns": ["Autumn"],
    }


async def test_a_check_counts_links_as_they_are_sent(alice: httpx.AsyncClient) -> None:
    text = "https://shop.example.org/x and https://other.example"
    asked = {"text": text, "campaign": "Autumn", "networks": ["bluesky"]}
    before = (await alice.post("/api/posts/check", json=asked)).json()["results"][0]

    kept = await alice.put("/api/utm", json=UTM | {"hosts": ["https://Example.org/"]})
    after = (await alice.post("/api/posts/check", json=asked)).json()["results"][0]

    assert kept.json() == UTM | {"hosts": ["example.org"]}
    assert after["count"] - before["count"] == len("?utm_source=bluesky&utm_campaign=Autumn")
    problem(await alice.put("/api/utm", json=UTM | {"source": "{who}"}), 400)
    assert (await alice.get("/api/utm")).json() == kept.json()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.EDITOR])
async def test_editors_change_texts_and_admins_the_rule(
    alice: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    role: Role,
) -> None:
    snippet = await made(alice, "/api/snippets", name="a", text="a")
    template = await made(alice, "/api/templates", name="a", text="a")
    bob = client(cookie=await cookie_of(database, owner, role), origin="http://test")

    tried = [
        await bob.post("/api/snippets", json={"name": "b", "text": "b"}),
        await bob.patch(f"/api/snippets/{snippet['id']}", json={"text": "b"}),
        await bob.delete(f"/api/snippets/{snippet['id']}"),
        await bob.post("/api/templates", json={"name": "b", "text": "b"}),
        await bob.patch(f"/api/templates/{template['id']}", json={"name": "b"}),
        await bob.post(f"/api/templates/{template['id']}/posts"),
        await bob.delete(f"/api/templates/{template['id']}"),
    ]
    refused = await bob.put("/api/utm", json=UTM)

    may = role is Role.EDITOR
    assert {answer.status_code < 300 for answer in tried} == {may}
    problem(refused, 403)
    assert len(await names(bob, "/api/snippets")) == 1
    async with database.reading() as db:
        assert not (await utm_service.get(db, owner)).is_on
