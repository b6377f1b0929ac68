"""A simulated Telegram as the contract's stage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Http
from socialapp.providers.telegram import Telegram as Adapter
from tests.networks.mischief import Mischief
from tests.servers.telegram.chats import Chat
from tests.servers.telegram.server import Telegram


def access_of(telegram: Telegram, chat: Chat | None = None) -> Access:
    """Return the access of the bot to a chat, as a connected channel has it."""
    chat = chat or telegram.channel
    return Access(
        base_url=telegram.base_url,
        account=f"@{chat.username}" if chat.username else chat.title,
        remote_id=str(chat.id),
        secrets={"token": telegram.token},
        known={"bot": "harbour_bot"},
    )


@dataclass
class TelegramStage:
    """One bot in a channel."""

    provider: Provider
    access: Access
    telegram: Telegram

    async def posted(self) -> list[str]:
        return [message.text for message in self.telegram.messages]

    async def disturb(self, how: Mischief) -> None:
        self.telegram.disturb(how)

    async def another_account(self) -> Access:
        return access_of(self.telegram, self.telegram.add_chat("channel", "Lighthouse"))

    async def outlive_keys(self) -> None:
        """It keeps none."""


@asynccontextmanager
async def telegram_stage(_database_url: str, _folder: Path) -> AsyncIterator[TelegramStage]:
    """A Telegram of this test's own."""
    async with Telegram() as telegram, Http(connect_s=1, request_s=1, allow_private=True) as http:
        yield TelegramStage(Adapter(http), access_of(telegram), telegram)
