"""Access to Bluesky's server by OAuth, from the request to a post, with no browser."""

import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import quote

import aiohttp
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.servers.pds import Pds
from tests.servers.pds_consent import consent

CALLBACK = "http://127.0.0.1/callback"
SCOPE = "atproto transition:generic"
# An app on this machine has no address for its metadata: its id is all of it.
CLIENT = f"http://localhost?redirect_uri={quote(CALLBACK, safe='')}&scope={quote(SCOPE)}"


class App:
    """An app that asks for access; each of its requests carries a proof of its key."""

    def __init__(self, pds: Pds, session: aiohttp.ClientSession) -> None:
        self._pds = pds
        self._session = session
        self._key = ECKey.generate_key("P-256")
        self._nonce = ""
        self._verifier = secrets.token_urlsafe(32)

    async def authorize_url(self) -> str:
        challenge = hashlib.sha256(self._verifier.encode()).digest()
        status, pushed = await self.post(
            "/oauth/par",
            data={
                "response_type": "code",
                "client_id": CLIENT,
                "redirect_uri": CALLBACK,
                "scope": SCOPE,
                "state": "a-state",
                "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
                "code_challenge_method": "S256",
            },
        )
        assert status == 201, pushed
        where = f"client_id={quote(CLIENT, safe='')}&request_uri={quote(pushed['request_uri'])}"
        return f"{self._pds.base_url}/oauth/authorize?{where}"

    async def redeem(self, code: str) -> tuple[int, Any]:
        return await self.post(
            "/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": CLIENT,
                "redirect_uri": CALLBACK,
                "code": code,
                "code_verifier": self._verifier,
            },
        )

    async def post(self, path: str, *, token: str = "", **body: Any) -> tuple[int, Any]:
        """Ask, and once more with the nonce that the first refusal gives."""
        for _ in range(2):
            headers = {"DPoP": self._proof(path, token)}
            if token:
                headers["Authorization"] = f"DPoP {token}"
            address = f"{self._pds.base_url}{path}"
            async with self._session.post(address, headers=headers, **body) as answer:
                said = await answer.json()
            if said.get("error") != "use_dpop_nonce":
                break
            self._nonce = answer.headers["DPoP-Nonce"]
        return answer.status, said

    def _proof(self, path: str, token: str) -> str:
        claims = {
            "jti": secrets.token_hex(8),
            "htm": "POST",
            "htu": f"{self._pds.base_url}{path}",
            "iat": int(time.time()),
            "nonce": self._nonce,
        }
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key)


async def test_an_app_that_is_allowed_to_posts(pds: Pds) -> None:
    alice = pds.create_account()
    async with aiohttp.ClientSession() as session:
        app = App(pds, session)

        told = await consent(await app.authorize_url(), alice)
        _, tokens = await app.redeem(told["code"])
        record = {"text": "Hello", "createdAt": "2026-11-26T09:00:00.000Z"}
        status, made = await app.post(
            "/xrpc/com.atproto.repo.createRecord",
            token=tokens["access_token"],
            json={"repo": alice.did, "collection": "app.bsky.feed.post", "record": record},
        )

    assert (told["state"], told["iss"]) == ("a-state", pds.base_url)
    assert tokens["sub"] == alice.did
    assert status == 200, made
    assert made["uri"].startswith(f"at://{alice.did}/app.bsky.feed.post/")


async def test_an_app_that_is_refused_is_told_so(pds: Pds) -> None:
    alice = pds.create_account()
    async with aiohttp.ClientSession() as session:
        told = await consent(await App(pds, session).authorize_url(), alice, allows=False)

    assert told["error"] == "access_denied"
    assert "code" not in told
