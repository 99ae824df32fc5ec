"""What do all hierarchical models say together, each weighted by its Bayesian information criterion?

Up to a few thousand models all are fitted; beyond, a search keeps every model it finds near the best one (Occam's
window) and says so in `is_exhaustive`. One model chosen by p-values: `stepwise`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from cauce.estimate import existence, loglinear

__all__ = ["ModelSet", "fit_all", "hierarchical_models"]

_MOST_EXHAUSTIVE = 4096
_MOST_SEARCHED = 6000
_FEWEST_SEARCHED = 150
_WINDOW = 10.0
_BATCH_CELLS = 40_000_000


@dataclass(frozen=True, eq=False)
class ModelSet:
    """Models fitted to one table, best first; those that cannot be estimated are left out.

    included        (model, term) bool
    intercept       (model,)   logarithm of the people unseen
    intercept_sd    (model,)
    bic, deviance   (model,)
    weights         (model,)   exp(-bic / 2), adding up to one
    refused         int        models left out because they cannot be estimated
    is_exhaustive   bool       whether every hierarchical model was tried
    """

    included: NDArray[np.bool_]
    intercept: NDArray[np.float64]
    intercept_sd: NDArray[np.float64]
    bic: NDArray[np.float64]
    deviance: NDArray[np.float64]
    weights: NDArray[np.float64]
    refused: int
    is_exhaustive: bool


def fit_all(design: loglinear.Design, counts: NDArray[np.float64], *, memo: existence.Memo, order: int = 2) -> ModelSet:
    """Fits every hierarchical model up to an order, or searches where there are too many.

    In
        design   Design of at least this order
        counts   (history,) float   history 0 left out
        memo     verdicts on existence
        order    int   largest number of lists in one term
    Out
        ModelSet; empty when no model can be estimated
    Source
        Silverman, Chan & Vincent 2024; Rcapture's closedpMS.t, in tests/golden/test_mse.py

    >>> design = loglinear.design_of(3, 2)
    >>> found = fit_all(design, np.array([40., 30., 6., 20., 4., 5., 1.]), memo=existence.Memo())
    >>> len(found.bic), found.refused, np.round(found.weights.sum(), 6)
    (8, 0, np.float64(1.0))
    """
    models = hierarchical_models(design, order=order)
    if models is not None:
        return _gather(design, counts, _assess(design, counts, models, memo=memo), is_exhaustive=True)
    found = _search(design, counts, memo=memo, order=order)
    return _gather(design, counts, found, is_exhaustive=False)


def hierarchical_models(design: loglinear.Design, *, order: int) -> NDArray[np.bool_] | None:
    """All hierarchical models up to an order, main effects always in; None where they are too many to list.

    In
        design   Design
        order    int
    Out
        (model, term) bool, or None

    >>> hierarchical_models(loglinear.design_of(4, 2), order=2).shape
    (64, 11)
    """
    sizes = _sizes(design)
    models = [sizes < 2]
    for size in range(2, order + 1):
        enlarged: list[NDArray[np.bool_]] = []
        for model in models:
            allowed = [int(term) for term in np.flatnonzero(sizes == size) if _is_allowed(design, model, int(term))]
            if len(enlarged) + 2 ** len(allowed) > _MOST_EXHAUSTIVE:
                return None
            enlarged += list(_with_subsets(model, allowed))
        models = enlarged
    return np.array(models)


def _sizes(design: loglinear.Design) -> NDArray[np.int64]:
    return np.array([int(term).bit_count() for term in design.terms])


def _is_allowed(design: loglinear.Design, model: NDArray[np.bool_], term: int) -> bool:
    """Whether the model holds all terms one list shorter."""
    pattern = int(design.terms[term])
    parts = {pattern & ~(1 << place) for place in range(pattern.bit_length()) if pattern >> place & 1}
    return parts <= set(design.terms[model].tolist())


def _with_subsets(model: NDArray[np.bool_], allowed: list[int]) -> Iterator[NDArray[np.bool_]]:
    for count in range(len(allowed) + 1):
        for chosen in combinations(allowed, count):
            enlarged = model.copy()
            enlarged[list(chosen)] = True
            yield enlarged


@dataclass(frozen=True, eq=False)
class _Assessed:
    included: NDArray[np.bool_]
    codes: NDArray[np.int64]
    fits: loglinear.Fits
    bic: NDArray[np.float64]


def _assess(
    design: loglinear.Design, counts: NDArray[np.float64], models: NDArray[np.bool_], *, memo: existence.Memo
) -> _Assessed:
    size = max(1, _BATCH_CELLS // max(design.products.shape[1] * 8, design.matrix.shape[0] * 8))
    parts = [
        _assess_batch(design, counts, models[start : start + size], memo=memo) for start in range(0, len(models), size)
    ]
    return _join(parts)


def _assess_batch(
    design: loglinear.Design, counts: NDArray[np.float64], models: NDArray[np.bool_], *, memo: existence.Memo
) -> _Assessed:
    repeated = np.tile(counts, (len(models), 1))
    finite, kept = loglinear.mask_model(design, models, repeated @ design.matrix)
    codes, fits = existence.check_fits(design, repeated, finite=finite, kept=kept, memo=memo)
    saturated = counts * np.log(np.maximum(counts, 1e-300)) - counts - gammaln(counts + 1)
    likelihood = np.where(counts > 0, saturated, 0.0).sum() - fits.deviance / 2
    return _Assessed(models, codes, fits, models.sum(axis=1) * np.log(counts.sum()) - 2 * likelihood)


def _gather(
    design: loglinear.Design, counts: NDArray[np.float64], found: _Assessed, *, is_exhaustive: bool
) -> ModelSet:
    sound = np.flatnonzero(found.codes == existence.SOUND)
    best = sound[np.argsort(found.bic[sound], kind="stable")]
    bic = found.bic[best]
    weights = np.exp(-(bic - bic[:1]) / 2)
    return ModelSet(
        included=found.included[best],
        intercept=found.fits.coefficients[best, 0],
        intercept_sd=found.fits.intercept_sd[best],
        bic=bic,
        deviance=found.fits.deviance[best],
        weights=weights / max(weights.sum(), 1e-300),
        refused=len(found.codes) - len(best),
        is_exhaustive=is_exhaustive,
    )


def _search(design: loglinear.Design, counts: NDArray[np.float64], *, memo: existence.Memo, order: int) -> _Assessed:
    """Neighbours of every model in the window, from main effects and from all pairs, until nothing near is new."""
    sizes = _sizes(design)
    most = min(_MOST_SEARCHED, max(_FEWEST_SEARCHED, _BATCH_CELLS * 50 // design.products.size))
    frontier = np.array([sizes < 2, sizes <= 2])
    seen = {model.tobytes() for model in frontier}
    parts: list[_Assessed] = []
    while len(frontier) and len(seen) <= most:
        parts.append(_assess(design, counts, frontier, memo=memo))
        frontier = _next_frontier(design, parts, seen, order=order, most=most)
    return _join(parts)


def _next_frontier(
    design: loglinear.Design, parts: list[_Assessed], seen: set[bytes], *, order: int, most: int
) -> NDArray[np.bool_]:
    everything = [part.bic[part.codes == existence.SOUND] for part in parts]
    best = min((float(bic.min()) for bic in everything if bic.size), default=np.inf)
    last = parts[-1]
    score = np.where(last.codes == existence.SOUND, last.bic, np.inf)
    ranked = [row for row in np.argsort(score) if score[row] <= best + _WINDOW or len(parts) < 3]
    fresh: list[NDArray[np.bool_]] = []
    for row in ranked or [int(np.argmin(score))] * (len(parts) < 2 * len(design.terms)):
        for model in _neighbours(design, last.included[row], order=order):
            if model.tobytes() not in seen and len(seen) <= most:
                seen.add(model.tobytes())
                fresh.append(model)
    return np.array(fresh)


def _neighbours(design: loglinear.Design, model: NDArray[np.bool_], *, order: int) -> Iterator[NDArray[np.bool_]]:
    sizes = _sizes(design)
    held = design.terms[model]
    for term in np.flatnonzero((sizes >= 2) & (sizes <= order)):
        pattern = design.terms[term]
        is_top = not ((held & pattern) == pattern)[held != pattern].any()
        if (model[term] and is_top) or (not model[term] and _is_allowed(design, model, int(term))):
            changed = model.copy()
            changed[term] = not model[term]
            yield changed


def _join(parts: list[_Assessed]) -> _Assessed:
    return _Assessed(
        np.concatenate([part.included for part in parts]),
        np.concatenate([part.codes for part in parts]),
        loglinear.Fits.join([part.fits for part in parts]),
        np.concatenate([part.bic for part in parts]),
    )
