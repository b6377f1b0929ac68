"""What Discord keeps: addresses to post to, and messages with their files."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(eq=False)
class Webhook:
    """An address that posts into a channel; who knows it may post."""

    id: str
    token: str
    name: str
    channel_id: str
    guild_id: str
    is_forum: bool
    threads: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Attachment:
    """A file in a message."""

    id: str
    filename: str
    content: bytes
    mime: str
    description: str | None

    def shown(self, folder_url: str) -> dict[str, Any]:
        """Return it as the API shows it; its address is signed and expires."""
        shown = {
            "id": self.id,
            "filename": self.filename,
            "size": len(self.content),
            "content_type": self.mime,
            "url": f"{folder_url}/{self.id}/{self.filename}?ex=0&is=0&hm=0",
        }
        return shown | ({"description": self.description} if self.description else {})


@dataclass(eq=False)
class Message:
    """What was posted."""

    id: str
    webhook: Webhook
    channel_id: str
    """Of the thread, when it is in one."""
    body: dict[str, Any]
    """As it was sent."""
    attachments: list[Attachment]
    created_at: datetime
    edited_at: datetime | None = None

    @property
    def content(self) -> str:
        """Its text."""
        return str(self.body.get("content") or "")

    @property
    def pings_everyone(self) -> bool:
        """Whether all members are called, which is so unless the message forbids it."""
        allowed = self.body.get("allowed_mentions")
        is_allowed = allowed is None or "everyone" in (allowed.get("parse") or [])
        return is_allowed and _EVERYONE.search(self.content) is not None

    def shown(self, base_url: str) -> dict[str, Any]:
        """Return it as the API shows it."""
        name = self.body.get("username") or self.webhook.name
        author = {"id": self.webhook.id, "username": name, "avatar": None, "bot": True}
        files = f"{base_url}/attachments/{self.channel_id}"
        return {
            "id": self.id,
            "type": 0,
            "channel_id": self.channel_id,
            "webhook_id": self.webhook.id,
            "author": author,
            "content": self.content,
            "embeds": self.body.get("embeds") or [],
            "attachments": [attachment.shown(files) for attachment in self.attachments],
            "mention_everyone": self.pings_everyone,
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
            "tts": bool(self.body.get("tts")),
            "flags": self.body.get("flags") or 0,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
        }


def described(files: dict[str, Attachment], body: dict[str, Any]) -> list[Attachment]:
    """Give each file the alternative text that the body has for its number."""
    for attachment in body.get("attachments") or []:
        if file := files.get(str(attachment["id"])):
            file.description = attachment.get("description")
            file.filename = attachment.get("filename") or file.filename
    return list(files.values())
