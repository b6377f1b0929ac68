"""The simulated Mastodon gives access as strictly as the real one."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.servers.asking import Answer, ask
from tests.servers.mastodon.oauth import OUT_OF_BAND
from tests.servers.mastodon.server import Mastodon

CALLBACK = "https://app.example/callback"
SCOPES = "profile write:statuses write:media"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]


class App:
    """An app on the server."""

    def __init__(self, mastodon: Mastodon, registered: Answer) -> None:
        assert registered.status == 200, registered.body
        self._at = mastodon.base_url
        self.client = {name: registered.body[name] for name in ("client_id", "client_secret")}

    async def authorize(self, redirect_uri: str = CALLBACK, **click: str) -> dict[str, str]:
        """Ask for access, let somebody decide, and return what the app is told."""
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.client["client_id"],
                "redirect_uri": redirect_uri,
                "scope": SCOPES,
                "state": "a-state",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
            }
        )
        page = f"{self._at}/oauth/authorize?{query}"
        assert "<form" in (await ask("GET", page)).body
        decided = await ask("POST", page, data=click)
        assert decided.status == 302
        return {n: v[0] for n, v in parse_qs(urlsplit(decided.headers["Location"]).query).items()}

    async def redeem(self, code: str, **other: str) -> Answer:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return await ask("POST", f"{self._at}/oauth/token", data=self.client | fields | other)


@pytest.fixture
async def app(mastodon: Mastodon) -> App:
    wanted = {"client_name": "App", "redirect_uris": f"{CALLBACK}\n{OUT_OF_BAND}", "scopes": SCOPES}
    return App(mastodon, await ask("POST", f"{mastodon.base_url}/api/v1/apps", json=wanted))


async def test_a_code_becomes_a_token_once(app: App, mastodon: Mastodon) -> None:
    told = await app.authorize(account="alice")
    given = await app.redeem(told["code"])
    again = await app.redeem(told["code"])
    who = await ask(
        "GET",
        f"{mastodon.base_url}/api/v1/accounts/verify_credentials",
        token=given.body["access_token"],
    )

    assert told["state"] == "a-state"
    assert set(given.body["scope"].split()) == set(SCOPES.split())
    assert (who.body["username"], who.body["source"]["privacy"]) == ("alice", "public")
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "other",
    [
        {"code_verifier": "another-verifier-of-forty-three-characters"},
        {"redirect_uri": OUT_OF_BAND},
        {"code": "another"},
    ],
)
async def test_a_code_is_worth_nothing_without_what_belongs_to_it(
    app: App, other: dict[str, str]
) -> None:
    told = await app.authorize(account="alice")

    refused = await app.redeem(**({"code": told["code"]} | other))

    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")


async def test_a_code_dies_after_ten_minutes(app: App, mastodon: Mastodon) -> None:
    told = await app.authorize(account="alice")

    mastodon.ahead += timedelta(minutes=11)

    assert (await app.redeem(told["code"])).body["error"] == "invalid_grant"


async def test_a_wrong_secret_is_an_unknown_client(app: App) -> None:
    told = await app.authorize(account="alice")

    refused = await app.redeem(told["code"], client_secret="wrong")

    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_who_says_no_gives_no_code(app: App) -> None:
    told = await app.authorize(deny="1")

    assert told == {"error": "access_denied", "state": "a-state"}


async def test_an_address_that_was_not_registered_is_told_nothing(mastodon: Mastodon) -> None:
    query = "response_type=code&client_id=unknown&redirect_uri=https://elsewhere.example"

    refused = await ask("POST", f"{mastodon.base_url}/oauth/authorize?{query}")

    assert (refused.status, "Location" in refused.headers) == (400, False)


async def test_a_token_opens_what_its_scopes_say(mastodon: Mastodon) -> None:
    token = mastodon.token("alice", "write:media")
    statuses = f"{mastodon.base_url}/api/v1/statuses"

    outside = await ask("POST", statuses, token=token, json={"status": "Hello"})
    unknown = await ask("POST", statuses, token="unknown", json={"status": "Hello"})
    mastodon.account("alice").is_disabled = True
    disabled = await ask("POST", statuses, token=mastodon.token("alice"), json={"status": "Hello"})

    assert (outside.status, outside.body) == (
        403,
        {"error": "This action is outside the authorized scopes"},
    )
    assert (unknown.status, unknown.body) == (401, {"error": "The access token is invalid"})
    assert disabled.status == 403
    assert mastodon.count() == {}


async def test_a_revoked_token_opens_nothing(app: App, mastodon: Mastodon) -> None:
    given = await app.redeem((await app.authorize(account="alice"))["code"])
    token = given.body["access_token"]

    revoked = await ask(
        "POST", f"{mastodon.base_url}/oauth/revoke", data=app.client | {"token": token}
    )
    who = await ask("GET", f"{mastodon.base_url}/api/v1/accounts/verify_credentials", token=token)

    assert (revoked.status, who.status) == (200, 401)


async def test_an_older_server_knows_neither_metadata_nor_profile(mastodon: Mastodon) -> None:
    metadata = f"{mastodon.base_url}/.well-known/oauth-authorization-server"
    wanted = {"client_name": "App", "redirect_uris": CALLBACK, "scopes": SCOPES}
    now = await ask("GET", metadata)

    mastodon.site.is_before_4_3 = True
    before = await ask("GET", metadata)
    refused = await ask("POST", f"{mastodon.base_url}/api/v1/apps", json=wanted)

    assert now.body["code_challenge_methods_supported"] == ["S256"]
    assert before.status == 404
    assert refused.status == 422
