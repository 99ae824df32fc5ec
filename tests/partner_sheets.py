"""How do tests write a partner's table in every format and shape? One function per format; all take the same rows."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import odf.opendocument
import odf.table
import odf.text
import xlsxwriter
import xlwt

__all__ = ["FORMATS", "write_csv", "write_ods", "write_sheet", "write_xls", "write_xlsx"]

Rows = Sequence[Sequence[str]]


def write_csv(path: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", ends: str = "\r\n") -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ends).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Rows, *, sheet: str = "Casos", others: dict[str, Rows] | None = None) -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, content in {**(others or {}), sheet: rows}.items():
            page = book.add_worksheet(name)
            for place, row in enumerate(content):
                for column, cell in enumerate(row):
                    if cell != "":
                        page.write_string(place, column, cell)
    return path


def write_xls(path: Path, rows: Rows, *, sheet: str = "Casos") -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                page.write(place, column, cell)
    book.save(str(path))
    return path


def write_ods(path: Path, rows: Rows, *, sheet: str = "Casos") -> Path:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    page = odf.table.Table(name=sheet)
    for row in rows:
        line = odf.table.TableRow()
        for cell in row:
            written = odf.table.TableCell(valuetype="string") if cell else odf.table.TableCell()
            if cell:
                written.addElement(odf.text.P(text=cell))
            line.addElement(written)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))
    return path


FORMATS = {
    "comma": ("a.csv", lambda path, rows: write_csv(path, rows)),
    "semicolon": ("a.csv", lambda path, rows: write_csv(path, rows, delimiter=";", ends="\n")),
    "tab": ("a.tsv", lambda path, rows: write_csv(path, rows, delimiter="\t")),
    "bar": ("a.txt", lambda path, rows: write_csv(path, rows, delimiter="|")),
    "old-mac-ends": ("a.csv", lambda path, rows: write_csv(path, rows, ends="\r")),
    "utf-8-with-mark": ("a.csv", lambda path, rows: write_csv(path, rows, encoding="utf-8-sig")),
    "utf-16": ("a.csv", lambda path, rows: write_csv(path, rows, encoding="utf-16")),
    "utf-16-without-mark": ("a.csv", lambda path, rows: write_csv(path, rows, encoding="utf-16-le", delimiter="\t")),
    "windows-1252": ("a.csv", lambda path, rows: write_csv(path, rows, encoding="cp1252", delimiter=";")),
    "latin-1": ("a.csv", lambda path, rows: write_csv(path, rows, encoding="latin-1")),
    "xlsx": ("a.xlsx", write_xlsx),
    "xls": ("a.xls", write_xls),
    "ods": ("a.ods", write_ods),
}


def write_sheet(folder: Path, kind: str, rows: Rows) -> Path:
    """The rows as one of FORMATS, in a folder."""
    name, write = FORMATS[kind]
    return write(folder / name, rows)
