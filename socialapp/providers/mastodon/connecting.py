"""How an account is connected: by a visit to its server, or with a token made there by hand.

Source: https://docs.joinmastodon.org/spec/oauth/
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from socialapp.domain import addresses
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Disconnected, TryLater, Unknown
from socialapp.providers.contract import (
    AppRegistry,
    Connected,
    Field,
    PublishFailed,
    Visit,
    Way,
)
from socialapp.providers.http import Answer, Http
from socialapp.providers.mastodon import accounts
from socialapp.providers.mastodon.server import Server, fields, said

KEY = "mastodon"
_ADDRESS = Field(
    "address",
    "Server",
    hint="Where the account is: the last part of its handle.",
    placeholder="mastodon.social",
)
WAYS: tuple[Way, ...] = (
    Way(
        "visit",
        "Sign in at your server",
        "You are sent to your server, sign in there, and allow this app to post. Your password"
        " stays there.",
        (_ADDRESS,),
        is_visit=True,
    ),
    Way(
        "token",
        "Paste an access token",
        "At your server open Preferences, Development, New application. Choose the scopes profile,"
        " read:statuses, write:statuses and write:media, save, and copy the access token.",
        (_ADDRESS, Field("token", "Access token", is_secret=True)),
    ),
)
_APP = "socialapp"
_WORKS = ("read:statuses", "write:statuses", "write:media")
_TOKEN = re.compile(r"[!-~]{1,2000}")


def address(typed: str, *, allow_http: bool) -> str:
    """Return a server's address, of what was typed: a name, a link, a handle. Raises Rejected."""
    words = typed.strip()
    if "://" not in words:
        words = words.partition("/")[0].rpartition("@")[2]
    found = addresses.read(words, field="address", allow_http=allow_http)
    scheme, _, rest = found.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


async def connect(http: Http, given: Mapping[str, str]) -> Connected:
    """Try a token that was pasted. Raises Rejected, PublishFailed."""
    token = given["token"].strip()
    if not _TOKEN.fullmatch(token):
        message = "That is not an access token. Copy the whole of it, and nothing else."
        raise Rejected(Problem("token_invalid", message, "token"))
    where = address(given["address"], allow_http=http.allows_private)
    return await _connected(Server(http, where, token))


async def depart(
    http: Http, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
) -> Visit:
    """Say where a person allows us to post. Raises Rejected, PublishFailed."""
    server = Server(http, address(given["address"], allow_http=http.allows_private))
    with _in_words(server):
        offers = fields(await server.ask("GET", "/.well-known/oauth-authorization-server"))
        scopes = _scopes(offers)
        app = await _app(server, apps, back=back, scopes=scopes)
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": back,
        "scope": scopes,
        "state": state,
    }
    keep: dict[str, Any] = {"address": server.address, "app": dict(app)}
    methods = offers.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" in methods:
        verifier = keep["verifier"] = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return Visit(f"{server.address}/oauth/authorize?{urlencode(asked)}", keep)


async def arrive(
    http: Http, keep: Mapping[str, Any], came: Mapping[str, str], *, back: str, apps: AppRegistry
) -> Connected:
    """Turn the code that a person came back with into access. Raises Rejected, PublishFailed."""
    server, app = Server(http, keep["address"]), keep["app"]
    if not came.get("code"):
        raise _not_allowed(server, came.get("error", ""))
    proof = {"code_verifier": keep["verifier"]} if "verifier" in keep else {}
    with _in_words(server):
        answer = await _grant(
            server, app, "authorization_code", scope=app["scopes"], code=came["code"], **proof
        )
        token = fields(answer).get("access_token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            if _is_unknown(answer):
                await _register(server, apps, back=back, scopes=app["scopes"])
            message = f"{server.host} gave no access for this sign-in. Begin again."
            raise Rejected(Problem("not_granted", f"{message} {said(answer)}".strip(), "way"))
    return await _connected(Server(http, server.address, token))


async def _grant(server: Server, app: Mapping[str, Any], kind: str, **more: str) -> Answer:
    """Ask for a token of that kind."""
    who = {key: app[key] for key in ("client_id", "client_secret", "redirect_uri")}
    return await server.ask("POST", "/oauth/token", data={"grant_type": kind, **who, **more})


def _not_allowed(server: Server, error: str) -> Rejected:
    if error in {"", "access_denied"}:
        message = f"Posting was not allowed at {server.host}. Nothing was connected."
    else:
        message = f"{server.host} could not let us in ({error[:60]}). Begin again."
    return Rejected(Problem("not_allowed", message, "way"))


async def _connected(server: Server) -> Connected:
    with _in_words(server):
        account = await accounts.verify(server, {})
        # What was posted without an answer is looked for here: without it nobody could know.
        path = f"/api/v1/accounts/{account.remote_id}/statuses"
        answer = await server.ask("GET", path, params={"limit": "1"})
    if answer.status in {401, 403}:
        message = (
            f"This access may not read what {account.handle} posts, which is needed to find out"
            " whether a post is out when an answer was lost. Give it the scope read:statuses too."
        )
        raise Rejected(Problem("scope_missing", message, "token"))
    return Connected(account, {"token": server.token}, address=server.address)


def _scopes(offers: Mapping[str, Any]) -> str:
    """Return what we ask for; who we are is told by a narrower scope since Mastodon 4.3."""
    listed = offers.get("scopes_supported")
    has_profile = isinstance(listed, list) and "profile" in listed
    return " ".join(("profile" if has_profile else "read:accounts", *_WORKS))


async def _app(server: Server, apps: AppRegistry, *, back: str, scopes: str) -> Mapping[str, Any]:
    """Return our registration at a server: the one we have, if it is still known there."""
    kept = await apps.get(KEY, server.address)
    if kept and (kept.get("redirect_uri"), kept.get("scopes")) == (back, scopes):
        # Servers forget apps that nobody has used; the page they would show leads nowhere.
        answer = await _grant(server, kept, "client_credentials", scope=_WORKS[0])
        if not _is_unknown(answer):
            return kept
    return await _register(server, apps, back=back, scopes=scopes)


def _is_unknown(answer: Answer) -> bool:
    return answer.status in {400, 401, 403} and fields(answer).get("error") == "invalid_client"


async def _register(
    server: Server, apps: AppRegistry, *, back: str, scopes: str
) -> Mapping[str, Any]:
    """Register anew, in place of what is kept.

    Without a website: it would stand under each post, and say where this installation is.
    """
    asked = {"client_name": _APP, "redirect_uris": back, "scopes": scopes}
    answer = await server.ask("POST", "/api/v1/apps", json=asked)
    made = fields(answer)
    client = {key: made.get(key) for key in ("client_id", "client_secret")}
    if answer.status not in {200, 201} or not all(isinstance(v, str) for v in client.values()):
        message = f"{server.host} does not let apps sign people in as Mastodon does."
        message = f"{message} {said(answer)} Look whether the address is right."
        raise Rejected(Problem("not_mastodon", " ".join(message.split()), "address"))
    app = {**client, "redirect_uri": back, "scopes": scopes}
    await apps.put(KEY, server.address, app)
    return app


@contextmanager
def _in_words(server: Server) -> Iterator[None]:
    """Say of silence what it means while nothing is posted yet. Raises Rejected."""
    try:
        yield
    except PublishFailed as error:
        if isinstance(error.outcome, Disconnected):
            message = f"{server.host} does not accept this access. It may be incomplete, or ended."
            raise Rejected(Problem("access_refused", message, "token")) from error
        if not isinstance(error.outcome, TryLater | Unknown):
            raise
        message = f"{server.host} did not answer as it should. Is the address right? Try again."
        raise Rejected(Problem("no_answer", message, "address")) from error
