"""Receivers that keep the standard as the contract's stage."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialapp.providers.contract import Access, Provider
from socialapp.providers.http import Http
from socialapp.providers.webhook import Webhook
from tests.networks.mischief import Mischief
from tests.servers.webhook import WebhookReceiver

WEBHOOK_CAN = frozenset(Mischief) - {Mischief.RUBBISH, Mischief.TRUNCATED, Mischief.HUGE}
"""Success is success, whatever else it says."""


def access_of(receiver: WebhookReceiver, **known: Any) -> Access:
    """Return the access to a receiver, as a connected channel has it."""
    return Access(
        base_url=receiver.base_url,
        account=receiver.base_url.removeprefix("http://"),
        secrets={"secret": receiver.secret, "path": "/hook"},
        known={"repeats": "ignores", "files_mb": "5", **known},
    )


@dataclass
class WebhookStage:
    """Two receivers."""

    provider: Provider
    access: Access
    receivers: tuple[WebhookReceiver, WebhookReceiver]

    async def posted(self) -> list[str]:
        came = sorted(
            (post for receiver in self.receivers for post in receiver.posts.values()),
            key=lambda post: post.at,
        )
        return [post.body["data"]["text"] for post in came]

    async def disturb(self, how: Mischief) -> None:
        self.receivers[0].disturb(how)

    async def another_account(self) -> Access:
        return access_of(self.receivers[1])

    async def outlive_keys(self) -> None:
        """They keep the ids for ever."""


@asynccontextmanager
async def webhook_stage(_database_url: str, _folder: Path) -> AsyncIterator[WebhookStage]:
    """Receivers of this test's own."""
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(WebhookReceiver()) for _ in range(2)]
        http = Http(connect_s=1, request_s=1, allow_private=True)
        await stack.enter_async_context(http)
        yield WebhookStage(Webhook(http), access_of(one), (one, other))
