"""Pictures that a network would refuse are made to fit; what was made is kept beside them."""

import asyncio
import hashlib
import json
from dataclasses import replace
from pathlib import Path

from socialapp.domain import fitting as rules
from socialapp.domain.content import Capabilities, Media
from socialapp.domain.errors import TooBig, UnsupportedType
from socialapp.domain.fitting import Limits
from socialapp.domain.outcome import TryLater
from socialapp.imaging import workshop
from socialapp.providers.contract import PublishFailed
from socialapp.providers.intent import Intent
from socialapp.providers.pictures import Small
from socialapp.store.files import files, raise_if_full

_EXTENSIONS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def has_to_fit(intent: Intent, can: Capabilities) -> bool:
    """Whether some picture has to be made smaller, or into another format, before it is sent."""
    return any(_is_to_fit(m, can) for part in intent.content.thread for m in part.media)


def _is_to_fit(media: Media, can: Capabilities) -> bool:
    return rules.is_beyond(media, can) and rules.can_be_fitted(media, can)


async def fitted(intent: Intent, can: Capabilities) -> Intent:
    """Return it with pictures that the network takes; what cannot be made to fit stays as it is.

    Again is harmless: what was made before is found. Raises PublishFailed.
    """
    if not has_to_fit(intent, can):
        return intent
    parts = [[await _fitted(m, can) for m in part.media] for part in intent.content.thread]
    return intent.with_media([tuple(media) for media in parts])


async def _fitted(media: Media, can: Capabilities) -> Media:
    if not _is_to_fit(media, can):
        return media
    source, limits = Path(media.file), rules.limits(can)
    try:
        made = _made(source, limits) or await _make(source, limits)
        return await asyncio.to_thread(_as_media, made, media)
    except UnsupportedType:  # or it is gone: then the network's adapter says so
        return media
    except TooBig as full:
        reason = "There is no room on this server's disk to make a picture smaller."
        raise PublishFailed(TryLater(f"{reason} Nothing was posted; it is tried again.")) from full


def _name(source: Path, limits: Limits) -> str:
    said = json.dumps(vars(limits), sort_keys=True).encode()
    return f"{source.stem}.{hashlib.sha256(said).hexdigest()[:12]}"


def _made(source: Path, limits: Limits) -> Path | None:
    """Return what was made of it before within these limits."""
    return next(source.parent.glob(f"{_name(source, limits)}.*x*.*"), None)


async def _make(source: Path, limits: Limits) -> Path:
    temporary = files().temporary()
    try:
        made = await workshop.fit(source, temporary, limits)
        size = f"{made.width}x{made.height}.{made.extension}"
        path = source.with_name(f"{_name(source, limits)}.{size}")
        await files().place(temporary, path)
        return path
    except OSError as error:
        raise_if_full(error)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _as_media(made: Path, media: Media) -> Media:
    _, _, size, extension = made.name.rsplit(".", 3)
    width, _, height = size.partition("x")
    body = made.read_bytes()
    return replace(
        media,
        file=str(made),
        mime_type=_EXTENSIONS[extension],
        size_bytes=len(body),
        width=int(width),
        height=int(height),
        sha256=hashlib.sha256(body).hexdigest(),
        made_from=media.made_from or media.sha256,
    )


async def small(data: bytes, at_most_bytes: int, at_most_side: int) -> Small | None:
    """Return a picture that came from elsewhere, made harmless and small; None when it is none."""
    limits = Limits(at_most_bytes, ("image/jpeg", "image/png"), side=at_most_side)
    source, target = files().temporary(), files().temporary()
    try:
        await asyncio.to_thread(source.write_bytes, data)
        made = await workshop.fit(source, target, limits)
        body = await asyncio.to_thread(target.read_bytes)
    except (UnsupportedType, OSError):
        return None
    finally:
        source.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
    return Small(body, made.mime_type, made.width, made.height)
