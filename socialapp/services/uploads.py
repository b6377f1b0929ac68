"""What uploads have in common, media and attachments alike: keep, say where used, delete, sweep."""

import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import regex

from socialapp.domain.content import Kind
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.text import excerpt, normalised
from socialapp.imaging.workshop import Examined
from socialapp.store import uploads
from socialapp.store.files import Incoming, files, raise_if_full
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Post
from socialapp.store.uploads import Asset

_Known = TypeVar("_Known", bound=Examined)
_NAME_LIMIT = 120
_FORGOTTEN_S = 24 * 3600.0


def check_may_write(by: Member) -> None:
    """Raise NotAllowed for those who only read here."""
    if not by.may(Right.WRITE):
        raise NotAllowed("Your role only reads here. Nothing was changed.")


@asynccontextmanager
async def kept(
    database: Database,
    by: Member,
    incoming: Incoming,
    examine: Callable[[Path, Path], Awaitable[_Known]],
) -> AsyncIterator[tuple[AsyncSession, _Known, str]]:
    """Yield a transaction for the row of a file that has come in, what is known of it, its key.

    `examine(source, target)` looks at it and writes what is kept. Whatever fails, also in the
    body, nothing stays on the disk.
    """
    await incoming.flush()
    known, key = await _keep(incoming, examine)
    try:
        async with database.transaction() as db:
            yield db, known, key
            aftermath(db).workspaces.add(by.workspace_id)
    except BaseException:
        files().remove(key)
        raise


async def _keep(
    incoming: Incoming, examine: Callable[[Path, Path], Awaitable[_Known]]
) -> tuple[_Known, str]:
    target = files().temporary()
    try:
        known = await examine(incoming.path, target)
        return known, await files().keep(target, known.extension)
    except OSError as error:
        raise_if_full(error)
        raise
    finally:
        target.unlink(missing_ok=True)


def shown_name(filename: str, extension: str) -> str:
    """Return a name fit to be shown: no folders, no invisible or reordering characters."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = " ".join(regex.sub(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]", "", name).split())
    name = name.strip(". ") or f"untitled.{extension}"
    if len(name) <= _NAME_LIMIT:
        return name
    stem, dot, end = name.rpartition(".")
    tail = dot + end if stem and len(end) <= 8 else ""
    return name[: _NAME_LIMIT - len(tail)] + tail


def checked_description(words: str, *, limit: int, field: str) -> str:
    """Return what is said about an upload as it is kept. Raises Rejected when it is too long."""
    plain = normalised(words).strip()
    if len(plain) > limit:
        message = f"The description has {len(plain)} characters; at most {limit} fit."
        raise Rejected(Problem(f"{field}_too_long", message, field))
    return plain


async def get(
    db: AsyncSession, by: Member, kind: type[Asset], asset_id: int, *, called: str
) -> Asset:
    """Return an upload of the workspace. Raises NotFound when it has none of that id."""
    asset = await uploads.get(db, kind, by.workspace_id, asset_id)
    if asset is None:
        raise NotFound(f"There is no {called} with the id {asset_id}.")
    return asset


async def change(
    db: AsyncSession,
    by: Member,
    kind: type[Asset],
    asset_id: int,
    *,
    called: str,
    filename: str | None,
    **words: str | None,
) -> Asset:
    """Change the name that is shown, and what is said about it; None leaves a thing as it is."""
    check_may_write(by)
    asset = await get(db, by, kind, asset_id, called=called)
    if filename is not None:
        asset.filename = shown_name(filename, asset.key.rpartition(".")[2])
    for name, value in words.items():
        if value is not None:
            setattr(asset, name, value)
    aftermath(db).workspaces.add(by.workspace_id)
    return asset


async def delete(
    database: Database, by: Member, kind: type[Asset], asset_id: int, *, called: str
) -> None:
    """Delete an upload; commits. Raises Conflict that says where it is still needed."""
    check_may_write(by)
    async with database.transaction() as db:
        asset = await get(db, by, kind, asset_id, called=called)
        if needed := await uploads.uses(db, kind, asset_id):
            raise Conflict(_used_in(needed), code="in_use")
        await uploads.remove(db, kind, asset_id)
        aftermath(db).workspaces.add(by.workspace_id)
    files().remove(asset.key)


def _used_in(needed: Sequence[Post]) -> str:
    first = [_named(post) for post in needed[:3]]
    more = f" and {len(needed) - len(first)} more" if len(needed) > len(first) else ""
    return (
        f"It is used in {', '.join(first)}{more}, which did not go out yet."
        " It was not deleted. Take it out there first."
    )


def _named(post: Post) -> str:
    words = excerpt(post.title if post.kind == Kind.PAGE and post.title else post.text, 40)
    return f"{post.kind} {post.id} (“{words}”)" if words else f"{post.kind} {post.id}"


async def sweep(database: Database) -> int:
    """Remove what a killed process left: files under way, and files without a row."""
    removed = files().remove_forgotten(older_than_s=_FORGOTTEN_S)
    keys = list(files().keys(older_than_s=_FORGOTTEN_S))
    for start in range(0, len(keys), 500):
        async with database.reading() as db:
            unknown = await uploads.unknown_keys(db, keys[start : start + 500])
        for key in unknown:
            files().remove(key)
        removed += len(unknown)
    return removed
