"""WordPress as the tests have it: members, posts, pictures, outages, planned posts."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.servers.wordpress import WordPress


class Member:
    """Somebody who speaks to the site's API."""

    def __init__(self, site: WordPress, login: str) -> None:
        proof = aiohttp.encode_basic_auth(login, site.application_passwords[login])
        self._session = aiohttp.ClientSession(headers={"Authorization": proof})
        self._api = f"{site.base_url}/wp-json/wp/v2"

    async def __aenter__(self) -> "Member":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str) -> tuple[int, Any]:
        async with self._session.get(f"{self._api}/{path}", params=query) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        async with self._session.post(f"{self._api}/{path}", **body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def author(wordpress: WordPress) -> AsyncIterator[Member]:
    async with Member(wordpress, "author") as member:
        yield member


async def test_a_post_is_published_and_read_back(author: Member, wordpress: WordPress) -> None:
    status, made = await author.post(
        "posts", json={"title": "Harbour", "content": "<p>Ships</p>", "status": "publish"}
    )
    async with aiohttp.request("GET", made["link"]) as page:
        shown = await page.text()

    assert status == 201
    assert made["link"].startswith(f"{wordpress.base_url}/harbour")
    assert (page.status, "<p>Ships</p>" in shown) == (200, True)


async def test_a_picture_is_uploaded_with_its_alternative_text(author: Member) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    form = aiohttp.FormData({"alt_text": "A dark square"})
    form.add_field("file", file.getvalue(), filename="square.png", content_type="image/png")

    status, made = await author.post("media", data=form)

    assert status == 201
    assert (made["media_type"], made["alt_text"]) == ("image", "A dark square")


async def test_roles_are_kept(wordpress: WordPress) -> None:
    wanted = {"title": "Mine", "status": "publish"}
    async with Member(wordpress, "subscriber") as subscriber:
        _, me = await subscriber.get("users/me")
        status, refused = await subscriber.post("posts", json=wanted)

    assert me["name"] == "subscriber"
    assert (status, refused["code"]) == (403, "rest_cannot_create")


async def test_what_it_holds_outlives_a_restart(author: Member, wordpress: WordPress) -> None:
    draft = {"title": "Before the outage", "status": "draft", "slug": "before-the-outage"}
    await author.post("posts", json=draft)

    wordpress.kill()
    with pytest.raises(aiohttp.ClientConnectionError):
        await author.get("posts")
    wordpress.start()

    _, found = await author.get(
        "posts", slug="before-the-outage", status="draft,publish", context="edit"
    )
    assert [post["title"]["raw"] for post in found] == ["Before the outage"]


async def test_a_planned_post_comes_out_when_cron_runs(
    author: Member, wordpress: WordPress
) -> None:
    # Less than a minute ahead it would be published at once.
    at = datetime.now(UTC) + timedelta(minutes=5)
    wanted = {"title": "Later", "status": "publish", "date_gmt": at.isoformat()[:19]}

    _, planned = await author.post("posts", json=wanted)
    wordpress.run_cron()
    _, early = await author.get(f"posts/{planned['id']}", context="edit")
    wordpress.run_cron(ahead=timedelta(minutes=6))
    _, late = await author.get(f"posts/{planned['id']}", context="edit")

    assert [post["status"] for post in (planned, early, late)] == ["future", "future", "publish"]
