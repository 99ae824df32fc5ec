"""Between which whole numbers does the true count lie?

Around the unbiased estimate, before it is made non-negative: around the non-negative figure an interval does not
cover as it promises (METHODS.md E.3).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["LEVEL", "whole_number_interval"]

LEVEL = 0.95


def whole_number_interval(
    estimates: NDArray[np.float64], *, variance: float, level: float = LEVEL
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The whole numbers that an interval around unbiased estimates holds, none below zero.

    In
        estimates   (...) float   unbiased, may be negative
        variance    float         of each estimate
        level       float         share of intervals that hold the truth
    Out
        (...) int, (...) int   lower and upper; a true count is a whole number, so rounding inwards loses no coverage
    Source
        METHODS.md E.3; measured in tests/unit/protect/test_intervals.py

    >>> lower, upper = whole_number_interval(np.array([120.4, -3.0]), variance=9.0)
    >>> lower.tolist(), upper.tolist()
    ([115, 0], [126, 2])
    """
    half = float(ndtri(0.5 + level / 2.0)) * np.sqrt(variance)
    nearest = np.maximum(np.rint(estimates), 0.0)
    lower = np.minimum(np.maximum(np.ceil(estimates - half), 0.0), nearest)
    upper = np.maximum(np.floor(estimates + half), nearest)
    return lower.astype(np.int64), upper.astype(np.int64)
