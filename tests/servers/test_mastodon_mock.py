"""The independent Mastodon server as the tests have it: accounts, faults, and as new each time."""

from tests.servers.asking import Answer, ask
from tests.servers.mastodon_mock import MastodonMock


async def post(mock: MastodonMock, text: str, *, name: str = "alice", key: str = "") -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    address = f"{mock.base_url}/api/v1/statuses"
    body = {"status": text}
    return await ask("POST", address, token=mock.tokens[name], headers=headers, json=body)


async def texts(mock: MastodonMock) -> list[str]:
    """Return the HTML of what is there, newest first."""
    listed = await ask("GET", f"{mock.base_url}/api/v1/timelines/public")
    return [status["content"] for status in listed.body]


async def test_a_key_that_comes_again_is_the_same_status(mastodon_mock: MastodonMock) -> None:
    first = await post(mastodon_mock, "Hello", key="k")
    again = await post(mastodon_mock, "Hello", key="k")

    assert first.body["id"] == again.body["id"]
    assert first.body["account"]["username"] == "alice"
    assert len(await texts(mastodon_mock)) == 1


async def test_each_test_finds_it_empty(mastodon_mock: MastodonMock) -> None:
    assert await texts(mastodon_mock) == []


async def test_a_fault_lasts_as_long_as_it_was_told(mastodon_mock: MastodonMock) -> None:
    mastodon_mock.fault("ratelimit")
    mastodon_mock.fault("status", status=503)

    answers = [await post(mastodon_mock, "Hello", name="bob") for _ in range(3)]

    assert [answer.status for answer in answers] == [429, 503, 200]
    assert answers[2].body["account"]["username"] == "bob"
