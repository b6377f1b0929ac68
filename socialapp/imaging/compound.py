"""Office files from before 2007: the type is told by the names in the container's directory.

Source: https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/
"""

from typing import BinaryIO

from socialapp.imaging.types import FileType, Unreadable

START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOC = FileType("Word", "application/msword", "doc")
XLS = FileType("Excel", "application/vnd.ms-excel", "xls")
PPT = FileType("PowerPoint", "application/vnd.ms-powerpoint", "ppt")
OFFICE = (DOC, XLS, PPT)

_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
_MACROS = {"Macros", "_VBA_PROJECT_CUR", "VBA"}
_ENTRY_BYTES = 128
_SECTORS_AT_MOST = 64
_END_OF_CHAIN = 0xFFFFFFFA


def office_type(file: BinaryIO) -> FileType:
    """Return the type of an Office file; raises Unreadable for any other such container."""
    names = _names(file)
    if names & _MACROS:
        raise Unreadable("This document holds macros, which are programs. Save it without them.")
    if "EncryptedPackage" in names:
        raise Unreadable("This document is locked with a password. Save it without one.")
    for name, kind in _STREAMS.items():
        if name in names:
            return kind
    raise Unreadable("This is a container of a kind that pages do not carry.")


def _names(file: BinaryIO) -> set[str]:
    """Return the names in the directory, sector by sector as the allocation table chains them."""
    file.seek(0)
    head = file.read(512)
    shift = _number(head, 30, 2)
    if shift not in {9, 12}:
        raise Unreadable("The document is damaged.", "broken")
    found: set[str] = set()
    sector = _number(head, 48, 4)
    for _ in range(_SECTORS_AT_MOST):
        if sector >= _END_OF_CHAIN:
            break
        file.seek((sector + 1) << shift)
        block = file.read(1 << shift)
        found |= {_name(block, at) for at in range(0, len(block), _ENTRY_BYTES)}
        sector = _next(file, head, sector, shift)
    return found


def _name(block: bytes, at: int) -> str:
    length = _number(block, at + 64, 2)
    return block[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")


def _next(file: BinaryIO, head: bytes, sector: int, shift: int) -> int:
    table, place = divmod(sector, (1 << shift) // 4)
    if table >= 109:  # beyond the part of the table's own list that stands in the header
        return _END_OF_CHAIN
    file.seek(((_number(head, 76 + 4 * table, 4) + 1) << shift) + 4 * place)
    entry = file.read(4)
    return int.from_bytes(entry, "little") if len(entry) == 4 else _END_OF_CHAIN


def _number(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")
