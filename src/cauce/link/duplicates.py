"""Which records of one list are the same person?

The owner asks this of her own list, before common tokens are dropped, so that the list can count each person once.
Names without a date decide nothing here: the list would know namesakes from repeats no better than we do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.assignment import choose_threshold
from cauce.link.chance import expect_within
from cauce.link.clusters import Links, join_clusters
from cauce.link.facts import Facts
from cauce.link.lattice import FAMILIES
from cauce.link.levels import Cell
from cauce.link.meetings import CellCount, Meetings, meet_within, tally_cells
from cauce.link.scoring import fit_model
from cauce.link.tokens import Tokens

__all__ = ["LEAST", "Repeats", "accept_duplicates", "find_duplicates", "number_persons"]

_MOST = 40
_PRECISION = 0.995
LEAST = 0.9
_NAME_ONLY = sum(1 << index for index, family in enumerate(FAMILIES) if family.name.startswith("name."))


@dataclass(frozen=True)
class Repeats:
    """Pairs of records of one list that may be one person, and how many such pairs the model expects in all."""

    links: Links
    matches: float


def find_duplicates(tokens: Tokens, facts: Facts, *, missing: NDArray[np.int64]) -> Repeats:
    """Pairs of records that may be one person, and how likely each is.

    In
        tokens    (record, place) the tokens before any is dropped
        facts     aggregates of the list, `collisions` not counted
        missing   (record,) sum of MISSING_... for what each lacks
    Out
        pairs of records, and how many the model expects
    """
    met = meet_within(tokens, most=_MOST)
    dated = Meetings(met.left, met.right, met.mask & ~np.int64(_NAME_ONLY), met.crossings)
    dated = dated.take(dated.mask != 0)
    tally = tally_cells(dated, missing[dated.left] | missing[dated.right])
    model = fit_model(tally.counts, facts, facts, expected=_expect(tally.counts, facts))
    chances = np.array([model.probability[cell] for cell in tally.cells])
    probability = chances[tally.cell_of_pair] if chances.size else np.zeros(0)
    return Repeats(Links(dated.left, dated.right, probability), model.matches)


def number_persons(links: Links, *, records: int, least: float = LEAST) -> NDArray[np.int64]:
    """The person of each record, numbered from 0 in order of first appearance.

    In
        links     as `find_duplicates` gives them
        records   how many records the list has
        least     nothing less likely is accepted, however good the others are
    Out
        (record,) person

    >>> number_persons(Links(np.array([0]), np.array([2]), np.array([0.999])), records=4)
    array([0, 1, 0, 2])
    """
    first_records = join_clusters(accept_duplicates(links, least=least), lists=None, records=records)
    return np.unique(first_records, return_inverse=True)[1].astype(np.int64)


def accept_duplicates(links: Links, *, least: float) -> Links:
    """The pairs sure enough to count as one person without asking anybody.

    In
        links   as `find_duplicates` gives them
        least   nothing less likely is accepted
    Out
        those accepted
    """
    threshold = choose_threshold(links.probability, precision=_PRECISION, least=least)
    return links.take(links.probability >= threshold)


def _expect(counts: Mapping[Cell, CellCount], facts: Facts) -> dict[Cell, float]:
    return expect_within({cell: count.pairs for cell, count in counts.items()}, facts)
