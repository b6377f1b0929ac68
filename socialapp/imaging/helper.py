"""The process that opens one uploaded file, says what it is as JSON, and ends."""

import errno
import hashlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

from socialapp.imaging import types, videos
from socialapp.imaging.types import FileType, Unreadable

_MEMORY_BYTES = 1280 * 1024 * 1024  # 50 megapixels, twice (turning needs a copy), and Python
_CPU_S = 30


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def clean(source: Path, target: Path) -> dict[str, Any]:
    """Write the harmless version of `source` to `target` and return what is known of it."""
    with source.open("rb") as file:
        head = file.read(512)
    kind = types.file_type(head)
    shown = _clean_video(source, target, kind) if kind.is_video else _clean_picture(source, target)
    return shown | _measured(target)


def examine(source: Path, target: Path, named: str) -> dict[str, Any]:
    """Move a document to `target` as it is, a picture or video cleaned; return what is known."""
    from socialapp.imaging import documents  # the library does not need it

    kind = documents.document_type(source, named=named)
    if kind in types.POSTABLE:
        return clean(source, target)
    source.replace(target)
    return {"mime_type": kind.mime_type, "extension": kind.extension} | _measured(target)


def _measured(target: Path) -> dict[str, Any]:
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size_bytes": target.stat().st_size, "sha256": digest}


def _clean_video(source: Path, target: Path, kind: FileType) -> dict[str, Any]:
    video = videos.clean(source, kind)  # in place: a video may be large
    source.replace(target)
    return _known("video", video.type, video.width, video.height, video.duration_s)


def _clean_picture(source: Path, target: Path) -> dict[str, Any]:
    from socialapp.imaging import pictures  # videos do not need it, and it takes a while to load

    picture = pictures.clean(source, target)
    kind = "gif" if picture.is_moving else "image"
    known = _known(kind, picture.type, picture.width, picture.height, picture.duration_s)
    return known | {"origin": picture.origin}


def _known(
    kind: str, of: FileType, width: int, height: int, duration_s: float | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "mime_type": of.mime_type,
        "extension": of.extension,
        "width": width,
        "height": height,
        "duration_s": duration_s,
    }


def shrink(source: Path, *targets: str) -> dict[str, Any]:
    """Write the smaller sizes; each target is `pixels:path`."""
    from socialapp.imaging import pictures

    wanted = [target.split(":", 1) for target in targets]
    pictures.shrink(source, {Path(path): int(size) for size, path in wanted})
    return {}


def fit(source: Path, target: Path, limits: str) -> dict[str, Any]:
    """Write `source` to `target` within limits, which are JSON, and return what became of it."""
    from socialapp.domain.fitting import Limits
    from socialapp.imaging import fitting

    picture = fitting.fit(source, target, Limits(**json.loads(limits)))
    return _known("image", picture.type, picture.width, picture.height, None) | _measured(target)


def measure(source: Path) -> dict[str, Any]:
    """Return what a picture's score is made of."""
    from socialapp.imaging import measures

    return measures.measure(source)


def main(verb: str, *words: str) -> dict[str, Any]:
    """Do one thing; what is wrong with the file is an answer, not a crash."""
    _limit()
    try:
        if verb == "clean":
            return clean(Path(words[0]), Path(words[1]))
        if verb == "examine":
            return examine(Path(words[0]), Path(words[1]), words[2])
        if verb == "fit":
            return fit(Path(words[0]), Path(words[1]), words[2])
        if verb == "measure":
            return measure(Path(words[0]))
        return shrink(Path(words[0]), *words[1:])
    except Unreadable as no:
        return {"refused": str(no), "code": no.code}
    except MemoryError:
        return {"refused": "The file takes too much memory to unpack.", "code": "too_heavy"}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return {"disk_is_full": error.errno}
        raise


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
