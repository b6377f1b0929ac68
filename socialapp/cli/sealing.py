"""`socialapp secrets`: the keys that seal the access to channels."""

import asyncio

import click

from socialapp.cli.terminal import answer, as_json, opened, settings
from socialapp.launch.plan import CannotStart


@click.group()
def secrets() -> None:
    """Change the key that seals the access to channels."""


@secrets.command("new-key")
@as_json
def new_key(as_json: bool) -> None:
    """Print a key for SOCIALAPP_SECRET_KEY; nothing is changed."""
    from socialapp.store import vault

    key = vault.new_key()
    answer(as_json, {"key": key}, key)


@secrets.command()
@as_json
def rotate(as_json: bool) -> None:
    """Seal everything anew with a new key, and forget the old ones; the app may run meanwhile."""
    number = asyncio.run(_rotate(has_file=not settings().secret_key))
    answer(as_json, {"sealed": number}, f"{number} secrets are sealed anew. {_what_next()}")


async def _rotate(*, has_file: bool) -> int:
    from socialapp.store import secrets as sealed
    from socialapp.store import vault

    async with opened() as database:
        safe = vault.connect(keys=settings().secret_key, folder=settings().data_dir)
        async with database.reading() as db:
            closed = await sealed.closed(db, safe)
        if closed:
            raise CannotStart(sealed.closed_words(closed))
        if not has_file:
            return await sealed.reseal(database)
        safe.add_key()
        await sealed.reseal(database)
        # Once more: somebody may have sealed with the old key while it was replaced.
        number = await sealed.reseal(database)
        safe.drop_old_keys()
        return number


def _what_next() -> str:
    keys = settings().secret_key
    if not keys:
        return "A backup from before opens only with the secret.key that was saved with it."
    if "," in keys:
        return (
            "Take all keys but the first out of SOCIALAPP_SECRET_KEY, on every machine, and"
            " restart."
        )
    return (
        "It is still the same key. For another one, put what `socialapp secrets new-key` prints in"
        " front of it in SOCIALAPP_SECRET_KEY, separated by a comma, on every machine; restart, and"
        " run this again."
    )
