"""What servers say that people did with a post: real ones, and answers as they were recorded."""

from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Content
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Trouble, TryLater
from socialapp.domain.results import Measurement
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon.adapter import Mastodon
from tests.providers.bluesky.answering import Answering
from tests.providers.stage_bluesky import access_of
from tests.providers.stage_mastodon import access_to, mock_stage
from tests.servers.asking import ask
from tests.servers.mastodon.server import Mastodon as Server
from tests.servers.pds import Pds

DID = "did:plc:aliceofthetestsaaaaaaaaa"
VIEW, RECORD = "/xrpc/app.bsky.feed.getPosts", "/xrpc/com.atproto.repo.getRecord"


def kept(*remote_ids: str) -> list[dict[str, Any]]:
    return [{"remote_id": id_, "url": "", "kept": {}} for id_ in remote_ids]


def uri(name: str) -> str:
    return f"at://{DID}/app.bsky.feed.post/{name}"


async def said_by(http: Http, body: Any, *names: str, status: int = 200, **headers: str) -> Any:
    """What Bluesky's adapter makes of an answer of the view; else nothing is on the server."""
    async with Answering() as server:
        server.says(VIEW, body, status=status, **headers)
        server.says(RECORD, {"error": "RecordNotFound"}, status=400)
        access = Access(server.base_url, "alice.test", DID, {"access": "a-token"})
        return await Bluesky(http).measure(kept(*map(uri, names)), access)


async def test_bluesky_counts_what_its_view_counts_in_one_request_for_25(
    http: Http, pds: Pds
) -> None:
    bluesky = Bluesky(http, directory=pds.plc_url, resolver=pds.base_url)
    access = await access_of(bluesky, pds.create_account(), pds.base_url)
    sent = [
        await bluesky.publish(
            Intent.of(Content(f"n{n}"), created_at=iso(utc_now())), access, once=f"once-{n}"
        )
        for n in range(25)
    ]
    pds.react(sent[3].remote_id, likeCount=12, repostCount=3, quoteCount=1, replyCount=2)

    found = await bluesky.measure(kept(*(each.remote_id for each in sent)), access)

    assert len(found) == 25
    reacted = {"likes": 12, "reposts": 3, "quotes": 1, "replies": 2}
    assert found[sent[3].remote_id] == Measurement(reacted)
    assert found[sent[4].remote_id] == Measurement(dict.fromkeys(reacted, 0))


async def test_bluesky_says_nothing_of_what_its_view_has_not_seen_yet(http: Http) -> None:
    async with Answering() as server:
        server.says(VIEW, {"posts": []})
        server.says(RECORD, {"uri": uri("a"), "cid": "b", "value": {}})
        access = Access(server.base_url, "alice.test", DID, {"access": "a-token"})

        assert await Bluesky(http).measure(kept(uri("a")), access) == {}


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ({"likeCount": 4}, {"likes": 4}),
        ({"likeCount": None, "replyCount": 2, "repostCount": "7"}, {"replies": 2}),
        ({"likeCount": -1, "quoteCount": True, "bookmarkCount": 3}, {}),
    ],
)
async def test_bluesky_leaves_out_what_is_not_told(
    http: Http, post: dict[str, Any], expected: dict[str, int]
) -> None:
    body = {"posts": [{"uri": uri("a"), **post}, {"uri": "at://other/one/x", "likeCount": 9}]}

    assert await said_by(http, body, "a") == {uri("a"): Measurement(expected)}


async def test_bluesky_is_asked_no_more_when_it_says_so_or_refuses_us(http: Http) -> None:
    with pytest.raises(PublishFailed) as limited:
        await said_by(http, {"error": "RateLimitExceeded"}, "a", status=429, retry_after="30")
    with pytest.raises(PublishFailed) as shut:
        await said_by(http, {"error": "ExpiredToken"}, "a", status=400)

    assert isinstance(limited.value.outcome, TryLater)
    assert limited.value.outcome.trouble is Trouble.CHANNEL
    assert isinstance(shut.value.outcome, Disconnected)


async def test_mastodon_counts_what_its_server_counts(http: Http, mastodon: Server) -> None:
    access = access_to(mastodon)
    sent = await _post(Mastodon(http), access)
    (status,) = mastodon.timeline.statuses
    status.favourites = 12

    found = await Mastodon(http).measure(kept(sent), access)

    assert found == {sent: Measurement({"favourites": 12, "boosts": 0, "replies": 0})}


async def test_mastodon_as_others_made_it_counts_what_another_account_does(
    tmp_path: Any, http: Http
) -> None:
    async with mock_stage("", tmp_path) as stage:
        sent = await _post(Mastodon(http), stage.access)
        token = (await stage.another_account()).secrets["token"]
        for deed in ("favourite", "reblog"):
            url = f"{stage.mock.base_url}/api/v1/statuses/{sent}/{deed}"
            assert (await ask("POST", url, token=token)).status == 200

        (said,) = (await Mastodon(http).measure(kept(sent), stage.access)).values()

    assert (said.counts["favourites"], said.counts["boosts"]) == (1, 1)


# As seen at servers of several kinds; what is not in them is left out.
ANSWERS = [
    ({"id": "7", "favourites_count": 3, "reblogs_count": 1, "replies_count": 0},
     {"favourites": 3, "boosts": 1, "replies": 0}),
    ({"id": "7", "favourites_count": None, "reblogs_count": 2}, {"boosts": 2}),
    ({"id": "7", "favourites_count": "3", "replies_count": -1}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), ANSWERS)
async def test_mastodon_leaves_out_what_is_not_told(
    http: Http, body: dict[str, Any], expected: dict[str, int]
) -> None:
    async with Answering() as server:
        server.says("/api/v1/statuses/7", body)
        access = Access(server.base_url, "@alice", "1", {"token": "a-token"})

        assert await Mastodon(http).measure(kept("7"), access) == {"7": Measurement(expected)}


@pytest.mark.parametrize(
    ("status", "body", "is_gone"),
    [(404, {"error": "Record not found"}, True), (404, "<h1>Not found</h1>", False),
     (410, {"error": "Gone"}, True), (200, {"id": "8"}, None), (502, "<h1>Bad</h1>", False)],
)  # fmt: skip
async def test_mastodon_is_believed_that_it_is_gone_when_the_server_itself_says_so(
    http: Http, status: int, body: Any, is_gone: bool | None
) -> None:
    async with Answering() as server:
        server.says("/api/v1/statuses/7", body, status=status)
        access = Access(server.base_url, "@alice", "1", {"token": "a-token"})
        asked = Mastodon(http).measure(kept("7"), access)

        if is_gone is False:
            with pytest.raises(PublishFailed):
                await asked
        else:
            assert await asked == ({"7": Measurement(is_gone=True)} if is_gone else {})


async def _post(mastodon: Mastodon, access: Access) -> str:
    intent = Intent.of(Content("Hello"), created_at=iso(utc_now()))
    return (await mastodon.publish(intent, access, once="k")).remote_id
