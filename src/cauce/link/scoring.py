"""How likely is it that two records that meet are one person, when nobody can say which pairs are?

A Fellegi-Sunter model on the cells of agreement. Chance is known from the lists themselves (`chance`), so only the
matches are estimated: by expectation-maximisation over the cells that a token can show, the rest by extrapolation.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cauce.link import match_counts
from cauce.link.facts import Facts
from cauce.link.levels import LEVELS, MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME, RARE, Cell
from cauce.link.match_counts import Block, Counted
from cauce.link.matched import Matched
from cauce.link.meetings import CellCount
from cauce.link.name_forms import NAME_FORMS, USUAL_SAME, Known, know_otherwise, split_by_known

__all__ = ["TELLING_CELLS", "Fit", "fit_cells", "widen_chance"]

_ROUNDS, _ROUNDS_OF_NAMES = 60, 10
# Of fewer matches that agree in the date nothing is learnt: those without a date tell what a match looks like.
_ENOUGH = 30.0
# A cell may hold matches by its own right as if so many had been expected in it.
_SHAPE = 1.0
# Chance is taken for so much more than expected: of names, and of a cell in which nothing met within the lists.
_CAUTION_OF_NAMES, _CAUTION = 0.12, 0.5
_SHARE_CROSSED = {"crossed": 0.04, "half": 0.02}
_CROSSED = tuple(_SHARE_CROSSED)
_CLASSES = ("both", "both_key", "surname_in_part", "given_in_part", "other")
_PRIOR_CLASSES = dict(zip(_CLASSES, (0.6, 0.15, 0.08, 0.08, 0.09), strict=True))
# How matches show where nothing is known: as in lists with 5 % of words wrong.
_PRIOR_NAMES = {
    "all": 0.65,
    "all_key": 0.02,
    "first": 0.05,
    "key_surname": 0.04,
    "given_keys": 0.05,
    "surname_near": 0.05,
    "given_near": 0.05,
}
_PRIOR_WEIGHT = 5.0
_VISIBLE = {
    "swap": _CLASSES[:2],
    "digit": _CLASSES[:4],
    "y": _CLASSES[:2],
    "ym": _CLASSES[:4],
    "yd": _CLASSES[:4],
    "md": _CLASSES[:4],
}
TELLING_CELLS = (
    *(Cell(0, "full", given + surname) for given in LEVELS for surname in LEVELS if given + surname != "--"),
    *(Cell(0, "full", form) for form in _CROSSED),
    *(Cell(0, part, form + rare) for part, forms in _VISIBLE.items() for form in forms for rare in ("", RARE)),
    *(Cell(MISSING_GIVEN, "full", f"_{level}") for level in LEVELS[:-1]),
    *(Cell(MISSING_SURNAME, "full", f"{level}_") for level in LEVELS[:-1]),
    *(Cell(missing, "name", form) for missing in (0, MISSING_DATE) for form in NAME_FORMS),
)


@dataclass(frozen=True)
class Fit:
    """What is made of the cells.

    matched       what is known of the matches
    counted       matches by kind
    shares        (what is lacking, part of the date) -> form -> share of such matches that shows so
    told_by       matches of which the shares of names alone were learnt
    probability   cell -> that a pair met in it is one person, before rivals are weighed
    """

    matched: Matched
    counted: Counted
    shares: Mapping[Block, Mapping[str, float]]
    told_by: float
    probability: dict[Cell, float]


def widen_chance(cell: Cell, lists: Sequence[Facts]) -> float:
    """How far chance may exceed what is expected: little where many such pairs met within the lists.

    In
        cell    where pairs met
        lists   the aggregates of the lists
    Out
        a factor above 1

    >>> widen_chance(Cell(0, "full", "X-"), [Facts(2, {}, {}, {}, {}, {}, 0.0)])
    1.5
    """
    if cell.part == "name" or cell.form.endswith(RARE):
        return 1 + _CAUTION_OF_NAMES
    met = sum(facts.collisions.get(cell, 0) for facts in lists)
    return 1 + _CAUTION / math.sqrt(met + 1)


def fit_cells(
    counts: Mapping[Cell, CellCount],
    expected: Mapping[Cell, float],
    *,
    lists: Sequence[Facts],
    patterns: Mapping[int, float],
    known: Mapping[int, Known],
    pairs_of: Literal["two lists", "one list"] = "two lists",
) -> Fit:
    """The matches among the pairs that met, and beyond them.

    In
        counts       what met in each cell, of two lists, of several two together, or within one
        expected     cell -> pairs of different persons in it
        lists        the aggregates of these lists
        patterns     as `patterns.share_patterns` gives them
        known        as `patterns.know_patterns` gives it
        pairs_of     within one list equal names with dates that disagree say nothing of repeats
    Out
        matches by kind and the probability of each cell

    >>> nobody = Facts(0, {}, {}, {}, {}, {}, 0.0)
    >>> float(fit_cells({}, {}, lists=[nobody], patterns={0: 1.0}, known={0: Known(), 4: Known()}).matched.count)
    0.0
    """
    widen = widen_chance if pairs_of == "two lists" else _widen_within
    wide = {cell: pairs * widen(cell, lists) for cell, pairs in expected.items()}
    full, probability, marginals = _fit_full(counts, wide)
    classes = _share_classes(counts, probability, lists=lists)
    if full < _ENOUGH:
        learnt = known[MISSING_DATE]
        told_by = sum(max(met.pairs - wide[cell], 0.0) for cell, met in counts.items() if cell.part == "name")
        names = _learn_names(counts, wide, lists=lists, known=learnt)
    else:
        learnt = known[0]
        told_by = full
        names = _share_names(counts, probability, lists=lists, known=learnt)
    dated, undated = (
        know_otherwise(names, learnt=learnt, known=known[missing], matches=told_by) for missing in (0, MISSING_DATE)
    )
    by_part = {part: {f: classes[f] for form in forms for f in (form, form + RARE)} for part, forms in _VISIBLE.items()}
    lacking_given = {f"_{level}": marginals[1][level] for level in LEVELS[:-1]}
    lacking_surname = {f"{level}_": marginals[0][level] for level in LEVELS[:-1]}
    blocks = {(0, part): shares for part, shares in by_part.items()} | {
        **({(0, "name"): dated} if pairs_of == "two lists" else {}),
        (MISSING_GIVEN, "full"): lacking_given,
        (MISSING_SURNAME, "full"): lacking_surname,
        (MISSING_DATE, "name"): undated,
    }
    for block, shares in blocks.items():
        probability |= _fit_block(counts, wide, shares, block=block)
    for cell in counts:
        probability.setdefault(cell, 0.0)
    counted = match_counts.count_matches(counts, expected, blocks, full=full, patterns=patterns, lists=lists)
    if full < _ENOUGH:
        return Fit(Matched(counted.total, names=names), counted, blocks, told_by, probability)
    return Fit(Matched(counted.total, counted.with_full, marginals[1], names), counted, blocks, told_by, probability)


def _widen_within(cell: Cell, _lists: Sequence[Facts]) -> float:
    """Within one list the owner has counted chance herself, twins included."""
    return 1.0 if cell.missing == 0 and cell.part == "full" else 1 + _CAUTION_OF_NAMES


def _fit_full(
    counts: Mapping[Cell, CellCount], expected: Mapping[Cell, float]
) -> tuple[float, dict[Cell, float], tuple[dict[str, float], dict[str, float]]]:
    """Pairs equal in the full date and complete: a grid of given by surname, and names that crossed."""
    forms = [g + s for g in LEVELS for s in LEVELS if g + s != "--"] + list(_CROSSED)
    cells = [Cell(0, "full", form) for form in forms]
    seen = np.array([counts[cell].pairs if cell in counts else 0.0 for cell in cells], dtype=np.float64)
    by_chance = np.array([expected.get(cell, 0.0) for cell in cells])
    matched = np.maximum(seen - by_chance, 0.0)
    product = matched
    for _ in range(_ROUNDS):
        product = _product_of_fields(matched)
        # A cell may differ from the product of its fields, by as much as its own pairs insist.
        smooth = (matched + _SHAPE) / (1 + _SHAPE / np.maximum(product, 1e-9))
        matched = seen * np.divide(smooth, smooth + by_chance, out=np.zeros_like(seen), where=smooth > 0)
    total = float(matched.sum())
    share = np.divide(smooth, smooth + by_chance, out=np.zeros_like(seen), where=smooth > 0)
    probability = {cell: float(p) for cell, p in zip(cells, share, strict=True) if cell in counts}
    grid = _grid(product) / max(_grid(product).sum(), 1e-12)
    unseen = float(grid[-1, -1])
    marginals = (
        dict(zip(LEVELS, grid.sum(1).tolist(), strict=True)),
        dict(zip(LEVELS, grid.sum(0).tolist(), strict=True)),
    )
    return total / max(1 - unseen, 0.5), probability, marginals


def _product_of_fields(matched: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected pairs in each cell were the two names independent, the cell that no token shows included in the grid."""
    size = len(LEVELS)
    grid = np.append(matched[: size * size - 1], 0.0).reshape(size, size)
    for _ in range(20):
        total = max(grid.sum(), 1e-12)
        grid[-1, -1] = grid[-1].sum() * grid[:, -1].sum() / total
        grid[-1, -1] = min(grid[-1, -1], 0.2 * total)
    product = np.outer(grid.sum(1), grid.sum(0)) / max(grid.sum(), 1e-12)
    crossed = grid.sum() * np.array([_SHARE_CROSSED[form] for form in _CROSSED])
    return np.concatenate([product.ravel()[:-1], crossed])


def _grid(product: NDArray[np.float64]) -> NDArray[np.float64]:
    size = len(LEVELS)
    grid = np.append(product[: size * size - 1], 0.0).reshape(size, size)
    if grid[0, 0] > 0:
        grid[-1, -1] = grid[-1, 0] * grid[0, -1] / grid[0, 0]
    return grid


def _fit_block(
    counts: Mapping[Cell, CellCount],
    expected: Mapping[Cell, float],
    shares: Mapping[str, float],
    *,
    block: Block,
) -> dict[Cell, float]:
    """The probability of each cell of one block, given how often a match of the block shows in it."""
    forms = [form for form in shares if Cell(*block, form) in counts]
    cells = [Cell(*block, form) for form in forms]
    share = np.array([shares[form] for form in forms])
    seen = np.array([counts[cell].pairs for cell in cells], dtype=np.float64)
    by_chance = np.array([expected[cell] for cell in cells])
    visible = sum(shares.values())
    if not cells or visible <= 0:
        return {}
    matches = max(float((seen - by_chance).sum()), 0.1) / visible
    matched = matches * share
    for _ in range(_ROUNDS):
        posterior = matched / np.maximum(matched + by_chance, 1e-12)
        matches = float((seen * posterior).sum()) / visible
        matched = matches * share
        if block[1] != "name":
            matched = (seen * posterior + _SHAPE) / (1 + _SHAPE / np.maximum(matched, 1e-9))
    return dict(zip(cells, posterior.tolist(), strict=True))


def _share_classes(
    counts: Mapping[Cell, CellCount], probability: Mapping[Cell, float], *, lists: Sequence[Facts]
) -> dict[str, float]:
    kept = min(_kept(facts) for facts in lists)
    weights = {name: _PRIOR_WEIGHT * share * (1 - kept) for name, share in _PRIOR_CLASSES.items()}
    weights |= {name + RARE: _PRIOR_WEIGHT * share * kept for name, share in _PRIOR_CLASSES.items()}
    for cell, chances in probability.items():
        for name, pairs in counts[cell].classes.items():
            weights[name] += chances * pairs
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _learn_names(
    counts: Mapping[Cell, CellCount], expected: Mapping[Cell, float], *, lists: Sequence[Facts], known: Known
) -> dict[str, float]:
    """The same where no dates tell it: learnt of undated records, as many of them seen as is usual."""
    names = _share_names(counts, {}, lists=lists, known=known)
    visible = sum(names.values())
    for _ in range(_ROUNDS_OF_NAMES):
        probability = _fit_block(counts, expected, names, block=(MISSING_DATE, "name"))
        learnt = _share_names(counts, probability, lists=lists, known=known)
        names = {form: share * visible / max(sum(learnt.values()), 1e-12) for form, share in learnt.items()}
    return names


def _share_names(
    counts: Mapping[Cell, CellCount], probability: Mapping[Cell, float], *, lists: Sequence[Facts], known: Known
) -> dict[str, float]:
    """How often a match shows in each name-only form first, after common names were dropped."""
    weights = dict.fromkeys(NAME_FORMS, 0.0) | _expect_names(lists, known=known)
    total = _PRIOR_WEIGHT
    for cell, chances in probability.items():
        total += chances * counts[cell].pairs
        for name, pairs in counts[cell].names.items():
            weights[name] += chances * pairs
    return {name: weight / total for name, weight in weights.items()}


def _expect_names(lists: Sequence[Facts], *, known: Known) -> dict[str, float]:
    """What weighs as much as `_PRIOR_WEIGHT` matches: names kept, and the same place and sex where both know them."""
    kept = min(_kept(facts) for facts in lists)
    usual = {form: _PRIOR_WEIGHT * share * kept for form, share in _PRIOR_NAMES.items()}
    place = USUAL_SAME.place * known.place
    sex = USUAL_SAME.sex * known.sex * (1 - place)
    by_place, by_sex = (
        _PRIOR_WEIGHT * max(min(_kept(facts, family) for facts in lists) - kept, 0.0)
        for family in ("all_place", "all_sex")
    )
    return {
        **usual,
        **split_by_known(usual["all"], same=USUAL_SAME, known=known),
        "all_key_place": usual["all_key"] * place,
        "all_key": usual["all_key"] * (1 - place),
        "common_place": _PRIOR_NAMES["all"] * by_place * place,
        "common_sex": _PRIOR_NAMES["all"] * by_sex * sex,
        "common_key_place": _PRIOR_NAMES["all_key"] * by_place * place,
    }


def _kept(facts: Facts, family: str = "all") -> float:
    """Share of the persons who alone bear their name: of those whose place, or sex, is known, where it tells apart."""
    if not facts.borne:
        return 0.0
    knows = {"all": 1.0} | {
        f"all_{field}": sum(
            facts.missing.get(lacks, 0.0) * getattr(known, field) for lacks, known in facts.known.items()
        )
        for field in Known._fields
    }
    return min(facts.borne[family][0] / max(float(facts.persons * knows[family]), 1.0), 1.0)
