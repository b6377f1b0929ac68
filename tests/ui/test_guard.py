"""Nothing runs in a page's name unless it was given a right, and its caller has it."""

from types import SimpleNamespace
from typing import Any

import pytest
from reflex_base.event import Event
from sqlalchemy import update

from socialapp.domain.people import Right, Role
from socialapp.services import members
from socialapp.store.session import Database
from socialapp.store.tables import Membership
from socialapp.ui import routes
from socialapp.ui.session import FRAMEWORK, PUBLIC, Guard, fits, right_of
from tests.ui.conftest import browser

PUBLIC_ONES = {
    "EntryState.load",
    "NoticeState.dismiss",
    "NoticeState.show",
    "SandboxState.load",
    "SandboxState.refresh",
    "SandboxState.show_more",
}
HOSTILE: list[Any] = [None, True, -1, 2**70, 1.5, "", "'; --", "\x00", "9" * 5000, [], [[]], {}]


def ours(handlers: dict[str, Any]) -> dict[str, Any]:
    return {n: h for n, h in handlers.items() if h.__module__.startswith("socialapp.")}


def named(handlers: dict[str, Any], words: str) -> str:
    return next(n for n, h in ours(handlers).items() if h.__qualname__ == words)


async def ask(name: str, payload: dict[str, Any], secret: str = "") -> str | None:
    app: Any = SimpleNamespace(event_namespace=None)
    event = Event(name=name, payload=payload)
    update = await Guard().preprocess(app, browser(secret), event)
    return None if update is None else str(update.events)


def test_every_handler_of_ours_declares_a_right(handlers):
    without = {n for n, h in ours(handlers).items() if right_of(h) is None}

    assert not without


def test_only_a_few_are_public_and_they_are_known(handlers):
    public = {h.__qualname__ for h in ours(handlers).values() if right_of(h) == PUBLIC}

    assert public == PUBLIC_ONES


def test_rights_are_rights(handlers):
    assert {right_of(h) for h in ours(handlers).values()} <= {*Right, PUBLIC}


def test_the_events_of_the_framework_that_pass_still_exist(handlers):
    assert set(handlers) >= FRAMEWORK


async def test_what_the_framework_adds_beside_them_is_denied(handlers):
    for name in handlers.keys() - ours(handlers).keys() - FRAMEWORK:
        assert "cannot be done" in str(await ask(name, {}))


async def test_a_handler_that_does_not_exist_is_denied(handlers):
    assert "cannot be done" in str(await ask("reflex___state____state.nothing", {}))


async def test_without_a_session_the_way_leads_to_sign_in(handlers, database: Database, alice):
    for name, handler in ours(handlers).items():
        if right_of(handler) != PUBLIC:
            assert routes.SIGN_IN in str(await ask(name, {}))
            assert routes.SIGN_IN in str(await ask(name, {}, secret="guessed"))


async def test_before_the_first_owner_the_way_leads_to_the_welcome(handlers, database: Database):
    assert routes.WELCOME in str(await ask(named(handlers, "QueueState.refresh"), {}))


async def test_a_signed_in_owner_passes(handlers, database: Database, alice):
    assert await ask(named(handlers, "QueueState.refresh"), {}, alice) is None
    assert await ask(named(handlers, "QueueState.go"), {"step": 1}, alice) is None


async def test_an_ended_session_is_out_at_once(handlers, database: Database, alice):
    async with database.transaction() as db:
        await members.sign_out(db, alice)

    assert routes.SIGN_IN in str(await ask(named(handlers, "QueueState.refresh"), {}, alice))


async def test_a_viewer_may_look_and_nothing_else(handlers, database: Database, alice):
    async with database.transaction() as db:
        await db.execute(update(Membership).values(role=Role.VIEWER))

    for name, handler in ours(handlers).items():
        if right_of(handler) not in {PUBLIC, Right.READ}:
            assert "role does not permit" in str(await ask(name, {}, alice))
    assert await ask(named(handlers, "QueueState.refresh"), {}, alice) is None


async def test_wrong_arguments_are_answered_in_words(handlers, database: Database, alice):
    move = named(handlers, "QueueState.go")

    for payload in ({}, {"step": "1"}, {"step": None}, {"step": 1, "more": 2}, {"other": 1}):
        assert "not understood" in str(await ask(move, payload, alice))


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_check_of_arguments(handlers, value):
    for handler in ours(handlers).values():
        names = handler.__code__.co_varnames[1 : handler.__code__.co_argcount]
        assert fits(handler, dict.fromkeys(names, value)) in {True, False}


@pytest.mark.parametrize("value", ["\x00", "\ud800", 2**63, {"a": ["\x00"]}, [2**70]])
def test_what_no_database_can_keep_does_not_get_that_far(handlers, value):
    async def anything(self: Any, value: Any) -> None:
        """Take anything."""

    assert not fits(anything, {"value": value})
    assert fits(anything, {"value": "Grüße 🎉"})


@pytest.mark.parametrize("cookie", ["", ";;;", "=", "a=b; =;", "socialapp_session", 'x="\\'])
async def test_a_broken_cookie_is_no_session(handlers, database: Database, cookie):
    tab = browser()
    tab.router.headers.cookie = cookie
    event = Event(name=named(handlers, "QueueState.refresh"), payload={})
    app: Any = SimpleNamespace(event_namespace=None)

    assert await Guard().preprocess(app, tab, event) is not None
