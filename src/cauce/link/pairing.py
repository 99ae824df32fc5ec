"""Who of one list is who of another, given the pairs of records that share tokens?"""

from dataclasses import dataclass

import numpy as np

from cauce.link.assignment import Pairs, choose_mutual_best, weigh_rivals
from cauce.link.encoding import Encoding
from cauce.link.levels import Cell
from cauce.link.meetings import CellCount, Meetings, join_persons, tally_cells
from cauce.link.scoring import Model, fit_model

__all__ = ["ListPair", "pair_lists"]


@dataclass(frozen=True)
class ListPair:
    """Two lists linked; persons are numbered as each encoding numbers them.

    pairs     each person with her likeliest partner, whatever the probability
    doubts    all pairs that share a token, rivals included
    model     the matches expected, seen or not, and the chances of each cell
    counts    what met in each cell
    """

    left_code: str
    right_code: str
    pairs: Pairs
    doubts: Pairs
    model: Model
    counts: dict[Cell, CellCount]


def pair_lists(left: Encoding, right: Encoding, met: Meetings) -> ListPair:
    """The likeliest partner of each person.

    In
        left, right   the encoded lists
        met           the records of both that share a token
    Out
        pairs of persons, their probabilities, and the model behind these
    """
    persons = join_persons(met, left.persons, right.persons)
    tally = tally_cells(persons, left.missing[persons.left] | right.missing[persons.right])
    model = fit_model(tally.counts, left.facts, right.facts)
    chances = np.array([model.probability[cell] for cell in tally.cells])
    pairs = Pairs(persons.left, persons.right, chances[tally.cell_of_pair] if chances.size else np.zeros(0))
    doubts = weigh_rivals(pairs)
    return ListPair(left.list_code, right.list_code, choose_mutual_best(doubts), doubts, model, tally.counts)
