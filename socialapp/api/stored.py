"""The bytes of uploads on their way out: only ever as the type that was read from them."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from starlette.responses import FileResponse

from socialapp.domain.errors import NotFound
from socialapp.imaging import documents

BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes.", "content": {"*/*": {}}},
    206: {"description": "The part that Range asked for."},
    304: {"description": "Not changed since the ETag that was sent."},
}
_EXTENSIONS = {kind.mime_type: kind.extension for kind in documents.TYPES}
_OTHER_ENDS = {
    "jpg": {"jpeg", "jpe", "jfif"},
    "mp4": {"m4v"},
    "mov": {"qt"},
    "txt": {"text", "log"},
    "md": {"markdown"},
    "ogg": {"oga", "opus"},
}
"""The ends of names that fit a type beside its own."""


def stored(
    request: Request,
    path: Path,
    mime_type: str,
    filename: str,
    tag: str,
    *,
    cached: str = "private, max-age=3600",
    shows: bool = True,
) -> Response:
    """Send an upload, so that a browser takes it as what it is and nothing else.

    `shows`: it may be shown in place, as pictures and videos are; else it is only saved.
    """
    headers = {
        "Cache-Control": cached,
        "ETag": f'"{tag}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if not path.exists():
        raise NotFound("The file is gone from this server's disk.")
    return FileResponse(
        path,
        headers=headers,
        media_type=mime_type,
        filename=_fitting(filename, mime_type),
        content_disposition_type="inline" if shows else "attachment",
    )


def _fitting(filename: str, mime_type: str) -> str:
    """Return the name to save it under: what it is called must not contradict what it is."""
    stem, _, end = filename.rpartition(".")
    extension = _EXTENSIONS[mime_type]
    fits = end.lower() in {extension, *_OTHER_ENDS.get(extension, ())}
    return filename if stem and fits else f"{filename}.{extension}"
