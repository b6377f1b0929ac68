"""What Telegram keeps: chats, what the bot may do in them, messages and files."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ChatType = Literal["private", "group", "supergroup", "channel"]
BotStatus = Literal["administrator", "member", "left", "kicked"]


@dataclass(eq=False)
class Chat:
    """Where messages go; its fields may be changed while the server runs."""

    id: int
    type: ChatType
    title: str
    username: str = ""
    """Without one it is private, and its messages have no public address."""
    bot_status: BotStatus = "administrator"
    can_post_messages: bool = True
    migrated_to: int | None = None
    """A group that became a supergroup has another number from then on."""
    threads: set[int] = field(default_factory=set)

    def shown(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        shown = {"id": self.id, "type": self.type, "title": self.title}
        return shown | ({"username": self.username} if self.username else {})


@dataclass(eq=False)
class File:
    """A file; who knows its id sends it again without its content."""

    id: str
    kind: str
    name: str
    mime: str
    content: bytes
    size: tuple[int, int] | None = None

    def shown(self) -> dict[str, Any]:
        """Return it as a document, or as one size of a picture."""
        shown: dict[str, Any] = {
            "file_id": self.id,
            "file_unique_id": self.id[-16:],
            "file_size": len(self.content),
        }
        if self.size:
            shown["width"], shown["height"] = self.size
        if self.kind != "photo":
            shown |= {"file_name": self.name, "mime_type": self.mime}
        return shown


@dataclass(eq=False)
class Message:
    """What the bot has sent."""

    id: int
    chat: Chat
    sent_at: datetime
    text: str
    """Plain; the caption when there is a file."""
    entities: list[dict[str, Any]]
    file: File | None
    options: dict[str, Any]
    """What was asked for beside the content, as it came."""
    reply_to: "Message | None" = None
    album: str = ""

    def shown(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        shown: dict[str, Any] = {
            "message_id": self.id,
            "date": int(self.sent_at.timestamp()),
            "chat": self.chat.shown(),
        }
        if self.chat.type == "channel":
            shown["sender_chat"] = self.chat.shown()
        if self.file:
            file = self.file.shown()
            shown[self.file.kind] = [file] if self.file.kind == "photo" else file
        if self.text:
            shown["caption" if self.file else "text"] = self.text
        if self.entities:
            shown["caption_entities" if self.file else "entities"] = self.entities
        if self.album:
            shown["media_group_id"] = self.album
        if self.reply_to:
            shown["reply_to_message"] = self.reply_to.shown()
        if "message_thread_id" in self.options:
            shown["message_thread_id"] = int(self.options["message_thread_id"])
        return shown
