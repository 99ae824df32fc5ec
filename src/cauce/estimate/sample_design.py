"""How was a sample drawn, and how much does a total of it vary because another sample might have been drawn?

A design holds the weights, the strata, the units drawn first (clusters) and how many there were to draw from. It knows
nothing of what was measured: totals, means and ratios are in `survey`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from cauce.standards.errors import Refusal, raise_all

__all__ = ["SampleDesign", "covariance_of_totals", "degrees_of_freedom", "describe_design"]

_ROWS_SHOWN = 5


@dataclass(frozen=True, eq=False)
class SampleDesign:
    """How a sample was drawn, ready for variances; make it with `describe_design`.

    In
        weights      (unit,) float      units of the population that each row stands for
        clusters     (unit,) int        the first-stage unit of each row, counted over all strata
        strata       (cluster,) int     the stratum of each first-stage unit
        drawn        (stratum,) float   first-stage units in the sample
        fractions    (stratum,) float   their share of those there were; 0 where that number is not known
        auxiliaries  (unit, total) float or None   what the weights were calibrated on
        base         (unit,) float or None         the weights before calibration
    """

    weights: NDArray[np.float64]
    clusters: NDArray[np.int64]
    strata: NDArray[np.int64]
    drawn: NDArray[np.float64]
    fractions: NDArray[np.float64]
    auxiliaries: NDArray[np.float64] | None = None
    base: NDArray[np.float64] | None = None

    @property
    def size(self) -> int:
        """Rows of the sample."""
        return len(self.weights)


def describe_design(
    weights: ArrayLike,
    *,
    strata: Sequence[object] | None = None,
    clusters: Sequence[object] | None = None,
    populations: ArrayLike | None = None,
) -> SampleDesign:
    """The design of a sample of one stage, or of clusters drawn first and taken with their members.

    In
        weights      (unit,) float    inverse of the chance to be drawn; not below zero
        strata       (unit,) code     part of the population that each row was drawn from; all one when None
        clusters     (unit,) code     unit drawn first; the rows themselves when None. A code counts within its stratum
        populations  (unit,) float    first-stage units that the row's stratum has; no correction when None
    Out
        SampleDesign
    Refuses
        estimate.sample_weight       a weight is below zero or not a number, or all are zero
        estimate.sample_population   a stratum has two populations, or fewer units than were drawn
        estimate.sample_lonely       a stratum has one first-stage unit, and others were not drawn

    >>> design = describe_design([2.0, 2.0, 3.0, 3.0], strata=["a", "a", "b", "b"], populations=[4, 4, 6, 6])
    >>> design.fractions
    array([0.5       , 0.33333333])
    """
    weighed = np.asarray(weights, dtype=np.float64)
    raise_all(_check_weights(weighed))
    stratum, names = _number(strata, len(weighed))
    cluster, owner = _nest(stratum, clusters)
    drawn = np.bincount(owner, minlength=len(names)).astype(np.float64)
    there_were, refusals = _populations_of(stratum, populations, names)
    refusals += _check_populations(drawn, there_were, names)
    refusals += _check_lonely(drawn, there_were, names)
    raise_all(refusals)
    return SampleDesign(weighed, cluster, owner, drawn, drawn / there_were)


def covariance_of_totals(design: SampleDesign, scores: ArrayLike) -> NDArray[np.float64]:
    """How the weighted totals of one or several scores vary and vary together.

    In
        design   how the sample was drawn
        scores   (unit,) or (unit, score) float   what is totalled; a mean or a ratio comes as its linearised score
    Out
        (score, score) float   sum over strata of (1 - f) n / (n - 1) times the products of cluster totals about
                               their stratum's mean
    Source
        Sarndal, Swensson, Wretman, Model Assisted Survey Sampling (1992), sections 3.7, 4.2, 6.6; checked in
        tests/golden/test_survey.py

    >>> covariance_of_totals(describe_design([2.0, 2.0], populations=[4, 4]), [10.0, 14.0])
    array([[32.]])
    """
    scored = np.asarray(scores, dtype=np.float64).reshape(design.size, -1)
    weighted = design.weights[:, None] * _residuals(design, scored)
    totals = _sum_by(design.clusters, weighted, groups=len(design.strata))
    means = _sum_by(design.strata, totals, groups=len(design.drawn)) / design.drawn[:, None]
    centred = totals - means[design.strata]
    several = np.maximum(design.drawn - 1, 1)
    factors = (1 - design.fractions) * design.drawn / several
    products: NDArray[np.float64] = (centred * factors[design.strata][:, None]).T @ centred
    return products


def degrees_of_freedom(design: SampleDesign, inside: NDArray[np.bool_] | None = None) -> int:
    """First-stage units less strata, counted over the rows `inside` a domain and with a weight.

    In
        design   how the sample was drawn
        inside   (unit,) bool   rows of the domain; all when None
    Out
        degrees of freedom of a t interval, 0 where a domain has one unit in each of its strata

    >>> degrees_of_freedom(describe_design([2.0, 2.0, 2.0], populations=[6, 6, 6]))
    2
    """
    counted = design.weights > 0 if inside is None else (design.weights > 0) & inside
    clusters = np.unique(design.clusters[counted])
    return len(clusters) - len(np.unique(design.strata[clusters]))


def _sum_by(groups_of: NDArray[np.int64], values: NDArray[np.float64], *, groups: int) -> NDArray[np.float64]:
    summed = [np.bincount(groups_of, weights=column, minlength=groups) for column in values.T]
    return np.stack(summed, axis=1)


def _residuals(design: SampleDesign, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Calibrated weights leave only what the auxiliaries do not explain to vary."""
    if design.auxiliaries is None or design.base is None:
        return scores
    roots = np.sqrt(design.base)[:, None]
    slopes = np.linalg.lstsq(design.auxiliaries * roots, scores * roots, rcond=None)[0]
    left: NDArray[np.float64] = scores - design.auxiliaries @ slopes
    return left


def _number(codes: Sequence[object] | None, size: int) -> tuple[NDArray[np.int64], list[str]]:
    if codes is None:
        return np.zeros(size, dtype=np.int64), [""]
    coded = pa.array([str(code) for code in codes]).dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def _nest(stratum: NDArray[np.int64], clusters: Sequence[object] | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cluster of each row, numbered over all strata, and the stratum of each cluster."""
    if clusters is None:
        return np.arange(len(stratum), dtype=np.int64), stratum
    within, _ = _number(clusters, len(stratum))
    pairs, numbers = np.unique(np.stack([stratum, within], axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1).astype(np.int64), pairs[:, 0]


def _check_weights(weights: NDArray[np.float64]) -> list[Refusal]:
    bad = np.flatnonzero(~np.isfinite(weights) | (weights < 0))
    if len(bad) == 0 and weights.sum() > 0:
        return []
    return [
        Refusal(
            "estimate.sample_weight",
            found="{count} rows have a weight below zero or none, or all weights are zero (first rows: {rows})",
            wanted="a weight of zero or more in every row, and more than zero in some",
            remedy="Correct the weights, or leave these rows out in a step of your own",
            count=len(bad),
            rows=", ".join(str(row + 1) for row in bad[:_ROWS_SHOWN]) or "-",
        )
    ]


def _populations_of(
    stratum: NDArray[np.int64], populations: ArrayLike | None, names: Sequence[str]
) -> tuple[NDArray[np.float64], list[Refusal]]:
    if populations is None:
        return np.full(len(names), np.inf), []
    given = np.asarray(populations, dtype=np.float64)
    least = np.full(len(names), np.inf)
    most = np.full(len(names), -np.inf)
    np.minimum.at(least, stratum, given)
    np.maximum.at(most, stratum, given)
    unequal = [name for name, low, high in zip(names, least, most, strict=True) if low != high]
    return most, [_bad_population(unequal)] if unequal else []


def _check_populations(
    drawn: NDArray[np.float64], there_were: NDArray[np.float64], names: Sequence[str]
) -> list[Refusal]:
    short = [name for name, taken, had in zip(names, drawn, there_were, strict=True) if had < taken]
    return [_bad_population(short)] if short else []


def _bad_population(strata: Sequence[str]) -> Refusal:
    return Refusal(
        "estimate.sample_population",
        found="{count} strata have two populations, or fewer units than the sample holds: {strata}",
        wanted="one population for each stratum, at least as large as its sample",
        remedy="Correct the column of populations; it counts what was drawn first: clusters where there are any",
        count=len(strata),
        strata=", ".join(strata[:_ROWS_SHOWN]),
    )


def _check_lonely(drawn: NDArray[np.float64], there_were: NDArray[np.float64], names: Sequence[str]) -> list[Refusal]:
    lonely = [name for name, taken, had in zip(names, drawn, there_were, strict=True) if taken == 1 and had > 1]
    if not lonely:
        return []
    return [
        Refusal(
            "estimate.sample_lonely",
            found="{count} strata have one unit drawn out of several: {strata}",
            wanted="two or more units drawn in each stratum, or all of its units",
            remedy="Join each with a stratum like it, before the estimate, and say so",
            count=len(lonely),
            strata=", ".join(lonely[:_ROWS_SHOWN]),
        )
    ]
