"""How sure is a figure whose model was itself chosen from the data? Resampling that repeats the choice each time.

BCa intervals (bias-corrected and accelerated): people are resampled over the histories seen, each replicate goes
through the whole selection, and a jackknife over people gives the acceleration.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from threadpoolctl import threadpool_limits

from cauce.estimate import capture_tables, existence, loglinear, stepwise

__all__ = ["Bca", "Totals", "bca_interval", "main_totals", "resample", "stepwise_totals", "totals_of_models"]

Totals = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_BATCH = 500


@dataclass(frozen=True, eq=False)
class Bca:
    """An interval from replicates, and what it was corrected by.

    lower, upper    float
    bias            float   z0: how far the median of the replicates lies from the estimate, in standard errors
    acceleration    float   from the jackknife
    replicates      (replicate,) float   totals, those that could not be estimated left out
    """

    lower: float
    upper: float
    bias: float
    acceleration: float
    replicates: NDArray[np.float64]


def resample(table: capture_tables.CaptureTable, *, replicates: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Counts of the people observed, drawn again with replacement.

    In
        table        CaptureTable
        replicates   how many times
        rng          the generator
    Out
        (replicate, history) float   history 0 left out

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> resample(table, replicates=2, rng=np.random.default_rng(1)).sum(axis=1)
    array([60., 60.])
    """
    counts = table.counts[1:]
    drawn = rng.multinomial(int(counts.sum()), counts / counts.sum(), size=replicates)
    return drawn.astype(np.float64)


def bca_interval(
    table: capture_tables.CaptureTable,
    totals: Totals,
    *,
    counts: NDArray[np.float64],
    level: float = 0.95,
) -> Bca:
    """The BCa interval of a total, given resampled counts.

    In
        table    CaptureTable
        totals   what gives the totals of a batch of counts, repeating the whole selection; nan where it cannot
        counts   (replicate, history) float   resampled counts, as `resample` gives them
        level    float   of the interval
    Out
        Bca; quantiles are of Hyndman and Fan's type 8
    Source
        Chan, Silverman & Vincent 2021, section 3.3; Efron 1987; UK 2013 in tests/golden/test_mse.py

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> drawn = resample(table, replicates=200, rng=np.random.default_rng(1))
    >>> interval = bca_interval(table, main_totals(table), counts=drawn)
    >>> interval.lower < 120 < interval.upper
    True
    """
    # The matrices are small and many: a second thread of BLAS costs more than it brings.
    with threadpool_limits(limits=1, user_api="blas"):
        estimate = float(totals(table.counts[None, 1:])[0])
        found = [totals(counts[start : start + _BATCH]) for start in range(0, len(counts), _BATCH)]
        acceleration = _acceleration(table, totals)
    replicates = np.concatenate(found)
    replicates = replicates[np.isfinite(replicates)]
    share = np.clip((replicates < estimate).mean(), 1e-6, 1 - 1e-6)
    bias = float(ndtri(share))
    tails = ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    levels = ndtr(bias + (bias + tails) / (1 - acceleration * (bias + tails)))
    lower, upper = np.quantile(replicates, levels, method="median_unbiased")
    return Bca(float(lower), float(upper), bias, acceleration, replicates)


def _acceleration(table: capture_tables.CaptureTable, totals: Totals) -> float:
    """From leaving out one person of each history in turn, as often as the history has people."""
    seen = np.flatnonzero(table.counts[1:])
    counts = np.tile(table.counts[1:], (seen.size, 1))
    counts[np.arange(seen.size), seen] -= 1
    left_out, people = totals(counts), table.counts[1:][seen]
    people = np.where(np.isfinite(left_out), people, 0.0)
    left_out = np.nan_to_num(left_out)
    differences = (people @ left_out) / people.sum() - left_out
    squares = float(people @ differences**2)
    return float(people @ differences**3) / (6 * squares**1.5) if squares > 0 else 0.0


def stepwise_totals(table: capture_tables.CaptureTable, *, memo: existence.Memo) -> Totals:
    """Totals by forward selection, chosen anew for every row of counts.

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> np.round(stepwise_totals(table, memo=existence.Memo())(table.counts[None, 1:]))
    array([120.])
    """
    design = loglinear.design_of(len(table.lists), 2)

    def totals(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        chosen = stepwise.select(design, counts, memo=memo)
        return np.where(chosen.codes == existence.SOUND, chosen.totals, np.nan)

    return totals


def main_totals(table: capture_tables.CaptureTable) -> Totals:
    """Totals by main effects alone.

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> np.round(main_totals(table)(table.counts[None, 1:]))
    array([120.])
    """
    design = loglinear.design_of(len(table.lists), 1)
    return totals_of_models(design, np.full((1, design.terms.size), True))


def totals_of_models(design: loglinear.Design, included: NDArray[np.bool_], *, is_averaged: bool = False) -> Totals:
    """Totals by the model of least BIC among these, or their mean weighted by BIC, anew for every row of counts.

    In
        design        Design
        included      (model, term) bool
        is_averaged   bool   the weighted mean instead of the best
    Out
        Totals

    >>> design = loglinear.design_of(2, 1)
    >>> np.round(totals_of_models(design, np.full((1, 3), True))(np.array([[30., 20., 10.]])))
    array([120.])
    """
    memo = existence.Memo()

    def totals(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = [_criterion_and_total(design, counts, (model, memo)) for model in included]
        criteria, found = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
        least = criteria.min(axis=0)
        chances = np.exp(-(criteria - np.where(np.isfinite(least), least, 0.0)) / 2)
        if is_averaged:
            mixed = (chances * np.where(chances > 0, found, 0.0)).sum(axis=0) / np.maximum(chances.sum(axis=0), 1e-300)
        else:
            mixed = found[criteria.argmin(axis=0), np.arange(len(counts))]
        return np.where(np.isfinite(least), mixed, np.nan)

    return totals


def _criterion_and_total(
    design: loglinear.Design, counts: NDArray[np.float64], chosen: tuple[NDArray[np.bool_], existence.Memo]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """BIC of one model for every row of counts, up to what all models share, and its total."""
    model, memo = chosen
    repeated = np.tile(model, (len(counts), 1))
    finite, kept = loglinear.mask_model(design, repeated, counts @ design.matrix)
    codes, fits = existence.check_fits(design, counts, finite=finite, kept=kept, memo=memo)
    people = counts.sum(axis=1)
    criterion = np.where(codes == existence.SOUND, fits.deviance + model.sum() * np.log(people), np.inf)
    return criterion, people + np.exp(fits.coefficients[:, 0])
