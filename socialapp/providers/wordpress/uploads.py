"""Files go into the site's media library: once each, with their descriptions."""

import asyncio
import html
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from socialapp.domain.outcome import Refused, Unknown
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import CONNECT_S, Answer
from socialapp.providers.wordpress.line import UPLOAD, Line, header
from socialapp.providers.wordpress.writing import File, Uploaded, plain_letters

_MEDIA = "/wp/v2/media"
_FIELDS = "id,slug,source_url,alt_text,description.raw"
_BYTES_PER_S = 128 * 1024
"""A line that is slower than this is given up."""
_THINKING_S = 60
"""How long a site may take to make the smaller sizes of a picture."""
_LONGEST_S = 600
_RESUMES = 5
"""How often WordPress's own editor asks it to go on with a picture that was too much for it."""
_ASKED_AT_ONCE = 50
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


async def upload(line: Line, files: Sequence[File], *, mark: str, post: int) -> list[Uploaded]:
    """Bring the files of a post into the library, in order; what is there by now stays.

    Each has a slug made of the post's `mark` and its bytes. Raises PublishFailed.
    """
    slugs = {_slug(mark, file): file for file in files}
    there = await _there(line, list(slugs))
    found: dict[str, Mapping[str, Any]] = {}
    for slug, file in slugs.items():
        if slug in there:
            found[slug] = await _same_words(line, there[slug], file)
        else:
            found[slug] = await _send(line, file, slug=slug, post=post)
    return [_uploaded(line, found[_slug(mark, file)], file) for file in files]


def _uploaded(line: Line, said: Mapping[str, Any], file: File) -> Uploaded:
    url = said.get("source_url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise PublishFailed(Unknown(line.unreadable))
    return Uploaded(said["id"], url, file)


def _slug(mark: str, file: File) -> str:
    return f"{mark}-{file.sha256[:16]}"


async def _there(line: Line, slugs: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return what of it is in the library, by its slug."""
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(slugs), _ASKED_AT_ONCE):
        query = {
            "slug": ",".join(slugs[start : start + _ASKED_AT_ONCE]),
            "context": "edit",
            "per_page": "100",
            "_fields": _FIELDS,
        }
        said = line.many(await line.ask("GET", _MEDIA, doing=UPLOAD, params=query))
        found |= {str(each.get("slug")): each for each in said}
    return found


async def _same_words(line: Line, there: Mapping[str, Any], file: File) -> Mapping[str, Any]:
    """Give a file that is there the descriptions it has by now."""
    description = there.get("description")
    has = description.get("raw") if isinstance(description, dict) else None
    if (there.get("alt_text"), has) == (file.alt_text, _escaped(file.description)):
        return there
    said = await line.ask(
        "POST",
        f"{_MEDIA}/{there['id']}",
        doing=UPLOAD,
        json=_words(file),
        params={"_fields": _FIELDS},
    )
    return line.one(said)


def _words(file: File) -> dict[str, str]:
    return {
        "title": _escaped(Path(file.filename).stem or file.kind),
        "alt_text": file.alt_text,
        "caption": _escaped(file.description),
        "description": _escaped(file.description),
    }


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


async def _send(line: Line, file: File, *, slug: str, post: int) -> Mapping[str, Any]:
    try:
        opened = await asyncio.to_thread(Path(file.path).open, "rb")
    except OSError as error:
        reason = f"{file.filename or 'A file of this post'} is gone from the library."
        raise PublishFailed(Refused(f"{reason} Nothing was posted.")) from error
    with opened:
        form = aiohttp.FormData()
        for name, value in {**_words(file), "slug": slug, "post": str(post)}.items():
            form.add_field(name, value)
        form.add_field("file", opened, filename=filename(file), content_type=file.mime_type)
        answer = await line.send(
            "POST", _MEDIA, data=form, params={"_fields": _FIELDS}, timeout=_patience(file)
        )
    made = header(answer, "X-WP-Upload-Attachment-ID")
    if answer.status >= 500 and made.isdigit():
        return await _resume(line, int(made), file)
    return line.one(line.read(answer, replace(UPLOAD, file=file.filename or "a file")))


def _patience(file: File) -> aiohttp.ClientTimeout:
    total_s = min(_THINKING_S + file.size_bytes / _BYTES_PER_S, _LONGEST_S)
    return aiohttp.ClientTimeout(total=total_s, sock_connect=CONNECT_S)


def filename(file: File) -> str:
    """Return a name in plain letters that ends as its type does.

    Many hosts cannot keep others on disk; the title has the name as it is.
    """
    name = Path(file.filename)
    suffix = name.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", name.suffix) else ""
    suffix = suffix or mimetypes.guess_extension(file.mime_type) or ""
    stem = name.stem if suffix == name.suffix else file.filename
    plain = _NOT_IN_NAMES.sub("-", plain_letters(stem)).strip("-")
    return f"{plain[:80] or file.kind}{suffix.lower()}"


async def _resume(line: Line, id: int, file: File) -> Mapping[str, Any]:  # noqa: A002 - WordPress's word
    """Let it go on with a picture of which it could not make all sizes at once.

    https://developer.wordpress.org/rest-api/reference/media/
    """
    for _ in range(_RESUMES):
        said = await line.send(
            "POST",
            f"{_MEDIA}/{id}/post-process",
            json={"action": "create-image-subsizes"},
            params={"_fields": _FIELDS},
            timeout=_patience(file),
        )
        if said.status == 200:
            return line.one(line.read(said, UPLOAD))
    await _drop(line, id)
    reason = (
        f"WordPress {line.access.account}: the server ran out of strength on {file.filename}."
        " Nothing was posted. Use a smaller picture."
    )
    raise PublishFailed(Refused(reason))


async def _drop(line: Line, id: int) -> Answer:  # noqa: A002
    return await line.send("DELETE", f"{_MEDIA}/{id}", params={"force": "true"})
