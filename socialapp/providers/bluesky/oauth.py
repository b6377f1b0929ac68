"""Access by a visit: the person lets us in on their own server's page.

Source: https://atproto.com/specs/oauth (2026)
"""

import hashlib
import secrets as chance
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from socialapp.clock import utc_now
from socialapp.domain import addresses
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import TryLater
from socialapp.providers.bluesky import client, dpop
from socialapp.providers.bluesky.client import SCOPE, Client
from socialapp.providers.bluesky.identity import Identities, is_address, is_handle_of, pds_of
from socialapp.providers.bluesky.sessions import ENTRYWAY, not_renewed, over
from socialapp.providers.bluesky.xrpc import NOTHING_YET, Xrpc, calmly, error, failed, said, who
from socialapp.providers.contract import Access, AppRegistry, PublishFailed, Renewed, Visit
from socialapp.providers.http import Answer, Http

_LONGEST_S = 86_400


@dataclass(frozen=True)
class _Issuer:
    """A server that gives access, and where it is asked for."""

    name: str
    push: str
    authorize: str
    token: str


@dataclass(frozen=True)
class Arrived:
    """Who let us in, and how."""

    did: str
    pds: str
    secrets: dict[str, Any] = field(repr=False)
    expires_at: datetime | None


class OAuth:
    """Sends people to their server, takes them back, and renews what they gave."""

    def __init__(self, http: Http, xrpc: Xrpc, *, directory: str, resolver: str) -> None:
        self._http, self._xrpc, self._resolver = http, xrpc, resolver
        self._identities = Identities(http, directory)

    async def depart(
        self, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Say where to go. Raises Rejected, PublishFailed."""
        us = await client.of(back, apps)
        typed, server = given.get("handle", ""), given.get("server", "")
        if server:
            server = addresses.read(server, field="server", allow_http=True)
        did, pds = await self._account(typed, server) if typed else ("", server or ENTRYWAY)
        issuer = await self._issuer(pds)
        key, verifier = dpop.new_key(), chance.token_urlsafe(48)
        asked = {
            "response_type": "code",
            "redirect_uri": back,
            "scope": SCOPE,
            "state": state,
            "code_challenge": dpop.encoded(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            **({"login_hint": typed.removeprefix("@")} if typed else {}),
        }
        answer = await self._xrpc.post_form(
            issuer.push, key, lambda: asked | us.credentials(issuer.name)
        )
        uri = said(answer).get("request_uri")
        if answer.status not in {200, 201} or not isinstance(uri, str):
            raise _not_let_in(answer, issuer.name)
        where = urlencode({"client_id": us.id, "request_uri": uri}, quote_via=quote)
        keep: dict[str, Any] = {"issuer": issuer.name, "token": issuer.token, "did": did}
        keep |= {"key": key, "verifier": verifier, "client_id": us.id, "client_key": us.key}
        return Visit(f"{issuer.authorize}?{where}", keep)

    async def arrive(
        self, keep: Mapping[str, Any], came: Mapping[str, str], *, back: str
    ) -> Arrived:
        """Turn what they came back with into access. Raises Rejected, PublishFailed."""
        if came.get("iss") != keep["issuer"]:
            raise _stranger()
        if not came.get("code"):
            raise _denied(came)
        us = Client(keep["client_id"], keep["client_key"])
        form = {"grant_type": "authorization_code", "code": came["code"], "redirect_uri": back}
        form["code_verifier"] = keep["verifier"]
        answer = await self._xrpc.post_form(
            keep["token"], keep["key"], lambda: form | us.credentials(keep["issuer"])
        )
        tokens = _Tokens.read(answer)
        if tokens is None:
            raise _not_let_in(answer, keep["issuer"])
        if keep["did"] not in {"", tokens.sub}:
            raise _stranger()
        # Its issuer has to be the one that the account itself names, or anybody could issue it.
        pds = pds_of(await self._identities.document(tokens.sub))
        if not pds or (await self._issuer(pds)).name != keep["issuer"]:
            raise _stranger()
        kept = {name: keep[name] for name in ("issuer", "token", "key", "client_id", "client_key")}
        return Arrived(tokens.sub, pds, tokens.into({**kept, "pds": pds}), tokens.expires_at)

    async def refresh(self, access: Access) -> Renewed:
        """Renew access; what renewed it before is void from then on. Raises PublishFailed."""
        kept = access.secrets
        us = Client(kept["client_id"], kept["client_key"])
        form = {"grant_type": "refresh_token", "refresh_token": str(kept["refresh"])}
        answer = await calmly(
            self._xrpc.post_form(
                kept["token"], kept["key"], lambda: form | us.credentials(kept["issuer"])
            ),
            access,
        )
        tokens = _Tokens.read(answer)
        if tokens is None:
            raise _not_renewed(answer, access, us)
        if tokens.sub != access.remote_id:
            raise over(access)
        return Renewed(tokens.into(kept), tokens.expires_at)

    async def _account(self, typed: str, server: str) -> tuple[str, str]:
        """Return the DID of what was typed, and the account's server."""
        did = await self._identities.did_of(typed, server or self._resolver)
        document = await self._identities.document(did)
        pds = pds_of(document)
        if not pds or (typed != did and not is_handle_of(typed, document)):
            message = f"{typed[:80]} does not lead to an account. Check the handle."
            raise Rejected(Problem("handle_unknown", message, "handle"))
        return did, pds

    async def _issuer(self, server: str) -> _Issuer:
        """Return who gives access to a server; a server that says nothing of it does so itself."""
        answer = await self._http.send("GET", f"{server}/.well-known/oauth-protected-resource")
        named = said(answer).get("authorization_servers") if answer.status == 200 else [server]
        if not (isinstance(named, list) and len(named) == 1 and is_address(named[0])):
            raise _no_oauth(server)
        where = named[0].rstrip("/")
        answer = await self._http.send("GET", f"{where}/.well-known/oauth-authorization-server")
        found = said(answer)
        ends = [found.get(name) for name in _ENDPOINTS]
        algorithms = found.get("dpop_signing_alg_values_supported")
        is_right = answer.status == 200 and found.get("issuer") == where
        if not is_right or not all(is_address(end) for end in ends):
            raise _no_oauth(server)
        if not isinstance(algorithms, list) or "ES256" not in algorithms:
            raise _no_oauth(server)
        return _Issuer(where, *map(str, ends))


_ENDPOINTS = ("pushed_authorization_request_endpoint", "authorization_endpoint", "token_endpoint")


@dataclass(frozen=True)
class _Tokens:
    """What a token endpoint gave."""

    sub: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None

    @classmethod
    def read(cls, answer: Answer) -> "_Tokens | None":
        """Return the tokens in an answer; None when they are not all there, or of another kind."""
        found = said(answer)
        words = [found.get(name) for name in ("sub", "access_token", "refresh_token")]
        is_ours = str(found.get("token_type")).lower() == "dpop"
        scopes = str(found.get("scope", "")).split()
        if answer.status != 200 or not is_ours or "atproto" not in scopes:
            return None
        if not all(isinstance(w, str) and w for w in words):
            return None
        lasts = found.get("expires_in")
        ends = None
        if isinstance(lasts, int) and 0 < lasts <= _LONGEST_S:
            ends = utc_now() + timedelta(seconds=lasts)
        sub, access, refresh = map(str, words)
        return cls(sub, access, refresh, ends)

    def into(self, secrets: Mapping[str, Any]) -> dict[str, Any]:
        """Return the secrets with these tokens in them."""
        return {**secrets, "access": self.access, "refresh": self.refresh}


def _not_renewed(answer: Answer, access: Access, us: Client) -> PublishFailed:
    if error(answer)[0] == "invalid_client_metadata":
        reason = f"{who(access)}: its server could not read who we are at {us.id}. {NOTHING_YET}"
        return PublishFailed(TryLater(reason))
    return not_renewed(answer, access)


def _not_let_in(answer: Answer, issuer: str) -> Exception:
    name, words = error(answer)
    if answer.status == 429 or answer.status >= 500:
        return failed(answer, Access(issuer, ""))
    if name == "invalid_client_metadata":
        message = (
            "Bluesky has to read who we are at this app's public address, and could not. Check"
            " that it can be reached from outside, or connect with an app password."
        )
        return Rejected(Problem("client_unreadable", message, "way"))
    message = f"{urlsplit(issuer).hostname} did not let us in. {words[:200]} Begin again."
    return Rejected(Problem("not_let_in", " ".join(message.split()), "way"))


def _denied(came: Mapping[str, str]) -> Rejected:
    if came.get("error") == "access_denied":
        message = "You did not give access at Bluesky. Begin again when you want to."
        return Rejected(Problem("access_denied", message, "way"))
    said_so = came.get("error_description", "")[:200]
    message = f"Bluesky gave no access. {said_so} Begin again."
    return Rejected(Problem("not_let_in", " ".join(message.split()), "way"))


def _stranger() -> Rejected:
    message = "The answer did not come from that account's own server. Begin again."
    return Rejected(Problem("issuer_wrong", message, "way"))


def _no_oauth(server: str) -> Rejected:
    message = f"{urlsplit(server).hostname} cannot be signed in to like that. Use an app password."
    return Rejected(Problem("oauth_unsupported", message, "way"))
