"""A line that breaks: it stands between a client and a server, and does what it is told."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self

PIECE_BYTES = 65536
_STARTUP_HEAD = 4
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class Line:
    """One connection that goes through."""

    asker: asyncio.StreamReader
    back: asyncio.StreamWriter
    answerer: asyncio.StreamReader
    ask: asyncio.StreamWriter
    cut_answer_after: int | None = None
    """After so many bytes of its next answer it is reset."""

    def reset(self) -> None:
        """Break it: both ends see a reset, and what was under way is lost."""
        for end in (self.back, self.ask):
            if found := end.get_extra_info("socket"):
                with suppress(OSError):
                    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            end.transport.abort()


@dataclass
class Proxy:
    """Passes bytes on; each of its fields may be changed while it runs."""

    port: int
    """Where the server is, on this machine."""
    latency_s: float = 0.0
    """How long each piece of bytes takes, in both directions."""
    is_silent: bool = False
    """Half-open: nothing passes, and nobody is told."""
    refuses: bool = False
    """Whoever comes is reset at once."""
    answer_bytes_per_s: float = 0.0
    """How slowly an answer drips; 0: at once."""
    cut_answer_after: int | None = None
    """After so many bytes of an answer its line is reset, once."""
    lines: set[Line] = field(default_factory=set)
    taken: int = 0
    """How many connections came so far."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.own_port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.reset()

    def reset(self) -> None:
        """Break every line there is; new ones may come."""
        for line in list(self.lines):
            line.reset()

    def heal(self) -> None:
        """Pass everything on again, over new lines."""
        self.latency_s = self.answer_bytes_per_s = 0.0
        self.is_silent = self.refuses = False
        self.cut_answer_after = None
        self.reset()

    async def _serve(self, asker: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.taken += 1
        try:
            answerer, ask = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            back.transport.abort()
            return
        line = Line(asker, back, answerer, ask)
        if self.refuses:
            line.reset()
            return
        self.lines.add(line)
        try:
            await self._pass_both_ways(line)
        finally:
            self.lines.discard(line)
            line.back.close()
            line.ask.close()

    async def _pass_both_ways(self, line: Line) -> None:
        ways = [asyncio.create_task(self._up(line)), asyncio.create_task(self._down(line))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _up(self, line: Line) -> None:
        while some := await line.asker.read(PIECE_BYTES):
            await self._pass(some, line.ask)

    async def _down(self, line: Line) -> None:
        while some := await line.answerer.read(PIECE_BYTES):
            if (length := self._length_left(line)) is not None:
                await self._pass(some[:length], line.back)
                line.reset()
                return
            if self.answer_bytes_per_s:
                await self._drip(some, line.back)
            else:
                await self._pass(some, line.back)

    def _length_left(self, line: Line) -> int | None:
        """Return after how many bytes this answer is cut, if it is."""
        if line.cut_answer_after is not None:
            return line.cut_answer_after
        length, self.cut_answer_after = self.cut_answer_after, None
        return length

    async def _pass(self, some: bytes, to: asyncio.StreamWriter) -> None:
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if not self.is_silent:
            to.write(some)
            await to.drain()

    async def _drip(self, some: bytes, to: asyncio.StreamWriter) -> None:
        for byte in some:
            await self._pass(bytes([byte]), to)
            await asyncio.sleep(1 / self.answer_bytes_per_s)


class Cut(Enum):
    """What is done to a COMMIT that comes by."""

    NOT = auto()
    BEFORE = auto()
    """The server never sees it: it rolls back."""
    AFTER = auto()
    """The server takes it, and its answer is lost."""


@dataclass
class CommitCutter(Proxy):
    """Stands before PostgreSQL and cuts lines exactly around a COMMIT."""

    decide: Callable[[bytes], Cut] = lambda _: Cut.NOT
    """Asked with everything that the client has sent since BEGIN."""

    async def _up(self, line: Line) -> None:
        await self._pass_startup(line)
        said = b""
        while message := await _message(line.asker):
            query = _simple_query(message)
            said = b"" if query.startswith("BEGIN") else said + message
            cut = self.decide(said) if query.startswith("COMMIT") else Cut.NOT
            if cut is Cut.BEFORE:
                line.reset()
                return
            if cut is Cut.AFTER:
                line.cut_answer_after = 0  # before it goes: the answer comes at once
            await self._pass(message, line.ask)

    async def _pass_startup(self, line: Line) -> None:
        """Pass on what has no type before it: the wish for TLS, and the introduction."""
        while True:
            head = await line.asker.readexactly(_STARTUP_HEAD)
            body = await line.asker.readexactly(struct.unpack("!I", head)[0] - _STARTUP_HEAD)
            await self._pass(head + body, line.ask)
            if not body.startswith(struct.pack("!I", 80877103)):  # it was not about TLS
                return


async def _message(asker: asyncio.StreamReader) -> bytes:
    try:
        head = await asker.readexactly(5)
        return head + await asker.readexactly(struct.unpack("!I", head[1:])[0] - 4)
    except asyncio.IncompleteReadError:
        return b""


def _simple_query(message: bytes) -> str:
    return message[5:-1].decode(errors="replace") if message[:1] == b"Q" else ""
