"""Who is signed in, and the guard in front of every handler.

Every method of every State can be called by anyone with any arguments. So nothing runs unless it
was given a right with `@needs`, its caller has that right, and its arguments are what it declares.
"""

import inspect
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any, get_type_hints

import reflex as rx
from pydantic import TypeAdapter
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event, EventSpec
from reflex_base.registry import RegistrationContext

from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople, NotAllowed
from socialapp.domain.people import Member, Right
from socialapp.services import members
from socialapp.store import people
from socialapp.store.session import reading
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.rights import PUBLIC, needs, right_of

__all__ = [
    "PUBLIC",
    "Guard",
    "explain",
    "fits",
    "here",
    "needs",
    "right_of",
    "room",
    "seat",
    "signed_in",
]

FRAMEWORK = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____state.reflex___state____frontend_event_exception_state"
        ".handle_frontend_exception",
    }
)
"""Reflex's own events; they carry no data of ours."""

_log = logging.getLogger(__name__)


async def here(state: BaseState) -> people.SignedIn | None:
    """Return the browser session that this tab belongs to, or None."""
    secret = _cookie(state.router.headers.cookie, members.COOKIE)
    if not secret:
        return None
    async with reading() as db:
        return await members.session_member(db, secret, now=utc_now())


async def signed_in(state: BaseState) -> Member:
    """Return who acts. Never an id that came from the browser: only the cookie counts."""
    session = await here(state)
    if session is None:
        raise NotAllowed("You are signed out. Sign in again; nothing was changed.")
    return session.member


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def room(workspace_id: int) -> str:
    """Return the name of the socket room whose tabs show a workspace."""
    return f"workspace:{workspace_id}"


def seat(workspace_id: int, person_id: int) -> str:
    """Return the name of the socket room of one person's tabs that show a workspace."""
    return f"seat:{workspace_id}:{person_id}"


async def _leave_rooms(app: rx.App, sid: str) -> None:
    """Stop telling a tab whose session has ended."""
    namespace = app.event_namespace
    if namespace is None:
        return
    for name in list(namespace.rooms(sid)):
        if isinstance(name, str) and name.startswith(("workspace:", "seat:", "editing:")):
            await namespace.leave_room(sid, name)


class Guard(Middleware):
    """Denies every event by default."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let the event through with None, or answer it with something else."""
        if event.name in FRAMEWORK:
            return None
        handler = _handler(event.name)
        if handler is None or (right := right_of(handler)) is None:
            _log.warning("Denied %.200s: it declares no right.", event.name)
            return _answer(notice.error("That cannot be done from here."))
        if right != PUBLIC:
            session = await here(state)
            if session is None:
                await _leave_rooms(app, state.router.session.session_id)
                return _answer(rx.redirect(await _way_in()))
            if not session.member.may(Right(right)):
                return _answer(notice.error("Your role does not permit that. Nothing was changed."))
        if not fits(handler, event.payload):
            return _answer(notice.error("That was not understood. Nothing was changed."))
        return None


def fits(handler: Callable[..., Any], payload: Mapping[str, Any]) -> bool:
    """Whether the arguments are there, no others are, and each is what the handler declares."""
    try:
        inspect.signature(handler).bind(None, **payload)
        _check_sound(payload)
        for name, adapter in _adapters(handler).items():
            if name in payload:
                adapter.validate_python(payload[name], strict=True)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _check_sound(value: Any) -> None:
    """Raise ValueError for what JSON can say and no database can keep."""
    match value:
        case int() if abs(value) >= 2**63:
            raise ValueError("too big a number")
        case str():
            value.encode()  # half of a surrogate pair has no bytes
            if "\x00" in value:
                raise ValueError("a zero in a text")
        case Mapping():
            for part in value.items():
                _check_sound(part)
        case list() | tuple():
            for part in value:
                _check_sound(part)


@lru_cache(maxsize=512)
def _adapters(handler: Callable[..., Any]) -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(handler)
    hints.pop("return", None)
    return {name: TypeAdapter(hint) for name, hint in hints.items()}


def _handler(name: str) -> Callable[..., Any] | None:
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered.handler.fn if registered else None


def _answer(event: EventSpec) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(event))


async def _way_in() -> str:
    """Return where somebody who is not signed in has to go."""
    async with reading() as db:
        return routes.SIGN_IN if await people.has_anyone(db) else routes.WELCOME


def explain(exception: Exception) -> EventSpec:
    """Turn what a handler raised into words; a bug is logged once, here."""
    if isinstance(exception, ForPeople):
        return notice.error(exception.detail)
    _log.error("A handler failed.", exc_info=exception)
    return notice.error("Something went wrong here and was written to the log. Please try again.")
