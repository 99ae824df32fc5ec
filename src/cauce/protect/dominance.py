"""Which figures come nearly all from one partner's list, so that whoever has that list learns of the few others?

A partner subtracts the people of its own list from a figure; what is left are people whom it does not know. A figure
of its people alone tells it of nobody. What a list holds is at most what its partner knows: a value that another
partner recorded counts as known too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.protect import linked_cells
from cauce.protect.linked_cells import LinkedCells

__all__ = ["Dominance", "Dominated", "find_dominated"]

By = tuple[str, ...]


@dataclass(frozen=True)
class Dominance:
    """The rule of dominance and what it is judged by.

    share   the most of a figure's people that one list may hold while others are in it too; 1.0 for no such rule
    lists   for each partner, table -> (k, ...) int: how many of the people counted are on its list
    """

    share: float
    lists: Sequence[Mapping[By, NDArray[np.int64]]]


@dataclass(frozen=True)
class Dominated:
    """The figures that one partner dominates.

    known         (cell,) float   how many people of each cell are on its list
    least, most   (cell,) float   it must find possible every count between these two; not a number where it need not
    """

    known: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


def find_dominated(
    linked: LinkedCells, rule: Dominance, *, counts: Mapping[By, NDArray[np.int64]], several: frozenset[str]
) -> list[Dominated]:
    """The figures dominated by each list, and between which counts its partner must be kept.

    From nobody else to as many others as would end the dominance: n people of a list are `share` of n / share.

    In
        linked    LinkedCells of the counts
        rule      Dominance
        counts    table -> (k, ...) int   exact counts
        several   columns where a person may have several values
    Out
        one Dominated for each list
    Source
        Hundepool et al. 2012, Statistical Disclosure Control, 4.2.2 and 4.2.4 (the (1, k) rule and its upper protection
        level, 100/k x1 - X)

    >>> counts = {("a",): np.array([100, 30])}
    >>> linked = linked_cells.link_cells(counts, several=frozenset({"a"}))
    >>> rule = Dominance(0.8, [{("a",): np.array([96, 30])}])
    >>> found = find_dominated(linked, rule, counts=counts, several=frozenset({"a"}))[0]
    >>> found.least.tolist(), found.most.tolist()
    ([96.0, nan], [120.0, nan])
    """
    return [
        _of_list(linked, linked_cells.place_counts(linked, {by: own[by] for by in counts}, several=several), rule.share)
        for own in rule.lists
    ]


def _of_list(linked: LinkedCells, known: NDArray[np.float64], share: float) -> Dominated:
    is_released = np.arange(known.size) < linked.released
    has_others = known < linked.values
    is_dominated = is_released & has_others & (known > share * linked.values)
    most = np.maximum(known / share, linked.values + 1.0)
    return Dominated(
        known=known, least=np.where(is_dominated, known, np.nan), most=np.where(is_dominated, most, np.nan)
    )
