"""Between which numbers does a withheld cell lie, for whoever knows every released figure and can add up?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, csr_matrix, hstack
from scipy.sparse.csgraph import connected_components

from cauce.protect.linked_cells import LinkedCells

__all__ = ["Puzzle", "bound_cells", "bound_unknowns"]

_NIL = 1e-6
_TOGETHER = 3


@dataclass(frozen=True)
class Puzzle:
    """What an attacker has: counts that she does not know, none below nil, and equations between them.

    equations   (equation, unknown) float
    target      (equation,) float   what each adds up to
    """

    equations: csr_array
    target: NDArray[np.float64]


def bound_cells(
    linked: LinkedCells, withheld: NDArray[np.bool_], *, cells: Iterable[int]
) -> dict[int, tuple[float, float]]:
    """The least and the most that cells of one release can be.

    In
        linked     LinkedCells
        withheld   (cell,) bool   cells whose figure is not known; margins that are not released are never known
        cells      those to work out
    Out
        cell -> (least, most)
    """
    unknown = withheld.copy()
    unknown[linked.released :] = True
    free = np.flatnonzero(unknown)
    equations = csr_array(linked.equations)
    puzzle = Puzzle(csr_array(equations[:, free]), -(equations @ np.where(unknown, 0.0, linked.values)))
    wanted = [int(cell) for cell in cells]
    hidden = [cell for cell in wanted if unknown[cell]]
    found = bound_unknowns(puzzle, wanted=np.searchsorted(free, hidden))
    if found is None:
        raise ArithmeticError("released figures that contradict each other")
    known = {cell: (float(linked.values[cell]),) * 2 for cell in wanted if not unknown[cell]}
    return known | {cell: (float(low), float(high)) for cell, (low, high) in zip(hidden, found, strict=True)}


def bound_unknowns(puzzle: Puzzle, *, wanted: NDArray[np.integer], reach: float = np.inf) -> NDArray[np.float64] | None:
    """The least and the most that unknown counts can be, by two linear programmes each (HiGHS).

    Equations with one unknown are solved first; what is left falls into parts that have nothing to do with each
    other, each a small programme of its own.

    In
        puzzle   Puzzle
        wanted   (count,) int   which unknowns to work out
        reach    float          a count that may be as large as this is wide enough: its most is not sought
    Out
        (count, 2) float, or None where no counts at all satisfy the equations

    >>> sums = Puzzle(csr_array([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]]), np.array([7.0, 6.0]))
    >>> bound_unknowns(sums, wanted=np.array([0, 2])).tolist()
    [[0.0, 7.0], [3.0, 3.0]]
    """
    solved = _solve_singles(puzzle)
    if solved is None:
        return None
    parts = _parts(puzzle.equations, free=np.isnan(solved))
    found = np.stack([solved, solved], axis=1)
    asked = np.unique(np.asarray(wanted, dtype=np.int64))
    for part in np.unique(parts[asked[np.isnan(solved[asked])]]):
        members = np.flatnonzero(parts == part)
        inside = np.intersect1d(members, asked)
        bounds = _bound_part(_of_part(puzzle, members, solved), np.searchsorted(members, inside), reach=reach)
        if bounds is None:
            return None
        found[inside] = bounds
    return np.asarray(found[wanted])


def _solve_singles(puzzle: Puzzle) -> NDArray[np.float64] | None:
    """The unknowns that follow one after the other from equations with one unknown left; the others are not numbers."""
    equations, solved = puzzle.equations, np.full(puzzle.equations.shape[1], np.nan)
    pattern = abs(equations).sign()
    places = np.arange(solved.size, dtype=np.float64)
    while True:
        free = np.isnan(solved)
        rows = np.flatnonzero(np.rint(pattern @ free.astype(np.float64)) == 1)
        left = puzzle.target - equations @ np.where(free, 0.0, solved)
        if not rows.size:
            is_settled = pattern @ free.astype(np.float64) < 0.5
            return None if (np.abs(left[is_settled]) > _NIL).any() else solved
        columns = np.rint(pattern[rows] @ (places * free)).astype(np.int64)
        solved[columns] = left[rows] / (equations[rows] @ free.astype(np.float64))
        if (solved[columns] < -_NIL).any():
            return None


def _parts(equations: csr_array, *, free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each unknown, the number of its part; unknowns that share an equation are in one part."""
    among = coo_array(equations * free[None, :])
    number = free.size + equations.shape[0]
    # Unknowns and equations are the points of one graph, joined where an equation holds an unknown.
    ties = (among.data != 0.0).astype(np.float64), (among.coords[1], free.size + among.coords[0])
    graph = csr_matrix(ties, shape=(number, number))
    graph.eliminate_zeros()
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels[: free.size].astype(np.int64)


def _of_part(puzzle: Puzzle, members: NDArray[np.int64], solved: NDArray[np.float64]) -> Puzzle:
    within = csr_array(puzzle.equations[:, members])
    rows = np.flatnonzero(np.diff(within.indptr))
    known = np.where(np.isnan(solved), 0.0, solved)
    return Puzzle(csr_array(within[rows]), puzzle.target[rows] - puzzle.equations[rows] @ known)


def _bound_part(part: Puzzle, asked: NDArray[np.int64], *, reach: float) -> NDArray[np.float64] | None:
    """The ends of the counts asked for. The solution of one programme is a possible world, and widens them all."""
    world = _solve(part, asked, sign=1.0, reach=reach)
    if world is None:
        return None
    ends = np.stack([world[asked], world[asked]], axis=1)
    for _ in range(_TOGETHER if np.isfinite(reach) else 0):
        _widen(ends, _solve(part, asked[ends[:, 0] > _NIL], sign=1.0, reach=reach), asked)
        _widen(ends, _solve(part, asked[ends[:, 1] < reach - _NIL], sign=-1.0, reach=reach), asked)
    for at, place in enumerate(asked):
        if ends[at, 0] > _NIL:
            _widen(ends, _solve(part, asked[[at]], sign=1.0, reach=reach), asked)
        if ends[at, 1] < reach - _NIL:
            found = _solve(part, np.array([place]), sign=-1.0, reach=reach)
            _widen(ends, found, asked)
            ends[at, 1] = np.inf if found is None else ends[at, 1]
    return ends


def _widen(ends: NDArray[np.float64], world: NDArray[np.float64] | None, asked: NDArray[np.int64]) -> None:
    if world is not None:
        ends[:, 0] = np.minimum(ends[:, 0], world[asked])
        ends[:, 1] = np.maximum(ends[:, 1], world[asked])


def _solve(part: Puzzle, goals: NDArray[np.int64], *, sign: float, reach: float) -> NDArray[np.float64] | None:
    """A possible world in which the goals add up to the least (sign 1) or the most (-1), each up to `reach`."""
    unknowns, count = part.equations.shape[1], goals.size
    rows = np.arange(count)
    # Each goal has a shadow, at most the goal and at most the reach; its shadow is what is made large.
    ties = csr_array((np.ones(count), (rows, goals)), shape=(count, unknowns))
    shadows = csr_array((np.full(count, -1.0), (rows, rows)), shape=(count, count))
    cost = np.zeros(unknowns + count)
    cost[goals if sign > 0 else unknowns + rows] = sign
    outcome = linprog(
        cost,
        A_eq=hstack([part.equations, csr_array((len(part.target), count))], format="csr"),
        b_eq=part.target,
        A_ub=-hstack([ties, shadows], format="csr") if count else None,
        b_ub=np.zeros(count) if count else None,
        bounds=[(0.0, None)] * unknowns + [(0.0, reach if np.isfinite(reach) else None)] * count,
        method="highs",
    )
    found = outcome.x if outcome.status == 0 else None
    return None if found is None else np.asarray(found[:unknowns])
