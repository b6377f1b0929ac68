"""One request is one request: nothing below the adapters sends it a second time."""

import asyncio

import pytest

from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Http


class _Counts:
    """A server that keeps a first connection open, and resets it when it is used again."""

    def __init__(self) -> None:
        self.requests = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                if self.requests > 1:
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.transport.abort()


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "GET"])
async def test_a_request_that_is_cut_off_is_not_sent_again_by_itself(method: str) -> None:
    server = _Counts()
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"

    async with Http(connect_s=1, request_s=3, allow_private=True) as http:
        await http.send(method, address)
        with pytest.raises(PublishFailed):
            await http.send(method, address)

    listening.close()
    assert server.requests == 2
