"""Who asks, with which right, and the database session that answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from starlette.requests import HTTPConnection

from socialapp.clock import utc_now
from socialapp.domain.errors import Conflict, NotAllowed, NotSignedIn
from socialapp.domain.people import Member, Right
from socialapp.services import keys, members
from socialapp.store import answers
from socialapp.store.session import AsyncSession, database
from socialapp.store.tables import IdempotentAnswer

ID_AT_MOST = 10**18
"""No table will hold more; and unlike the databases' own limit it is exact in every JSON."""
Id = Annotated[int, Path(ge=1, le=ID_AT_MOST)]


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


async def known(connection: HTTPConnection) -> Member:
    """Return who asks; raises NotSignedIn when nobody knows them."""
    by = await identify(connection)
    if by is None:
        raise NotSignedIn("Sign in, or send a key: Authorization: Bearer <key>.")
    return by


def _needs(right: Right) -> Callable[[Request], Any]:
    async def member(request: Request) -> Member:
        by = await known(request)
        if not by.may(right):
            raise NotAllowed(f"This key or role lacks the right to {right.value}.")
        return by

    return member


Reads = Annotated[Member, Depends(_needs(Right.READ))]
Writes = Annotated[Member, Depends(_needs(Right.WRITE))]
Publishes = Annotated[Member, Depends(_needs(Right.PUBLISH))]
Approves = Annotated[Member, Depends(_needs(Right.APPROVE))]
Admins = Annotated[Member, Depends(_needs(Right.ADMIN))]


@asynccontextmanager
async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Yield a session whose commit also says that a request with a key was carried out."""
    async with database().transaction() as db:
        yield db
        reserved: IdempotentAnswer | None = getattr(request.state, "reserved", None)
        if reserved and not await answers.carried_out(db, reserved):
            raise Conflict("The same request was sent again and went first. Look at the list.")


async def _transaction(request: Request) -> AsyncIterator[AsyncSession]:
    async with transaction(request) as db:
        yield db


async def _reading() -> AsyncIterator[AsyncSession]:
    async with database().reading() as db:
        yield db


# scope="function": the commit comes before the answer, not after it.
Transaction = Annotated[AsyncSession, Depends(_transaction, scope="function")]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
