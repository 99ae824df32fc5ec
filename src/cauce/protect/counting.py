"""How many people are in each cell of each table? Counted by the engine, one expression for every backend.

Only counts reach Python: the people are grouped by the codes that the tables need, each group is sent once with its
number, in batches, and the batches are added up. A person is counted once in a cell, whatever the number of values
that she has, and in a stated number of cells at most.
"""

from collections.abc import Iterator, Mapping, Sequence

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["MISSING", "VALUES_PER_PERSON", "count_tables", "list_columns", "squared_norm"]

MISSING = "_U"
VALUES_PER_PERSON = 3

Counts = dict[tuple[str, ...], NDArray[np.int64]]

_BATCH = 100_000


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

    >>> list_columns(ibis.memtable({"a": [["x", "y"]], "b": ["x"]}), {"a", "b"})
    {'a'}
    """
    return {name for name in names if people[name].type().is_array()}


def squared_norm(table: tuple[str, ...], *, several: set[str], values_per_person: int = VALUES_PER_PERSON) -> int:
    """The most that one person changes a table: the squared L2 norm of her cells.

    >>> squared_norm(("sex", "means", "work"), several={"means", "work"})
    9
    """
    return int(values_per_person ** sum(name in several for name in table))


def _count_plain(
    people: ibis.Table, tables: Sequence[tuple[str, ...]], *, domain: Mapping[str, Sequence[str]]
) -> Counts:
    names = sorted({name for table in tables for name in table})
    coded = people.select(**{name: _position(people[name], domain[name]) for name in names} or {"_": ibis.literal(0)})
    grouped = coded.group_by(names or ["_"]).aggregate(people_count=coded.count())
    counts: Counts = {table: np.zeros([len(domain[name]) for name in table], dtype=np.int64) for table in tables}
    for batch in _batches(grouped):
        columns = {name: batch.column(name).to_numpy(zero_copy_only=False).astype(np.int64) for name in names}
        weights = batch.column("people_count").to_numpy(zero_copy_only=False).astype(np.int64)
        for table in tables:
            counts[table] += _tally([columns[name] for name in table], weights, shape=counts[table].shape)
    return counts


def _batches(grouped: ibis.Table) -> Iterator[pa.RecordBatch]:
    backend = grouped.get_backend()
    if backend.name != "duckdb":
        yield from grouped.to_pyarrow_batches(chunk_size=_BATCH)
        return
    # Ibis 12 asks DuckDB 2 for batches by a name that it no longer has, so DuckDB is asked directly; the empty
    # slice makes Ibis register the tables that live in memory.
    grouped.limit(0).to_pyarrow()
    yield from backend.con.sql(backend.compile(grouped)).to_arrow_reader(_BATCH)


def _position(column: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    outside = list(codes).index(MISSING) if MISSING in codes else -1
    cases = [(code, position) for position, code in enumerate(codes)]
    return ibis.coalesce(column.cast("string").cases(*cases, else_=outside), outside).cast("int32")


def _tally(
    columns: Sequence[NDArray[np.int64]], weights: NDArray[np.int64], *, shape: tuple[int, ...]
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
