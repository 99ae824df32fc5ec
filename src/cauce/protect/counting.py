"""How many people are in each cell of each table? Counted by the engine, one expression for every backend.

Only counts reach Python: the people are grouped by codes, once by all columns where rows repeat and else by a few
sets of columns (`grouping`), and the groups are added up. A person is counted once in a cell, whatever the number of
values that she has, and in a stated number of cells at most (`coding`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlglot as sg
from numpy.typing import NDArray
from sqlglot import expressions as sge

from cauce.protect import coding, grouping
from cauce.protect.coding import MISSING, OUTSIDE, list_columns

__all__ = [
    "MISSING",
    "OUTSIDE",
    "VALUES_PER_PERSON",
    "Counts",
    "count_strangers",
    "count_tables",
    "list_columns",
    "squared_norm",
]

VALUES_PER_PERSON = 3
# DuckDB holds this much, and counts either way as fast where rows repeat; other engines read people once for each set.
MOST_VALUES = 6_000_000

Columns = tuple[str, ...]
Counts = dict[Columns, NDArray[np.int64]]

_PERSONS = "_persons"
_BATCH = 100_000
_MOST_STRANGERS = 50
_LOOKED_AT = 10_000


def count_tables(
    people: ibis.Table,
    tables: Sequence[Columns],
    *,
    domain: Mapping[str, Sequence[str]],
    values_per_person: int = VALUES_PER_PERSON,
    most_values: int = MOST_VALUES,
) -> Counts:
    """The exact count of every cell of every table. It is inside the vault: nothing here may leave as it is.

    In
        people              one row a person; columns of codes (text, or lists of text where a person has several)
        tables              columns of each table; () is the number of people
        domain              column -> its codes in order, from public codelists; MISSING among them where it may miss
        values_per_person   the most values of one column that a person is counted with
        most_values         the most that groups of whole rows may hold in the engine's memory; more, and narrower
                            sets of columns are counted, with the same answer
    Out
        table -> (k, ...) int   one axis a column, in the order of its domain; a value outside it counts as OUTSIDE
                                where the domain has that, else as missing, else as nobody

    >>> people = ibis.memtable({"sex": ["F", "M", "F", None]})
    >>> counts = count_tables(people, [("sex",), ()], domain={"sex": ["F", "M", "_U"]})
    >>> counts[("sex",)].tolist(), counts[()].tolist()
    ([2, 1, 1], 4)
    """
    names = sorted({name for table in tables for name in table})
    several = list_columns(people, set(names))
    sizes = {name: _sizes(domain[name], most=values_per_person if name in several else 1) for name in names}
    coded = coding.code_people(people, names, domain=domain, values_per_person=values_per_person)
    sets = grouping.choose_sets(tables, sizes=sizes)
    if len(sets) > 1 and _rows_repeat(coded, most=most_values // len(names)):
        sets = {tuple(names): list(dict.fromkeys(tables))}
    counts: Counts = {table: np.zeros([len(domain[name]) for name in table], dtype=np.int64) for table in tables}
    for queried in grouping.share_out_queries(list(sets), sizes=sizes):
        for grouped, batch in _count_groups(coded, queried):
            groups = _place_groups(batch, grouped, domain=domain, several=several)
            for table in sets[grouped]:
                counts[table] += _tally(groups, table, shape=counts[table].shape)
    return counts


def squared_norm(table: Columns, *, several: set[str], values_per_person: int = VALUES_PER_PERSON) -> int:
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


def count_strangers(people: ibis.Table, name: str, *, codes: Sequence[str]) -> int:
    """How many different values without a code a column holds, some 50 at most; the values stay in the engine.

    In
        people   one row a person
        name     column of text
        codes    its public codes
    Out
        int   among the first 10,000 rows with such a value

    >>> count_strangers(ibis.memtable({"sex": ["F", "x", "y", "y"]}), "sex", codes=["F"])
    2
    """
    values = people.select(_value=people[name].cast("string"))
    strange = values.filter(values["_value"].notnull() & ~values["_value"].isin(list(codes))).limit(_LOOKED_AT)
    return int(strange.distinct().limit(_MOST_STRANGERS).count().execute())


def _sizes(codes: Sequence[str], *, most: int) -> int:
    """In how many ways a person may answer a column: with one code, or with some of them."""
    return sum(math.comb(len(codes), number) for number in range(1, min(most, len(codes)) + 1))


def _rows_repeat(coded: ibis.Table, *, most: int) -> bool:
    """Whether there are few different rows: among the first, and then, as the engine estimates, among all."""
    texts = [coded[name].cast("string") for name in coded.columns]
    rows = coded.select(_row=ibis.literal(coding.SEPARATOR).join(texts))
    if int(rows.limit(2 * most)["_row"].approx_nunique().execute()) > most:
        return False
    return int(rows["_row"].approx_nunique().execute()) <= most


def _count_groups(coded: ibis.Table, sets: Sequence[Columns]) -> Iterator[tuple[Columns, pa.RecordBatch]]:
    """Batches of groups, each with the set of columns that they were grouped by."""
    # An empty slice makes Ibis register the tables that live in memory.
    coded.limit(0).to_pyarrow()
    types = {name: coded[name].type() for name in _named(sets)} | {_PERSONS: "int64"}
    for batch in _read(coded.get_backend(), _grouping_query(coded, sets), types=types):
        held = np.stack([batch.column(name).is_valid() for name in batch.schema.names], axis=1)
        for names in sets:
            pattern = np.array([name in names or name == _PERSONS for name in batch.schema.names])
            rows = np.flatnonzero((held == pattern).all(axis=1))
            if rows.size:
                yield names, batch.take(pa.array(rows))


def _grouping_query(coded: ibis.Table, sets: Sequence[Columns]) -> str:
    """SQL for the number of persons in each group of each set; a column that is not of the set is null.

    Ibis 12 has no GROUPING SETS: the query is built on what it compiles, in the words that all engines share.
    """
    backend = coded.get_backend()
    columns = {name: sg.column(name, quoted=True) for name in _named(sets)}
    tuples = [sge.Tuple(expressions=[columns[name] for name in one]) for one in sets]
    people = sge.Subquery(this=sg.parse_one(backend.compile(coded), dialect=backend.dialect), alias="_people")
    persons = sge.alias_(sge.Count(this=sge.Star()), _PERSONS, quoted=True)
    query = sg.select(*columns.values(), persons).from_(people)
    query.set("group", sge.Group(grouping_sets=[sge.GroupingSets(expressions=tuples)]))
    return str(query.sql(dialect=backend.dialect))


def _named(sets: Sequence[Columns]) -> list[str]:
    return sorted({name for one in sets for name in one})


def _read(backend: ibis.backends.BaseBackend, query: str, *, types: Mapping[str, object]) -> Iterator[pa.RecordBatch]:
    # Ibis 12 asks DuckDB 2 for batches by a name that it no longer has, so DuckDB is asked directly.
    if backend.name == "duckdb":
        yield from backend.con.sql(query).to_arrow_reader(_BATCH)
    else:
        yield from backend.sql(query, schema=types).to_pyarrow_batches(chunk_size=_BATCH)


@dataclass(frozen=True)
class _Groups:
    """Persons who share their codes.

    persons   (group,) int            how many
    places    column -> (group,) int  place of the code in the domain, -1 for nobody; columns of one value
    lists     column -> places of all groups in a row, and where each group's begin and end
    """

    persons: NDArray[np.int64]
    places: Mapping[str, NDArray[np.int64]]
    lists: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]


def _place_groups(
    batch: pa.RecordBatch, names: Columns, *, domain: Mapping[str, Sequence[str]], several: set[str]
) -> _Groups:
    lists = {}
    for name in several.intersection(names):
        split = pc.split_pattern(batch.column(name), coding.SEPARATOR)
        ends = np.concatenate([[0], np.cumsum(_numbers(pc.list_value_length(split)))])
        lists[name] = _place(split.flatten(), domain[name]), ends
    places = {name: _numbers(batch.column(name)) for name in names if name not in several}
    return _Groups(_numbers(batch.column(_PERSONS)), places, lists)


def _numbers(column: pa.Array) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)


def _place(texts: pa.Array, codes: Sequence[str]) -> NDArray[np.int64]:
    found = pc.index_in(texts, value_set=pa.array(codes, type=pa.string()))
    return _numbers(found.fill_null(coding.place_strangers(codes)))


def _tally(groups: _Groups, table: Columns, *, shape: tuple[int, ...]) -> NDArray[np.int64]:
    rows = np.arange(groups.persons.size)
    chosen: list[NDArray[np.int64]] = []
    for name in table:
        if name in groups.lists:
            values, ends = groups.lists[name]
            rows, chosen, own = _repeat(rows, chosen, ends=ends)
            chosen.append(values[own])
        else:
            chosen.append(groups.places[name][rows])
    if not table:
        return np.asarray(groups.persons.sum())
    inside = np.logical_and.reduce([places >= 0 for places in chosen])
    cells = np.ravel_multi_index(tuple(places[inside] for places in chosen), shape)
    totals = np.bincount(cells, weights=groups.persons[rows[inside]], minlength=math.prod(shape))
    return np.rint(totals).astype(np.int64).reshape(shape)


def _repeat(
    rows: NDArray[np.int64], chosen: Sequence[NDArray[np.int64]], *, ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]], NDArray[np.int64]]:
    """Every row once for each of its values, and the places of these values."""
    lengths = ends[rows + 1] - ends[rows]
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    own = np.repeat(ends[rows], lengths) + np.arange(before.size) - before
    return np.repeat(rows, lengths), [np.repeat(places, lengths) for places in chosen], own
