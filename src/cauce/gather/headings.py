"""Which row of a sheet holds the headings, and what do they say?

Titles above, a second row of labels below, and columns without a heading are recognised here, from the first rows
alone. What a heading means is answered by the room `harmonise`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cauce.standards.heading_words import split_words

__all__ = ["TableShape", "find_shape", "is_number_like"]

_ROWS_LOOKED_AT = 60
_NUMBER = re.compile(r"^[\s+-]*[\d.,'’\s\u00a0\u202f]*\d[\d.,'’\s\u00a0\u202f]*%?$")
_DIGITS = re.compile(r"\d+")
_FEWEST_BELOW = 3
_ALIKE = 0.8
_OFTEN = 0.1
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")


@dataclass(frozen=True)
class TableShape:
    """Where the headings stand and what they are.

    heading_row   row of the headings, from 1
    headings      one per column, "" where there is none
    labels        the second row of headings beneath, where there is one: "" elsewhere
    first_row     first row that may hold data, from 1
    """

    heading_row: int
    headings: tuple[str, ...]
    labels: tuple[str, ...]
    first_row: int

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each column: its heading, else its label, else ""."""
        return tuple(heading or label for heading, label in zip(self.headings, self.labels, strict=True))


def find_shape(
    rows: Sequence[Sequence[str]], *, heading_row: int | None = None, ends_at_headings: bool = False
) -> TableShape | None:
    """The headings among the first rows of a sheet.

    The heading row is the first that is filled nearly as widely as most rows and holds words, not figures or dates.
    Where its cells read as those beneath, there is none: nobody's name is taken for a heading.

    In
        rows          the first rows, cells as text, "" for an empty one
        heading_row   what a person said, from 1; None to find it
        ends_at_headings   a cell beyond the last heading is too many (in a text, where one cell too many shifts all)
                           unless most rows have it
    Out
        TableShape, or None where no row can be the headings

    >>> find_shape([["Casos 2020", "", ""], ["", "", ""], ["Nombre", "Sexo", "Edad"], ["Ana", "F", "20"]]).heading_row
    3
    """
    width = max((len(row) for row in rows), default=0)
    grid = [[_clean(cell) for cell in row] + [""] * (width - len(row)) for row in rows[:_ROWS_LOOKED_AT]]
    if heading_row is None:
        heading_row = _find_heading_row(grid)
    if heading_row is None or not 1 <= heading_row <= len(grid):
        return None
    headings = grid[heading_row - 1]
    below = grid[heading_row] if heading_row < len(grid) else []
    has_labels = _are_labels(headings, below)
    headings = _qualified(headings, grid[heading_row - 2] if heading_row > 1 else [])
    labels = below if has_labels else [""] * width
    first_row = heading_row + (2 if has_labels else 1)
    last = _last_column(headings, labels, grid[first_row - 1 :]) if ends_at_headings else width
    if last == 0:
        return None
    return TableShape(
        heading_row=heading_row,
        headings=tuple(headings[:last]),
        labels=tuple(labels[:last]),
        first_row=first_row,
    )


def _last_column(headings: Sequence[str], labels: Sequence[str], below: Sequence[Sequence[str]]) -> int:
    pairs = enumerate(zip(headings, labels, strict=True), start=1)
    last = max((place for place, pair in pairs if any(pair)), default=0)
    filled = [row for row in below if any(row)]
    while 0 < last < len(headings) and filled and sum(1 for row in filled if row[last]) > 0.5 * len(filled):
        last += 1
    return last


def _clean(cell: str) -> str:
    return " ".join(cell.replace("\u00a0", " ").split())


def _find_heading_row(grid: Sequence[Sequence[str]]) -> int | None:
    filled = [sum(1 for cell in row if cell) for row in grid]
    rows = sorted(count for count in filled if count > 1) or [max(filled, default=0)]
    usual = rows[(len(rows) - 1) // 2]
    for number, row in enumerate(grid, start=1):
        wide_enough = filled[number - 1] >= max(0.7 * usual, 1)
        if wide_enough and _is_wordy(row) and not _is_title_of(grid, number, usual):
            return number if not _is_data(grid, number) else _find_narrower(grid, number)
    return None


def _find_narrower(grid: Sequence[Sequence[str]], data_row: int) -> int | None:
    """The row of headings above a first row of data that is wider."""
    above = [row for row in range(1, data_row) if sum(1 for cell in grid[row - 1] if cell) > 1]
    return above[-1] if above and _is_wordy(grid[above[-1] - 1]) and not _is_data(grid, above[-1]) else None


def _is_data(grid: Sequence[Sequence[str]], number: int) -> bool:
    """Whether the row found reads as those around it: a file without headings begins with somebody's name."""
    others = [row for place, row in enumerate(grid, start=1) if place != number]
    columns = [[row[place] for row in others if row[place]] for place in range(len(grid[number - 1]))]
    return any(
        _is_one_of(cell, column)
        for cell, column in zip(grid[number - 1], columns, strict=True)
        if cell and len(column) >= _FEWEST_BELOW
    )


def _is_one_of(cell: str, column: Sequence[str]) -> bool:
    """A date above dates, "E-7" above "E-8", 7 above 8, or a value that stands there often, as F does above F and M."""
    alike = sum(_mask(one) == _mask(cell) for one in column) / len(column)
    is_telling = bool(_DATE.match(cell)) or (any(map(str.isdigit, cell)) and any(map(str.isalpha, cell)))
    follows = cell.isdecimal() and column[0].isdecimal() and int(column[0]) == int(cell) + 1
    return (is_telling and alike >= _ALIKE) or follows or column.count(cell) >= max(_OFTEN * len(column), 2)


def _mask(cell: str) -> str:
    return _DIGITS.sub("9", cell)


def _is_wordy(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return bool(cells) and sum(is_number_like(cell) for cell in cells) <= 0.34 * len(cells)


def _is_title_of(grid: Sequence[Sequence[str]], number: int, usual: int) -> bool:
    """A lone cell above a table of one or two columns: a title, where a blank row or a fuller one follows."""
    here = sum(1 for cell in grid[number - 1] if cell)
    return here < usual and here == 1 and number < len(grid)


def is_number_like(cell: str) -> bool:
    """Whether a cell is a figure or a date rather than words.

    >>> [is_number_like(cell) for cell in ("1.234,5", "03/04/2018", "18--20", "Edad")]
    [True, True, False, False]
    """
    return bool(_NUMBER.match(cell) or _DATE.match(cell))


def _are_labels(headings: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row beneath says the headings again in other words, as IOM's workbooks do."""
    pairs = [(split_words(above), split_words(under)) for above, under in zip(headings, below, strict=False)]
    both = [(above, under) for above, under in pairs if above and under]
    if len(both) < 3:
        return False
    alike = sum(1 for above, under in both if set(above) >= set(under) or set(under) >= set(above))
    return alike >= 0.6 * len(both)


def _qualified(headings: Sequence[str], above: Sequence[str]) -> list[str]:
    """Headings that stand twice get the merged title above them: "Agresor: Sexo"."""
    twice = {name for name, count in Counter(heading.casefold() for heading in headings).items() if name and count > 1}
    if not twice or not any(above):
        return list(headings)
    titles: list[str] = []
    for title in above:
        titles.append(title or (titles[-1] if titles else ""))
    return [
        f"{title}: {heading}" if heading.casefold() in twice and title else heading
        for heading, title in zip(headings, titles, strict=False)
    ]
