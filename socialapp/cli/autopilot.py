"""`socialapp autopilot run`: post the next photograph of a persona, for cron."""

import asyncio
import logging
import sys
from typing import Any

import click

from socialapp.cli.terminal import answer, as_json, opened, owner, settings


@click.group()
def autopilot() -> None:
    """Post photographs by themselves."""


@autopilot.command("run")
@click.option("--persona", "name", required=True, help="Its name, as on the Autopilot page.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say which photograph, and change nothing.")
@as_json
def run(name: str, is_dry: bool, as_json: bool) -> None:
    """Schedule the next photograph of a persona for now; a worker posts it.

    Exit code 0 also when no photograph is left: that is said, and nothing is posted.
    """
    found, words = asyncio.run(_run(name, is_dry=is_dry))
    answer(as_json, found, words)
    if found["media_id"] is None:
        sys.stderr.write("warning: nothing was posted\n")


async def _run(name: str, *, is_dry: bool) -> tuple[dict[str, Any], str]:
    from socialapp import live
    from socialapp.clock import utc_now
    from socialapp.domain.errors import NotFound
    from socialapp.services.autopilot import runs
    from socialapp.store import autopilot as rows

    logging.getLogger("socialapp.live").setLevel(logging.ERROR)
    line = live.connect(settings().redis)
    try:
        async with opened(line.tell_of) as database, database.transaction() as db:
            by = await owner(db)
            there = await rows.personas(db, by.workspace_id)
            called = [p for p in there if p.name.casefold() == name.casefold()]
            if not called:
                known = ", ".join(p.name for p in there) or "none yet"
                raise NotFound(f"There is no persona called {name!r}; there are: {known}.")
            made = await runs.run(db, by, called[0].id or 0, is_dry=is_dry, now=utc_now())
    finally:
        await line.close()
    return vars(made) | {"dry_run": is_dry}, made.words
