"""The message that tells of a post or page, and how it is signed.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.content import MIB, Attachment, Media, Part
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Refused
from socialapp.providers import files
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.intent import Intent

PREFIX = "whsec_"
_KEY_BYTES = (24, 64)


def signing_key(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises Rejected."""
    least, most = _KEY_BYTES
    try:
        made = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        made = b""
    if not least <= len(made) <= most:
        message = f"A signing secret is {PREFIX} and {least} to {most} bytes in base64."
        raise Rejected(Problem("secret_invalid", message, "secret"))
    return made


def signed(once: str, content: bytes, secret: str) -> dict[str, str]:
    """Return the headers that prove that a message is ours, made now."""
    timestamp = str(int(utc_now().timestamp()))
    whole = b".".join((once.encode(), timestamp.encode(), content))
    signature = hmac.new(signing_key(secret), whole, hashlib.sha256).digest()
    return {
        "webhook-id": once,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def body(event: Mapping[str, Any]) -> bytes:
    """Return the bytes of a message: of the same event always the same."""
    return json.dumps(event, separators=(",", ":")).encode()


def event(intent: Intent, access: Access, once: str, *, limit: int) -> dict[str, Any]:
    """Return a post or page as it is told of, with `limit` bytes of files at most.

    Reads the files. Raises PublishFailed.
    """
    _check_size(intent, access, limit)
    return {
        "type": f"{intent.kind}.published",
        "timestamp": intent.created_at,
        "data": {
            "id": once,
            "kind": str(intent.kind),
            "title": intent.title,
            "text": intent.text,
            "media": _all(_medium, intent.media),
            "parts": [_part(part) for part in intent.parts],
            "attachments": _all(_attachment, intent.attachments),
            "options": dict(intent.options),
            "channel": {"name": access.account},
            "created_at": intent.created_at,
        },
    }


def _check_size(intent: Intent, access: Access, limit: int) -> None:
    sizes = [m.size_bytes for part in intent.content.thread for m in part.media]
    size = sum(sizes) + sum(a.size_bytes for a in intent.attachments)
    if size > limit:
        reason = (
            f"Webhook {access.account}: the files come to {size / MIB:.1f} MB, and one message"
            f" holds {limit // MIB}. Nothing was posted. Remove some, or connect it with room for"
            " more."
        )
        raise PublishFailed(Refused(reason))


def _part(part: Part) -> dict[str, Any]:
    return {"text": part.text, "media": _all(_medium, part.media)}


def _all(one: Callable[[Any], dict[str, Any]], them: Iterable[Any]) -> list[dict[str, Any]]:
    return [{**one(it), "content": base64.b64encode(files.content(it)).decode()} for it in them]


def _medium(media: Media) -> dict[str, Any]:
    return {
        "mime_type": media.mime_type,
        "filename": media.filename,
        "alt_text": media.alt_text,
        "width": media.width,
        "height": media.height,
        "duration_s": media.duration_s,
        "size_bytes": media.size_bytes,
        "sha256": media.sha256,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "mime_type": attachment.mime_type,
        "filename": attachment.filename,
        "description": attachment.description,
        "size_bytes": attachment.size_bytes,
        "sha256": attachment.sha256,
    }
