"""Getting in by a visit: to the account's own server, with proofs, and back."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from socialapp.clock import utc_now
from socialapp.domain.content import Content
from socialapp.domain.errors import Rejected
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Posted, TryLater
from socialapp.providers.bluesky import dpop
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, Connected, Describes, PublishFailed, Visit
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from tests.providers.bluesky.answering import Answering
from tests.providers.stage_bluesky import records
from tests.servers.pds import Account, Pds
from tests.servers.pds_consent import consent

DID = "did:plc:aliceofthetestsaaaaaaaaa"
HERE = "http://127.0.0.1:8000/api/connect/bluesky/back"


@dataclass
class Apps:
    """Registrations, kept in memory."""

    kept: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    async def get(self, provider: str, address: str) -> Mapping[str, Any] | None:
        return self.kept.get((provider, address))

    async def put(self, provider: str, address: str, app: Mapping[str, Any]) -> None:
        self.kept[provider, address] = app


async def departed(
    bluesky: Bluesky, given: dict[str, str], *, back: str = HERE, apps: Apps | None = None
) -> Visit:
    return await bluesky.depart("visit", given, back=back, state="a-state", apps=apps or Apps())


async def arrived(
    bluesky: Bluesky, visit: Visit, came: Mapping[str, str], *, back: str = HERE
) -> Connected:
    # Kept as JSON in between.
    keep = json.loads(json.dumps(dict(visit.keep)))
    return await bluesky.arrive("visit", keep, came, back=back, apps=Apps())


async def let_in(bluesky: Bluesky, account: Account, **more: Any) -> Access:
    """Access that was given by a visit."""
    visit = await departed(bluesky, {"handle": account.handle}, **more)
    came = await consent(visit.url, account)
    back = {"back": more["back"]} if "back" in more else {}
    connected = await arrived(bluesky, visit, came, **back)
    who = connected.account
    return Access(connected.address, who.handle, who.remote_id, connected.secrets)


def intent(text: str = "Hello") -> Intent:
    return Intent.of(Content(text), created_at=iso(utc_now()))


async def refused(asked: Any) -> str:
    """The code of what was refused."""
    with pytest.raises(Rejected) as no:
        await asked
    return no.value.problems[0].code


async def failure(asked: Any) -> Any:
    with pytest.raises(PublishFailed) as failed:
        await asked
    return failed.value.outcome


# There, and back.


async def test_a_person_lets_us_in_on_their_own_server_and_we_post(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    visit = await departed(bluesky, {"handle": f"@{alice.handle}"})
    came = await consent(visit.url, alice)
    connected = await arrived(bluesky, visit, came)

    assert visit.url.startswith(f"{pds.base_url}/oauth/authorize?")
    assert came["state"] == "a-state"
    assert connected.account.remote_id == alice.did
    assert connected.account.handle == alice.handle
    assert connected.address == pds.base_url
    assert connected.expires_at is not None
    assert timedelta(minutes=55) < connected.expires_at - utc_now() <= timedelta(hours=1)
    access = Access(connected.address, alice.handle, alice.did, connected.secrets)
    assert isinstance(await bluesky.publish(intent(), access, once="once"), Posted)
    assert [r["value"]["text"] for r in await records(pds, alice.did)] == ["Hello"]


async def test_what_is_secret_is_neither_in_the_address_nor_shown(
    bluesky: Bluesky, alice: Account
) -> None:
    visit = await departed(bluesky, {"handle": alice.handle})

    asked = parse_qs(urlsplit(visit.url).query)
    assert asked.keys() == {"client_id", "request_uri"}
    assert visit.keep["verifier"] not in visit.url
    assert visit.keep["verifier"] not in repr(visit)
    assert visit.keep["key"]["d"] not in repr(visit)


async def test_without_a_handle_the_person_says_there_who_they_are(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    visit = await departed(bluesky, {"server": pds.base_url})

    connected = await arrived(bluesky, visit, await consent(visit.url, alice))

    assert connected.account.remote_id == alice.did


async def test_a_person_who_gives_no_access_is_told_so(bluesky: Bluesky, alice: Account) -> None:
    visit = await departed(bluesky, {"handle": alice.handle})
    came = await consent(visit.url, alice, allows=False)

    assert await refused(arrived(bluesky, visit, came)) == "access_denied"


async def test_another_account_than_the_one_typed_is_not_connected(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    bob = pds.create_account()
    visit = await departed(bluesky, {"server": pds.base_url})
    came = await consent(visit.url, bob)
    typed = replace(visit, keep={**visit.keep, "did": alice.did})

    assert await refused(arrived(bluesky, typed, came)) == "issuer_wrong"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://evil.example"}, "issuer_wrong"),
        ({"iss": ""}, "issuer_wrong"),
        ({"code": "cod-made-up"}, "not_let_in"),
        ({"code": ""}, "not_let_in"),
        ({"code": "", "error": "server_error", "error_description": "Broken"}, "not_let_in"),
    ],
)
async def test_what_did_not_come_from_the_server_is_refused(
    bluesky: Bluesky, alice: Account, change: dict[str, str], code: str
) -> None:
    visit = await departed(bluesky, {"handle": alice.handle})
    came = await consent(visit.url, alice)

    assert await refused(arrived(bluesky, visit, came | change)) == code


async def test_what_came_back_twice_came_once(bluesky: Bluesky, alice: Account) -> None:
    visit = await departed(bluesky, {"handle": alice.handle})
    came = await consent(visit.url, alice)
    await arrived(bluesky, visit, came)

    assert await refused(arrived(bluesky, visit, came)) == "not_let_in"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"handle": "nobody.test"}, "handle_unknown"),
        ({"handle": "no handle"}, "handle_unknown"),
        ({"handle": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}, "handle_unknown"),
        ({"handle": "did:key:z"}, "handle_unknown"),
        ({"handle": "did:plc:../../evil"}, "handle_unknown"),
        ({"server": "no address"}, "address_invalid"),
        ({"server": "http://127.0.0.1:1"}, "server_unreachable"),
    ],
)
async def test_who_cannot_be_found_is_said_before_anybody_leaves(
    bluesky: Bluesky, given: dict[str, str], code: str
) -> None:
    assert await refused(departed(bluesky, given)) == code


@pytest.mark.parametrize(
    "back", ["http://192.168.1.5:8000/back", "http://localhost:8000/back", "ftp://127.0.0.1/back"]
)
async def test_where_nobody_may_be_sent_back_to_an_app_password_is_named(
    bluesky: Bluesky, alice: Account, back: str
) -> None:
    with pytest.raises(Rejected, match="app password"):
        await departed(bluesky, {"handle": alice.handle}, back=back)


# An app with an address of its own.


@asynccontextmanager
async def app(bluesky: Bluesky, apps: Apps) -> AsyncIterator[str]:
    """An app at an https address, where its description can be read."""

    async def describe(_: web.Request) -> web.Response:
        return web.json_response(await bluesky.client_metadata(base, apps=apps))

    served = web.Application()
    served.router.add_get("/api/connect/bluesky/client.json", describe)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"https://app-{runner.addresses[0][1]}.internal"
    yield base
    await runner.cleanup()


async def test_an_app_with_an_address_proves_who_it_is_and_its_access_is_renewed(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    apps = Apps()
    async with app(bluesky, apps) as base:
        back = f"{base}/api/connect/bluesky/back"
        access = await let_in(bluesky, alice, back=back, apps=apps)
        renewed = await bluesky.refresh(access)

    assert access.secrets["client_id"] == f"{base}/api/connect/bluesky/client.json"
    after = replace(access, secrets=renewed.secrets)
    assert isinstance(await bluesky.publish(intent(), after, once="once"), Posted)


async def test_its_description_shows_one_key_and_never_its_secret_half(bluesky: Bluesky) -> None:
    assert isinstance(bluesky, Describes)
    apps = Apps()

    first = await bluesky.client_metadata("https://social.example.org", apps=apps)
    again = await bluesky.client_metadata("https://social.example.org/", apps=apps)

    assert first == again
    (key,) = first["jwks"]["keys"]
    assert key["kid"]
    assert "d" not in key
    assert first["redirect_uris"] == ["https://social.example.org/api/connect/bluesky/back"]
    assert first["dpop_bound_access_tokens"] is True


async def test_an_app_that_cannot_be_read_from_outside_is_told_so(
    bluesky: Bluesky, alice: Account
) -> None:
    back = "https://app-1.internal/api/connect/bluesky/back"

    code = await refused(departed(bluesky, {"handle": alice.handle}, back=back))

    assert code == "client_unreadable"


async def test_access_waits_while_the_app_cannot_be_read_from_outside(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    apps = Apps()
    async with app(bluesky, apps) as base:
        back = f"{base}/api/connect/bluesky/back"
        access = await let_in(bluesky, alice, back=back, apps=apps)
    await asyncio.to_thread(pds.restart)  # it remembers for a while what it has read

    outcome = await failure(bluesky.refresh(access))

    assert isinstance(outcome, TryLater)
    assert base in outcome.reason


# Access that was given.


async def test_each_renewal_is_used_once_and_what_was_lost_is_said(
    bluesky: Bluesky, alice: Account
) -> None:
    access = await let_in(bluesky, alice)

    renewed = await bluesky.refresh(access)
    again = await failure(bluesky.refresh(access))  # as if the first answer had not been kept

    assert isinstance(again, Disconnected)
    assert "Connect the channel again" in again.reason
    after = replace(access, secrets=renewed.secrets)
    assert isinstance(await failure(bluesky.verify(after)), Disconnected)


async def test_expired_and_made_up_access_is_refused_as_such(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    access = await let_in(bluesky, alice)
    made_up = replace(access, secrets={**access.secrets, "access": "made.up.token"})

    outcome = await failure(bluesky.publish(intent(), made_up, once="once"))

    assert isinstance(outcome, Disconnected)
    assert await records(pds, alice.did) == []


async def test_another_key_opens_nothing(bluesky: Bluesky, pds: Pds, alice: Account) -> None:
    access, other = await let_in(bluesky, alice), await let_in(bluesky, alice)
    stolen = replace(access, secrets={**access.secrets, "key": other.secrets["key"]})

    assert isinstance(await failure(bluesky.publish(intent(), stolen, once="o")), Disconnected)
    assert isinstance(await failure(bluesky.refresh(stolen)), Disconnected)
    assert await records(pds, alice.did) == []


async def test_a_number_that_the_server_misses_is_given_to_it_and_the_post_is_one(
    bluesky: Bluesky, http: Http, pds: Pds, alice: Account
) -> None:
    access = await let_in(bluesky, alice)
    left: list[str] = []

    outcome = await Bluesky(http).publish(
        intent(), access, once="once", leaving=lambda: left.append("leaves")
    )

    assert isinstance(outcome, Posted)
    assert left == ["leaves"] * 2  # the first, without the number, was surely refused
    assert len(await records(pds, alice.did)) == 1


async def test_uploads_and_deleting_are_proved_too(
    bluesky: Bluesky, pds: Pds, alice: Account, tmp_path: Any
) -> None:
    from tests.providers.bluesky.test_posts import photo

    access = await let_in(bluesky, alice)
    wanted = replace(intent(), media=(photo(tmp_path),))
    wanted = replace(wanted, prepared=await bluesky.prepare(wanted, access, once="once"))

    done = await bluesky.publish(wanted, access, once="once")
    there = await records(pds, alice.did)
    await bluesky.delete({"remote_id": done.remote_id}, access)

    assert there[0]["value"]["embed"]["$type"] == "app.bsky.embed.images"
    assert await records(pds, alice.did) == []


# Servers that lie.

RESOURCE, ISSUER = (
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-authorization-server",
)


def metadata(base: str, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": base,
        "pushed_authorization_request_endpoint": f"{base}/par",
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "dpop_signing_alg_values_supported": ["ES256"],
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://bsky.social"},
        {"issuer": None},
        {"token_endpoint": None},
        {"authorization_endpoint": 7},
        {"pushed_authorization_request_endpoint": "/par"},
        {"authorization_endpoint": "javascript://bsky.social/%0aalert(1)"},
        {"authorization_endpoint": "https://bsky.social@evil.example/"},
        {"dpop_signing_alg_values_supported": ["RS256"]},
        {"dpop_signing_alg_values_supported": None},
    ],
)
async def test_a_server_that_describes_itself_wrongly_is_not_trusted(
    bluesky: Bluesky, answering: Answering, changes: dict[str, Any]
) -> None:
    answering.says(RESOURCE, {"authorization_servers": [answering.base_url]})
    answering.says(ISSUER, metadata(answering.base_url, **changes))

    assert await refused(departed(bluesky, {"server": answering.base_url})) == "oauth_unsupported"


@pytest.mark.parametrize("named", [[], ["a", "b"], [7], "https://bsky.social", None, [["x"]]])
async def test_a_server_has_one_that_gives_access_to_it(
    bluesky: Bluesky, answering: Answering, named: Any
) -> None:
    answering.says(RESOURCE, {"authorization_servers": named})

    assert await refused(departed(bluesky, {"server": answering.base_url})) == "oauth_unsupported"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid_request", "error_description": "No."}, "not_let_in"),
        (400, {"error": "invalid_client_metadata"}, "client_unreadable"),
        (201, {"request_uri": 7}, "not_let_in"),
        (201, "rubbish", "not_let_in"),
        (500, "rubbish", "server_unreachable"),
    ],
)
async def test_a_server_that_does_not_expect_us_is_not_visited(
    bluesky: Bluesky, answering: Answering, status: int, body: Any, code: str
) -> None:
    answering.says(ISSUER, metadata(answering.base_url))
    answering.says(RESOURCE, status=404)
    answering.says("/par", body, status=status)

    assert await refused(departed(bluesky, {"server": answering.base_url})) == code


def given_by(server: Answering) -> Access:
    """Access that this server gave once."""
    kept = {"access": "a", "refresh": "a-secret", "key": dpop.new_key(), "client_key": None}
    kept |= {"client_id": "http://localhost", "issuer": server.base_url}
    kept |= {"token": f"{server.base_url}/token", "pds": server.base_url}
    return Access(server.base_url, "alice.test", DID, kept)


def tokens(**changes: Any) -> dict[str, Any]:
    return {
        "access_token": "a",
        "refresh_token": "r",
        "token_type": "DPoP",
        "scope": "atproto transition:generic",
        "expires_in": 3600,
        **changes,
    }


async def test_a_server_cannot_give_access_to_an_account_that_is_not_its_own(
    bluesky: Bluesky, answering: Answering, alice: Account
) -> None:
    base = answering.base_url
    answering.says(RESOURCE, status=404)
    answering.says(ISSUER, metadata(base))
    answering.says("/par", {"request_uri": "urn:x"}, status=201)
    answering.says("/token", tokens(sub=alice.did))
    visit = await departed(bluesky, {"server": base})

    code = await refused(arrived(bluesky, visit, {"code": "c", "iss": base}))

    assert code == "issuer_wrong"


@pytest.mark.parametrize(
    "changes",
    [
        {"token_type": "Bearer"},
        {"scope": "transition:generic"},
        {"scope": None},
        {"sub": None},
        {"sub": 7},
        {"refresh_token": ""},
        {"access_token": None},
    ],
)
async def test_half_of_an_access_is_none(
    bluesky: Bluesky, answering: Answering, changes: dict[str, Any]
) -> None:
    base = answering.base_url
    answering.says(RESOURCE, status=404)
    answering.says(ISSUER, metadata(base))
    answering.says("/par", {"request_uri": "urn:x"}, status=201)
    answering.says("/token", tokens(**{"sub": DID, **changes}))
    visit = await departed(bluesky, {"server": base})

    code = await refused(arrived(bluesky, visit, {"code": "c", "iss": base}))

    assert code == "not_let_in"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": "invalid_grant"}, Disconnected),
        (401, {"error": "invalid_client"}, Disconnected),
        (400, {"error": "invalid_dpop_proof"}, Disconnected),
        (400, {"error": "invalid_client_metadata"}, TryLater),
        (429, {"error": "too_many"}, TryLater),
        (500, {"error": "server_error"}, TryLater),
        (502, "<html>Bad Gateway</html>", TryLater),
        (200, "rubbish", TryLater),
        (200, tokens(sub="did:plc:somebodyelse"), Disconnected),
    ],
)
async def test_what_an_answer_to_renewing_comes_to(
    bluesky: Bluesky, answering: Answering, status: int, body: Any, expected: Any
) -> None:
    answering.says("/token", body, status=status)

    outcome = await failure(bluesky.refresh(given_by(answering)))

    assert type(outcome) is expected
    assert "a-secret" not in outcome.reason


@pytest.mark.parametrize(
    ("lasts", "is_known"), [(3600, True), ("soon", False), (-5, False), (10**12, False)]
)
async def test_the_end_of_access_is_noted_if_it_makes_sense(
    bluesky: Bluesky, answering: Answering, lasts: Any, is_known: bool
) -> None:
    answering.says("/token", tokens(sub=DID, expires_in=lasts))

    renewed = await bluesky.refresh(given_by(answering))

    assert (renewed.expires_at is not None) is is_known
