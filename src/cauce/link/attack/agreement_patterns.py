"""How many records can be named by how two lists agree, record by record?

Whoever links sees in which families a record of one list equals one of the other, and in how many tokens of each. The
attacker encodes both lists as he knows them with a key of his own, and looks for records that agree as much there.
"""

import numpy as np
from numpy.typing import NDArray

from cauce.link.encoding import Encoding
from cauce.link.lattice import FAMILIES
from cauce.link.tokens import FAMILY_OF_PLACE

__all__ = ["count_agreement", "match_patterns"]

Places = NDArray[np.int64]


def match_patterns(known: tuple[Encoding, Encoding], encoded: tuple[Encoding, Encoding]) -> Places:
    """The record of the first encoded list that the attacker takes each known person of his first list for.

    In
        known     both lists as the attacker knows them, with his key
        encoded   the two lists under attack
    Out
        (known record,) place in the encoded list, -1 where another record of either list agrees as much
    """
    ours, theirs = count_agreement(*known), count_agreement(*encoded)
    guesses = np.full(len(ours), -1, dtype=np.int64)
    _, kind = np.unique(np.concatenate([ours, theirs]), axis=0, return_inverse=True)
    first, second = kind.ravel()[: len(ours)], kind.ravel()[len(ours) :]
    held = [np.unique(kinds, return_index=True, return_counts=True) for kinds in (first, second)]
    lone = [(kinds[counts == 1], place[counts == 1]) for kinds, place, counts in held]
    _, here, there = np.intersect1d(lone[0][0], lone[1][0], assume_unique=True, return_indices=True)
    guesses[lone[0][1][here]] = lone[1][1][there]
    return guesses


def count_agreement(first: Encoding, second: Encoding) -> Places:
    """In how many tokens of each family each record of the first list equals the record that it equals most.

    In
        first, second   two lists
    Out
        (record of the first, family and what both lack) counts; all zero where it meets nobody
    """
    _, left, right = np.intersect1d(first.tokens.ravel(), second.tokens.ravel(), return_indices=True)
    width = FAMILY_OF_PLACE.size
    pair = left // width * len(second.record_ids) + right // width
    pairs, number = np.unique(pair, return_inverse=True)
    counts = np.zeros((pairs.size, len(FAMILIES) + 1), dtype=np.int64)
    np.add.at(counts, (number, FAMILY_OF_PLACE[left % width]), 1)
    row, partner = np.divmod(pairs, len(second.record_ids))
    counts[:, -1] = first.missing[first.persons[row]] * 8 + second.missing[second.persons[partner]]
    order = np.argsort(counts[:, :-1].sum(axis=1), kind="stable")
    agreement = np.zeros((len(first.record_ids), counts.shape[1]), dtype=np.int64)
    agreement[row[order]] = counts[order]
    return agreement
