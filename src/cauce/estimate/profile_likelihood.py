"""Which totals does a log-linear model not contradict? The interval of the profile likelihood.

For each possible number of people unseen the model is fitted with that number in the history of nobody; the interval
holds the totals whose likelihood is close enough to the best. It is not symmetric, and stays above the people seen.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln

from cauce.estimate import loglinear

__all__ = ["interval"]

_HALF_CHI_SQUARE_95 = 1.9207294103470617
_FURTHEST = 40.0


def interval(
    design: loglinear.Design, counts: NDArray[np.float64], *, included: NDArray[np.bool_], unseen: float
) -> tuple[float, float]:
    """The 95 % profile interval of the people unseen, under multinomial sampling.

    In
        design     Design
        counts     (history,) float   history 0 left out
        included   (term,) bool       terms of the model
        unseen     float              the estimate, where the search begins
    Out
        lower, upper of the people unseen; upper is infinite where no number is contradicted
    Source
        Cormack 1992; Rcapture's closedpCI.t, in tests/golden/test_mse.py

    >>> design = loglinear.design_of(2, 1)
    >>> lower, upper = interval(design, np.array([30., 20., 10.]), included=np.full(3, True), unseen=60.0)
    >>> round(lower), round(upper)
    (22, 139)
    """
    finite, kept = loglinear.mask_model(design, included[None], (counts @ design.matrix)[None])
    whole = _with_nobody(design, finite[0], kept[0])
    held = np.append(counts[kept[0]], 0.0)

    def height(log_unseen: float) -> float:
        return _likelihood(whole, held, float(np.exp(log_unseen)))

    start = float(np.log(max(unseen, 0.1)))
    top = minimize_scalar(lambda place: -height(place), bracket=(start - 0.1, start + 0.1), tol=1e-6)
    best, floor = float(top.x), float(-top.fun) - _HALF_CHI_SQUARE_95
    lower = _cross(height, (best, -1.0), floor=floor, stop=best - 12)
    upper = _cross(height, (best, 1.0), floor=floor, stop=_FURTHEST)
    return float(np.exp(lower)) if np.isfinite(lower) else 0.0, float(np.exp(upper))


def _with_nobody(design: loglinear.Design, finite: NDArray[np.bool_], kept: NDArray[np.bool_]) -> loglinear.Design:
    nobody = np.zeros((1, int(finite.sum())))
    nobody[0, 0] = 1.0
    matrix = np.vstack([design.matrix[np.ix_(kept, finite)], nobody])
    products = (matrix[:, :, None] * matrix[:, None, :]).reshape(len(matrix), -1)
    return loglinear.Design(design.terms[finite], matrix, products)


def _likelihood(design: loglinear.Design, held: NDArray[np.float64], unseen: float) -> float:
    counts = held.copy()
    counts[-1] = unseen
    total = counts.sum()
    full = np.full((1, design.terms.size), True)
    means = loglinear.fit(design, counts[None], finite=full, kept=np.full((1, counts.size), True)).means[0]
    shares = np.where(counts > 0, counts * np.log(np.maximum(means, 1e-300) / total), 0.0)
    return float(gammaln(total + 1) - gammaln(unseen + 1) + shares.sum())


def _cross(height: Callable[[float], float], path: tuple[float, float], *, floor: float, stop: float) -> float:
    """Where the likelihood falls to the floor, going one way from the best; infinite where it never does."""
    best, way = path
    reach = 0.1
    while way * (best + way * reach) < way * stop:
        if height(best + way * reach) < floor:
            low, high = sorted((best, best + way * reach))
            return float(brentq(lambda place: height(place) - floor, low, high, xtol=1e-8))
        reach *= 1.6
    return way * np.inf
