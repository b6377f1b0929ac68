"""Programs' keys: what each may do, and when it ends."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.people import Member, Role
from socialapp.services import keys
from socialapp.services.members import COOKIE
from socialapp.store.session import Database
from socialapp.store.tables import ApiKey
from tests.api.calls import problem, write
from tests.people import cookie_of, key_of

READ = ("GET", "/api/posts", None)
WRITE = ("POST", "/api/posts", {"text": "Fresh bread"})
PUBLISH = ("POST", "/api/schedules", {"post_id": 1, "scheduled_at": "2031-05-14T09:00"})
ADMIN = ("PATCH", "/api/scheduler", {"interval_s": 2})
DOES = {"read": READ, "write": WRITE, "publish": PUBLISH, "admin": ADMIN}


async def may(program: httpx.AsyncClient) -> set[str]:
    """Return the rights that a program or browser turns out to have."""
    found = set()
    for right, (method, where, body) in DOES.items():
        answer = await program.request(method, where, json=body)
        if answer.status_code == 403:
            problem(answer, 403, "not_allowed")
        else:
            assert answer.status_code < 300, answer.text
            found.add(right)
    return found


@pytest.mark.parametrize("scopes", [["read"], ["write"], ["publish"], ["admin"], [*DOES]])
async def test_a_key_may_do_what_its_scopes_say_and_no_more(
    alice: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    scopes: list[str],
) -> None:
    await write(alice)

    program = client(authorization=f"Bearer {await key_of(database, owner, *scopes)}")

    assert await may(program) == set(scopes)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.VIEWER, {"read"}),
        (Role.APPROVER, {"read", "publish"}),
        (Role.EDITOR, {"read", "write", "publish"}),
        (Role.ADMIN, {"read", "write", "publish", "admin"}),
    ],
)
async def test_a_person_may_do_what_their_role_says_and_no_more(
    alice: httpx.AsyncClient,
    client: Callable[..., httpx.AsyncClient],
    database: Database,
    owner: Member,
    role: Role,
    rights: set[str],
) -> None:
    await write(alice)

    browser = client(cookie=await cookie_of(database, owner, role))

    assert await may(browser) == rights


async def test_a_revoked_key_ends_at_once(
    client: Callable[..., httpx.AsyncClient], database: Database, owner: Member
) -> None:
    program = client(authorization=f"Bearer {await key_of(database, owner)}")
    before = await program.get("/api/posts")

    async with database.transaction() as db:
        key_id = (await db.execute(select(ApiKey.id))).scalar_one()
        await keys.revoke(db, owner, key_id or 0, now=utc_now())

    assert before.status_code == 200
    problem(await program.get("/api/posts"), 401, "not_signed_in")


async def test_the_last_use_is_noted_once_a_minute(
    alice: httpx.AsyncClient, database: Database
) -> None:
    async def last_used() -> object:
        async with database.reading() as db:
            return (await db.execute(select(ApiKey.last_used_at))).scalar_one()

    never = await last_used()
    await alice.get("/api/posts")
    first = await last_used()
    await alice.get("/api/posts")
    second = await last_used()
    async with database.transaction() as db:
        old = utc_now() - timedelta(minutes=2)
        await db.execute(update(ApiKey).values(last_used_at=old))
    await alice.get("/api/posts")

    assert never is None
    assert first == second
    assert (await last_used()) != old


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer sa_",
        "Bearer x",
        "Basic YTpi",
        "sa_x",
        f"Bearer sa_{'x' * 999}",
    ],
)
async def test_a_made_up_key_is_nobody_even_with_a_good_cookie(
    client: Callable[..., httpx.AsyncClient], database: Database, owner: Member, words: str
) -> None:
    cookie = await cookie_of(database, owner, Role.OWNER)
    program = client(cookie=cookie)

    answer = await program.get("/api/posts", headers={"Authorization": words})

    if words:
        problem(answer, 401, "not_signed_in")
    else:
        assert answer.status_code == 200
    assert cookie.startswith(COOKIE)


async def test_the_secret_of_a_key_is_not_in_the_database(
    alice: httpx.AsyncClient, database: Database
) -> None:
    secret = alice.headers["authorization"].partition(" ")[2]
    async with database.reading() as db:
        row = (await db.execute(select(ApiKey))).scalar_one()

    assert secret not in str(row.model_dump())
    assert secret.startswith(row.prefix)


async def test_a_key_says_whose_workspace_it_is_for(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    hers = (await alice.get("/api/session")).json()
    strangers = (await carol.get("/api/session")).json()

    assert (hers["workspace_name"], hers["zone"]) == ("Alice's workspace", "Europe/Berlin")
    assert hers["workspace_id"] != strangers["workspace_id"]
