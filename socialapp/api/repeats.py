"""Idempotency-Key: a POST that is sent again gets the first answer again, and does nothing."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from socialapp.api import errors
from socialapp.api.deps import identify
from socialapp.api.door import replayed, whole
from socialapp.clock import utc_now
from socialapp.store import answers
from socialapp.store.session import database
from socialapp.store.tables import IdempotentAnswer

KEY_AT_MOST = 200
ABANDONED_AFTER = timedelta(seconds=60)
TRIES = 5
"""Between two looks the first may come to nothing, and another begin."""
_NOT_KEPT = {400, 401, 403, 413, 415, 429}
"""Nothing was done, and the same request again is judged again."""
_NOT_REMEMBERED = "/api/proposals/"
"""What is proposed is kept nowhere, and changes nothing: a repeat asks again."""


class Repeats:
    """Around the API: remembers the first answer to each key for 24 hours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has no key; answer a repeat from memory."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        path = scope["path"]
        if not is_post or not path.startswith("/api/") or path.startswith(_NOT_REMEMBERED):
            return await self._app(scope, receive, send)
        connection = HTTPConnection(scope)
        key = connection.headers.get("idempotency-key", "")
        if not key:
            return await self._app(scope, receive, send)
        if len(key) > KEY_AT_MOST or not key.isprintable():
            detail = f"An Idempotency-Key has at most {KEY_AT_MOST} printable characters."
            refusal = errors.answer(400, detail, "idempotency_key_invalid")
            return await refusal(scope, receive, send)
        return await self._once(connection, key, receive, send)

    async def _once(
        self, connection: HTTPConnection, key: str, receive: Receive, send: Send
    ) -> None:
        scope = connection.scope
        has_answered = False

        async def noting(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            app = await self._answer(connection, key, receive)
            await app(scope, receive, noting)
        except Exception as error:
            if has_answered:
                raise
            # The app answers its own failures; this one was around it.
            refusal = errors.failure(scope["method"], scope["path"], error)
            await refusal(scope, receive, send)

    async def _answer(self, connection: HTTPConnection, key: str, receive: Receive) -> ASGIApp:
        """Return what answers: the memory, or the app with the memory around it."""
        member = await identify(connection)
        if member is None:
            return self._app
        # An upload is told by its length: its bytes are not read twice.
        is_upload = connection.headers.get("content-type", "").startswith("multipart/")
        body = None if is_upload else await whole(connection.headers, receive)
        request = _Request(self._app, connection, member.workspace_id, key, body)
        return await request.answer()


class _Request:
    """One POST with a key."""

    def __init__(
        self,
        app: ASGIApp,
        connection: HTTPConnection,
        workspace_id: int,
        key: str,
        body: bytes | None,
    ) -> None:
        self._app = app
        self._connection = connection
        self._workspace_id = workspace_id
        self._key = key
        self._body = body
        self._reserved: IdempotentAnswer | None = None
        scope = connection.scope
        digest = hashlib.sha256(f"{scope['path']}?{scope['query_string']!r}".encode())
        length = connection.headers.get("content-length", "").encode()
        digest.update(length if body is None else body)
        self._hash = digest.hexdigest()

    async def answer(self) -> ASGIApp:
        """Answer from memory, or carry it out and remember."""
        for _ in range(TRIES):
            self._reserved = await answers.reserve(
                database(), self._workspace_id, self._key, self._hash, now=utc_now()
            )
            if self._reserved:
                return self._carry_out
            first = await self._find()
            if first and not (first.status == answers.UNDER_WAY and _is_abandoned(first)):
                return _again(first, self._hash)
            if first:
                await self._drop(first)
        return _in_progress()

    async def _drop(self, first: IdempotentAnswer) -> None:
        async with database().transaction() as db:
            await answers.drop(db, first)

    async def _find(self) -> IdempotentAnswer | None:
        async with database().reading() as db:
            return await answers.find(db, self._workspace_id, self._key)

    async def _carry_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._connection.state.reserved = self._reserved
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
            body = self._body
            again = receive if body is None else replayed(body, receive)
            await self._app(scope, again, listen)
        except BaseException:
            await self._keep(500, b"")
            raise

    async def _keep(self, status: int, body: bytes) -> None:
        assert self._reserved
        async with database().transaction() as db:
            if status in _NOT_KEPT or status >= 500:
                await answers.drop(db, self._reserved)
            else:
                kept = _without_secrets(body).decode()
                await answers.keep(db, self._reserved, status=status, body=kept)


def _without_secrets(body: bytes) -> bytes:
    """Return an answer as it may be kept: what is shown once is not in it."""
    if b'"shown"' not in body:
        return body
    answer = json.loads(body)
    return json.dumps({**answer, "shown": {}}).encode() if answer.get("shown") else body


def _is_abandoned(first: IdempotentAnswer) -> bool:
    return utc_now() - first.created_at > ABANDONED_AFTER


def _again(first: IdempotentAnswer, request_hash: str) -> ASGIApp:
    if first.request_hash != request_hash:
        detail = "This Idempotency-Key was used for another request. Nothing was done."
        return errors.answer(409, detail, "idempotency_mismatch")
    if first.status in {answers.UNDER_WAY, answers.CARRIED_OUT} and not _is_abandoned(first):
        return _in_progress()
    if first.status == answers.CARRIED_OUT:
        detail = "The first request was carried out, but its answer was lost. Look at the list."
        return errors.answer(409, detail, "idempotency_answer_lost")
    kind = errors.MEDIA_TYPE if first.status >= 400 else "application/json"
    headers = {"Idempotent-Replayed": "true"}
    return Response(first.body, first.status, headers, media_type=kind)


def _in_progress() -> ASGIApp:
    detail = "The first request with this Idempotency-Key is still under way. Ask again."
    return errors.answer(409, detail, "idempotency_in_progress", headers={"Retry-After": "1"})
