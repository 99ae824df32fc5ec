"""How does a survey's figure vary over many versions of its weights, where no formula says so?

Makes replicate weights (jackknife by cluster, rescaled bootstrap) or takes those that a statistical office publishes,
for any statistic that a function of the weights can compute.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate.sample_design import SampleDesign
from cauce.standards.errors import Refusal

__all__ = ["Replicates", "bootstrap_weights", "estimate_over_replicates", "jackknife_weights"]


@dataclass(frozen=True, eq=False)
class Replicates:
    """Versions of the weights and how much the squared difference of each counts.

    In
        weights  (unit, replicate) float
        scales   (replicate,) float   variance = sum of scales times squared differences from the full estimate
    """

    weights: NDArray[np.float64]
    scales: NDArray[np.float64]


def jackknife_weights(design: SampleDesign) -> Replicates:
    """Each first-stage unit left out once, the others of its stratum weighted up (JKn).

    In
        design   how the sample was drawn; strata taken whole give no replicate
    Out
        Replicates, one a first-stage unit
    Source
        Wolter, Introduction to Variance Estimation (2007), chapter 4

    >>> from cauce.estimate.sample_design import describe_design
    >>> jackknife_weights(describe_design([1.0, 1.0, 1.0])).weights[:, 0]
    array([0. , 1.5, 1.5])
    """
    _refuse_calibrated(design)
    several = np.flatnonzero(design.drawn[design.strata] > 1)
    stratum = design.strata[several]
    drawn = design.drawn[stratum]
    row_stratum = design.strata[design.clusters]
    raised = np.where(row_stratum[:, None] == stratum[None, :], drawn / (drawn - 1), 1.0)
    raised[design.clusters[:, None] == several[None, :]] = 0.0
    scales = (drawn - 1) / drawn * (1 - design.fractions[stratum])
    return Replicates(design.weights[:, None] * raised, scales)


def bootstrap_weights(design: SampleDesign, *, rng: np.random.Generator, replicates: int = 500) -> Replicates:
    """First-stage units drawn again with replacement, one fewer than the sample has, rescaled to keep the variance.

    In
        design      how the sample was drawn
        rng         generator
        replicates  how many versions
    Out
        Replicates
    Source
        Rao and Wu (1988); Rao, Wu and Yue (1992), Survey Methodology 18

    >>> from cauce.estimate.sample_design import describe_design
    >>> made = bootstrap_weights(describe_design([2.0] * 6), rng=np.random.default_rng(1), replicates=3)
    >>> made.weights.sum(axis=0)
    array([12., 12., 12.])
    """
    _refuse_calibrated(design)
    multipliers = np.ones((len(design.strata), replicates))
    for stratum, drawn in enumerate(design.drawn.astype(int)):
        if drawn < 2:
            continue
        members = np.flatnonzero(design.strata == stratum)
        times = rng.multinomial(drawn - 1, np.full(drawn, 1 / drawn), size=replicates).T
        rescaled = np.sqrt(1 - design.fractions[stratum])
        multipliers[members] = 1 - rescaled + rescaled * drawn / (drawn - 1) * times
    weights = design.weights[:, None] * multipliers[design.clusters]
    return Replicates(weights, np.full(replicates, 1 / replicates))


def estimate_over_replicates(
    design: SampleDesign, replicates: Replicates, *, statistic: Callable[[NDArray[np.float64]], float]
) -> tuple[float, float]:
    """A figure by the full weights and its standard error by their versions.

    In
        design      how the sample was drawn
        replicates  as made here, or as published with the data
        statistic   (unit,) weights -> figure
    Out
        figure, standard error, both in the unit of the statistic

    >>> from cauce.estimate.sample_design import describe_design
    >>> values = np.array([10.0, 14.0, 12.0])
    >>> design = describe_design([2.0, 2.0, 2.0], populations=[6, 6, 6])
    >>> total, se = estimate_over_replicates(design, jackknife_weights(design), statistic=lambda w: float(w @ values))
    >>> total, round(se, 3)
    (72.0, 4.899)
    """
    point = statistic(design.weights)
    versions = np.array([statistic(column) for column in replicates.weights.T])
    return point, float(np.sqrt(replicates.scales @ (versions - point) ** 2))


def _refuse_calibrated(design: SampleDesign) -> None:
    if design.auxiliaries is not None:
        raise Refusal(
            "estimate.replicates_calibrated",
            found="The weights were calibrated before their versions are made",
            wanted="the design weights, as the sample was drawn",
            remedy="Make the replicate weights first, and calibrate each version",
        )
