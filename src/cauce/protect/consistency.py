"""What is the one set of counts that all noisy queries tell of together?

Weighted least squares in closed form. The count of every cell is a sum of orthogonal parts, one for each subset of
the columns: the total, the departure of each column from evenness, the interaction of each pair, and so on. Every
query measures some of these parts, each with a noise that is the same in all directions, so the best estimate of a
part is the mean of its measurements weighted by their precision, and the parts of different subsets do not disturb
each other. It answers nothing about non-negative numbers (`nonnegative`) or intervals (`intervals`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parts", "Query", "reconcile"]


@dataclass(frozen=True)
class Query:
    """One noisy measurement.

    by       columns counted cell by cell: the axes of `values`
    signed   columns of two codes summed with sign +1 for their first code and -1 for their second: no axis
    values   (by...) float   as drawn
    sigma    float           standard deviation of its noise, the same in every cell
    """

    by: tuple[str, ...]
    values: NDArray[np.float64]
    sigma: float
    signed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """The orthogonal parts of all tables, each with the variance of its noise."""

    sizes: Mapping[str, int]
    values: Mapping[frozenset[str], NDArray[np.float64]] = field(repr=False)
    variances: Mapping[frozenset[str], float] = field(repr=False)

    def table(self, by: Sequence[str]) -> NDArray[np.float64]:
        """(by...) float: the consistent, unbiased counts of one table; a part that nobody measured counts as nil."""
        counts = np.zeros([self.sizes[name] for name in by])
        for subset in _subsets(by):
            part = self.values.get(frozenset(subset))
            if part is not None:
                counts += _spread(part, subset=sorted(subset), by=by, sizes=self.sizes)
        return counts

    def variance(self, by: Sequence[str]) -> float:
        """The variance of every cell of one table; infinite where a part was never measured."""
        return math.fsum(
            self.variances.get(frozenset(subset), math.inf)
            * math.prod(1.0 - 1.0 / self.sizes[name] for name in subset)
            / math.prod(self.sizes[name] ** 2 for name in by if name not in subset)
            for subset in _subsets(by)
        )

    def variance_of_sum(self, by: Sequence[str], weights: NDArray[np.float64]) -> float:
        """The variance of a weighted sum of a table's cells, as a reader adds them up.

        In
            by        columns of the table
            weights   (by...) float   what each cell is multiplied by; 0 and 1 for a plain sum
        Out
            float   variance of the sum
        """
        return math.fsum(
            self.variances.get(frozenset(subset), math.inf)
            * float(np.sum(_project(weights, by=by, subset=subset) ** 2))
            for subset in _subsets(by)
        )


def reconcile(queries: Sequence[Query], sizes: Mapping[str, int]) -> Parts:
    """The parts that agree best with all the queries, and how sure they are.

    In
        queries   noisy measurements, of noise independent between them
        sizes     column -> number of its codes
    Out
        Parts
    Source
        METHODS.md E.2, here for tables of any order; the decomposition is that of Xiao et al. 2023 (ResidualPlanner)

    >>> parts = reconcile([Query((), np.array(10.0), 1.0), Query(("a",), np.array([3.0, 9.0]), 1.0)], {"a": 2})
    >>> parts.table(["a"]).round(4).tolist(), round(parts.variance(["a"]), 4)
    ([2.3333, 8.3333], 0.6667)
    """
    weighted: dict[frozenset[str], NDArray[np.float64]] = {}
    precision: dict[frozenset[str], float] = {}
    for query in queries:
        for subset in _subsets(query.by):
            key = frozenset((*subset, *query.signed))
            part, variance = _measured_part(query, subset=subset, sizes=sizes)
            weighted[key] = weighted.get(key, 0.0) + part / variance
            precision[key] = precision.get(key, 0.0) + 1.0 / variance
    return Parts(
        sizes=dict(sizes),
        values={key: total / precision[key] for key, total in weighted.items()},
        variances={key: 1.0 / value for key, value in precision.items()},
    )


def _subsets(by: Sequence[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(by, length) for length in range(len(by) + 1)))


def _measured_part(
    query: Query, *, subset: tuple[str, ...], sizes: Mapping[str, int]
) -> tuple[NDArray[np.float64], float]:
    part = np.asarray(query.values, dtype=np.float64)
    part = part.sum(axis=tuple(axis for axis, name in enumerate(query.by) if name not in subset))
    for axis in range(len(subset)):
        part = part - part.mean(axis=axis, keepdims=True)
    summed = math.prod(sizes[name] for name in query.by if name not in subset)
    names = [*subset, *query.signed]
    for _ in query.signed:
        part = np.multiply.outer(part, np.array([0.5, -0.5]))
    part = np.transpose(part, [names.index(name) for name in sorted(names)])
    return part, query.sigma**2 * summed * 0.5 ** len(query.signed)


def _spread(
    part: NDArray[np.float64], *, subset: Sequence[str], by: Sequence[str], sizes: Mapping[str, int]
) -> NDArray[np.float64]:
    others = math.prod(sizes[name] for name in by if name not in subset)
    ordered = np.transpose(part, [list(subset).index(name) for name in by if name in subset])
    return ordered.reshape([sizes[name] if name in subset else 1 for name in by]) / others


def _project(weights: NDArray[np.float64], *, by: Sequence[str], subset: Sequence[str]) -> NDArray[np.float64]:
    projected = weights
    for axis, name in enumerate(by):
        mean = projected.mean(axis=axis, keepdims=True)
        projected = projected - mean if name in subset else mean
    return projected
