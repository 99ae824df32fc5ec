"""What does a sample survey in a CSV say: from its file to totals, means or ratios with their intervals?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.estimate import sample_design, survey
from cauce.estimate.survey import SurveyEstimate
from cauce.gather import sample_files
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["Statistic", "SurveyColumns", "describe_survey", "estimate_survey"]

Statistic = Literal["total", "mean", "ratio"]
_NUMBERS = frozenset({"value", "weight", "population", "clusters_total", "denominator"})
_CODES = frozenset({"strata", "cluster"})
_MISSING = "_U"
_QUANTITIES: Mapping[str, Message] = {
    "total": Message("total"),
    "mean": Message("mean"),
    "ratio": Message("ratio"),
    "ratio_total": Message("total estimated by the ratio"),
}


@dataclass(frozen=True, kw_only=True)
class SurveyColumns:
    """Which column of the file plays which part; None where no column does."""

    value: str
    weight: str
    strata: str | None = None
    population: str | None = None
    cluster: str | None = None
    clusters_total: str | None = None
    domain: str | None = None
    denominator: str | None = None

    def named(self) -> dict[str, str]:
        """Role -> heading, for the columns that there are."""
        return {role: name for role, name in vars(self).items() if name is not None}


def estimate_survey(
    path: Path,
    columns: SurveyColumns,
    *,
    statistics: Sequence[Statistic],
    known_total: float | None = None,
    confidence: float = 0.95,
) -> list[SurveyEstimate]:
    """The statistics asked for, over all rows and then for each domain.

    In
        path         CSV, one row a unit of the sample
        columns      which column plays which part
        statistics   what to estimate
        known_total  the population's total of the denominators: adds the ratio-estimated total
        confidence   of the intervals
    Out
        estimates, in the order asked
    Refuses
        estimate.survey_columns   columns that do not go together
        estimate.sample_weight and the other refusals of `sample_design` and `survey`
        gather.sample_columns and the other refusals of `sample_files`
    """
    _check_columns(columns, statistics=statistics, known_total=known_total)
    table = sample_files.read_named_columns(path, columns.named(), numbers=_NUMBERS, filled=_CODES)
    units = columns.clusters_total if columns.cluster else columns.population
    design = sample_design.describe_design(
        _floats(table, "weight"),
        strata=_codes(table, "strata"),
        clusters=_codes(table, "cluster"),
        populations=None if units is None else _floats(table, "clusters_total" if columns.cluster else "population"),
    )
    values = _floats(table, "value")
    below = _floats(table, "denominator") if columns.denominator else None
    domains = _codes(table, "domain")
    found: list[SurveyEstimate] = []
    for statistic in statistics:
        overall = _estimate(design, values, below, statistic=statistic, confidence=confidence)
        found.append(overall)
        if statistic == "ratio" and known_total is not None:
            found.append(survey.estimate_ratio_total(overall, known_total=known_total))
        if domains is not None:
            found += survey.estimate_by_domain(
                design, values, domains=domains, quantity=statistic, denominators=below, confidence=confidence
            )
    return found


def describe_survey(estimates: Sequence[SurveyEstimate], *, columns: SurveyColumns) -> Message:
    """One paragraph that a minister can read without being misled.

    In
        estimates   as `estimate_survey` gives them; the first is described
        columns     for the name of what was measured
    Out
        Message
    """
    first = estimates[0]
    said = {"quantity": _QUANTITIES[first.quantity], "value": columns.value, "estimate": _rounded(first.estimate)}
    if first.lower is None or first.upper is None:
        return Message(
            "The {quantity} of {value} is estimated at {estimate}; the sample is too small to say how surely", **said
        )
    return Message(
        "The {quantity} of {value} is estimated at {estimate}, and lies between {lower} and {upper} in nineteen "
        "samples of twenty drawn in this way. It rests on {rows} rows; errors of memory, of refusal to answer and of "
        "coverage are not in the interval",
        **said,
        lower=_rounded(first.lower),
        upper=_rounded(first.upper),
        rows=first.n,
    )


def _check_columns(columns: SurveyColumns, *, statistics: Sequence[Statistic], known_total: float | None) -> None:
    wrong = (
        ("ratio" in statistics and columns.denominator is None)
        or (columns.clusters_total is not None and columns.cluster is None)
        or (columns.cluster is not None and columns.population is not None and columns.clusters_total is None)
        or (known_total is not None and "ratio" not in statistics)
    )
    if wrong:
        raise Refusal(
            "estimate.survey_columns",
            found="The columns given do not go together",
            wanted="a ratio with its denominator; a known total with a ratio; clusters counted by --clusters-total",
            remedy="Give --population, or --clusters-total for clusters; see `cauce estimate survey --help`",
        )


def _estimate(
    design: sample_design.SampleDesign,
    values: NDArray[np.float64],
    below: NDArray[np.float64] | None,
    *,
    statistic: Statistic,
    confidence: float,
) -> SurveyEstimate:
    if statistic == "ratio" and below is not None:
        return survey.estimate_ratio(design, values, below, confidence=confidence)
    estimator = survey.estimate_total if statistic == "total" else survey.estimate_mean
    return estimator(design, values, confidence=confidence)


def _floats(table: pa.Table, role: str) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = table[role].combine_chunks().to_numpy(zero_copy_only=False).astype(np.float64)
    return numbers


def _codes(table: pa.Table, role: str) -> list[object] | None:
    """Codes of a role; a row that says nothing has the code of what is missing."""
    return (
        [_MISSING if code is None else code for code in table[role].to_pylist()] if role in table.column_names else None
    )


def _rounded(figure: float) -> float:
    """Whole where it is large, three figures where it is small."""
    return round(figure) if abs(figure) >= 1_000 else float(f"{figure:.4g}")
