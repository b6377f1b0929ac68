"""The way in: one file goes to a process of its own, and what is known of it comes back.

The process has a limit on memory and time and ends after one file: a decoder that is tricked takes
nobody along, and the web process does not grow.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from socialapp.domain.errors import UnsupportedType
from socialapp.domain.fitting import Limits

ACCEPTED = "JPEG, PNG, WebP or GIF pictures and MP4, MOV or WebM videos"
THUMBNAIL_PX = 320
PREVIEW_PX = 1280
_PATIENCE_S = 60.0
_ROOT = Path(__file__).resolve().parent.parent.parent
_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


@dataclass(frozen=True)
class Examined:
    """What is known of a file that is kept."""

    mime_type: str
    extension: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Cleaned(Examined):
    """What is known of one after everything but its content was taken out of it."""

    kind: str
    """`image`, `gif` (a picture that moves: GIF or WebP) or `video`."""
    width: int
    height: int
    duration_s: float | None
    origin: dict[str, Any] = field(default_factory=dict)
    """What a camera wrote into it: it is in the original only."""


async def clean(source: Path, target: Path) -> Cleaned:
    """Write `source` without position, names and other metadata to `target`, upright and in sRGB.

    Raises UnsupportedType, in words, for what is no picture or video, is broken or is a bomb.
    """
    return Cleaned(**await _ask("clean", str(source), str(target)))


async def examine(source: Path, target: Path, *, named: str) -> Examined:
    """Move a document of a type on the list to `target`, a picture or video cleaned as by clean().

    `named` is the end of its name: it tells kinds of text apart, and nothing else. Raises
    UnsupportedType, in words, for any other file.
    """
    known = await _ask("examine", str(source), str(target), named)
    return Examined(**{each.name: known[each.name] for each in fields(Examined)})


async def shrink(source: Path, targets: dict[Path, int]) -> None:
    """Write `source` as WebP into each path, at most that many pixels wide and high."""
    await _ask("shrink", str(source), *(f"{size}:{path}" for path, size in targets.items()))


async def fit(source: Path, target: Path, limits: Limits) -> Cleaned:
    """Write the first frame of a picture to `target`, without metadata, so that it keeps `limits`.

    Raises UnsupportedType when that cannot be done.
    """
    return Cleaned(**await _ask("fit", str(source), str(target), json.dumps(vars(limits))))


async def measure(source: Path) -> dict[str, Any]:
    """Return the measures of a picture that its score is made of, and its `fingerprint`.

    Raises UnsupportedType when it cannot be read.
    """
    return await _ask("measure", str(source))


async def _ask(*words: str) -> dict[str, Any]:
    async with _turn():
        helper = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "socialapp.imaging.helper", *words),
            # None of our secrets; and one thread: each would claim memory that the limit counts.
            env={"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(_PATIENCE_S):
                said, _ = await helper.communicate()
        except BaseException as error:  # cancelled, too: nobody waits for its answer any more
            if helper.returncode is None:
                helper.kill()
                await helper.wait()
            if isinstance(error, TimeoutError):
                raise _too_heavy() from error
            raise
    return _read(said)


def _read(said: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as error:  # killed by a limit before it could say anything
        raise _too_heavy() from error
    if reason := answer.get("refused"):
        raise UnsupportedType(f"{reason} Nothing was kept.", code=answer["code"])
    if answer.get("disk_is_full"):
        raise OSError(answer["disk_is_full"], "no room for the picture")
    return answer


def _too_heavy() -> UnsupportedType:
    return UnsupportedType(
        "The file takes too much memory or time to unpack. Save it smaller and upload it again."
        " Nothing was kept.",
        code="too_heavy",
    )


def _turn() -> asyncio.Semaphore:
    """Two at once: a crowd of uploads waits rather than fills the memory."""
    loop = asyncio.get_running_loop()
    for ended in [other for other in _turns if other.is_closed()]:
        del _turns[ended]
    return _turns.setdefault(loop, asyncio.Semaphore(2))
