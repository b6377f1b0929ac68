"""Where the contract is played: an adapter, the network it speaks to, and ways to disturb it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from socialapp.clock import utc_now
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, Provider
from socialapp.providers.discord import Discord
from socialapp.providers.http import Http
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.providers.sandbox.server import Behaviour, Server, Told
from socialapp.providers.telegram import Telegram
from socialapp.providers.webhook import Webhook
from socialapp.providers.wordpress.adapter import WordPress
from socialapp.services import channels
from socialapp.store.sandbox import SandboxTimeline
from socialapp.store.session import Database
from tests.networks.adapters import ADAPTERS
from tests.networks.judge import Judge
from tests.networks.mischief import Mischief
from tests.providers import stage_mastodon
from tests.providers.stage_bluesky import bluesky_stage
from tests.providers.stage_discord import DISCORD_CAN, discord_stage
from tests.providers.stage_telegram import telegram_stage
from tests.providers.stage_webhook import WEBHOOK_CAN, webhook_stage
from tests.providers.stage_wordpress import wordpress_stage
from tests.servers.mastodon.posting import Keys
from tests.world import World, make_world, settings_for

REQUEST_S = 1.0


class Stage(Protocol):
    """What the suite needs of a network."""

    provider: Provider
    access: Access

    async def posted(self) -> list[str]:
        """Return the words of what is on the network, oldest first."""
        ...

    async def disturb(self, how: Mischief) -> None:
        """Make the network misbehave once, with the next request that publishes."""
        ...

    async def another_account(self) -> Access:
        """Return a second account on the same network."""
        ...

    async def outlive_keys(self) -> None:
        """Make the network forget the keys that it was sent, if it keeps any."""
        ...


@dataclass
class SandboxStage:
    """The sandbox's own real server."""

    provider: Provider
    access: Access
    world: World

    async def posted(self) -> list[str]:
        return await self.world.timeline()

    async def disturb(self, how: Mischief) -> None:
        delay_ms = 300 if how is Mischief.SLOW else 0
        await self.world.tell_sandbox(how.value, delay_ms=delay_ms)

    async def another_account(self) -> Access:
        async with self.world.database.transaction() as db:
            channel = await channels.add_sandbox(db, self.world.alice, name="2", now=utc_now())
        return Access(self.access.base_url, channel.handle)

    async def outlive_keys(self) -> None:
        """Its ids are for ever."""


@dataclass
class JudgeStage:
    """One of the judge's five kinds."""

    provider: Provider
    access: Access
    judge: Judge

    async def posted(self) -> list[str]:
        return self.judge.texts(self.provider.key)

    async def disturb(self, how: Mischief) -> None:
        self.judge.disturb(self.provider.key, self.access.account, how)

    async def another_account(self) -> Access:
        return Access(self.access.base_url, "bob")

    async def outlive_keys(self) -> None:
        self.judge.key_lives_s = 0.0


@asynccontextmanager
async def sandbox_stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """The sandbox."""
    database = Database(database_url)
    world = await make_world(database, settings_for(database_url, folder))
    timeline = SandboxTimeline(
        database, folder / "sandbox", lambda name, delay: Told(Behaviour(name), delay)
    )
    server = Server(timeline, public_url="")
    await server.start()
    async with Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http:
        yield SandboxStage(Sandbox(http), Access(server.address, "sandbox-1"), world)
    await server.stop()
    await database.close()


def judge_stage(adapter: type[Provider]) -> "Opens":
    """One of the judge's kinds."""

    @asynccontextmanager
    async def opened(_database_url: str, _folder: Path) -> AsyncIterator[Stage]:
        judge = Judge()
        await judge.start()
        async with Http(connect_s=1, request_s=REQUEST_S, allow_private=True) as http:
            access = Access(f"{judge.address}/{adapter.key}", "alice")
            yield JudgeStage(adapter(http), access, judge)
        await judge.stop()

    return opened


Opens = Callable[[str, Path], AbstractAsyncContextManager[Stage]]


@dataclass(frozen=True)
class Playable:
    """A stage before the curtain: what it is called, what it can do, how it is opened."""

    adapter: type[Provider]
    mischief: frozenset[Mischief]
    """The ways in which this network can be made to misbehave."""
    opens: Opens
    refuses_with: str = "breaks the rules"
    """What it says when it refuses a post."""
    name: str = ""
    """Where a network has several stages."""
    knows_repeats: bool = True
    """Whether its server makes one post of a request that comes again; else only a look tells."""
    forgets_keys: bool = True
    """Whether its server can be made to."""

    @property
    def id(self) -> str:
        """What its tests are called."""
        return self.name or self.adapter.key


_SANDBOX_CAN = frozenset(m for m in Mischief if m.value in {b.value for b in Behaviour})

STAGES = (
    Playable(Sandbox, _SANDBOX_CAN, sandbox_stage),
    Playable(WordPress, frozenset(Mischief), wordpress_stage),
    Playable(Bluesky, frozenset(Mischief), bluesky_stage),
    Playable(Discord, DISCORD_CAN, discord_stage, refuses_with="blocked by automatic moderation"),
    Playable(Telegram, frozenset(Mischief), telegram_stage, refuses_with="message is too long"),
    Playable(Webhook, WEBHOOK_CAN, webhook_stage),
    *(Playable(adapter, frozenset(Mischief), judge_stage(adapter)) for adapter in ADAPTERS),
    *(
        Playable(
            Mastodon,
            stage_mastodon.STRICT_CAN,
            stage_mastodon.strict(keys),
            name=f"mastodon_{keys.name.lower()}",
            knows_repeats=keys in {Keys.HONOURED, Keys.IN_SEQUENCE},
        )
        for keys in Keys
    ),
    Playable(
        Mastodon,
        stage_mastodon.MOCK_CAN,
        stage_mastodon.mock_stage,
        name="mastodon_mock",
        forgets_keys=False,
    ),
)
