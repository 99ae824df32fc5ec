"""Were these people among those from whom the records were made? Guessed by the distance to the closest record.

An attacker who holds somebody's whole row looks for the released record nearest to it. If rows of members lie nearer
than rows of others drawn by the same rule, the records give members away. Members and others must be drawn alike: rows
chosen in any other way differ for reasons that have nothing to do with the release.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

__all__ = ["Guess", "distances_to_closest", "guess_members"]

_AT_ONCE = 4_000_000

Codes = NDArray[np.integer]


@dataclass(frozen=True)
class Guess:
    """How well members are told from others: .5 is a coin, 1 is certainty, with an interval.

    auc            float   probability that a member lies nearer to a record than somebody else does, ties by a coin
    lower, upper   float   of the interval
    """

    auc: float
    lower: float
    upper: float


def guess_members(members: Codes, others: Codes, *, records: Codes, confidence: float = 0.999) -> Guess:
    """How well the distance to the closest record tells members from others.

    In
        members      (person, column) int   rows that the records were made from
        others       (person, column) int   rows drawn by the same rule, that they were not made from
        records      (record, column) int   as released
        confidence   float                  of the interval
    Out
        Guess
    Source
        The area under the curve by Mann & Whitney, its variance by DeLong, DeLong & Clarke-Pearson 1988

    >>> rows = np.arange(40).reshape(20, 2)
    >>> guess_members(rows[:10], rows[10:], records=rows[:10])
    Guess(auc=1.0, lower=1.0, upper=1.0)
    """
    near = distances_to_closest(members, records=records)
    far = distances_to_closest(others, records=records)
    ranks = rankdata(np.concatenate([far, near]))
    # Of each person: the share of the other kind on the wrong side of her distance.
    won_by_others = (ranks[: far.size] - rankdata(far)) / near.size
    won_by_members = 1.0 - (ranks[far.size :] - rankdata(near)) / far.size
    auc = float(won_by_members.mean())
    spread = won_by_others.var(ddof=1) / far.size + won_by_members.var(ddof=1) / near.size
    half = float(ndtri(0.5 + confidence / 2.0)) * math.sqrt(spread)
    return Guess(auc, max(0.0, auc - half), min(1.0, auc + half))


def distances_to_closest(rows: Codes, *, records: Codes) -> NDArray[np.int64]:
    """In how many columns does each row differ from the record that is most like it?

    In
        rows      (person, column) int
        records   (record, column) int   the same codes
    Out
        (person,) int

    >>> distances_to_closest(np.array([[1, 2, 3], [9, 9, 9]]), records=np.array([[1, 2, 0], [9, 0, 0]])).tolist()
    [1, 2]
    """
    distinct = np.unique(records, axis=0)
    step = max(1, _AT_ONCE // len(distinct))
    nearest = np.empty(len(rows), dtype=np.int64)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        apart = np.zeros((len(some), len(distinct)), dtype=np.int16)
        for mine, theirs in zip(some.T, distinct.T, strict=True):
            apart += mine[:, None] != theirs[None, :]
        nearest[start : start + step] = apart.min(axis=1)
    return nearest
