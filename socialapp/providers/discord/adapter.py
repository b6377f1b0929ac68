"""Discord, through the webhook of one channel.

Source: https://discord.com/developers/docs/resources/webhook
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialapp.domain.content import MIB, Capabilities, Look, Option, PollLimits
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Disconnected, Posted, Refused
from socialapp.providers import files
from socialapp.providers.contract import Access, Account, Connected, Field, PublishFailed, Way
from socialapp.providers.discord import answer as answers
from socialapp.providers.discord.answer import HOME, snowflake
from socialapp.providers.discord.message import (
    HOUR_S,
    LONGEST_POLL_H,
    THREAD_NAME_LIMIT,
    message,
    thread_of,
    uploads,
)
from socialapp.providers.http import Http, without
from socialapp.providers.intent import Intent

_HOSTS = re.compile(r"((canary|ptb)\.)?discord(app)?\.com")
_PATH = re.compile(r"/api(?:/v\d+)?/webhooks/(\d{1,25})/([\w-]{20,200})/?", re.ASCII)


class Discord:
    """A channel, a thread or a forum of a Discord server, posted to without a bot."""

    key = "discord"
    name = "Discord"
    capabilities = Capabilities(
        text_limit=2000,
        # Discord does not say what it counts. By staff it was code points in 2020; no text has
        # more of them than of UTF-16 units, so this one is safe either way.
        # https://github.com/discord/discord-api-docs/issues/1315
        count="utf16",
        images=10,
        videos=10,
        mixes_media=True,
        image_bytes=10 * MIB,
        video_bytes=10 * MIB,
        alt_text_limit=1024,
        parts=25,
        poll=PollLimits(10, 55, HOUR_S, LONGEST_POLL_H * HOUR_S),
        look=Look("beside", accent="#5865f2", handle=""),
        options=(
            Option("spoiler", "Hide pictures and videos until they are clicked", kind="switch"),
            Option("link_card", "Show previews of links", kind="switch"),
            Option("silent", "Without a notification", kind="switch"),
            Option("mentions", "Mentions notify people", kind="switch"),
            Option("poll", "Poll", kind="poll"),
            Option("thread_name", "Title of the thread in a forum", at_most=THREAD_NAME_LIMIT),
            Option("thread_tags", "Tags of the thread in a forum, by their ids", "tags", at_most=5),
            Option("username", "Shown as posted by", at_most=80),
            Option("avatar_url", "Picture of who posts", at_most=2048, hint="An https address."),
        ),
        source="https://discord.com/developers/docs/resources/webhook#execute-webhook",
    )
    ways: tuple[Way, ...] = (
        Way(
            "webhook",
            "A webhook",
            "In Discord: Edit channel > Integrations > Webhooks > New webhook > Copy webhook URL."
            " Who has this address can post there, so it is kept sealed and never shown.",
            (
                Field(
                    "url",
                    "Webhook URL",
                    is_secret=True,
                    placeholder="https://discord.com/api/webhooks/…",
                ),
                Field(
                    "thread",
                    "Thread",
                    hint="The id of a thread of this channel, to post in it. Discord shows it under"
                    " Copy thread ID, in developer mode.",
                    is_optional=True,
                ),
                Field(
                    "forum",
                    "Kind of channel",
                    choices=(
                        ("", "A text channel, or one thread"),
                        ("yes", "A forum or media channel: each post opens a thread"),
                    ),
                    is_optional=True,
                ),
            ),
        ),
    )

    def __init__(self, http: Http) -> None:
        self._http = http
        # Who does not say this may be kept out:
        # https://discord.com/developers/docs/reference#user-agent
        who = http.public_url or "socialapp"
        self._headers = {"User-Agent": f"DiscordBot ({who}, {http.version})"}

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Ask Discord whether the webhook is there."""
        address, webhook, token, thread = self._read(given["url"])
        thread = given.get("thread", "") or thread
        if thread and not snowflake(thread):
            raise Rejected(Problem("thread_invalid", "A thread's id is a long number.", "thread"))
        known = {"thread_id": thread, "is_forum": not thread and given.get("forum") == "yes"}
        secrets = {"webhook": webhook, "token": token}
        account = await self.verify(Access(address, "", secrets=secrets, known=known))
        return Connected(account, secrets, address)

    def _read(self, url: str) -> tuple[str, str, str, str]:
        """Return the server, the id and the token of a webhook, and the thread if it names one."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _no_webhook() from None
        found = _PATH.fullmatch(parts.path)
        is_discord = bool(_HOSTS.fullmatch(host)) and parts.scheme == "https" and port is None
        if not found or "@" in parts.netloc or not (is_discord or self._http.allows_private):
            raise _no_webhook()
        address = HOME if is_discord else f"{parts.scheme}://{parts.netloc}"
        thread = parse_qs(parts.query).get("thread_id", [""])[0]
        return address, found[1], found[2], thread

    async def verify(self, access: Access) -> Account:
        """Ask for the webhook. Whether its thread is there only a post can tell."""
        answer = await self._http.send("GET", _url(access), headers=self._headers)
        if answer.status != 200:
            raise PublishFailed(answers.unverified(answer))
        said = answers.said(answer)
        guild, channel = snowflake(said.get("guild_id")), snowflake(said.get("channel_id"))
        if said.get("type") != 1 or not channel:
            reason = "That address is not one of a webhook that posts. Copy it again in Discord."
            raise PublishFailed(Refused(reason, action="reconnect"))
        thread = snowflake(access.known.get("thread_id"))
        given = said.get("name")
        name = given if isinstance(given, str) and given.strip() else self.name
        name = without(name, [access.secrets["token"]])[:100]
        return Account(
            remote_id=thread or channel,
            name=name,
            handle=name,
            url=f"{HOME}/channels/{guild}/{thread or channel}" if guild else "",
            known={
                "guild_id": guild,
                "channel_id": channel,
                "thread_id": thread,
                "is_forum": bool(access.known.get("is_forum")),
            },
        )

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post a message. Discord takes a repeat for another, and cannot be asked for the first."""
        thread = thread_of(intent, access)
        body = message(intent, access, thread=thread)
        query = {"wait": "true"} | ({"thread_id": thread} if thread else {})
        request: dict[str, Any] = {"params": query, "headers": self._headers, "leaving": leaving}
        if intent.part.media:
            async with files.form({"payload_json": json.dumps(body)}, uploads(intent)) as form:
                answer = await self._http.send("POST", _url(access), data=form, **request)
        else:
            answer = await self._http.send("POST", _url(access), json=body, **request)
        if answer.status != 200:
            raise PublishFailed(answers.refusal(answer, access))
        return answers.posted(answer, access, thread=thread)

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Delete a message; a thread that it opened stays, with what others wrote there."""
        thread = (posted.get("kept") or {}).get("thread_id") or access.known.get("thread_id")
        answer = await self._http.send(
            "DELETE",
            f"{_url(access)}/messages/{posted['remote_id']}",
            params={"thread_id": snowflake(thread)} if thread else {},
            headers=self._headers,
        )
        if answer.status != 204 and not answers.is_gone(answer):
            raise PublishFailed(answers.refusal(answer, access))


def _no_webhook() -> Rejected:
    message = (
        "That is not the address of a Discord webhook. It begins with"
        " https://discord.com/api/webhooks/ and is copied in the channel's settings."
    )
    return Rejected(Problem("webhook_invalid", message, "url"))


def _url(access: Access) -> str:
    """Return the address of the webhook: a secret, as a whole."""
    webhook, token = (access.secrets.get(key) for key in ("webhook", "token"))
    if not webhook or not token:
        reason = "The webhook's address is not here any more. Nothing was posted. Connect it again."
        raise PublishFailed(Disconnected(reason))
    return f"{access.base_url}/api/v10/webhooks/{webhook}/{token}"
