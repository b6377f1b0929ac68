"""Addresses that people type lead out of private networks, or nowhere."""

import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from socialapp.domain.outcome import Refused
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Http


class Names(AbstractResolver):
    """A name server that says what it is told, one answer after the other."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): given for name, given in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        given = self.answers[host]
        ips = given.pop(0) if len(given) > 1 else given[0]
        return [
            ResolveResult(
                hostname=host,
                host=ip,
                port=port,
                family=socket.AF_INET6 if ":" in ip else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for ip in ips
        ]

    async def close(self) -> None:
        pass


class Inside:
    """A server in the private network, which must never hear from us."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer: Callable[[], web.Response] = lambda: web.Response(text="secret")
        self.port = 0

    async def hear(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(request.path)
        return self.answer()


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    here = Inside()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", here.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.port = runner.addresses[0][1]
    yield here
    await runner.cleanup()


HOSTILE = [
    "https://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/",
    "https://localhost:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1]:{port}/",
    "https://[fd00::1]:{port}/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://user:password@example.org/",
    "http://example.org/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/",
    "https://127.0.0.1.:{port}/",
]


@pytest.mark.parametrize("address", HOSTILE)
async def test_hostile_addresses_are_refused_and_nothing_is_sent(
    inside: Inside, address: str
) -> None:
    async with Http(connect_s=1, request_s=2) as http:
        with pytest.raises(PublishFailed) as failed:
            await http.send("GET", address.format(port=inside.port))

    assert isinstance(failed.value.outcome, Refused)
    assert "not allowed" in failed.value.outcome.reason
    assert inside.heard == []


@pytest.mark.parametrize(
    "answers",
    [
        [["127.0.0.1"]],
        [["::1"]],
        [["9.9.9.9", "127.0.0.1"]],
        [["::ffff:169.254.169.254"]],
    ],
)
async def test_names_that_lead_inside_are_refused(inside: Inside, answers: list[list[str]]) -> None:
    names = Names(evil_example=answers)
    async with Http(connect_s=1, request_s=2, resolver=names) as http:
        with pytest.raises(PublishFailed) as failed:
            await http.send("GET", f"https://evil.example:{inside.port}/")

    assert isinstance(failed.value.outcome, Refused)
    assert names.asked == ["evil.example"]
    assert inside.heard == []


async def test_a_name_that_changes_its_mind_is_vetted_for_each_connection(inside: Inside) -> None:
    """Rebinding: what was vetted is what is connected to, and it is never remembered."""
    from socialapp.providers.guard import Forbidden, Resolver

    resolver = Resolver(Names(evil_example=[["9.9.9.9"], ["127.0.0.1"]]))

    first = await resolver.resolve("evil.example", inside.port)
    assert [one["host"] for one in first] == ["9.9.9.9"]
    with pytest.raises(Forbidden):
        await resolver.resolve("evil.example", inside.port)


async def test_a_redirect_is_checked_as_the_first_address_was(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Http(connect_s=1, request_s=2) as http:
        seen: list[str] = []
        whole = http.send

        async def first_is_fine(method: str, url: str, **more: Any) -> Any:
            seen.append(url)
            more["is_inside"] = len(seen) == 1
            return await whole(method, url, **more)

        monkeypatch.setattr(http, "send", first_is_fine)
        inside.answer = lambda: web.Response(
            status=302, headers={"Location": f"https://127.0.0.1:{inside.port}/admin"}
        )
        with pytest.raises(PublishFailed) as failed:
            await http.fetch(f"http://127.0.0.1:{inside.port}/page")

    assert isinstance(failed.value.outcome, Refused)
    assert inside.heard == ["/page"]


async def test_redirects_without_end_are_given_up(inside: Inside) -> None:
    inside.answer = lambda: web.Response(status=301, headers={"Location": "/again"})
    async with Http(connect_s=1, request_s=2, allow_private=True) as http:
        with pytest.raises(PublishFailed):
            await http.fetch(f"http://127.0.0.1:{inside.port}/page")

    assert len(inside.heard) == 4


async def test_publishing_follows_no_redirect(inside: Inside) -> None:
    inside.answer = lambda: web.Response(status=307, headers={"Location": "/elsewhere"})
    async with Http(connect_s=1, request_s=2, allow_private=True) as http:
        answer = await http.send("POST", f"http://127.0.0.1:{inside.port}/post", json={})

    assert answer.status == 307
    assert inside.heard == ["/post"]


async def test_a_setting_allows_the_home_server(inside: Inside) -> None:
    async with Http(connect_s=1, request_s=2, allow_private=True) as http:
        answer = await http.send("GET", f"http://127.0.0.1:{inside.port}/page")

    assert answer.body == b"secret"


async def test_no_more_is_read_than_was_asked_for(inside: Inside) -> None:
    inside.answer = lambda: web.Response(body=b"x" * 100_000)
    async with Http(connect_s=1, request_s=2, allow_private=True) as http:
        answer = await http.send("GET", f"http://127.0.0.1:{inside.port}/page", at_most_bytes=1000)

    assert len(answer.body) == 1000
