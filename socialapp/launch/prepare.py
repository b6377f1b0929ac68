"""Before anything starts: the database and Redis have to answer, and the database be migrated.

Runs as a process of its own, so that the supervisor never loads the libraries this takes.
"""

import asyncio
import sys

from socialapp.launch import migrations
from socialapp.launch.plan import CannotStart
from socialapp.settings import Settings, get_settings


async def database(settings: Settings) -> str:
    """Migrate, and say what was done; nothing when there was nothing to do."""
    from alembic.util.exc import CommandError
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    from socialapp.store.session import DatabaseUnusable, unusable

    try:
        before, after = await migrations.migrate(settings.database)
    except DatabaseUnusable as error:
        raise CannotStart(str(error)) from error
    except CommandError as error:
        raise CannotStart(_too_new(error)) from error
    except (DBAPIError, OSError, TimeoutError) as error:
        raise CannotStart(unusable(settings.database, error)) from error
    except (SQLAlchemyError, ImportError, ValueError) as error:
        why = str(error).split("\n")[0]
        raise CannotStart(f"DATABASE_URL cannot be used ({why}). Correct it.") from error
    return "" if before == after else f"The database was brought to revision {after}."


async def redis(settings: Settings) -> None:
    """Raise CannotStart unless the Redis of REDIS_URL answers."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        client = Redis.from_url(settings.redis, socket_connect_timeout=3, socket_timeout=3)
    except ValueError as error:
        raise CannotStart(f"REDIS_URL cannot be used ({error}). Correct it.") from error
    try:
        await client.get("socialapp")  # any command: this one is typed
    except (RedisError, OSError) as error:
        where = settings.redis.rsplit("@", 1)[-1].removeprefix("redis://")
        why = str(error).rstrip(".")
        raise CannotStart(
            f"The Redis server at {where} does not answer ({why}). Start it, correct REDIS_URL, "
            "or unset it to use the bundled server."
        ) from error
    finally:
        await client.aclose()


def secrets(settings: Settings) -> None:
    """Raise CannotStart when SOCIALAPP_SECRET_KEY is no key."""
    from socialapp.store.vault import Vault, VaultClosed

    try:
        Vault(keys=settings.secret_key)
    except VaultClosed as error:
        raise CannotStart(str(error)) from error


async def everything(settings: Settings) -> str:
    """Check and migrate; return what was done."""
    secrets(settings)
    said = await database(settings)
    if not settings.is_embedded_redis:
        await redis(settings)
    return said


def _too_new(error: Exception) -> str:
    return (
        f"The database was used by a newer version of socialapp ({error}). "
        "Update this checkout, or restore a backup of the database."
    )


def main() -> int:
    """Do it all; what is wrong is one sentence on standard error."""
    try:
        if said := asyncio.run(everything(get_settings())):
            sys.stdout.write(f"{said}\n")
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
