"""Every screen loaded, and people at their browsers."""

import pkgutil
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from socialapp import ui
from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import members
from socialapp.store import people
from socialapp.store.session import Database


@pytest.fixture(scope="session")
def handlers() -> dict[str, Any]:
    """Every event handler that a browser can name, by its name on the wire."""
    for module in pkgutil.walk_packages(ui.__path__, "socialapp.ui."):
        import_module(module.name)
    found = RegistrationContext.ensure_context().event_handlers
    return {name: entry.handler.fn for name, entry in found.items()}


def browser(secret: str = "") -> Any:
    """What a handler sees of a tab: only its cookie counts."""
    headers = SimpleNamespace(cookie=f"other=1; {members.COOKIE}={secret}" if secret else "")
    session = SimpleNamespace(session_id="tab-1")
    return SimpleNamespace(router=SimpleNamespace(headers=headers, session=session))


@pytest.fixture
async def alice(database: Database) -> str:
    """Alice is the owner; this is her browser's secret."""
    now = utc_now()
    async with database.transaction() as db:
        member = await members.create_owner(
            db,
            name="Alice",
            email="alice@example.org",
            password="correct horse battery",
            zone="Europe/Berlin",
            now=now,
        )
        session = await members.open_session(db, member.person_id or 0, user_agent="", now=now)
    return session.secret


@pytest.fixture
async def owner(database: Database, alice: str) -> Member:
    """Alice herself."""
    async with database.reading() as db:
        found = await people.owner(db)
    assert found
    return found
