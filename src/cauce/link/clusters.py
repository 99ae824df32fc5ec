"""Which records of two to eight lists are one person, with at most one of each list?

Pairs join clusters from the likeliest down; a pair that would put two records of one list together is left out, so
a weak link never pulls two persons into one. What persons decided comes first: records that are one person are joined
before any pair, and the pair that would join two persons is left out, the weakest of a chain being the last.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.decisions import Decided, first_of_groups, groups_apart

__all__ = ["Links", "count_shared", "join_clusters"]


@dataclass(frozen=True)
class Links:
    """Pairs of records numbered through all lists, and the probability of each."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    probability: NDArray[np.float64]

    def take(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "Links":
        """The links at these places."""
        return Links(self.first[kept], self.second[kept], self.probability[kept])


def join_clusters(
    links: Links,
    *,
    lists: NDArray[np.int64] | None = None,
    records: int | None = None,
    decided: Decided | None = None,
) -> NDArray[np.int64]:
    """The cluster of each record, numbered by its first record.

    In
        links     accepted pairs
        lists     (record,) number of the list of each record, below 63; without it, any records may join
        records   how many records there are, where `lists` is not given
        decided   what persons decided of the records
    Out
        (record,) cluster

    >>> links = Links(np.array([0, 1, 0]), np.array([2, 2, 3]), np.array([0.9, 0.8, 0.7]))
    >>> join_clusters(links, lists=np.array([0, 0, 1, 2]))
    array([0, 1, 0, 0])
    """
    count = lists.size if lists is not None else records or 0
    parents = list(range(count)) if decided is None else first_of_groups(decided)
    apart = {} if decided is None else groups_apart(decided)
    members = [0] * count
    for record, number in enumerate(() if lists is None else lists.tolist()):
        members[parents[record]] |= 1 << number

    def root_of(record: int) -> int:
        while parents[record] != record:
            parents[record] = parents[parents[record]]
            record = parents[record]
        return record

    for place in np.argsort(-links.probability, kind="stable"):
        first, second = root_of(int(links.first[place])), root_of(int(links.second[place]))
        if first != second and not members[first] & members[second] and second not in apart.get(first, ()):
            low, high = min(first, second), max(first, second)
            parents[high] = low
            members[low] |= members[high]
            _keep_apart(apart, low, joined=high)
    return np.array([root_of(record) for record in range(count)], dtype=np.int64)


def _keep_apart(apart: dict[int, set[int]], root: int, *, joined: int) -> None:
    """Whoever is another person than the cluster that was joined is another than the one it joined."""
    others = apart.pop(joined, set())
    for other in others:
        apart[other] = apart[other] - {joined} | {root}
    if others:
        apart[root] = apart.get(root, set()) | others


def count_shared(clusters: NDArray[np.int64], *, lists: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lists of each person: one row per cluster, 0 or 1 for each list.

    In
        clusters   (record,) cluster of each record
        lists      (record,) number of its list
    Out
        (person, list) 0 or 1

    >>> count_shared(np.array([0, 0, 2]), lists=np.array([0, 1, 1]))
    array([[1, 1],
           [0, 1]])
    """
    persons, person = np.unique(clusters, return_inverse=True)
    shared = np.zeros((persons.size, int(lists.max(initial=-1)) + 1), dtype=np.int64)
    shared[person, lists] = 1
    return shared
