"""People and their keys: passwords, sessions, workspaces."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, NotSignedIn, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import keys, members
from socialapp.store import people
from socialapp.store.session import Database
from socialapp.store.tables import Person, Workspace

PASSWORD = "correct horse battery"
ANNA: dict[str, Any] = {
    "name": " Anna ",
    "email": " Anna@Example.org ",
    "password": PASSWORD,
    "zone": "Europe/Berlin",
}


@pytest.fixture
async def anna(database: Database) -> Member:
    """The owner, who has a password."""
    async with database.transaction() as db:
        return await members.create_owner(db, now=utc_now(), **ANNA)


async def sign_in(database: Database, password: str = PASSWORD) -> members.NewSession:
    return await members.sign_in(
        database,
        email="anna@example.org",
        password=password,
        address="192.0.2.1",
        user_agent="a browser",
        now=utc_now(),
    )


async def who(database: Database, secret: str) -> Member | None:
    async with database.reading() as db:
        found = await members.session_member(db, secret, now=utc_now())
    return found.member if found else None


async def test_the_owner_has_a_workspace_with_a_channel(database: Database, anna: Member) -> None:
    assert (anna.name, anna.email, anna.zone) == ("Anna", "anna@example.org", "Europe/Berlin")
    assert anna.workspace_name == "Anna's workspace"
    assert anna.rights == frozenset(Right)
    with pytest.raises(Conflict):
        async with database.transaction() as db:
            await members.create_owner(db, now=utc_now(), **ANNA)


async def test_an_address_belongs_to_one_person(database: Database, anna: Member) -> None:
    with pytest.raises(Conflict) as refusal:
        async with database.transaction() as db:
            await members.create_person(db, now=utc_now(), **ANNA)

    assert refusal.value.code == "email_taken"


async def test_the_password_is_kept_as_a_hash(database: Database, anna: Member) -> None:
    async with database.reading() as db:
        kept = (await db.execute(select(Person.password_hash))).scalar_one()

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


async def test_a_session_is_known_by_its_secret(database: Database, anna: Member) -> None:
    opened = await sign_in(database)

    assert await who(database, opened.secret) == anna
    for secret in ("", opened.secret[:-1], opened.secret + "x", "x" * 1000):
        assert await who(database, secret) is None


async def test_another_password_signs_all_other_browsers_out(
    database: Database, anna: Member
) -> None:
    here, there = await sign_in(database), await sign_in(database)
    async with database.reading() as db:
        kept = await members.session_member(db, here.secret, now=utc_now())
    assert kept

    await members.change_password(
        database, anna, old=PASSWORD, new="another horse battery", keep_session=kept.session_id
    )

    assert await who(database, here.secret)
    assert await who(database, there.secret) is None
    with pytest.raises(NotSignedIn):
        await sign_in(database)
    assert (await sign_in(database, "another horse battery")).member == anna


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("wrong horse battery", "another horse battery", "wrong_password"),
        (PASSWORD, "short", "password_short"),
    ],
)
async def test_a_password_is_changed_by_who_knows_it(
    database: Database, anna: Member, old: str, new: str, code: str
) -> None:
    with pytest.raises(Rejected) as refusal:
        await members.change_password(database, anna, old=old, new=new, keep_session=None)

    assert refusal.value.code == code
    assert await sign_in(database)


async def test_a_person_ends_their_own_sessions_only(
    database: Database, anna: Member, carol: Member
) -> None:
    opened = await sign_in(database)
    async with database.reading() as db:
        (session,) = await people.sessions_of(db, anna.person_id or 0, now=utc_now())

    with pytest.raises(NotFound):
        async with database.transaction() as db:
            await members.revoke_session(db, carol, session.id or 0)
    still = await who(database, opened.secret)
    async with database.transaction() as db:
        await members.revoke_session(db, anna, session.id or 0)

    assert still == anna
    assert await who(database, opened.secret) is None


async def test_a_workspace_is_changed_by_its_owner(
    database: Database, alice: Member, bob: Member
) -> None:
    changes: dict[str, Any] = {"name": "Harbour Shop", "zone": "Asia/Tokyo"}
    async with database.transaction() as db:
        await members.update_workspace(db, alice, missed_after_minutes=60, **changes)

    with pytest.raises(NotAllowed):
        async with database.transaction() as db:
            await members.update_workspace(db, bob, name="Bob's")

    async with database.reading() as db:
        found = await db.get(Workspace, alice.workspace_id)
    assert found
    assert (found.name, found.zone, found.missed_after_minutes) == (*changes.values(), 60)


async def test_a_viewer_who_hides_the_checklist_changes_nothing_else(
    database: Database, bob: Member
) -> None:
    with pytest.raises(NotAllowed):
        async with database.transaction() as db:
            await members.update_workspace(db, bob, name="Bob's", checklist_hidden=True)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"zone": "Mars/Olympus"},
        {"missed_after_minutes": -1},
        {"missed_after_minutes": 7 * 24 * 60 + 1},
        {"alt_text_rule": "shout"},
    ],
)
async def test_a_workspace_that_cannot_be_is_refused(
    database: Database, alice: Member, change: dict[str, Any]
) -> None:
    with pytest.raises(Rejected):
        async with database.transaction() as db:
            await members.update_workspace(db, alice, **change)


async def test_a_program_has_no_name_and_no_password(database: Database, alice: Member) -> None:
    async with database.transaction() as db:
        _, secret = await keys.create(db, alice, name="A program", scopes=[], now=utc_now())
    program = await keys.use(database, secret, now=utc_now())
    assert program

    with pytest.raises(NotAllowed):
        async with database.transaction() as db:
            await members.change_person(db, program, name="Robot")
    with pytest.raises(NotAllowed):
        await members.change_password(database, program, old="", new="x" * 20, keep_session=None)


async def test_a_key_acts_with_its_scopes_until_it_is_revoked(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    now = utc_now()
    async with database.transaction() as db:
        key, secret = await keys.create(db, alice, name=" Till ", scopes=["read"], now=now)
    program = await keys.use(database, secret, now=now)

    for by, refusal in ((bob, NotAllowed), (carol, NotFound)):
        with pytest.raises(refusal):
            async with database.transaction() as db:
                await keys.revoke(db, by, key.id or 0, now=now)
    assert await keys.use(database, secret, now=now) == program
    async with database.transaction() as db:
        await keys.revoke(db, alice, key.id or 0, now=now)

    assert program
    assert (program.name, program.rights) == ("Till", frozenset({Right.READ}))
    assert await keys.use(database, secret, now=now + timedelta(seconds=1)) is None
    with pytest.raises(NotFound):
        async with database.transaction() as db:
            await keys.revoke(db, alice, key.id or 0, now=now)


@pytest.mark.parametrize(
    ("name", "scopes", "code"),
    [
        (" ", [], "name_required"),
        ("x" * 101, [], "name_required"),
        ("a", ["everything"], "scope_unknown"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    database: Database, alice: Member, name: str, scopes: list[str], code: str
) -> None:
    with pytest.raises(Rejected) as refusal:
        async with database.transaction() as db:
            await keys.create(db, alice, name=name, scopes=scopes, now=utc_now())

    assert refusal.value.code == code


async def test_keys_are_made_by_who_may_change_everything(
    database: Database, alice: Member, bob: Member
) -> None:
    writer = Member(alice.workspace_id, "UTC", frozenset({Right.READ, Right.WRITE}))

    for by in (bob, writer):
        with pytest.raises(NotAllowed):
            async with database.transaction() as db:
                await keys.create(db, by, name="Mine", scopes=[], now=utc_now())
