"""By which columns are people grouped, so that every table asked for can be added up from a few small groups?

Where rows repeat, all columns together: one group a different row. Where they hardly do, columns are grouped by
several narrower sets whose cells are few by the public codelists alone, so the engine's memory is bounded whatever the
data hold. One set of ten flags answers 45 pairs: far fewer sets than tables.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["choose_sets", "share_out_queries"]

_MOST_CELLS = 1 << 14
# An engine holds some megabytes for each set of a query, whatever its cells.
_SETS_PER_QUERY = 30
_CELLS_PER_QUERY = 1 << 20

Columns = tuple[str, ...]


def choose_sets(
    tables: Sequence[Columns], *, sizes: Mapping[str, int], most_cells: int = _MOST_CELLS
) -> dict[Columns, list[Columns]]:
    """Few sets of columns such that each table lies inside one, none with many more cells than a table needs.

    In
        tables       columns of each table; () is the number of people
        sizes        column -> number of its codes
        most_cells   the most cells that a set of several tables may have
    Out
        set, its columns in the order of the alphabet -> the tables to add up from it; every table once

    >>> choose_sets([("a", "b"), ("b", "c"), ("a", "d")], sizes={"a": 2, "b": 2, "c": 2, "d": 9}, most_cells=8)
    {('a', 'd'): [('a', 'd')], ('a', 'b', 'c'): [('a', 'b'), ('b', 'c')]}
    """
    left = {table: frozenset(table) for table in dict.fromkeys(tables)}
    chosen: dict[Columns, list[Columns]] = {}
    while left:
        seed = max(left.values(), key=lambda names: (_cells(names, sizes), sorted(names)))
        grown = _grow(seed, {names for names in left.values() if names}, sizes=sizes, most_cells=most_cells)
        inside = [table for table, names in left.items() if names <= grown]
        chosen[tuple(sorted(grown))] = inside
        left = {table: names for table, names in left.items() if table not in set(inside)}
    return chosen


def share_out_queries(
    sets: Sequence[Columns], *, sizes: Mapping[str, int], most_cells: int = _CELLS_PER_QUERY
) -> Iterator[list[Columns]]:
    """The sets that one query may group by at once: the more, the fewer times the people are read.

    In
        sets         from `choose_sets`
        sizes        column -> number of its codes
        most_cells   that the engine may hold at once
    Out
        sets of one query, one query after the other

    >>> list(share_out_queries([("a",), ("b",), ("c",)], sizes={"a": 2, "b": 3, "c": 9}, most_cells=6))
    [[('a',), ('b',)], [('c',)]]
    """
    together: list[Columns] = []
    held = 0
    for one in sets:
        if together and (held + _cells(one, sizes) > most_cells or len(together) == _SETS_PER_QUERY):
            yield together
            together, held = [], 0
        together.append(one)
        held += _cells(one, sizes)
    if together:
        yield together


def _grow(
    seed: frozenset[str], wanted: set[frozenset[str]], *, sizes: Mapping[str, int], most_cells: int
) -> frozenset[str]:
    """The seed with the columns that bring most tables for the cells that they cost."""
    grown, cells = seed, _cells(seed, sizes)
    while True:
        brought: dict[str, int] = {}
        for names in wanted:
            missing = names - grown
            if len(missing) == 1:
                name = next(iter(missing))
                brought[name] = brought.get(name, 0) + 1
        fitting = [name for name in brought if cells * sizes[name] <= most_cells]
        if not fitting:
            return grown
        best = max(fitting, key=lambda name: (brought[name] / math.log(1 + sizes[name]), name))
        grown, cells = grown | {best}, cells * sizes[best]


def _cells(names: frozenset[str] | Columns, sizes: Mapping[str, int]) -> int:
    return math.prod(sizes[name] for name in names)
