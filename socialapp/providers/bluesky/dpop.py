"""Proofs that a request comes from whoever holds the key that its token is bound to: DPoP.

Source: https://datatracker.ietf.org/doc/html/rfc9449
"""

import base64
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from yarl import URL

from socialapp.clock import utc_now
from socialapp.providers.http import Answer

_SERVERS_AT_MOST = 1000


def new_key() -> dict[str, Any]:
    """Return a new private key as JSON."""
    return dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))


def public(key: Mapping[str, Any]) -> dict[str, Any]:
    """Return the half of a key that everybody may see."""
    return dict(ECKey.import_key(dict(key)).as_dict(private=False))


def thumbprint(key: Mapping[str, Any]) -> str:
    """Return the name of a key that follows from itself."""
    return str(ECKey.import_key(dict(key)).thumbprint())


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: Mapping[str, Any]) -> str:
    """Return claims signed with ES256, and with the instant and a number used once in them."""
    once = {"jti": secrets.token_urlsafe(16), "iat": int(utc_now().timestamp())}
    return jwt.encode({**header, "alg": "ES256"}, {**claims, **once}, ECKey.import_key(dict(key)))


class Proofs:
    """Makes proofs, and remembers the number that each server wants to see in them."""

    def __init__(self) -> None:
        self._nonces: OrderedDict[str, str] = OrderedDict()

    def headers(
        self, key: Mapping[str, Any], method: str, url: str, *, token: str = ""
    ) -> dict[str, str]:
        """Return what makes a request one of the holder of `key`, with a token or without."""
        where = URL(url).with_query(None).with_fragment(None)
        claims = {"htm": method, "htu": str(where)}
        if nonce := self._nonces.get(_server(url)):
            claims["nonce"] = nonce
        if token:
            claims["ath"] = encoded(hashlib.sha256(token.encode()).digest())
        proof = signed({"typ": "dpop+jwt", "jwk": public(key)}, claims, key)
        return {"DPoP": proof, **({"Authorization": f"DPoP {token}"} if token else {})}

    def wants_another(self, url: str, answer: Answer) -> bool:
        """Note the server's next number; whether it refused the request for want of it."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if nonce := headers.get("dpop-nonce", ""):
            self._nonces[_server(url)] = nonce
            self._nonces.move_to_end(_server(url))
            if len(self._nonces) > _SERVERS_AT_MOST:
                self._nonces.popitem(last=False)
        if answer.status not in {400, 401}:
            return False
        said = headers.get("www-authenticate", "") + answer.body[:1000].decode(errors="replace")
        return bool(nonce) and "use_dpop_nonce" in said


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _server(url: str) -> str:
    return str(URL(url).origin())
