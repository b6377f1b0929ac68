"""Getting in with an app password: once, and again only when there is no other way."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.errors import Rejected
from socialapp.domain.outcome import Disconnected, Refused, TryLater
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.http import Http
from tests.networks.mischief import Mischief
from tests.providers.bluesky.answering import Answering
from tests.servers.asking import ask
from tests.servers.pds import Account, Pds
from tests.servers.pds_front import PdsFront

CREATE, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"
SESSION = "/xrpc/com.atproto.server.getSession"
DID = "did:plc:aliceofthetestsaaaaaaaaa"


def typed(account: Account, server: str, **more: str) -> dict[str, str]:
    """What somebody types."""
    given = {"handle": account.handle, "password": account.app_password, "server": server}
    return given | more


def token(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


async def failure(asked: Any) -> Any:
    """What was refused, as a value."""
    with pytest.raises(PublishFailed) as failed:
        await asked
    return failed.value.outcome


# Connecting.


async def test_an_account_is_connected_with_what_its_server_says_of_it(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    connected = await bluesky.connect("password", typed(alice, pds.base_url))

    account = connected.account
    assert (account.remote_id, account.handle, account.name) == (
        alice.did,
        alice.handle,
        alice.handle,
    )
    assert account.url == f"https://bsky.app/profile/{alice.handle}"
    assert account.known == {"server": "localhost"}
    assert connected.address == connected.secrets["pds"] == pds.base_url
    assert connected.expires_at is not None
    assert timedelta(hours=1) < connected.expires_at - utc_now() <= timedelta(hours=2)


@pytest.mark.parametrize("by", ["handle", "did", "email", "at"])
async def test_handle_did_and_e_mail_all_lead_in(
    bluesky: Bluesky, pds: Pds, alice: Account, by: str
) -> None:
    who = {"handle": alice.handle.upper(), "did": alice.did, "email": alice.email}
    who["at"] = f"@{alice.handle}"

    connected = await bluesky.connect("password", typed(alice, pds.base_url, handle=who[by]))

    assert connected.account.remote_id == alice.did


async def test_what_the_account_calls_itself_is_its_name(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    put = {"repo": alice.did, "collection": "app.bsky.actor.profile", "rkey": "self"}
    await ask(
        "POST",
        f"{pds.base_url}/xrpc/com.atproto.repo.putRecord",
        token=access.secrets["access"],
        json={**put, "record": {"displayName": "Alice of the Harbour"}},
    )

    assert (await bluesky.verify(access)).name == "Alice of the Harbour"


async def test_an_app_password_is_kept_unless_it_should_not_be_and_an_own_one_never(
    bluesky: Bluesky, pds: Pds, alice: Account
) -> None:
    kept = await bluesky.connect("password", typed(alice, pds.base_url))
    not_kept = await bluesky.connect("password", typed(alice, pds.base_url, keep="no"))
    own = await bluesky.connect("password", typed(alice, pds.base_url, password=alice.password))

    assert kept.secrets["password"] == alice.app_password
    assert "password" not in not_kept.secrets
    assert "password" not in own.secrets
    assert alice.app_password not in repr(kept)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"password": "wrong"}, "password", "password_wrong"),
        ({"handle": "nobody.test"}, "password", "password_wrong"),
        ({"server": "http://127.0.0.1:1"}, "server", "server_unreachable"),
        ({"server": "not an address"}, "server", "address_invalid"),
    ],
)
async def test_what_was_typed_wrong_is_said_at_its_field(
    bluesky: Bluesky, pds: Pds, alice: Account, given: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(Rejected) as refused:
        await bluesky.connect("password", typed(alice, pds.base_url) | given)

    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == (field, code)
    assert alice.app_password not in problem.message


async def test_a_private_address_is_refused_with_the_reason(pds: Pds, alice: Account) -> None:
    async with Http() as guarded:
        outcome = await failure(
            Bluesky(guarded).connect("password", typed(alice, "https://127.0.0.1"))
        )

    assert isinstance(outcome, Refused)
    assert "private network" in outcome.reason


@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (401, {"error": "AuthFactorTokenRequired"}, "password"),
        (502, "<html>Bad Gateway</html>", "server"),
        (404, "<html>no such page</html>", "server"),
        (200, "<html>welcome</html>", "server"),
        (200, {"did": DID, "accessJwt": 5, "refreshJwt": "r"}, "server"),
        (200, {"did": DID, "accessJwt": "a"}, "server"),
        (200, {"did": "../../evil", "accessJwt": "a", "refreshJwt": "r"}, "server"),
        (200, "[" * 100_000, "server"),
    ],
)
async def test_other_answers_say_which_field_to_look_at(
    http: Http, answering: Answering, status: int, body: Any, field: str
) -> None:
    answering.says(f"/xrpc/{CREATE}", body, status=status)
    given = {"handle": "alice.test", "password": "p", "server": answering.base_url}

    with pytest.raises(Rejected) as refused:
        await Bluesky(http).connect("password", given)

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"exp": 1_800_000_000}, datetime.fromtimestamp(1_800_000_000, UTC)),
        ({}, None),
        ({"exp": "soon"}, None),
        ({"exp": 1e300}, None),
        ({"exp": None}, None),
        ([], None),
    ],
)
async def test_the_end_of_access_is_read_if_it_can_be(
    http: Http, answering: Answering, claims: Any, expected: datetime | None
) -> None:
    access = token(**claims) if isinstance(claims, dict) else "e30.W10.c2ln"
    tokens = {"did": DID, "handle": "alice.test", "accessJwt": access, "refreshJwt": "r"}
    answering.says(f"/xrpc/{CREATE}", {**tokens, "didDoc": {"service": "rubbish"}})
    answering.says(SESSION, {"did": DID, "handle": "alice.test"})
    given = {"handle": "alice.test", "password": "p", "server": answering.base_url}

    connected = await Bluesky(http).connect("password", given)

    assert connected.expires_at == expected
    assert connected.address == answering.base_url


@pytest.mark.parametrize(
    ("typed_as", "asked_for"),
    [
        ("Alice.Test", "alice.test"),
        ("@alice.test", "alice.test"),
        ("alice@Example.org", "alice@example.org"),
        ("did:web:Alice", "did:web:Alice"),
        ("alice", "alice"),
    ],
)
async def test_a_name_is_asked_for_as_the_server_knows_it(
    http: Http, answering: Answering, typed_as: str, asked_for: str
) -> None:
    answering.says(f"/xrpc/{CREATE}", {"error": "AuthenticationRequired"}, status=401)
    given = {"handle": typed_as, "password": "p", "server": answering.base_url}

    with pytest.raises(Rejected):
        await Bluesky(http).connect("password", given)

    (asked,) = answering.calls(f"/xrpc/{CREATE}")
    assert json.loads(asked.body)["identifier"] == asked_for


async def test_from_the_entryway_the_accounts_own_server_is_used(
    http: Http, answering: Answering
) -> None:
    async with Answering() as own:
        service = {"id": "#atproto_pds", "serviceEndpoint": f"{own.base_url}/"}
        tokens = {"did": DID, "accessJwt": "a", "refreshJwt": "r"}
        document = {"service": [{"id": "#other", "serviceEndpoint": "x"}, service, 7]}
        answering.says(f"/xrpc/{CREATE}", {**tokens, "didDoc": document})
        own.says(SESSION, {"did": DID, "handle": "alice.test"})
        given = {"handle": "alice.test", "password": "p", "server": answering.base_url}

        connected = await Bluesky(http).connect("password", given)

    assert connected.address == own.base_url
    assert [asked.path for asked in answering.asked] == [f"/xrpc/{CREATE}"]


# Who we are, later.


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"did": DID, "handle": "handle.invalid"}, None),
        (200, {"did": DID, "handle": 7}, None),
        (200, {"did": DID, "handle": "<script>alert(1)</script>"}, None),
        (200, {"did": "did:plc:somebodyelse", "handle": "alice.test"}, Disconnected),
        (200, {"did": DID, "active": False, "status": "deactivated"}, Disconnected),
        (200, "rubbish", Disconnected),
        (400, {"error": "ExpiredToken"}, Disconnected),
        (401, {"error": "AccountTakedown"}, Disconnected),
        (400, {"error": "InvalidRequest", "message": "Could not find user"}, Disconnected),
        (429, {"error": "RateLimitExceeded"}, TryLater),
    ],
)
async def test_who_we_are_is_believed_only_if_it_is_us(
    http: Http, answering: Answering, status: int, body: Any, expected: Any
) -> None:
    answering.says(SESSION, body, status=status)
    profile = {"value": {"displayName": ["no", "name"]}}
    answering.says("/xrpc/com.atproto.repo.getRecord", profile)
    access = Access(answering.base_url, "alice.test", DID, {"access": "a"})

    if expected is None:
        account = await Bluesky(http).verify(access)
        assert (account.handle, account.name) == (DID, DID)
    else:
        assert type(await failure(Bluesky(http).verify(access))) is expected


# Renewing.


async def test_access_is_renewed_with_another_pair(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    renewed = await bluesky.refresh(access)

    assert renewed.secrets["refresh"] != access.secrets["refresh"]
    assert renewed.secrets["password"] == access.secrets["password"]
    assert renewed.expires_at is not None
    assert (await bluesky.verify(replace(access, secrets=renewed.secrets))).remote_id


async def test_expired_access_is_refused_as_such_and_renewed(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    old = {**access.secrets, "access": pds.expired_token(alice)}
    expired = replace(access, secrets=old)

    assert isinstance(await failure(bluesky.verify(expired)), Disconnected)
    renewed = await bluesky.refresh(expired)
    assert (await bluesky.verify(replace(access, secrets=renewed.secrets))).remote_id == alice.did


async def test_when_renewing_is_over_the_kept_password_opens_another_session_once(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    async with PdsFront(pds) as front:
        dead = {**access.secrets, "refresh": "dead", "pds": front.base_url}
        dead["service"] = front.base_url

        renewed = await bluesky.refresh(replace(access, secrets=dead))

        assert (front.requests(REFRESH), front.requests(CREATE)) == (1, 1)
    assert (await bluesky.verify(replace(access, secrets=renewed.secrets))).remote_id == alice.did


async def test_without_a_kept_password_a_person_has_to_connect_again(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    async with PdsFront(pds) as front:
        dead = {k: v for k, v in access.secrets.items() if k != "password"}
        dead |= {"refresh": "dead", "pds": front.base_url}

        outcome = await failure(bluesky.refresh(replace(access, secrets=dead)))

        assert front.requests(CREATE) == 0
    assert isinstance(outcome, Disconnected)
    assert "Connect the channel again" in outcome.reason


async def test_a_password_that_was_taken_back_is_tried_once_and_then_a_person_is_asked(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    async with PdsFront(pds) as front:
        dead = {**access.secrets, "refresh": "dead", "password": "taken-back"}
        dead |= {"pds": front.base_url, "service": front.base_url}

        outcome = await failure(bluesky.refresh(replace(access, secrets=dead)))

        assert front.requests(CREATE) == 1
    assert isinstance(outcome, Disconnected)


async def test_an_answer_lost_on_the_way_loses_no_channel(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    async with PdsFront(pds) as front:
        ours = replace(access, secrets={**access.secrets, "pds": front.base_url})
        front.disturb(Mischief.ANSWER_LOST, path=f"/xrpc/{REFRESH}")

        lost = await failure(bluesky.refresh(ours))
        again = await bluesky.refresh(ours)

    assert isinstance(lost, TryLater)
    assert (await bluesky.verify(replace(access, secrets=again.secrets))).remote_id == alice.did


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"error": "ExpiredToken"}, Disconnected),
        (401, {"error": "AuthenticationRequired"}, Disconnected),
        (400, {"error": "InvalidRequest", "message": "Could not find user"}, Disconnected),
        (401, {"error": "AccountTakedown"}, Disconnected),
        (429, {"error": "RateLimitExceeded"}, TryLater),
        (500, {"error": "InternalServerError"}, TryLater),
        (502, "<html>Bad Gateway</html>", TryLater),
        (200, "rubbish", TryLater),
        (200, {"did": DID}, TryLater),
        (200, {"did": "did:plc:other", "accessJwt": "a", "refreshJwt": "r"}, Disconnected),
    ],
)
async def test_what_an_answer_to_renewing_comes_to(
    http: Http, answering: Answering, status: int, body: Any, expected: type[Any]
) -> None:
    answering.says(f"/xrpc/{REFRESH}", body, status=status)
    tokens = {"access": "an-old-one", "refresh": "a-secret"}
    access = Access(answering.base_url, "alice.test", DID, tokens)

    outcome = await failure(Bluesky(http).refresh(access))

    assert type(outcome) is expected
    assert "a-secret" not in outcome.reason
    (asked,) = answering.calls(f"/xrpc/{REFRESH}")
    assert asked.headers["Authorization"] == "Bearer a-secret"


async def test_an_account_that_moved_is_found_at_its_new_server(
    http: Http, answering: Answering
) -> None:
    moved = {"id": f"{DID}#atproto_pds", "serviceEndpoint": "https://new.example.org"}
    tokens = {"did": DID, "accessJwt": "a", "refreshJwt": "r"}
    answering.says(f"/xrpc/{REFRESH}", {**tokens, "didDoc": {"service": [moved]}})
    access = Access(answering.base_url, "alice.test", DID, {"access": "o", "refresh": "o"})

    renewed = await Bluesky(http).refresh(access)

    assert renewed.secrets["pds"] == "https://new.example.org"


async def test_too_many_sign_ins_are_waited_for_as_long_as_the_server_says(
    http: Http, pds_with_limits: Pds
) -> None:
    bluesky = Bluesky(http)
    given = {"handle": "knocks.test", "password": "wrong", "server": pds_with_limits.base_url}

    # 30 in five minutes are let through.
    tries = [bluesky.connect("password", given) for _ in range(31)]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    (limited,) = [answer for answer in answers if isinstance(answer, PublishFailed)]
    outcome = limited.outcome
    assert isinstance(outcome, TryLater)
    assert outcome.after is not None
    assert timedelta(0) < outcome.after <= timedelta(minutes=5)
