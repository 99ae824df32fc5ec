"""Which rows and columns does the page of a table show, in which order, and which does it fold away?

A table by two fields becomes a grid, the shorter field across; any other a list. What the page leaves out is counted,
and is in the downloads.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cauce.publish.cells import MISSING, Cell, cells_of
from cauce.publish.labels import TOTAL, Labels
from cauce.standards.cleared import ClearedTable
from cauce.standards.messages import Language

__all__ = ["Grid", "Heading", "Row", "lay_out"]

_WIDEST = 14
_CELLS_SHOWN = 450
_ROWS_BEFORE_FOLDING = 12
_COLUMNS_BEFORE_FOLDING = 5
_NAMES_FOLDED = 300


@dataclass(frozen=True)
class Heading:
    """A code and its name, as a row or a column is called."""

    code: str
    name: str

    @property
    def is_missing(self) -> bool:
        return self.code == MISSING


@dataclass(frozen=True)
class Row:
    """One line of a page's table; a cell is None where the domain has no such combination."""

    headings: tuple[Heading, ...]
    cells: tuple[Cell | None, ...]

    @property
    def name(self) -> str:
        return " · ".join(heading.name for heading in self.headings)

    @property
    def size(self) -> int:
        return sum(cell.value for cell in self.cells if cell and cell.value is not None)

    @property
    def is_released(self) -> bool:
        return any(cell and cell.is_released for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """A table as a page shows it; `across` is None with one column of figures, `folded` names lines without any."""

    down: tuple[str, ...]
    across: str | None
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]
    folded: tuple[str, ...]
    folded_count: int
    unshown_count: int
    is_ordered: bool


def lay_out(table: ClearedTable, labels: Labels, language: Language) -> Grid:
    """The page's view of a table.

    In
        table       ClearedTable
        labels      Labels; fields in `labels.ordered` keep the order of their codes, others go by size
        language    of the names
    Out
        Grid, with at most 450 cells
    """
    cells = cells_of(table)
    across = _pick_across(table.by, cells)
    rows, columns = _arrange(table.by, cells, across=across, labels=labels, language=language)
    down = tuple(name for name in table.by if name != across)
    is_ordered = any(name in labels.ordered for name in down)
    shown, folded_rows = _fold(rows)
    shown, columns, folded_columns = _fold_columns(shown, columns)
    if not is_ordered:
        shown = sorted(shown, key=lambda row: (any(heading.is_missing for heading in row.headings), -row.size))
    room = max(1, _CELLS_SHOWN // max(1, len(columns)))
    names = [*folded_columns, *sorted((row.name for row in folded_rows), key=_alphabetical)]
    return Grid(
        down=down,
        across=across,
        columns=columns,
        rows=tuple(shown[:room]),
        folded=tuple(names[:_NAMES_FOLDED]),
        folded_count=len(names),
        unshown_count=len(shown[room:]),
        is_ordered=is_ordered,
    )


def _pick_across(by: Sequence[str], cells: Sequence[Cell]) -> str | None:
    if len(by) != 2:
        return None
    widths = [len({cell.codes[place] for cell in cells}) for place in range(2)]
    place = 0 if widths[0] < widths[1] else 1
    return by[place] if widths[place] <= _WIDEST else None


def _arrange(
    by: Sequence[str], cells: Sequence[Cell], *, across: str | None, labels: Labels, language: Language
) -> tuple[list[Row], tuple[Heading, ...]]:
    place = by.index(across) if across else None
    column_codes = list(dict.fromkeys(cell.codes[place] for cell in cells)) if place is not None else []
    lines: dict[tuple[str, ...], dict[str, Cell]] = {}
    for cell in cells:
        key = tuple(code for index, code in enumerate(cell.codes) if index != place)
        lines.setdefault(key, {})["" if place is None else cell.codes[place]] = cell
    down = [name for name in by if name != across]
    named = {key: _headings_of_row(down, key, labels=labels, language=language) for key in lines}
    rows = [Row(named[key], _line(line, column_codes)) for key, line in lines.items()]
    return rows, _headings([across] * len(column_codes), column_codes, labels=labels, language=language)


def _line(line: Mapping[str, Cell], column_codes: Sequence[str]) -> tuple[Cell | None, ...]:
    return tuple(line.get(code) for code in column_codes or [""])


def _headings(
    names: Sequence[str | None], codes: Sequence[str], *, labels: Labels, language: Language
) -> tuple[Heading, ...]:
    pairs = zip(names, codes, strict=True)
    return tuple(Heading(code, labels.code(name or "", code, language)) for name, code in pairs)


def _headings_of_row(
    down: Sequence[str], codes: Sequence[str], *, labels: Labels, language: Language
) -> tuple[Heading, ...]:
    if not down:
        return _headings([""], [TOTAL], labels=labels, language=language)
    return _headings(down, codes, labels=labels, language=language)


def _fold(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    if len(rows) <= _ROWS_BEFORE_FOLDING:
        return rows, []
    return [row for row in rows if row.is_released], [row for row in rows if not row.is_released]


def _fold_columns(
    rows: list[Row], columns: tuple[Heading, ...]
) -> tuple[list[Row], tuple[Heading, ...], tuple[str, ...]]:
    cells = [[row.cells[place] for row in rows] for place in range(len(columns))]
    kept = [place for place, column in enumerate(cells) if any(cell and cell.is_released for cell in column)]
    if len(columns) <= _COLUMNS_BEFORE_FOLDING or not kept:
        return rows, columns, ()
    shown = [Row(row.headings, tuple(row.cells[place] for place in kept)) for row in rows]
    folded = tuple(column.name for place, column in enumerate(columns) if place not in kept)
    return shown, tuple(columns[place] for place in kept), folded


def _alphabetical(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
