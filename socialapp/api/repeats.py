"""Idempotency-Key: a POST that is sent again gets the first answer again, and does nothing."""

import hashlib
from datetime import timedelta
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from socialapp.api import errors
from socialapp.api.deps import identify
from socialapp.clock import utc_now
from socialapp.store import answers
from socialapp.store.session import database
from socialapp.store.tables import IdempotentAnswer

KEY_AT_MOST = 200
BODY_AT_MOST = 1024 * 1024
ABANDONED_AFTER = timedelta(seconds=60)
_NOT_KEPT = {400, 401, 403, 413, 415, 429}
"""Nothing was done, and the same request again is judged again."""


class Repeats:
    """Around the API: remembers the first answer to each key for 24 hours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has no key; answer a repeat from memory."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        connection = HTTPConnection(scope)
        key = connection.headers.get("idempotency-key", "")
        is_upload = connection.headers.get("content-type", "").startswith("multipart/")
        if not key or not scope["path"].startswith("/api/"):
            return await self._app(scope, receive, send)
        if len(key) > KEY_AT_MOST or not key.isprintable():
            detail = f"An Idempotency-Key has at most {KEY_AT_MOST} printable characters."
            refusal = errors.answer(400, detail, "idempotency_key_invalid")
            return await refusal(scope, receive, send)
        member = await identify(connection)
        if member is None:
            return await self._app(scope, receive, send)
        body = None if is_upload else await _whole(receive)
        request = _Request(self._app, scope, member.workspace_id, key, body)
        return await request.answer(receive, send)


async def _whole(receive: Receive) -> bytes:
    body = b""
    while len(body) <= BODY_AT_MOST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


class _Request:
    """One POST with a key."""

    def __init__(
        self, app: ASGIApp, scope: Scope, workspace_id: int, key: str, body: bytes | None
    ) -> None:
        self._app = app
        self._scope = scope
        self._workspace_id = workspace_id
        self._key = key
        self._body = body
        digest = hashlib.sha256(f"{scope['path']}?{scope['query_string']!r}".encode())
        # An upload is told by its length: its bytes are not read twice.
        length = dict(scope["headers"]).get(b"content-length", b"")
        digest.update(length if body is None else body)
        self._hash = digest.hexdigest()

    async def answer(self, receive: Receive, send: Send) -> None:
        """Answer from memory, or carry it out and remember."""
        if not await self._reserve():
            first = await self._first()
            if first is not None:
                return await _again(first, self._hash)(self._scope, receive, send)
        await self._carry_out(receive, send)
        return None

    async def _reserve(self) -> bool:
        return await answers.reserve(
            database(), self._workspace_id, self._key, self._hash, now=utc_now()
        )

    async def _first(self) -> IdempotentAnswer | None:
        """Return what is known of the first; None when it surely came to nothing."""
        async with database().reading() as db:
            first = await answers.find(db, self._workspace_id, self._key)
        if first is None:
            return None
        is_abandoned = first.status == 0 and utc_now() - first.created_at > ABANDONED_AFTER
        if not is_abandoned:
            return first
        async with database().transaction() as db:
            await answers.drop(db, self._workspace_id, self._key)
        return None if await self._reserve() else first

    async def _carry_out(self, receive: Receive, send: Send) -> None:
        state = self._scope.setdefault("state", {})
        state["idempotency"] = (self._workspace_id, self._key)
        sent: dict[str, Any] = {"status": 500, "body": b""}

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
            else:
                sent["body"] += message.get("body", b"")
                if not message.get("more_body"):
                    await self._keep(sent["status"], sent["body"])
            await send(message)

        try:
            await self._app(self._scope, self._replayed(receive), listen)
        except BaseException:
            await self._keep(500, b"")
            raise

    def _replayed(self, receive: Receive) -> Receive:
        if self._body is None:
            return receive
        messages: list[Message] = [{"type": "http.request", "body": self._body}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        return replay

    async def _keep(self, status: int, body: bytes) -> None:
        async with database().transaction() as db:
            if status in _NOT_KEPT or status >= 500:
                await answers.drop(db, self._workspace_id, self._key)
            else:
                await answers.keep(
                    db, self._workspace_id, self._key, status=status, body=body.decode()
                )


def _again(first: IdempotentAnswer, request_hash: str) -> ASGIApp:
    from starlette.responses import Response

    if first.request_hash != request_hash:
        detail = "This Idempotency-Key was used for another request. Nothing was done."
        return errors.answer(409, detail, "idempotency_mismatch")
    if first.status == 0:
        detail = "The first request with this Idempotency-Key is still under way. Ask again."
        return errors.answer(409, detail, "idempotency_in_progress", headers={"Retry-After": "1"})
    if first.status == answers.CARRIED_OUT:
        detail = "The first request was carried out, but its answer was lost. Look at the list."
        return errors.answer(409, detail, "idempotency_answer_lost")
    kind = errors.MEDIA_TYPE if first.status >= 400 else "application/json"
    return Response(first.body, first.status, {"Idempotent-Replayed": "true"}, media_type=kind)
