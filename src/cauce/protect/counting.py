"""How many people are in each cell of each table? Counted by the engine, one expression for every backend.

Only counts reach Python: the people are grouped by the codes that the tables need, each group is sent once with its
number, in batches, and the batches are added up. A person is counted once in a cell, whatever the number of values
that she has, and in a stated number of cells at most.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["MISSING", "VALUES_PER_PERSON", "Batch", "coded_batches", "count_tables", "list_columns", "squared_norm"]

MISSING = "_U"
VALUES_PER_PERSON = 3

Counts = dict[tuple[str, ...], NDArray[np.int64]]

_BATCH = 100_000
_SLICE = 20_000
_REPEATING = 0.6
_STRANGERS = 50


def count_tables(
    people: ibis.Table,
    tables: Sequence[tuple[str, ...]],
    *,
    domain: Mapping[str, Sequence[str]],
    values_per_person: int = VALUES_PER_PERSON,
) -> Counts:
    """The exact count of every cell of every table. It is inside the vault: nothing here may leave as it is.

    In
        people              one row a person; columns of codes (text, or lists of text where a person has several)
        tables              columns of each table; () is the number of people
        domain              column -> its codes in order, from public codelists; MISSING among them where it may miss
        values_per_person   the most values of one column that a person is counted with
    Out
        table -> (k, ...) int   one axis a column, in the order of its domain; a value outside it counts as missing,
                                and as nobody where the domain has no MISSING

    >>> people = ibis.memtable({"sex": ["F", "M", "F", None]})
    >>> counts = count_tables(people, [("sex",), ()], domain={"sex": ["F", "M", "_U"]})
    >>> counts[("sex",)].tolist(), counts[()].tolist()
    ([2, 1, 1], 4)
    """
    several = list_columns(people, {name for table in tables for name in table})
    plain = [table for table in tables if not set(table) & several]
    counts = _count_plain(people, plain, domain=domain) if plain else {}
    for table in tables:
        if table not in counts:
            bounded = _with_bounded_lists(
                people, table, several=several, domain=domain, values_per_person=values_per_person
            )
            counts |= _count_plain(bounded, [table], domain=domain)
    return counts


def list_columns(people: ibis.Table, names: set[str]) -> set[str]:
    """Those of the columns where a person may have several values.

    In
        people   table, one row a person
        names    columns to look at
    Out
        names of those whose type is a list

    >>> list_columns(ibis.memtable({"a": [["x", "y"]], "b": ["x"]}), {"a", "b"})
    {'a'}
    """
    return {name for name in names if people[name].type().is_array()}


def squared_norm(table: tuple[str, ...], *, several: set[str], values_per_person: int = VALUES_PER_PERSON) -> int:
    """The most that one person changes a table: the squared L2 norm of her cells.

    In
        table               its columns
        several             columns where a person may have several values
        values_per_person   how many of them count at most
    Out
        squared norm, in persons

    >>> squared_norm(("sex", "means", "work"), several={"means", "work"})
    9
    """
    return int(values_per_person ** sum(name in several for name in table))


@dataclass(frozen=True)
class Batch:
    """Some of the people as places in the domain.

    codes       (row, column) int   -1 where the value has no place in the domain
    persons     (row,) int          how many share the row
    strangers   column -> some of its values outside the domain; they stay in the vault
    """

    codes: NDArray[np.int32]
    persons: NDArray[np.int64]
    strangers: Mapping[str, frozenset[str]]


def coded_batches(people: ibis.Table, names: Sequence[str], *, domain: Mapping[str, Sequence[str]]) -> Iterator[Batch]:
    """The people as places in the domain, batch by batch, each with the number of persons who share them.

    In
        people   one row a person
        names    columns of codes
        domain   column -> its codes in order; a null is MISSING where the domain has it
    Out
        Batch, one after the other

    >>> people = ibis.memtable({"sex": ["F", "F", "x"]})
    >>> [int(batch.persons.sum()) for batch in coded_batches(people, ["sex"], domain={"sex": "F"})]
    [3]
    """
    columns = {name: people[name].cast("string") for name in names}
    chosen = people.select(**columns) if names else people.select(_=ibis.literal("0"))
    grouped = chosen.group_by(chosen.columns).aggregate(_persons=chosen.count())
    expression = grouped if _rows_repeat(chosen) else chosen.mutate(_persons=ibis.literal(1))
    for batch in _batches(expression):
        persons = batch.column("_persons").to_numpy(zero_copy_only=False).astype(np.int64)
        codes = np.empty((batch.num_rows, len(names)), dtype=np.int32)
        strangers: dict[str, frozenset[str]] = {}
        for place, name in enumerate(names):
            codes[:, place], strange = _place(batch.column(name), domain[name])
            strangers |= {name: strange} if strange else {}
        yield Batch(codes, persons, strangers)


def _rows_repeat(people: ibis.Table) -> bool:
    """Whether grouping pays: in a first slice, several persons share a row."""
    first = people.limit(_SLICE)
    distinct, persons = int(first.distinct().count().execute()), int(first.count().execute())
    return distinct <= _REPEATING * persons


def _batches(expression: ibis.Table) -> Iterator[pa.RecordBatch]:
    backend = expression.get_backend()
    if backend.name != "duckdb":
        yield from expression.to_pyarrow_batches(chunk_size=_BATCH)
        return
    # Ibis 12 asks DuckDB 2 for batches by a name that it no longer has, so DuckDB is asked directly; the empty
    # slice makes Ibis register the tables that live in memory.
    expression.limit(0).to_pyarrow()
    yield from backend.con.sql(backend.compile(expression)).to_arrow_reader(_BATCH)


def _place(values: pa.Array, codes: Sequence[str]) -> tuple[NDArray[np.int32], frozenset[str]]:
    found = pc.index_in(values, value_set=pa.array([*codes], type=pa.string()))
    strange = values.filter(pc.and_(pc.is_null(found), pc.is_valid(values)))
    placed = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    if MISSING in codes and values.null_count:
        placed[values.is_null().to_numpy(zero_copy_only=False)] = list(codes).index(MISSING)
    return placed, frozenset(strange.slice(0, _BATCH).unique().slice(0, _STRANGERS).to_pylist())


def _count_plain(
    people: ibis.Table, tables: Sequence[tuple[str, ...]], *, domain: Mapping[str, Sequence[str]]
) -> Counts:
    names = sorted({name for table in tables for name in table})
    counts: Counts = {table: np.zeros([len(domain[name]) for name in table], dtype=np.int64) for table in tables}
    for batch in coded_batches(people, names, domain=domain):
        columns = {
            name: np.where(codes < 0, _outside(domain[name]), codes)
            for name, codes in zip(names, batch.codes.T, strict=True)
        }
        for table in tables:
            counts[table] += _tally([columns[name] for name in table], batch.persons, shape=counts[table].shape)
    return counts


def _outside(codes: Sequence[str]) -> int:
    return list(codes).index(MISSING) if MISSING in codes else -1


def _position(column: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    cases = [(code, position) for position, code in enumerate(codes)]
    return ibis.coalesce(column.cast("string").cases(*cases, else_=_outside(codes)), _outside(codes)).cast("int32")


def _tally(
    columns: Sequence[NDArray[np.int32]], weights: NDArray[np.int64], *, shape: tuple[int, ...]
) -> NDArray[np.int64]:
    if not columns:
        return np.asarray(weights.sum())
    inside = np.logical_and.reduce([column >= 0 for column in columns])
    cells = np.ravel_multi_index(tuple(column[inside] for column in columns), shape)
    totals = np.bincount(cells, weights=weights[inside], minlength=int(np.prod(shape)))
    return np.rint(totals).astype(np.int64).reshape(shape)


def _with_bounded_lists(
    people: ibis.Table,
    table: tuple[str, ...],
    *,
    several: set[str],
    domain: Mapping[str, Sequence[str]],
    values_per_person: int,
) -> ibis.Table:
    kept = people.select(*table).mutate(_person=ibis.row_number())
    for name in table:
        if name in several:
            kept = _with_bounded_list(kept, name, codes=domain[name], values_per_person=values_per_person)
    return kept


def _with_bounded_list(people: ibis.Table, name: str, *, codes: Sequence[str], values_per_person: int) -> ibis.Table:
    filled = ibis.ifelse(people[name].isnull() | (people[name].length() == 0), ibis.array([MISSING]), people[name])
    long = people.mutate(**{name: filled}).unnest(name)
    long = long.mutate(**{name: ibis.ifelse(long[name].isin(list(codes)), long[name], MISSING)}).distinct()
    # A fixed shuffle: which values are kept does not favour the first of the alphabet.
    shuffled = (_position(long[name], codes).cast("int64") * 7_919 + long["_person"] * 104_729) % 1_000_003
    others = [column for column in long.columns if column != name]
    window = ibis.window(group_by=others, order_by=[shuffled, long[name]])
    ranked = long.mutate(_rank=ibis.row_number().over(window))
    return ranked.filter(ranked["_rank"] < values_per_person).drop("_rank")
