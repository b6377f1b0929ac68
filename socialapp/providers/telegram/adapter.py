"""Telegram, through a bot that may post in a channel or group.

Source: https://core.telegram.org/bots/api
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from socialapp.domain import addresses
from socialapp.domain.content import MIB, Capabilities, Look, Option, PollLimits
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Disconnected, Posted, Unknown
from socialapp.providers import files
from socialapp.providers.contract import Access, Account, Connected, Field, PublishFailed, Way
from socialapp.providers.http import Http, without
from socialapp.providers.intent import Intent
from socialapp.providers.telegram import answer as answers
from socialapp.providers.telegram.answer import Moved, username
from socialapp.providers.telegram.message import message

HOME = "https://api.telegram.org"
_TOKEN = re.compile(r"\d{3,20}:[\w-]{30,100}", re.ASCII)
_CHAT = re.compile(
    r"(?:(?:https?://)?(?:t(?:elegram)?\.me)/)?"
    r"(?:(?:c/(?P<inside>\d{5,20}))|@?(?P<name>[A-Za-z]\w{3,31})|(?P<id>-?\d{1,20}))(?:/\d+)*/?",
    re.ASCII,
)


class Telegram:
    """A channel, a group or a chat with one person, posted to by a bot."""

    key = "telegram"
    name = "Telegram"
    capabilities = Capabilities(
        text_limit=4096,
        count="code_points",
        media_text_limit=1024,
        images=10,
        videos=10,
        mixes_media=True,
        gif_stands_alone=True,
        image_bytes=10 * MIB,
        image_sides=10_000,
        ratio=(1 / 20, 20),
        video_bytes=50 * MIB,
        gif_bytes=50 * MIB,
        alt_text_limit=0,
        parts=25,
        poll=PollLimits(12, 100, 5, 2_628_000),
        look=Look("bubble", accent="#2aabee", handle="", media_first=True),
        options=(
            Option("spoiler", "Hide pictures and videos until they are tapped", kind="switch"),
            Option("link_card", "Show a preview of the first link", kind="switch"),
            Option("silent", "Without a sound", kind="switch"),
            Option("as_file", "Send pictures and videos as files, untouched", kind="switch"),
            Option("protected", "Cannot be forwarded or saved", kind="switch"),
            Option("topic", "Topic of a forum", hint="The first number in the topic's link."),
            Option("poll", "Poll", kind="poll"),
        ),
        source="https://core.telegram.org/bots/api#sendmessage",
    )
    ways: tuple[Way, ...] = (
        Way(
            "bot",
            "A bot",
            "Make a bot with @BotFather and copy its token. Add the bot to the administrators of"
            " the channel with the right to post messages; in a group it is enough to be a member.",
            (
                Field("token", "Bot token", is_secret=True, placeholder="123456:ABC-DEF…"),
                Field(
                    "chat",
                    "Channel or group",
                    hint="@name of a public one. Of a private one the link to any of its messages,"
                    " like https://t.me/c/1234567890/1, or its number, which begins with -100.",
                    placeholder="@name",
                ),
                Field(
                    "server",
                    "Bot API server",
                    hint="Only if you run one of your own.",
                    placeholder=HOME,
                    is_optional=True,
                ),
            ),
        ),
    )

    def __init__(self, http: Http) -> None:
        self._http = http

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Ask whether the bot is there, and may post in the chat."""
        if not _TOKEN.fullmatch(token := given["token"].strip()):
            message = "That is not a bot's token. @BotFather shows it under API Token."
            raise Rejected(Problem("token_invalid", message, "token"))
        server = given.get("server") or HOME
        allow_http = self._http.allows_private
        address = addresses.read(server, field="server", allow_http=allow_http)
        access = Access(address, "", _chat_id(given["chat"]), secrets={"token": token})
        return Connected(await self.verify(access), {"token": token}, address)

    async def verify(self, access: Access) -> Account:
        """Ask who the bot is, what the chat is, and whether the bot may post there."""
        bot = await self._ask("getMe", access)
        chat = await self._ask("getChat", access, {"chat_id": access.remote_id})
        if chat.get("type") == "group":
            chat = await self._moved(chat, access)
        if chat.get("type") != "private":
            about = {"chat_id": chat["id"], "user_id": bot["id"]}
            member = await self._call("getChatMember", access, about, nothing="")
            if wrong := _wrong(member, chat, username(bot)):
                raise PublishFailed(Disconnected(wrong))
        public, title = username(chat), without(_title(chat), [_token(access)])
        return Account(
            remote_id=str(chat["id"]),
            name=title,
            handle=f"@{public}" if public else title,
            url=f"https://t.me/{public}" if public else "",
            known={"bot": username(bot)},
        )

    async def _moved(self, group: dict[str, Any], access: Access) -> dict[str, Any]:
        """Return the supergroup that a group has become: only what writes is told its number."""
        try:
            typing = {"chat_id": group["id"], "action": "typing"}
            await self._call("sendChatAction", access, typing, nothing="")
        except Moved as moved:
            return await self._ask("getChat", access, {"chat_id": moved.to})
        return group

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Send a message. Telegram takes a repeat for another, and shows a bot nothing it sent."""
        made = message(intent)
        kept = intent.posted[-1].get("kept", {}) if intent.posted else {}
        made.fields["chat_id"] = kept.get("chat_id") or access.remote_id
        try:
            sent = await self._call(made.method, access, made.fields, made.uploads, leaving)
        except Moved as moved:
            # Surely not sent: the group has another number from now on. verify() learns it.
            made.fields["chat_id"] = moved.to
            sent = await self._call(made.method, access, made.fields, made.uploads, leaving)
        return answers.posted(sent, access)

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Delete a message, or all of an album; those that are gone already are passed over."""
        kept = posted.get("kept") or {}
        numbers = kept.get("message_ids") or [int(posted["remote_id"])]
        where = kept.get("chat_id") or access.remote_id
        await self._call("deleteMessages", access, {"chat_id": where, "message_ids": numbers})

    async def _ask(
        self, method: str, access: Access, fields: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask for something that has a number. Raises PublishFailed."""
        found = await self._call(method, access, fields or {}, nothing="")
        if not isinstance(found, dict) or type(found.get("id")) is not int:
            raise PublishFailed(Unknown("Telegram's answer could not be read."))
        return found

    async def _call(
        self,
        method: str,
        access: Access,
        fields: Mapping[str, Any],
        uploads: Sequence[files.Upload] = (),
        leaving: Callable[[], None] | None = None,
        *,
        nothing: str = answers.NOTHING_POSTED,
    ) -> Any:
        """Return the result of a method. Raises PublishFailed."""
        url = f"{access.base_url}/bot{_token(access)}/{method}"
        if uploads:
            written = {key: _written(value) for key, value in fields.items()}
            async with files.form(written, uploads) as form:
                answer = await self._http.send("POST", url, data=form, leaving=leaving)
        else:
            answer = await self._http.send("POST", url, json=dict(fields), leaving=leaving)
        return answers.result(answer, access, nothing=nothing)


def _token(access: Access) -> str:
    """Return the bot's token: it stands in each address, so that none of them is ever shown."""
    if token := access.secrets.get("token"):
        return str(token)
    reason = "The bot's token is not here any more. Nothing was posted. Connect the channel again."
    raise PublishFailed(Disconnected(reason))


def _written(value: Any) -> str:
    """Return a value as it stands in a form."""
    return value if isinstance(value, str) else json.dumps(value)


def _chat_id(words: str) -> str:
    """Return what the API calls the chat that somebody typed, or linked to."""
    found = _CHAT.fullmatch(words.strip())
    if not found:
        message = (
            "That names no channel or group; an invitation does not, either. Write @name, a link to"
            " a message like https://t.me/c/1234567890/1, or a number like -1001234567890."
        )
        raise Rejected(Problem("chat_invalid", message, "chat"))
    if found["inside"]:
        return f"-100{found['inside']}"
    return f"@{found['name']}" if found["name"] else found["id"]


def _title(chat: Mapping[str, Any]) -> str:
    words = chat.get("title") or chat.get("first_name")
    return words[:100] if isinstance(words, str) else username(chat) or str(chat["id"])


def _wrong(member: Any, chat: Mapping[str, Any], bot: str) -> str:
    """Say what keeps the bot from posting, and what to do about it; "" when nothing does."""
    member = member if isinstance(member, dict) else {}
    who = f"Telegram: @{bot or 'the bot'} in {_title(chat)}"
    is_channel, status = chat.get("type") == "channel", member.get("status")
    if status in {"left", "kicked"} or (status == "restricted" and not member.get("is_member")):
        return f"{who} is no member. Add the bot there, and try again."
    if status in {"creator", "administrator"}:
        if not is_channel or member.get("can_post_messages") is not False:
            return ""
        return f"{who} may not post. Give it the right: Administrators > @{bot} > Post messages."
    if is_channel:
        return f"{who} is no administrator. Make it one, with the right to post messages."
    rights = member if status == "restricted" else chat.get("permissions")
    if isinstance(rights, dict) and rights.get("can_send_messages") is False:
        return f"{who} may not write. Allow members to, or make the bot an administrator."
    return ""
