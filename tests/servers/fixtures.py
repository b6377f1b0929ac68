"""Servers to publish to. A run that asks for none starts none."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from socialapp import providers
from socialapp.providers import proposer
from socialapp.providers.http import Http
from socialapp.providers.syndication import reader
from socialapp.store import vault
from tests.networks.village import Village
from tests.servers import pds as pds_server
from tests.servers.discord.server import Discord
from tests.servers.given import given
from tests.servers.mastodon.server import Mastodon
from tests.servers.mastodon_mock import MastodonMock
from tests.servers.model import ModelServer
from tests.servers.pds import Pds
from tests.servers.telegram.server import Telegram
from tests.servers.village import VillageServer
from tests.servers.webhook import WebhookReceiver
from tests.servers.wordpress import WordPress, of_the_run


@pytest.fixture(scope="session")
def pds() -> Pds:
    """Bluesky's server, one for the whole run: each test makes accounts of its own."""
    return pds_server.of_the_run()


@pytest.fixture(scope="session")
def pds_with_limits() -> Pds:
    """Another one, which counts requests as a public server does."""
    return pds_server.of_the_run(rate_limits=True)


@pytest.fixture(scope="session")
def wordpress() -> WordPress:
    """A WordPress site, one for the whole run: each test writes posts of its own."""
    return of_the_run()


@pytest.fixture(scope="session")
def mastodon_mock_of_the_run() -> Iterator[MastodonMock]:
    """A lenient Mastodon made by others, one for the whole run."""
    server = MastodonMock()
    yield server
    server.stop()


@pytest.fixture
def mastodon_mock(mastodon_mock_of_the_run: MastodonMock) -> MastodonMock:
    """The same, as new."""
    mastodon_mock_of_the_run.reset()
    return mastodon_mock_of_the_run


@pytest.fixture
async def mastodon() -> AsyncIterator[Mastodon]:
    """A strict Mastodon of our own making, with alice and bob on it."""
    async with Mastodon() as server:
        yield server


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    """Webhooks of a simulated Discord."""
    async with Discord() as server:
        yield server


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """A simulated Telegram with one bot, in the channel @harbour."""
    async with Telegram() as server:
        yield server


@pytest.fixture
async def webhook_receiver() -> AsyncIterator[WebhookReceiver]:
    """Somebody's own program that wants to be told."""
    async with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    """A language model that wants a key."""
    async with ModelServer(key=given("sk-harbour-4711-0815", "the key of an endpoint")) as server:
        yield server


@pytest.fixture
async def networks(tmp_path: Path) -> AsyncIterator[Http]:
    """The networks of this process, and the vault in which access to them is kept."""
    vault.connect(keys="", folder=tmp_path)
    async with Http(allow_private=True) as http:
        providers.use(providers.connect(http))
        reader.use(http)
        proposer.use(http)
        yield http
    reader.use(None)
    proposer.use(None)


@pytest.fixture
async def village(networks: Http, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VillageServer]:
    """A village, in a process that knows its network."""
    monkeypatch.setattr(providers, "PROVIDERS", (*providers.PROVIDERS, Village))
    async with VillageServer() as server:
        providers.use(providers.connect(networks))
        yield server
