"""Pictures: looked at before they are decoded, decoded before they are believed."""

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile, ImageOps

from socialapp.imaging import origin, strip, types
from socialapp.imaging.types import FileType, Unreadable

MAX_PIXELS = 50_000_000
MAX_UNPACKED_PIXELS = 1_000_000_000
"""All frames of an animation together."""
_QUALITY = 92
"""Where JPEG begins to look the same as its source; networks compress again anyway."""
_ORIENTATION = 0x0112
_TYPES = {t.name: t for t in (types.JPEG, types.PNG, types.GIF, types.WEBP)}

Image.MAX_IMAGE_PIXELS = None  # ours is checked below, and is an error rather than a warning
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True)
class Picture:
    """What is known of a picture that was decoded to its end."""

    type: FileType
    width: int
    height: int
    is_moving: bool = False
    duration_s: float | None = None
    origin: dict[str, Any] = field(default_factory=dict)
    """What the camera wrote into it, which is not in what is kept."""


def clean(source: Path, target: Path) -> Picture:
    """Write `source` upright, in sRGB and without metadata.

    Pixels that are right already are not encoded again: their metadata is cut out, which loses
    nothing and takes a fifth of the time.
    """
    data = source.read_bytes()
    kind = types.file_type(data[:512])
    bare = strip.STRIP[kind](data)
    with opened(data, kind) as picture:
        written = origin.read(picture)
        if _needs_drawing(picture):
            return replace(_draw(picture, target, kind), origin=written)
    verified = _verified(bare, kind)
    target.write_bytes(bare)
    return replace(verified, origin=written)


def shrink(source: Path, targets: dict[Path, int]) -> None:
    """Write smaller WebP versions of a picture's first frame, largest first from each other."""
    data = source.read_bytes()
    with opened(data, types.file_type(data[:512])) as whole:
        largest = max(targets.values())
        # JPEG: decodes an eighth, a quarter or a half
        whole.draft("RGB", (largest, largest))
        picture: Image.Image = plain(whole)
        for path, size in sorted(targets.items(), key=lambda item: -item[1]):
            picture.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
            picture.save(path, "WEBP", quality=80, method=3)


def opened(data: bytes, kind: FileType) -> Image.Image:
    """Open a picture, not decoded yet. Raises Unreadable when it is broken, or a bomb."""
    try:
        picture = Image.open(io.BytesIO(data), formats=[kind.name])
        _check_size(picture)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError) as error:
        raise _broken() from error
    return picture


def _check_size(picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    frames = getattr(picture, "n_frames", 1) if picture.format in ("GIF", "WEBP") else 1
    if pixels > MAX_PIXELS:
        raise Unreadable(
            f"The picture is {picture.width} x {picture.height} pixels; at most"
            f" {MAX_PIXELS // 1_000_000} megapixels are taken. Save it smaller.",
            "too_heavy",
        )
    if frames > strip.MAX_FRAMES:
        message = f"The animation has more than {strip.MAX_FRAMES} frames."
        raise Unreadable(message, "too_heavy")
    if pixels * frames > MAX_UNPACKED_PIXELS:
        raise Unreadable("The animation is too large to unpack. Save it smaller.", "too_heavy")


def _broken() -> Unreadable:
    return Unreadable("The picture is damaged and cannot be read to its end.", "broken")


def _verified(bare: bytes, kind: FileType) -> Picture:
    """Decode what will be kept: a picture that breaks at a network breaks here instead."""
    with opened(bare, kind) as picture:
        frames = getattr(picture, "n_frames", 1) if kind in (types.GIF, types.WEBP) else 1
        width, height = picture.size
        duration_ms = 0
        # The whole file is read, but for a JPEG only an eighth of its pixels is worked out.
        picture.draft(picture.mode, (width // 8, height // 8))
        try:
            for frame in range(frames):
                picture.seek(frame)
                picture.load()
                duration_ms += int(picture.info.get("duration", 0) or 0)
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
            raise _broken() from error
    is_moving = frames > 1
    return Picture(kind, width, height, is_moving, duration_ms / 1000 if is_moving else None)


def _needs_drawing(picture: Image.Image) -> bool:
    if getattr(picture, "n_frames", 1) > 1 and picture.format in ("GIF", "WEBP"):
        return False  # drawing an animation again would lose more than its colour profile
    return _orientation(picture) > 1 or picture.mode == "CMYK" or not _is_srgb(picture)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # whatever a made-up EXIF block breaks, it turns nothing
        return 1


def _is_srgb(picture: Image.Image) -> bool:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("L", "P", "RGB", "RGBA", "CMYK"):
        return True
    from PIL import ImageCms

    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError):
        return True  # a profile that cannot be read says nothing
    return "srgb" in name.lower()


def _draw(picture: Image.Image, target: Path, kind: FileType) -> Picture:
    drawn = upright(picture)
    for metadata in ("exif", "icc_profile", "xmp", "comment", "photoshop"):
        drawn.info.pop(metadata, None)
    drawn.save(target, kind.name, **_options(picture, kind))
    return Picture(kind, *drawn.size)


def upright(picture: Image.Image) -> Image.Image:
    """Return it decoded, in sRGB and the right way up. Raises Unreadable."""
    try:
        return _turned(_in_srgb(picture))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise _broken() from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode != "CMYK" and (not profile or _is_srgb(picture)):
        if picture.format == "JPEG" and picture.mode == "RGB" and not _is_plain_rgb(picture):
            picture.draft("YCbCr", picture.size)  # turned as it is stored: no rounding, less time
        picture.load()
        return picture
    if profile and (converted := _converted(picture, profile)):
        return converted
    return picture.convert("RGB")


def _is_plain_rgb(picture: Image.Image) -> bool:
    return bool(picture.info.get("adobe_transform", 1) == 0)


def _converted(picture: Image.Image, profile: bytes) -> Image.Image | None:
    from PIL import ImageCms

    source = picture.convert("RGBA") if picture.mode == "P" else picture
    mode = "RGBA" if source.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(
            source,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _turned(picture: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(picture) if _orientation(picture) > 1 else picture


def _options(picture: Image.Image, kind: FileType) -> dict[str, Any]:
    if kind == types.PNG:
        return {"compress_level": 4}
    if kind == types.WEBP:
        return {"quality": _QUALITY, "method": 2}
    from PIL import JpegImagePlugin

    # 0 is no subsampling, 2 is 4:2:0; 4:2:2 has a direction, and turning it would blur the other.
    sampling = JpegImagePlugin.get_sampling(picture)
    return {"quality": _QUALITY, "subsampling": 2 if sampling == 2 else 0}


def plain(picture: Image.Image) -> Image.Image:
    """Return it in RGB, or RGBA when some of it can be seen through."""
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return picture.convert("RGBA" if has_alpha else "RGB")
