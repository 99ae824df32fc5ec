"""Which log-linear means fit the counted histories best? Many Poisson fits at once, by batched Newton steps.

A model is a set of terms, each a bit pattern of lists: 0 is the intercept, a power of two a main effect, a pattern of
two lists their interaction. A term whose overlap is empty has the coefficient minus infinity: it and the histories
that hold it leave the fit (extended maximum likelihood). Whether a maximum exists at all: `existence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Design", "Fits", "design_of", "fit", "mask_model", "polish"]

_MOST_STEPS = 60
_TOLERANCE = 1e-8
_RIDGE = 1e-11
_LIMIT = 60.0
_LONGEST_STEP = 10.0


@dataclass(frozen=True, eq=False)
class Design:
    """The terms a family of models draws from, and the histories they touch.

    In
        terms      (term,) int            bit patterns; the first is 0, the intercept
        matrix     (history, term) float  1 where the history holds the term; row 0 (on no list) is left out
        products   (history, term*term)   products of the columns of `matrix`, for the Hessian
    """

    terms: NDArray[np.int64]
    matrix: NDArray[np.float64]
    products: NDArray[np.float64]

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(history, term) whether the history holds the term."""
        return self.matrix > 0


@dataclass(frozen=True, eq=False)
class Fits:
    """The outcome of a batch of fits.

    coefficients   (fit, term)      0 where the term is not in the model or is minus infinity
    means          (fit, history)   fitted counts; 0 in histories left out
    deviance       (fit,)           of the kept histories
    intercept_sd   (fit,)           standard error of the intercept
    is_settled     (fit,)           whether the steps came to rest
    """

    coefficients: NDArray[np.float64]
    means: NDArray[np.float64]
    deviance: NDArray[np.float64]
    intercept_sd: NDArray[np.float64]
    is_settled: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> "Fits":
        """Some of the fits."""
        return Fits(
            self.coefficients[rows],
            self.means[rows],
            self.deviance[rows],
            self.intercept_sd[rows],
            self.is_settled[rows],
        )

    @staticmethod
    def join(parts: "Sequence[Fits]") -> "Fits":
        """Several batches as one."""
        return Fits(
            np.concatenate([part.coefficients for part in parts]),
            np.concatenate([part.means for part in parts]),
            np.concatenate([part.deviance for part in parts]),
            np.concatenate([part.intercept_sd for part in parts]),
            np.concatenate([part.is_settled for part in parts]),
        )


def design_of(list_count: int, order: int) -> Design:
    """All terms up to an order, over all histories that can be seen.

    >>> design_of(3, 2).terms
    array([0, 1, 2, 4, 3, 5, 6])
    """
    patterns = [term for term in range(2**list_count) if term.bit_count() <= order]
    terms = np.array(sorted(patterns, key=_rank), dtype=np.int64)
    histories = np.arange(1, 2**list_count)
    matrix = ((histories[:, None] & terms) == terms).astype(np.float64)
    products = (matrix[:, :, None] * matrix[:, None, :]).reshape(histories.size, -1)
    return Design(terms, matrix, products)


def _rank(term: int) -> tuple[int, list[int]]:
    return term.bit_count(), [place for place in range(term.bit_length()) if term >> place & 1]


def mask_model(
    design: Design, included: NDArray[np.bool_], overlap: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What stays in the fit once empty overlaps have taken their terms and histories away.

    In
        design     Design
        included   (fit, term) bool    terms of each model
        overlap    (fit, term) float   people whose history holds the term
    Out
        (fit, term) bool      terms with a finite coefficient
        (fit, history) bool   histories kept

    >>> design = design_of(2, 2)
    >>> finite, kept = mask_model(design, np.full((1, 4), True), np.array([[9., 5., 4., 0.]]))
    >>> finite, kept
    (array([[ True,  True,  True, False]]), array([[ True,  True, False]]))
    """
    lost = included & (overlap == 0)
    return included & ~lost, ~((lost.astype(np.float64) @ design.matrix.T) > 0)


def fit(design: Design, counts: NDArray[np.float64], *, finite: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Fits:
    """Poisson maximum likelihood for a batch of models, each with its own counts, terms and histories.

    Start, stopping rule and standard errors (from the weights of the last step) are those of R's `glm`, so that
    figures agree with the reference implementations in every digit they print.

    In
        design   Design
        counts   (fit, history) float   history 0 left out
        finite   (fit, term) bool       terms to fit
        kept     (fit, history) bool    histories to fit
    Out
        Fits
    Source
        Chan, Silverman & Vincent 2021, section 2; checked in tests/golden/test_mse.py

    >>> design = design_of(2, 1)
    >>> both = np.full((1, 3), True)
    >>> np.round(np.exp(fit(design, np.array([[30., 20., 10.]]), finite=both, kept=both).coefficients[0, 0]))
    np.float64(60.0)
    """
    weights = kept.astype(np.float64)
    observed = counts * weights
    means = (observed + 0.1) * weights
    constant = 2 * (_times_log(observed, observed) - observed).sum(axis=1)
    deviance = constant + 2 * (means - _times_log(observed, means)).sum(axis=1)
    working = means * np.log(observed + 0.1) + (observed - means) * weights
    coefficients, variance = _solve(design, means, (working @ design.matrix, finite))
    means = _means(design, coefficients, weights)
    going = np.arange(len(counts))
    for _ in range(_MOST_STEPS):
        now = means[going]
        reached = constant[going] + 2 * (now - _times_log(observed[going], now)).sum(axis=1)
        is_done = np.abs(reached - deviance[going]) <= _TOLERANCE * (np.abs(reached) + 0.1)
        deviance[going] = reached
        going = going[~is_done]
        if going.size == 0:
            break
        now = means[going]
        score = (observed[going] - now) @ design.matrix
        step, variance[going] = _solve(design, now, (score, finite[going]))
        coefficients[going] += np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        means[going] = _means(design, coefficients[going], weights[going])
    is_settled = np.full(len(counts), True)
    is_settled[going] = False
    return Fits(coefficients, means, deviance, np.sqrt(np.maximum(variance, 0.0)), is_settled)


def polish(
    design: Design, fits: Fits, counts: NDArray[np.float64], *, finite: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eight more steps for each fit: its means then, and the largest error of its margins.

    In
        design, counts, finite, kept   as `fit`
        fits                           what `fit` returned for them
    Out
        (fit, history) float, (fit,) float
    """
    weights = kept.astype(np.float64)
    coefficients, means = fits.coefficients.copy(), fits.means
    for _ in range(8):
        step, _unused = _solve(design, means, ((counts * weights - means) @ design.matrix, finite))
        coefficients += np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        means = _means(design, coefficients, weights)
    score = np.abs((counts * weights - means) @ design.matrix) * finite
    return means, score.max(axis=1)


def _means(design: Design, coefficients: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.exp(np.clip(coefficients @ design.matrix.T, -_LIMIT, _LIMIT)) * weights
    return means


def _times_log(factor: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """factor log(value), and 0 where the factor is 0."""
    product: NDArray[np.float64] = factor * np.log(np.where(factor > 0, np.maximum(value, 1e-300), 1.0))
    return product


def _solve(
    design: Design, means: NDArray[np.float64], right: tuple[NDArray[np.float64], NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Newton step of each fit, and the variance of its intercept at these means."""
    score, finite = right
    size = design.terms.size
    hessian = (means @ design.products).reshape(-1, size, size)
    hessian *= finite[:, :, None] & finite[:, None, :]
    diagonal = np.arange(size)
    hessian[:, diagonal, diagonal] *= 1.0 + _RIDGE
    hessian[:, diagonal, diagonal] += np.where(finite, 1e-280, 1.0)
    sides = np.zeros((len(means), size, 2))
    sides[:, :, 0] = score * finite
    sides[:, 0, 1] = 1.0
    solved: NDArray[np.float64] = np.linalg.solve(hessian, sides).astype(np.float64, copy=False)
    return solved[:, :, 0], solved[:, 0, 1]
