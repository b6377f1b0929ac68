"""People, and what they have."""

import pytest

from socialapp.domain.people import Member, Role
from socialapp.store.session import Database
from tests.people import colleague, owner_of_a_workspace


@pytest.fixture
async def alice(database: Database) -> Member:
    """The owner of a workspace in Berlin."""
    return await owner_of_a_workspace(database, "Alice", "Europe/Berlin")


@pytest.fixture
async def bob(database: Database, alice: Member) -> Member:
    """Somebody who may look at Alice's workspace, no more."""
    return await colleague(database, alice, Role.VIEWER)


@pytest.fixture
async def carol(database: Database) -> Member:
    """The owner of another workspace."""
    return await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
