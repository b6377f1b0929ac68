"""The bytes of uploads: a folder of this machine. Another home for them is another `Files`."""

import asyncio
import errno
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from socialapp.domain.errors import TooBig

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z0-9]{2,4}")
_BATCH_BYTES = 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_INCOMING = "incoming"
THUMBNAIL, PREVIEW = ".thumbnail.webp", ".preview.webp"


class Incoming:
    """A file on its way in: counted as it comes, and gone at the end unless it was kept."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self.path = path
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    async def write(self, data: bytes) -> None:
        """Take more bytes. Raises TooBig as soon as the limit is passed, or the disk is full."""
        self.size_bytes += len(data)
        if self.size_bytes > self.limit_bytes:
            raise too_big(self.limit_bytes)
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= _BATCH_BYTES:
            await self.flush()

    async def flush(self) -> None:
        """Have everything that was taken in the file; the loop does not wait for the disk."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        try:
            await _to_its_end(self._append, waiting)
        except OSError as error:
            raise_if_full(error)
            raise

    def _append(self, waiting: list[bytes]) -> None:
        with self.path.open("ab") as file:
            file.writelines(waiting)


class Files:
    """Keeps files under keys that say nothing about their owners or names."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes

    @property
    def sandbox(self) -> Path:
        """The folder of what was posted to the sandbox: it outlives the library's copy."""
        return self.folder / "sandbox"

    @asynccontextmanager
    async def incoming(self) -> AsyncIterator[Incoming]:
        """Yield a place for one upload; what is not kept is removed, whatever happens."""
        temporary = self.temporary()
        try:
            yield Incoming(temporary, self.limit_bytes)
        finally:
            temporary.unlink(missing_ok=True)

    def temporary(self) -> Path:
        """Return a path on the same disk for a file under way; sweep() removes forgotten ones."""
        folder = self.folder / _INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / secrets.token_hex(16)

    async def keep(self, temporary: Path, extension: str) -> str:
        """Move a file to its place, safe from a power cut, and return its key."""
        name = secrets.token_hex(16)
        key = f"{name[:2]}/{name}.{extension}"
        try:
            await self.place(temporary, self.path(key))
        except asyncio.CancelledError:
            self.remove(key)
            raise
        return key

    async def place(self, temporary: Path, path: Path) -> None:
        """Move a file to `path`, all of it or nothing."""
        try:
            await _to_its_end(_move, temporary, path)
        except OSError as error:
            raise_if_full(error)
            raise

    def path(self, key: str) -> Path:
        """Return where the bytes of `key` are."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of this store")
        return self.folder / key

    def sized(self, key: str, size: str) -> Path:
        """Return where a smaller version of a picture is, or will be."""
        return self.path(key).with_suffix(size)

    def remove(self, key: str) -> None:
        """Remove a file and all that was made of it; one that is gone already is fine."""
        path = self.path(key)
        for made in (path, *path.parent.glob(f"{path.stem}.*")):
            made.unlink(missing_ok=True)

    def remove_forgotten(self, *, older_than_s: float) -> int:
        """Remove files that were under way when a process died; return how many."""
        oldest = time.time() - older_than_s  # file times are the disk's, not those of our clock
        forgotten = [p for p in (self.folder / _INCOMING).glob("*") if _modified(p) < oldest]
        for path in forgotten:
            path.unlink(missing_ok=True)
        return len(forgotten)

    def keys(self, *, older_than_s: float) -> Iterator[str]:
        """Yield the keys of files that have been here for a while."""
        oldest = time.time() - older_than_s
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            key = f"{path.parent.name}/{path.name}"
            if _KEY.fullmatch(key) and _modified(path) < oldest:
                yield key


async def _to_its_end(work: Callable[..., None], *args: object) -> None:
    """Run `work` in a thread and wait for it, also when cancelled.

    A thread cannot be stopped: left alone, it would write a file that was already cleared away.
    """
    thread = asyncio.ensure_future(asyncio.to_thread(work, *args))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        thread.exception()  # the cancel is what is told
        raise


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _move(temporary: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sync(temporary, os.O_RDONLY)
    temporary.replace(path)
    _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def too_big(limit_bytes: int) -> TooBig:
    """Return the refusal of a file that is larger than this installation takes."""
    most = f"{limit_bytes / 1024 / 1024:.4g}"
    return TooBig(
        f"The file is larger than {most} MB, the most this server takes. Nothing was kept."
    )


def raise_if_full(error: OSError) -> None:
    """Say a full disk in words; anything else is not about space."""
    if error.errno in _FULL:
        message = (
            "There is no room left on the server's disk. Nothing was kept."
            " Make room there and upload it again."
        )
        raise TooBig(message, code="disk_full") from error


_current: list[Files] = []


def connect(folder: Path, *, limit_bytes: int) -> Files:
    """Choose the folder of this process; the wirings call it once."""
    files = Files(folder, limit_bytes=limit_bytes)
    _current[:] = [files]
    return files


def files() -> Files:
    """Return the files that connect() opened."""
    return _current[0]
