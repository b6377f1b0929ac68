"""arq tasks, a few lines each. A job carries only an id and is harmless twice."""

from typing import Any, cast

from arq import cron, func
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function

from socialapp.clock import utc_now
from socialapp.publishing import upkeep
from socialapp.services import autopilot, media, uploads
from socialapp.store.session import database

Tools = dict[str, Any]


async def make_thumbnails(_ctx: Tools, media_id: int) -> None:
    """Make the smaller sizes of a picture."""
    await media.make_thumbnails(database(), media_id)


async def analyse_photo(_ctx: Tools, media_id: int) -> None:
    """Score a photograph."""
    await autopilot.analyse(database(), media_id, now=utc_now())


async def post_photos(_ctx: Tools) -> None:
    """Choose the photographs whose moment is near."""
    await autopilot.tick(database(), now=utc_now())


async def sweep(ctx: Tools) -> None:
    """Make the dispatcher look for what is due, as the API's "check now" asks."""
    ctx["dispatcher"].wake()


async def tidy(_ctx: Tools) -> None:
    """Make the sizes that a lost job did not, and forget what no longer matters."""
    await media.make_missing_thumbnails(database())
    await autopilot.analyse_missing(database(), now=utc_now())
    await uploads.sweep(database())
    await upkeep.forget_old(database(), now=utc_now())


FUNCTIONS: list[Function] = [
    func(cast(WorkerCoroutine, make_thumbnails), max_tries=5, timeout=120),
    func(cast(WorkerCoroutine, analyse_photo), max_tries=5, timeout=120),
    func(cast(WorkerCoroutine, sweep), max_tries=1),
]
CRON: list[CronJob] = [
    cron(
        cast(WorkerCoroutine, tidy),
        minute=set(range(0, 60, 5)),
        second=17,
        unique=True,
        timeout=240,
    ),
    cron(cast(WorkerCoroutine, post_photos), second={3, 33}, unique=True, timeout=25),
]
