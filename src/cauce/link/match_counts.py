"""How many persons are in both lists, those whom no token shows included?

The matches that agree in the full date are nearly all seen. Of the others, each kind (dates that agree in part, in the
year, in nothing; records that lack a field) is told by what met beyond chance, over the share that would show. Where
few met or chance is high that says little, and the usual share of that kind says the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link import chance
from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME, Cell
from cauce.link.meetings import CellCount

__all__ = ["Block", "count_matches"]

Block = tuple[int, str]

_ROUNDS, _ROUNDS_NEAR = 10, 40
_PRIOR_NEAR = 20.0
_CHANCE_ERROR = 0.12
_LEAST_NOISE = 0.5
_NEAR = ("swap", "digit", "ym", "yd", "md")
_USUAL_NEAR = 0.05
_FAR_FOR_EACH_NEAR = {"y": 0.3, "name": 0.4}
_FAR_UNTOLD = 0.05
_SPREAD_OF_NEAR, _SPREAD_OF_FAR = 4.0, 3.0
_SPREAD_OF_LACKING = 0.3


@dataclass(frozen=True)
class _Told:
    """What the pairs that met tell of a number of matches."""

    matches: float
    variance: float


def count_matches(
    counts: Mapping[Cell, CellCount],
    expected: Mapping[Cell, float],
    shares: Mapping[Block, Mapping[str, float]],
    *,
    full: float,
    lists: tuple[Facts, Facts],
) -> tuple[float, float]:
    """All matches, and the share of them that agrees in the full date where no field is lacking.

    In
        counts     what met in each cell
        expected   cell -> pairs of different persons in it
        shares     (what is lacking, part of the date) -> form -> share of such matches that shows so
        full       matches that lack nothing and agree in the full date
        lists      the aggregates of the two lists
    Out
        matches, share

    >>> plain = Facts(100, {0: 1.0}, {}, {}, {}, {}, 0.0)
    >>> count_matches({}, {}, {}, full=0.0, lists=(plain, plain))
    (0.0, 1.0)
    """
    near, as_near = _tell_near(counts, expected, shares)
    near_count = _weigh(near, full * _USUAL_NEAR, spread=_SPREAD_OF_NEAR)
    complete = full + near_count
    for part, ratio in _FAR_FOR_EACH_NEAR.items():
        of_form = {form: as_near.get(form, share) for form, share in shares.get((0, part), {}).items()}
        far = _tell(counts, expected, of_form, block=(0, part))
        usual = near_count * ratio if (0, part) in shares else full * _FAR_UNTOLD
        complete += _weigh(far, usual, spread=_SPREAD_OF_FAR)
    with_full = full / complete if complete > 0 else 1.0
    shown = chance.share_of_pattern(0, *lists)
    found = complete
    for lacking, part, seen in (
        (MISSING_GIVEN, "full", with_full),
        (MISSING_SURNAME, "full", with_full),
        (MISSING_DATE, "name", 1.0),
    ):
        share = chance.share_of_pattern(lacking, *lists)
        usual_count = complete * share / shown if shown > 0 else 0.0
        one = _tell(counts, expected, shares.get((lacking, part), {}), block=(lacking, part), seen=seen)
        found += _weigh(one, usual_count, spread=_SPREAD_OF_LACKING)
        shown += share
    return (found / shown if shown > 0 else 0.0), with_full


def _tell_near(
    counts: Mapping[Cell, CellCount], expected: Mapping[Cell, float], shares: Mapping[Block, Mapping[str, float]]
) -> tuple[_Told, dict[str, float]]:
    """Matches that agree in a part of the date, and how often these show in each form: nearly all of them show."""
    of_form = {form: share for part in _NEAR for form, share in shares.get((0, part), {}).items()}
    pairs, by_chance = _gather_pairs(counts, expected, [[Cell(0, part, form) for part in _NEAR] for form in of_form])
    usual = np.array(list(of_form.values()))
    shown = usual.sum()
    if shown <= 0:
        return _Told(0.0, float("inf")), {}
    share, matches = usual, max(float((pairs - by_chance).sum()), 0.0) / shown
    for _ in range(_ROUNDS_NEAR):
        matched = matches * share
        matched = pairs * matched / np.maximum(matched + by_chance, 1e-12)
        matches = float(matched.sum() / shown)
        share = shown * (matched + _PRIOR_NEAR * usual / shown) / (matched.sum() + _PRIOR_NEAR)
    variance = float(pairs.sum() + ((_CHANCE_ERROR * by_chance) ** 2).sum()) / shown**2
    return _Told(matches, variance), dict(zip(of_form, share.tolist(), strict=True))


def _tell(
    counts: Mapping[Cell, CellCount],
    expected: Mapping[Cell, float],
    of_form: Mapping[str, float],
    *,
    block: Block,
    seen: float = 1.0,
) -> _Told:
    """Matches of one kind: what met in each form beyond chance, each form weighing by how much it can say."""
    share = seen * np.array(list(of_form.values()))
    if share.sum() <= 0:
        return _Told(0.0, float("inf"))
    pairs, by_chance = _gather_pairs(counts, expected, [[Cell(*block, form)] for form in of_form])
    matches = max(float((pairs - by_chance).sum() / share.sum()), 0.0)
    for _ in range(_ROUNDS):
        noise = matches * share + by_chance + (_CHANCE_ERROR * by_chance) ** 2 + _LEAST_NOISE
        weight = share / noise
        matches = max(float((weight * (pairs - by_chance)).sum() / (weight * share).sum()), 0.0)
    return _Told(matches, 1 / float((weight * share).sum()))


def _gather_pairs(
    counts: Mapping[Cell, CellCount], expected: Mapping[Cell, float], cells: Sequence[Sequence[Cell]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(row of cells,) pairs that met, and those expected by chance."""
    pairs = np.array([sum(counts[cell].pairs for cell in row if cell in counts) for row in cells], dtype=np.float64)
    return pairs, np.array([sum(expected.get(cell, 0.0) for cell in row) for row in cells], dtype=np.float64)


def _weigh(told: _Told, usual: float, *, spread: float) -> float:
    """What the pairs tell and what is usual, each by how sure it is."""
    variance = max((spread * usual) ** 2, 1e-12)
    told_weight = variance / (variance + told.variance) if np.isfinite(told.variance) else 0.0
    return told_weight * told.matches + (1 - told_weight) * usual
