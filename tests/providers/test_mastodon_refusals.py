"""What each answer of a Mastodon server means for the post: a row for each."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from socialapp.clock import utc_now
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Posted, Refused, Trouble, TryLater, Unknown
from socialapp.providers.mastodon.server import LIMIT_LASTS, LONGEST_WAIT
from tests.networks.mischief import Mischief
from tests.providers.desk_mastodon import Scripted, adapter, intent, outcome_of
from tests.providers.stage_mastodon import access_to
from tests.servers.mastodon.server import Mastodon as Server

POST = "POST /api/v1/statuses"


def error(status: int, words: str, **headers: str) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)


def page(status: int, **headers: str) -> web.Response:
    return web.Response(
        status=status, text="<html>nginx</html>", content_type="text/html", headers=headers
    )


async def said(answer: web.Response, **more: Any) -> Any:
    async with Scripted({POST: answer}) as server, adapter() as mastodon:
        return await outcome_of(
            mastodon.publish(intent(**more), server.access, once="k", leaving=lambda: None)
        )


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (error(401, "The access token was revoked"), Disconnected, "was revoked"),
        (error(403, "This action is outside the authorized scopes"), Disconnected, "scopes"),
        (error(422, "This method requires an authenticated user"), Disconnected, "authenticated"),
        (error(403, "Your login is currently disabled"), Refused, "currently disabled"),
        (error(403, "This action is not allowed"), Refused, "not allowed"),
        (error(404, "The post you are trying to reply to does not exist"), Refused, "reply"),
        (error(410, "Gone"), Refused, "gone"),
        (error(413, "Request Entity Too Large"), Refused, "as large as this"),
        (page(413), Refused, "as large as this"),
        (error(422, "Validation failed: Text can't be blank"), Refused, "can't be blank"),
        (error(400, "status too long"), Refused, "status too long"),
        (web.json_response({"message": "Bad."}, status=422), Refused, "Bad."),
        (web.json_response({"error": {"a": 1}}, status=422), Refused, "refused the post"),
        (page(403), TryLater, "What stands before"),
        (page(404), TryLater, "What stands before"),
        (page(302, Location="https://elsewhere.example/"), TryLater, "What stands before"),
        (web.Response(status=405), TryLater, "What stands before"),
        (error(503, "Busy", **{"Retry-After": "20"}), TryLater, "busy"),
        (error(503, "There was a temporary problem serving your request"), Unknown, "503"),
        (error(500, "nil"), Unknown, "500"),
        (page(500), Unknown, "500"),
        (page(502), Unknown, "502"),
        (page(504), Unknown, "504"),
        (page(200), Unknown, "could not be read"),
        (web.json_response([]), Unknown, "could not be read"),
        (web.json_response({"id": 7}), Unknown, "could not be read"),
        (web.json_response({"id": "../../x"}), Unknown, "could not be read"),
        (web.Response(text="[" * 100_000), Unknown, "could not be read"),
        (web.Response(status=204), Unknown, "204"),
    ],
)
async def test_an_answer_is_sorted_by_what_to_do_next(
    answer: web.Response, kind: type, words: str
) -> None:
    outcome = await said(answer)

    assert isinstance(outcome, kind)
    assert words in outcome.reason
    assert ("Nothing was posted" in outcome.reason) == (kind is not Unknown)
    assert "Mastodon at 127.0.0.1" in outcome.reason or "before 127.0.0.1" in outcome.reason


@pytest.mark.parametrize(
    ("status", "action"), [(403, "retry"), (410, "reconnect"), (413, "edit"), (422, "edit")]
)
async def test_a_refusal_says_what_can_be_done(status: int, action: str) -> None:
    outcome = await said(error(status, "No"))

    assert isinstance(outcome, Refused)
    assert outcome.action == action


@pytest.mark.parametrize(
    ("headers", "least_s", "most_s"),
    [
        ({"X-RateLimit-Reset": "ISO"}, 39, 40),
        ({"X-RateLimit-Reset": "EPOCH"}, 38, 41),
        ({"X-RateLimit-Reset": "40"}, 39, 40),
        ({"Retry-After": "40", "X-RateLimit-Remaining": ""}, 40, 40),
        ({"X-RateLimit-Reset": "soon"}, LIMIT_LASTS.seconds, LIMIT_LASTS.seconds),
        ({"X-RateLimit-Reset": "9999-12-31T23:59:59Z"}, 86_400, 86_400),
        ({"X-RateLimit-Reset": "2001-01-01T00:00:00.000Z"}, 0, 0),
    ],
)
async def test_a_limit_keeps_the_channel_waiting_until_it_is_lifted(
    headers: dict[str, str], least_s: float, most_s: float
) -> None:
    at = utc_now() + timedelta(seconds=40)
    dialects = {"ISO": iso(at), "EPOCH": str(int(at.timestamp()))}
    sent = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0"} | headers
    sent = {name: dialects.get(value, value) for name, value in sent.items()}

    outcome = await said(error(429, "Too many requests", **sent))

    assert isinstance(outcome, TryLater)
    assert outcome.trouble is Trouble.CHANNEL
    assert outcome.after is not None
    assert least_s - 1 <= outcome.after.total_seconds() <= min(most_s, LONGEST_WAIT.total_seconds())


async def test_the_simulated_servers_own_words_are_understood() -> None:
    async with Server() as server, adapter() as mastodon:
        access = access_to(server)
        told = [Mischief.LIMITED, Mischief.BUSY, Mischief.REFUSE, Mischief.MAINTENANCE]
        server.disturb(*told)
        outcomes = [await outcome_of(mastodon.publish(intent(), access, once="k")) for _ in told]

        limited, busy, refused, maintenance = outcomes
        assert isinstance(limited, TryLater)
        assert limited.after is not None
        assert timedelta(seconds=1) < limited.after <= timedelta(seconds=2)
        # Its 503 says nothing of what another request with the same key has come to.
        assert isinstance(busy, Unknown)
        assert isinstance(refused, Refused)
        assert "Text is not wanted here." in refused.reason
        assert isinstance(maintenance, Unknown)
        assert not server.count()


async def test_a_disabled_login_is_told_from_a_lost_one() -> None:
    async with Server() as server, adapter() as mastodon:
        access, reader = access_to(server), access_to(server, scopes="read")
        server.account("alice").is_disabled = True
        disabled = await outcome_of(mastodon.publish(intent(), access, once="k"))
        server.account("alice").is_disabled = False
        narrow = await outcome_of(mastodon.publish(intent(), reader, once="k"))
        server.oauth.revoke_all("alice")
        revoked = await outcome_of(mastodon.publish(intent(), access, once="k"))

    assert isinstance(disabled, Refused)
    assert isinstance(narrow, Disconnected)
    assert isinstance(revoked, Disconnected)


async def test_a_post_has_an_address_also_where_the_server_says_none() -> None:
    answers = {
        "https://there.example/@alice/9": {"url": "https://there.example/@alice/9"},
        "{}/@alice/9": {"url": None, "account": {"username": "alice"}},
        "{}/statuses/9": {"url": "javascript:alert(1)"},
    }
    for expected, more in answers.items():
        async with (
            Scripted({POST: web.json_response({"id": "9", **more})}) as server,
            adapter() as mastodon,
        ):
            posted = await mastodon.publish(intent(), server.access, once="k")

        assert posted == Posted("9", expected.format(server.address))
