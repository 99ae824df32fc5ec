"""How many persons are in each two of several lists, and how likely is it that those who met are among them?

Chance is told of each two lists by their own aggregates; how matches show is learnt from all of them together, and
each two lists may differ from it as far as their own pairs insist.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cauce.link import chance, match_counts, scoring
from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME, Cell
from cauce.link.match_counts import Block
from cauce.link.matched import Matched
from cauce.link.meetings import CellCount
from cauce.link.name_forms import WHOLE, Known, know_otherwise
from cauce.link.patterns import know_patterns, share_of_pattern, share_patterns
from cauce.link.scoring import Fit

__all__ = ["Met", "Model", "fit_models"]

_ROUNDS = 60
_REFITS = 4
_SHAPE = 4.0
_SEEN_SURELY = 0.9
_PLAIN = (
    Cell(0, "full", "XX"),
    Cell(MISSING_GIVEN, "full", "_X"),
    Cell(MISSING_SURNAME, "full", "X_"),
    *(Cell(MISSING_DATE, "name", form) for form in WHOLE),
)


@dataclass(frozen=True)
class Met:
    """What met in each cell between two lists, and the aggregates of these."""

    counts: Mapping[Cell, CellCount]
    lists: tuple[Facts, Facts]


@dataclass(frozen=True)
class Model:
    """matches: persons in both lists, seen or not; probability: cell -> that a pair met in it is one person, before
    rivals are weighed; matched: what was fitted, `count` not held to what was seen and to the persons there are."""

    matches: float
    probability: Mapping[Cell, float]
    matched: Matched


def fit_models(met: Sequence[Met], *, known: Sequence[Matched] = (), refits: int = _REFITS) -> list[Model]:
    """The model of each two lists of a linkage.

    How the matches of all of them together are spread over the cells is what each two are expected to be like: few
    pairs that met by chance in one cell of two lists must not pass for a habit of theirs.

    In
        met      what met between each two lists
        known    of each, what is known of the matches by now
        refits   how often chance is told anew from the matches found
    Out
        models, in the same order

    >>> fit_models([])
    []
    """
    # That nothing met in a cell tells as much as that something did.
    cells = list(dict.fromkeys((*scoring.TELLING_CELLS, *(cell for one in met for cell in one.counts))))
    matched: Sequence[Matched] = known or [Matched()] * len(met)
    fits: list[Fit] = []
    for turn in range(refits if met else 0):
        expected = [
            chance.count_chance_meetings(cells, one.lists, matched=of_it, counts=one.counts)
            for one, of_it in zip(met, matched, strict=True)
        ]
        fits = _fit_together(met, expected)
        is_first = not known and turn == 0
        matched = [_as_dated(one, fit) if is_first else fit.matched for one, fit in zip(met, fits, strict=True)]
    return [Model(_hold(one, fit), fit.probability, fit.matched) for one, fit in zip(met, fits, strict=True)]


def _as_dated(one: Met, fit: Fit) -> Matched:
    """As many matches without a date as those with one promise.

    Who has no date is told by her name, beyond chance; and chance is less, the more of the namesakes are matches, whose
    records hide one another. Begun from no matches at all, chance would explain all that met by common names.
    """
    dated = share_of_pattern(0, *one.lists)
    if dated <= 0:
        return fit.matched
    most = float(min(facts.persons for facts in one.lists))
    return replace(fit.matched, count=min(max(fit.counted.complete / dated, fit.matched.count), most))


def _hold(one: Met, fit: Fit) -> float:
    """The matches, hardly fewer than were seen and no more than there are persons."""
    seen = sum(fit.probability[cell] * count.pairs for cell, count in one.counts.items())
    return min(max(fit.matched.count, _SEEN_SURELY * seen), *(float(facts.persons) for facts in one.lists))


def _fit_together(met: Sequence[Met], expected: Sequence[Mapping[Cell, float]]) -> list[Fit]:
    """Each two lists in the light of all."""
    lists = tuple({id(facts): facts for one in met for facts in one.lists}.values())
    weights = np.array([_count_plain(one.counts) for one in met])
    patterns = [share_patterns(one.lists) for one in met]
    of_all = {missing: float(weights @ [one[missing] for one in patterns] / weights.sum()) for missing in patterns[0]}
    counts = _add_counts(met)
    known = [know_patterns(one.lists) for one in met]
    known_of_all = _know_together(known, patterns=patterns, weights=weights)
    whole = scoring.fit_cells(counts, _add_expected(expected), lists=lists, patterns=of_all, known=known_of_all)
    if len(met) == 1:
        return [whole]
    matched = {cell: chances * counts[cell].pairs for cell, chances in whole.probability.items()}
    fits = []
    for place, (one, by_chance) in enumerate(zip(met, expected, strict=True)):
        part = float(weights[place] / weights.sum())
        factors = {missing: part * patterns[place][missing] / max(share, 1e-12) for missing, share in of_all.items()}
        shares = _show_otherwise(whole, learnt=known_of_all, known=known[place])
        usual = {
            cell: factors[cell.missing] * _times(cell, shares, whole.shares) * pairs for cell, pairs in matched.items()
        }
        fits.append(_fit_one(one, by_chance, replace(whole, shares=shares), usual=usual, factors=factors))
    return fits


def _know_together(
    known: Sequence[Mapping[int, Known]],
    *,
    patterns: Sequence[Mapping[int, float]],
    weights: NDArray[np.float64],
) -> dict[int, Known]:
    """The share of the pairs of all lists in which both know the place, and the sex, by what is lacking."""
    together = {}
    for missing in known[0]:
        of_each = weights * [one[missing] for one in patterns]
        place, sex = of_each @ np.array([one[missing] for one in known]) / max(of_each.sum(), 1e-12)
        together[missing] = Known(float(place), float(sex))
    return together


def _show_otherwise(
    whole: Fit, *, learnt: Mapping[int, Known], known: Mapping[int, Known]
) -> dict[Block, Mapping[str, float]]:
    """How often matches of two lists show in each form, which know place and sex more often than all lists, or less."""
    return {
        (missing, part): know_otherwise(of_form, learnt=learnt[missing], known=known[missing], matches=whole.told_by)
        if part == "name"
        else of_form
        for (missing, part), of_form in whole.shares.items()
    }


def _times(
    cell: Cell, shares: Mapping[Block, Mapping[str, float]], usual: Mapping[Block, Mapping[str, float]]
) -> float:
    """How much more often than in all lists a match shows in a cell."""
    if cell.part != "name":
        return 1.0
    of_all = usual[cell.missing, cell.part][cell.form]
    return shares[cell.missing, cell.part][cell.form] / of_all if of_all > 0 else 0.0


def _count_plain(counts: Mapping[Cell, CellCount]) -> float:
    """Pairs that agree in all that both have, and one, so that no two lists are without."""
    return 1.0 + sum(counts[cell].pairs for cell in _PLAIN if cell in counts)


def _add_counts(met: Sequence[Met]) -> dict[Cell, CellCount]:
    cells = dict.fromkeys(cell for one in met for cell in one.counts)
    return {cell: _add([one.counts[cell] for one in met if cell in one.counts]) for cell in cells}


def _add(counts: Sequence[CellCount]) -> CellCount:
    classes, names = Counter[str](), Counter[str]()
    for count in counts:
        classes.update(count.classes)
        names.update(count.names)
    return CellCount(sum(count.pairs for count in counts), classes, names)


def _add_expected(expected: Sequence[Mapping[Cell, float]]) -> dict[Cell, float]:
    return {cell: sum(one[cell] for one in expected) for cell in expected[0]}


def _fit_one(
    one: Met,
    expected: Mapping[Cell, float],
    whole: Fit,
    *,
    usual: Mapping[Cell, float],
    factors: Mapping[int, float],
) -> Fit:
    """Two lists among several: a cell may hold more or fewer matches than usual, as its own pairs insist."""
    cells = list(one.counts)
    seen = np.array([one.counts[cell].pairs for cell in cells], dtype=np.float64)
    by_chance = np.array([expected[cell] * scoring.widen_chance(cell, one.lists) for cell in cells])
    matches = np.array([usual[cell] for cell in cells])
    smooth = matches
    for _ in range(_ROUNDS):
        share = np.divide(smooth, smooth + by_chance, out=np.zeros_like(seen), where=smooth > 0)
        smooth = (seen * share + _SHAPE) / (1 + _SHAPE / np.maximum(matches, 1e-12))
    is_full = np.array([cell.missing == 0 and cell.part == "full" for cell in cells], dtype=bool)
    # Of the full dates, some show in no cell.
    shown = sum(pairs for cell, pairs in usual.items() if cell.missing == 0 and cell.part == "full")
    full = float((seen * share)[is_full].sum()) * factors[0] * whole.counted.full / max(shown, 1e-12)
    counted = match_counts.count_matches(
        one.counts,
        expected,
        whole.shares,
        full=full,
        patterns=share_patterns(one.lists),
        lists=one.lists,
        usual=whole.counted.share_out(factors),
    )
    matched = replace(whole.matched, count=counted.total, same_date=counted.with_full)
    return Fit(matched, counted, whole.shares, whole.told_by, dict(zip(cells, share.tolist(), strict=True)))
