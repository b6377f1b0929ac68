"""What a document is, by its bytes: the types that a page may carry, and why another is refused.

Nothing is unpacked or run: of a container only its table of contents is read.
"""

import codecs
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from socialapp.imaging import compound, types
from socialapp.imaging.types import FileType, Unreadable

PDF = FileType("PDF", "application/pdf", "pdf")
RTF = FileType("RTF", "application/rtf", "rtf")
ZIP = FileType("ZIP", "application/zip", "zip")
EPUB = FileType("EPUB", "application/epub+zip", "epub")
_OPEN = "application/vnd.oasis.opendocument"
_OFFICE = "application/vnd.openxmlformats-officedocument"
ODT = FileType("OpenDocument", f"{_OPEN}.text", "odt")
ODS = FileType("OpenDocument", f"{_OPEN}.spreadsheet", "ods")
ODP = FileType("OpenDocument", f"{_OPEN}.presentation", "odp")
ODG = FileType("OpenDocument", f"{_OPEN}.graphics", "odg")
DOCX = FileType("Word", f"{_OFFICE}.wordprocessingml.document", "docx")
XLSX = FileType("Excel", f"{_OFFICE}.spreadsheetml.sheet", "xlsx")
PPTX = FileType("PowerPoint", f"{_OFFICE}.presentationml.presentation", "pptx")
TXT = FileType("Text", "text/plain", "txt")
CSV = FileType("CSV", "text/csv", "csv")
MARKDOWN = FileType("Markdown", "text/markdown", "md")
MP3 = FileType("MP3", "audio/mpeg", "mp3")
M4A = FileType("M4A", "audio/mp4", "m4a")
OGG = FileType("Ogg", "audio/ogg", "ogg")
FLAC = FileType("FLAC", "audio/flac", "flac")
WAV = FileType("WAV", "audio/wav", "wav")

DOCUMENTS = (
    *(PDF, DOCX, XLSX, PPTX, *compound.OFFICE, ODT, ODS, ODP, ODG, RTF, EPUB),
    *(TXT, CSV, MARKDOWN, ZIP, MP3, M4A, OGG, FLAC, WAV),
)
TYPES = (*DOCUMENTS, *types.POSTABLE)
"""Every type that is taken; pictures and videos lose their metadata, as in the library."""

_TEXTS = {"csv": CSV, "md": MARKDOWN, "markdown": MARKDOWN}
"""Bytes tell that it is text; which kind of text, only its name can say."""
_PACKED = {kind.mime_type.encode(): kind for kind in (ODT, ODS, ODP, ODG, EPUB)}
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
_PROGRAMS = (b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe",
             b"\xfe\xed\xfa", b"\0asm", b"L\0\0\0\x01\x14\x02\0", b"dex\n")  # fmt: skip
_SOUNDS = (b"\x01vorbis", b"OpusHead", b"Speex   ", b"\x7fFLAC")
_MARKUP = re.compile(
    rb"<(!doctype|html|head|body|script|style|iframe|title|meta|link|base|object|embed|svg|math"
    rb"|\?xml|\?php|%)",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"(?:[\s\xef\xbb\xbf]|<!--.*?-->)*", re.DOTALL)
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEAD_BYTES = 4096
_PART_BYTES = 1024 * 1024
_LISTED_BYTES = 1024 * 1024
_ACCEPTED = (
    "Take PDF, Word, Excel, PowerPoint or OpenDocument files, text, CSV, Markdown, EPUB, ZIP,"
    " pictures, sound or videos."
)


def document_type(source: Path, *, named: str = "") -> FileType:
    """Return the type of a file; `named` is the end of its name. Raises Unreadable."""
    with source.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if not head:
            raise Unreadable("The file is empty.")
        if head.startswith(b"PK\x03\x04"):
            return _zipped(file)
        if head.startswith(compound.START):
            return compound.office_type(file)
    # Text before pictures and videos: their marks may stand in a sentence, "The wide river".
    return _by_start(head) or _text(source, head, named) or _picture_or_video(head)


def _by_start(head: bytes) -> FileType | None:
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head[:64]):
        raise _refused("This is a program, which could harm whoever opens it.")
    for start, kind in ((b"%PDF-", PDF), (b"{\\rtf", RTF), (b"fLaC\0", FLAC)):
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[4:11] == b"ftypM4A":
        return M4A
    if head.startswith(b"OggS\0") and any(mark in head[:128] for mark in _SOUNDS):
        return OGG
    is_tagged = head.startswith((b"ID3\x02", b"ID3\x03", b"ID3\x04"))
    return MP3 if is_tagged or _is_sound_frame(head) else None


def _is_sound_frame(head: bytes) -> bool:
    """Whether it begins with the header of an MPEG layer III frame: sync, bit rate, sample rate."""
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] in {0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2}
        and head[2] & 0xF0 not in {0x00, 0xF0}
        and head[2] & 0x0C != 0x0C
    )


def _text(source: Path, head: bytes, named: str) -> FileType | None:
    """Return the type of a text; None when it is none, to its end."""
    start = _COMMENT.match(head)
    if _MARKUP.match(head, start.end() if start else 0):
        raise _refused("This is a web page, a drawing or markup, which can carry scripts.")
    decode = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open("rb") as file:
            while part := file.read(_PART_BYTES):
                if _UNSHOWN.search(decode.decode(part)):
                    return None
            decode.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return _TEXTS.get(named.lower(), TXT)


def _picture_or_video(head: bytes) -> FileType:
    try:
        return types.file_type(head)
    except Unreadable:
        if head[4:8] == b"ftyp" or head.startswith((b"II*\0", b"MM\0*", b"BM", b"8BPS")):
            message = "Of pictures and videos JPEG, PNG, WebP, GIF, MP4, MOV and WebM are taken."
            raise Unreadable(f"{message} Save it as one of them.") from None
        words = "This is not a type of file that pages carry, or it is text that is not in UTF-8."
        raise _refused(words) from None


def _zipped(file: BinaryIO) -> FileType:
    """Return what kind of ZIP it is, by its list of contents."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
                raise _refused("This document holds macros, which are programs.")
            if names & {"AndroidManifest.xml", "META-INF/MANIFEST.MF"}:
                raise _refused("This archive is a program, which could harm whoever opens it.")
            return _packed(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise Unreadable("The archive is damaged or was cut off on its way.", "broken") from error


def _packed(archive: zipfile.ZipFile, names: set[str]) -> FileType:
    if "mimetype" in names:
        return _PACKED.get(_start_of(archive, "mimetype").strip(), ZIP)
    if "[Content_Types].xml" in names:
        listed = _start_of(archive, "[Content_Types].xml")
        for part, kind in _MAIN_PARTS.items():
            if part in listed:
                return kind
    return ZIP


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a file in an archive; of one that is locked nothing."""
    try:
        with archive.open(name) as file:
            return file.read(_LISTED_BYTES)
    except RuntimeError:  # it wants a password
        return b""


def _refused(why: str) -> Unreadable:
    return Unreadable(f"{why} {_ACCEPTED}")
