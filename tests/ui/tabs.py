"""A tab: one state with its cookie, whose handlers are called as the socket calls them."""

from typing import Any, TypeVar

import reflex as rx
from reflex.istate.data import RouterData

from socialapp.services import members

_State = TypeVar("_State", bound=rx.State)


def tab(kind: type[_State], secret: str, address: str = "/") -> _State:
    """A fresh state of a browser that is signed in with this secret, on the page at `address`."""
    made: dict[str, Any] = {"_reflex_internal_init": True}  # only Reflex itself may, otherwise
    root = rx.State(**made)
    headers = {"cookie": f"{members.COOKIE}={secret}", "origin": "http://test"}
    root.router = RouterData.from_router_data({"headers": headers, "asPath": address})
    return kind(parent_state=root, **made)


def move(state: rx.State, address: str) -> None:
    """Have the tab go to another page."""
    root: Any = state.parent_state
    headers = {"cookie": root.router.headers.cookie, "origin": "http://test"}
    root.router = RouterData.from_router_data({"headers": headers, "asPath": address})


async def call(state: rx.State, handler: str, *args: Any) -> Any:
    """Run one handler."""
    return await type(state).event_handlers[handler].fn(state, *args)
