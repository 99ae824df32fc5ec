"""How do decisions of persons about pairs of records bind the links between them?

A decision says of two records that they are one person, or two. Those of one person are in one group; what is true of
a record is true of its whole group. Who decided, and when, is kept by `store.decisions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cauce.link.assignment import Pairs

__all__ = [
    "Decided",
    "find_open",
    "first_of_groups",
    "groups_apart",
    "join_lists_decided",
    "settle_decisions",
    "settle_pairs",
]

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Decided:
    """What is decided of some records.

    group   (record,) records of one number are one person
    apart   (pair, 2) groups that are two persons, the lower number first
    """

    group: Places
    apart: Places

    def at(self, places: Places) -> "Decided":
        """The same of the records at these places."""
        return Decided(self.group[places], self.apart)

    def unite(self, places: Places, persons: Places) -> "Decided":
        """The same once these records are known to be these persons: groups that share a person are one.

        In
            places    (record,) places of records
            persons   (record,) the person of each, numbered from 0
        """
        first = np.unique(persons, return_index=True)[1]
        groups = self.group[places]
        return _merge(self, np.stack([groups, groups[first][persons]], axis=1))


def settle_decisions(same: Places, different: Places, *, records: int) -> Decided:
    """What decisions say of all records.

    In
        same        (decision, 2) places of records that are one person
        different   (decision, 2) places of records that are two
        records     how many records there are
    Out
        groups; a pair of `different` whose ends are in one group contradicts the others, and says nothing

    >>> settled = settle_decisions(np.array([[0, 2]]), np.array([[2, 3]]), records=4)
    >>> settled.group.tolist(), settled.apart.tolist()
    ([0, 1, 0, 2], [[0, 2]])
    """
    alone = Decided(np.arange(records), different.reshape(-1, 2))
    return _merge(alone, same.reshape(-1, 2))


def join_lists_decided(lists: Sequence[Decided]) -> Decided:
    """What is decided of the persons of several lists, numbered through all of them.

    In
        lists   the same decisions at the persons of each list
    Out
        at all of them
    """
    return Decided(np.concatenate([one.group for one in lists]), lists[0].apart)


def settle_pairs(pairs: Pairs, left: Decided, right: Decided) -> Pairs:
    """Pairs of persons of two lists as decided: those of one person are sure, those of two are gone.

    In
        pairs         all that met, each with its probability before rivals are weighed
        left, right   what is decided of the persons of each list
    Out
        the pairs in another order

    >>> met = Pairs(np.array([0, 1]), np.array([0, 1]), np.array([0.9, 0.8]))
    >>> settled = settle_decisions(np.array([[0, 3]]), np.array([[1, 3]]), records=4)
    >>> settle_pairs(met, settled.at(np.array([0, 1])), settled.at(np.array([2, 3])))
    Pairs(left=array([0, 0]), right=array([0, 1]), probability=array([0.9, 1. ]))
    """
    ends = np.stack([left.group[pairs.left], right.group[pairs.right]], axis=1)
    is_open = _are_open(ends, apart=left.apart)
    _, ones, others = np.intersect1d(left.group, right.group, return_indices=True)
    kept = pairs.take(is_open)
    return Pairs(
        np.concatenate([kept.left, ones]),
        np.concatenate([kept.right, others]),
        np.concatenate([kept.probability, np.ones(ones.size)]),
    )


def find_open(decided: Decided, first: Places, second: Places) -> NDArray[np.bool_]:
    """Of which pairs of records nobody decided anything.

    In
        decided         what is decided of the records
        first, second   (pair,) places of both records
    Out
        (pair,) True where neither one person nor two

    >>> settled = settle_decisions(np.array([[0, 1]]), np.array([[1, 2]]), records=4)
    >>> find_open(settled, np.array([0, 0, 0]), np.array([1, 2, 3])).tolist()
    [False, False, True]
    """
    return _are_open(np.stack([decided.group[first], decided.group[second]], axis=1), apart=decided.apart)


def first_of_groups(decided: Decided) -> list[int]:
    """(record,) place of the first record of its group.

    In
        decided   what is decided of the records
    Out
        places

    >>> first_of_groups(settle_decisions(np.array([[1, 2]]), np.zeros((0, 2), dtype=int), records=3))
    [0, 1, 1]
    """
    _, first, group = np.unique(decided.group, return_index=True, return_inverse=True)
    firsts: list[int] = first[group].tolist()
    return firsts


def groups_apart(decided: Decided) -> dict[int, set[int]]:
    """First record of a group -> the first records of those that are other persons.

    In
        decided   what is decided of the records
    Out
        both directions of each pair; groups with no record here are left out

    >>> groups_apart(settle_decisions(np.zeros((0, 2), dtype=int), np.array([[0, 2]]), records=3))
    {0: {2}, 2: {0}}
    """
    groups, first = np.unique(decided.group, return_index=True)
    place = dict(zip(groups.tolist(), first.tolist(), strict=True))
    apart: dict[int, set[int]] = {}
    for one, other in decided.apart.tolist():
        if one in place and other in place:
            apart.setdefault(place[one], set()).add(place[other])
            apart.setdefault(place[other], set()).add(place[one])
    return apart


def _merge(decided: Decided, alike: Places) -> Decided:
    """Groups that are one, as these pairs of groups say."""
    count = int(max(decided.group.max(initial=-1), alike.max(initial=-1), decided.apart.max(initial=-1))) + 1
    edges = coo_array((np.ones(len(alike)), (alike[:, 0], alike[:, 1])), shape=(count, count))
    number = connected_components(edges, directed=False)[1].astype(np.int64) if count else decided.group
    apart = np.sort(number[decided.apart], axis=1)
    return Decided(number[decided.group], np.unique(apart[apart[:, 0] != apart[:, 1]], axis=0))


def _are_open(ends: Places, *, apart: Places) -> NDArray[np.bool_]:
    """Whether two groups are neither one nor apart."""
    return np.asarray((ends[:, 0] != ends[:, 1]) & ~np.isin(_number_pairs(ends), _number_pairs(apart)))


def _number_pairs(groups: Places) -> Places:
    """One number for each pair of groups, whichever comes first."""
    low, high = groups.min(axis=1, initial=2**31), groups.max(axis=1, initial=-1)
    return np.asarray(low << 32 | high)
