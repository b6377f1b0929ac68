"""Who asks, with which right, and the database session that answers."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from starlette.requests import HTTPConnection

from socialapp.clock import utc_now
from socialapp.domain.errors import NotAllowed, NotSignedIn
from socialapp.domain.people import Member, Right
from socialapp.services import keys, members
from socialapp.store import answers
from socialapp.store.session import AsyncSession, database

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def identify(connection: HTTPConnection) -> Member | None:
    """Return who asks: a program with a key, or a person's browser with its cookie."""
    known: Member | None = getattr(connection.state, "member", None)
    if known is None:
        known = await _identify(connection)
        connection.state.member = known
    return known


async def _identify(connection: HTTPConnection) -> Member | None:
    now = utc_now()
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        # Somebody who sends a key means that key, whatever cookie the client adds.
        is_bearer = scheme.lower() == "bearer"
        return await keys.use(database(), secret.strip(), now=now) if is_bearer else None
    async with database().reading() as db:
        here = await members.session_member(db, connection.cookies.get(members.COOKIE, ""), now=now)
    if here is None:
        return None
    await members.keep_alive(database(), here, now=now)
    connection.state.session_id = here.session_id
    return here.member


def _needs(right: Right) -> Callable[[Request], Any]:
    async def member(request: Request) -> Member:
        by = await identify(request)
        if by is None:
            raise NotSignedIn("Sign in, or send a key: Authorization: Bearer <key>.")
        if not by.may(right):
            raise NotAllowed(f"This key or role lacks the right to {right.value}.")
        return by

    return member


Reads = Annotated[Member, Depends(_needs(Right.READ))]
Writes = Annotated[Member, Depends(_needs(Right.WRITE))]
Publishes = Annotated[Member, Depends(_needs(Right.PUBLISH))]
Admins = Annotated[Member, Depends(_needs(Right.ADMIN))]


async def _transaction(request: Request) -> AsyncIterator[AsyncSession]:
    async with database().transaction() as db:
        yield db
        if repeat := getattr(request.state, "idempotency", None):
            await answers.carried_out(db, *repeat)


async def _reading() -> AsyncIterator[AsyncSession]:
    async with database().reading() as db:
        yield db


# scope="function": the commit comes before the answer, not after it.
Transaction = Annotated[AsyncSession, Depends(_transaction, scope="function")]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
