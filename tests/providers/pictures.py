"""Files of posts for tests, as they lie in the library."""

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image

from socialapp.domain.content import Attachment, Media, Part
from socialapp.providers.intent import Intent

_EXTENSIONS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}
NOW = "2027-05-14T12:00:00.000Z"


def picture(
    folder: Path, name: str = "sea.png", *, mime_type: str = "image/png", **changed: Any
) -> Media:
    """Return a picture that is really there; what is no picture is some bytes."""
    file = folder / name
    if mime_type in _EXTENSIONS:
        made = io.BytesIO()
        Image.new("RGB", (8, 4)).save(made, _EXTENSIONS[mime_type])
        file.write_bytes(made.getvalue())
    else:
        file.write_bytes(b"a video, let us say")
    content = file.read_bytes()
    about: dict[str, Any] = {
        "id": 1,
        "kind": "image" if mime_type.startswith("image/") else "video",
        "mime_type": mime_type,
        "size_bytes": len(content),
        "width": 8,
        "height": 4,
        "file": str(file),
        "sha256": hashlib.sha256(content).hexdigest(),
        "filename": name,
    }
    return Media(**about | changed)


def document(folder: Path, name: str = "menu.pdf") -> Attachment:
    """Return an attachment that is really there."""
    file = folder / name
    file.write_bytes(b"%PDF-1.7")
    sha256 = hashlib.sha256(b"%PDF-1.7").hexdigest()
    return Attachment(1, "application/pdf", 8, name, "The menu", str(file), sha256)


def post(
    text: str = "Hello", *media: Media, parts: tuple[Part, ...] = (), **options: Any
) -> Intent:
    """Return what is sent for a post with these options."""
    return Intent(text, media, NOW, parts=parts, options=options)
