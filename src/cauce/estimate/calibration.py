"""How are design weights changed, as little as possible, so that the sample reproduces totals known from elsewhere?

Variances after calibration are those of `sample_design`, which reads the auxiliaries kept here.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cauce.estimate.sample_design import SampleDesign
from cauce.standards.errors import Refusal

__all__ = ["calibrate_weights"]

_Floats = NDArray[np.float64]
_ROUNDS = 100
_CLOSE = 1e-12


def calibrate_weights(
    design: SampleDesign, auxiliaries: ArrayLike, totals: ArrayLike, *, distance: Literal["linear", "raking"]
) -> SampleDesign:
    """The same design with weights that reproduce the known totals of the auxiliaries.

    In
        design       how the sample was drawn
        auxiliaries  (unit, total) float   what is known of each row: 1 for the size, 0 or 1 for a group, a number
        totals       (total,) float        its total over the population, from a census or a register
        distance     linear: the generalised regression estimator; raking: weights never below zero
    Out
        SampleDesign, whose variances count only what the auxiliaries leave unexplained
    Refuses
        estimate.calibration_unreached   no weights of this kind reproduce the totals
    Source
        Deville and Sarndal (1992), Calibration estimators in survey sampling, JASA 87

    >>> from cauce.estimate.sample_design import describe_design
    >>> calibrate_weights(describe_design([2.0, 2.0]), [[1.0], [1.0]], [6.0], distance="linear").weights
    array([3., 3.])
    """
    known = np.asarray(totals, dtype=np.float64).reshape(-1)
    given = np.asarray(auxiliaries, dtype=np.float64).reshape(design.size, len(known))
    changes = _linear(design.weights, given, known) if distance == "linear" else _rake(design.weights, given, known)
    weights = design.weights * changes
    if not np.allclose(weights @ given, known, rtol=1e-8, atol=1e-8):
        raise Refusal(
            "estimate.calibration_unreached",
            found="No weights reproduce the {count} known totals",
            wanted="totals that agree with each other and concern groups present in the sample",
            remedy="Check the totals, join small groups, or choose the other distance",
            count=len(known),
        )
    return replace(design, weights=weights, auxiliaries=given, base=design.weights)


def _linear(
    weights: NDArray[np.float64], given: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    moments = given.T @ (weights[:, None] * given)
    slopes = np.linalg.lstsq(moments, known - weights @ given, rcond=None)[0]
    changes: _Floats = 1 + given @ slopes
    return changes


def _rake(weights: _Floats, given: _Floats, known: _Floats) -> _Floats:
    """Newton's steps on the exponents, halved where they overshoot."""
    exponents = np.zeros(len(known))
    changes = np.ones(len(weights))
    for _ in range(_ROUNDS):
        fitted = weights * changes
        missing = known - fitted @ given
        if np.abs(missing).max() <= _CLOSE * max(1.0, np.abs(known).max()):
            break
        step = np.linalg.lstsq(given.T @ (fitted[:, None] * given), missing, rcond=None)[0]
        reach = np.abs(given @ step).max()
        exponents = exponents + step / max(1.0, reach)
        changes = np.exp(given @ exponents)
    return changes
