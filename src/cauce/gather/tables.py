"""Which rows of a table are data, and which are titles, totals, notes or nothing?

Rows keep the number that a person sees in the file. All cells are text here; nothing is executed or interpreted: a
cell that begins with `=` is text like any other.
"""

import re
from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import NoReturn

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from cauce.gather import headings, safety, texts
from cauce.standards.errors import Refusal
from cauce.standards.heading_words import split_words

__all__ = ["OVERFLOW", "cell_names", "check_whole", "open_engine", "read_csv_rows", "refuse_malformed", "sort_rows"]

OVERFLOW = 12
_TOTAL = r"(?i)^\s*((gran|grand|sub)[ -]?)?(total(es|s|aux)?|suma|somme|ensemble|subtotal(es)?)\b.{0,40}$"
_FIGURE = r"^[\d\s.,'%+-]*$"
_NOTE = r"(?i)^\s*(fuente|source|nota|note|elaborad|observaci|\*|\(\*\)|n\.?b\.?[ :])"
_COUNTER = frozenset({"", "no", "n", "num", "numero", "nr", "nro", "item", "numéro"})


def open_engine(scratch: Path) -> ibis.BaseBackend:
    """A DuckDB in memory that stays within 1 GB and two threads, and spills into `scratch`."""
    engine = ibis.duckdb.connect(
        memory_limit="1GB", threads=2, temp_directory=str(scratch), preserve_insertion_order=True
    )
    engine.raw_sql("SET autoinstall_known_extensions = false")
    engine.raw_sql("SET autoload_known_extensions = false")
    return engine


def cell_names(width: int) -> list[str]:
    """Names of the cells of a row, by position: a heading may be anything, a name of ours may not.

    >>> cell_names(2)
    ['c1', 'c2']
    """
    return [f"c{position}" for position in range(1, width + 1)]


def read_csv_rows(engine: ibis.BaseBackend, path: Path, *, delimiter: str, width: int) -> ir.Table:
    """The rows of a plain UTF-8 text, all cells as text, with `row` counted from 1.

    In
        engine      as `open_engine` gives it
        path        a plain text (see `texts`)
        delimiter   mark between cells
        width       number of columns; twelve more are read, to catch rows with too many cells
    Out
        table   row int64, c1 ... string
    """
    names = cell_names(width + OVERFLOW)
    table = engine.read_csv(
        str(path),
        columns=dict.fromkeys(names, "VARCHAR"),
        header=False,
        delim=delimiter,
        quote='"',
        escape='"',
        null_padding=True,
        nullstr="",
        parallel=not _has_quotes(path),
        max_line_size=2 * safety.MAX_LINE_BYTES,
    )
    cells = {name: _trim(table[name]).nullif("") for name in names}
    return table.select(row=ibis.row_number() + 1, **cells)


@ibis.udf.scalar.builtin(name="trim")  # type: ignore[untyped-decorator]  # ibis does not type its decorators
def _trim(text: str) -> str:  # type: ignore[empty-body]  # the engine has the body
    """The engine's own trim: blanks alone, at half the cost of one that knows every white space."""


def _has_quotes(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b'"' in block for block in iter(lambda: stream.read(2**20), b""))


def sort_rows(rows: ir.Table, shape: headings.TableShape) -> ir.Table:
    """Says of each row what kind it is.

    In
        rows    row, c1 ... as text or null, at least one cell for each heading
        shape   where the headings stand
    Out
        the same rows with `kind`: "data", "head" (headings and what stands above), "empty", "total", "note",
        "repeat" (the headings once more) or "extra" (more cells than headings)
    """
    width = len(shape.headings)
    cells = [rows[name] for name in cell_names(width)]
    named = [cell for cell, name in zip(cells, shape.names, strict=True) if not _is_counter(name)] or cells
    extra = [rows[name] for name in rows.columns if name.startswith("c") and int(name[1:]) > width]
    first = ibis.coalesce(*cells)
    figures = _all(cell.isnull() | cell.re_search(_FIGURE) | (cell == first) for cell in named)
    alone = reduce(lambda left, right: left + right, (cell.notnull().cast("int32") for cell in cells)) == 1
    repeat = _all(
        cell.isnull() if not heading else cell == heading for cell, heading in zip(cells, shape.headings, strict=True)
    )
    kind = ibis.cases(
        (rows.row < shape.first_row, "head"),
        (_any(cell.notnull() for cell in extra) if extra else ibis.literal(False), "extra"),
        (_all(cell.isnull() for cell in named), "empty"),
        (first.re_search(_TOTAL) & figures, "total"),
        (alone & first.re_search(_NOTE) & ibis.literal(width > 1), "note"),
        (repeat, "repeat"),
        else_="data",
    )
    return rows.select("row", *cell_names(width), kind=kind)


def _is_counter(name: str) -> bool:
    """A column that numbers the rows of a template: a row filled there alone is empty."""
    return "".join(split_words(name)) in _COUNTER or name in {"#", "N°", "Nº"}


def _all(claims: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(lambda left, right: left & right, claims)


def _any(claims: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(lambda left, right: left | right, claims)


def check_whole(path: Path, rows: Path, *, delimiter: str) -> None:
    """Refuses a text of which the engine read fewer or more rows than another count finds.

    In
        path        the plain text
        rows        Parquet of what was read
        delimiter   mark between cells
    Refuses
        gather.malformed_csv   a quote that is never closed swallowed rows
    """
    counted, begins = texts.count_rows(path, delimiter=delimiter)
    if counted != pq.read_metadata(rows).num_rows:
        _refuse_line(path, str(begins))


def refuse_malformed(path: Path, error: duckdb.Error) -> NoReturn:
    """Refuses a text whose quotes or rows cannot be told apart.

    In
        path    the text
        error   what the engine said
    Refuses
        gather.malformed_csv   always, with the line where the reader stopped
    """
    found = re.search(r"Line:? (\d+)", str(error))
    _refuse_line(path, found[1] if found else "?")


def _refuse_line(path: Path, line: str) -> NoReturn:
    raise Refusal(
        "gather.malformed_csv",
        found="{file} cannot be divided into rows: it stops making sense at line {line}",
        wanted="rows of the same number of cells, and quotes that are closed",
        remedy="Look at that line for a quote that is never closed, or ask the partner to save the file again",
        file=path.name,
        line=line,
    ) from None
