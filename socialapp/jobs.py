"""arq tasks, a few lines each. A job carries only an id and is harmless twice."""

from typing import Any, cast

from arq import cron, func
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function

from socialapp import live
from socialapp.clock import utc_now
from socialapp.publishing import upkeep
from socialapp.services import imports, media, uploads
from socialapp.store.session import database

Tools = dict[str, Any]


async def make_thumbnails(_ctx: Tools, media_id: int) -> None:
    """Make the smaller sizes of a picture."""
    await media.make_thumbnails(database(), media_id)


async def sweep(ctx: Tools) -> None:
    """Make the dispatcher look for what is due, as the API's "check now" asks."""
    ctx["dispatcher"].wake()


async def work_on_import(_ctx: Tools, import_id: int) -> None:
    """Check, import or take back the rows of a table, as far as that has not been done."""
    await imports.work(database(), import_id)


async def tidy(_ctx: Tools) -> None:
    """Make the sizes that a lost job did not, and forget what no longer matters."""
    await media.make_missing_thumbnails(database())
    await uploads.sweep(database())
    await upkeep.forget_old(database(), now=utc_now())
    for import_id in await imports.unfinished(database()):
        await live.enqueue(imports.JOB, import_id)


FUNCTIONS: list[Function] = [
    func(cast(WorkerCoroutine, make_thumbnails), max_tries=5, timeout=120),
    func(cast(WorkerCoroutine, sweep), max_tries=1),
    func(cast(WorkerCoroutine, work_on_import), max_tries=20, timeout=4 * 3600),
]
CRON: list[CronJob] = [
    cron(
        cast(WorkerCoroutine, tidy),
        minute=set(range(0, 60, 5)),
        second=17,
        unique=True,
        timeout=240,
    )
]
