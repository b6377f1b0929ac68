"""Tables as CSV: read whatever a spreadsheet wrote, and write what none takes for a formula."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from socialapp.domain.errors import Problem, Rejected

ROWS_AT_MOST = 1000
COLUMNS_AT_MOST = 100
CELL_AT_MOST = 200_000
_DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """The rows of a table, each by the names in its first line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Each with the number that a spreadsheet shows beside it; empty ones are left out."""


def read(data: bytes) -> Sheet:
    """Read a CSV file; its delimiter and encoding are found. Raises Rejected when it is none."""
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(CELL_AT_MOST)
    try:
        return _sheet([*_bounded(lines)])
    except csv.Error as error:
        message = f"Line {lines.line_num} of the file is no CSV: {error}. Nothing was imported."
        raise Rejected(Problem("csv_unreadable", message, "file")) from error


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = "The file is not UTF-8. Save it as “CSV UTF-8”. Nothing was imported."
        raise Rejected(Problem("encoding_unknown", message, "file")) from error
    if "\x00" in text:
        raise Rejected(Problem("csv_unreadable", "The file is no text, so no CSV.", "file"))
    return text


def _bounded(lines: Iterable[list[str]]) -> Iterable[list[str]]:
    for number, line in enumerate(lines):
        if number > ROWS_AT_MOST:
            message = f"At most {ROWS_AT_MOST} rows at once: split the file. Nothing was imported."
            raise Rejected(Problem("too_many", message, "file"))
        if len(line) > COLUMNS_AT_MOST:
            message = f"At most {COLUMNS_AT_MOST} columns. Nothing was imported."
            raise Rejected(Problem("too_many", message, "file"))
        yield line


def _sheet(lines: Sequence[list[str]]) -> Sheet:
    if not lines or not any(lines[0]):
        message = "The file has no first line with the names of its columns."
        raise Rejected(Problem("columns_required", message, "file"))
    columns = tuple(name.strip() for name in lines[0])
    rows = tuple(
        (number, dict(zip(columns, map(unguarded, line), strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    )
    return Sheet(columns, rows)


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
