"""What is running, what is wrong, and what to do about it."""

import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from socialapp.clock import utc_now
from socialapp.launch import bundle, folder, migrations, plan, prepare, supervisor, valkey
from socialapp.launch.plan import CannotStart, Plan
from socialapp.settings import Settings
from socialapp.store import knobs, people, secrets, vault, workers
from socialapp.store.session import AsyncSession, Database, unusable
from socialapp.store.vault import VaultClosed

_T = TypeVar("_T")
_PYTHON = (3, 11)
_DISK_AT_LEAST_MB = 500


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    words: str
    is_wrong: bool = False

    def __str__(self) -> str:
        """Write it as a line."""
        return f"{'WRONG' if self.is_wrong else 'ok':<6} {self.name:<12} {self.words}"

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is started or changed."""
    this = plan.from_settings(settings)
    checks: list[Callable[[Settings, Plan], Awaitable[Finding]]] = [
        *(_python, _tools, _pages, _folder, _disk, _database, _secrets, _addresses, _redis),
        *(_web, _worker, _publishing),
    ]
    return [await _found(check, settings, this) for check in checks]


async def _found(
    check: Callable[[Settings, Plan], Awaitable[Finding]], settings: Settings, this: Plan
) -> Finding:
    try:
        return await check(settings, this)
    except CannotStart as error:
        return Finding(check.__name__.strip("_"), str(error), is_wrong=True)


async def _python(_settings: Settings, _this: Plan) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _PYTHON:
        return Finding("python", f"{version} is too old; install 3.11.", is_wrong=True)
    return Finding("python", version)


async def _tools(_settings: Settings, _this: Plan) -> Finding:
    missing = bundle.missing_tool()
    return Finding("tools", missing or "Node.js and Bun run.", is_wrong=bool(missing))


async def _pages(_settings: Settings, _this: Plan) -> Finding:
    if bundle.current():
        return Finding("pages", "built")
    return Finding("pages", "not built for these sources yet; `socialapp run` builds them.")


async def _folder(_settings: Settings, this: Plan) -> Finding:
    if not this.folder.exists():
        return Finding("folder", f"{this.folder} does not exist yet; the first start makes it.")
    folder.prepare(this.folder)
    return Finding("folder", f"{this.folder} can be written.")


async def _disk(_settings: Settings, this: Plan) -> Finding:
    existing = next(each for each in (this.folder, *this.folder.parents) if each.exists())
    free_mb = shutil.disk_usage(existing).free // 1_000_000
    if free_mb < _DISK_AT_LEAST_MB:
        words = f"only {free_mb} MB are free at {existing}; make room."
        return Finding("disk", words, is_wrong=True)
    return Finding("disk", f"{free_mb} MB free")


def _is_new(this: Plan) -> bool:
    return bool(this.sqlite_file) and not Path(this.sqlite_file).exists()


async def _database(settings: Settings, this: Plan) -> Finding:
    if _is_new(this):
        return Finding("database", "does not exist yet; the first start makes it.")
    found = await _revision(settings)
    if found != migrations.head():
        words = f"is at revision {found or 'none'}; run `socialapp migrate`."
        return Finding("database", words, is_wrong=True)
    return Finding("database", f"answers, at revision {found}.")


async def _revision(settings: Settings) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return await migrations.revision(settings.database)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise CannotStart(unusable(settings.database, error)) from error


async def _secrets(settings: Settings, this: Plan) -> Finding:
    if _is_new(this):
        return Finding("secrets", "nothing is sealed yet.")
    try:
        safe = vault.without_making(keys=settings.secret_key, folder=this.folder)
    except VaultClosed as error:
        return Finding("secrets", str(error), is_wrong=True)
    if closed := await _asked(settings, lambda db: secrets.closed(db, safe)):
        return Finding("secrets", secrets.closed_words(closed), is_wrong=True)
    return Finding("secrets", "can be opened.")


async def _addresses(settings: Settings, _this: Plan) -> Finding:
    found = _channels_addresses(settings)
    if settings.proposal_addresses:
        words = f"{found.words} What proposes texts may be at {settings.proposal_addresses}."
        return replace(found, words=words)
    return found


def _channels_addresses(settings: Settings) -> Finding:
    if settings.allow_private_addresses:
        words = "of this network are allowed for channels, and without https:"
        return Finding("addresses", f"{words} SOCIALAPP_ALLOW_PRIVATE_ADDRESSES is set.")
    return Finding("addresses", "of channels have to be public, with https.")


async def _redis(settings: Settings, this: Plan) -> Finding:
    if not this.valkey_socket:
        await prepare.redis(settings)
        return Finding("redis", "answers.")
    if valkey.answers(this.valkey_socket):
        return Finding("redis", "the bundled server answers.")
    valkey.binary()
    if folder.holder(this.folder):
        words = "the bundled server does not answer; restart socialapp."
        return Finding("redis", words, is_wrong=True)
    return Finding("redis", "the bundled server starts with socialapp.")


async def _web(_settings: Settings, this: Plan) -> Finding:
    if holder := folder.holder(this.folder):
        if supervisor.answers(this):
            return Finding("web", f"answers at {this.address}; the folder is held by {holder}.")
        words = f"does not answer at {this.address}, though the folder is held by {holder}."
        return Finding("web", words, is_wrong=True)
    supervisor.see_that_port_is_free(this)
    return Finding("web", "not running; start it with `socialapp run`.")


async def _worker(settings: Settings, this: Plan) -> Finding:
    if _is_new(this):
        return Finding("worker", "not running.")
    alive = await _asked(settings, lambda db: workers.alive(db, now=utc_now()))
    if troubles := sorted({worker.trouble for worker in alive} - {""}):
        return Finding("worker", f"{len(alive)} running. {' '.join(troubles)}", is_wrong=True)
    if alive:
        return Finding("worker", f"{len(alive)} running")
    is_expected = bool(folder.holder(this.folder))
    words = "none is running, so nothing is published; start `socialapp run`."
    return Finding("worker", words, is_wrong=is_expected)


async def _publishing(settings: Settings, this: Plan) -> Finding:
    if _is_new(this):
        return Finding("publishing", "nothing is planned yet.")
    if not await _asked(settings, knobs.is_running):
        words = "stopped for this installation; nothing is lost. Go on with `socialapp resume`."
        return Finding("publishing", words, is_wrong=True)
    paused = await _asked(settings, people.paused_workspaces)
    if paused:
        return Finding("publishing", f"paused by their people in: {', '.join(paused)}.")
    return Finding("publishing", "not held by anybody")


async def _asked(settings: Settings, question: Callable[[AsyncSession], Awaitable[_T]]) -> _T:
    from sqlalchemy.exc import SQLAlchemyError

    database = Database(settings.database)
    try:
        async with database.reading() as db:
            return await question(db)
    except (SQLAlchemyError, OSError) as error:
        raise CannotStart(f"cannot be asked: {type(error).__name__}") from error
    finally:
        await database.close()
