"""WordPress as the tests have it: members, posts, pictures, outages, planned posts."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.servers.asking import Answer, ask
from tests.servers.wordpress import WordPress


class Member:
    """Somebody who speaks to the site's API."""

    def __init__(self, site: WordPress, login: str) -> None:
        proof = aiohttp.encode_basic_auth(login, site.application_passwords[login])
        self._headers = {"Authorization": proof}
        self._api = f"{site.base_url}/wp-json/wp/v2"

    async def get(self, path: str, **query: str) -> Answer:
        return await ask("GET", f"{self._api}/{path}", headers=self._headers, params=query)

    async def post(self, path: str, **body: Any) -> Answer:
        return await ask("POST", f"{self._api}/{path}", headers=self._headers, **body)


@pytest.fixture
def author(wordpress: WordPress) -> Member:
    return Member(wordpress, "author")


async def test_a_post_is_published_and_read_back(author: Member, wordpress: WordPress) -> None:
    made = await author.post(
        "posts", json={"title": "Harbour", "content": "<p>Ships</p>", "status": "publish"}
    )
    page = await ask("GET", made.body["link"])

    assert made.status == 201
    assert made.body["link"].startswith(f"{wordpress.base_url}/harbour")
    assert (page.status, "<p>Ships</p>" in page.body) == (200, True)


async def test_a_picture_is_uploaded_with_its_alternative_text(author: Member) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    form = aiohttp.FormData({"alt_text": "A dark square"})
    form.add_field("file", file.getvalue(), filename="square.png", content_type="image/png")

    made = await author.post("media", data=form)

    assert made.status == 201
    assert (made.body["media_type"], made.body["alt_text"]) == ("image", "A dark square")


async def test_roles_are_kept(wordpress: WordPress) -> None:
    wanted = {"title": "Mine", "status": "publish"}
    subscriber = Member(wordpress, "subscriber")

    me = await subscriber.get("users/me")
    refused = await subscriber.post("posts", json=wanted)

    assert me.body["name"] == "subscriber"
    assert (refused.status, refused.body["code"]) == (403, "rest_cannot_create")


async def test_what_it_holds_outlives_a_restart(author: Member, wordpress: WordPress) -> None:
    draft = {"title": "Before the outage", "status": "draft", "slug": "before-the-outage"}
    await author.post("posts", json=draft)

    wordpress.kill()
    with pytest.raises(aiohttp.ClientConnectionError):
        await author.get("posts")
    wordpress.start()

    found = await author.get(
        "posts", slug="before-the-outage", status="draft,publish", context="edit"
    )
    assert [post["title"]["raw"] for post in found.body] == ["Before the outage"]


async def test_a_planned_post_comes_out_when_cron_runs(
    author: Member, wordpress: WordPress
) -> None:
    # Less than a minute ahead it would be published at once.
    at = datetime.now(UTC) + timedelta(minutes=5)
    wanted = {"title": "Later", "status": "publish", "date_gmt": at.isoformat()[:19]}

    planned = await author.post("posts", json=wanted)
    wordpress.run_cron()
    early = await author.get(f"posts/{planned.body['id']}", context="edit")
    wordpress.run_cron(ahead=timedelta(minutes=6))
    late = await author.get(f"posts/{planned.body['id']}", context="edit")

    assert [post.body["status"] for post in (planned, early, late)] == [
        "future",
        "future",
        "publish",
    ]
