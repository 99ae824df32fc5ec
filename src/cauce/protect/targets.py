"""What should invented rows add up to: the non-negative table of every pair, how sure, and where may a row stand?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.protect import consistency, nonnegative, withholding
from cauce.protect.columns import Column

__all__ = ["Pair", "Targets", "aim_at"]

Pair = tuple[str, str]


@dataclass(frozen=True)
class Targets:
    """The aims of invented rows.

    people      how many rows to invent
    margins     column -> (place,) float
    tables      pair, in the order of the columns -> (place, place) float; nil where a pair is withheld; a pair that
                nothing is known of is absent
    variances   pair -> variance of the noise of each cell
    published   pair -> (place, place) bool   where a row may stand; anywhere where the pair is absent
    """

    people: int
    margins: Mapping[str, NDArray[np.float64]]
    tables: Mapping[Pair, NDArray[np.float64]]
    variances: Mapping[Pair, float]
    published: Mapping[Pair, NDArray[np.bool_]]

    def has(self, one: str, two: str) -> bool:
        """Whether rows have an aim for this pair."""
        return (one, two) in self.tables or (two, one) in self.tables

    def table(self, one: str, two: str) -> NDArray[np.float64]:
        """(place of one, place of two) float."""
        return self.tables[one, two] if (one, two) in self.tables else self.tables[two, one].T

    def variance(self, one: str, two: str) -> float:
        """The variance of a cell of this pair."""
        return self.variances.get((one, two), self.variances.get((two, one), 0.0))

    def is_published(self, one: str, two: str) -> NDArray[np.bool_]:
        """(place of one, place of two) bool."""
        if (one, two) in self.published:
            return self.published[one, two]
        if (two, one) in self.published:
            return self.published[two, one].T
        return np.ones((self.margins[one].size, self.margins[two].size), dtype=bool)


def aim_at(parts: consistency.Parts, columns: Sequence[Column], *, rate: float | None) -> Targets:
    """The aims that consistent noisy counts give.

    In
        parts     of every column and pair
        columns   settled
        rate      the most that the expected share of empty pairs among published ones may be; None withholds nothing
    Out
        Targets
    Source
        METHODS.md E.4 and E.6
    """
    people = max(1, round(float(parts.table(()))))
    margins = {
        column.name: nonnegative.project_to_total(parts.table((column.name,)), total=people) for column in columns
    }
    pairs = [(one, two) for place, one in enumerate(columns) for two in columns[place + 1 :]]
    published = _publish(parts, pairs, margins=margins, people=people, rate=rate)
    tables = {
        (one.name, two.name): nonnegative.fit_table(
            parts.table((one.name, two.name)),
            rows=margins[one.name],
            columns=margins[two.name],
            support=published[one.name, two.name],
        )
        for one, two in pairs
    }
    variances = {(one.name, two.name): parts.variance((one.name, two.name)) for one, two in pairs}
    return Targets(people, margins, tables, variances, published)


def _publish(
    parts: consistency.Parts,
    pairs: Sequence[tuple[Column, Column]],
    *,
    margins: Mapping[str, NDArray[np.float64]],
    people: int,
    rate: float | None,
) -> dict[Pair, NDArray[np.bool_]]:
    if rate is None:
        return {(one.name, two.name): np.ones((one.size, two.size), dtype=bool) for one, two in pairs}
    cells = {
        (one.name, two.name): withholding.Cells(
            counts=parts.table((one.name, two.name)),
            sigma=float(np.sqrt(parts.variance((one.name, two.name)))),
            foretold=np.outer(margins[one.name], margins[two.name]) / people,
            is_open=np.outer(_has_value(one), _has_value(two)),
        )
        for one, two in pairs
    }
    return withholding.choose_published(cells, rate=rate)


def _has_value(column: Column) -> NDArray[np.bool_]:
    has_value = np.ones(column.size, dtype=bool)
    has_value[-1] = not column.may_miss
    return has_value
