"""How many persons are in both lists, those whom no token shows included?

The matches that agree in the full date are nearly all seen. Of the others, each kind (dates that agree in part, in the
year, in nothing; records that lack a field) is told by what met beyond chance, over the share that would show. Where
few met or chance is high that says little, and the usual share of that kind says the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME, Cell
from cauce.link.meetings import CellCount

__all__ = ["Block", "Counted", "count_matches"]

Block = tuple[int, str]

_ROUNDS, _ROUNDS_NEAR = 10, 40
_PRIOR_NEAR = 20.0
_CHANCE_ERROR = 0.2
_LEAST_NOISE = 0.5
_NEAR = ("swap", "digit", "ym", "yd", "md")
_FAR = ("y", "name")
_LACKING = ((MISSING_GIVEN, "full"), (MISSING_SURNAME, "full"), (MISSING_DATE, "name"))
_USUAL_NEAR = 0.05
_USUAL_FAR = {"y": 0.005, "name": 0.005}
_FAR_UNTOLD = 0.05
_FAR_BELOW_ZERO = -20.0
_SPREAD_OF_NEAR = 4.0
_SPREAD_OF_LACKING = 0.3
_SPREAD_OF_ONE = 0.5


@dataclass(frozen=True)
class Counted:
    """Matches by kind, seen or not.

    full      lack nothing and agree in the full date
    near      lack nothing and agree in a part of the date
    far       part -> lack nothing and agree in the year alone, or in nothing of the date
    lacking   (what is lacking, part of the date) -> lack that
    shown     share of all matches that are of these kinds
    """

    full: float
    near: float
    far: Mapping[str, float]
    lacking: Mapping[Block, float]
    shown: float

    @property
    def total(self) -> float:
        """All matches."""
        return (self.complete + sum(self.lacking.values())) / self.shown if self.shown > 0 else 0.0

    @property
    def with_full(self) -> float:
        """The share that agrees in the full date where nothing is lacking."""
        return self.full / self.complete if self.complete > 0 else 1.0

    @property
    def complete(self) -> float:
        """Those that lack nothing."""
        return self.full + self.near + sum(self.far.values())

    def share_out(self, factors: Mapping[int, float]) -> "Counted":
        """What part of the lists would have of each kind, given its share of the matches that lack the same."""
        complete = factors[0]
        far = {part: complete * matches for part, matches in self.far.items()}
        lacking = {block: factors[block[0]] * matches for block, matches in self.lacking.items()}
        return Counted(complete * self.full, complete * self.near, far, lacking, self.shown)


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
    patterns: Mapping[int, float],
    lists: Sequence[Facts],
    usual: Counted | None = None,
) -> Counted:
    """The matches of each kind.

    In
        counts     what met in each cell
        expected   cell -> pairs of different persons in it
        shares     (what is lacking, part of the date) -> form -> share of such matches that shows so
        full       matches that lack nothing and agree in the full date
        patterns   what is lacking (sum of MISSING_...) -> share of the matches that lack just that
        lists      the aggregates of the lists
        usual      what would be usual of these, where more lists than these tell it
    Out
        matches by kind

    >>> count_matches({}, {}, {}, full=0.0, patterns={0: 1.0}, lists=[]).total
    0.0
    """
    told, as_near = _tell_near(counts, expected, shares)
    near = _weigh(told, *((usual.near, _SPREAD_OF_ONE) if usual else (full * _USUAL_NEAR, _SPREAD_OF_NEAR)))
    far = {}
    for part in _FAR:
        of_form = {form: as_near.get(form, share) for form, share in shares.get((0, part), {}).items()}
        told = _tell(counts, expected, of_form, block=(0, part), lists=lists)
        far[part] = _weigh(told, usual.far[part], _SPREAD_OF_ONE) if usual else _expect_far(told, part, full=full)
    complete = Counted(full, near, far, {}, patterns.get(0, 0.0))
    lacking = {}
    for block in _LACKING:
        seen = complete.with_full if block[1] == "full" else 1.0
        told = _tell(counts, expected, shares.get(block, {}), block=block, lists=lists, seen=seen)
        as_usual = usual.lacking[block] if usual else complete.total * patterns.get(block[0], 0.0)
        lacking[block] = _weigh(told, as_usual, _SPREAD_OF_LACKING)
    shown = sum(patterns.get(missing, 0.0) for missing in (0, *(missing for missing, _ in _LACKING)))
    return Counted(full, near, far, lacking, shown)


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
    lists: Sequence[Facts],
    seen: float = 1.0,
) -> _Told:
    """Matches of one kind: what met in each form beyond chance, each form weighing by how much it can say."""
    share = seen * np.array(list(of_form.values()))
    if share.sum() <= 0:
        return _Told(0.0, float("inf"))
    cells = [Cell(*block, form) for form in of_form]
    pairs, by_chance = _gather_pairs(counts, expected, [[cell] for cell in cells])
    # Chance is known from so many collisions within the lists.
    collided = np.array([sum(facts.collisions.get(cell, 0) for facts in lists) for cell in cells])
    unsure = (_CHANCE_ERROR**2 + 1 / (collided + 1)) * by_chance**2
    matches = float((pairs - by_chance).sum() / share.sum())
    for _ in range(_ROUNDS):
        weight = share / (max(matches, 0.0) * share + by_chance + unsure + _LEAST_NOISE)
        matches = float((weight * (pairs - by_chance)).sum() / (weight * share).sum())
    return _Told(matches, 1 / float((weight * share).sum()))


def _gather_pairs(
    counts: Mapping[Cell, CellCount], expected: Mapping[Cell, float], cells: Sequence[Sequence[Cell]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(row of cells,) pairs that met, and those expected by chance."""
    pairs = np.array([sum(counts[cell].pairs for cell in row if cell in counts) for row in cells], dtype=np.float64)
    return pairs, np.array([sum(expected.get(cell, 0.0) for cell in row) for row in cells], dtype=np.float64)


def _weigh(told: _Told, usual: float, spread: float) -> float:
    """What the pairs tell and what is usual, each by how sure it is; what they tell where nothing is usual."""
    if usual <= 0 and np.isfinite(told.variance):
        return max(told.matches, 0.0)
    variance = max((spread * usual) ** 2, 1e-12)
    told_weight = variance / (variance + told.variance) if np.isfinite(told.variance) else 0.0
    return max(told_weight * told.matches + (1 - told_weight) * usual, 0.0)


def _expect_far(told: _Told, part: str, *, full: float) -> float:
    """The mean of what the pairs tell of dates that disagree, of which most lists have hardly any, and some many.

    The prior is exponential, with the usual as its mean; what the pairs tell is normal.
    """
    if not np.isfinite(told.variance):
        return full * _FAR_UNTOLD
    if full <= 0:
        return max(told.matches, 0.0)
    deviation = told.variance**0.5
    height = (told.matches - told.variance / (full * _USUAL_FAR[part])) / deviation
    if height < _FAR_BELOW_ZERO:
        return float(-deviation / height)
    above_zero = np.exp(-(height**2) / 2 - np.log(2 * np.pi) / 2 - log_ndtr(height))
    return float(deviation * (height + above_zero))
