"""A simulated Discord as the contract's stage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialapp.providers.contract import Access, Provider
from socialapp.providers.discord import Discord as Adapter
from socialapp.providers.http import Http
from tests.networks.mischief import Mischief
from tests.servers.discord.messages import Webhook
from tests.servers.discord.server import Discord

DISCORD_CAN = frozenset(Mischief) - {Mischief.LIMITED_UNTIL}
"""It says how long to wait in seconds, never until when."""


def access_of(discord: Discord, webhook: Webhook | None = None, **known: Any) -> Access:
    """Return the access to a webhook, as a connected channel has it."""
    webhook = webhook or discord.webhook
    return Access(
        base_url=discord.base_url,
        account=webhook.name,
        remote_id=webhook.channel_id,
        secrets={"webhook": webhook.id, "token": webhook.token},
        known={
            "guild_id": webhook.guild_id,
            "channel_id": webhook.channel_id,
            "thread_id": "",
            "is_forum": webhook.is_forum,
            **known,
        },
    )


@dataclass
class DiscordStage:
    """One webhook of a server."""

    provider: Provider
    access: Access
    discord: Discord

    async def posted(self) -> list[str]:
        return [message.content for message in self.discord.messages]

    async def disturb(self, how: Mischief) -> None:
        self.discord.disturb(how)

    async def another_account(self) -> Access:
        return access_of(self.discord, self.discord.add_webhook("Lighthouse"))

    async def outlive_keys(self) -> None:
        """It keeps none."""


@asynccontextmanager
async def discord_stage(_database_url: str, _folder: Path) -> AsyncIterator[DiscordStage]:
    """Webhooks of a server of this test's own."""
    async with Discord() as discord, Http(connect_s=1, request_s=1, allow_private=True) as http:
        yield DiscordStage(Adapter(http), access_of(discord), discord)
