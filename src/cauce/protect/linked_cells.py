"""How do the cells of several tables depend on each other? As equations: a margin is the sum of its cells.

Two tables that share columns share the margin over them, released or not. A column where a person has several values
is never summed over. Whoever attacks a release knows these equations, so whoever protects it must use the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

__all__ = ["LinkedCells", "link_cells", "place_counts"]

By = tuple[str, ...]


@dataclass(frozen=True)
class LinkedCells:
    """All cells with somebody in them, one after the other, and the equations between them.

    tables      every table in order, those that are not released among them
    released    how many of the first cells are in released tables
    starts      table -> place of its first cell among all cells, empty ones included
    held        (cell,) int     places of the cells with somebody in them
    values      (cell,) float   their counts
    equations   (equation, cell) -1, 0, 1   each sums to nil
    """

    tables: Mapping[By, tuple[int, ...]]
    released: int
    starts: Mapping[By, int]
    held: NDArray[np.int64]
    values: NDArray[np.float64]
    equations: csr_array


def link_cells(counts: Mapping[By, NDArray[np.int64]], *, several: frozenset[str]) -> LinkedCells:
    """The cells of tables and of the margins that they share, with their equations.

    In
        counts    table -> (k, ...) int   exact counts, inside the vault
        several   columns where a person may have several values
    Out
        LinkedCells

    >>> linked = link_cells({("a",): np.array([3, 4]), (): np.asarray(7)}, several=frozenset())
    >>> linked.equations.toarray().tolist(), linked.values.tolist()
    ([[1.0, 1.0, -1.0]], [3.0, 4.0, 7.0])
    """
    complete = _with_margins(counts, several=several)
    starts, place = {}, 0
    for by, table in complete.items():
        starts[by], place = place, place + table.size
    released = sum(table.size for table in counts.values())
    everything = np.concatenate([table.ravel() for table in complete.values()])
    held = np.flatnonzero(everything)
    return LinkedCells(
        tables={by: table.shape for by, table in complete.items()},
        released=int(np.searchsorted(held, released)),
        starts=starts,
        held=held,
        values=everything[held].astype(np.float64),
        equations=_equations(complete, starts, several=several, cells=place)[:, held],
    )


def place_counts(
    linked: LinkedCells, counts: Mapping[By, NDArray[np.int64]], *, several: frozenset[str]
) -> NDArray[np.float64]:
    """Counts of some of the people in the places of the cells of all of them.

    In
        linked    LinkedCells of all people
        counts    table -> (k, ...) int   the same tables in the same order, of some of the people
        several   columns where a person may have several values
    Out
        (cell,) float

    >>> linked = link_cells({("a",): np.array([3, 4]), (): np.asarray(7)}, several=frozenset())
    >>> place_counts(linked, {("a",): np.array([0, 2]), (): np.asarray(2)}, several=frozenset()).tolist()
    [0.0, 2.0, 2.0]
    """
    complete = _with_margins(counts, several=several)
    return np.concatenate([table.ravel() for table in complete.values()])[linked.held].astype(np.float64)


def _with_margins(counts: Mapping[By, NDArray[np.int64]], *, several: frozenset[str]) -> dict[By, NDArray[np.int64]]:
    complete = dict(counts)
    for by, table in counts.items():
        for subset in _summable(by, several=several):
            if not any(set(known) == set(subset) for known in complete):
                complete[subset] = table.sum(axis=tuple(at for at, name in enumerate(by) if name not in subset))
    return complete


def _summable(by: By, *, several: frozenset[str]) -> list[By]:
    plain = [name for name in by if name not in several]
    left_out = chain.from_iterable(combinations(plain, length) for length in range(len(plain) + 1))
    return [tuple(name for name in by if name not in out) for out in left_out]


def _equations(
    tables: Mapping[By, NDArray[np.int64]], starts: Mapping[By, int], *, several: frozenset[str], cells: int
) -> csr_array:
    rows, columns, signs, number = [], [], [], 0
    known = {frozenset(by): by for by in tables}
    for by, table in tables.items():
        places = starts[by] + np.arange(table.size).reshape(table.shape)
        for name in by:
            if name in several:
                continue
            axis = by.index(name)
            margin = known[frozenset(by) - {name}]
            sums = np.moveaxis(places, axis, -1)
            others = [kept for kept in by if kept != name]
            whole = (starts[margin] + np.arange(int(np.prod([*tables[margin].shape, 1])))).reshape(tables[margin].shape)
            whole = np.transpose(whole, [margin.index(kept) for kept in others])
            equation = number + np.arange(whole.size).reshape(whole.shape)
            rows += [np.repeat(equation.ravel(), table.shape[axis]), equation.ravel()]
            columns += [sums.ravel(), whole.ravel()]
            signs += [np.ones(sums.size), -np.ones(whole.size)]
            number += whole.size
    if not rows:
        return csr_array((0, cells))
    shape = (number, cells)
    return csr_array(coo_array((np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns))), shape=shape))
