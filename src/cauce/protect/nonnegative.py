"""Which non-negative tables, agreeing with their margins, are nearest to the unbiased estimates?"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_table", "project_to_total"]

_ADDITIVE = 6
_PROPORTIONAL = 8


def project_to_total(counts: NDArray[np.float64], *, total: float) -> NDArray[np.float64]:
    """The nearest non-negative counts with a given sum.

    In
        counts   (place,) float   may be negative
        total    float            at least 0
    Out
        (place,) float
    Source
        Projection on the simplex: Duchi et al. 2008

    >>> project_to_total(np.array([6.0, 5.0, -3.0]), total=9.0)
    array([5., 4., 0.])
    """
    falling = np.sort(counts)[::-1]
    excess = (np.cumsum(falling) - total) / np.arange(1, counts.size + 1)
    last = np.flatnonzero(falling >= excess)[-1]
    return np.asarray(np.maximum(counts - excess[last], 0.0))


def fit_table(
    counts: NDArray[np.float64],
    *,
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    support: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """A non-negative table near unbiased counts, nil outside its support, with margins as near as the support allows.

    In
        counts         (row, column) float   may be negative
        rows, columns  (row,), (column,) float   non-negative margins of the same total
        support        (row, column) bool    where a count may stand
    Out
        (row, column) float
    Source
        METHODS.md E.4

    >>> table = fit_table(np.array([[5.0, 1.0], [-1.0, 5.0]]), rows=np.array([6.0, 4.0]), columns=np.array([5.0, 5.0]),
    ...                   support=np.ones((2, 2), dtype=bool))
    >>> table.round(2)
    array([[5., 1.],
           [0., 4.]])
    """
    table = np.where(support, np.maximum(counts, 0.0), 0.0)
    for _ in range(_ADDITIVE):
        table = _correct(table, rows, support=support)
        table = _correct(table.T, columns, support=support.T).T
    # A margin that additions left at nil can be reached by no factor.
    table = np.where(support & (table <= 0.0), 1e-9, table)
    for _ in range(_PROPORTIONAL):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(columns, table.sum(axis=0))[None, :]
    return table


def _correct(
    table: NDArray[np.float64], margin: NDArray[np.float64], *, support: NDArray[np.bool_]
) -> NDArray[np.float64]:
    cells = np.maximum(support.sum(axis=1), 1)
    gap = (margin - table.sum(axis=1)) / cells
    return np.where(support, np.maximum(table + gap[:, None], 0.0), 0.0)


def _ratio(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0.0)
