"""Bluesky's server as the tests have it: accounts, records, tokens, limits, outages."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.servers.asking import Answer, ask
from tests.servers.pds import Account, Pds

POST = "app.bsky.feed.post"


async def call(
    pds: Pds, method: str, body: dict[str, Any] | None = None, *, token: str = "", **query: str
) -> Answer:
    """Ask the server something: with a body it is a procedure, else a query."""
    address = f"{pds.base_url}/xrpc/{method}"
    kind = "GET" if body is None else "POST"
    return await ask(kind, address, token=token, json=body, params=query)


async def log_in(pds: Pds, account: Account) -> str:
    """Return an access token."""
    who = {"identifier": account.handle, "password": account.password}
    session = await call(pds, "com.atproto.server.createSession", who)
    assert session.status == 200, session.body
    return str(session.body["accessJwt"])


def put(account: Account, text: str, rkey: str = "3jzfcijpj2z2a") -> dict[str, Any]:
    """Return the body of a request that makes a post under a key of one's own, once."""
    record = {"$type": POST, "text": text, "createdAt": "2026-11-26T09:00:00.000Z"}
    who = {"repo": account.did, "collection": POST, "rkey": rkey}
    return {**who, "record": record, "swapRecord": None}


async def test_a_post_is_there_once_however_often_it_is_put(pds: Pds) -> None:
    alice = pds.create_account()
    token = await log_in(pds, alice)

    answers = [
        await call(pds, "com.atproto.repo.putRecord", put(alice, "Hello"), token=token)
        for _ in range(2)
    ]
    other = await call(pds, "com.atproto.repo.putRecord", put(alice, "Other"), token=token)
    listed = await call(pds, "com.atproto.repo.listRecords", repo=alice.did, collection=POST)

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body["cid"] == answers[1].body["cid"]
    assert (other.status, other.body["error"]) == (400, "InvalidSwap")
    assert [record["value"]["text"] for record in listed.body["records"]] == ["Hello"]


async def test_what_it_holds_outlives_a_restart(pds: Pds) -> None:
    alice = pds.create_account()
    token = await log_in(pds, alice)
    await call(pds, "com.atproto.repo.putRecord", put(alice, "Before"), token=token)

    pds.kill()
    with pytest.raises(aiohttp.ClientConnectionError):
        await log_in(pds, alice)
    pds.start()

    after = await call(
        pds, "com.atproto.repo.putRecord", put(alice, "After", "3jzfcijpj2z2b"), token=token
    )
    listed = await call(pds, "com.atproto.repo.listRecords", repo=alice.did, collection=POST)
    identity = await call(pds, "com.atproto.repo.describeRepo", repo=alice.did)
    assert after.status == 200
    assert {record["value"]["text"] for record in listed.body["records"]} == {"Before", "After"}
    assert identity.body["didDoc"]["service"][0]["serviceEndpoint"] == pds.base_url


async def test_a_frozen_server_is_silent_and_goes_on_where_it_was(pds: Pds) -> None:
    alice = pds.create_account()

    pds.freeze()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as session:
        with pytest.raises(TimeoutError):
            await session.get(f"{pds.base_url}/xrpc/_health")
    pds.thaw()

    assert await log_in(pds, alice)


async def test_an_expired_token_is_told_apart_from_a_wrong_one(pds: Pds) -> None:
    alice = pds.create_account()

    expired = await call(pds, "com.atproto.server.getSession", token=pds.expired_token(alice))
    wrong = await call(
        pds, "com.atproto.server.getSession", token=pds.expired_token(alice)[:-4] + "AAAA"
    )

    assert (expired.status, expired.body["error"]) == (400, "ExpiredToken")
    assert (wrong.status, wrong.body["error"]) == (400, "InvalidToken")


async def test_with_limits_it_says_when_to_come_again(pds_with_limits: Pds) -> None:
    nobody = {"identifier": "nobody.test", "password": "wrong"}
    method = "com.atproto.server.createSession"

    # 30 in five minutes are let through.
    answers = await asyncio.gather(*(call(pds_with_limits, method, nobody) for _ in range(31)))

    (limited,) = [answer for answer in answers if answer.status == 429]
    assert limited.body["error"] == "RateLimitExceeded"
    assert int(limited.headers["Retry-After"]) > 0
    assert int(limited.headers["RateLimit-Reset"]) > 1_790_000_000
