"""Apps, codes and tokens, as strict as Mastodon is about them."""

import base64
import hashlib
import html
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from tests.servers.given import given
from tests.servers.mastodon.fields import read_fields
from tests.servers.mastodon.site import Account, Site, unauthorised
from tests.servers.simulator import Refusal

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CODE_LIVES = timedelta(minutes=10)
_SCOPES = {
    *("read", "read:accounts", "read:statuses", "read:notifications", "read:search"),
    *("write", "write:accounts", "write:media", "write:statuses", "follow", "push"),
}


@dataclass(frozen=True)
class App:
    """An app that was registered."""

    id: str
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    client_id: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    client_secret: str = field(
        default_factory=lambda: given(secrets.token_urlsafe(32), "an app's secret at Mastodon")
    )


@dataclass(frozen=True)
class Grant:
    """What somebody has allowed an app, until its code is redeemed."""

    app: App
    account: Account
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    given_at: datetime


@dataclass(frozen=True)
class Token:
    """What opens the API; of an app alone when there is no account."""

    scopes: frozenset[str]
    account: Account | None = None
    app: App | None = None
    value: str = field(
        default_factory=lambda: given(secrets.token_urlsafe(32), "a token of Mastodon")
    )


class OAuth:
    """Its endpoints, and who may do what."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self._grants: dict[str, Grant] = {}

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [
            web.get("/.well-known/oauth-authorization-server", self._metadata),
            web.post("/api/v1/apps", self._register),
            web.get("/api/v1/apps/verify_credentials", self._verify_app),
            web.get("/oauth/authorize", self._ask),
            web.post("/oauth/authorize", self._decide),
            web.get("/oauth/authorize/native", self._show_code),
            web.post("/oauth/token", self._redeem),
            web.post("/oauth/revoke", self._revoke),
            web.get("/api/v1/accounts/verify_credentials", self._verify_account),
        ]

    def give_token(self, name: str, scopes: str = "read write") -> str:
        """Return a token as somebody makes it by hand in their preferences."""
        token = Token(frozenset(scopes.split()), self._site.accounts[name])
        self.tokens[token.value] = token
        return token.value

    def revoke_all(self, name: str) -> None:
        """End the access that somebody has given, to every app."""
        account = self._site.accounts[name]
        self.tokens = {v: t for v, t in self.tokens.items() if t.account is not account}

    def token(self, request: web.Request) -> Token:
        """Return the token of a request. Raises Refusal when it opens nothing."""
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or value not in self.tokens:
            raise unauthorised()
        return self.tokens[value]

    def account(self, request: web.Request, *scopes: str) -> Account:
        """Return who asks. Raises Refusal unless they may, by one of the scopes."""
        token = self.token(request)
        if not any(covers(token.scopes, scope) for scope in scopes):
            raise Refusal(403, {"error": "This action is outside the authorized scopes"})
        if token.account is None:
            raise unauthorised("This method requires an authenticated user")
        if token.account.is_disabled:
            raise Refusal(403, {"error": "Your login is currently disabled"})
        return token.account

    async def _metadata(self, _: web.Request) -> web.Response:
        if self._site.is_before_4_3:
            raise web.HTTPNotFound
        at = self._site.base_url()
        return web.json_response(
            {
                "issuer": f"{at}/",
                "authorization_endpoint": f"{at}/oauth/authorize",
                "token_endpoint": f"{at}/oauth/token",
                "revocation_endpoint": f"{at}/oauth/revoke",
                "app_registration_endpoint": f"{at}/api/v1/apps",
                "scopes_supported": sorted(self._scopes),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _register(self, request: web.Request) -> web.Response:
        fields = await read_fields(request)
        uris = fields.get("redirect_uris") or ""
        app = App(
            id=self._site.new_id(),
            name=fields.get("client_name") or "",
            website=fields.get("website"),
            redirect_uris=tuple(uris if isinstance(uris, list) else uris.split()),
            scopes=_words(fields.get("scopes") or "read"),
        )
        if not app.name or not app.redirect_uris:
            raise Refusal(422, {"error": "Validation failed: Name or redirect URI can't be blank"})
        if not app.scopes <= self._scopes:
            words = "Validation failed: Scopes doesn't match configured on the server."
            raise Refusal(422, {"error": words})
        self.apps[app.client_id] = app
        return web.json_response(
            {
                "id": app.id,
                "name": app.name,
                "website": app.website,
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "client_secret_expires_at": 0,
                "redirect_uri": "\n".join(app.redirect_uris),
                "redirect_uris": list(app.redirect_uris),
                "scopes": sorted(app.scopes),
            }
        )

    async def _verify_app(self, request: web.Request) -> web.Response:
        app = self.token(request).app
        if app is None:
            raise unauthorised()
        return web.json_response({"id": app.id, "name": app.name, "website": app.website})

    async def _ask(self, request: web.Request) -> web.Response:
        """Show the page on which somebody signs in with one click, and decides."""
        app, _ = self._asked(request)
        choices = "".join(
            f'<button name="account" value="{name}">Authorize as {name}</button>'
            for name in self._site.accounts
        )
        deny = '<button name="deny" value="1">Deny</button>'
        page = f'<h1>{html.escape(app.name)}</h1><form method="post">{choices}{deny}</form>'
        return web.Response(text=page, content_type="text/html")

    async def _decide(self, request: web.Request) -> web.Response:
        """Take the click: a form with `account`, or with `deny`."""
        app, redirect_uri = self._asked(request)
        told = {"state": request.query["state"]} if "state" in request.query else {}
        name = str((await request.post()).get("account", ""))
        scopes = _words(request.query.get("scope", "read"))
        challenge = "" if self._site.is_before_4_3 else request.query.get("code_challenge", "")
        if not name:
            told["error"] = "access_denied"
        elif not scopes <= app.scopes:
            told["error"] = "invalid_scope"
        elif challenge and request.query.get("code_challenge_method") != "S256":
            told["error"] = "invalid_code_challenge_method"
        else:
            code = told["code"] = given(secrets.token_urlsafe(32), "a code of Mastodon")
            account, now = self._site.accounts[name], self._site.now()
            self._grants[code] = Grant(app, account, redirect_uri, scopes, challenge, now)
        if redirect_uri == OUT_OF_BAND:
            redirect_uri = f"{self._site.base_url()}/oauth/authorize/native"
        joined = "&" if urlsplit(redirect_uri).query else "?"
        raise web.HTTPFound(f"{redirect_uri}{joined}{urlencode(told)}")

    def _asked(self, request: web.Request) -> tuple[App, str]:
        """Return who asks, and where the answer goes. Nothing goes to an address not registered."""
        app = self.apps.get(request.query.get("client_id", ""))
        redirect_uri = request.query.get("redirect_uri", "")
        if app is None or redirect_uri not in app.redirect_uris:
            raise web.HTTPBadRequest(text="The client or its redirect address is not known.")
        if request.query.get("response_type") != "code":
            raise web.HTTPBadRequest(text="Only codes are given.")
        return app, redirect_uri

    async def _show_code(self, request: web.Request) -> web.Response:
        return web.Response(text=request.query.get("code", request.query.get("error", "")))

    async def _redeem(self, request: web.Request) -> web.Response:
        fields = await read_fields(request)
        app = self._client(fields)
        match fields.get("grant_type"):
            case "authorization_code":
                code = str(fields.get("code", ""))
                grant = self._grants.get(code)
                if grant is None or not self._fits(grant, app, fields):
                    raise _not_granted("invalid_grant")
                del self._grants[code]  # it works once
                token = Token(grant.scopes, grant.account, app)
            case "client_credentials":
                token = Token(_words(fields.get("scope") or "read"), None, app)
                if not token.scopes <= app.scopes:
                    raise _not_granted("invalid_scope")
            case _:
                raise _not_granted("unsupported_grant_type")
        self.tokens[token.value] = token
        return web.json_response(
            {
                "access_token": token.value,
                "token_type": "Bearer",
                "scope": " ".join(sorted(token.scopes)),
                "created_at": int(self._site.now().timestamp()),
            }
        )

    def _fits(self, grant: Grant, app: App, fields: dict[str, Any]) -> bool:
        digest = hashlib.sha256(str(fields.get("code_verifier", "")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return (
            grant.app is app
            and grant.redirect_uri == fields.get("redirect_uri")
            and grant.challenge in ("", challenge)
            and self._site.now() < grant.given_at + CODE_LIVES
        )

    async def _revoke(self, request: web.Request) -> web.Response:
        fields = await read_fields(request)
        app = self._client(fields)
        token = self.tokens.get(fields.get("token", ""))
        if token and token.app is not app:
            words = "You are not authorized to revoke this token"
            raise Refusal(403, {"error": "unauthorized_client", "error_description": words})
        self.tokens.pop(fields.get("token", ""), None)
        return web.json_response({})

    async def _verify_account(self, request: web.Request) -> web.Response:
        account = self.account(request, "profile", "read:accounts")
        source = {"privacy": "public", "sensitive": False, "language": None, "note": ""}
        return web.json_response(self._site.profile(account) | {"source": source})

    def _client(self, fields: dict[str, Any]) -> App:
        app = self.apps.get(fields.get("client_id", ""))
        if app is None or app.client_secret != fields.get("client_secret"):
            raise _not_granted("invalid_client", 401)
        return app

    @property
    def _scopes(self) -> set[str]:
        return _SCOPES if self._site.is_before_4_3 else _SCOPES | {"profile"}


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Say whether a scope is among those granted, by itself or in a broader one."""
    return wanted in granted or wanted.partition(":")[0] in granted


def _words(scopes: str) -> frozenset[str]:
    return frozenset(scopes.split())


def _not_granted(error: str, status: int = 400) -> Refusal:
    return Refusal(status, {"error": error, "error_description": f"Not granted: {error}"})
