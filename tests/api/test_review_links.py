"""Review links: what somebody without an account sees and says, and what they do not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import reviews, team
from socialapp.store.session import Database
from socialapp.store.tables import PostComment, ReviewLink
from tests.api.calls import plan, problem, upload, write
from tests.people import cookie_of
from tests.servers.given import given

WHERE = "/api/review-links"


async def link_to(program: httpx.AsyncClient, *post_ids: int, **more: Any) -> tuple[int, str]:
    """Make a link and return its id and its secret."""
    answer = await program.post(WHERE, json={"post_ids": post_ids} | more)
    assert answer.status_code == 201, answer.text
    url, secret = answer.json()["shown"]["url"].split("#")
    assert url == "http://test/review/"
    return answer.json()["id"], given(secret, "a review link")


async def look(reader: httpx.AsyncClient, secret: str) -> httpx.Response:
    return await reader.post("/api/review/look", json={"secret": secret})


async def say(reader: httpx.AsyncClient, secret: str, post_id: int, **more: Any) -> httpx.Response:
    body = {"secret": secret, "post_id": post_id, "name": "Bo", "text": "Cheaper?"} | more
    return await reader.post("/api/review/comments", json=body)


async def test_a_reader_sees_the_post_as_each_channel_will_show_it_and_nothing_else(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    first = (await alice.get("/api/channels")).json()["items"][0]["id"]
    shop = (await alice.post("/api/channels", json={"provider": "sandbox", "name": "Shop"})).json()
    picture, other = await upload(alice), await upload(alice, "Not for you")
    post = await write(
        alice,
        "Fresh bread",
        media_ids=[picture["id"]],
        channel_ids=[first, shop["id"]],
        variants=[{"channel_id": shop["id"], "text": "Bread in the shop"}],
        notes="Mind the price",
    )
    await alice.post(
        "/api/schedules",
        json={"post_id": post["id"], "scheduled_at": "2030-05-14T09:00", "timezone": "Asia/Tokyo"},
    )
    await write(alice, "A secret plan", media_ids=[other["id"]])
    await alice.post(f"/api/posts/{post['id']}/comments", json={"comment": "Among us only"})
    link_id, secret = await link_to(alice, post["id"])

    answer = await look(nobody, secret)

    review = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    (shown,) = review["posts"]
    assert [c["content"]["text"] for c in shown["channels"]] == ["Fresh bread", "Bread in the shop"]
    assert (shown["status"], shown["status_words"]) == ("queued", "Queued")
    assert shown["planned"][0]["words"] == "Tue 14 May 2030, 09:00 Asia/Tokyo"
    for word in ("secret plan", "Not for you", "Among us", "Mind the price", "@example.org"):
        assert word not in answer.text
    (medium,) = shown["channels"][0]["content"]["media"]
    for size in ("url", "preview_url"):
        file = await nobody.get(medium[size])
        assert file.status_code == 200
        assert file.headers["content-type"].startswith("image/")
        assert file.headers["x-robots-tag"] == "noindex"
        assert file.headers["cache-control"] == "private, no-cache"

    # Another medium with this one's tag, or this one with another tag.
    for address in (
        medium["url"].replace(f"/media/{picture['id']}/", f"/media/{other['id']}/"),
        medium["url"].replace(f"/review/{link_id}/", f"/review/{link_id + 1}/"),
        f"/api/review/{link_id}/media/{picture['id']}/{'0' * 64}/file",
    ):
        problem(await nobody.get(address), 404, "not_found")
    problem(await nobody.get(f"/api/media/{picture['id']}/file"), 401)


@pytest.mark.parametrize("how", ["wrong", "expired", "revoked", "maker gone", "post gone"])
async def test_a_link_that_ended_looks_like_one_that_never_was(
    alice: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    how: str,
) -> None:
    ed = client(cookie=await cookie_of(database, owner, Role.EDITOR))
    picture = await upload(alice)
    post = await write(alice, media_ids=[picture["id"]])
    link_id, secret = await link_to(ed, post["id"])
    shown = (await look(nobody, secret)).json()["posts"][0]
    medium = shown["channels"][0]["content"] if shown["channels"] else shown["content"]
    file = medium["media"][0]["url"]
    assert (await nobody.get(file)).status_code == 200

    if how == "expired":
        async with database.transaction() as db:
            await db.execute(update(ReviewLink).values(expires_at=utc_now()))
    elif how == "revoked":
        assert (await alice.delete(f"{WHERE}/{link_id}")).status_code == 204
        problem(await alice.delete(f"{WHERE}/{link_id}"), 404)
    elif how == "maker gone":
        people = (await alice.get("/api/members")).json()["items"]
        who = next(each["person_id"] for each in people if each["role"] == "editor")
        async with database.transaction() as db:
            await team.remove(db, owner, who)
    elif how == "post gone":
        assert (await alice.delete(f"/api/posts/{post['id']}")).status_code == 204
    secret = "guessed" if how == "wrong" else secret

    gone = problem(await look(nobody, secret), 404, "review_gone")
    never = problem(await look(nobody, "never-made"), 404, "review_gone")
    assert gone["detail"] == never["detail"]
    assert (await say(nobody, secret, post["id"])).status_code == 404
    if how != "wrong":
        problem(await nobody.get(file), 404)
        assert how == "post gone" or (await alice.get(WHERE)).json()["items"] == []


async def test_a_comment_lands_beside_the_members_and_is_told(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) \u202e {{7*7}}"
    schedule = await plan(alice)
    post_id = schedule["post_id"]
    _, secret = await link_to(alice, post_id)

    said = await say(nobody, secret, post_id, name="<b>Alice</b>", text=f"{hostile} @everyone")

    assert said.status_code == 201, said.text
    (entry,) = (await alice.get(f"/api/posts/{post_id}/comments")).json()["items"]
    assert (entry["author"], entry["text"]) == ("<b>Alice</b>", f"{hostile} @everyone")
    assert (entry["kind"], entry["is_outside"]) == ("comment", True)
    (news,) = (await alice.get("/api/notifications")).json()["items"]
    assert (news["event"], news["title"]) == ("outside", "<b>Alice</b> (outside) commented")
    assert "everyone" in news["text"]
    assert "@everyone" not in news["text"]  # it would call a whole room where it is told
    assert (await look(nobody, secret)).json()["posts"][0]["said"] == [said.json()]
    (listed,) = (await alice.get(WHERE, params={"post_id": post_id})).json()["items"]
    assert listed["last_opened_at"]
    assert "shown" not in listed


async def test_advice_is_no_approval_and_only_where_it_is_asked_for(
    alice: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
) -> None:
    await alice.patch("/api/workspace", json={"approval_rule": "one"})
    ed = client(cookie=await cookie_of(database, owner, Role.EDITOR))
    schedule = await plan(ed)
    post_id = schedule["post_id"]
    _, plain = await link_to(ed, post_id)
    _, asks = await link_to(ed, post_id, takes_advice=True, days=30)
    good = {"kind": "looks_good", "text": "", "revision": 1}

    problem(await say(nobody, plain, post_id, **good), 403)
    problem(await say(nobody, asks, post_id, **good | {"revision": 2}), 412, "stale")
    problem(await say(nobody, asks, post_id, kind="wants_changes", text=" ", revision=1), 400)
    problem(await say(nobody, asks, post_id, kind="approved"), 400)
    assert (await say(nobody, asks, post_id, **good)).status_code == 201

    post = (await alice.get(f"/api/posts/{post_id}")).json()
    assert (post["status"], post["approval"]["state"]) == ("needs_approval", "needs_approval")


async def test_a_link_shows_and_takes_words_for_its_own_posts_only(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    page = await write(alice, "From *six*", place="/api/pages", title="Hours")
    mine, other = await write(alice), await write(alice)
    _, secret = await link_to(alice, mine["id"], page["id"], mine["id"])

    shown = (await look(nobody, secret)).json()["posts"]

    assert [each["id"] for each in shown] == [mine["id"], page["id"]]
    problem(await say(nobody, secret, other["id"]), 404)


async def test_too_many_comments_are_refused_for_a_while(
    alice: httpx.AsyncClient, nobody: httpx.AsyncClient, database: Database
) -> None:
    post = await write(alice)
    _, secret = await link_to(alice, post["id"])
    for _ in range(reviews.SAID_AT_MOST):
        assert (await say(nobody, secret, post["id"])).status_code == 201

    full = await say(nobody, secret, post["id"])

    problem(full, 429, "too_many")
    assert int(full.headers["retry-after"]) > 0
    earlier = utc_now() - reviews.SAID_WITHIN - timedelta(seconds=1)
    async with database.transaction() as db:
        await db.execute(update(PostComment).values(created_at=earlier))
    assert (await say(nobody, secret, post["id"])).status_code == 201


async def test_only_who_may_write_makes_lists_and_revokes_links(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, database: Database
) -> None:
    post = await write(alice)
    link_id, secret = await link_to(alice, post["id"])

    problem(await bob.post(WHERE, json={"post_ids": [post["id"]]}), 403)
    problem(await bob.get(WHERE), 403)
    problem(await bob.delete(f"{WHERE}/{link_id}"), 403)
    problem(await alice.post(WHERE, json={"post_ids": [post["id"]], "days": 2}), 400)
    async with database.reading() as db:
        kept = await db.get(ReviewLink, link_id)
    assert kept
    assert secret not in kept.secret_hash
