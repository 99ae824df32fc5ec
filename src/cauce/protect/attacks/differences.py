"""How many came to a cell, or left it, between two releases of exact counts, for whoever has both and can add up?

The attacker supposes that nobody left (a partner was added, records were added) or that nobody came (a record was
withdrawn): then no cell fell, or none rose, and figures withheld in either release are tied to each other. A column
may have gained or lost codes in between, and the tables need not be the same: margins are compared wherever both
releases have them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, vstack

from cauce.protect import linked_cells
from cauce.protect.attacks import linear
from cauce.protect.left_counts import LeftCounts

__all__ = ["Learnt", "bound_changes", "bound_counts"]

By = tuple[str, ...]


@dataclass(frozen=True)
class Learnt:
    """What two releases tell together.

    changes   table -> (k, ..., 2) float   the fewest and the most who came (or left), cell by cell of the later
                                           release; not a number where the earlier one has no such cell
    now       table -> (k, ..., 2) float   the least and the most that each released cell can be now
    before    table -> (k, ..., 2) float   the same of the earlier release
    domain    column -> its codes in the later release
    """

    changes: Mapping[By, NDArray[np.float64]]
    now: Mapping[By, NDArray[np.float64]]
    before: Mapping[By, NDArray[np.float64]]
    domain: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Side:
    """One release as its attacker sees it.

    domain    column -> its codes
    known     (cell,) float   its figures, nil where they are not known
    unknown   (cell,) int     place among the unknowns, -1 where the figure is known
    """

    domain: Mapping[str, tuple[str, ...]]
    tables: Mapping[By, tuple[int, ...]]
    starts: Mapping[By, int]
    known: NDArray[np.float64]
    unknown: NDArray[np.int64]
    puzzle: linear.Puzzle

    @property
    def number(self) -> int:
        """How many counts are unknown."""
        return int(self.puzzle.equations.shape[1])


def bound_changes(
    before: LeftCounts, now: LeftCounts, *, several: frozenset[str], way: Literal["came", "left"], reach: float = np.inf
) -> Learnt | None:
    """The fewest and the most who came to each cell, or left it, between two releases.

    In
        before    what left first
        now       what left then
        several   columns where a person may have several values
        way       "came": the attacker supposes that no cell fell; "left": that none rose
        reach     an end as high as this is wide enough and not sought further
    Out
        Learnt, or None where the figures show that the supposition is wrong
    Source
        Hundepool et al. 2012, Statistical Disclosure Control, 4.3 (the audit of linked tables by linear programmes)

    >>> first = LeftCounts({("a",): np.array([-1, -1, 20]), (): np.asarray(60)}, {"a": ("x", "y", "z")})
    >>> then = LeftCounts({("a",): np.array([-1, -1, 20]), (): np.asarray(63)}, {"a": ("x", "y", "z")})
    >>> bound_changes(first, then, several=frozenset(), way="came").changes["a",].tolist()
    [[0.0, 3.0], [0.0, 3.0], [0.0, 0.0]]
    """
    first, second = _side(before, several=several), _side(now, several=several)
    fewer, more = (first, second) if way == "came" else (second, first)
    matched = _matched(first, second)
    pairs = matched if way == "came" else matched[:, ::-1]
    difference = more.known[pairs[:, 1]] - fewer.known[pairs[:, 0]]
    is_known = (more.unknown[pairs[:, 1]] < 0) & (fewer.unknown[pairs[:, 0]] < 0)
    if (difference[is_known] < 0.0).any():
        return None
    puzzle = _joined(fewer, more, pairs=pairs[~is_known], difference=difference[~is_known])
    found = linear.bound_unknowns(puzzle, wanted=np.arange(puzzle.equations.shape[1]), reach=reach)
    if found is None:
        return None
    few, many, both = np.split(found, np.cumsum([fewer.number, more.number]))
    changes = np.full((second.known.size, 2), np.nan)
    changes[matched[is_known, 1]] = difference[is_known, None]
    changes[matched[~is_known, 1]] = both
    then, at_first = (many, few) if way == "came" else (few, many)
    return Learnt(
        changes=_by_table(changes, second, names=second.tables),
        now=_by_table(_filled(second, then), second, names=now.tables),
        before=_by_table(_filled(first, at_first), first, names=before.tables),
        domain=now.domain,
    )


def bound_counts(left: LeftCounts, *, several: frozenset[str]) -> dict[By, NDArray[np.float64]]:
    """The least and the most that each cell of one release can be, from its released figures alone.

    In
        left      what left
        several   columns where a person may have several values
    Out
        table -> (k, ..., 2) float

    >>> left = LeftCounts({("a",): np.array([-1, -1, 20]), (): np.asarray(60)}, {"a": ("x", "y", "z")})
    >>> bound_counts(left, several=frozenset())["a",].tolist()
    [[0.0, 40.0], [0.0, 40.0], [20.0, 20.0]]
    """
    side = _side(left, several=several)
    found = linear.bound_unknowns(side.puzzle, wanted=np.arange(side.number))
    if found is None:
        raise ArithmeticError("released figures that contradict each other")
    return _by_table(_filled(side, found), side, names=left.tables)


def _side(left: LeftCounts, *, several: frozenset[str]) -> _Side:
    # Whoever is withheld is there: 1 stands for any count, so that a margin of withheld cells is not taken for nil.
    stand_in = {by: np.where(table < 0, 1, table) for by, table in left.tables.items()}
    linked = linked_cells.link_cells(stand_in, several=several)
    cells = sum(int(np.prod(shape)) for shape in linked.tables.values())
    flat = np.concatenate([table.ravel() for table in left.tables.values()])
    is_hidden = np.zeros(cells, dtype=bool)
    is_hidden[linked.held[linked.released :]] = True
    is_hidden[: flat.size] = flat < 0
    known = np.zeros(cells)
    known[: flat.size] = np.maximum(flat, 0)
    unknown = np.full(cells, -1)
    unknown[is_hidden] = np.arange(is_hidden.sum())
    equations = csr_array(linked.equations)
    puzzle = linear.Puzzle(
        csr_array(equations[:, np.flatnonzero(is_hidden[linked.held])]), -(equations @ known[linked.held])
    )
    return _Side(left.domain, linked.tables, linked.starts, known, unknown, puzzle)


def _matched(first: _Side, second: _Side) -> NDArray[np.int64]:
    """(pair, 2) int: the same cell in both releases, by the codes of its columns."""
    found = [np.empty((0, 2), dtype=np.int64)]
    for by, other in _same_columns(first, second):
        places = [_places(first.domain[name], second.domain[name]) for name in other]
        grid = np.stack(np.meshgrid(*places, indexing="ij")).reshape(len(other), -1) if other else np.empty((0, 1))
        kept = np.flatnonzero((grid >= 0).all(axis=0))
        old = grid[[other.index(name) for name in by]][:, kept].astype(np.int64)
        there = np.ravel_multi_index(tuple(old), first.tables[by]) if by else np.zeros(kept.size, dtype=np.int64)
        found.append(np.stack([first.starts[by] + there, second.starts[other] + kept], axis=1))
    return np.concatenate(found)


def _same_columns(first: _Side, second: _Side) -> Iterator[tuple[By, By]]:
    known = {frozenset(by): by for by in first.tables}
    for by in second.tables:
        if frozenset(by) in known:
            yield known[frozenset(by)], by


def _places(codes: tuple[str, ...], wanted: tuple[str, ...]) -> NDArray[np.int64]:
    at = {code: place for place, code in enumerate(codes)}
    return np.array([at.get(code, -1) for code in wanted], dtype=np.int64)


def _joined(fewer: _Side, more: _Side, *, pairs: NDArray[np.int64], difference: NDArray[np.float64]) -> linear.Puzzle:
    """Both releases as one puzzle: the unknowns of one, of the other, and each change, which is not below nil."""
    few, many = fewer.unknown[pairs[:, 0]], more.unknown[pairs[:, 1]]
    rows, known = np.arange(len(pairs)), fewer.number + more.number
    signs = [np.where(many >= 0, 1.0, 0.0), np.where(few >= 0, -1.0, 0.0), np.full(len(pairs), -1.0)]
    columns = [fewer.number + np.maximum(many, 0), np.maximum(few, 0), known + rows]
    shape = (len(pairs), known + len(pairs))
    ties = csr_array((np.concatenate(signs), (np.tile(rows, 3), np.concatenate(columns))), shape=shape)
    ties.eliminate_zeros()
    nothing = csr_array((0, len(pairs)))
    equations = vstack([block_diag([fewer.puzzle.equations, more.puzzle.equations, nothing]), ties], format="csr")
    return linear.Puzzle(csr_array(equations), np.concatenate([fewer.puzzle.target, more.puzzle.target, -difference]))


def _filled(side: _Side, found: NDArray[np.float64]) -> NDArray[np.float64]:
    """(cell, 2): what is known of one release, and what was found of the rest."""
    cells = np.repeat(side.known[:, None], 2, axis=1)
    cells[side.unknown >= 0] = found
    return cells


def _by_table(found: NDArray[np.float64], side: _Side, *, names: Mapping[By, object]) -> dict[By, NDArray[np.float64]]:
    return {
        by: found[side.starts[by] : side.starts[by] + int(np.prod(side.tables[by]))].reshape(*side.tables[by], 2)
        for by in names
    }
