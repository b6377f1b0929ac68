"""Bluesky's adapter, a server that answers what it is told, and the real one."""

from collections.abc import AsyncIterator

import pytest

from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access
from socialapp.providers.http import Http
from tests.providers.bluesky.answering import Answering
from tests.providers.stage_bluesky import access_of
from tests.servers.pds import Account, Pds


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """The client of this test, which reaches this machine."""
    async with Http(connect_s=2, request_s=10, allow_private=True) as client:
        yield client


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    """A server that answers what it is told."""
    async with Answering() as server:
        yield server


@pytest.fixture
def bluesky(http: Http, pds: Pds) -> Bluesky:
    """The adapter, which knows the directory of the real server's identities."""
    return Bluesky(http, directory=pds.plc_url, resolver=pds.base_url)


@pytest.fixture
def alice(pds: Pds) -> Account:
    """Somebody new on the real server."""
    return pds.create_account()


@pytest.fixture
async def access(bluesky: Bluesky, pds: Pds, alice: Account) -> Access:
    """Her access, as a connected channel has it."""
    return await access_of(bluesky, alice, pds.base_url)
