"""Which table is nearest to a seed and has given margins, and is there any?

Scaling of rows and columns (iterative proportional fitting), then Newton steps on the multipliers of the columns.
It stops on the error of the margins, near the rounding of the machine, and not on the change of the cells. It marks
what it could not fit; what that means to a person is said by those who call it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FittedTable", "SharedSeedFit", "fit_margins", "fit_shared_seed"]

Array = NDArray[np.float64]

_FIRST_SWEEPS = 12
_ROUNDS = 120
_HALVINGS = 30
_SHARED_SWEEPS = 100
_LARGEST_STEP = 60.0


@dataclass(frozen=True)
class FittedTable:
    """A table scaled to its margins: its cells, the multipliers of its columns, how far each row still is."""

    cells: Array
    column_factors: Array
    row_errors: Array
    is_fitted: NDArray[np.bool_]


@dataclass(frozen=True)
class SharedSeedFit:
    """Many tables scaled from one seed: table k is `row_factors[k, :, None] * seed * column_factors[k]`."""

    row_factors: Array
    column_factors: Array
    is_fitted: NDArray[np.bool_]


@np.errstate(over="ignore", invalid="ignore")
def fit_margins(
    seed: Array, rows: Array, columns: Array, *, tolerance: float = 1e-8, column_factors: Array | None = None
) -> FittedTable:
    """The table with the structure of `seed` (its cross-product ratios) and the margins asked.

    In
        seed             (..., row, column) float   zero or more; a zero stays zero
        rows             (..., row) float           totals wanted, zero or more
        columns          (..., column) float        totals wanted, with the same sum as `rows`
        tolerance        float                      largest error of a row; never below eight roundings of the largest
        column_factors   (..., column) float        multipliers to start from, those of a similar table
    Out
        FittedTable   columns exact to rounding, rows within the tolerance where `is_fitted` (...,) is true
    Source
        Deming and Stephan (1940) for the scaling; the step is Newton's on the dual, whose Hessian is a Laplacian

    >>> fit_margins(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0])).cells
    array([[1.5, 1.5],
           [0.5, 0.5]])
    """
    limit = np.maximum(tolerance, 8 * np.spacing(rows.max(axis=-1)))
    factors = np.ones_like(columns) if column_factors is None else column_factors
    for _ in range(_FIRST_SWEEPS if column_factors is None else 1):
        factors = _sweep(seed, rows, columns, factors=factors)
    cells, errors = _finish(seed, rows, columns, factors=factors)
    best = errors.max(axis=-1)
    for _ in range(_ROUNDS):
        if (best <= limit).all():
            break
        factors = _newton_step(seed, rows, columns, factors=factors)
        new_cells, new_errors = _finish(seed, rows, columns, factors=factors)
        is_better = new_errors.max(axis=-1) < best
        cells = np.where(is_better[..., None, None], new_cells, cells)
        errors = np.where(is_better[..., None], new_errors, errors)
        best = errors.max(axis=-1)
    return FittedTable(cells, factors, errors, best <= limit)


def fit_shared_seed(seed: Array, rows: Array, columns: Array, *, tolerance: float = 1e-8) -> SharedSeedFit:
    """One table per birthplace, all from the same seed, without ever holding them all.

    In
        seed        (origin, destination) float   zero or more
        rows        (birthplace, origin) float        those who leave
        columns     (birthplace, destination) float   those who arrive, as many as leave, for each birthplace
        tolerance   float                             largest error of a margin
    Out
        SharedSeedFit   multipliers (birthplace, origin) and (birthplace, destination), `is_fitted` (birthplace,)
    Source
        as `fit_margins`; all birthplaces take a sweep by two matrix products

    >>> fit = fit_shared_seed(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[5.0, 0.0]]), np.array([[0.0, 5.0]]))
    >>> fit.row_factors[0, 0] * fit.column_factors[0, 1]
    np.float64(5.0)
    """
    limit = np.maximum(tolerance, 8 * np.spacing(rows.max(axis=-1)))
    row_factors, column_factors = np.zeros_like(rows), (columns > 0).astype(float)
    is_fitted = np.zeros(len(rows), dtype=bool)
    for _ in range(_SHARED_SWEEPS):
        row_factors = _ratio(rows, column_factors @ seed.T)
        column_factors = _ratio(columns, row_factors @ seed)
        errors = np.abs(row_factors * (column_factors @ seed.T) - rows).max(axis=-1)
        is_fitted = errors <= limit
        if is_fitted.all():
            break
    for k in np.flatnonzero(~is_fitted):
        here, there = np.flatnonzero(rows[k] > 0), np.flatnonzero(columns[k] > 0)
        table = seed[np.ix_(here, there)]
        alone = fit_margins(table, rows[k, here], columns[k, there], tolerance=tolerance)
        column_factors[k, there] = alone.column_factors
        row_factors[k, here] = _ratio(rows[k, here], table @ alone.column_factors)
        is_fitted[k] = bool(alone.is_fitted)
    return SharedSeedFit(row_factors, column_factors, is_fitted)


def _sweep(seed: Array, rows: Array, columns: Array, *, factors: Array) -> Array:
    row_factors = _ratio(rows, np.matvec(seed, factors))
    return _ratio(columns, np.vecmat(row_factors, seed))


def _finish(seed: Array, rows: Array, columns: Array, *, factors: Array) -> tuple[Array, Array]:
    row_factors = _ratio(rows, np.matvec(seed, factors))
    cells = row_factors[..., :, None] * seed
    cells *= _ratio(columns, cells.sum(axis=-2))[..., None, :]
    return cells, np.abs(cells.sum(axis=-1) - rows)


def _newton_step(seed: Array, rows: Array, columns: Array, *, factors: Array) -> Array:
    """One step on the logarithms of the column factors, rows being kept exact, and a sweep.

    The objective is convex along the step: it is halved until its slope there has not turned round.
    """
    cells = _exact_rows(seed, rows, factors=factors)
    gaps = columns - cells.sum(axis=-2)
    links = np.swapaxes(cells, -1, -2) @ _ratio(cells, np.broadcast_to(rows[..., :, None], cells.shape))
    place = np.arange(links.shape[-1])
    links[..., place, place] = 0.0
    weights = links.sum(axis=-1)
    hessian = -links
    hessian[..., place, place] = np.where(weights > 0, weights * (1 + 1e-13), 1.0)
    try:
        steps = np.linalg.solve(hessian, gaps[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return _sweep(seed, rows, columns, factors=factors)
    steps -= steps.mean(axis=-1, keepdims=True)
    steps *= np.minimum(1.0, _LARGEST_STEP / np.maximum(np.abs(steps).max(axis=-1, keepdims=True), _LARGEST_STEP))
    slope = np.vecdot(gaps, steps)
    for _ in range(_HALVINGS):
        stepped = factors * np.exp(steps)
        new_gaps = columns - _exact_rows(seed, rows, factors=stepped).sum(axis=-2)
        is_too_long = np.vecdot(new_gaps, steps) * np.sign(slope) < -0.5 * np.abs(slope)
        if not is_too_long.any():
            break
        steps = np.where(is_too_long[..., None], steps / 2, steps)
        slope = np.where(is_too_long, slope / 2, slope)
    stepped = factors * np.exp(steps)
    stepped /= np.maximum(stepped.max(axis=-1, keepdims=True), np.finfo(float).tiny)
    return _sweep(seed, rows, columns, factors=stepped)


def _exact_rows(seed: Array, rows: Array, *, factors: Array) -> Array:
    row_factors = _ratio(rows, np.matvec(seed, factors))
    return np.asarray(row_factors[..., :, None] * seed * factors[..., None, :])


def _ratio(wanted: Array, found: Array) -> Array:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
