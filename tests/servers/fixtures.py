"""Servers to publish to. A run that asks for none starts none."""

from collections.abc import Iterator

import pytest

from tests.servers.pds import Pds


@pytest.fixture(scope="session")
def pds() -> Iterator[Pds]:
    """Bluesky's server, one for the whole run: each test makes accounts of its own."""
    server = Pds()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pds_with_limits() -> Iterator[Pds]:
    """Another one, which counts requests as a public server does."""
    server = Pds(rate_limits=True)
    yield server
    server.stop()
