"""Which invented records go with a hub's tables, and how far are they from them?

They are drawn from the tables as they leave and cost nothing more. No record holds a value, or values together, that
a table withholds. `record_aims` says what they should add up to, `rows` draws them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import record_aims, rows
from cauce.protect.columns import Column
from cauce.protect.record_aims import Field, Figures
from cauce.standards import clearance, cleared

__all__ = ["SEPARATOR", "invent_records"]

SEPARATOR = ";"
_HAS = 0


def invent_records(figures: Figures, *, rng: np.random.Generator) -> cleared.ClearedRecords | None:
    """One invented record for each person that the tables count.

    In
        figures   of the tables without those by wider categories, whose figures are sums
        rng       the generator that invents: the tables are noisy already
    Out
        ClearedRecords   a column for each field of which some code is shown, several values with ";" between; None
                         where nothing is shown of any field
    """
    fields = record_aims.fields_of(figures)
    if not fields:
        return None
    aims = record_aims.aim_records(fields, figures)
    columns = [column for field in fields for column in (field.first, *field.flags)]
    drawn = rows.draw_rows(columns, aims, rng=rng)
    rows_of = _Rows({field.name: field for field in fields}, _held(drawn, columns), figures)
    tables = [table for table in figures.released.values() if table.by and set(table.by) <= set(rows_of.fields)]
    for table in tables:
        if len(table.by) > 2:
            _blank(rows_of, table)
    return clearance.clear_records(
        columns=tuple(rows_of.fields),
        rows=pa.table({name: _texts(rows_of, field) for name, field in rows_of.fields.items()}),
        expected_error={},
        distances={table.table_id: _distance(rows_of, table) for table in tables},
    )


@dataclass(frozen=True)
class _Rows:
    """The rows by their columns: the place of the code of each, or whether it has a code of several."""

    fields: Mapping[str, Field]
    held: Mapping[str, NDArray[np.int16]]
    figures: Figures


def _held(drawn: NDArray[np.int16], columns: Sequence[Column]) -> dict[str, NDArray[np.int16]]:
    return {column.name: drawn[:, place].copy() for place, column in enumerate(columns)}


@dataclass(frozen=True)
class _Slice:
    """Rows that have one code of each field of several values, and the places of these codes in the domain.

    flags   of these fields, to take a code away
    """

    who: NDArray[np.int64]
    places: Mapping[str, int]
    flags: Mapping[str, NDArray[np.int16]]


def _slices(told: _Rows, by: Sequence[str]) -> Iterator[_Slice]:
    """All rows, once for each way to take a code of each field of several values; once where there is none."""
    several = [told.fields[name] for name in by if told.fields[name].several]
    for codes in product(*(field.codes for field in several)):
        flags = {field.name: told.held[f"{field.name}={code}"] for field, code in zip(several, codes, strict=True)}
        has = np.logical_and.reduce([np.ones(_length(told), dtype=bool), *(flag == _HAS for flag in flags.values())])
        places = {
            field.name: told.figures.domain[field.name].index(code) for field, code in zip(several, codes, strict=True)
        }
        yield _Slice(np.flatnonzero(has), places, flags)


def _cells(told: _Rows, by: Sequence[str], some: _Slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of a slice that have a code of each field, and their cells in a table."""
    shape = [len(told.figures.domain[name]) for name in by]
    axes, valued = [], np.ones(some.who.size, dtype=bool)
    for name in by:
        if name in some.places:
            axes.append(np.full(some.who.size, some.places[name]))
            continue
        field = told.fields[name]
        codes = np.array([*(told.figures.domain[name].index(code) for code in field.codes), 0])
        held = told.held[name][some.who]
        valued &= (held >= 0) & (held < len(field.codes))
        axes.append(codes[held])
    return some.who[valued], np.ravel_multi_index(tuple(axis[valued] for axis in axes), shape)


def _blank(told: _Rows, table: cleared.ClearedTable) -> None:
    """Takes the last value of rows whose values together are withheld: of tables of three fields and more."""
    withheld = ~record_aims.is_shown(table, told.figures.domain).ravel()
    for some in _slices(told, table.by):
        who, cells = _cells(told, table.by, some)
        if some.flags:
            list(some.flags.values())[-1][who[withheld[cells]]] = 1
        else:
            told.held[table.by[-1]][who[withheld[cells]]] = rows.BLANK


def _distance(told: _Rows, table: cleared.ClearedTable) -> float:
    shown = record_aims.is_shown(table, told.figures.domain).ravel()
    released = np.array([value or 0 for value in table.observations["obs_value"].to_pylist()], dtype=np.float64)
    counts = np.zeros(released.size)
    for some in _slices(told, table.by):
        counts += np.bincount(_cells(told, table.by, some)[1], minlength=released.size)
    shown &= _of_codes(told, table.by)
    return round(float(np.abs(counts - released)[shown].mean()), 3) if shown.any() else 0.0


def _of_codes(told: _Rows, by: Sequence[str]) -> NDArray[np.bool_]:
    """(cell,) bool: the cells of codes; a record without one may lack it or have had it withheld."""
    axes = [np.isin(told.figures.domain[name], told.fields[name].codes) for name in by]
    return np.asarray(reduce(np.multiply.outer, axes)).ravel()


def _texts(told: _Rows, field: Field) -> pa.Array:
    if not field.several:
        held = told.held[field.name]
        lacks = (held < 0) | (held >= len(field.codes))
        return pa.array(np.asarray([*field.codes, ""], dtype=object)[held], mask=lacks, type=pa.string())
    has = np.stack([told.held[flag.name] == _HAS for flag in field.flags], axis=1)
    patterns, which = np.unique(has, axis=0, return_inverse=True)
    joined = [SEPARATOR.join(np.asarray(field.codes, dtype=object)[pattern]) or None for pattern in patterns]
    return pa.array(joined, type=pa.string()).take(pa.array(which.ravel()))


def _length(told: _Rows) -> int:
    return len(next(iter(told.held.values())))
