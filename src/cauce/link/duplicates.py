"""Which records of one list are the same person?

The owner asks this of her own list, before common tokens are dropped, so that the list can count each person once.
Names without a date decide nothing here: the list would know namesakes from repeats no better than we do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cauce.link import quality
from cauce.link.assignment import choose_threshold
from cauce.link.chance import expect_within, guess_relatives
from cauce.link.clusters import Links, join_clusters
from cauce.link.decisions import Decided
from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, Cell
from cauce.link.meetings import CellCount, meet_within, tally_cells
from cauce.link.patterns import know_patterns, share_patterns
from cauce.link.scoring import Fit, fit_cells
from cauce.link.tokens import Tokens

__all__ = [
    "LEAST",
    "Repeats",
    "accept_duplicates",
    "choose_doubtful",
    "find_duplicates",
    "number_persons",
    "pair_together",
]

_MOST = 40
_MOST_ALIKE = 2
_PRECISION, _LEAST_PRECISION = 0.995, 0.98
_UNSEEN_SPREAD = 0.5
LEAST = 0.9


@dataclass(frozen=True)
class Repeats:
    """Pairs of records of one list that may be one person, and how many such pairs are expected in all, drawn too."""

    links: Links
    matches: float
    drawn: NDArray[np.float64]


def find_duplicates(
    tokens: Tokens,
    facts: Facts,
    *,
    missing: NDArray[np.int64],
    records_a_person: float = 1.0,
    draws: int = 0,
    rng: np.random.Generator,
) -> Repeats:
    """Pairs of records that may be one person, and how likely each is.

    In
        tokens             (record, place) the tokens before any is dropped
        facts              aggregates of the list, `collisions` not counted
        missing            (record,) sum of MISSING_... for what each lacks
        records_a_person   records behind each person, as far as known: a name is rare if few persons bear it
        draws              draws of the number of pairs wanted
        rng                redraws the counts
    Out
        pairs of records, and how many the model expects
    """
    met = meet_within(tokens, most=_MOST, most_alike=round(_MOST_ALIKE * records_a_person))
    tally = tally_cells(met, missing[met.left] | missing[met.right])
    model = _fit(tally.counts, facts)
    chances = np.array([model.probability.get(cell, 0.0) for cell in tally.cells])
    probability = chances[tally.cell_of_pair] if chances.size else np.zeros(0)
    drawn = _draw_matches(tally.counts, facts, matches=model.matched.count, draws=draws, rng=rng)
    links = Links(met.left, met.right, probability)
    return Repeats(links.take(probability > 0), model.matched.count, drawn)


def number_persons(
    links: Links, *, records: int, least: float = LEAST, decided: Decided | None = None
) -> NDArray[np.int64]:
    """The person of each record, numbered from 0 in order of first appearance.

    In
        links     as `find_duplicates` gives them
        records   how many records the list has
        least     nothing less likely is accepted, however good the others are
        decided   what persons decided of the records
    Out
        (record,) person

    >>> number_persons(Links(np.array([0]), np.array([2]), np.array([0.999])), records=4)
    array([0, 1, 0, 2])
    """
    first_records = join_clusters(accept_duplicates(links, least=least), records=records, decided=decided)
    return np.unique(first_records, return_inverse=True)[1].astype(np.int64)


def accept_duplicates(links: Links, *, least: float) -> Links:
    """The pairs sure enough to count as one person without asking anybody.

    In
        links   as `find_duplicates` gives them
        least   nothing less likely is accepted
    Out
        those accepted
    """
    threshold = choose_threshold(links.probability, precision=_PRECISION, least_precision=_LEAST_PRECISION)
    return links.take(links.probability >= max(threshold, least))


def pair_together(links: Links, persons: NDArray[np.int64], *, least: float) -> Links:
    """All pairs of records put together, each as likely as the pair itself or as the weakest link between the two.

    In
        links     as `find_duplicates` gives them
        persons   (record,) the person of each, as `number_persons` gives them from these links
        least     as given to `number_persons`
    Out
        pairs of records, the earlier first

    >>> links = Links(np.array([0, 1]), np.array([1, 2]), np.array([0.999, 0.998]))
    >>> pair_together(links, np.array([0, 0, 0]), least=0.9).probability
    array([0.999, 0.998, 0.998])
    """
    accepted = accept_duplicates(links, least=least)
    members = {int(record): {int(record)} for record in (*accepted.first, *accepted.second)}
    sureness: dict[tuple[int, int], float] = {}
    for place in np.argsort(-accepted.probability, kind="stable"):
        ones, others = members[int(accepted.first[place])], members[int(accepted.second[place])]
        if ones is others:
            continue
        for one, other in product(ones, others):
            sureness[min(one, other), max(one, other)] = float(accepted.probability[place])
        ones |= others
        members |= dict.fromkeys(others, ones)
    same = persons[links.first] == persons[links.second]
    for first, second, chance in zip(
        links.first[same].tolist(), links.second[same].tolist(), links.probability[same].tolist(), strict=True
    ):
        sureness[first, second] = max(sureness[first, second], chance)
    pairs = np.array(sorted(sureness), dtype=np.int64).reshape(-1, 2)
    return Links(pairs[:, 0], pairs[:, 1], np.array([sureness[first, second] for first, second in pairs.tolist()]))


def choose_doubtful(links: Links, persons: NDArray[np.int64], *, band: tuple[float, float]) -> Links:
    """The pairs that are neither clearly one person nor clearly two; of each two persons only their likeliest pair.

    In
        links     as `find_duplicates` gives them
        persons   (record,) the person of each, decisions heeded
        band      probabilities from which, and below which, a pair is doubtful
    Out
        pairs of records, the likeliest first

    >>> links = Links(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.999, 0.6, 0.7]))
    >>> choose_doubtful(links, np.array([0, 0, 1]), band=(0.05, 0.95))
    Links(first=array([1]), second=array([2]), probability=array([0.7]))
    """
    weighed = _weigh_together(links, records=persons.size)
    ranked = weighed.take(np.argsort(-weighed.probability, kind="stable"))
    ends = np.sort(np.stack([persons[ranked.first], persons[ranked.second]]), axis=0)
    is_likeliest = np.zeros(ranked.first.size, dtype=bool)
    is_likeliest[np.unique(ends, axis=1, return_index=True)[1]] = True
    least, most = band
    is_doubtful = (ranked.probability >= least) & (ranked.probability < most)
    return ranked.take(is_doubtful & (is_likeliest | (ends[0] == ends[1])))


def _weigh_together(links: Links, *, records: int) -> Links:
    """The same pairs; those that sure links put together are as likely as these."""
    persons = number_persons(links, records=records)
    together = pair_together(links, persons, least=LEAST)
    same = persons[links.first] == persons[links.second]
    known, wanted = (ends.first * records + ends.second for ends in (together, links.take(same)))
    probability = links.probability.copy()
    probability[same] = together.probability[np.searchsorted(known, wanted)]
    return Links(links.first, links.second, probability)


def _fit(counts: Mapping[Cell, CellCount], facts: Facts, *, related: float | None = None) -> Fit:
    pairs = {cell: count.pairs for cell, count in counts.items()}
    guessed = guess_relatives(pairs, facts)[0] if related is None else related
    # Two records of one name and two dates: who knows whether they are one person? They only tell how common names are.
    told = {cell: count for cell, count in counts.items() if cell.part != "name" or cell.missing == MISSING_DATE}
    expected = expect_within(pairs, facts, related=guessed)
    lists = (facts, facts)
    patterns, known = share_patterns(lists), know_patterns(lists)
    return fit_cells(told, expected, lists=lists, patterns=patterns, known=known, pairs_of="one list")


def _draw_matches(
    counts: Mapping[Cell, CellCount], facts: Facts, *, matches: float, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The counts redrawn, twins taken for repeats or the reverse, the unseen more or fewer."""
    drawn = np.empty(draws)
    for place in range(draws):
        redrawn = quality.redraw_counts(counts, rng)
        related, unsure = guess_relatives({cell: count.pairs for cell, count in redrawn.items()}, facts)
        model = _fit(redrawn, facts, related=max(related + unsure * rng.standard_normal(), 0.0))
        seen = sum(model.probability.get(cell, 0.0) * count.pairs for cell, count in redrawn.items())
        drawn[place] = seen + max(model.matched.count - seen, 0.0) * rng.lognormal(0, _UNSEEN_SPREAD)
    return drawn + matches - np.median(drawn) if draws else drawn
