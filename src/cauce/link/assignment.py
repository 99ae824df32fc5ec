"""Which pairs are accepted, where a person is at most once in each list?

Rivals share one unit of probability; a pair is kept where each is the other's best; the threshold is the lowest that
leaves the expected share of true pairs at the target.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_PRECISION", "Pairs", "choose_mutual_best", "choose_threshold", "relax_threshold", "weigh_rivals"]

_NEARLY_ONE = 1 - 1e-9

# What will do where more would lose half of the matches.
LEAST_PRECISION = 0.98


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


def relax_threshold(probabilities: NDArray[np.float64], *, precision: float, least_precision: float) -> float:
    """The lowest probability to accept; where the precision wanted loses half of the matches, for a lesser one.

    Among lists of a million, hardly any pair is sure enough by itself, and a precision kept at any price would link
    nobody.

    In
        probabilities     (pair,) of the pairs that could be accepted
        precision         share of true pairs wanted among the accepted
        least_precision   the share that will do where half of the matches would be lost for more
    Out
        a probability; 1 where no pair is good enough

    >>> relax_threshold(np.array([0.99, 0.99, 0.98, 0.6]), precision=0.995, least_precision=0.98)
    0.98
    >>> relax_threshold(np.array([1.0, 1.0, 0.98, 0.6]), precision=0.995, least_precision=0.98)
    1.0
    """
    wanted, lesser = (choose_threshold(probabilities, precision=share) for share in (precision, least_precision))
    kept, possible = (probabilities[probabilities >= one].sum() for one in (wanted, lesser))
    return wanted if kept >= possible / 2 else lesser


def choose_threshold(probabilities: NDArray[np.float64], *, precision: float, least: float = 0.5) -> float:
    """The lowest probability to accept so that the accepted are true, on average, in this share.

    In
        probabilities   (pair,) of the pairs that could be accepted
        precision       share of true pairs wanted among the accepted
        least           nothing less likely is accepted
    Out
        a probability; 1 where no pair is good enough

    >>> choose_threshold(np.array([0.99, 0.98, 0.6]), precision=0.97)
    0.98
    """
    ranked = np.sort(probabilities)[::-1]
    means = np.cumsum(ranked) / np.arange(1, ranked.size + 1)
    # Pairs equally likely are accepted together or not at all.
    is_last = np.r_[ranked[1:] < ranked[:-1], True][: ranked.size]
    usable = np.flatnonzero((means >= precision) & (ranked >= least) & is_last)
    return float(ranked[usable[-1]]) if usable.size else 1.0
