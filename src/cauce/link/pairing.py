"""Who of one list is who of another, given the pairs of records that share tokens?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.assignment import Pairs, choose_mutual_best, weigh_rivals
from cauce.link.decisions import Decided, settle_pairs
from cauce.link.encoding import Encoding
from cauce.link.joint_fit import Met, Model
from cauce.link.levels import Cell
from cauce.link.meetings import Meetings, Places, join_persons, tally_cells

__all__ = ["ListPair", "Tallied", "pair_lists", "tally_lists"]


@dataclass(frozen=True)
class Tallied:
    """The persons of two lists who met, each two in one of the cells, and what met in each."""

    left: Places
    right: Places
    cell_of_pair: NDArray[np.int16]
    cells: tuple[Cell, ...]
    met: Met


@dataclass(frozen=True)
class ListPair:
    """Two lists linked, by their tokens here or by their names in `clear_text`; persons are numbered as in each list.

    pairs     each person with her likeliest partner, whatever the probability
    doubts    all pairs that met, rivals included
    matches   persons in both lists, seen or not, as expected
    drawn     (draw,) the same, drawn
    """

    left_code: str
    right_code: str
    pairs: Pairs
    doubts: Pairs
    matches: float
    drawn: NDArray[np.float64]


def tally_lists(left: Encoding, right: Encoding, met: Meetings) -> Tallied:
    """The persons who met, by the cell in which they did.

    In
        left, right   the encoded lists
        met           the records of both that share a token
    Out
        pairs of persons and the count of each cell
    """
    persons = join_persons(met, left.persons, right.persons)
    tally = tally_cells(persons, left.missing[persons.left] | right.missing[persons.right])
    cell_of_pair = tally.cell_of_pair.astype(np.int16)
    return Tallied(persons.left, persons.right, cell_of_pair, tally.cells, Met(tally.counts, (left.facts, right.facts)))


def pair_lists(
    codes: tuple[str, str],
    tallied: Tallied,
    model: Model,
    *,
    drawn: NDArray[np.float64],
    decided: tuple[Decided, Decided] | None = None,
) -> ListPair:
    """The likeliest partner of each person.

    In
        codes     what the lists are called
        tallied   the persons who met
        model     how likely those of each cell are one person
        drawn     (draw,) persons in both lists, as `quality.draw_matches` gives them
        decided   what persons decided of the persons of each list
    Out
        pairs of persons, their probabilities, and how many persons are in both lists
    """
    chances = np.array([model.probability[cell] for cell in tallied.cells])
    chance_of_pair = chances[tallied.cell_of_pair] if chances.size else np.zeros(0)
    pairs = Pairs(tallied.left, tallied.right, chance_of_pair)
    settled = settle_pairs(pairs, *decided) if decided else pairs
    # A pair that is no longer doubted adds to the matches, or takes from them, what was left of the doubt.
    told = float(settled.probability.sum() - pairs.probability.sum())
    doubts = weigh_rivals(settled)
    most = min(facts.persons for facts in tallied.met.lists)
    matches, drawn = min(max(model.matches + told, 0.0), most), np.clip(drawn + told, 0.0, most)
    return ListPair(*codes, choose_mutual_best(doubts), doubts, matches, drawn)
