"""What does a partner's file say?

`survey` finds how the file is laid out; `read` brings its rows, all cells as text, into one Parquet file with the row
of each. What the columns mean is answered by the room `harmonise`.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import duckdb
import ibis
import ibis.expr.types as ir

from cauce.gather import headings, safety, sniffing, tables, texts, workbooks
from cauce.standards.errors import Finding, Refusal
from cauce.standards.mappings import Layout
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent

__all__ = ["ALL_ALIKE", "FileSurvey", "Intake", "SheetSurvey", "SourceColumn", "read", "survey"]

_TOLD_ROWS = 1_000
ALL_ALIKE = "*"


@dataclass(frozen=True)
class SheetSurvey:
    """One table of a file: how to read it, its headings, and how many cells below them are filled."""

    layout: Layout
    columns: tuple[str, ...]
    filled: int


@dataclass(frozen=True)
class FileSurvey:
    """How a file is laid out: the fullest table first; a CSV has one."""

    file: str
    sheets: tuple[SheetSurvey, ...]

    @property
    def layout(self) -> Layout:
        return self.sheets[0].layout

    @property
    def columns(self) -> tuple[str, ...]:
        return self.sheets[0].columns


@dataclass(frozen=True)
class SourceColumn:
    """A column as read: its key in the Parquet file and its heading in the partner's."""

    key: str
    name: str


@dataclass(frozen=True)
class Intake:
    """The rows of a file, brought in.

    rows       Parquet: sheet string ("" for a text), row int64 (as a person counts them), kind string (see
               `tables.sort_rows`), c1 ... string or null
    columns    those with a heading or with a value
    read       rows that hold data, rejected ones included
    rejected   rows with more cells than headings
    findings   what was left out, and why
    """

    rows: Path
    columns: tuple[SourceColumn, ...]
    layout: Layout
    read: int
    rejected: int
    findings: tuple[Finding, ...]


def survey(path: Path, *, known: Layout | None = None) -> FileSurvey:
    """How a partner's file is laid out: format, encoding, delimiter, sheets, heading rows.

    In
        path    file as received; it is only read
        known   what a person said of it; None to find all
    Out
        FileSurvey
    Refuses
        gather.no_heading           no row can hold the headings
        gather.no_rows              headings, and nothing beneath
        gather.duplicate_headings   a heading stands twice
        and what `safety`, `sniffing` and `texts` refuse
    """
    safety.check_path(path)
    kind = sniffing.find_format(path)
    if kind == "csv":
        return FileSurvey(path.name, (_survey_text(path, known),))
    only = known.sheet if known and known.sheet != ALL_ALIKE else None
    grids = workbooks.read_sheets(path, kind, only=only)
    if known and known.sheet and not grids:
        _refuse_sheet(path, known.sheet)
    found = []
    for name, grid in grids.items():
        shape = headings.find_shape(grid[:80], heading_row=_said_row(known) if known and known.sheet == name else None)
        if shape is not None and len(grid) >= shape.first_row:
            layout = Layout(kind, shape.heading_row, sheet=name)
            found.append(SheetSurvey(layout, shape.names, _count_filled(grid, shape)))
    found = [sheet for sheet in found if sheet.filled] or found
    if not found:
        _refuse_no_heading(path)
    found.sort(key=lambda sheet: -sheet.filled)
    _check_headings(path, found[0].columns)
    return FileSurvey(path.name, _with_alike(found))


def _with_alike(found: Sequence[SheetSurvey]) -> tuple[SheetSurvey, ...]:
    """Sheets with the headings of the fullest one (a sheet for each month) are one table."""
    alike = [sheet for sheet in found if sheet.columns == found[0].columns and sheet.filled]
    if len(alike) < 2:
        return tuple(found)
    filled = sum(sheet.filled for sheet in alike)
    whole = SheetSurvey(replace(found[0].layout, sheet=ALL_ALIKE), found[0].columns, filled)
    return (whole, *(sheet for sheet in found if sheet not in alike))


def _said_row(known: Layout | None) -> int | None:
    return (known.heading_row or None) if known else None


def _survey_text(path: Path, known: Layout | None) -> SheetSurvey:
    traits = texts.find_traits(path, encoding=known.encoding if known else None)
    sample = texts.read_sample(path, traits.encoding)
    delimiter = known.delimiter if known and known.delimiter else texts.find_delimiter(sample)
    grid = texts.divide(sample, delimiter)
    safety.check_columns(max((len(row) for row in grid), default=0), file=path.name)
    shape = headings.find_shape(grid, heading_row=_said_row(known), ends_at_headings=True)
    if shape is None:
        _refuse_no_heading(path)
    filled = _count_filled(grid, shape)
    if not filled:
        _refuse_no_rows(path)
    _check_headings(path, shape.names)
    layout = Layout("csv", shape.heading_row, encoding=traits.encoding, delimiter=delimiter)
    return SheetSurvey(layout, shape.names, filled)


def _count_filled(grid: Sequence[Sequence[str]], shape: headings.TableShape) -> int:
    return sum(
        1 for row in grid[shape.first_row - 1 :] for cell, name in zip(row, shape.names, strict=False) if cell and name
    )


def _check_headings(path: Path, names: Sequence[str]) -> None:
    counts = Counter(name.casefold() for name in names if name)
    twice = [name for name in dict.fromkeys(names) if name and counts[name.casefold()] > 1]
    if twice:
        raise Refusal(
            "gather.duplicate_headings",
            found="{file} has headings that stand twice: {headings}",
            wanted="one heading for one column",
            remedy="Ask the partner which column is which, rename one in a copy, and add the copy",
            file=path.name,
            headings=", ".join(sorted(set(twice), key=twice.index)[:10]),
        )


def _refuse_no_heading(path: Path) -> NoReturn:
    raise Refusal(
        "gather.no_heading",
        found="No row of {file} can be the headings",
        wanted="one row with the names of the columns, above the data",
        remedy="Add a row of headings to a copy of the file and add the copy",
        file=path.name,
    )


def _refuse_no_rows(path: Path) -> NoReturn:
    raise Refusal(
        "gather.no_rows",
        found="{file} has headings and no row of data",
        wanted="at least one row of data",
        remedy="Ask the partner to send it again",
        file=path.name,
    )


def _refuse_sheet(path: Path, sheet: str) -> NoReturn:
    raise Refusal(
        "gather.no_sheet",
        found="{file} has no sheet called {sheet}",
        wanted="the sheet that mappings/ names under [file]",
        remedy="Correct the name of the sheet there, or add the file again",
        file=path.name,
        sheet=sheet,
    )


def read(path: Path, layout: Layout, *, into: Path, progress: Progress = silent) -> Intake:
    """The rows of a partner's file as one Parquet file, all cells as text.

    In
        path      file as received; it is only read
        layout    as `survey` found it or a person corrected it
        into      Parquet file to write; it appears whole or not at all
        progress  told when a step is done
    Out
        Intake
    Refuses
        gather.malformed_csv   rows cannot be told apart
        and what `survey` refuses
    """
    safety.check_path(path)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".reading-") as scratch:
        engine = tables.open_engine(Path(scratch))
        try:
            parts, plain = _open_parts(engine, path, layout=layout, scratch=Path(scratch))
            progress(Message("Reading {file}", file=path.name), 1, 2)
            partial = Path(scratch) / "rows.parquet"
            sorted_parts = [
                tables.sort_rows(one.rows, one.shape).mutate(sheet=ibis.literal(one.sheet)) for one in parts
            ]
            whole = sorted_parts[0] if len(sorted_parts) == 1 else ibis.union(*sorted_parts)
            engine.to_parquet(whole, str(partial), compression="snappy")
            if plain is not None:
                tables.check_whole(plain, partial, delimiter=layout.delimiter or ",")
            intake = _take_stock(engine, partial, path=path, layout=layout, shape=parts[0].shape)
            partial.replace(into)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            tables.refuse_malformed(path, error)
        finally:
            engine.disconnect()
    progress(Message("Reading {file}", file=path.name), 2, 2)
    return replace(intake, rows=into)


@dataclass(frozen=True)
class _Part:
    sheet: str
    rows: ir.Table
    shape: headings.TableShape


def _open_parts(
    engine: ibis.BaseBackend, path: Path, *, layout: Layout, scratch: Path
) -> tuple[list[_Part], Path | None]:
    """The tables to read, one after another, and the plain text where there is one."""
    if layout.format != "csv":
        return _open_sheets(path, layout), None
    traits = texts.find_traits(path, encoding=layout.encoding)
    delimiter = layout.delimiter or ","
    shape = _shape(path, texts.divide(texts.read_sample(path, traits.encoding), delimiter), layout)
    plain = path
    if not traits.is_plain or any(mark in str(path) for mark in "*?["):
        plain = scratch / "plain.csv"
        texts.write_plain(path, plain, encoding=traits.encoding)
    rows = tables.read_csv_rows(engine, plain, delimiter=delimiter, width=len(shape.headings))
    return [_Part("", rows, shape)], plain


def _open_sheets(path: Path, layout: Layout) -> list[_Part]:
    only = None if layout.sheet == ALL_ALIKE else layout.sheet
    grids = workbooks.read_sheets(path, layout.format, only=only)
    if not grids:
        _refuse_sheet(path, layout.sheet or "")
    if only is not None:
        shapes = {only: _shape(path, grids[only][:80], layout)}
    else:
        found = {name: headings.find_shape(grid[:80]) for name, grid in grids.items()}
        told = {name: shape for name, shape in found.items() if shape is not None}
        filled = {name: _count_filled(grids[name], shape) for name, shape in told.items()}
        if not any(filled.values()):
            _refuse_no_rows(path)
        fullest = told[max(filled, key=lambda name: filled[name])]
        shapes = {name: shape for name, shape in told.items() if shape.names == fullest.names}
    return [
        _Part(name, ibis.memtable(workbooks.as_arrow(grids[name], width=len(shape.headings))), shape)
        for name, shape in shapes.items()
    ]


def _shape(path: Path, grid: Sequence[Sequence[str]], layout: Layout) -> headings.TableShape:
    shape = headings.find_shape(grid, heading_row=layout.heading_row, ends_at_headings=layout.format == "csv")
    if shape is None:
        _refuse_no_heading(path)
    _check_headings(path, shape.names)
    return shape


def _take_stock(
    engine: ibis.BaseBackend, rows: Path, *, path: Path, layout: Layout, shape: headings.TableShape
) -> Intake:
    table = engine.read_parquet(str(rows))
    counts = dict(_count_kinds(table))
    read = counts.get("data", 0) + counts.get("extra", 0)
    if not read:
        _refuse_no_rows(path)
    filled = table.filter(table.kind == "data")
    columns = tuple(
        SourceColumn(key, name or f"({key[1:]})")
        for key, name in zip(tables.cell_names(len(shape.names)), shape.names, strict=True)
        if name or _tells_something(filled, key)
    )
    findings = _tell_kinds(table, counts, file=path.name)
    return Intake(rows, columns, layout, read, counts.get("extra", 0), findings)


def _tells_something(filled: ir.Table, key: str) -> bool:
    """Whether a column without a heading holds more than the numbers of the rows."""
    column = filled[key]
    is_figure = column.isnull() | column.re_search(r"^\d+$")
    found = filled.agg(cells=column.count(), distinct=column.nunique(), figures=is_figure.all()).to_pyarrow()
    cells, distinct, figures = (found[name][0].as_py() for name in ("cells", "distinct", "figures"))
    return bool(cells) and not (figures and distinct == cells)


def _count_kinds(table: ir.Table) -> list[tuple[str, int]]:
    counted = table.group_by("kind").agg(rows=table.count()).to_pyarrow()
    return list(zip(counted["kind"].to_pylist(), counted["rows"].to_pylist(), strict=True))


_TOLD = {
    "total": ("gather.total_row", Message("A row of totals was left out")),
    "note": ("gather.note_row", Message("A note beneath or beside the table was left out")),
    "repeat": ("gather.repeated_headings", Message("The headings stand here once more; the row was left out")),
    "extra": ("gather.extra_cells", Message("The row has more cells than there are headings; it was rejected")),
}


def _tell_kinds(table: ir.Table, counts: dict[str, int], *, file: str) -> tuple[Finding, ...]:
    findings = []
    for kind, (code, message) in _TOLD.items():
        if counts.get(kind):
            rows = table.filter(table.kind == kind).order_by("sheet", "row").limit(_TOLD_ROWS).select("sheet", "row")
            for one in rows.to_pyarrow().to_pylist():
                findings.append(Finding(code, message, file=file, sheet=one["sheet"] or None, row=one["row"]))
    return tuple(findings)
