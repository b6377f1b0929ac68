"""CSV files, also hostile ones."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import sheets
from socialapp.domain.errors import Rejected

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_what_was_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    written = sheets.line(["one", "two"]) + "".join(sheets.line(row) for row in rows)

    read = sheets.read(written.encode())

    assert [tuple(row.values()) for _, row in read.rows] == [
        row for row in rows if any(sheets.guarded(cell).strip() for cell in row)
    ]


@given(cell=CELLS)
def test_no_cell_is_a_formula(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(sheets.line([cell, ""]), newline=""))

    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_delimiters_and_encodings_of_spreadsheets(delimiter: str, encoding: str) -> None:
    text = f'text{delimiter}when\r\n"Fähre, 7{delimiter}\nzwei"{delimiter}now\r\n\r\n'

    read = sheets.read(text.encode(encoding))

    assert read.columns == ("text", "when")
    assert read.rows == ((2, {"text": f"Fähre, 7{delimiter}\nzwei", "when": "now"}),)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "columns_required"),
        (b"PK\x03\x04an excel file", "csv_unreadable"),
        (b"\xff\xfet\x00e", "csv_unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "csv_unreadable"),
        (b"text\n\x00", "csv_unreadable"),
        (b'text\n"never closed', "csv_unreadable"),
        (b"text\n" + b"a" * 200_001, "csv_unreadable"),
        (b"text\n" + b"a\n" * 1001, "too_many"),
        (b"a," * 101, "too_many"),
    ],
)
def test_hostile_files_are_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as no:
        sheets.read(data)

    assert no.value.code == code
