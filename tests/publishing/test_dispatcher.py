"""The pump's waits end: nothing that is due stays in the hands of a worker."""

import asyncio
from typing import Any, cast

from socialapp.publishing.dispatcher import Dispatcher, _Timed


async def test_what_comes_due_between_two_looks_at_the_clock_is_not_forgotten() -> None:
    nothing = cast(Any, None)
    dispatcher = Dispatcher(nothing, nothing, nothing, worker="me")
    now = asyncio.get_running_loop().time()
    looked_at, due = now - 0.02, now - 0.01
    dispatcher._timers = [_Timed(due, 1, nothing)]

    async with asyncio.timeout(0.5):
        await dispatcher._wait_for_due(looked_at)
