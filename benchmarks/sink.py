"""A network that only takes in: a process of its own, as fast as one can be made in Python.

It notes each post and when it arrived, keeps none from coming twice, and can lose requests or
answers by chance, as networks do.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialapp.settings import ROOT
from tests.servers.postgresql import die_with_parent, free_port

HOSTS = 50
_FIELD = b"content-length:"


def _host(number: int) -> str:
    return f"127.0.0.{number + 1}"  # all of 127.0.0.0/8 is this machine


@dataclass
class Arrivals:
    """What the network has, in the order in which it came."""

    posts: list[tuple[str, str, float]] = field(default_factory=list)
    """Text, the sender's id for it, seconds since 1970."""
    lost: Counter[str] = field(default_factory=Counter)
    """Connections that were cut on purpose, by what was lost."""

    def of(self, marker: str) -> list[tuple[str, str, float]]:
        """Return the posts whose text begins with the marker."""
        return [post for post in self.posts if post[0].startswith(f"{marker} ")]


@dataclass
class Manners:
    """How the network behaves."""

    answer_lost: float = 0.0
    """The share of posts that it keeps, and hangs up before the answer."""
    request_lost: float = 0.0
    """The share that it hangs up on and does not keep."""
    answer_ms: float = 0.0
    seed: int = 1


class _Network:
    """What all connections share."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.chance = random.Random(manners.seed)
        self.arrivals = Arrivals()
        self.known: set[tuple[str, str]] = set()

    def take(self, body: bytes) -> bytes | None:
        """Take a post in; None: the connection is cut."""
        post = json.loads(body)
        fate = self.chance.random()
        if fate < self.manners.request_lost:
            self.arrivals.lost["request"] += 1
            return None
        self.arrivals.posts.append((post["text"], post["once"], time()))
        self.known.add((post["account"], post["once"]))
        if fate < self.manners.request_lost + self.manners.answer_lost:
            self.arrivals.lost["answer"] += 1
            return None
        return _answer(201, {"id": post["once"], "url": f"http://sink/{post['once']}"})

    def look(self, query: str) -> bytes:
        """Say whether a post is there."""
        asked = parse_qs(query)
        account, once = asked["account"][0], asked["once"][0]
        if (account, once) not in self.known:
            return _answer(404, {"error": "There is no such post."})
        return _answer(200, {"id": once, "url": f"http://sink/{once}"})

    def tell(self) -> bytes:
        """Return everything, and begin anew."""
        told, self.arrivals = self.arrivals, Arrivals()
        return _answer(200, {"posts": told.posts, "lost": told.lost})


def _answer(status: int, said: Any) -> bytes:
    body = json.dumps(said).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class _Connection(asyncio.Protocol):
    """Just enough HTTP for our own client."""

    def __init__(self, network: _Network) -> None:
        self._network = network
        self._heard = b""

    def connection_made(self, transport: Any) -> None:
        self._line = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            head = self._heard[:end]
            rest_at = end + 4 + _length(head)
            if len(self._heard) < rest_at:
                return
            body, self._heard = self._heard[end + 4 : rest_at], self._heard[rest_at:]
            self._serve(head.split(b" ", 2), body)

    def _serve(self, head: list[bytes], body: bytes) -> None:
        method, target = head[0], urlsplit(head[1].decode())
        if method == b"POST":
            answer = self._network.take(body)
        elif target.path == "/arrivals":
            answer = self._network.tell()
        else:
            answer = self._network.look(target.query)
        wait_ms = self._network.manners.answer_ms
        if answer is None:
            self._line.abort()
        elif wait_ms:
            asyncio.get_running_loop().call_later(wait_ms / 1000, self._line.write, answer)
        else:
            self._line.write(answer)


def _length(head: bytes) -> int:
    at = head.lower().find(_FIELD)
    return int(head[at + len(_FIELD) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


@dataclass(frozen=True)
class Sink:
    """The network, as seen by the benchmark."""

    port: int

    @property
    def address(self) -> str:
        """Its first address."""
        return self.host(0)

    def host(self, number: int) -> str:
        """Return one of its addresses: to our client each is a host of its own."""
        return f"http://{_host(number % HOSTS)}:{self.port}"

    def arrivals(self) -> Arrivals:
        """Return what came since the last question."""
        with urllib.request.urlopen(f"{self.address}/arrivals", timeout=60) as answer:
            told = json.load(answer)
        return Arrivals([tuple(post) for post in told["posts"]], Counter(told["lost"]))


@contextmanager
def running(*, at_most_s: float, **manners: Any) -> Iterator[Sink]:
    """Start a sink that ends with us, and by itself after so long."""
    given = [f"--{name.replace('_', '-')}={value}" for name, value in manners.items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink", f"--seconds={at_most_s}", *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - it has one thread
    )
    try:
        assert process.stdout
        yield Sink(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait(10)


async def _listen(manners: Manners, seconds: float) -> None:
    network = _Network(manners)
    port = free_port()
    hosts = [_host(number) for number in range(HOSTS)]
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: _Connection(network), hosts, port, backlog=1024)
    print(port, flush=True)
    await asyncio.sleep(seconds)


def main() -> None:
    """Listen until the time is up."""
    import uvloop

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    for name, default in vars(Manners()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    asked = vars(parser.parse_args())
    seconds = asked.pop("seconds")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_listen(Manners(**asked), seconds))


if __name__ == "__main__":
    main()
