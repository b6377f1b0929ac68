"""A simulated network misbehaves exactly as it was told, and once."""

import json

import aiohttp
import pytest

from tests.networks.mischief import NOT_WRITTEN, WRITTEN, Mischief
from tests.servers.asking import Answer, ask
from tests.servers.mastodon.server import Mastodon


async def post(mastodon: Mastodon) -> Answer:
    return await ask(
        "POST",
        f"{mastodon.base_url}/api/v1/statuses",
        token=mastodon.token("alice"),
        json={"status": "Hello"},
    )


# The others can be read by those who are patient and have room.
UNREADABLE = WRITTEN - {Mischief.HALF_OPEN, Mischief.DRIP, Mischief.HUGE}


@pytest.mark.parametrize("how", sorted(UNREADABLE))
async def test_what_is_answered_badly_is_written(mastodon: Mastodon, how: Mischief) -> None:
    mastodon.disturb(how)

    try:
        answer = await post(mastodon)
        is_read = answer.status == 200 and "id" in answer.body
    except (aiohttp.ClientError, json.JSONDecodeError):
        is_read = False

    assert not is_read
    assert mastodon.count() == {"Hello": 1}


@pytest.mark.parametrize("how", sorted(NOT_WRITTEN))
async def test_what_is_lost_before_the_write_is_not_written(
    mastodon: Mastodon, how: Mischief
) -> None:
    mastodon.disturb(how)

    try:
        assert (await post(mastodon)).status == 500
    except aiohttp.ClientConnectionError:
        assert how is not Mischief.FAIL

    assert mastodon.count() == {}
    assert [request.path for request in mastodon.seen] == ["/api/v1/statuses"]


@pytest.mark.parametrize(
    ("how", "status"),
    [
        (Mischief.LIMITED, 429),
        (Mischief.UNAUTHORISED, 401),
        (Mischief.REFUSE, 422),
        (Mischief.BUSY, 503),
        (Mischief.MAINTENANCE, 503),
    ],
)
async def test_a_refusal_has_the_words_of_the_network(
    mastodon: Mastodon, how: Mischief, status: int
) -> None:
    mastodon.disturb(how)

    refused = await post(mastodon)
    then = await post(mastodon)

    assert (refused.status, then.status) == (status, 200)
    assert ("error" in refused.body) is (how is not Mischief.MAINTENANCE)
    assert mastodon.count() == {"Hello": 1}


async def test_one_after_the_other_and_only_where_it_was_told(mastodon: Mastodon) -> None:
    mastodon.disturb(Mischief.FAIL, Mischief.LIMITED)
    mastodon.disturb(Mischief.FAIL, method="GET", path="/api/v2/.*")

    answers = [await post(mastodon) for _ in range(3)]
    looks = [await ask("GET", f"{mastodon.base_url}/api/v2/instance") for _ in range(2)]

    assert [answer.status for answer in answers] == [500, 429, 200]
    assert [look.status for look in looks] == [500, 200]
