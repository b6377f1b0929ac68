"""Discord's webhooks of our own making, as strict as the real ones, and able to misbehave.

Source: https://discord.com/developers/docs/resources/webhook
"""

import itertools
import json
import math
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.networks.mischief import Mischief
from tests.servers.discord.form import MAX_FILES, check_message, refusal
from tests.servers.discord.messages import Attachment, Message, Webhook, described
from tests.servers.given import given
from tests.servers.pace import Left, Pace
from tests.servers.simulator import Handler, Refusal, Simulator

_USER_AGENT = re.compile(r"DiscordBot \(\S+, \S+\)")
_EPOCH_MS = 1_420_070_400_000


class Discord(Simulator):
    """The webhooks of one server; each of its switches may be changed while it runs."""

    publishing_paths = r"/api(/v\d+)?/webhooks/\d+/[^/]+"

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count()
        self.webhooks: dict[str, Webhook] = {}
        self.messages: list[Message] = []
        """What is there, oldest first."""
        self.pace = Pace(5, timedelta(seconds=2))
        self.max_file_bytes = 10 * 2**20
        self.measure: Callable[[str], int] = len
        """How a text is measured; Discord does not say how."""
        self.wants_user_agent = True
        """Refuse who does not say in Discord's form who they are."""
        self.webhook = self.add_webhook("Harbour")

    def add_webhook(self, name: str, *, is_forum: bool = False) -> Webhook:
        """Make an address for a channel of its own."""
        made = Webhook(
            id=self._new_id(),
            token=given(secrets.token_urlsafe(51), "a webhook's token at Discord"),
            name=name,
            channel_id=self._new_id(),
            guild_id=self._new_id(),
            is_forum=is_forum,
        )
        self.webhooks[made.id] = made
        return made

    def add_thread(self, webhook: Webhook) -> str:
        """Open a thread in its channel, and return the thread's id."""
        webhook.threads.add(thread := self._new_id())
        return thread

    def url(self, webhook: Webhook | None = None) -> str:
        """Return the address that somebody copies; without a webhook of the first one."""
        webhook = webhook or self.webhook
        return f"{self.base_url}/api/webhooks/{webhook.id}/{webhook.token}"

    def count(self) -> Counter[str]:
        """Return how often each text is there."""
        return Counter(message.content for message in self.messages)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to: with a version in the path or without."""
        one = r"/api{version:(/v\d+)?}/webhooks/{webhook:\d+}/{token}"
        return [
            web.get(one, self._show_webhook),
            web.post(one, self._execute),
            web.get(one + r"/messages/{message:\d+}", self._show),
            web.patch(one + r"/messages/{message:\d+}", self._edit),
            web.delete(one + r"/messages/{message:\d+}", self._delete),
        ]

    def refuses(self, how: Mischief) -> Refusal | None:
        """Return Discord's words for a mischief."""
        match how:
            case Mischief.LIMITED | Mischief.LIMITED_UNTIL:
                return _too_many(2.0, {})
            case Mischief.UNAUTHORISED:
                return refusal(401, 50027, "Invalid Webhook Token")
            case Mischief.REFUSE:
                return refusal(400, 200000, "Message was blocked by automatic moderation")
        return None

    def not_found(self) -> Refusal:
        """Return what is said of a path that does not exist."""
        return refusal(404, 0, "404: Not Found")

    async def handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count each request, and say with each answer what is left."""
        if self.wants_user_agent and not _USER_AGENT.match(request.headers.get("User-Agent", "")):
            raise refusal(403, 40333, "internal network error")
        left = self.pace.take(request.match_info.get("webhook", ""), self.now())
        if left.is_over:
            wait_s = (left.resets_at - self.now()).total_seconds()
            raise _too_many(wait_s, self._limits(left))
        try:
            answer = await handler(request)
        except Refusal as no:
            raise Refusal(no.status, no.body, self._limits(left)) from no
        answer.headers.update(self._limits(left))
        return answer

    async def _show_webhook(self, request: web.Request) -> web.Response:
        webhook = self._webhook(request)
        return web.json_response(
            {
                "type": 1,
                "id": webhook.id,
                "token": webhook.token,
                "name": webhook.name,
                "avatar": None,
                "channel_id": webhook.channel_id,
                "guild_id": webhook.guild_id,
                "application_id": None,
                "url": self.url(webhook),
            }
        )

    async def _execute(self, request: web.Request) -> web.Response:
        webhook = self._webhook(request)
        body, files = await self._read(request)
        check_message(body, set(files), self.measure)
        if not files and not any(body.get(name) for name in ("content", "embeds", "poll")):
            raise refusal(400, 50006, "Cannot send an empty message")
        message = Message(
            id=self._new_id(),
            webhook=webhook,
            channel_id=self._thread(webhook, request.query.get("thread_id"), body),
            body=body,
            attachments=described(files, body),
            created_at=self.now(),
        )
        self.messages.append(message)
        if request.query.get("wait") not in ("true", "1"):
            return web.Response(status=204)
        return web.json_response(message.shown(self.base_url))

    def _thread(self, webhook: Webhook, thread_id: str | None, body: dict[str, Any]) -> str:
        """Return the id of where a message goes."""
        name = body.get("thread_name")
        if thread_id and name:
            raise refusal(400, 220002, "Only one of thread_name and thread_id can be used")
        if name and not webhook.is_forum:
            raise refusal(400, 220003, "Webhooks can only create threads in forum channels")
        if name:
            return self.add_thread(webhook)
        if webhook.is_forum and not thread_id:
            raise refusal(400, 220001, "Webhooks posted to forum channels need a thread")
        if thread_id and thread_id not in webhook.threads:
            raise refusal(404, 10003, "Unknown Channel")
        return thread_id or webhook.channel_id

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(self._message(request).shown(self.base_url))

    async def _edit(self, request: web.Request) -> web.Response:
        """Change what is sent; of the files stay those that are listed, or all without a list."""
        message = self._message(request)
        body, files = await self._read(request)
        there = {attachment.id: attachment for attachment in message.attachments}
        check_message(body, files.keys() | there.keys(), self.measure)
        if "attachments" in body:
            listed = {str(attachment["id"]) for attachment in body["attachments"]}
            there = {id_: attachment for id_, attachment in there.items() if id_ in listed}
        message.attachments = [*there.values(), *described(files, body)]
        message.body = message.body | body
        message.edited_at = self.now()
        return web.json_response(message.shown(self.base_url))

    async def _delete(self, request: web.Request) -> web.Response:
        self.messages.remove(self._message(request))
        return web.Response(status=204)

    async def _read(self, request: web.Request) -> tuple[dict[str, Any], dict[str, Attachment]]:
        """Return the body, and the files by the number that they were sent with."""
        try:
            if request.content_type == "application/json":
                return dict(await request.json()), {}
            fields = await request.post()
            body = json.loads(str(fields.get("payload_json", "{}")))
        except ValueError as error:
            raise refusal(400, 50109, "The request body contains invalid JSON.") from error
        files = {
            name.removeprefix("files[").removesuffix("]"): Attachment(
                self._new_id(), value.filename, value.file.read(), value.content_type, None
            )
            for name, value in fields.items()
            if isinstance(value, web.FileField)
        }
        if len(files) > MAX_FILES or any(
            len(file.content) > self.max_file_bytes for file in files.values()
        ):
            raise refusal(413, 40005, "Request entity too large")
        return body, files

    def _webhook(self, request: web.Request) -> Webhook:
        webhook = self.webhooks.get(request.match_info["webhook"])
        if webhook is None:
            raise refusal(404, 10015, "Unknown Webhook")
        if webhook.token != request.match_info["token"]:
            raise refusal(401, 50027, "Invalid Webhook Token")
        return webhook

    def _message(self, request: web.Request) -> Message:
        webhook = self._webhook(request)
        where = request.query.get("thread_id", webhook.channel_id)
        for message in self.messages:
            place = message.webhook, message.channel_id
            if message.id == request.match_info["message"] and place == (webhook, where):
                return message
        raise refusal(404, 10008, "Unknown Message")

    def _limits(self, left: Left) -> Mapping[str, str]:
        after_s = (left.resets_at - self.now()).total_seconds()
        return {
            "X-RateLimit-Limit": str(left.limit),
            "X-RateLimit-Remaining": str(max(left.remaining, 0)),
            "X-RateLimit-Reset": f"{left.resets_at.timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{after_s:.3f}",
            "X-RateLimit-Bucket": "a-bucket",
        }

    def _new_id(self) -> str:
        ms = int(self.now().timestamp() * 1000) - _EPOCH_MS
        return str((ms << 22) + next(self._numbers) % 2**22)


def _too_many(wait_s: float, limits: Mapping[str, str]) -> Refusal:
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(wait_s, 3),
        "global": False,
    }
    headers = {"Retry-After": str(math.ceil(wait_s)), "X-RateLimit-Scope": "user"}
    return Refusal(429, body, {**limits, **headers})
