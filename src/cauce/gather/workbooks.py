"""What do the sheets of a workbook hold, as text, row by row?

XLSX, XLS and ODS. Formulas are not computed: the value that the workbook keeps is read. A date becomes an ISO date;
a figure keeps its value and can no longer be misread (a figure with three decimals gets a fourth).
"""

import datetime
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import python_calamine

from cauce.gather import safety
from cauce.gather.tables import cell_names
from cauce.standards.mappings import FileFormat

__all__ = ["SheetGrid", "as_arrow", "read_sheets", "say_cell"]

SheetGrid = list[list[str]]
_PANIC = "pyo3_runtime"


def read_sheets(path: Path, format: FileFormat, *, only: str | None = None) -> dict[str, SheetGrid]:
    """Every visible sheet as rows of text, from row 1 and column A.

    In
        path     a workbook that passed `sniffing.find_format`
        format   "xlsx", "xls" or "ods"
        only     one sheet's name, or None for all
    Out
        name -> rows of cells; a sheet without a cell is an empty list
    Refuses
        gather.damaged_workbook, gather.encrypted, gather.too_large_unpacked, gather.too_many_columns,
        gather.sheet_too_large
    """
    if format in ("xlsx", "ods"):
        safety.check_zip(path)
        safety.check_sheet_extent(path)
    try:
        return _read(path, only)
    except python_calamine.PasswordError:
        safety.refuse_encrypted(path)
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError):
        safety.refuse_damaged(path)
    except BaseException as fault:
        if type(fault).__module__ == _PANIC:
            safety.refuse_damaged(path)
        raise


def _read(path: Path, only: str | None) -> dict[str, SheetGrid]:
    with path.open("rb") as stream, python_calamine.CalamineWorkbook.from_filelike(stream) as book:
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        wanted = [name for name in visible or book.sheet_names if only in (None, name)]
        return {name: _grid(book.get_sheet_by_name(name), path) for name in wanted}


def _grid(sheet: python_calamine.CalamineSheet, path: Path) -> SheetGrid:
    safety.check_columns(sheet.total_width, file=path.name)
    return [[say_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def say_cell(cell: object) -> str:
    """A cell as text that has one reading only.

    >>> [say_cell(cell) for cell in (20.0, 1.125, True, datetime.date(2018, 4, 3), "  Ana ")]
    ['20', '1.1250', 'TRUE', '2018-04-03', 'Ana']
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _say_figure(cell)
    if isinstance(cell, datetime.datetime):
        is_midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if is_midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _say_figure(figure: float) -> str:
    if figure.is_integer() and abs(figure) < 1e15:
        return str(int(figure))
    text = repr(figure)
    _, _, decimals = text.partition(".")
    return text + "0" if len(decimals) == 3 and decimals.isdigit() else text


def as_arrow(grid: Sequence[Sequence[str]], *, width: int) -> pa.Table:
    """Rows of text as an Arrow table.

    In
        grid    rows of cells
        width   number of columns
    Out
        table   row int64 from 1, c1 ... string; empty cells are null
    """
    columns: dict[str, pa.Array] = {"row": pa.array(range(1, len(grid) + 1), pa.int64())}
    for position, name in enumerate(cell_names(width)):
        cells = [row[position] or None if position < len(row) else None for row in grid]
        columns[name] = pa.array(cells, pa.string())
    return pa.table(columns)
