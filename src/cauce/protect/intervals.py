"""Between which whole numbers does the true count lie?

Around the unbiased estimate, before it is made non-negative: around the non-negative figure an interval does not
cover as it promises (METHODS.md E.3). A count is never below zero, and the interval knows it: cut at zero afterwards,
it would cover empty cells too often.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["LEVEL", "whole_number_interval"]

LEVEL = 0.95
_FINENESS = 4_000
_HALVINGS = 60


def whole_number_interval(
    estimates: NDArray[np.float64], *, variance: NDArray[np.float64] | float, level: float = LEVEL
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The whole numbers from zero on that an interval around unbiased estimates holds.

    In
        estimates   (...) float          unbiased, may be negative
        variance    (...) or one float   of each estimate; zero where it is known
        level       float                share of intervals that hold the truth, whatever the truth
    Out
        (...) int, (...) int   lower and upper, rounded to the nearest: noise in whole persons, when it is small, has
                               less than `level` between ends rounded inwards
    Source
        Feldman & Cousins 1998 (Physical Review D 57:3873), section IV.B: a Gaussian bounded by zero;
        measured in tests/unit/protect/test_intervals.py

    >>> lower, upper = whole_number_interval(np.array([120.4, 2.0, -3.0]), variance=9.0)
    >>> lower.tolist(), upper.tolist()
    ([115, 0, 0], [126, 8, 3])
    """
    sigma = np.broadcast_to(np.sqrt(variance), np.shape(estimates))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    truths, least, most = _accepted(level)
    reach, seen = float(ndtri(0.5 + level / 2.0)), estimates / scale
    # Beyond the grid the bound at zero no longer matters.
    lower = np.where(seen > most[-1], seen - reach, np.interp(seen, most, truths))
    upper = np.where(seen > least[-1], seen + reach, np.interp(seen, least, truths))
    known = sigma <= 0.0
    lower, upper = np.where(known, estimates, lower * scale), np.where(known, estimates, upper * scale)
    return np.rint(np.maximum(lower, 0.0)).astype(np.int64), np.rint(np.maximum(upper, 0.0)).astype(np.int64)


@cache
def _accepted(level: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """For truths from zero on, in standard deviations: the least and the most that may be seen of each.

    What is seen is accepted by falling likelihood ratio against the best truth that is not below zero.
    """
    reach = float(ndtri(0.5 + level / 2.0))
    truths = np.linspace(0.0, reach, _FINENESS)[1:]
    low, high = np.full(truths.shape, float(ndtri(level)) - 0.01), truths + reach
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        held = ndtr(middle - truths) - ndtr(_partner(middle, truths) - truths)
        low, high = np.where(held < level, middle, low), np.where(held < level, high, middle)
    return (
        np.concatenate([[0.0], truths]),
        np.concatenate([[-1e9], _partner(high, truths)]),
        np.concatenate([[float(ndtri(level))], high]),
    )


def _partner(most: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is seen below zero with the same likelihood ratio as what is seen above the truth."""
    return (truths**2 - (most - truths) ** 2) / (2.0 * truths)
