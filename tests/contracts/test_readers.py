"""One suite that the reader of every file format must pass: the same table, whatever it is written in."""

import pyarrow.parquet as pq
import pytest
from tests.partner_sheets import FORMATS, write_sheet

from cauce.gather import partner_files

HEADINGS = ["Expediente", "Nombre", "País", "Observación"]
ROWS = [
    ["A-1", "Ángel Muñoz", "Haití", "dijo: «no; sí, quizás»"],
    ["A-2", "Zoé", "", '=cmd|" /C calc"!A0'],
    ["A-3", "", "Perú", "dos | tres"],
]


@pytest.fixture(params=FORMATS)
def kind(request):
    return request.param


def _read(path, into):
    survey = partner_files.survey(path)
    intake = partner_files.read(path, survey.layout, into=into / "rows.parquet")
    rows = [row for row in pq.read_table(intake.rows).to_pylist() if row["kind"] == "data"]
    return intake, [[row[column.key] or "" for column in intake.columns] for row in rows], [row["row"] for row in rows]


def test_reader_gives_headings_and_cells_as_they_stand(tmp_path, kind):
    path = write_sheet(tmp_path, kind, [HEADINGS, *ROWS])

    intake, cells, _ = _read(path, tmp_path)

    assert [column.name for column in intake.columns] == HEADINGS
    assert cells == ROWS
    assert (intake.read, intake.rejected, intake.findings) == (3, 0, ())


def test_reader_keeps_row_numbers_under_titles_and_blank_rows(tmp_path, kind):
    blank = [""] * 4
    table = [["Registro de casos 2024", "", "", ""], blank, HEADINGS, ROWS[0], blank, ROWS[1], ROWS[2]]
    path = write_sheet(tmp_path, kind, table)

    intake, cells, numbers = _read(path, tmp_path)

    assert intake.layout.heading_row == 3
    assert cells == ROWS
    assert numbers == [4, 6, 7]


def test_reader_leaves_out_totals_notes_and_headings_said_again(tmp_path, kind):
    extra = [HEADINGS, ["TOTAL", "3", "", ""], ["Fuente: registro de la mesa", "", "", ""]]
    path = write_sheet(tmp_path, kind, [HEADINGS, *ROWS, *extra])

    intake, cells, _ = _read(path, tmp_path)

    assert cells == ROWS
    assert sorted((one.code, one.row) for one in intake.findings) == [
        ("gather.note_row", 7),
        ("gather.repeated_headings", 5),
        ("gather.total_row", 6),
    ]


def test_reader_drops_columns_without_heading_and_value(tmp_path, kind):
    table = [["", *HEADINGS[:2], "", *HEADINGS[2:]], *(["", *row[:2], "", *row[2:]] for row in ROWS)]
    path = write_sheet(tmp_path, kind, table)

    intake, cells, _ = _read(path, tmp_path)

    assert [column.name for column in intake.columns] == HEADINGS
    assert cells == ROWS


def test_reader_leaves_the_file_as_it_was(tmp_path, kind):
    path = write_sheet(tmp_path, kind, [HEADINGS, *ROWS])
    before = path.read_bytes()

    _read(path, tmp_path)

    assert path.read_bytes() == before
    assert {one.name for one in tmp_path.iterdir()} == {path.name, "rows.parquet"}
