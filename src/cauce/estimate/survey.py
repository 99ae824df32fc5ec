"""How many, how much on average, and in what proportion, as a sample survey says, and how surely?

Estimates by the design: totals, means, ratios and ratio-estimated totals, over all and by domain. How the sample was
drawn is in `sample_design`; weights fitted to known totals in `calibration`; people whom no survey reaches in
`prevalence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cauce.estimate import sample_design
from cauce.estimate.sample_design import SampleDesign
from cauce.standards.errors import Refusal, raise_all

__all__ = [
    "Quantity",
    "SurveyEstimate",
    "estimate_by_domain",
    "estimate_design_effect",
    "estimate_mean",
    "estimate_ratio",
    "estimate_ratio_total",
    "estimate_share",
    "estimate_total",
]

Quantity = Literal["total", "mean", "share", "ratio", "ratio_total"]
_ROWS_SHOWN = 5


@dataclass(frozen=True)
class SurveyEstimate:
    """One figure of a survey: its standard error, its t interval, the degrees of freedom and rows behind it.

    `lower` and `upper` are None where a domain leaves no degree of freedom to measure the error with.
    """

    quantity: Quantity
    domain: str | None
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    df: int
    n: int


def estimate_total(
    design: SampleDesign,
    values: ArrayLike,
    *,
    inside: NDArray[np.bool_] | None = None,
    domain: str | None = None,
    confidence: float = 0.95,
) -> SurveyEstimate:
    """The population's total of a variable: each row's value times the units that it stands for.

    In
        design      how the sample was drawn
        values      (unit,) float
        inside      (unit,) bool   rows of a domain; all when None
        domain      its name, for the answer
        confidence  of the interval
    Out
        SurveyEstimate, in the unit of the values
    Refuses
        estimate.sample_missing   a row without a value
    Source
        Sarndal, Swensson, Wretman (1992); checked in tests/golden/test_survey.py

    >>> design = sample_design.describe_design([2.0, 2.0, 2.0], populations=[6, 6, 6])
    >>> round(estimate_total(design, [10.0, 14.0, 12.0]).se, 3)
    4.899
    """
    measured, counted = _prepare(design, values, inside)
    scores = measured * counted
    point = float(design.weights @ scores)
    return _conclude(design, scores, counted, point=point, quantity="total", domain=domain, confidence=confidence)


def estimate_mean(
    design: SampleDesign,
    values: ArrayLike,
    *,
    inside: NDArray[np.bool_] | None = None,
    domain: str | None = None,
    confidence: float = 0.95,
) -> SurveyEstimate:
    """The population's mean, or its share where values are 0 and 1; the size of the population is estimated too.

    In
        as for `estimate_total`
    Out
        SurveyEstimate, per unit of the population
    Refuses
        estimate.sample_missing       a row without a value
        estimate.survey_denominator   no weight at all inside the domain

    >>> design = sample_design.describe_design([2.0, 2.0, 2.0], populations=[6, 6, 6])
    >>> estimate_mean(design, [10.0, 14.0, 12.0]).estimate
    12.0
    """
    measured, counted = _prepare(design, values, inside)
    ones = np.ones(design.size)
    point, scores = _linearise_ratio(design, measured * counted, ones * counted)
    return _conclude(design, scores, counted, point=point, quantity="mean", domain=domain, confidence=confidence)


def estimate_share(
    design: SampleDesign,
    values: ArrayLike,
    *,
    inside: NDArray[np.bool_] | None = None,
    domain: str | None = None,
    confidence: float = 0.95,
) -> SurveyEstimate:
    """The share of the population with a trait, its interval made on the logit scale: never below 0 nor above 1.

    In
        as for `estimate_total`; values are 0 and 1
    Out
        SurveyEstimate, between 0 and 1; the standard error is that of the share itself
    Source
        as `svyciprop(method = "logit")` of R's survey; checked in tests/golden/test_survey.py

    >>> design = sample_design.describe_design([5.0] * 4)
    >>> share = estimate_share(design, [1, 0, 0, 1])
    >>> 0 < share.lower < share.estimate < share.upper < 1
    True
    """
    plain = estimate_mean(design, values, inside=inside, domain=domain, confidence=confidence)
    lower, upper = plain.lower, plain.upper
    if plain.df > 0 and 0 < plain.estimate < 1:
        middle = float(np.log(plain.estimate / (1 - plain.estimate)))
        spread = plain.se / (plain.estimate * (1 - plain.estimate))
        reach = float(stats.t.ppf((1 + confidence) / 2, plain.df)) * spread
        lower, upper = (float(1 / (1 + np.exp(-edge))) for edge in (middle - reach, middle + reach))
    return SurveyEstimate("share", domain, plain.estimate, plain.se, lower, upper, plain.df, plain.n)


def estimate_ratio(
    design: SampleDesign,
    values: ArrayLike,
    denominators: ArrayLike,
    *,
    inside: NDArray[np.bool_] | None = None,
    domain: str | None = None,
    confidence: float = 0.95,
) -> SurveyEstimate:
    """The ratio of two totals of the population, both estimated from the sample.

    In
        design        how the sample was drawn
        values        (unit,) float   what is above the line
        denominators  (unit,) float   what is below it
        inside, domain, confidence    as for `estimate_total`
    Out
        SurveyEstimate, values per unit of the denominators
    Refuses
        estimate.sample_missing       a row without a value
        estimate.survey_denominator   the denominators add up to zero

    >>> design = sample_design.describe_design([2.0, 2.0, 2.0])
    >>> estimate_ratio(design, [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]).estimate
    0.5
    """
    above, counted = _prepare(design, values, inside)
    below, _ = _prepare(design, denominators, inside)
    point, scores = _linearise_ratio(design, above * counted, below * counted)
    return _conclude(design, scores, counted, point=point, quantity="ratio", domain=domain, confidence=confidence)


def estimate_ratio_total(ratio: SurveyEstimate, *, known_total: float) -> SurveyEstimate:
    """The total of the values where the total of the denominators is known from elsewhere: the ratio times it.

    In
        ratio        as `estimate_ratio` gives it
        known_total  the population's true total of the denominators
    Out
        SurveyEstimate, in the unit of the values
    Refuses
        estimate.survey_known_total   a known total that is not above zero

    >>> design = sample_design.describe_design([2.0, 2.0, 2.0])
    >>> ratio = estimate_ratio(design, [1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> estimate_ratio_total(ratio, known_total=100).estimate
    50.0
    """
    if not known_total > 0 or not np.isfinite(known_total):
        raise Refusal(
            "estimate.survey_known_total",
            found="The known total of the denominators is not above zero",
            wanted="the true total of the denominators over the whole population",
            remedy="Give it as a number above zero, or leave it out",
        )
    lower, upper = (None if edge is None else edge * known_total for edge in (ratio.lower, ratio.upper))
    return SurveyEstimate(
        "ratio_total",
        ratio.domain,
        ratio.estimate * known_total,
        ratio.se * known_total,
        lower,
        upper,
        ratio.df,
        ratio.n,
    )


def estimate_by_domain(
    design: SampleDesign,
    values: ArrayLike,
    *,
    domains: Sequence[object],
    quantity: Literal["total", "mean", "share", "ratio"],
    denominators: ArrayLike | None = None,
    confidence: float = 0.95,
) -> list[SurveyEstimate]:
    """One estimate for each domain, in the order of their names; the design stays that of the whole sample.

    In
        design        how the sample was drawn
        values        (unit,) float
        domains       (unit,) code    the part of the population that each row belongs to
        quantity      what is estimated
        denominators  (unit,) float   for a ratio
        confidence    of the intervals
    Out
        estimates, one a domain

    >>> design = sample_design.describe_design([2.0] * 4)
    >>> [(e.domain, e.estimate) for e in estimate_by_domain(design, [1, 2, 3, 4], domains="aabb", quantity="total")]
    [('a', 6.0), ('b', 14.0)]
    """
    named = np.array([str(one) for one in domains], dtype=object)
    found = []
    for name in sorted(set(named)):
        inside = np.asarray(named == name, dtype=np.bool_)
        if quantity == "ratio":
            below = np.ones(design.size) if denominators is None else denominators
            found.append(estimate_ratio(design, values, below, inside=inside, domain=str(name), confidence=confidence))
        else:
            estimator = {"total": estimate_total, "mean": estimate_mean, "share": estimate_share}[quantity]
            found.append(estimator(design, values, inside=inside, domain=str(name), confidence=confidence))
    return found


def estimate_design_effect(design: SampleDesign, values: ArrayLike) -> float:
    """How many times the variance of a mean is that of a simple sample, without replacement, of as many rows.

    In
        design   how the sample was drawn
        values   (unit,) float
    Out
        ratio of the two variances; above 1, the design costs precision
    Source
        Kish (1965); as `svymean(deff = TRUE)` of R's survey; checked in tests/golden/test_survey.py

    >>> round(estimate_design_effect(sample_design.describe_design([5.0] * 4, populations=[20] * 4), [1, 2, 3, 4]), 6)
    1.0
    """
    measured, _ = _prepare(design, values, None)
    mean = estimate_mean(design, measured)
    count = float((design.weights > 0).sum())
    population = float(design.weights.sum())
    spread = float(design.weights @ (measured - mean.estimate) ** 2) / population * count / (count - 1)
    return mean.se**2 / (spread * (population - count) / (population * count))


def _prepare(
    design: SampleDesign, values: ArrayLike, inside: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    measured = np.asarray(values, dtype=np.float64)
    counted = np.ones(design.size, dtype=np.bool_) if inside is None else inside
    missing = np.flatnonzero(~np.isfinite(measured) & counted)
    raise_all([_missing(missing)] if len(missing) else [])
    return np.where(counted, measured, 0.0), counted


def _missing(rows: NDArray[np.int64]) -> Refusal:
    return Refusal(
        "estimate.sample_missing",
        found="{count} rows have no value (first rows: {rows})",
        wanted="a number in every row: missing is not zero",
        remedy="Estimate for those who answered as a domain, or fill the gaps in a named step of your own",
        count=len(rows),
        rows=", ".join(str(row + 1) for row in rows[:_ROWS_SHOWN]),
    )


def _linearise_ratio(
    design: SampleDesign, above: NDArray[np.float64], below: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    total = float(design.weights @ below)
    if total == 0:
        raise Refusal(
            "estimate.survey_denominator",
            found="The denominators add up to zero",
            wanted="a denominator whose total is not zero, in every domain",
            remedy="Choose another denominator, or leave out the domains where it is zero",
        )
    point = float(design.weights @ above) / total
    return point, (above - point * below) / total


def _conclude(
    design: SampleDesign,
    scores: NDArray[np.float64],
    counted: NDArray[np.bool_],
    *,
    point: float,
    quantity: Quantity,
    domain: str | None,
    confidence: float,
) -> SurveyEstimate:
    se = float(np.sqrt(sample_design.covariance_of_totals(design, scores)[0, 0]))
    df = sample_design.degrees_of_freedom(design, counted)
    lower: float | None = None
    upper: float | None = None
    if df > 0 or se == 0 and df == 0 and bool((design.fractions == 1).all()):
        reach = float(stats.t.ppf((1 + confidence) / 2, df)) * se if df > 0 else 0.0
        lower, upper = point - reach, point + reach
    return SurveyEstimate(quantity, domain, point, se, lower, upper, df, int(counted.sum()))
