"""Pictures made to fit: smaller, or in another format, as good as the limits let them be."""

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from socialapp.domain.fitting import Limits
from socialapp.imaging import pictures, types
from socialapp.imaging.pictures import Picture
from socialapp.imaging.types import FileType, Unreadable

_SHARES = (1.0, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.1)
"""Of its sides, tried one after the other."""
_QUALITIES = (90, 82, 74)
"""Below that a smaller picture looks better than a worse one."""
_WRITTEN = {t.mime_type: t for t in (types.JPEG, types.PNG, types.WEBP)}


def fit(source: Path, target: Path, limits: Limits) -> Picture:
    """Write the first frame of `source` so that it keeps the limits. Raises Unreadable."""
    data = source.read_bytes()
    kind = types.file_type(data[:512])
    with pictures.opened(data, kind) as opened:
        drawn = pictures.plain(pictures.upright(opened))
    scale = limits.scale(*drawn.size)
    for share in _SHARES:
        smaller = _scaled(drawn, scale * share)
        for form, body in _forms(smaller, kind, limits):
            if len(body) <= limits.size_bytes:
                target.write_bytes(body)
                return Picture(form, *smaller.size)
    raise Unreadable("The picture cannot be made small enough.", "too_heavy")


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    if scale >= 1:
        return picture
    size = [max(1, int(side * scale)) for side in picture.size]
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _forms(
    picture: Image.Image, kind: FileType, limits: Limits
) -> Iterator[tuple[FileType, bytes]]:
    """Yield the picture as files, the best first: what was drawn stays sharp if there is room."""
    allowed = [_WRITTEN[name] for name in limits.types]
    if types.PNG in allowed and (kind in (types.PNG, types.GIF) or allowed == [types.PNG]):
        yield types.PNG, _saved(picture, types.PNG, compress_level=6)
    has_alpha = picture.mode == "RGBA"
    lossy = (types.WEBP, types.JPEG) if has_alpha else (types.JPEG, types.WEBP)
    chosen = next((form for form in lossy if form in allowed), None)
    if chosen is None:
        return
    flat = _on_white(picture) if has_alpha and chosen is types.JPEG else picture
    for quality in _QUALITIES:
        yield chosen, _saved(flat, chosen, quality=quality)


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _saved(picture: Image.Image, form: FileType, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, form.name, **options)
    return file.getvalue()
