"""Which pairs are accepted, where a person is at most once in each list?

Rivals share one unit of probability; a pair is kept where each is the other's best; the threshold is the lowest that
leaves the expected share of true pairs at the target, or near it where that loses too many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs", "choose_mutual_best", "choose_threshold", "weigh_rivals"]

_NEARLY_ONE = 1 - 1e-9

_LEAST_LIKELY = 0.5
_SHARE_KEPT = 0.85


@dataclass(frozen=True)
class Pairs:
    """Pairs of records of two lists: their places and the probability that they are one person."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    probability: NDArray[np.float64]

    def take(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "Pairs":
        """The pairs at these places."""
        return Pairs(self.left[kept], self.right[kept], self.probability[kept])


def weigh_rivals(pairs: Pairs) -> Pairs:
    """The same pairs, the probability of each weighed against those of the same records with others.

    In
        pairs   all that met, each with the probability of its cell
    Out
        the pairs in the same order

    >>> rivals = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([0.5, 0.5]))
    >>> weigh_rivals(rivals).probability.round(3)
    array([0.333, 0.333])
    """
    if not pairs.left.size:
        return pairs
    odds = pairs.probability / (1 - np.minimum(pairs.probability, _NEARLY_ONE))
    of_left = np.bincount(pairs.left, weights=odds)[pairs.left]
    of_right = np.bincount(pairs.right, weights=odds)[pairs.right]
    return Pairs(pairs.left, pairs.right, odds / (1 + np.maximum(of_left + of_right - odds, odds)))


def choose_mutual_best(pairs: Pairs) -> Pairs:
    """The pairs in which each record is the most likely partner of the other, most likely first.

    In
        pairs   all that met
    Out
        at most one pair for each record

    >>> three = Pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.9, 0.2, 0.3]))
    >>> choose_mutual_best(three).right
    array([0, 1])
    """
    ranked = pairs.take(np.lexsort((pairs.right, pairs.left, -pairs.probability)))
    best_left, best_right = np.zeros(ranked.left.size, dtype=bool), np.zeros(ranked.left.size, dtype=bool)
    best_left[np.unique(ranked.left, return_index=True)[1]] = True
    best_right[np.unique(ranked.right, return_index=True)[1]] = True
    return ranked.take(best_left & best_right)


def choose_threshold(probabilities: NDArray[np.float64], *, precision: float, least_precision: float) -> float:
    """The lowest probability to accept; with a lesser precision where that wanted loses too many matches.

    Among lists of a million, or where few have a date, hardly any pair is sure enough by itself, and a precision kept
    at any price would link nobody: no more than 15 % of the matches is given up for it.

    In
        probabilities     (pair,) of the pairs that could be accepted
        precision         share of true pairs wanted among the accepted
        least_precision   the share below which it is not let fall
    Out
        a probability; 1 where no pair is good enough

    >>> choose_threshold(np.array([0.99, 0.99, 0.98, 0.6]), precision=0.995, least_precision=0.98)
    0.98
    >>> choose_threshold(np.array([1.0] * 10 + [0.9]), precision=0.995, least_precision=0.98)
    1.0
    """
    ranked = np.sort(probabilities[probabilities >= _LEAST_LIKELY])[::-1]
    matches = np.cumsum(ranked)
    means = matches / np.arange(1, ranked.size + 1)
    # Pairs equally likely are accepted together or not at all.
    last = np.flatnonzero(np.r_[ranked[1:] < ranked[:-1], True][: ranked.size])
    usable, wanted = (last[means[last] >= share] for share in (least_precision, precision))
    if not usable.size:
        return 1.0
    enough = usable[matches[usable] >= _SHARE_KEPT * matches[usable[-1]]][0]
    return float(ranked[max([enough, *wanted[-1:]])])
