"""Who of one list is who of another, given the pairs of records that share tokens?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.assignment import Pairs, choose_mutual_best, weigh_rivals
from cauce.link.decisions import Decided, settle_pairs
from cauce.link.encoding import Encoding
from cauce.link.meetings import Meetings, join_persons, tally_cells
from cauce.link.quality import draw_matches
from cauce.link.scoring import fit_model

__all__ = ["ListPair", "pair_lists"]


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


def pair_lists(
    left: Encoding,
    right: Encoding,
    met: Meetings,
    *,
    stretches: NDArray[np.float64],
    rng: np.random.Generator,
    decided: tuple[Decided, Decided] | None = None,
) -> ListPair:
    """The likeliest partner of each person.

    In
        left, right   the encoded lists
        met           the records of both that share a token
        stretches     (draw,) as `quality.draw_stretches` gives them
        rng           redraws the counts
        decided       what persons decided of the persons of each list
    Out
        pairs of persons, their probabilities, and how many persons are in both lists
    """
    persons = join_persons(met, left.persons, right.persons)
    tally = tally_cells(persons, left.missing[persons.left] | right.missing[persons.right])
    model = fit_model(tally.counts, left.facts, right.facts)
    chances = np.array([model.probability[cell] for cell in tally.cells])
    pairs = Pairs(persons.left, persons.right, chances[tally.cell_of_pair] if chances.size else np.zeros(0))
    settled = settle_pairs(pairs, *decided) if decided else pairs
    # A pair that is no longer doubted adds to the matches, or takes from them, what was left of the doubt.
    told = float(settled.probability.sum() - pairs.probability.sum())
    drawn = draw_matches(tally.counts, (left.facts, right.facts), stretches=stretches, rng=rng)
    doubts = weigh_rivals(settled)
    matches, drawn = max(model.matches + told, 0.0), np.maximum(drawn + told, 0.0)
    return ListPair(left.list_code, right.list_code, choose_mutual_best(doubts), doubts, matches, drawn)
