"""The worker process: the dispatcher that keeps the instant, and arq's jobs beside it."""

import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import Any

from arq.connections import RedisSettings
from arq.worker import Worker
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisSilent
from sqlalchemy.exc import SQLAlchemyError

from socialapp import jobs, live, outward, providers
from socialapp.access import Keyring
from socialapp.providers import pictures, proposer
from socialapp.providers.http import REQUEST_S, Http
from socialapp.providers.sandbox.server import Behaviour, Server, Told
from socialapp.providers.syndication import reader
from socialapp.publishing import fitting
from socialapp.publishing.dispatcher import Dispatcher, Sweep
from socialapp.publishing.engine import Engine
from socialapp.publishing.heartbeat import Heartbeat
from socialapp.publishing.measuring import Measuring
from socialapp.publishing.timekeeper import ClockIsWrong, Timekeeper
from socialapp.services.autopilot.folder import Watched
from socialapp.settings import VERSION, Settings
from socialapp.store import files, knobs, session, vault, workers
from socialapp.store.contents import WhereIs
from socialapp.store.sandbox import SandboxTimeline
from socialapp.store.session import Database, DatabaseUnusable
from socialapp.store.tables import AttachmentAsset, MediaAsset

_log = logging.getLogger(__name__)


class Tools:
    """Everything a worker works with, opened in order and closed in the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self.dispatcher: Dispatcher | None = None
        self.http: Http | None = None

    async def __aenter__(self) -> "Tools":
        """Open everything; what was opened is closed again when the rest cannot be."""
        try:
            return await self._open()
        except BaseException:
            await self._stack.aclose()
            raise

    async def _open(self) -> "Tools":
        """Open the database, the line to Redis, the networks, and begin to publish.

        Raises DatabaseUnusable or ClockIsWrong.
        """
        settings = self._settings
        line = live.connect(settings.redis)
        self._stack.push_async_callback(line.close)
        database = session.connect(settings.database, after_commit=line.tell_of)
        self._stack.push_async_callback(database.close)
        await database.ping()
        home = files.connect(settings.media_dir, limit_bytes=settings.max_upload_mb * 1024 * 1024)

        heartbeat = Heartbeat(settings.database, workers.myself())
        await heartbeat.start()
        self._stack.push_async_callback(heartbeat.stop)

        vault.connect(keys=settings.secret_key, folder=settings.data_dir)
        outward.connect(allow_private=settings.allow_private_addresses)
        http = await self._stack.enter_async_context(
            Http(
                allow_private=settings.allow_private_addresses,
                version=VERSION,
                public_url=settings.url,
            )
        )
        self.http = http
        pictures.use(fitting.small)
        reader.use(http)
        proposer.use(
            http,
            addresses=settings.proposal_addresses.split(","),
            within_s=settings.proposal_seconds,
        )
        sandbox = _sandbox(database, home, public_url=settings.url)
        addresses = {providers.DEFAULT: await sandbox.start()}
        self._stack.push_async_callback(sandbox.stop)

        time = Timekeeper()
        networks, keyring = providers.connect(http), Keyring(database, addresses)
        engine = Engine(
            database,
            networks,
            time=time,
            keyring=keyring,
            where=_where(home),
            lease_left_s=heartbeat.lease_left_s,
        )
        self.dispatcher = Dispatcher(
            database,
            engine,
            time,
            worker=workers.myself().name,
            folder=settings.data_dir,
            at_once=settings.max_at_once,
            read_sweep=_sweep_of(database, settings.sweep_seconds),
        )
        await self.dispatcher.start()
        heartbeat.trouble = self.dispatcher.trouble
        self._stack.push_async_callback(self.dispatcher.stop)
        measuring = Measuring(database, networks, keyring, silent=self.dispatcher.silent)
        for beside in (
            _wake(line, self.dispatcher),
            _make_ahead(database),
            _look_at_sources(database),
            measuring.run(),
        ):
            self._stack.callback(asyncio.create_task(beside).cancel)
        return self

    def for_jobs(self) -> dict[str, Any]:
        """Return what arq's jobs find beside the database."""
        watched = self._settings.watched_folder
        return {
            "dispatcher": self.dispatcher,
            "watched": Watched(watched) if watched else None,
            "http": self.http,
        }

    async def __aexit__(self, *_: object) -> None:
        """Finish what has left, hand back the rest, hang up."""
        await self._stack.aclose()


def _where(home: files.Files) -> WhereIs:
    def where(asset: MediaAsset | AttachmentAsset) -> str:
        return str(home.path(asset.key))

    return where


def _sandbox(database: Database, home: files.Files, *, public_url: str) -> Server:
    def told(behaviour: str, delay_ms: int) -> Told:
        return Told(Behaviour(behaviour), delay_ms)

    timeline = SandboxTimeline(database, home.sandbox, told)
    return Server(timeline, public_url=public_url)


def _sweep_of(database: Database, default_s: float) -> Any:
    async def read() -> Sweep:
        async with database.reading() as db:
            set_to = await knobs.read_all(db)
        return Sweep(
            every_s=float(set_to.get(knobs.SWEEP_SECONDS, default_s)),
            is_running=set_to.get(knobs.SWEEP_RUNNING, "yes") == "yes",
        )

    return read


async def _wake(line: live.Live, dispatcher: Dispatcher) -> None:
    async for _ in line.listen(live.WAKE):
        dispatcher.wake()


async def _make_ahead(database: Database) -> None:
    """Make what series and lists plan next, recycle, and measure what comparisons sent.

    Several workers at once do each once.
    """
    while True:
        try:
            await jobs.make_series(database)
            await jobs.make_evergreen(database)
            await jobs.recycle(database)
            await jobs.measure_comparisons(database)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            name = type(error).__name__
            _log.warning("Series, lists and comparisons wait: no word of the database (%s).", name)
        await asyncio.sleep(jobs.AHEAD_EVERY_S)


async def _look_at_sources(database: Database) -> None:
    """Read the feeds of sources. Several workers at once read each of them once."""
    while True:
        try:
            await jobs.look_at_sources(database)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("Sources wait: %s.", type(error).__name__)
        await asyncio.sleep(jobs.SOURCES_EVERY_S)


def redis_settings(address: str) -> RedisSettings:
    """Return how arq reaches Redis: patiently, for it may be away and come back."""
    found = RedisSettings.from_dsn(address)
    found.conn_timeout = 5
    found.conn_retries = 1
    found.retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 10**6)
    found.retry_on_error = [RedisGone, RedisSilent, OSError]
    return found


class _Worker(Worker):
    """arq's worker, for a machine that may sleep."""

    async def run_cron(self, n: datetime, delay: float, num_windows: int = 2) -> None:
        """Run what is due now, once.

        After a night arq would run each job twice a second until it has done so for every time
        that has passed.
        """
        await super().run_cron(n, delay, num_windows)
        for job in self.cron_jobs:
            if job.next_run and job.next_run < n:
                job.calculate_next(n)


def arq_worker(settings: Settings, ctx: dict[str, Any]) -> Worker:
    """Return arq's worker, which runs the jobs."""
    return _Worker(
        functions=jobs.FUNCTIONS,
        cron_jobs=jobs.CRON,
        redis_settings=redis_settings(settings.redis),
        queue_name=live.QUEUE,
        ctx=ctx,
        job_serializer=live.pack,
        job_deserializer=live.unpack,
        handle_signals=False,
        max_jobs=4,
        poll_delay=0.5,
        keep_result=0,
        job_completion_wait=int(REQUEST_S) + 5,
        health_check_interval=10,
        queue_read_limit=500,
    )


async def work(settings: Settings) -> None:
    """Publish and do jobs until SIGTERM or SIGINT; publishing does not need Redis."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with Tools(settings) as tools:
        print("worker ready", flush=True)  # noqa: T201 - whoever started it waits for this line
        does_jobs = asyncio.create_task(_do_jobs(settings, tools.for_jobs()))
        await stopping.wait()
        does_jobs.cancel()
        await asyncio.wait([does_jobs], timeout=5)


async def _do_jobs(settings: Settings, ctx: dict[str, Any]) -> None:
    while True:
        worker: Worker | None = None
        try:
            worker = arq_worker(settings, ctx)
            await worker.async_run()
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("Redis is away (%s); jobs wait, posts go out.", error)
        finally:
            if worker:
                with suppress(RedisError, OSError, TimeoutError):
                    await worker.close()
        await asyncio.sleep(1)


def main(settings: Settings) -> None:
    """Run the worker until it is told to stop."""
    import uvloop

    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(work(settings))
        except (DatabaseUnusable, ClockIsWrong) as error:
            sys.exit(str(error))
