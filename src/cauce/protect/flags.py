"""How does a column of two places depend on the columns before it, so that rows drawn from it meet their targets?

A logistic curve whose parameters are fitted to target counts by Newton's method, with a line search and a floor under
the ridge; the curvature is taken from some thousands of the rows. Used by `rows`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

__all__ = ["Features", "fit_flag", "log_odds"]

_CURVATURE_ROWS = 6_000
_RIDGE_FLOOR = 0.5
_HALVINGS = 6
_CHUNK = 65_536


@dataclass(frozen=True)
class Features:
    """What a row is told of: a one, the one-hot values of its columns of many codes, the signs of its flags.

    values   (row, feature) float32, sparse
    signs    (row, flag) int8 or float32   +1, -1, or 0 for a blank
    """

    values: csr_array
    signs: NDArray[np.int8] | NDArray[np.float32]

    def take(self, rows: NDArray[np.integer]) -> "Features":
        return Features(self.values[rows], self.signs[rows])

    @property
    def length(self) -> int:
        return 1 + int(self.values.shape[1]) + int(self.signs.shape[1])

    def sum_over(self, weights: NDArray[np.floating]) -> NDArray[np.float64]:
        """(feature,) float: the sum over rows of weight times feature."""
        light = weights.astype(np.float32)
        signed = np.zeros(self.signs.shape[1])
        for rows in _chunks(len(light)):
            signed += light[rows] @ self.signs[rows].astype(np.float32, copy=False)
        return np.concatenate([[weights.sum(dtype=np.float64)], self.values.T @ light, signed]).astype(np.float64)

    def dense(self) -> NDArray[np.float32]:
        ones = np.ones((self.signs.shape[0], 1), dtype=np.float32)
        return np.hstack([ones, self.values.toarray(), self.signs], dtype=np.float32)


def log_odds(features: Features, parameters: NDArray[np.float64]) -> NDArray[np.float32]:
    """The log-odds of the first place, for each row.

    In
        features     of the rows
        parameters   (feature,) float
    Out
        (row,) float

    >>> features = Features(csr_array((2, 0), dtype=np.float32), np.array([[1], [-1]], dtype=np.int8))
    >>> log_odds(features, np.array([0.5, 1.0])).tolist()
    [1.5, -0.5]
    """
    light = parameters.astype(np.float32)
    ends = 1 + int(features.values.shape[1])
    scores = (light[0] + features.values @ light[1:ends]).astype(np.float32)
    for rows in _chunks(len(scores)):
        scores[rows] += features.signs[rows].astype(np.float32, copy=False) @ light[ends:]
    return np.asarray(scores, dtype=np.float32)


def _chunks(rows: int) -> Iterator[slice]:
    return (slice(start, min(start + _CHUNK, rows)) for start in range(0, rows, _CHUNK))


def fit_flag(
    features: Features,
    targets: NDArray[np.float64],
    *,
    ridge: NDArray[np.float64],
    start: NDArray[np.float64],
    rounds: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The parameters whose expected sums meet the targets.

    In
        features   of the rows to be drawn
        targets    (feature,) float   wanted sums of features over rows in the first place
        ridge      (feature,) float   how much a target may be missed for each unit that a parameter moves
        start      (feature,) float   parameters to start from and to stay near
        rounds     int                of Newton's method, at most
        rng        the generator that picks the rows of the curvature
    Out
        (feature,) float
    """
    rows = features.signs.shape[0]
    sampled = rng.choice(rows, _CURVATURE_ROWS, replace=False) if rows > _CURVATURE_ROWS else np.arange(rows)
    dense = features.take(sampled).dense()
    # Every round multiplies by the signs: as whole numbers they would be turned into fractions each time.
    features = replace(features, signs=features.signs.astype(np.float32))
    floor = np.maximum(ridge, _RIDGE_FLOOR)
    parameters, scores = start.copy(), log_odds(features, start)
    value = _gain(scores, parameters, targets=targets, ridge=floor, start=start)
    for _ in range(rounds):
        odds = _logistic(scores)
        slope = targets - features.sum_over(odds) - floor * (parameters - start)
        if np.max(np.abs(slope) / np.sqrt(floor + _spread(targets))) < 0.05:
            break
        nearby = _logistic(dense @ parameters.astype(np.float32))
        step = _newton_step(dense, nearby, slope, ridge=floor, scale=rows / len(dense))
        moved = _line_search(features, parameters, step, targets=targets, ridge=floor, start=start, value=value)
        if moved is None:
            break
        parameters, scores, value = moved
    return parameters


def _spread(targets: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.01 * np.abs(targets) + 1.0


def _logistic(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    decayed = np.exp(-np.abs(scores))
    return np.asarray(np.where(scores >= 0.0, np.float32(1.0), decayed) / (1.0 + decayed), dtype=np.float32)


def _gain(
    scores: NDArray[np.float32],
    parameters: NDArray[np.float64],
    *,
    targets: NDArray[np.float64],
    ridge: NDArray[np.float64],
    start: NDArray[np.float64],
) -> float:
    # log(1 + exp(score)) without overflow; NumPy's logaddexp takes four times as long.
    logs = np.maximum(scores, 0.0) + np.log(1.0 + np.exp(-np.abs(scores)))
    moved = 0.5 * float(ridge @ (parameters - start) ** 2)
    return float(targets @ parameters) - float(np.sum(logs, dtype=np.float64)) - moved


def _newton_step(
    dense: NDArray[np.float32],
    odds: NDArray[np.float32],
    slope: NDArray[np.float64],
    *,
    ridge: NDArray[np.float64],
    scale: float,
) -> NDArray[np.float64]:
    weighted = dense * (odds * (1.0 - odds) * scale)[:, None]
    curvature = (dense.T @ weighted).astype(np.float64)
    curvature[np.diag_indices_from(curvature)] += ridge
    return np.asarray(cho_solve(cho_factor(curvature), slope))


def _line_search(
    features: Features,
    parameters: NDArray[np.float64],
    step: NDArray[np.float64],
    *,
    targets: NDArray[np.float64],
    ridge: NDArray[np.float64],
    start: NDArray[np.float64],
    value: float,
) -> tuple[NDArray[np.float64], NDArray[np.float32], float] | None:
    for halving in range(_HALVINGS):
        tried = parameters + step * 0.5**halving
        scores = log_odds(features, tried)
        gained = _gain(scores, tried, targets=targets, ridge=ridge, start=start)
        if gained > value:
            return tried, scores, gained
    return None
