"""The door for a terminal: `socialapp run`, `check`, `post`, `keys create`, `doctor` and the rest.

0: done; 1: it could not be done, and one sentence on standard error says why; 2: asked wrongly.
Libraries are loaded by the command that needs them: `run` should not carry them for weeks.
"""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from socialapp.cli.autopilot import autopilot
from socialapp.cli.posting import check, post
from socialapp.cli.sealing import secrets
from socialapp.cli.terminal import (
    answer,
    as_json,
    owner,
    settings,
    settings_with_folder,
    transaction,
)
from socialapp.launch.plan import CannotStart

if TYPE_CHECKING:
    from pydantic import ValidationError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Plan, schedule and publish posts, from a server of your own."""


@cli.command()
def run() -> None:
    """Start everything on this machine, and stay until Ctrl-C."""
    from socialapp.launch import plan

    plan.hand_over(settings(), "socialapp.launch.supervisor")


@cli.command()
def web() -> None:
    """Start only the web server."""
    from socialapp.launch import web

    web.serve(settings())


@cli.command()
def worker() -> None:
    """Start only a worker, which publishes."""
    from socialapp import worker

    worker.main(settings())


@cli.command()
@as_json
def migrate(as_json: bool) -> None:
    """Bring the database to the form that this version expects."""
    from socialapp.launch import migrations, prepare

    said = asyncio.run(prepare.database(settings_with_folder()))
    head = migrations.head()
    found = {"revision": head, "changed": bool(said)}
    answer(as_json, found, said or f"The database is up to date (revision {head}).")


@cli.command()
@as_json
def restored(as_json: bool) -> None:
    """Say that a backup was restored: what was due by then is not sent again by itself."""

    async def hold() -> int:
        from socialapp.clock import utc_now
        from socialapp.publishing.memory import RESTORED
        from socialapp.store import claims

        async with transaction() as db:
            return await claims.miss_what_was_due(db, reason=RESTORED, now=utc_now())

    held = asyncio.run(hold())
    answer(as_json, {"held": held}, f"{held} posts that were due wait for you under Queue.")


@cli.command()
@as_json
def pause(as_json: bool) -> None:
    """Stop publishing for the whole installation; nothing is lost."""
    waiting = asyncio.run(_run(is_running=False))
    words = (
        f"Publishing is stopped for this installation. {waiting} queued deliveries wait; nothing is"
        " lost. What is being sent right now is finished. Go on with `socialapp resume`."
    )
    answer(as_json, {"running": False, "waiting": waiting}, words)


@cli.command()
@as_json
def resume(as_json: bool) -> None:
    """Publish again after `socialapp pause`."""
    waiting = asyncio.run(_run(is_running=True))
    words = (
        f"Publishing goes on. {waiting} deliveries are queued; what is too late by now is not sent"
        " by itself, but listed as missed."
    )
    answer(as_json, {"running": True, "waiting": waiting}, words)


async def _run(*, is_running: bool) -> int:
    """Stop or start publishing, tell workers and pages, and count what waits."""
    from socialapp import live
    from socialapp.services import pauses
    from socialapp.store import overview

    line = live.connect(settings().redis)
    try:
        async with transaction(line.tell_of) as db:
            await (pauses.start_everything if is_running else pauses.stop_everything)(db)
            return await overview.unsent(db)
    finally:
        await line.close()


@cli.group()
def users() -> None:
    """Make those who sign in."""


@users.command("create")
@click.option("--email", required=True)
@click.option("--password", prompt=True, hide_input=True, help="Asked for when not given.")
@click.option("--name", default="", help="What they are called; else the start of the address.")
@click.option("--zone", default="UTC", show_default=True, help="Their time zone.")
@as_json
def create_user(email: str, password: str, name: str, zone: str, as_json: bool) -> None:
    """Make a person with a workspace of their own; the first is the owner of the app."""

    async def create() -> dict[str, Any]:
        from socialapp.clock import utc_now
        from socialapp.services import members

        name_or_part = name or email.partition("@")[0]
        async with transaction() as db:
            member = await members.create_person(
                db, name=name_or_part, email=email, password=password, zone=zone, now=utc_now()
            )
        return {
            "person_id": member.person_id,
            "email": member.email,
            "workspace_id": member.workspace_id,
        }

    made = asyncio.run(create())
    answer(as_json, made, f"{made['email']} can sign in.")


@cli.group()
def keys() -> None:
    """Make keys to the API for programs."""


@keys.command("create")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, help="read, write, publish, admin; else all.")
@as_json
def create_key(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a key for the owner's workspace and print it, once."""

    async def create() -> dict[str, Any]:
        from socialapp.clock import utc_now
        from socialapp.services import keys

        async with transaction() as db:
            by = await owner(db)
            key, secret = await keys.create(db, by, name=name, scopes=list(scopes), now=utc_now())
            return {"key": secret, "id": key.id, "name": key.name, "scopes": key.scopes}

    made = asyncio.run(create())
    answer(as_json, made, made["key"])


@cli.command()
@as_json
def doctor(as_json: bool) -> None:
    """Say what is running, what is wrong, and what to do about it."""
    from socialapp.launch import doctor

    findings = asyncio.run(doctor.examine(settings()))
    is_well = not any(finding.is_wrong for finding in findings)
    found = {"ok": is_well, "checks": [finding.as_dict() for finding in findings]}
    answer(as_json, found, "\n".join(map(str, findings)))
    if not is_well:
        sys.exit(1)


def _settings_wrong(error: "ValidationError") -> str:
    """Say which variable is wrong, and how."""
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "SOCIALAPP"
    variable = name if name.endswith("_URL") and name != "URL" else f"SOCIALAPP_{name}"
    why = first["msg"].removeprefix("Value error, ")
    given = f" (it is {first['input']!r})" if isinstance(first["input"], str) else ""
    return f"{variable} is wrong{given}: {why}. Correct it in the environment or in .env."


def _refusal(error: Exception) -> str | None:
    """Return the sentence for an error that people can do something about."""
    from pydantic import ValidationError

    from socialapp.domain.errors import ForPeople

    if isinstance(error, ValidationError) and error.title == "Settings":
        return _settings_wrong(error)
    if isinstance(error, CannotStart | ForPeople):
        return str(error)
    if type(error).__name__ in {"DatabaseUnusable", "VaultClosed"}:
        return str(error)
    return None


cli.add_command(autopilot)
cli.add_command(check)
cli.add_command(post)
cli.add_command(secrets)


def main() -> None:
    """Run the command; an expected failure is one sentence and exit code 1."""
    try:
        cli(prog_name="socialapp")
    except Exception as error:
        sentence = _refusal(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(1)
