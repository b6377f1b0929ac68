"""Channels on a real WordPress, one for each of its roles that may write."""

from collections.abc import AsyncIterator

import pytest

from socialapp.providers.http import Http
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from tests.providers.desk_wordpress import Desk
from tests.providers.stage_wordpress import access_of
from tests.servers.wordpress import WordPress
from tests.servers.wordpress_front import WordPressFront


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A client that reaches this machine."""
    async with Http(connect_s=2, request_s=10, allow_private=True) as client:
        yield client


@pytest.fixture
async def front(wordpress: WordPress) -> AsyncIterator[WordPressFront]:
    """What stands before the site; it passes everything on until it is told otherwise."""
    async with WordPressFront(wordpress) as before:
        yield before


@pytest.fixture
def desk(wordpress: WordPress, front: WordPressFront, http: Http) -> Desk:
    """The editor's channel."""
    return Desk(Adapter(http), access_of(wordpress, "editor", api=front.api))


@pytest.fixture
def author(wordpress: WordPress, http: Http) -> Desk:
    """The author's channel."""
    return Desk(Adapter(http), access_of(wordpress, "author"))
