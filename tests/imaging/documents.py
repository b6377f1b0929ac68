"""Documents for tests: the smallest that are what they say, and hostile ones."""

import io
import struct
import zipfile

_OFFICE = "application/vnd.openxmlformats-officedocument"


def pdf(words: str = "Fresh bread from six") -> bytes:
    """A PDF of one empty page with a title."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
        b"4 0 obj<</Title(" + words.encode() + b")>>endobj\n"
        b"trailer<</Root 1 0 R/Info 4 0 R>>\n%%EOF\n"
    )


def zipped(files: dict[str, str | bytes]) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(kind: str = "wordprocessingml.document", **more: str) -> bytes:
    """An Office document as they are written since 2007."""
    listed = f'<Types><Override ContentType="{_OFFICE}.{kind}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": listed, "word/document.xml": "<w:document/>", **more})


def packed(mime_type: str) -> bytes:
    """An OpenDocument file, or a book: the type stands in its first file."""
    return zipped({"mimetype": mime_type, "content.xml": "<office:document-content/>"})


def old_office(*names: str, shift: int = 9) -> bytes:
    """A container of Office files from before 2007, with streams of these names."""
    size = 1 << shift
    entries = b"".join(_entry(name) for name in ("Root Entry", *names))
    directory = [entries[at : at + size].ljust(size, b"\0") for at in range(0, len(entries), size)]
    # Sector 0 is the table; the directory follows, each sector pointing to the next.
    table = [0xFFFFFFFD, *range(2, len(directory) + 1), 0xFFFFFFFE]
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = shift.to_bytes(2, "little")
    head[48:52] = (1).to_bytes(4, "little")
    head[76:] = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    numbers = [*table, *[0xFFFFFFFF] * (size // 4 - len(table))]
    return (
        bytes(head).ljust(size, b"\0")
        + struct.pack(f"<{size // 4}I", *numbers)
        + b"".join(directory)
    )


def _entry(name: str) -> bytes:
    words = name.encode("utf-16-le")
    return words.ljust(64, b"\0") + (len(words) + 2).to_bytes(2, "little") + bytes(62)


def ogg() -> bytes:
    """The beginning of a sound file."""
    return b"OggS\0\x02" + bytes(22) + b"\x01vorbis" + bytes(64)


def mp3() -> bytes:
    """One frame of sound without a tag: 128 kbit/s, 44.1 kHz."""
    return b"\xff\xfb\x90\x00" + bytes(413)
