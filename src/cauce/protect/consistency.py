"""What is the one set of counts that all noisy queries tell of together?

Weighted least squares in closed form. The count of every cell is a sum of orthogonal parts, one for each subset of
the columns: the total, the departure of each column from evenness, the interaction of each pair, and so on. Every
query measures some of these parts, each with a noise that is the same in all directions, so the best estimate of a
part is the mean of its measurements weighted by their precision, and the parts of different subsets do not disturb
each other. Where a column has levels above it (`levels`), its departure from evenness is that within each group, and
what is left, the counts of the groups, is solved together: a handful of numbers. It answers nothing about
non-negative numbers (`nonnegative`) or intervals (`intervals`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from cauce.protect.levels import Columns, Level

__all__ = ["Part", "Parts", "Query", "reconcile"]

Floats = NDArray[np.float64]
Key = frozenset[str]
_NIL = 1e-9


@dataclass(frozen=True)
class Query:
    """One noisy measurement.

    by       columns counted cell by cell: the axes of `values`; a level counts as a column
    signed   columns of two codes summed with sign +1 for their first code and -1 for their second: no axis
    values   (by...) float   as drawn
    sigma    float           standard deviation of its noise, the same in every cell
    """

    by: tuple[str, ...]
    values: Floats
    sigma: float
    signed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """What is known of the departures from evenness of one subset of columns.

    blocks       subsets of the columns with levels: (block,) of the groups' parameters, one after the other
    values       (parameter, departure) float
    covariance   (parameter, parameter) float   the same for every departure
    """

    blocks: tuple[Key, ...]
    values: Floats
    covariance: Floats


@dataclass(frozen=True)
class Parts:
    """The orthogonal parts of all tables, each with the variance of its noise.

    ties   of each figure known without noise: its covariance with every part, and its variance before it was known
    """

    columns: Columns
    parts: Mapping[Key, Part]
    ties: tuple[tuple[Mapping[Key, Floats], float], ...] = ()

    def table(self, by: Sequence[str]) -> Floats:
        """(by...) float: the consistent, unbiased counts of one table; a part that nobody measured counts as nil."""
        return self._tabulate(by, self._values)

    def variance(self, by: Sequence[str]) -> float:
        """The variance of the cells of one table, of the largest where they differ; infinite where never measured."""
        return float(np.max(self.variances(by)))

    def variances(self, by: Sequence[str]) -> Floats:
        """(by...) float: the variance of each cell. Cells differ where groups differ in size, or a figure is known."""
        total = np.zeros([self.columns.size(name) for name in by])
        for subset in self._subsets(by):
            part = self.parts.get(frozenset(subset))
            if part is None or self._lacks(part, by, subset):
                return np.full(total.shape, math.inf)
            design = self._design(by, subset)
            held = np.einsum("cp,pq,cq->c", design, part.covariance, design)
            total += self._unfold(np.outer(held, self._departing(subset)), by=by, subset=subset)
        nil = _NIL * float(np.max(total))
        for covariances, variance in self.ties:
            total -= self._tabulate(by, covariances) ** 2 / variance
        return np.where(total < nil, 0.0, total)

    def variance_of_sum(self, by: Sequence[str], weights: Floats) -> float:
        """The variance of a weighted sum of a table's cells, as a reader adds them up.

        In
            by        columns of the table
            weights   (by...) float   what each cell is multiplied by; 0 and 1 for a plain sum
        Out
            float   variance of the sum
        """
        if not np.all(np.isfinite(self.variances(by))):
            return math.inf
        variance = float(np.sum(weights * self._tabulate(by, self._covariances(by, weights))))
        for covariances, known in self.ties:
            variance -= float(np.sum(weights * self._tabulate(by, covariances))) ** 2 / known
        return max(variance, 0.0)

    def knowing(self, by: Sequence[str], place: tuple[int, ...], value: float) -> "Parts":
        """The same parts when one cell is known without noise: every table then agrees with it.

        In
            by      columns of a table
            place   (by...) of the cell
            value   its count, from elsewhere
        Out
            Parts   itself where the cell was known already or never measured
        """
        variance = float(self.variances(by)[place])
        if not 0.0 < variance < math.inf:
            return self
        weights = np.zeros([self.columns.size(name) for name in by])
        weights[place] = 1.0
        covariances = self._covariances(by, weights)
        for earlier, known in self.ties:
            shared = float(self._tabulate(by, earlier)[place]) / known
            covariances = {
                key: np.asarray(covariances.get(key, 0.0) - shared * earlier.get(key, 0.0))
                for key in {**covariances, **earlier}
            }
        gap = (value - float(self.table(by)[place])) / variance
        moved = {
            key: replace(part, values=part.values + gap * covariances[key]) if key in covariances else part
            for key, part in self.parts.items()
        }
        return Parts(self.columns, moved, (*self.ties, (covariances, variance)))

    @cached_property
    def _values(self) -> Mapping[Key, Floats]:
        return {key: part.values for key, part in self.parts.items()}

    def _subsets(self, by: Sequence[str]) -> list[tuple[str, ...]]:
        return _subsets([name for name in by if self.columns.is_base(name)])

    def _tabulate(self, by: Sequence[str], values: Mapping[Key, Floats]) -> Floats:
        counts = np.zeros([self.columns.size(name) for name in by])
        for subset in self._subsets(by):
            key = frozenset(subset)
            if key in values:
                counts += self._unfold(self._design(by, subset) @ values[key], by=by, subset=subset)
        return counts

    def _covariances(self, by: Sequence[str], weights: Floats) -> dict[Key, Floats]:
        """What a weighted sum of cells has in common with each part."""
        found = {}
        for subset in self._subsets(by):
            covariance = self.parts[frozenset(subset)].covariance
            departures = _departures(weights, by=by, subset=subset, columns=self.columns)
            found[frozenset(subset)] = covariance @ (self._design(by, subset).T @ departures)
        return found

    def _design(self, by: Sequence[str], subset: Sequence[str]) -> Floats:
        names = self.columns.outside(by, subset)
        blocks = self.parts[frozenset(subset)].blocks
        return _design([self.columns.spread(name) for name in names], names, blocks=blocks, columns=self.columns)

    def _unfold(self, cells: Floats, *, by: Sequence[str], subset: Sequence[str]) -> Floats:
        """From (rest, departure) back to the axes of a table."""
        order = [*self.columns.outside(by, subset), *sorted(subset)]
        shaped = cells.reshape([self.columns.size(name) for name in order])
        return np.transpose(shaped, [order.index(name) for name in by])

    def _departing(self, subset: Sequence[str]) -> Floats:
        """The share of a cell's variance that lies in its departures from evenness."""
        shares = [1.0 - 1.0 / self.columns.family_sizes(name)[self.columns.families(name)] for name in sorted(subset)]
        return np.asarray(reduce(np.multiply.outer, shares, np.ones(()))).ravel()

    def _lacks(self, part: Part, by: Sequence[str], subset: Sequence[str]) -> bool:
        bases = [self.columns.base(name) for name in self.columns.outside(by, subset)]
        grouped = [name for name in bases if self.columns.is_grouped(name)]
        return any(frozenset(block) not in part.blocks for block in _subsets(grouped))


def reconcile(
    queries: Sequence[Query], sizes: Mapping[str, int], *, levels: Mapping[str, Level] | None = None
) -> Parts:
    """The parts that agree best with all the queries, and how sure they are.

    In
        queries   noisy measurements, of noise independent between them
        sizes     column -> number of its codes
        levels    level -> what it groups; a column with levels is measured itself or by the level directly above it
    Out
        Parts
    Source
        METHODS.md E.2, here for tables of any order; the decomposition is that of Xiao et al. 2023 (ResidualPlanner);
        levels as in Hay et al. 2010 (VLDB 3:1021), here for groups of unequal sizes and crossed with other columns

    >>> parts = reconcile([Query((), np.array(10.0), 1.0), Query(("a",), np.array([3.0, 9.0]), 1.0)], {"a": 2})
    >>> parts.table(["a"]).round(4).tolist(), round(parts.variance(["a"]), 4)
    ([2.3333, 8.3333], 0.6667)
    """
    columns = Columns(sizes, levels or {})
    told: dict[Key, list[_Told]] = {}
    for query in queries:
        for subset in _subsets([name for name in query.by if columns.is_base(name)]):
            key = frozenset((*subset, *query.signed))
            told.setdefault(key, []).append(_tell(query, subset=subset, columns=columns))
    return Parts(columns, {key: _solve(heard, columns) for key, heard in told.items()})


@dataclass(frozen=True)
class _Told:
    """What one query tells of one subset.

    names       the columns outside the subset, whose groups are the cells
    values      (cell, departure) float
    variances   (cell,) float   of the noise, the same for every departure
    """

    names: tuple[str, ...]
    values: Floats
    variances: Floats


def _tell(query: Query, *, subset: tuple[str, ...], columns: Columns) -> _Told:
    """Columns outside the subset are summed within their groups; levels stay as they are."""
    values = np.asarray(query.values, dtype=np.float64)
    variances = np.array([query.sigma**2 * 0.5 ** len(query.signed)])
    for axis, name in enumerate(query.by):
        if name not in subset and columns.is_base(name):
            values = np.moveaxis(np.tensordot(values, columns.membership(name), axes=(axis, 0)), -1, axis)
    for name in columns.outside(query.by, subset):
        summed = columns.family_sizes(name) if columns.is_base(name) else np.ones(columns.size(name))
        variances = np.kron(variances, summed)
    for _ in query.signed:
        values = np.multiply.outer(values, np.array([0.5, -0.5]))
    departures = _departures(values, by=(*query.by, *query.signed), subset=(*subset, *query.signed), columns=columns)
    return _Told(tuple(columns.outside(query.by, subset)), departures, variances)


def _solve(heard: Sequence[_Told], columns: Columns) -> Part:
    grouped = [[name for name in map(columns.base, told.names) if columns.is_grouped(name)] for told in heard]
    blocks = tuple(dict.fromkeys(frozenset(block) for names in grouped for block in _subsets(names)))
    designs = [
        _design([columns.gathering(name) for name in told.names], told.names, blocks=blocks, columns=columns)
        for told in heard
    ]
    scaled = [design.T / told.variances for design, told in zip(designs, heard, strict=True)]
    precision = np.sum([each @ design for each, design in zip(scaled, designs, strict=True)], axis=0)
    weighted = np.sum([each @ told.values for each, told in zip(scaled, heard, strict=True)], axis=0)
    covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    return Part(blocks, covariance @ weighted, covariance)


def _design(matrices: Sequence[Floats], names: Sequence[str], *, blocks: Sequence[Key], columns: Columns) -> Floats:
    """(cell, parameter) float: how the cells of columns depend on the parameters of their groups' counts."""
    made = []
    for block in blocks:
        if not block <= {columns.base(name) for name in names}:
            factors = [np.zeros((math.prod(len(one) for one in matrices), columns.parameters(block)))]
        else:
            factors = [
                matrix @ columns.contrasts(columns.base(name), is_departing=columns.base(name) in block)
                for matrix, name in zip(matrices, names, strict=True)
            ]
        made.append(reduce(_crossed, factors, np.ones((1, 1))))
    return np.hstack(made)


def _crossed(one: Floats, two: Floats) -> Floats:
    crossed = one[:, None, :, None] * two[None, :, None, :]
    return crossed.reshape(len(one) * len(two), -1)


def _departures(values: Floats, *, by: Sequence[str], subset: Sequence[str], columns: Columns) -> Floats:
    """(cell outside the subset, departure) float: the counts of the subset's columns less the mean of their group."""
    for name in subset:
        axis, members = list(by).index(name), columns.membership(name)
        sums = np.tensordot(values, members / columns.family_sizes(name), axes=(axis, 0))
        values = values - np.moveaxis(np.tensordot(sums, members, axes=(-1, 1)), -1, axis)
    order = [list(by).index(name) for name in (*columns.outside(by, subset), *sorted(subset))]
    departing = math.prod(columns.size(name) for name in subset)
    return np.transpose(values, order).reshape(-1, departing)


def _subsets(by: Sequence[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(by, length) for length in range(len(by) + 1)))
