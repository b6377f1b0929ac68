"""Who we are to servers of the AT Protocol: a description at our address, and a key that proves it.

Source: https://atproto.com/specs/oauth#clients
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from socialapp.clock import utc_now
from socialapp.domain.errors import Problem, Rejected
from socialapp.providers.bluesky import dpop
from socialapp.providers.contract import AppRegistry

SCOPE = "atproto transition:generic"
"""Everything that an app password may; servers do not all know finer scopes yet."""
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Client:
    """Who we are to servers: the address of our description, and the key that proves it."""

    id: str
    key: Mapping[str, Any] | None = field(default=None, repr=False)
    """None for an app on this machine, which nobody can look up: it is believed for two weeks."""

    def credentials(self, issuer: str) -> dict[str, str]:
        """Return what proves to a server that it is us; for one request."""
        if self.key is None:
            return {"client_id": self.id}
        ends = int((utc_now() + timedelta(minutes=1)).timestamp())
        claims = {"iss": self.id, "sub": self.id, "aud": issuer, "exp": ends}
        assertion = dpop.signed({"kid": dpop.thumbprint(self.key)}, claims, self.key)
        words = {"client_assertion_type": _JWT_BEARER, "client_assertion": assertion}
        return {"client_id": self.id, **words}


async def of(back: str, apps: AppRegistry) -> Client:
    """Return who we are when people come `back` to this address. Raises Rejected."""
    parts = urlsplit(back)
    if parts.scheme == "https":
        at = f"{back.removesuffix('/back')}/client.json"
        return Client(at, await _key(apps, at))
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}:
        # https://atproto.com/specs/oauth#localhost-client-development
        given = urlencode({"redirect_uri": back, "scope": SCOPE}, quote_via=quote)
        return Client(f"http://localhost?{given}")
    message = (
        "Bluesky sends people back only to an https address, or to http://127.0.0.1. Set"
        " SOCIALAPP_URL to this app's https address, or connect with an app password."
    )
    raise Rejected(Problem("address_not_secure", message, "way"))


async def _key(apps: AppRegistry, at: str) -> Mapping[str, Any]:
    """Return the key of our description, made the first time."""
    found = await apps.get("bluesky", at)
    if found is None:
        await apps.put("bluesky", at, {"key": dpop.new_key()})
        found = await apps.get("bluesky", at) or {}
    key: Mapping[str, Any] = found["key"]
    return key


async def description(base_url: str, apps: AppRegistry) -> dict[str, Any]:
    """Return what servers read of us.

    Source: https://atproto.com/specs/oauth#client-id-metadata-document
    """
    here = f"{base_url.rstrip('/')}/api/connect/bluesky"
    key = await _key(apps, f"{here}/client.json")
    named = {"kid": dpop.thumbprint(key), "use": "sig", "alg": "ES256"}
    return {
        "client_id": f"{here}/client.json",
        "client_name": "socialapp",
        "client_uri": base_url.rstrip("/"),
        "application_type": "web",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [f"{here}/back"],
        "scope": SCOPE,
        "dpop_bound_access_tokens": True,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [dpop.public(key) | named]},
    }
