"""Which numbers do a square table by area and a table of births and deaths hold, cell by cell?

For the small CSV files of the estimators: heading row and first column are area codes, read by position whatever the
corner says. A cell must be a plain number; nothing is guessed. Partners' files of records are read by `partner_files`.
"""

import csv
import gzip
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cauce.standards.errors import Refusal, raise_all

__all__ = ["AreaTable", "place_of", "read_area_figures", "read_matrix", "read_moves", "read_rows"]

Array = NDArray[np.float64]
_SHOWN = 5
_MISSING = frozenset({"", "na", "nan", "..", "...", "null", "none", "n/a", "-", "#n/a"})


@dataclass(frozen=True)
class AreaTable:
    """Numbers by area: `values` (row area, column), `rows` and `columns` its names, `file` where it came from."""

    file: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array


def read_matrix(path: Path, *, diagonal: Literal["needed", "optional"] = "needed") -> AreaTable:
    """A square table by area, its columns put in the order of its rows.

    In
        path       CSV or CSV.GZ; the first line and the first column are area codes
        diagonal   whether an empty cell on the diagonal is refused, or read as missing (NaN)
    Out
        AreaTable   rows = birthplace or origin, columns = residence or destination, the same areas in the same order
    Refuses
        gather.empty_matrix       the file holds no row of numbers
        gather.not_text           the file is not text in UTF-8
        gather.ragged_matrix      a row has more or fewer cells than the heading
        gather.repeated_area      an area code stands twice, or one is empty
        gather.missing_cell       a cell is empty, or says that it is missing
        gather.not_a_number       a cell is not a plain number
        gather.unmatched_areas    rows and columns hold different areas
    """
    rows = _even_rows(path)
    areas, names = tuple(row[0] for row in rows[1:]), tuple(rows[0][1:])
    raise_all(_repeats(path, areas) + _repeats(path, names))
    unmatched = sorted(set(areas) ^ set(names))
    if unmatched:
        raise Refusal(
            "gather.unmatched_areas",
            found="In {file} the rows and the columns hold different areas: {areas}",
            wanted="the same areas in the first column and in the heading row",
            remedy="Add the missing rows or columns, with 0 where nobody was counted",
            file=path.name,
            areas=_listed(unmatched),
        )
    values = _numbers(path, [row[1:] for row in rows[1:]], rows=areas, columns=names, diagonal=diagonal)
    return AreaTable(path.name, areas, areas, values[:, [names.index(area) for area in areas]])


def read_area_figures(path: Path, columns: Sequence[str]) -> AreaTable:
    """Named columns of numbers, one row an area.

    In
        path      CSV or CSV.GZ; the first column is the area, whatever its heading
        columns   headings wanted, in any case
    Out
        AreaTable   `values` (area, column) in the order of `columns`
    Refuses
        gather.column_absent   a column is not there
        and what `read_matrix` refuses, save for `gather.unmatched_areas`
    """
    rows = _even_rows(path)
    areas = tuple(row[0] for row in rows[1:])
    raise_all(_repeats(path, areas))
    places = _places(path, rows[0], columns)
    cells = [[row[place] for place in places] for row in rows[1:]]
    return AreaTable(path.name, areas, tuple(columns), _numbers(path, cells, rows=areas, columns=columns))


def read_moves(path: Path, areas: Sequence[str]) -> list[tuple[int | None, int | None, float]]:
    """Reported moves: corridors, and totals where one end is left empty.

    In
        path    CSV or CSV.GZ with the columns origin, destination, moves, in this order
        areas   codes of the areas
    Out
        place of the origin or None, place of the destination or None, persons
    Refuses
        gather.unknown_area    an area is not among `areas`
        gather.total_of_all    both ends of a row are empty
        and what `read_matrix` refuses
    """
    rows = _even_rows(path)
    names = [str(place + 2) for place in range(len(rows) - 1)]
    values = _numbers(path, [row[2:3] for row in rows[1:]], rows=names, columns=rows[0][2:3] or ["moves"])
    if any(not (row[0] or row[1]) for row in rows[1:]):
        raise Refusal(
            "gather.total_of_all",
            found="{file} has a row with neither origin nor destination",
            wanted="an origin, a destination, or both in each row",
            remedy="Leave out the total of all moves",
            file=path.name,
        )
    ends = [tuple(place_of(area, areas, file=path.name) if area else None for area in row[:2]) for row in rows[1:]]
    return [(*pair, moves) for pair, moves in zip(ends, values[:, 0].tolist(), strict=True)]


def place_of(area: str, areas: Sequence[str], *, file: str) -> int:
    """The place of an area among others.

    In
        area    code
        areas   codes
        file    where it was read, for the refusal
    Out
        int
    Refuses
        gather.unknown_area   it is not among them
    """
    if area not in areas:
        raise Refusal(
            "gather.unknown_area",
            found="{file} names the area {area}, which the stocks do not hold",
            wanted="area codes as they stand in the stocks",
            remedy="Correct the code, or leave the row out",
            file=file,
            area=area,
        )
    return list(areas).index(area)


def read_rows(path: Path) -> list[list[str]]:
    """The rows of a small CSV with commas, semicolons or tabs, cells stripped, empty rows left out.

    In
        path   CSV or CSV.GZ in UTF-8
    Out
        rows of cells, the heading first
    Refuses
        gather.empty_matrix   the file holds nothing
        gather.not_text       the file is not text in UTF-8
    """
    content = path.read_bytes()
    try:
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise Refusal(
            "gather.not_text",
            found="{file} is not a CSV in UTF-8",
            wanted="a CSV or a CSV.GZ",
            remedy="Save the table as CSV in UTF-8",
            file=path.name,
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise Refusal(
            "gather.empty_matrix",
            found="{file} holds no row of numbers",
            wanted="a heading row and one row for each area",
            remedy="Check that the file is the one meant",
            file=path.name,
        )
    return rows


def _even_rows(path: Path) -> list[list[str]]:
    rows = read_rows(path)
    ragged = [str(place + 1) for place, row in enumerate(rows) if len(row) != len(rows[0])]
    if ragged:
        raise Refusal(
            "gather.ragged_matrix",
            found="In {file} the rows {rows} have another number of cells than the heading",
            wanted="as many cells in each row as in the heading row",
            remedy="Check the marks between cells in these rows",
            file=path.name,
            rows=_listed(ragged),
        )
    return rows


def _places(path: Path, heading: list[str], wanted: Sequence[str]) -> list[int]:
    lower = [name.casefold() for name in heading]
    absent = [name for name in wanted if name.casefold() not in lower[1:]]
    if absent:
        raise Refusal(
            "gather.column_absent",
            found="{file} has no column {columns}",
            wanted="the columns {wanted_columns} after the area",
            remedy="Rename the columns, or give the file that has them",
            file=path.name,
            columns=_listed(absent),
            wanted_columns=_listed(wanted),
        )
    return [lower.index(name.casefold(), 1) for name in wanted]


def _repeats(path: Path, names: Sequence[str]) -> list[Refusal]:
    repeated = sorted(name or "?" for name, count in Counter(names).items() if count > 1 or not name)
    if not repeated:
        return []
    return [
        Refusal(
            "gather.repeated_area",
            found="In {file} an area stands twice, or is empty: {areas}",
            wanted="each area once in the first column and once in the heading row",
            remedy="Merge or rename the repeated areas",
            file=path.name,
            areas=_listed(repeated),
        )
    ]


def _numbers(
    path: Path,
    cells: list[list[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    diagonal: Literal["needed", "optional"] = "needed",
) -> Array:
    if (plain := _plain_numbers(cells)) is not None:
        return plain
    values = np.full((len(rows), len(columns)), np.nan)
    wrong: list[str] = []
    missing: list[str] = []
    for place, row in enumerate(rows):
        for column, name in enumerate(columns):
            text = cells[place][column]
            number = _number(text)
            if number is not None:
                values[place, column] = number
            elif text.casefold() not in _MISSING:
                wrong.append(f"{row}-{name}")
            elif diagonal == "needed" or row != name:
                missing.append(f"{row}-{name}")
    raise_all(_cell_refusals(path, wrong=wrong, missing=missing))
    return values


def _plain_numbers(cells: list[list[str]]) -> Array | None:
    """All cells at once where all are numbers, which is nearly always."""
    try:
        values = np.array(cells, dtype=np.str_).astype(np.float64)
    except ValueError:
        return None
    is_plain = np.isfinite(values).all() and not any("_" in cell for row in cells for cell in row)
    return values if is_plain else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _cell_refusals(path: Path, *, wrong: list[str], missing: list[str]) -> list[Refusal]:
    found = []
    if wrong:
        found.append(
            Refusal(
                "gather.not_a_number",
                found="{file} has {count} cells that are not plain numbers, at {cells}",
                wanted="digits with a point for decimals, and no mark between thousands",
                remedy="Correct these cells in the source",
                file=path.name,
                count=len(wrong),
                cells=_listed(wrong),
            )
        )
    if missing:
        found.append(
            Refusal(
                "gather.missing_cell",
                found="{file} has {count} empty cells, at {cells}",
                wanted="a number in each cell; missing is not zero",
                remedy="Fill the cells from another source, or write 0 where nobody was counted",
                file=path.name,
                count=len(missing),
                cells=_listed(missing),
            )
        )
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" (+{len(names) - _SHOWN})" if len(names) > _SHOWN else "")
