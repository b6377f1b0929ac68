"""Tables as CSV: read whatever a spreadsheet wrote, and write what none takes for a formula."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from socialapp.domain.errors import Problem, Rejected

ROWS_AT_MOST = 1000
COLUMNS_AT_MOST = 100
CELL_AT_MOST = 200_000
_DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE_BYTES = 256 * 1024
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Sheet:
    """The rows of a table, each by the names in its first line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Each with the number that a spreadsheet shows beside it; empty ones are left out."""


def read(data: bytes) -> Sheet:
    """Read a CSV file; its delimiter and encoding are found. Raises Rejected when it is none."""
    text = io.TextIOWrapper(io.BytesIO(data), _encoding(lambda: iter([data])), newline="")
    columns, lines = _table(text, ROWS_AT_MOST)
    rows = ((number, dict(zip(columns, cells, strict=False))) for number, cells in lines)
    return Sheet(columns, tuple(rows))


def lines_of(
    path: Path, *, at_most: int
) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """Return the columns of a file, and its rows one by one: as `read`, but never all at once.

    Raises Rejected when it is no CSV; what turns up further down is raised by the iterator.
    """
    return _table(path.open(encoding=_encoding(lambda: _pieces(path)), newline=""), at_most)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _encoding(pieces: Callable[[], Iterator[bytes]]) -> str:
    """Find out how the text is written: what is no UTF-8 was saved by an older Windows."""
    start = next(pieces(), b"")
    if start.startswith(_SPREADSHEETS):
        message = "This is a spreadsheet, not a CSV. Save it there as “CSV UTF-8”, and send that."
        raise Rejected(Problem("csv_unreadable", message, "file"))
    if start.startswith(_WIDE):
        return "utf-16"
    if any(b"\x00" in piece for piece in pieces()):
        raise Rejected(Problem("csv_unreadable", "The file is no text, so no CSV.", "file"))
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        # Five bytes mean nothing to Windows. In Latin-1 each byte means something.
        is_open = any(_OPEN.search(piece) for piece in pieces())
        return "latin-1" if is_open else "cp1252"
    return "utf-8-sig"


_OPEN = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def _table(text: TextIO, at_most: int) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    lines = _cells(text, at_most)
    first = next(lines, [])
    if not any(first):
        text.close()
        message = "The file has no first line with the names of its columns."
        raise Rejected(Problem("columns_required", message, "file"))
    rows = (
        (number, [unguarded(cell) for cell in cells])
        for number, cells in enumerate(lines, start=2)
        if any(cell.strip() for cell in cells)
    )
    return tuple(name.strip() for name in first), rows


def _cells(text: TextIO, at_most: int) -> Iterator[list[str]]:
    with text:
        try:
            first = text.readline(CELL_AT_MOST)
            text.seek(0)
        except UnicodeError as error:
            raise _unreadable(1, "it is not the text it says it is") from error
        csv.field_size_limit(CELL_AT_MOST)
        lines = csv.reader(text, delimiter=max(_DELIMITERS, key=first.count), strict=True)
        try:
            for number, line in enumerate(lines):
                _check_size(number, line, at_most)
                yield line
        except (csv.Error, UnicodeError) as error:
            why = error if isinstance(error, csv.Error) else "it is not the text it says it is"
            raise _unreadable(lines.line_num, why) from error


def _unreadable(line_number: int, why: object) -> Rejected:
    message = f"Line {line_number} of the file is no CSV: {why}. Nothing was imported."
    return Rejected(Problem("csv_unreadable", message, "file"))


def _check_size(number: int, line: list[str], at_most: int) -> None:
    if number > at_most:
        message = f"At most {at_most:,} rows at once: split the file. Nothing was imported."
        raise Rejected(Problem("too_many", message, "file"))
    if len(line) > COLUMNS_AT_MOST:
        message = f"At most {COLUMNS_AT_MOST} columns. Nothing was imported."
        raise Rejected(Problem("too_many", message, "file"))
    if any("\x00" in cell for cell in line):
        raise Rejected(Problem("csv_unreadable", "The file is no text, so no CSV.", "file"))


def line(cells: Iterable[str]) -> str:
    """Return one line of CSV."""
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: with an apostrophe before it."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
