"""What do the columns of a survey's or a round's file say, where the caller names the columns that she means?

Plain CSV of any delimiter and encoding. A column asked for as numbers is read as numbers or refused whole; partners'
files, whose columns nobody has named yet, are read by `partner_files`.
"""

import csv
from collections.abc import Mapping, Set
from pathlib import Path

import pyarrow as pa

from cauce.gather import safety, texts
from cauce.standards.errors import Refusal, raise_all

__all__ = ["read_named_columns"]

_MISSING = frozenset({"", "na", "nan", "null", "n/a"})
_FLAGS = {"true": 1.0, "false": 0.0}
_ROWS_SHOWN = 5
_COLUMNS_SHOWN = 20


def read_named_columns(
    path: Path,
    columns: Mapping[str, str],
    *,
    numbers: Set[str],
    filled: Set[str] = frozenset(),
    optional: Set[str] = frozenset(),
) -> pa.Table:
    """The columns that the caller named, under the names of their roles.

    In
        path      CSV with a heading in its first row
        columns   role -> heading of its column
        numbers   roles whose cells are numbers (TRUE and FALSE are 1 and 0)
        filled    roles of codes that may not be empty
        optional  roles whose column may be absent: the table then lacks it
    Out
        table    one column a role: float64 for numbers, string otherwise; an empty cell or NA is null
    Refuses
        gather.sample_heading   none of the named columns is there
        gather.sample_columns   a named column is not there
        gather.sample_number    a cell of a column of numbers is not a number
        gather.sample_blank     an empty cell in a column that must be filled
        gather.sample_rows      no row below the heading, or a row with more or fewer cells than the heading
        gather.no_file and the other refusals of `safety` and `texts`
    """
    safety.check_path(path)
    heading, rows = _read(path)
    absent = [name for role, name in columns.items() if name not in heading and role not in optional]
    if absent and not set(columns.values()) & set(heading):
        raise _no_heading(path, list(dict.fromkeys(absent)), heading)
    raise_all([_no_column(path, name, heading) for name in dict.fromkeys(absent)])
    raise_all(_check_rows(path, heading, rows))
    places = {role: heading.index(name) for role, name in columns.items() if name in heading}
    refusals: list[Refusal] = []
    read: dict[str, pa.Array] = {}
    for role, place in places.items():
        cells = [row[place].strip() for row in rows]
        if role in numbers:
            figures, bad = _as_numbers(cells)
            read[role] = pa.array(figures, type=pa.float64())
            refusals += [_not_number(path, columns[role], bad)] if bad else []
        else:
            read[role] = pa.array([cell or None for cell in cells], type=pa.string())
            blank = read[role].null_count if role in filled else 0
            refusals += [_blank(path, columns[role], blank)] if blank else []
    raise_all(refusals)
    return pa.table(read)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    encoding = texts.find_traits(path).encoding
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(65_536).removeprefix("\ufeff")
        stream.seek(0)
        rows = list(csv.reader(stream, delimiter=texts.find_delimiter(sample)))
    heading = [cell.removeprefix("\ufeff").strip() for cell in rows[0]] if rows else []
    return heading, [row for row in rows[1:] if row]


def _as_numbers(cells: list[str]) -> tuple[list[float | None], list[int]]:
    figures: list[float | None] = []
    bad: list[int] = []
    for row, cell in enumerate(cells):
        plain = cell.lower()
        figure = None
        if plain in _FLAGS:
            figure = _FLAGS[plain]
        elif plain not in _MISSING:
            try:
                figure = float(plain)
            except ValueError:
                bad.append(row)
        figures.append(figure)
    return figures, bad


def _no_heading(path: Path, wanted: list[str], heading: list[str]) -> Refusal:
    """The first row is not told: where it is no heading, it is somebody's."""
    return Refusal(
        "gather.sample_heading",
        found="None of the {count} cells of the first row of {file} is a heading asked for: {columns}",
        wanted="a first row with the headings, these among them",
        remedy="Add the row of headings, or give the headings as they stand there",
        file=path.name,
        count=len(heading),
        columns=", ".join(wanted),
    )


def _no_column(path: Path, name: str, heading: list[str]) -> Refusal:
    return Refusal(
        "gather.sample_columns",
        found="{file} has no column {column}",
        wanted="one of its columns: {columns}",
        remedy="Give the heading as it stands in the first row of the file",
        file=path.name,
        column=name,
        columns=", ".join(heading[:_COLUMNS_SHOWN]),
    )


def _check_rows(path: Path, heading: list[str], rows: list[list[str]]) -> list[Refusal]:
    uneven = [place + 2 for place, row in enumerate(rows) if len(row) != len(heading)]
    if rows and not uneven:
        return []
    return [
        Refusal(
            "gather.sample_rows",
            found="{file} has {rows} rows below its heading, {uneven} of another length (first: {first})",
            wanted="one row or more, each with as many cells as the heading",
            remedy="Save the file again as CSV, with its heading in the first row",
            file=path.name,
            rows=len(rows),
            uneven=len(uneven),
            first=", ".join(map(str, uneven[:_ROWS_SHOWN])) or "-",
        )
    ]


def _blank(path: Path, column: str, count: int) -> Refusal:
    return Refusal(
        "gather.sample_blank",
        found="Column {column} of {file} has {count} empty cells",
        wanted="a code in every row",
        remedy="Fill these cells, or leave out their rows in a step of your own",
        file=path.name,
        column=column,
        count=count,
    )


def _not_number(path: Path, column: str, bad: list[int]) -> Refusal:
    return Refusal(
        "gather.sample_number",
        found="Column {column} of {file} holds {count} cells that are not numbers (first rows: {rows})",
        wanted="numbers such as 1234.5, or nothing",
        remedy="Correct these cells; write decimals with a point and thousands without a mark",
        file=path.name,
        column=column,
        count=len(bad),
        rows=", ".join(str(row + 2) for row in bad[:_ROWS_SHOWN]),
    )
