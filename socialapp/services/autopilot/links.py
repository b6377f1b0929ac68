"""Pictures by their addresses: each line is fetched by a worker, and says what became of it."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from yarl import URL

from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.text import storable
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Http
from socialapp.services import ahead, media
from socialapp.services.autopilot import photographs, rights
from socialapp.store import links as rows
from socialapp.store import people
from socialapp.store.files import files
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import MediaAsset, PictureLink

JOB = "fetch_pictures"
LINES_AT_MOST = 500
_URL_AT_MOST = 2000
BYTES_AT_MOST = 50 * 1024 * 1024


async def start(
    db: AsyncSession, by: Member, given: Iterable[str], *, folder: str, now: datetime
) -> int:
    """Have pictures fetched by these addresses; return how many they are, each counted once.

    Those of the last time that are over are forgotten. Raises Rejected, or Conflict when too many
    wait already. Whoever only publishes adds no pictures to the library, by this way neither.
    """
    rights.allow(by)
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at the library here, not add to it. Nothing was fetched.")
    urls = list(dict.fromkeys(filter(None, (storable(line).strip() for line in given))))
    if not urls or len(urls) > LINES_AT_MOST:
        message = f"Give an address in each line, at most {LINES_AT_MOST}. Nothing was fetched."
        raise Rejected(Problem("links_required", message, "urls"))
    await people.lock_workspace(db, by.workspace_id)  # two at once are counted together
    await rows.forget(db, by.workspace_id)
    wait = await rows.number(db, by.workspace_id)
    if wait + len(urls) > LINES_AT_MOST:
        raise Conflict(
            f"{wait} addresses wait already, and at most {LINES_AT_MOST} may. Nothing was added."
            " Stop these, or try again when they are fetched.",
            code="too_many",
        )
    for url in urls:
        why = _wrong(url)
        db.add(
            PictureLink(
                workspace_id=by.workspace_id,
                created_by=by.person_id,
                folder=" ".join(storable(folder).split())[:120],
                url=url[:_URL_AT_MOST],
                status="failed" if why else "waiting",
                why=why,
                created_at=now,
            )
        )
    noted = aftermath(db)
    noted.workspaces.add(by.workspace_id)
    noted.jobs.append((JOB, by.workspace_id))
    return len(urls)


def _wrong(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_one = False
    if not is_one or len(url) > _URL_AT_MOST:
        return "That is not the address of a picture. It begins with https://."
    return ""


async def stop(db: AsyncSession, by: Member) -> None:
    """Fetch no more of them, and forget the list."""
    rights.allow(by)
    await rows.forget(db, by.workspace_id, is_all=True)
    aftermath(db).workspaces.add(by.workspace_id)


async def work(database: Database, http: Http, workspace_id: int, *, now: datetime) -> None:
    """Fetch what waits in a workspace, one after the other; commits after each. Twice is harmless.

    No network call is inside a transaction; a picture and its line are written together.
    """
    while True:
        async with database.reading() as db:
            link = await rows.waiting(db, workspace_id)
        if link is None:
            return
        why = await _fetch(database, http, link, now=now)
        if why:
            async with database.transaction() as db:
                if found := await rows.still(db, link.id or 0):
                    found.status, found.why = "failed", why
                aftermath(db).workspaces.add(workspace_id)


async def _fetch(database: Database, http: Http, link: PictureLink, *, now: datetime) -> str:
    """Take one picture; return why not."""
    async with database.reading() as db:
        by = await _giver(db, link)
    if by is None:
        return "Whoever gave this address is no longer here. Nothing was kept."
    limit = min(BYTES_AT_MOST, files().limit_bytes)

    async def beside(db: AsyncSession, asset: MediaAsset) -> None:
        found = await rows.still(db, link.id or 0)
        if found is None:
            raise Conflict("The list was stopped.")
        found.status = "done"
        await photographs.add(db, by, asset.id or 0, folder=link.folder, now=now)

    try:
        answer = await http.fetch(link.url, at_most_bytes=limit + 1)
        if answer.status != 200:
            return f"The server answered {answer.status}. Nothing was kept."
        if len(answer.body) > limit:
            return f"It is larger than {limit // 2**20} MB. Nothing was kept."
        async with files().incoming() as incoming:
            await incoming.write(answer.body)
            name = URL(link.url).name or "picture"
            await media.upload(database, by, incoming, filename=name, beside=beside, now=now)
    except PublishFailed as failed:
        return _words(failed)
    except (ForPeople, ValueError) as no:
        return str(no) or "The address cannot be read."
    return ""


async def _giver(db: AsyncSession, link: PictureLink) -> Member | None:
    """Return who gave the address; None when they have left."""
    if link.created_by is not None:
        return await people.member(db, person_id=link.created_by, workspace_id=link.workspace_id)
    workspace = await people.workspace(db, link.workspace_id)
    return await ahead.maker(db, link.workspace_id, None, zone=workspace.zone)


def _words(failed: PublishFailed) -> str:
    reason = str(getattr(failed.outcome, "reason", ""))
    is_refused = "not allowed" in reason
    return reason if is_refused else "The server could not be reached. Nothing was kept."


async def unfinished(database: Database) -> list[int]:
    """Return the workspaces whose job was lost."""
    async with database.reading() as db:
        return await rows.workspaces_waiting(db)
