"""Who may come in, by which link, and who may see to whom."""

import asyncio
from datetime import timedelta

import pytest

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, NotFound
from socialapp.domain.people import RIGHTS, Member, Role
from socialapp.services import members, team
from socialapp.services.members import NewSession
from socialapp.store.session import Database
from tests.people import colleague, owner_of_a_workspace
from tests.servers.given import given

BOB = {"name": "Bob", "email": "Bob@Example.org", "password": "correct horse battery"}


@pytest.fixture
async def alice(database: Database) -> Member:
    return await owner_of_a_workspace(database, "Alice", "Europe/Berlin")


async def invite(database: Database, by: Member, role: Role = Role.EDITOR) -> str:
    async with database.transaction() as db:
        _, secret = await team.invite(db, by, role=role, now=utc_now())
    return given(secret, "an invitation")


async def come_in(database: Database, secret: str, **who: str) -> NewSession:
    return await team.join_as_new(
        database, secret, **(BOB | who), user_agent="a browser", now=utc_now()
    )


async def here(database: Database, secret: str) -> Member | None:
    async with database.reading() as db:
        found = await members.session_member(db, secret, now=utc_now())
    return found.member if found else None


async def test_somebody_new_joins_by_a_link_that_works_once(
    database: Database, alice: Member
) -> None:
    secret = await invite(database, alice)

    session = await come_in(database, secret)

    bob = await here(database, session.secret)
    assert bob
    assert (bob.workspace_id, bob.role, bob.email) == (
        alice.workspace_id,
        Role.EDITOR,
        "bob@example.org",
    )
    with pytest.raises(NotFound):
        await come_in(database, secret, email="carol@example.org")


async def test_of_two_who_follow_a_link_at_once_one_gets_in(
    database: Database, alice: Member
) -> None:
    secret = await invite(database, alice)

    done = await asyncio.gather(
        *(come_in(database, secret, email=f"p{n}@example.org") for n in range(4)),
        return_exceptions=True,
    )

    assert len([one for one in done if isinstance(one, NewSession)]) == 1
    assert all(isinstance(one, NewSession | ForPeople) for one in done)
    async with database.reading() as db:
        assert len(await team.members_of(db, alice)) == 2


async def test_a_link_that_is_old_or_revoked_leads_nowhere(
    database: Database, alice: Member
) -> None:
    secret = await invite(database, alice)
    async with database.reading() as db:
        await team.look(db, secret, now=utc_now() + timedelta(days=6, hours=23))
        with pytest.raises(NotFound):
            await team.look(db, secret, now=utc_now() + timedelta(days=7, seconds=1))
        (made,) = await team.invitations_of(db, alice, now=utc_now())
    async with database.transaction() as db:
        await team.revoke(db, alice, made.id or 0, now=utc_now())

    with pytest.raises(NotFound):
        await come_in(database, secret)


async def test_who_has_an_account_joins_with_it_and_goes_to_and_fro(
    database: Database, alice: Member
) -> None:
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    secret = await invite(database, alice)
    async with database.transaction() as db:
        session = await members.open_session(db, carol.person_id or 0, user_agent="", now=utc_now())
    async with database.reading() as db:
        signed_in = await members.session_member(db, session.secret, now=utc_now())
    assert signed_in
    with pytest.raises(Conflict, match="Sign in"):
        await come_in(database, secret, email="carol@example.org")

    async with database.transaction() as db:
        await team.join(db, carol, secret, session_id=signed_in.session_id, now=utc_now())

    there = await here(database, session.secret)
    assert there
    assert (there.workspace_id, there.role) == (alice.workspace_id, Role.EDITOR)
    async with database.transaction() as db:
        await team.switch(db, there, carol.workspace_id, session_id=signed_in.session_id)
    back = await here(database, session.secret)
    assert back
    assert (back.workspace_id, back.role) == (carol.workspace_id, Role.OWNER)


async def test_who_is_removed_is_out_at_once(database: Database, alice: Member) -> None:
    session = await come_in(database, await invite(database, alice))

    async with database.transaction() as db:
        await team.remove(db, alice, session.member.person_id or 0)

    assert await here(database, session.secret) is None


async def test_the_last_owner_stays_and_stays_owner(database: Database, alice: Member) -> None:
    me = alice.person_id or 0

    async with database.transaction() as db:
        for role in set(Role) - {Role.OWNER}:
            with pytest.raises(Conflict, match="needs an owner"):
                await team.change_role(db, alice, me, role)
        with pytest.raises(Conflict, match="needs an owner"):
            await team.remove(db, alice, me)


async def test_two_owners_who_demote_each_other_leave_one(
    database: Database, alice: Member
) -> None:
    other = await colleague(database, alice, Role.OWNER)

    async def demote(by: Member, whom: Member) -> None:
        async with database.transaction() as db:
            await team.change_role(db, by, whom.person_id or 0, Role.EDITOR)

    done = await asyncio.gather(demote(alice, other), demote(other, alice), return_exceptions=True)

    assert sum(one is None for one in done) == 1
    async with database.reading() as db:
        found = await team.members_of(db, alice)
    assert sorted(place.role for place, _ in found) == [Role.EDITOR, Role.OWNER]


@pytest.mark.parametrize("role", Role)
def test_only_an_owner_sees_to_owners_and_admins(role: Role) -> None:
    by = Member(1, "UTC", RIGHTS[role], person_id=1, role=role)

    manages = {other for other in Role if by.may_manage(other)}

    assert manages == {
        Role.OWNER: set(Role),
        Role.ADMIN: {Role.EDITOR, Role.APPROVER, Role.VIEWER},
    }.get(role, set())


async def test_an_admin_or_a_key_makes_no_admin(database: Database, alice: Member) -> None:
    admin = await colleague(database, alice, Role.ADMIN)
    program = Member(alice.workspace_id, "UTC", alice.rights)

    for by in (admin, program):
        async with database.transaction() as db:
            for role in (Role.OWNER, Role.ADMIN):
                with pytest.raises(NotAllowed):
                    await team.invite(db, by, role=role, now=utc_now())
            with pytest.raises(NotAllowed):
                await team.change_role(db, by, alice.person_id or 0, Role.VIEWER)
            with pytest.raises(NotAllowed):
                await team.remove(db, by, alice.person_id or 0)
