"""What pages may carry: the bytes decide, and a refusal says why."""

import hashlib
from pathlib import Path

import pytest

from socialapp.domain.errors import UnsupportedType
from socialapp.imaging import documents, workshop
from tests.imaging import documents as samples
from tests.imaging import files

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"

TAKEN = {
    "PDF": (samples.pdf(), "application/pdf"),
    "Word": (samples.office(), f"{OFFICE}.wordprocessingml.document"),
    "Excel": (samples.office("spreadsheetml.sheet"), f"{OFFICE}.spreadsheetml.sheet"),
    "PowerPoint": (
        samples.office("presentationml.presentation"),
        f"{OFFICE}.presentationml.presentation",
    ),
    "Word of old": (samples.old_office("A", "B", "C", "WordDocument"), "application/msword"),
    "Excel of old": (samples.old_office("Workbook"), "application/vnd.ms-excel"),
    "PowerPoint of old": (
        samples.old_office("PowerPoint Document", shift=12),
        "application/vnd.ms-powerpoint",
    ),
    "OpenDocument text": (samples.packed(f"{OPEN}.text"), f"{OPEN}.text"),
    "OpenDocument sheet": (samples.packed(f"{OPEN}.spreadsheet"), f"{OPEN}.spreadsheet"),
    "book": (samples.packed("application/epub+zip"), "application/epub+zip"),
    "archive": (samples.zipped({"index.html": "<script>"}), "application/zip"),
    "RTF": (b"{\\rtf1 Hello}", "application/rtf"),
    "text": ("Grüße 🎉\r\n\tEnd".encode(), "text/plain"),
    "text with a mark": (b"\xef\xbb\xbfHello", "text/plain"),
    "text that looks like a video": (b"The wide river", "text/plain"),
    "text that looks like a picture": (b"BMW and MZ are makers", "text/plain"),
    "text about pages": (b"Write <b> or <script>, not <i>.", "text/plain"),
    "MP3 with a tag": (b"ID3\x04\0\0\0\0\0\0" + samples.mp3(), "audio/mpeg"),
    "MP3": (samples.mp3(), "audio/mpeg"),
    "M4A": (files.mp4(brand=b"M4A "), "audio/mp4"),
    "Ogg": (samples.ogg(), "audio/ogg"),
    "FLAC": (b"fLaC\0\0\0\x22" + bytes(40), "audio/flac"),
    "WAV": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), "audio/wav"),
    "video": (files.mp4(), "video/mp4"),
    "photo": (files.photo(300, 200), "image/jpeg"),
}

REFUSED = {
    "nothing": (b"", "empty"),
    "web page": (b"<!DOCTYPE html><script>alert(1)</script>", "scripts"),
    "web page behind a comment": (b"\n<!-- a -->\n<HTML>", "scripts"),
    "drawing": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "scripts"),
    "bare drawing": (b"<svg><script>alert(1)</script></svg>", "scripts"),
    "program of Windows": (b"MZ\x90\0\x03" + bytes(100), "program"),
    "program of Linux": (b"\x7fELF\x02" + bytes(100), "program"),
    "script": (b"#!/bin/sh\nrm -rf /", "program"),
    "Java program": (samples.zipped({"META-INF/MANIFEST.MF": "Main-Class: A"}), "program"),
    "Android program": (samples.zipped({"AndroidManifest.xml": "a"}), "program"),
    "macros": (samples.office(**{"word/vbaProject.bin": "Sub"}), "macros"),
    "macros of old": (samples.old_office("WordDocument", "Macros"), "macros"),
    "locked": (samples.old_office("EncryptedPackage"), "password"),
    "installer": (samples.old_office("_Tables"), "do not carry"),
    "half an archive": (samples.zipped({"a": "b" * 999})[:60], "damaged"),
    "half a container": (samples.old_office("WordDocument")[:8] + bytes(600), "damaged"),
    "Latin text": ("Größe".encode("latin-1"), "UTF-8"),
    "wide text": ("Hello".encode("utf-16"), "UTF-8"),
    "text with a zero": (b"Hello\0", "not a type of file"),
    "text that ends in rubbish": (b"Hello " * 500_000 + b"\xff\xfe", "not a type of file"),
    "rubbish": (bytes(range(256)), "not a type of file"),
    "TIFF": (b"II*\0" + bytes(100), "JPEG"),
    "HEIC": (bytes(4) + b"ftypheic" + bytes(100), "JPEG"),
    "broken photo": (files.photo()[:20_000], "damaged"),
}


async def examined(folder: Path, data: bytes, named: str = "") -> workshop.Examined:
    (folder / "source").write_bytes(data)
    return await workshop.examine(folder / "source", folder / "target", named=named)


@pytest.mark.parametrize("name", TAKEN)
async def test_a_document_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    data, mime_type = TAKEN[name]

    known = await examined(tmp_path, data)

    kept = (tmp_path / "target").read_bytes()
    assert known.mime_type == mime_type
    assert (known.size_bytes, known.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert known.extension in {kind.extension for kind in documents.TYPES}


@pytest.mark.parametrize("name", [n for n in TAKEN if n not in {"photo", "video"}])
async def test_a_document_is_kept_as_it_is(tmp_path: Path, name: str) -> None:
    data, _ = TAKEN[name]

    await examined(tmp_path, data)

    assert (tmp_path / "target").read_bytes() == data


async def test_a_picture_loses_its_position_as_in_the_library(tmp_path: Path) -> None:
    await examined(tmp_path, files.photo())

    assert files.GPS_WORDS not in (tmp_path / "target").read_bytes()


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_says_why(tmp_path: Path, name: str) -> None:
    data, why = REFUSED[name]

    with pytest.raises(UnsupportedType, match=why) as refused:
        await examined(tmp_path, data)

    assert "Nothing was kept." in refused.value.detail


@pytest.mark.parametrize(
    ("named", "mime_type"),
    [
        ("csv", "text/csv"),
        ("CSV", "text/csv"),
        ("md", "text/markdown"),
        ("txt", "text/plain"),
        ("html", "text/plain"),
        ("pdf", "text/plain"),
        ("", "text/plain"),
    ],
)
async def test_a_name_tells_kinds_of_text_apart_and_nothing_else(
    tmp_path: Path, named: str, mime_type: str
) -> None:
    assert (await examined(tmp_path, b"name,price\nbread,3", named)).mime_type == mime_type
    assert (await examined(tmp_path, samples.pdf(), named)).mime_type == "application/pdf"


def test_every_type_has_an_end_and_a_name_of_its_own() -> None:
    assert len({kind.mime_type for kind in documents.TYPES}) == len(documents.TYPES)
    assert len({kind.extension for kind in documents.TYPES}) == len(documents.TYPES)
