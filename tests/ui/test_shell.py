"""The frame around the pages: each place is reached, on a screen and on a phone."""

from collections.abc import Iterator
from typing import Any

import reflex as rx

from socialapp.ui import shell
from socialapp.ui.shell import PLACES


def within(component: Any) -> Iterator[Any]:
    """Yield a component and all that is in it."""
    yield component
    for each in component.children:
        yield from within(each)


def addresses(component: rx.Component) -> list[str]:
    """Return where the links in a component lead."""
    targets = [getattr(each, name, None) for each in within(component) for name in ("to", "href")]
    values = [getattr(target, "_var_value", None) for target in targets]
    return [value.strip('"') for value in values if isinstance(value, str)]


def test_every_place_is_in_the_sidebar_and_at_the_foot_of_a_phone() -> None:
    wanted = {place.address for place in PLACES}

    assert wanted <= set(addresses(shell._sidebar(None)))
    assert wanted <= set(addresses(shell._bottom_bar(None)))
