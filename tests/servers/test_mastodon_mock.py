"""The independent Mastodon server as the tests have it: accounts, faults, and as new each time."""

from typing import Any

import aiohttp

from tests.servers.mastodon_mock import MastodonMock


async def post(mock: MastodonMock, text: str, *, name: str = "alice", key: str = "") -> Any:
    """Post a status and return the answer, or its status code when it is an error."""
    headers = {"Authorization": f"Bearer {mock.tokens[name]}"}
    if key:
        headers["Idempotency-Key"] = key
    address = f"{mock.base_url}/api/v1/statuses"
    async with aiohttp.request("POST", address, json={"status": text}, headers=headers) as answer:
        return await answer.json() if answer.ok else answer.status


async def texts(mock: MastodonMock) -> list[str]:
    """Return the HTML of what is there, newest first."""
    async with aiohttp.request("GET", f"{mock.base_url}/api/v1/timelines/public") as answer:
        return [status["content"] for status in await answer.json()]


async def test_a_key_that_comes_again_is_the_same_status(mastodon_mock: MastodonMock) -> None:
    first = await post(mastodon_mock, "Hello", key="k")
    again = await post(mastodon_mock, "Hello", key="k")

    assert first["id"] == again["id"]
    assert first["account"]["username"] == "alice"
    assert len(await texts(mastodon_mock)) == 1


async def test_each_test_finds_it_empty(mastodon_mock: MastodonMock) -> None:
    assert await texts(mastodon_mock) == []


async def test_a_fault_lasts_as_long_as_it_was_told(mastodon_mock: MastodonMock) -> None:
    mastodon_mock.fault("ratelimit")
    mastodon_mock.fault("status", status=503)

    answers = [await post(mastodon_mock, "Hello", name="bob") for _ in range(3)]

    assert answers[:2] == [429, 503]
    assert answers[2]["account"]["username"] == "bob"
