"""arq tasks, a few lines each. A job carries only an id and is harmless twice."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from arq import cron, func
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function

from socialapp import live
from socialapp.clock import utc_now
from socialapp.publishing import upkeep
from socialapp.services import (
    comparing,
    destinations,
    going_round,
    import_work,
    imports,
    making,
    media,
    recycling,
    reminders,
    source_looks,
    uploads,
)
from socialapp.services.autopilot import describing, folder, links, scoring, ticks
from socialapp.store import comparisons, evergreen, series, sources
from socialapp.store import recycling as recycling_rules
from socialapp.store.session import Database, database

Tools = dict[str, Any]
_Look = Callable[..., Awaitable[list[tuple[int, int]]]]
_MakeOne = Callable[..., Awaitable[int]]
AHEAD_EVERY_S = 60.0
SOURCES_EVERY_S = 60.0
_log = logging.getLogger(__name__)


async def make_thumbnails(_ctx: Tools, media_id: int) -> None:
    """Make the smaller sizes of a picture."""
    await media.make_thumbnails(database(), media_id)


async def analyse_photo(_ctx: Tools, media_id: int) -> None:
    """Score a photograph."""
    await scoring.analyse(database(), media_id, now=utc_now())


async def post_photos(_ctx: Tools) -> None:
    """Choose the photographs whose moment is near."""
    await ticks.tick(database(), now=utc_now())


async def describe_photos(_ctx: Tools) -> None:
    """Have what goes out soon described, where a persona asks for it."""
    await describing.look_ahead(database(), now=utc_now())


async def fetch_pictures(ctx: Tools, workspace_id: int) -> None:
    """Fetch the pictures of a workspace's list of addresses."""
    await links.work(database(), ctx["http"], workspace_id, now=utc_now())


async def watch_folder(ctx: Tools) -> None:
    """Take new pictures from the watched folder, if there is one."""
    if watched := ctx.get("watched"):
        await folder.look(database(), watched, now=utc_now())


async def sweep(ctx: Tools) -> None:
    """Make the dispatcher look for what is due, as the API's "check now" asks."""
    ctx["dispatcher"].wake()


async def work_on_import(_ctx: Tools, import_id: int) -> None:
    """Check, import or take back the rows of a table, as far as that has not been done."""
    await import_work.work(database(), import_id)


async def tidy(_ctx: Tools) -> None:
    """Make the sizes that a lost job did not, and forget what no longer matters."""
    await media.make_missing_thumbnails(database())
    await scoring.analyse_missing(database(), now=utc_now())
    await uploads.sweep(database())
    await upkeep.forget_old(database(), now=utc_now())
    for import_id in await import_work.unfinished(database()):
        await live.enqueue(imports.JOB, import_id)
    for workspace_id in await links.unfinished(database()):
        await live.enqueue(links.JOB, workspace_id)


async def make_series(data: Database) -> int:
    """Make the next occurrences of series; return how many. Does not need Redis."""
    return await _make(data, "series", series.to_look_at, making.make_one)


async def make_evergreen(data: Database) -> int:
    """Make the next turns of evergreen lists; return how many. Does not need Redis."""
    return await _make(data, "evergreen list", evergreen.to_look_at, going_round.make_one)


async def recycle(data: Database) -> int:
    """Let the rules of evergreen lists look whose day has come; return how many posts they found.

    Does not need Redis.
    """
    async with data.reading() as db:
        found = await recycling_rules.to_look_at(db, now=utc_now())
    done = 0
    for workspace_id, list_id in found:
        try:
            done += await recycling.look(data, workspace_id, list_id, now=utc_now())
        except Exception:
            _log.exception("The recycling of list %d could not look.", list_id)
    return done


async def measure_comparisons(data: Database) -> int:
    """Keep what posts of comparisons came to; return how many. Does not need Redis."""
    async with data.reading() as db:
        found = await comparisons.to_look_at(db, now=utc_now())
    measured = 0
    for workspace_id, its_id in found:
        try:
            measured += await comparing.measure_one(data, workspace_id, its_id)
        except Exception:
            _log.exception("What comparison %d came to could not be kept.", its_id)
    return measured


async def _make(data: Database, what: str, to_look_at: _Look, make_one: _MakeOne) -> int:
    """Make what is due to be made ahead.

    What cannot be made does not hinder the others; it is tried again.
    """
    async with data.reading() as db:
        found = await to_look_at(db, now=utc_now())
    made = 0
    for workspace_id, its_id in found:
        try:
            async with data.transaction() as db:
                made += await make_one(db, workspace_id, its_id, now=utc_now())
        except Exception:
            _log.exception("The next of %s %d could not be made.", what, its_id)
    return made


async def look_at_sources(data: Database) -> int:
    """Read the feeds whose time has come; return how many. Does not need Redis."""
    return await source_looks.look_at_due(data, now=utc_now())


async def look_at_source(_ctx: Tools, source_id: int) -> None:
    """Read a feed that is new, if nobody has done it by now."""
    async with database().reading() as db:
        workspace_id = await sources.workspace_of(db, source_id)
    if workspace_id is not None:
        await source_looks.look(database(), workspace_id, source_id, now=utc_now())


async def send_notifications(_ctx: Tools, _workspace_id: int) -> None:
    """Send what is due to be told outside of the app."""
    await destinations.send_due(database(), now=utc_now())


async def send_again(_ctx: Tools) -> None:
    """Send what was put off, or what a lost job did not, and the daily summaries."""
    await destinations.send_due(database(), now=utc_now())


async def remind(_ctx: Tools) -> None:
    """Tell those who approve again of what waits for them."""
    await reminders.remind(database(), now=utc_now())


async def try_destination(_ctx: Tools, destination_id: int) -> None:
    """Send a test message, as somebody asked."""
    await destinations.send_test(database(), destination_id, now=utc_now())


FUNCTIONS: list[Function] = [
    func(cast(WorkerCoroutine, make_thumbnails), max_tries=5, timeout=120),
    func(cast(WorkerCoroutine, analyse_photo), max_tries=5, timeout=120),
    func(cast(WorkerCoroutine, sweep), max_tries=1),
    func(cast(WorkerCoroutine, work_on_import), max_tries=20, timeout=4 * 3600),
    func(cast(WorkerCoroutine, fetch_pictures), max_tries=5, timeout=4 * 3600),
    func(cast(WorkerCoroutine, look_at_source), max_tries=1, timeout=300),
    func(cast(WorkerCoroutine, send_notifications), max_tries=1, timeout=600),
    func(cast(WorkerCoroutine, try_destination), max_tries=1, timeout=120),
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
    cron(cast(WorkerCoroutine, describe_photos), second={13}, unique=True, timeout=600),
    cron(cast(WorkerCoroutine, watch_folder), second={20}, unique=True, timeout=600),
    cron(cast(WorkerCoroutine, remind), second=53, unique=True, timeout=50),
    cron(cast(WorkerCoroutine, send_again), second={7, 37}, unique=True, timeout=600),
]
