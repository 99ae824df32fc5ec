"""Do the cells of a workbook become text with one reading only, and do its dangers stay outside?"""

import datetime
import zipfile

import pytest
import xlsxwriter

from cauce.gather import partner_files, safety, workbooks
from cauce.standards.errors import Refusal


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (350.0, "350"),
        (350.125, "350.1250"),
        (1234.5, "1234.5"),
        (1e20, "1e+20"),
        (True, "TRUE"),
        ("  x ", "x"),
        (datetime.date(2018, 4, 3), "2018-04-03"),
        (datetime.datetime.fromisoformat("2018-04-03"), "2018-04-03"),
        (datetime.datetime.fromisoformat("2018-04-03T09:05"), "2018-04-03 09:05:00"),
        (datetime.time(9, 5), "09:05:00"),
    ],
)
def test_say_cell_leaves_one_reading(cell, text):
    assert workbooks.say_cell(cell) == text


def test_read_sheets_keeps_what_the_workbook_computed_and_leaves_hidden_sheets(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, hidden = book.add_worksheet("Casos"), book.add_worksheet("Listas")
        sheet.write_row(0, 0, ["Nombre", "Edad"])
        sheet.write_formula(1, 1, "=10+10", None, 20)
        sheet.write_string(1, 0, "Ana")
        hidden.write_row(0, 0, ["x", "y"])
        hidden.hide()

    assert workbooks.read_sheets(path, "xlsx") == {"Casos": [["Nombre", "Edad"], ["Ana", "20"]]}


def test_survey_puts_the_fullest_sheet_first(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Portada").write(0, 0, "Informe de casos")
        sheet = book.add_worksheet("Casos")
        for row, cells in enumerate([["Nombre", "Sexo"], ["Ana", "F"], ["Luis", "M"]]):
            sheet.write_row(row, 0, cells)

    survey = partner_files.survey(path)

    assert (survey.layout.sheet, survey.columns) == ("Casos", ("Nombre", "Sexo"))


def _with_content(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


CELL = '<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f"<table:table-row>{CELL.format(columns=16_000)}", "gather.too_many_columns"),
        (
            f'<table:table-row table:number-rows-repeated="1048000">{CELL.format(columns=2)}</table:table-row>',
            "gather.sheet_too_large",
        ),
    ],
)
def test_extent_refuses_ods_cells_that_say_they_stand_a_million_times(content, code, tmp_path):
    path = _with_content(tmp_path / "a.ods", content)

    with pytest.raises(Refusal) as refusal:
        safety.check_sheet_extent(path)

    assert refusal.value.code == code


def test_extent_allows_the_blank_rows_that_office_programs_repeat(tmp_path):
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'

    safety.check_sheet_extent(_with_content(tmp_path / "a.ods", blank + blank))

    assert (tmp_path / "a.ods").exists()
