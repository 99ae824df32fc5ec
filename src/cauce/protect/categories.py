"""How does a column of many codes depend on the columns before it, so that rows drawn from it meet their targets?

A softmax whose parameters are fitted to target counts, not to data: one for each code and each value of each column
before. Rows that are alike are one row with a weight. Used by `rows`; a column of two places is fitted by `flags`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

__all__ = ["Choice", "draw_places", "fit_choice", "odds_of", "one_hot"]

_NEVER = -1e4


@dataclass(frozen=True)
class Choice:
    """What a column of many codes is fitted to.

    features   (row, feature) 0/1        distinct rows of the columns before, one-hot
    weights    (row,) float              how many rows are alike
    targets    (feature, code) float     wanted counts
    ridge      (feature,) float          how much a target may be missed for each unit of a parameter
    allowed    (row, code) bool          what a row may take
    """

    features: csr_array
    weights: NDArray[np.float64]
    targets: NDArray[np.float64]
    ridge: NDArray[np.float64]
    allowed: NDArray[np.bool_]


def one_hot(places: NDArray[np.integer], sizes: Sequence[int]) -> csr_array:
    """A feature for every value of every column; a blank (-1) has none.

    In
        places   (row, column) int
        sizes    places of each column
    Out
        (row, feature) float, sparse

    >>> one_hot(np.array([[0, 1], [1, -1]]), [2, 2]).toarray().tolist()
    [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]
    """
    rows, columns = places.shape
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])[:columns]
    held = places >= 0
    indices = (places + starts.astype(np.int32)).astype(np.int32)[held]
    ends = np.concatenate([[0], np.cumsum(held.sum(axis=1))]).astype(np.int32)
    values = np.ones(indices.size, dtype=np.float32)
    return csr_array((values, indices, ends), shape=(rows, int(np.sum(sizes))))


def fit_choice(choice: Choice, *, rounds: int, start: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """The parameters that meet the targets.

    In
        choice   Choice
        rounds   int                     of L-BFGS
        start    (feature, code) float   parameters to start from and to stay near
    Out
        (feature, code) float
    """
    centre = np.zeros_like(choice.targets) if start is None else start
    scale = 1.0 / np.sqrt(choice.ridge[:, None] + _curvature(choice))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        moved = flat.reshape(centre.shape) * scale
        odds, logs = _probabilities(choice.features, centre + moved, allowed=choice.allowed)
        expected = choice.features.T @ (odds * choice.weights[:, None])
        value = float(choice.weights @ logs - np.sum(choice.targets * (centre + moved)))
        value += 0.5 * float(np.sum(choice.ridge[:, None] * moved**2))
        return value, ((expected - choice.targets + choice.ridge[:, None] * moved) * scale).ravel()

    found = minimize(loss, np.zeros(centre.size), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 8})
    return np.asarray(centre + found.x.reshape(centre.shape) * scale)


def odds_of(features: csr_array, parameters: NDArray[np.float64], *, allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The probability of each code in each row.

    In
        features     (row, feature) 0/1
        parameters   (feature, code) float
        allowed      (row, code) bool
    Out
        (row, code) float   adding up to 1, or to 0 where nothing is allowed
    """
    odds, _ = _probabilities(features, parameters, allowed=allowed)
    return np.asarray(odds)


def draw_places(
    odds: NDArray[np.float64], groups: NDArray[np.integer], *, rng: np.random.Generator
) -> NDArray[np.int32]:
    """One place for each row, spread evenly within rows that are alike: hardly any luck is left in large groups.

    In
        odds     (group, code) float   adding up to 1, or to 0 where nothing is allowed
        groups   (row,) int            the group of each row
        rng      the generator
    Out
        (row,) int   -1 where nothing is allowed

    >>> draw_places(np.array([[0.5, 0.5]]), np.zeros(4, dtype=int), rng=np.random.default_rng(1)).tolist()
    [0, 0, 1, 1]
    """
    sizes = np.bincount(groups, minlength=len(odds))
    order = np.argsort(groups, kind="stable")
    ranks = np.empty(groups.size)
    ranks[order] = np.arange(groups.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    level = (ranks + rng.random(len(odds))[groups]) / sizes[groups]
    ladder = np.cumsum(odds, axis=1)
    ends = np.rint(ladder[:, -1:])
    ladder[:, -1:] = ends
    steps = (np.minimum(ladder, ends) + np.arange(len(odds))[:, None]).ravel()
    drawn = np.searchsorted(steps, groups + np.minimum(level, 1.0 - 1e-9), side="right") - groups * odds.shape[1]
    return np.where(ends[groups, 0] > 0.0, drawn, -1).astype(np.int32)


def _curvature(choice: Choice) -> NDArray[np.float64]:
    held = choice.features.T @ choice.weights
    share = np.clip(choice.targets / np.maximum(held, 1.0)[:, None], 0.0, 1.0)
    return np.asarray(np.maximum(held[:, None] * share * (1.0 - share), 1.0))


def _probabilities(
    features: csr_array, parameters: NDArray[np.float64], *, allowed: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scores = np.where(allowed, features @ parameters, _NEVER)
    highest = scores.max(axis=1, keepdims=True)
    odds = np.exp(scores - highest) * allowed
    total = odds.sum(axis=1, keepdims=True)
    safe = np.where(total > 0.0, total, 1.0)
    logs = np.where(total[:, 0] > 0.0, highest[:, 0] + np.log(safe[:, 0]), 0.0)
    return np.asarray(odds / safe), np.asarray(logs)
