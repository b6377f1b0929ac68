"""A world on each kind of database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socialapp.store.session import Database
from tests.world import World, make_world, settings_for


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Alice's workspace; no worker runs yet, and no Redis is there."""
    database = Database(database_url)
    yield await make_world(database, settings_for(database_url, tmp_path))
    await database.close()
