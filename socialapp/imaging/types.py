"""What a file is, by its first bytes; its name is not asked."""

from dataclasses import dataclass


class Unreadable(Exception):
    """The file cannot be taken; the text says why, to its owner."""

    def __init__(self, reason: str, code: str = "unsupported_type") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class FileType:
    """A type that is accepted."""

    name: str
    mime_type: str
    extension: str
    is_video: bool = False


JPEG = FileType("JPEG", "image/jpeg", "jpg")
PNG = FileType("PNG", "image/png", "png")
GIF = FileType("GIF", "image/gif", "gif")
WEBP = FileType("WEBP", "image/webp", "webp")
MP4 = FileType("MP4", "video/mp4", "mp4", is_video=True)
MOV = FileType("MOV", "video/quicktime", "mov", is_video=True)
WEBM = FileType("WEBM", "video/webm", "webm", is_video=True)
POSTABLE = (JPEG, PNG, WEBP, GIF, MP4, MOV, WEBM)
"""What networks take as pictures and videos."""

_MP4_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp", b"mmp4", b"f4v")
_REFUSED = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"BM": "a BMP picture",
    b"II*\x00": "a TIFF or raw photo",
    b"MM\x00*": "a TIFF or raw photo",
    b"8BPS": "a Photoshop file",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"fLaC": "a sound file",
}


def file_type(head: bytes) -> FileType:
    """Return the type of a file that begins with `head`, or raise Unreadable."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM
    if head[4:8] in (b"ftyp", b"moov", b"wide"):
        return _video(head[8:12] if head[4:8] == b"ftyp" else b"qt  ")
    raise Unreadable(_what(head))


def _video(brand: bytes) -> FileType:
    if brand == b"qt  ":
        return MOV
    if brand.startswith(_MP4_BRANDS):
        return MP4
    if brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise Unreadable(
            "This is a HEIC photo, which no network takes. On an iPhone choose"
            " Settings, Camera, Formats, Most Compatible; or save it as JPEG."
        )
    if brand in (b"avif", b"avis"):
        raise Unreadable("This is an AVIF picture, which no network takes. Save it as JPEG or PNG.")
    raise Unreadable(_instead("This is"))


def _what(head: bytes) -> str:
    if not head:
        return "The file is empty."
    for start, name in _REFUSED.items():
        if head.startswith(start):
            return _instead(f"This is {name},")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")) or b"<svg" in text:
        return _instead("This looks like an SVG drawing, which can carry scripts;")
    if text.startswith((b"<!doctype", b"<html")):
        return _instead("This is a web page,")
    return _instead("This is")


def _instead(start: str) -> str:
    return f"{start} not a file that can be posted. Take JPEG, PNG, WebP, GIF, MP4, MOV or WebM."
