"""How a request comes in: who asks is settled before their body is read, and that has an end."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.datastructures import Headers
from starlette.types import Message, Receive

from socialapp.api.deps import known
from socialapp.api.errors import NO_NUL
from socialapp.domain.errors import TooBig

BODY_AT_MOST = 1024 * 1024
"""Of JSON. The longest text there can be is a fifth of it; files have a way of their own."""


Words = Annotated[str, Field(pattern=NO_NUL)]
"""Text from outside that every database can hold; half of a surrogate pair is refused with it."""


async def whole(headers: Headers, receive: Receive) -> bytes:
    """Read a body to its end. Raises TooBig as soon as it says that it is, or is."""
    announced = headers.get("content-length", "")
    is_too_big = announced.isdecimal() and int(announced[:20]) > BODY_AT_MOST
    body, has_more = bytearray(), not is_too_big
    while has_more:
        message = await receive()
        body += message.get("body", b"")
        is_too_big = len(body) > BODY_AT_MOST
        has_more = message.get("more_body", False) and not is_too_big
    if is_too_big:
        raise TooBig(f"The body is larger than {BODY_AT_MOST} bytes. Nothing was done.")
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives out a body that was read, and then what really comes."""
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


class Bounded(APIRoute):
    """A route whose JSON is cut off at the limit: the framework would take in all of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the limit around it."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def bounded(request: Request) -> Response:
            body = await whole(request.headers, request.receive)
            return await handle(Request(request.scope, replayed(body, request.receive)))

        return bounded


class Guarded(Bounded):
    """A route for those whom we know: nobody else's body is even read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the question who asks in front of it."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await known(request)
            return await handle(request)

        return guarded
