"""A worker that posts a photograph at once, and may end without a word at a step of that.

`python -m tests.faults.photographer [STEP]`: `choosing` (before the commit that records it),
`recorded` (after that commit; nothing can have left), or nothing: it works until it is ended.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from socialapp.clock import utc_now
from socialapp.services import schedules
from socialapp.services.autopilot import ticks
from socialapp.settings import get_settings
from socialapp.store.session import Database
from socialapp.worker import Tools


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _end_before_the_commit() -> None:
    create = schedules.create

    async def last(*given: Any, **more: Any) -> Any:
        await create(*given, **more)
        _end()

    schedules.create = last


async def work(step: str) -> None:
    """Look for moments until the end; each look notes what became of earlier ones."""
    settings = get_settings()
    if step == "choosing":
        _end_before_the_commit()
    if step == "recorded":
        await ticks.tick(Database(settings.database), now=utc_now())
        _end()
    async with Tools(settings):
        database = Database(settings.database)
        while True:
            await ticks.tick(database, now=utc_now())
            await asyncio.sleep(0.3)  # in its life it looks twice a minute


if __name__ == "__main__":
    asyncio.run(work("".join(sys.argv[1:])))
