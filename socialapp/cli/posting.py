"""`socialapp check` and `socialapp post`: what a network would refuse, and out it goes."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from socialapp.cli.terminal import answer, as_json, opened, owner, settings

if TYPE_CHECKING:
    from socialapp.domain.content import Media
    from socialapp.domain.people import Member
    from socialapp.services.dry_run import Result
    from socialapp.store.contents import Written
    from socialapp.store.session import AsyncSession, Database
    from socialapp.store.tables import Channel, Schedule

_CHUNK_BYTES = 1024 * 1024
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_media = click.option("--media", type=_FILE, multiple=True, help="A picture or video; repeatable.")
_alt = click.option(
    "--alt", multiple=True, help="What a picture or video shows, in the order of --media."
)
_channel = click.option(
    "--channel", "names", multiple=True, metavar="NAME|ID", help="A connected account; repeatable."
)


@click.command()
@click.argument("text", metavar="FILE|TEXT")
@click.option("--network", "networks", multiple=True, help="Like x or bluesky; repeatable.")
@_channel
@_media
@_alt
@as_json
def check(
    text: str,
    networks: tuple[str, ...],
    names: tuple[str, ...],
    media: tuple[Path, ...],
    alt: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what networks would refuse; nothing is saved or sent. A dash reads standard input.

    Exit code 1: something would be refused.
    """
    if not networks and not names:
        raise click.UsageError("Say for which --network, or for which --channel.")
    described = _described(media, alt)
    results = asyncio.run(_checked(_text(text, may_be_file=True), described, networks, names))
    is_ok = all(result.verdict.is_ok for result in results)
    found = {"ok": is_ok, "results": [result.as_data() for result in results]}
    answer(as_json, found, "\n".join(map(_line, results)))
    if not is_ok:
        sys.exit(1)


@click.command()
@click.argument("text")
@_media
@_alt
@click.option("--at", "when", default="", metavar="WHEN", help="Like 2027-05-14T09:00; else now.")
@click.option("--now", "is_now", is_flag=True, help="At once, which it is without --at.")
@_channel
@as_json
def post(
    text: str,
    media: tuple[Path, ...],
    alt: tuple[str, ...],
    when: str,
    is_now: bool,
    names: tuple[str, ...],
    as_json: bool,
) -> None:
    """Schedule a post in the owner's workspace. A dash reads the text from standard input.

    A time without an offset is in the zone of the workspace. A worker has to run to publish it.
    """
    if when and is_now:
        raise click.UsageError("Say --at or --now, not both.")
    described = _described(media, alt)
    found, words = asyncio.run(_posted(_text(text), described, when, names))
    answer(as_json, found, words)


def _text(given: str, *, may_be_file: bool = False) -> str:
    """Return the text that was given, or that is in the file or on standard input."""
    from socialapp.domain import text as texts

    if given == "-":
        given = sys.stdin.buffer.read().decode(errors="replace").rstrip()
    elif may_be_file and _is_file(given):
        given = Path(given).read_text("utf-8", errors="replace").rstrip()
    return texts.storable(given)


def _is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except (OSError, ValueError):  # longer than a name can be, or not one at all
        return False


def _described(media: Sequence[Path], alt: Sequence[str]) -> list[tuple[Path, str]]:
    if len(alt) > len(media):
        raise click.UsageError("There are more --alt than --media.")
    return list(zip(media, [*alt, *[""] * len(media)], strict=False))


async def _checked(
    text: str,
    media: Sequence[tuple[Path, str]],
    networks: Sequence[str],
    names: Sequence[str],
) -> list["Result"]:
    from socialapp.domain.checks import AltText
    from socialapp.domain.content import Content
    from socialapp.services import dry_run
    from socialapp.store.contents import Written

    looked_at = await _looked_at(media)
    written = Written(Content(text, tuple(looked_at)))
    results = await _of_channels(written, names) if names else []
    return results + [
        dry_run.of_network(written, network, alt_text=AltText.WARN) for network in networks
    ]


async def _of_channels(written: "Written", names: Sequence[str]) -> list["Result"]:
    from socialapp.services import dry_run

    async with opened() as database, database.reading() as db:
        by = await owner(db)
        alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
        there = await _channels(db, by, names)
        return [dry_run.of_channel(written, channel, alt_text=alt_text) for channel in there]


async def _looked_at(files: Sequence[tuple[Path, str]]) -> list["Media"]:
    """Return what an upload would make of files."""
    from tempfile import TemporaryDirectory

    from socialapp.domain.content import Media
    from socialapp.imaging import workshop

    found = []
    with TemporaryDirectory(prefix="socialapp-check-") as folder:
        for number, (file, alt_text) in enumerate(files, 1):
            seen = await workshop.clean(file, Path(folder) / str(number))
            found.append(
                Media(
                    id=number,
                    kind=seen.kind,
                    mime_type=seen.mime_type,
                    size_bytes=seen.size_bytes,
                    width=seen.width,
                    height=seen.height,
                    alt_text=alt_text,
                    duration_s=seen.duration_s,
                    filename=file.name,
                )
            )
    return found


def _line(result: "Result") -> str:
    verdict = result.verdict
    limit = f" of {verdict.limit}" if verdict.limit else ""
    lines = [f"{'ok' if verdict.is_ok else 'NO':<6} {result.network:<12} {verdict.count}{limit}"]
    lines += [
        f"{'':<6} {'' if problem.severity == 'error' else 'note: '}{problem.message}"
        for problem in verdict.problems
    ]
    return "\n".join(lines)


async def _posted(
    text: str, media: Sequence[tuple[Path, str]], when: str, names: Sequence[str]
) -> tuple[dict[str, Any], str]:
    from socialapp import live
    from socialapp.clock import utc_now
    from socialapp.domain import moments
    from socialapp.services import posts, schedules

    # Whether somebody was told at once is nothing to a person: a worker finds it, or none is there.
    logging.getLogger("socialapp.live").setLevel(logging.ERROR)
    line = live.connect(settings().redis)
    try:
        async with opened(line.tell_of) as database:
            async with database.reading() as db:
                by = await owner(db)
                to = [channel.id or 0 for channel in await _channels(db, by, names)]
            at = moments.read(when, zone=by.zone) if when else None
            async with _uploaded(database, by, media) as ids, database.transaction() as db:
                now = utc_now()
                written = await posts.create(
                    db, by, text=text, media_ids=ids, channel_ids=to, now=now
                )
                made = await schedules.create(
                    db, by, post_id=written.id or 0, at=at, channel_ids=to, now=now
                )
            async with database.reading() as db:
                return await _told(db, by, made, is_now=at is None)
    finally:
        await line.close()


@asynccontextmanager
async def _uploaded(
    database: "Database", by: "Member", media: Sequence[tuple[Path, str]]
) -> AsyncIterator[list[int]]:
    """Yield the ids of the files in the library; they leave it when they were for nothing."""
    from socialapp.services import media as library
    from socialapp.store import files

    files.connect(settings().media_dir, limit_bytes=settings().max_upload_mb * 1024 * 1024)
    ids: list[int] = []
    try:
        for file, alt_text in media:
            ids.append(await _upload(database, by, file, alt_text))
        yield ids
    except BaseException:
        for media_id in ids:
            await library.delete(database, by, media_id)
        raise


async def _upload(database: "Database", by: "Member", file: Path, alt_text: str) -> int:
    from socialapp.clock import utc_now
    from socialapp.services import media
    from socialapp.store.files import files

    async with files().incoming() as incoming:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK_BYTES):
                await incoming.write(chunk)
        asset = await media.upload(
            database, by, incoming, filename=file.name, alt_text=alt_text, now=utc_now()
        )
    return asset.id or 0


async def _channels(db: "AsyncSession", by: "Member", names: Sequence[str]) -> list["Channel"]:
    """Return the channels with these names, handles or ids. Raises Rejected for an unclear one."""
    from socialapp.domain.errors import Problem, Rejected
    from socialapp.store import channels

    there = await channels.of_workspace(db, by.workspace_id)
    chosen: dict[int, Channel] = {}
    for name in names:
        called = [c for c in there if name == str(c.id)] or [
            c for c in there if name.casefold() in {c.name.casefold(), c.handle.casefold()}
        ]
        if len(called) != 1:
            known = ", ".join(f"{c.name} ({c.id})" for c in called or there)
            why = "There are several channels" if called else "There is no channel"
            message = f"{why} called {name!r}; there are {known}. Nothing was done."
            raise Rejected(Problem("channel_unknown", message, "channel_ids"))
        chosen[called[0].id or 0] = called[0]
    return list(chosen.values())


async def _told(
    db: "AsyncSession", by: "Member", made: "Schedule", *, is_now: bool
) -> tuple[dict[str, Any], str]:
    """Say what was scheduled: as the API's answer, and in words."""
    from socialapp.api.views import WarningOut, schedules_out
    from socialapp.clock import utc_now
    from socialapp.domain import moments
    from socialapp.services import clashes
    from socialapp.store import overview

    now = utc_now()
    warned = [WarningOut(**vars(w)) for w in await clashes.warnings(db, by, made)]
    (out,) = await schedules_out(db, [made], warnings=warned)
    names = ", ".join(delivery.channel.name for delivery in out.deliveries)
    when = moments.spoken(made.scheduled_at, made.timezone, now=now)
    words = [f"Schedule {out.id}: {when}{' (now)' if is_now else ''}, to {names}."]
    words += [f"Note: {warning.message}" for warning in warned]
    if not await overview.workers_alive(db, now=now):
        words.append("Note: no worker is running; it goes out once one does.")
    return out.model_dump(mode="json"), "\n".join(words)
