"""Telegram's Bot API of our own making, as strict as the real one, and able to misbehave.

Of the ways to mark up a text it reads HTML. Source: https://core.telegram.org/bots/api
"""

import itertools
import math
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.networks.mischief import Mischief
from tests.servers.given import given
from tests.servers.pace import Left, Pace
from tests.servers.simulator import Refusal, Simulator
from tests.servers.telegram.chats import Chat, ChatType, File, Message
from tests.servers.telegram.entities import UnreadableError, parse_html
from tests.servers.telegram.files import Files
from tests.servers.telegram.words import (
    bad_request,
    forbidden,
    read_parameters,
    refusal,
    structured,
)

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_QUESTION, MAX_OPTIONS, MAX_OPTION = 300, 12, 100
SHORTEST_POLL_S, LONGEST_POLL_S = 5, 2_628_000
MAX_DELETED = 100
BOT_ID = 123456789
_TOKEN = re.compile(r"\d+:[\w-]{35}")
_CONTENT = {"text", "caption", "photo", "video", "document", "animation", "media", "chat_id"}
_ALONE_IN_AN_ALBUM = ("document", "audio")
Parameters = dict[str, Any]


class Telegram(Simulator):
    """One bot, and the chats that it knows."""

    publishing_paths = r"/bot[^/]+/send\w+"

    def __init__(self) -> None:
        super().__init__()
        self.token = given(f"{BOT_ID}:{secrets.token_hex(18)[:35]}", "a bot's token")
        self.files = Files()
        self.messages: list[Message] = []
        """What is there, oldest first."""
        self.pace = Pace(20, timedelta(minutes=1))
        """For each group and channel; an album counts once for each of its items."""
        self.chats: dict[int, Chat] = {}
        self._last_ids: Counter[int] = Counter()
        self._numbers = itertools.count(1)
        self.channel = self.add_chat("channel", "Harbour", username="harbour")
        self._methods: dict[str, Callable[[Parameters], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "getchatmember": self._get_chat_member,
            "sendmessage": self._send_message,
            "sendphoto": lambda asked: self._send_file("photo", asked),
            "sendvideo": lambda asked: self._send_file("video", asked),
            "senddocument": lambda asked: self._send_file("document", asked),
            "sendanimation": lambda asked: self._send_file("animation", asked),
            "sendmediagroup": self._send_album,
            "sendpoll": self._send_poll,
            "sendchataction": self._act,
            "deletemessage": self._delete,
            "deletemessages": self._delete_some,
        }

    def add_chat(self, type_: ChatType, title: str, *, username: str = "") -> Chat:
        """Make a chat with the bot in it."""
        number = next(self._numbers)
        id_ = {"private": number, "group": -number}.get(type_, -1_000_000_000_000 - number)
        self.chats[id_] = Chat(id_, type_, title, username)
        return self.chats[id_]

    def migrate(self, group: Chat) -> Chat:
        """Make a group a supergroup: its old number is refused, and the new one named."""
        made = self.add_chat("supergroup", group.title, username=group.username)
        group.migrated_to = made.id
        return made

    def count(self) -> Counter[str]:
        """Return how often each text is there."""
        return Counter(message.text for message in self.messages)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [web.route("*", "/bot{token}/{method}", self._call)]

    def refuses(self, how: Mischief) -> Refusal | None:
        """Return Telegram's words for a mischief."""
        match how:
            case Mischief.LIMITED | Mischief.LIMITED_UNTIL:
                return _too_many(2)
            case Mischief.UNAUTHORISED:
                return refusal(401, "Unauthorized")
            case Mischief.REFUSE:
                return bad_request("message is too long")
            case Mischief.FAIL:
                return refusal(500, "Internal Server Error")
        return None

    def not_found(self) -> Refusal:
        """Return what is said of a path that does not exist."""
        return refusal(404, "Not Found")

    async def _call(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        if not _TOKEN.fullmatch(token):
            raise self.not_found()
        if token != self.token:
            raise refusal(401, "Unauthorized")
        if method not in self._methods:
            raise self.not_found()
        result = await self._methods[method](await read_parameters(request))
        return web.json_response({"ok": True, "result": result})

    # Who and where

    async def _get_me(self, _: Parameters) -> Any:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Bot", "username": "harbour_bot"}

    async def _get_chat(self, asked: Parameters) -> Any:
        chat = self._chat(asked)
        _check_is_in(chat)
        return chat.shown()

    async def _get_chat_member(self, asked: Parameters) -> Any:
        chat = self._chat(asked)
        if str(asked.get("user_id")) != str(BOT_ID):
            raise bad_request("user not found")
        member = {"user": await self._get_me(asked), "status": chat.bot_status}
        if chat.bot_status == "administrator":
            member["can_post_messages"] = chat.can_post_messages
        return member

    def _chat(self, asked: Parameters) -> Chat:
        wanted = str(asked.get("chat_id", ""))
        if not wanted:
            raise bad_request("chat_id is empty")
        for chat in self.chats.values():
            if wanted == str(chat.id) or (chat.username and wanted == f"@{chat.username}"):
                return chat
        raise bad_request("chat not found")

    # Sending

    async def _send_message(self, asked: Parameters) -> Any:
        chat = self._open_chat(asked)
        text, entities = _read_text(asked, "text", MAX_TEXT)
        if not text:
            raise bad_request("message text is empty")
        return self._send(chat, asked, text, entities).shown()

    async def _send_file(self, kind: str, asked: Parameters) -> Any:
        chat = self._open_chat(asked)
        file = self.files.take(kind, asked.get(kind), asked)
        text, entities = _read_text(asked, "caption", MAX_CAPTION)
        return self._send(chat, asked, text, entities, file).shown()

    async def _send_album(self, asked: Parameters) -> Any:
        items = structured(asked, "media") or []
        if not 2 <= len(items) <= 10:
            raise bad_request("an album has 2 to 10 items")
        chat = self._open_chat(asked, number=len(items))
        kinds = {item.get("type") for item in items}
        if not kinds <= {"photo", "video", "document", "audio"} or (
            len(kinds) > 1 and kinds & set(_ALONE_IN_AN_ALBUM)
        ):
            raise bad_request("Can't use the media of the specified type in the album")
        # Read first, sent then: an album is there as a whole or not at all.
        read = [
            (*_read_text(item, "caption", MAX_CAPTION), self._item(item, asked)) for item in items
        ]
        album = str(secrets.randbits(60))
        sent = [self._send(chat, asked, *one, album=album) for one in read]
        return [message.shown() for message in sent]

    async def _send_poll(self, asked: Parameters) -> Any:
        chat = self._open_chat(asked)
        question, options = str(asked.get("question") or ""), structured(asked, "options") or []
        if not 1 <= len(question) <= MAX_QUESTION:
            raise bad_request("poll question length must not exceed 300")
        if not 1 <= len(options) <= MAX_OPTIONS:
            raise bad_request("poll must have at least 1 option")
        if any(not 1 <= len(option["text"]) <= MAX_OPTION for option in options):
            raise bad_request("poll options length must not exceed 100")
        if not SHORTEST_POLL_S <= int(asked.get("open_period", 60)) <= LONGEST_POLL_S:
            raise bad_request("can't use the open_period")
        if len(str(asked.get("description") or "")) > MAX_CAPTION:
            raise bad_request("poll description is too long")
        return self._send(chat, asked, question, []).shown()

    async def _act(self, asked: Parameters) -> Any:
        self._writable_chat(asked)
        return True

    def _item(self, item: Parameters, asked: Parameters) -> File:
        return self.files.take(item["type"], item.get("media"), asked)

    def _send(
        self,
        chat: Chat,
        asked: Parameters,
        text: str,
        entities: list[dict[str, Any]],
        file: File | None = None,
        *,
        album: str = "",
    ) -> Message:
        self._last_ids[chat.id] += 1
        message = Message(
            id=self._last_ids[chat.id],
            chat=chat,
            sent_at=self.now(),
            text=text,
            entities=entities,
            file=file,
            options={
                name: value
                for name, value in asked.items()
                if name not in _CONTENT and not isinstance(value, web.FileField)
            },
            reply_to=self._replied_to(chat, asked),
            album=album,
        )
        self.messages.append(message)
        return message

    def _open_chat(self, asked: Parameters, *, number: int = 1) -> Chat:
        """Return where to send. Raises Refusal when the bot may not, or sends too often."""
        chat = self._writable_chat(asked)
        if chat.type != "private":
            left = self.pace.take(str(chat.id), self.now(), number)
            if left.is_over:
                raise _too_many(self._wait_s(left))
        return chat

    def _writable_chat(self, asked: Parameters) -> Chat:
        """Return where the bot may write; only there it is told that a group has moved."""
        chat = self._chat(asked)
        if chat.migrated_to:
            words = "group chat was upgraded to a supergroup chat"
            raise bad_request(words, migrate_to_chat_id=chat.migrated_to)
        _check_is_in(chat)
        is_heard = chat.bot_status == "administrator" and chat.can_post_messages
        if chat.type == "channel" and not is_heard:
            raise bad_request("need administrator rights in the channel chat")
        thread = asked.get("message_thread_id")
        if thread and int(thread) not in chat.threads:
            raise bad_request("message thread not found")
        return chat

    def _replied_to(self, chat: Chat, asked: Parameters) -> Message | None:
        reply = structured(asked, "reply_parameters")
        if not reply:
            return None
        for message in self.messages:
            if message.chat is chat and message.id == reply.get("message_id"):
                return message
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    async def _delete(self, asked: Parameters) -> Any:
        chat = self._chat(asked)
        for message in self.messages:
            if message.chat is chat and str(message.id) == str(asked.get("message_id")):
                self.messages.remove(message)
                return True
        raise bad_request("message to delete not found")

    async def _delete_some(self, asked: Parameters) -> Any:
        """Delete those that are there."""
        chat, numbers = self._chat(asked), structured(asked, "message_ids") or []
        if not 1 <= len(numbers) <= MAX_DELETED:
            raise bad_request("message identifiers are not specified")
        self.messages = [m for m in self.messages if m.chat is not chat or m.id not in numbers]
        return True

    def _wait_s(self, left: Left) -> int:
        return math.ceil((left.resets_at - self.now()).total_seconds())


def _check_is_in(chat: Chat) -> None:
    if chat.bot_status == "kicked":
        who = "blocked by the user" if chat.type == "private" else f"kicked from the {_kind(chat)}"
        raise forbidden(f"bot was {who}")
    if chat.bot_status == "left":
        raise forbidden(f"bot is not a member of the {_kind(chat)}")


def _kind(chat: Chat) -> str:
    return f"{chat.type} chat"


def _read_text(asked: Parameters, name: str, most: int) -> tuple[str, list[dict[str, Any]]]:
    """Return a text without its marks, and those; the limit is on what is left, in code points."""
    text, mode = str(asked.get(name) or ""), str(asked.get("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    if mode:
        try:
            text, entities = parse_html(text)
        except UnreadableError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    else:
        text, entities = text.strip(), structured(asked, "entities") or []
    if len(text) > most:
        raise bad_request(
            "message is too long" if name == "text" else "message caption is too long"
        )
    return text, entities


def _too_many(wait_s: int) -> Refusal:
    return refusal(429, f"Too Many Requests: retry after {wait_s}", retry_after=wait_s)
