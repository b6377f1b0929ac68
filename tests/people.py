"""People of the tests: made without a password, for hashing one takes longer than a test."""

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import keys, members
from socialapp.store import channels, people
from socialapp.store.session import Database
from socialapp.store.tables import Membership, Person, Workspace
from tests.servers.given import given


async def owner_of_a_workspace(database: Database, name: str, zone: str) -> Member:
    """Somebody with a workspace and its channel, who has no password: hashing one takes long."""
    async with database.transaction() as db:
        workspace = Workspace(name=f"{name}'s workspace", zone=zone)
        someone = Person(email=f"{name.lower()}@example.org", name=name)
        db.add_all([workspace, someone])
        await db.flush()
        ids = {"person_id": someone.id or 0, "workspace_id": workspace.id or 0}
        db.add(Membership(role=Role.OWNER, **ids))
        await channels.add_channel(
            db,
            ids["workspace_id"],
            provider="sandbox",
            name="Sandbox",
            is_default=True,
            now=utc_now(),
        )
        await db.flush()
        member = await people.member(db, **ids)
    assert member
    return member


async def key_of(database: Database, by: Member, *scopes: str) -> str:
    """Return the secret of a new key; without scopes it may do everything."""
    async with database.transaction() as db:
        _, secret = await keys.create(db, by, name="A program", scopes=[*scopes], now=utc_now())
    return given(secret, "a key of the API")


async def colleague(database: Database, by: Member, role: Role) -> Member:
    """Somebody new who has `role` in the workspace of `by`."""
    async with database.transaction() as db:
        bob = Person(email=f"bob-{role}@example.org", name="Bob")
        db.add(bob)
        await db.flush()
        ids = {"person_id": bob.id or 0, "workspace_id": by.workspace_id}
        db.add(Membership(role=role, **ids))
        await db.flush()
        member = await people.member(db, **ids)
    assert member
    return member


async def cookie_of(database: Database, by: Member, role: Role) -> str:
    """Return the cookie of a new person who has `role` in the workspace of `by`."""
    bob = await colleague(database, by, role)
    async with database.transaction() as db:
        opened = await members.open_session(
            db, bob.person_id or 0, user_agent="a browser", now=utc_now()
        )
    return f"{members.COOKIE}={given(opened.secret, 'a session')}"
