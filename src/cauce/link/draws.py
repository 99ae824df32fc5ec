"""How might the same persons be linked otherwise, given what is doubtful and what no token shows?

Each draw keeps each pair with its probability, then joins persons that were seen apart until every pair of lists
shares as many as the model draws. The capture tables of the draws carry the error of the linkage into an estimate.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cauce.link.clusters import Links, count_shared, join_clusters
from cauce.link.decisions import Decided

__all__ = ["draw_captures", "tabulate_captures"]

_MISSED = 0.1


def draw_captures(
    links: Links,
    *,
    lists: NDArray[np.int64],
    between: Sequence[tuple[int, int]],
    matches: NDArray[np.float64],
    rng: np.random.Generator,
    decided: Decided | None = None,
) -> NDArray[np.int64]:
    """One draw of who is in which lists.

    In
        links     likeliest pairs of all lists, accepted or not
        lists     (record,) number of the list of each record
        between   pairs of lists
        matches   (pair of lists,) persons in both, as drawn for this draw
        rng       the generator
        decided   what persons decided of the records
    Out
        (person, list) 0 or 1
    """
    kept = links.take(rng.random(links.probability.size) < links.probability)
    shared = count_shared(join_clusters(kept, lists=lists, decided=decided), lists=lists)
    for place in rng.permutation(len(between)):
        shared = _join_unseen(shared, between[place], wanted=round(float(matches[place])), rng=rng)
    return shared


def tabulate_captures(shared: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct histories and how many persons have each.

    In
        shared   (person, list) 0 or 1
    Out
        (history, list) 0 or 1, and (history,) persons

    >>> tabulate_captures(np.array([[1, 0], [1, 1], [1, 0]]))
    (array([[1, 0],
           [1, 1]]), array([2, 1]))
    """
    histories, counts = np.unique(shared, axis=0, return_counts=True)
    return histories, counts


def _join_unseen(
    shared: NDArray[np.int64], pair: tuple[int, int], *, wanted: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Join persons of the one list with persons of the other until both share as many as wanted, where they can be."""
    left, right = pair
    missing = wanted - int((shared[:, left] & shared[:, right]).sum())
    only_left = _shuffle(np.flatnonzero((shared[:, left] == 1) & (shared[:, right] == 0)), shared, rng)
    only_right = _shuffle(np.flatnonzero((shared[:, right] == 1) & (shared[:, left] == 0)), shared, rng)
    size = min(missing, only_left.size, only_right.size)
    if size <= 0:
        return shared
    ones, others = only_left[:size], only_right[:size]
    apart = (shared[ones] & shared[others]).sum(axis=1) == 0
    joined = shared.copy()
    joined[ones[apart]] |= shared[others[apart]]
    return np.delete(joined, others[apart], axis=0)


def _shuffle(places: NDArray[np.int64], shared: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Persons in random order, those on fewer lists mostly first: leaving several takes several failures."""
    others = shared[places].sum(axis=1) - 1
    return places[np.argsort(others * -np.log(_MISSED) - rng.gumbel(size=places.size))]
