"""Can this model be estimated from these counts at all?

Two faults are told apart, by the codes of the reference implementation: 0 neither, 1 the maximum does not exist,
2 the parameters cannot be identified, 3 both. Both depend on the counts only through which histories are empty, so
verdicts are kept in a `Memo` that the caller owns.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from cauce.estimate import loglinear

__all__ = ["DOES_NOT_EXIST", "NOT_IDENTIFIABLE", "SOUND", "Memo", "check", "check_fits"]

SOUND, DOES_NOT_EXIST, NOT_IDENTIFIABLE = 0, 1, 2
_LEAST_MEAN = 1e-4
_LEAST_SLACK = 1e-8


@dataclass(frozen=True)
class Memo:
    """Verdicts already reached, by pattern; pass the same one to go on using them."""

    ranks: dict[bytes, bool] = field(default_factory=dict)
    supports: dict[bytes, bool] = field(default_factory=dict)


def check(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    *,
    finite: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    memo: Memo,
) -> int:
    """The code of one model: 0 sound, 1 no maximum, 2 not identifiable, 3 both.

    In
        design   Design
        counts   (history,) float   history 0 left out
        finite   (term,) bool       terms with a finite coefficient (see loglinear.mask_model)
        kept     (history,) bool    histories kept
        memo     Memo
    Out
        int
    Source
        Chan, Silverman & Vincent 2021, section 2.6; Fienberg & Rinaldo 2012

    >>> design = loglinear.design_of(2, 2)
    >>> everything = np.full(4, True), np.full(3, True)
    >>> check(design, np.array([3., 2., 1.]), finite=everything[0], kept=everything[1], memo=Memo())
    2
    """
    is_identifiable = _recall_rank(design, finite, (kept, memo))
    is_empty = counts[kept] == 0
    exists = _recall(memo.supports, _key(finite, kept, is_empty), lambda: _exists(design, counts, (finite, kept)))
    return (SOUND if exists else DOES_NOT_EXIST) + (SOUND if is_identifiable else NOT_IDENTIFIABLE)


def check_fits(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    *,
    finite: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    memo: Memo,
) -> tuple[NDArray[np.int64], loglinear.Fits]:
    """The codes of a batch of models, and their fits: a fit that settles with no mean near zero proves its maximum.

    In
        as `check`, with the models as first axis
    Out
        (model,) int, Fits
    """
    fits = loglinear.fit(design, counts, finite=finite, kept=kept)
    is_proved = fits.is_settled & (_least(fits.means, kept) > _LEAST_MEAN)
    doubtful = np.flatnonzero(~is_proved)
    if doubtful.size:
        is_proved[doubtful] = _is_at_rest(design, fits, (counts, finite, kept), doubtful=doubtful)
    codes = np.zeros(len(counts), dtype=np.int64)
    for row in range(len(counts)):
        is_identifiable = _recall_rank(design, finite[row], (kept[row], memo))
        if not (is_proved[row] and is_identifiable):
            codes[row] = check(design, counts[row], finite=finite[row], kept=kept[row], memo=memo)
    return codes, fits


def _is_at_rest(
    design: loglinear.Design,
    fits: loglinear.Fits,
    batch: tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]],
    *,
    doubtful: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether small means stay where they are under further steps: without a maximum they shrink by e at each."""
    counts, finite, kept = batch[0][doubtful], batch[1][doubtful], batch[2][doubtful]
    these = fits.take(doubtful)
    means, error = loglinear.polish(design, these, counts, finite=finite, kept=kept)
    before, after = _least(these.means, kept), _least(means, kept)
    at_rest: NDArray[np.bool_] = (after > 0.5 * before) & (after > 1e-9) & (error < 1e-9 * (1 + counts.sum(axis=1)))
    return at_rest


def _least(means: NDArray[np.float64], kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    least: NDArray[np.float64] = np.where(kept, means, np.inf).min(axis=1)
    return least


def _recall_rank(design: loglinear.Design, finite: NDArray[np.bool_], place: tuple[NDArray[np.bool_], Memo]) -> bool:
    kept, memo = place
    return _recall(memo.ranks, _key(finite, kept), lambda: _is_identifiable(design, finite, kept))


def _key(*patterns: NDArray[np.bool_]) -> bytes:
    return b"|".join(np.packbits(pattern).tobytes() for pattern in patterns)


def _recall(known: dict[bytes, bool], key: bytes, work_out: Callable[[], bool]) -> bool:
    if key not in known:
        known[key] = work_out()
    return known[key]


def _is_identifiable(design: loglinear.Design, finite: NDArray[np.bool_], kept: NDArray[np.bool_]) -> bool:
    matrix = design.matrix[np.ix_(kept, finite)]
    return bool(matrix.shape[0] >= matrix.shape[1] and np.linalg.matrix_rank(matrix) == matrix.shape[1])


def _exists(
    design: loglinear.Design, counts: NDArray[np.float64], model: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> bool:
    """Whether means above zero everywhere have the margins of the counts: a linear programme."""
    finite, kept = model
    if bool((counts[kept] > 0).all()):
        return True
    matrix = design.matrix[np.ix_(kept, finite)]
    support = np.minimum(counts[kept], 1.0)
    margins = np.column_stack([matrix.T, np.zeros(matrix.shape[1])])
    floors = np.column_stack([-np.eye(len(matrix)), np.ones(len(matrix))])
    goal = np.zeros(len(matrix) + 1)
    goal[-1] = -1.0
    solved = linprog(
        goal,
        A_ub=floors,
        b_ub=np.zeros(len(matrix)),
        A_eq=margins,
        b_eq=matrix.T @ support,
        bounds=[(0, None)] * len(matrix) + [(0, 1)],
        method="highs",
    )
    return bool(solved.status == 0 and -float(solved.fun or 0.0) > _LEAST_SLACK)
