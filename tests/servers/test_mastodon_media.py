"""The simulated Mastodon processes media for a while, and attaches each once."""

import io
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.servers.asking import Answer, ask
from tests.servers.mastodon.server import Mastodon

VIDEO = b"\x00\x00\x00\x18ftypmp42 and so on"


def picture(colour: str = "navy") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 4), colour).save(file, "PNG")
    return file.getvalue()


async def upload(mastodon: Mastodon, content: bytes, token: str, **fields: str) -> Answer:
    form = aiohttp.FormData(fields)
    form.add_field("file", content, filename="a-file", content_type="image/png")
    return await ask("POST", f"{mastodon.base_url}/api/v2/media", token=token, data=form)


async def post(mastodon: Mastodon, token: str, *ids: Any, **fields: Any) -> Answer:
    body = {"status": "Hello", "media_ids": list(ids)} | fields
    return await ask("POST", f"{mastodon.base_url}/api/v1/statuses", token=token, json=body)


async def test_a_picture_is_there_at_once_with_its_description(mastodon: Mastodon) -> None:
    alice = mastodon.token("alice")

    made = await upload(mastodon, picture(), alice, description="A dark sea", focus="0.5,-1")
    posted = await post(mastodon, alice, made.body["id"])
    async with aiohttp.request("GET", made.body["url"]) as file:
        content = await file.read()

    assert made.status == 200
    assert made.body["meta"]["original"] == {"width": 8, "height": 4, "aspect": 2.0}
    assert content == picture()
    (attached,) = posted.body["media_attachments"]
    assert (attached["description"], attached["meta"]["focus"]) == (
        "A dark sea",
        {"x": 0.5, "y": -1.0},
    )


async def test_a_video_is_accepted_and_ready_later(mastodon: Mastodon) -> None:
    alice = mastodon.token("alice")

    made = await upload(mastodon, VIDEO, alice)
    early = await post(mastodon, alice, made.body["id"])
    looks = [
        await ask("GET", f"{mastodon.base_url}/api/v1/media/{made.body['id']}", token=alice)
        for _ in range(3)
    ]
    late = await post(mastodon, alice, made.body["id"])

    assert (made.status, made.body["url"]) == (202, None)
    assert (early.status, "finished processing" in early.body["error"]) == (422, True)
    assert [look.status for look in looks] == [206, 206, 200]
    assert late.status == 200


async def test_processing_that_fails_is_said_when_it_is_looked_at(mastodon: Mastodon) -> None:
    mastodon.uploads.fails = True
    mastodon.uploads.image_polls = 1
    alice = mastodon.token("alice")

    made = await upload(mastodon, picture(), alice)
    looks = [
        await ask("GET", f"{mastodon.base_url}/api/v1/media/{made.body['id']}", token=alice)
        for _ in range(2)
    ]

    assert [made.status, *(look.status for look in looks)] == [202, 206, 422]


async def test_what_is_attached_or_unknown_or_of_others_is_refused(mastodon: Mastodon) -> None:
    alice, bob = mastodon.token("alice"), mastodon.token("bob")
    attached = (await upload(mastodon, picture(), alice)).body["id"]
    await post(mastodon, alice, attached)
    foreign = (await upload(mastodon, picture(), bob)).body["id"]

    answers = [await post(mastodon, alice, one) for one in (attached, foreign, "123456")]
    gone = await ask("GET", f"{mastodon.base_url}/api/v1/media/{attached}", token=alice)

    assert [answer.status for answer in answers] == [422, 422, 422]
    assert gone.status == 404
    assert mastodon.count() == {"Hello": 1}


async def test_at_most_four_pictures_or_one_video(mastodon: Mastodon) -> None:
    mastodon.uploads.video_polls = 0
    alice = mastodon.token("alice")
    five = [(await upload(mastodon, picture(), alice)).body["id"] for _ in range(5)]
    video = (await upload(mastodon, VIDEO, alice)).body["id"]
    poll = {"options": ["yes", "no"], "expires_in": 600}

    answers = [
        await post(mastodon, alice, *five),
        await post(mastodon, alice, five[0], video),
        await post(mastodon, alice, five[0], poll=poll),
        await post(mastodon, alice, *five[:4], status=""),
    ]

    assert [answer.status for answer in answers] == [422, 422, 422, 200]


@pytest.mark.parametrize("content", [b"only words", picture()[:40]])
async def test_what_is_no_picture_is_refused_whatever_it_is_called(
    mastodon: Mastodon, content: bytes
) -> None:
    refused = await upload(mastodon, content, mastodon.token("alice"))

    assert refused.status == 422


async def test_limits_are_those_that_are_told(mastodon: Mastodon) -> None:
    mastodon.site.limits.image_size_limit = 60
    mastodon.site.limits.description_limit = 5
    alice = mastodon.token("alice")
    told = await ask("GET", f"{mastodon.base_url}/api/v2/instance")

    large = await upload(mastodon, picture(), alice)
    mastodon.site.limits.image_size_limit = 1000
    wordy = await upload(mastodon, picture(), alice, description="Sea, dark")

    assert told.body["configuration"]["media_attachments"]["image_size_limit"] == 60
    assert told.body["configuration"]["media_attachments"]["description_limit"] == 5
    assert (large.status, wordy.status) == (422, 422)
