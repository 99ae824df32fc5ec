"""Which pairs of lists depend on each other, by forward selection, for one table or a thousand replicates of it?

From main effects, the pair whose overlap fits worst is added while its Poisson p-value is below a threshold and the
enlarged model can be estimated. All replicates advance together, one batch of fits for each step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrc

from cauce.estimate import existence, loglinear

__all__ = ["THRESHOLD", "Selection", "select"]

THRESHOLD = 0.02


@dataclass(frozen=True, eq=False)
class Selection:
    """What forward selection chose for each replicate.

    included   (replicate, term) bool   terms of the chosen model, minus infinity among them
    codes      (replicate,) int         0 where the main effects can be estimated, else the code of `existence`
    fits       Fits of the chosen models
    totals     (replicate,) float       people observed and unseen
    """

    included: NDArray[np.bool_]
    codes: NDArray[np.int64]
    fits: loglinear.Fits
    totals: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _State:
    """Where each replicate stands: its model, its fit and the pairs refused at this step."""

    included: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    means: NDArray[np.float64]
    refused: NDArray[np.bool_]


def select(
    design: loglinear.Design, counts: NDArray[np.float64], *, memo: existence.Memo, threshold: float = THRESHOLD
) -> Selection:
    """Forward selection of pairs, for each replicate on its own.

    In
        design      Design of order 2
        counts      (replicate, history) float   history 0 left out
        memo        verdicts on existence, kept for later calls
        threshold   float   a pair is added while its p-value is below
    Out
        Selection
    Source
        Chan, Silverman & Vincent 2021, section 3; the peer's 1000 replicates in tests/golden/test_mse.py

    >>> design = loglinear.design_of(3, 2)
    >>> counts = np.array([[40., 30., 6., 20., 0., 0., 0.]])
    >>> chosen = select(design, counts, memo=existence.Memo())
    >>> np.round(chosen.totals, 3), chosen.included[0, 4:]
    (array([539.094]), array([False, False, False]))
    """
    overlap = counts @ design.matrix
    sizes = np.array([int(term).bit_count() for term in design.terms])
    included = np.tile(sizes < 2, (len(counts), 1))
    finite, kept = loglinear.mask_model(design, included, overlap)
    codes, fits = existence.check_fits(design, counts, finite=finite, kept=kept, memo=memo)
    state = _State(included, kept.copy(), fits.means.copy(), np.tile(sizes < 2, (len(counts), 1)))
    going = np.flatnonzero(codes == existence.SOUND)
    while going.size:
        going = _advance(design, counts, (state, overlap, going), memo=memo, threshold=threshold)
    finite, kept = loglinear.mask_model(design, state.included, overlap)
    final = loglinear.fit(design, counts, finite=finite, kept=kept)
    return Selection(state.included, codes, final, counts.sum(axis=1) + np.exp(final.coefficients[:, 0]))


def _advance(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    place: tuple[_State, NDArray[np.float64], NDArray[np.int64]],
    *,
    memo: existence.Memo,
    threshold: float,
) -> NDArray[np.int64]:
    """Tries the worst-fitting pair of each replicate still going; edits `state`, made by `select` for this alone."""
    state, overlap, going = place
    surprise = _surprises(design, state.means[going], overlap[going])
    surprise[state.included[going] | state.refused[going]] = 1.0
    worst = surprise.argmin(axis=1)
    is_worth = surprise[np.arange(going.size), worst] < threshold
    going, worst = np.asarray(going[is_worth]), np.asarray(worst[is_worth])
    if going.size == 0:
        return np.array([], dtype=np.int64)
    enlarged = state.included[going]
    enlarged[np.arange(going.size), worst] = True
    finite, kept = loglinear.mask_model(design, enlarged, overlap[going])
    codes, fits = existence.check_fits(design, counts[going], finite=finite, kept=kept, memo=memo)
    is_sound = codes == existence.SOUND
    added = going[is_sound]
    state.included[added] = enlarged[is_sound]
    state.means[added] = fits.means[is_sound]
    state.kept[added] = kept[is_sound]
    state.refused[added] = design.terms[None, :] == 0
    state.refused[going[~is_sound], worst[~is_sound]] = True
    return going


def _surprises(
    design: loglinear.Design, means: NDArray[np.float64], overlap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(replicate, term) the smaller tail of the Poisson whose mean is fitted, at the overlap seen."""
    expected = np.maximum(means @ design.matrix, 1e-300)
    below = pdtr(overlap, expected)
    above = np.where(overlap > 0, pdtrc(np.maximum(overlap - 1, 0), expected), 1.0)
    smaller: NDArray[np.float64] = np.minimum(below, above)
    return smaller
