"""Pictures that an adapter found elsewhere, made small: the wiring says who does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Small:
    """A picture within the limits that were asked for."""

    data: bytes = field(repr=False)
    mime_type: str
    width: int
    height: int


MakeSmall = Callable[[bytes, int, int], Awaitable[Small | None]]
"""Takes the bytes, the most bytes, and the longest side in pixels."""
_current: list[MakeSmall] = []


def use(make_small: MakeSmall) -> None:
    """Choose who makes pictures small in this process; the wirings call it once."""
    _current[:] = [make_small]


async def small(data: bytes, *, at_most_bytes: int, at_most_side: int) -> Small | None:
    """Return a harmless picture within the limits; None when it is none, or nobody makes it."""
    return await _current[0](data, at_most_bytes, at_most_side) if _current else None
