"""Who may ask from which page, what is believed of a proxy, and what a browser may keep."""

import json
from pathlib import Path
from typing import Any

import pytest

from socialapp import edge
from socialapp.settings import Settings

PAGE = b'<html><script>let here = 1</script><script type="module" src="/assets/a.js"></script>'
OWN = "http://127.0.0.1:8000"


class Asked:
    """An app that says yes, and what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        said = [(b"Vary", b"Accept-Encoding, Origin"), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": said})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name in ("index.html", "calendar/index.html", "404.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PAGE)
    return tmp_path


class Site:
    """The edge around an app, with these settings."""

    def __init__(self, pages: Path, **settings: str) -> None:
        self.inner = Asked()
        self.app = edge.wrap(self.inner, Settings.model_validate(settings), pages)

    async def ask(
        self, path: str = "/", method: str = "GET", kind: str = "http", **headers: str
    ) -> tuple[dict[str, Any], bytes]:
        said: list[dict[str, Any]] = []
        given = {"host": "127.0.0.1:8000"} | {k.replace("_", "-"): v for k, v in headers.items()}
        scope = {
            "type": kind,
            "scheme": "ws" if kind == "websocket" else "http",
            "path": path,
            "raw_path": path.encode(),
            "client": (given.pop("client", "203.0.113.9"), 5000),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        if kind == "http":
            scope["method"] = method

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        return said[0], said[-1].get("body", b"")

    async def status(self, path: str, **asked: str) -> int:
        return int((await self.ask(path, **asked))[0]["status"])

    @property
    def seen(self) -> dict[str, Any]:
        return self.inner.scopes[-1]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://192.168.1.5:8000", "192.168.1.5:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://LOCALHOST:8000", "localhost:8000"),
        ("https://social.example.org", "social.example.org"),
        ("https://social.example.org:8443", "social.example.org:8443"),
        ("https://social.example.org", "10.0.0.7:8000"),
    ],
)
async def test_our_own_pages_may_act(pages: Path, origin: str, host: str) -> None:
    site = Site(pages, url="https://social.example.org")

    assert await site.status("/api/posts", method="POST", origin=origin, host=host) == 200
    assert b"origin" not in dict(site.seen["headers"])
    opened, _ = await site.ask("/_event/", kind="websocket", origin=origin, host=host)
    assert opened["type"] == "websocket.accept"


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "127.0.0.1:8000"),
        ("http://127.0.0.1:3000", "127.0.0.1:8000"),
        ("null", "127.0.0.1:8000"),
        ("http://127.0.0.1:8000.evil.example", "127.0.0.1:8000"),
        # Its name was made to point at this machine: it is the page's own host, and not ours.
        ("http://evil.example:8000", "evil.example:8000"),
        ("http://social.example.org", "10.0.0.7:8000"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_other_pages_may_not(pages: Path, origin: str, host: str, method: str) -> None:
    site = Site(pages, url="https://social.example.org")

    start, body = await site.ask("/api/posts", method, origin=origin, host=host)
    closed, _ = await site.ask("/_event/", kind="websocket", origin=origin, host=host)

    assert start["status"] == 403
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert json.loads(body)["code"] == "foreign_origin"
    assert closed["type"] == "websocket.close"
    assert site.inner.scopes == []


async def test_programs_are_known_by_their_key(pages: Path) -> None:
    site = Site(pages)
    key = {"authorization": "Bearer sa_x", "origin": "http://evil.example"}

    assert await site.status("/api/posts", method="POST", **key) == 200
    assert await site.status("/api/posts", method="POST", cookie="a=b", **key) == 403
    assert await site.status("/_upload", method="POST", **key) == 403
    assert await site.status("/api/posts", method="POST") == 200


async def test_nobody_gives_permission_to_other_sites(pages: Path) -> None:
    site = Site(pages)

    start, _ = await site.ask("/ping", origin="http://evil.example")

    names = {name for name, _ in start["headers"]}
    assert not any(name.startswith(b"access-control") for name in names)
    assert dict(start["headers"])[b"vary"] == b"Accept-Encoding"
    assert b"origin" not in dict(site.seen["headers"])


async def test_pages_are_asked_about_and_hashed_files_kept(pages: Path) -> None:
    site = Site(pages)

    page = dict((await site.ask("/"))[0]["headers"])
    asset = dict((await site.ask("/assets/a-1234.js"))[0]["headers"])

    assert page[b"cache-control"] == b"no-cache"
    assert asset[b"cache-control"] == b"public, max-age=31536000, immutable"
    for headers in (page, asset):
        assert headers[b"x-content-type-options"] == b"nosniff"


async def test_only_the_scripts_of_a_page_run_in_it(pages: Path) -> None:
    site = Site(pages)

    page = dict((await site.ask("/calendar"))[0]["headers"])[b"content-security-policy"].decode()
    api = dict((await site.ask("/api/posts"))[0]["headers"])[b"content-security-policy"].decode()

    assert page.count("'sha256-") == 1
    assert "frame-ancestors 'none'" in page
    assert "'unsafe-inline'" not in page.split("style-src")[0]
    assert "sha256" not in api


async def test_a_page_is_found_without_its_slash(pages: Path) -> None:
    site = Site(pages)

    await site.ask("/calendar")
    assert (site.seen["path"], site.seen["raw_path"]) == ("/calendar/", b"/calendar/")
    await site.ask("/api/posts")
    assert site.seen["path"] == "/api/posts"


async def test_only_our_proxies_are_believed(pages: Path) -> None:
    site = Site(pages, trusted_proxies="127.0.0.1, 10.0.0.0/8")
    said = {
        "x_forwarded_for": "1.1.1.1, 198.51.100.7, 10.1.2.3",
        "x_forwarded_proto": "https",
        "x_forwarded_host": "social.example.org",
    }

    await site.ask("/", client="127.0.0.1", **said)
    believed = site.seen
    await site.ask("/", client="203.0.113.9", **said)
    ignored = site.seen
    await site.ask("/_event/", kind="websocket", client="127.0.0.1", **said)

    assert believed["client"][0] == "198.51.100.7"
    assert believed["scheme"] == "https"
    assert dict(believed["headers"])[b"host"] == b"social.example.org"
    assert (ignored["client"][0], ignored["scheme"]) == ("203.0.113.9", "http")
    assert site.seen["scheme"] == "wss"
    for scope in (believed, ignored):
        assert not any(name.startswith(b"x-forwarded") for name, _ in scope["headers"])
