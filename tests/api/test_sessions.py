"""Becoming the owner, signing in and out, and what the cookie is good for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, func, select

from socialapp.clock import utc_now
from socialapp.services.members import COOKIE, TRIES_COUNT_FOR, TRIES_PER_PERSON
from socialapp.store.session import Database
from socialapp.store.tables import BrowserSession, Person, SignInTry
from tests.api.calls import problem

ANNA = {
    "name": "Anna",
    "email": "Anna@Example.org",
    "password": "correct horse battery",
    "zone": "Europe/Berlin",
}
SIGN_IN = {"email": "anna@example.org", "password": ANNA["password"]}
WRONG = {"email": "anna@example.org", "password": "wrong horse battery"}


def cookie(answer: httpx.Response) -> Morsel[str]:
    """Return the cookie that an answer sets."""
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


@pytest.fixture
async def anna(nobody: httpx.AsyncClient) -> httpx.AsyncClient:
    """The browser of the first visitor, who became the owner."""
    answer = await nobody.post("/api/owner", json=ANNA)
    assert answer.status_code == 201
    return nobody


async def test_the_first_visitor_names_the_workspace(nobody: httpx.AsyncClient) -> None:
    """Without a name it is called after them."""
    answer = await nobody.post("/api/owner", json=ANNA | {"workspace": " Lighthouse Bakery "})
    assert answer.json()["workspace_name"] == "Lighthouse Bakery"


async def test_the_first_visitor_becomes_the_owner_and_is_signed_in(
    nobody: httpx.AsyncClient,
) -> None:
    answer = await nobody.post("/api/owner", json=ANNA)

    assert answer.status_code == 201
    owner = answer.json()
    assert (owner["name"], owner["email"]) == ("Anna", "anna@example.org")
    assert (owner["zone"], owner["rights"]) == (
        "Europe/Berlin",
        ["admin", "approve", "publish", "read", "write"],
    )
    assert "password" not in answer.text
    assert (await nobody.get("/api/session")).json() == owner


async def test_there_is_one_owner(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    second = client()

    answer = await second.post("/api/owner", json=ANNA | {"email": "eve@example.org"})

    problem(answer, 409, "has_owner")
    assert "set-cookie" not in answer.headers
    problem(await second.get("/api/session"), 401)


async def test_of_two_first_visitors_one_is_the_owner(
    client: Callable[..., httpx.AsyncClient], database: Database
) -> None:
    visitors = [ANNA | {"email": f"visitor-{number}@example.org"} for number in range(4)]

    answers = await asyncio.gather(*(client().post("/api/owner", json=v) for v in visitors))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    async with database.reading() as db:
        assert (await db.execute(select(func.count(col(Person.id))))).scalar_one() == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"email": "anna"}, ["email"]),
        ({"email": "an na@example.org"}, ["email"]),
        ({"password": "short"}, ["password"]),
        ({"password": "x" * 1001}, ["password"]),
        ({"zone": "Mars/Olympus"}, ["timezone"]),
        ({"name": "", "email": "", "password": ""}, ["name", "email", "password"]),
    ],
)
async def test_an_owner_who_cannot_be_is_told_why(
    nobody: httpx.AsyncClient, change: dict[str, str], fields: list[str]
) -> None:
    refusal = problem(await nobody.post("/api/owner", json=ANNA | change), 400)

    assert [e["field"] for e in refusal["errors"]] == fields
    problem(await nobody.post("/api/session", json=SIGN_IN), 401)


async def test_the_cookie_is_for_this_site_and_no_script(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    answer = await client().post("/api/session", json=SIGN_IN)

    assert answer.status_code == 201
    set_to = cookie(answer)
    assert set_to["httponly"]
    assert (set_to["samesite"].lower(), set_to["path"]) == ("lax", "/")
    assert int(set_to["max-age"]) == 30 * 24 * 3600
    assert not set_to["secure"]
    assert len(set_to.value) >= 32


async def test_over_https_the_cookie_stays_on_https(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    answer = await client().post("https://test/api/session", json=SIGN_IN)

    assert cookie(answer)["secure"]


async def test_a_wrong_password_and_an_unknown_person_look_the_same(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    visitor = client()

    wrong = await visitor.post("/api/session", json=WRONG)
    unknown = await visitor.post("/api/session", json=WRONG | {"email": "eve@example.org"})

    problem(wrong, 401, "wrong_password")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert "set-cookie" not in wrong.headers


async def test_the_address_is_read_without_case(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    loud = SIGN_IN | {"email": " ANNA@EXAMPLE.ORG "}

    assert (await client().post("/api/session", json=loud)).status_code == 201


async def test_too_many_wrong_tries_have_to_wait(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient], database: Database
) -> None:
    visitor = client()
    for _ in range(TRIES_PER_PERSON):
        problem(await visitor.post("/api/session", json=WRONG), 401)

    refused = await visitor.post("/api/session", json=SIGN_IN)
    other = await visitor.post("/api/session", json=WRONG | {"email": "eve@example.org"})
    async with database.transaction() as db:
        long_ago = utc_now() - TRIES_COUNT_FOR - timedelta(seconds=1)
        await db.execute(update(SignInTry).values(at=long_ago))
    later = await visitor.post("/api/session", json=SIGN_IN)

    problem(refused, 429, "too_many")
    assert int(refused.headers["retry-after"]) == TRIES_COUNT_FOR.total_seconds()
    problem(other, 401)
    assert later.status_code == 201


async def test_many_tries_at_once_do_not_slip_through(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    visitor = client()

    tries = (visitor.post("/api/session", json=WRONG) for _ in range(TRIES_PER_PERSON + 5))
    answers = [answer.status_code for answer in await asyncio.gather(*tries)]

    assert answers.count(401) <= TRIES_PER_PERSON
    assert answers.count(429) >= 5


async def test_a_success_forgives_the_tries_before_it(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    visitor = client()
    for _ in range(2):
        for _ in range(TRIES_PER_PERSON - 1):
            await visitor.post("/api/session", json=WRONG)
        assert (await visitor.post("/api/session", json=SIGN_IN)).status_code == 201


async def test_signing_out_ends_the_session_here_and_only_here(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient]
) -> None:
    other = client()
    await other.post("/api/session", json=SIGN_IN)
    stolen = client(cookie=f"{COOKIE}={anna.cookies[COOKIE]}")

    answer = await anna.delete("/api/session")

    assert answer.status_code == 204
    assert cookie(answer)["max-age"] == "0"
    problem(await stolen.get("/api/session"), 401)
    assert (await other.get("/api/session")).status_code == 200
    assert (await anna.delete("/api/session")).status_code == 204


async def test_a_session_ends_when_it_is_not_used(
    anna: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as db:
        await db.execute(update(BrowserSession).values(expires_at=utc_now()))

    problem(await anna.get("/api/session"), 401)
    problem(await anna.get("/api/posts"), 401)


async def test_a_session_that_is_used_goes_on(anna: httpx.AsyncClient, database: Database) -> None:
    almost_over = utc_now() + timedelta(minutes=1)
    async with database.transaction() as db:
        old = {"expires_at": almost_over, "seen_at": utc_now() - timedelta(days=29)}
        await db.execute(update(BrowserSession).values(**old))

    await anna.get("/api/posts")

    async with database.reading() as db:
        ends = (await db.execute(select(BrowserSession.expires_at))).scalar_one()
    assert ends > almost_over + timedelta(days=29)


@pytest.mark.parametrize("secret", ["", "x", "x" * 200, "é", "a; b"])
async def test_a_made_up_cookie_is_nobody(
    anna: httpx.AsyncClient, client: Callable[..., httpx.AsyncClient], secret: str
) -> None:
    visitor = client()

    answer = await visitor.get(
        "/api/session", headers={"Cookie": f"{COOKIE}={secret}".encode("latin-1")}
    )

    problem(answer, 401, "not_signed_in")


async def test_the_secret_of_a_cookie_is_not_in_the_database(
    anna: httpx.AsyncClient, database: Database
) -> None:
    async with database.reading() as db:
        kept = (await db.execute(select(BrowserSession.token_hash))).scalar_one()

    assert anna.cookies[COOKIE] not in kept
