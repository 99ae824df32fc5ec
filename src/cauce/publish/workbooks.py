"""How is a cleared table written as a workbook: the codes, a sheet per language, and what one must know beside it?

Every cell is written as a text or a number by name: nothing in the workbook can be a formula or a live link.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cauce.publish.cells import MEASURES, cells_of
from cauce.publish.labels import Labels, status_name
from cauce.standards.cleared import ClearedTable
from cauce.standards.messages import Language, Message, Speaker

__all__ = ["write_workbook"]

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MEASURE_NAMES = {
    "obs_value": Message("Persons"),
    "lower": Message("At least"),
    "upper": Message("At most"),
    "confidence_level": Message("Confidence"),
    "obs_status": Message("Status"),
}


def write_workbook(
    table: ClearedTable, labels: Labels, *, about: Mapping[Language, Sequence[str]], issued: date
) -> bytes:
    """`F+F.xlsx`: the sheet `codes`, a sheet per language with the names, right to left in Arabic, and `about`.

    In
        table     ClearedTable
        labels    Labels
        about     lines by language: source, release, fictitious or not, notes
        issued    day of the release, written as that of the workbook's making
    Out
        bytes    XLSX
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    book.set_properties({"created": datetime.combine(issued, time())})
    bold = book.add_format({"bold": True, "bottom": 1})
    _fill(book.add_worksheet("codes"), _coded(table), bold)
    for language in about:
        sheet = book.add_worksheet(language)
        if language == "ar":
            sheet.right_to_left()
        _fill(sheet, _named(table, labels, language), bold)
    lines = [[line] for texts in about.values() for line in (*texts, "")]
    _fill(book.add_worksheet("about"), [["about"], *lines], bold)
    book.close()
    return stream.getvalue()


def _coded(table: ClearedTable) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [(*table.by, *MEASURES)]
    for cell in cells_of(table):
        rows.append((*cell.codes, cell.value, cell.lower, cell.upper, cell.confidence, cell.status))
    return rows


def _named(table: ClearedTable, labels: Labels, language: Language) -> list[Sequence[object]]:
    speaker = Speaker(language)
    heading = [labels.field(name, language) for name in table.by]
    rows: list[Sequence[object]] = [(*heading, *(speaker.say(_MEASURE_NAMES[name]) for name in MEASURES))]
    for cell in cells_of(table):
        names = [labels.code(name, code, language) for name, code in zip(table.by, cell.codes, strict=True)]
        status = status_name(cell.status, language)
        rows.append((*names, cell.value, cell.lower, cell.upper, cell.confidence, status))
    return rows


def _fill(sheet: Worksheet, rows: Sequence[Sequence[object]], bold: Format) -> None:
    for index, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(index, column, value)
            elif value is not None:
                sheet.write_string(index, column, str(value), bold if index == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(rows[0]) - len(MEASURES) - 1), 28)
    sheet.set_column(max(1, len(rows[0]) - len(MEASURES)), len(rows[0]) - 1, 14)
