"""The layers around every request: who asks, from which page, and what a browser may do with it.

They stand outside Reflex's own layers, one of which would answer any Origin with a permission.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from socialapp.settings import Settings

Headers = list[tuple[bytes, bytes]]
_SAFE = {"GET", "HEAD", "OPTIONS"}
_FORWARDED = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"}
_YEAR = b"public, max-age=31536000, immutable"
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_DOCS = ("/api/docs", "/api/redoc")


def wrap(app: ASGIApp, settings: Settings, pages: Path) -> ASGIApp:
    """Put every layer around `app`; `pages` is the folder of the built pages."""
    built = scripts_of(pages)
    inside = KnownPages(AnswerHeaders(app, built), set(built))
    return Forwarded(OriginRule(inside, settings), settings.trusted_proxies)


class Forwarded:
    """Believe X-Forwarded-* of the proxies that we were told of, and of nobody else."""

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self.app = app
        names = [name.strip() for name in trusted.split(",") if name.strip()]
        self._trusted = [ipaddress.ip_network(name, strict=False) for name in names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the words of a proxy as what they say, and drop anybody else's."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._rewritten(scope)
        await self.app(scope, receive, send)

    def _rewritten(self, scope: Scope) -> Scope:
        said = {name: value for name, value in scope["headers"] if name in _FORWARDED}
        rest: Headers = [pair for pair in scope["headers"] if pair[0] not in _FORWARDED]
        changed = {**scope, "headers": rest}
        if not self._is_trusted((scope.get("client") or [""])[0]):
            return changed
        if address := self._asker(said.get(b"x-forwarded-for", b"").decode("latin-1")):
            changed["client"] = (address, 0)
        if scheme := _first(said.get(b"x-forwarded-proto", b"")):
            secure = scheme in {b"https", b"wss"}
            kinds = ("ws", "wss") if scope["type"] == "websocket" else ("http", "https")
            changed["scheme"] = kinds[secure]
        if host := _first(said.get(b"x-forwarded-host", b"")):
            changed["headers"] = [pair for pair in rest if pair[0] != b"host"] + [(b"host", host)]
        return changed

    def _asker(self, chain: str) -> str:
        """Return the last address that is not a proxy of ours: what is before it may be made up."""
        addresses = [part.strip() for part in chain.split(",") if part.strip()]
        for address in reversed(addresses):
            if not self._is_trusted(address):
                return address
        return addresses[0] if addresses else ""

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)


class OriginRule:
    """Refuse what another site's page asks for in the name of a person who is signed in here."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        own = urlsplit(settings.url)
        self._own_origin = settings.url and f"{own.scheme}://{own.netloc}".lower()
        # A name of somebody else's can be made to point here; these cannot.
        self._names = {"localhost", settings.host.lower(), own.hostname or "localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on without the Origin: inside, nothing has to answer it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and _asks_to_act(scope, headers) and not self._is_own(origin, headers):
            await _refuse(scope, receive, send)
            return
        rest = [pair for pair in scope["headers"] if pair[0] != b"origin"]
        await self.app({**scope, "headers": rest}, receive, send)

    def _is_own(self, origin: str, headers: dict[bytes, bytes]) -> bool:
        if origin == self._own_origin:
            return True
        host = headers.get(b"host", b"").decode("latin-1").lower()
        return urlsplit(origin).netloc == host and self._is_name_of_ours(host)

    def _is_name_of_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
            return name in self._names or bool(ipaddress.ip_address(name))
        except ValueError:
            return False


class KnownPages:
    """Serve a page at its address without the slash too, instead of sending the browser on."""

    def __init__(self, app: ASGIApp, pages: set[str]) -> None:
        self.app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the slash that the file server would redirect to."""
        path = scope.get("path", "")
        if scope["type"] == "http" and not path.endswith("/") and f"{path}/" in self._pages:
            scope = {**scope, "path": f"{path}/", "raw_path": scope.get("raw_path", b"") + b"/"}
        await self.app(scope, receive, send)


class AnswerHeaders:
    """Say how long an answer may be kept and what a browser may do with it."""

    def __init__(self, app: ASGIApp, scripts: dict[str, str]) -> None:
        self.app = app
        unknown = scripts.get("/404.html", "")
        self._policies = {path: _policy(hashes).encode() for path, hashes in scripts.items()}
        self._unknown = _policy(unknown).encode()
        self._docs = _policy("'unsafe-inline'").encode()
        self._plain = _policy("").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not say itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._completed(scope["path"], message)}
            await send(message)

        await self.app(scope, receive, answer)

    def _completed(self, path: str, message: Message) -> Headers:
        given = [pair for pair in map(_as_it_is, message["headers"]) if pair]
        names = {name for name, _ in given}
        ours = {b"cache-control": b"no-cache", b"x-content-type-options": b"nosniff"}
        if path.startswith("/assets/") and message["status"] < 400:
            ours[b"cache-control"] = _YEAR  # their names change with their content
        else:
            ours[b"content-security-policy"] = self._policy(path)
            ours[b"referrer-policy"] = b"same-origin"
        return given + [pair for pair in ours.items() if pair[0] not in names]

    def _policy(self, path: str) -> bytes:
        if path.startswith("/api/"):
            return self._docs if path.startswith(_DOCS) else self._plain
        return self._policies.get(path, self._unknown)


def _as_it_is(header: tuple[bytes, bytes]) -> tuple[bytes, bytes] | None:
    """Drop what Reflex's layers say about origins: no answer depends on one here."""
    name, value = header[0].lower(), header[1]
    if name == b"vary":
        others = [word for word in value.split(b", ") if word.lower() != b"origin"]
        return (name, b", ".join(others)) if others else None
    return None if name.startswith(b"access-control-") else (name, value)


def scripts_of(pages: Path) -> dict[str, str]:
    """Return each built page's address and the hashes of the scripts written in it."""
    return {
        _address(file.relative_to(pages)): " ".join(_hashes(file.read_bytes()))
        for file in pages.rglob("*.html")
    }


def _address(file: Path) -> str:
    if file.name == "index.html":
        return "/" if file.parent == Path() else f"/{file.parent.as_posix()}/"
    return f"/{file.as_posix()}"


def _hashes(page: bytes) -> Iterable[str]:
    for script in _INLINE.findall(page):
        yield f"'sha256-{base64.b64encode(sha256(script).digest()).decode()}'"


def _policy(scripts: str) -> str:
    """Return the policy of a page that has these scripts in it.

    Reflex evaluates what handlers return (toasts, scripts), so eval stays; scripts that somebody
    brings into a page do not run.
    """
    rules = (
        "default-src 'self'",
        f"script-src 'self' 'unsafe-eval' {scripts}".rstrip(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _asks_to_act(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    if scope["type"] == "websocket":
        return True
    if scope["method"] in _SAFE:
        return False
    is_program = headers.get(b"authorization", b"").lower().startswith(b"bearer ")
    return not (is_program and b"cookie" not in headers and scope["path"].startswith("/api/"))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    problem = {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "This came from a page of another address, so nothing was done. If it was this "
        "app's own page, set SOCIALAPP_URL to the address in the browser and restart.",
        "code": "foreign_origin",
    }
    body = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _first(value: bytes) -> bytes:
    return value.partition(b",")[0].strip().lower()
