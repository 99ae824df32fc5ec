"""What changed between two rounds of a displacement count, and what only looks like change?

Sites seen in both rounds are compared like for like; sites newly covered, closed and not assessed are told apart and
never added into one difference. Where sites are a sample, `estimate_panel_change` gives the change with its error.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from cauce.estimate import survey
from cauce.estimate.sample_design import SampleDesign
from cauce.estimate.survey import SurveyEstimate
from cauce.standards.errors import Refusal, raise_all

__all__ = [
    "InformantError",
    "NotAssessed",
    "Round",
    "RoundsComparison",
    "SiteStatus",
    "compare_rounds",
    "describe_round",
    "estimate_informant_error",
    "estimate_panel_change",
]

SiteStatus = Literal["assessed", "closed", "not_assessed"]
_NAMES_SHOWN = 5


@dataclass(frozen=True)
class Round:
    """One round: persons at each assessed site (zero at a closed one), and the sites that nobody visited."""

    persons: dict[str, float]
    closed: frozenset[str]
    not_assessed: frozenset[str]


@dataclass(frozen=True)
class NotAssessed:
    """Sites of the first round that nobody visited in the second: their last figure and how far it may have moved.

    `lower` is 0: a site can empty. `upper` supposes that none grew by more than the site that grew most among those
    seen in both rounds; None where no site was, so that nothing bounds it.
    """

    sites: int
    last_known: float
    lower: float
    upper: float | None


@dataclass(frozen=True)
class RoundsComparison:
    """Four figures that are never added: see `compare_rounds`."""

    like_for_like: float
    like_for_like_lower: float
    like_for_like_upper: float
    newly_covered: float
    closed: float
    not_assessed: NotAssessed
    sites_both: int
    sites_newly_covered: int
    sites_closed: int
    first_persons: float
    second_persons: float


@dataclass(frozen=True)
class InformantError:
    """How key informants' figures stand to counts at the same sites: `bias` their ratio, `spread` its relative sd."""

    bias: float
    bias_lower: float
    bias_upper: float
    spread: float
    sites: int


def describe_round(sites: Sequence[str], persons: ArrayLike, *, statuses: Sequence[str] | None = None) -> Round:
    """A round, checked whole.

    In
        sites     (site,) code      each once
        persons   (site,) float     NaN where nobody counted
        statuses  (site,) word      assessed, closed or not_assessed; all assessed when None
    Out
        Round
    Refuses
        estimate.round_repeated   a site stands twice
        estimate.round_status     a word that is no status
        estimate.round_persons    an assessed site without a figure of zero or more, or a closed one with persons

    >>> describe_round(["A", "B"], [120, float("nan")], statuses=["assessed", "not_assessed"]).not_assessed
    frozenset({'B'})
    """
    counted = np.asarray(persons, dtype=np.float64)
    words = list(statuses) if statuses is not None else ["assessed"] * len(sites)
    raise_all([*_check_sites(sites), *_check_statuses(words), *_check_persons(counted, words)])
    figures = {
        site: 0.0 if word == "closed" else float(figure)
        for site, figure, word in zip(sites, counted, words, strict=True)
        if word != "not_assessed"
    }
    return Round(
        figures,
        frozenset(site for site, word in zip(sites, words, strict=True) if word == "closed"),
        frozenset(site for site, word in zip(sites, words, strict=True) if word == "not_assessed"),
    )


def compare_rounds(
    first: Round, second: Round, *, informant_spread: float = 0.0, informant_correlation: float = 0.0
) -> RoundsComparison:
    """Like-for-like change, coverage, closures, and bounds on what nobody saw.

    In
        first, second          as `describe_round` gives them
        informant_spread       relative standard deviation of one site's figure (0: figures are exact counts)
        informant_correlation  of the errors of one site's two figures (same informant: near 1)
    Out
        like_for_like    persons, second less first, over sites assessed in both; a closed site counts as zero
        newly_covered    persons at sites assessed in the second round only: coverage, not growth
        closed           the part of like_for_like at sites closed in the second round; zero or less
        not_assessed     sites of the first round without a figure in the second: last known, lower, upper
    Source
        the worked example in tests/golden/test_rounds.py

    >>> first = describe_round(["A", "B", "C"], [100, 200, 300])
    >>> second = describe_round(["A", "C", "D"], [120, 0, 500], statuses=["assessed", "closed", "assessed"])
    >>> told = compare_rounds(first, second)
    >>> told.like_for_like, told.newly_covered, told.closed, told.not_assessed.last_known
    (-280.0, 500.0, -300.0, 200.0)
    """
    both = sorted(first.persons.keys() & second.persons.keys())
    before = np.array([first.persons[site] for site in both])
    after = np.array([second.persons[site] for site in both])
    change = float((after - before).sum())
    reach = _reach(before, after, spread=informant_spread, correlation=informant_correlation)
    new = [site for site in second.persons if site not in first.persons and site not in second.closed]
    shut = [site for site in both if site in second.closed]
    return RoundsComparison(
        like_for_like=change,
        like_for_like_lower=change - reach,
        like_for_like_upper=change + reach,
        newly_covered=float(sum(second.persons[site] for site in new)),
        closed=0.0 - float(sum(first.persons[site] for site in shut)),
        not_assessed=_bound(first, second, before=before, after=after),
        sites_both=len(both),
        sites_newly_covered=len(new),
        sites_closed=len(shut),
        first_persons=float(sum(first.persons.values())),
        second_persons=float(sum(second.persons.values())),
    )


def estimate_panel_change(
    design: SampleDesign, first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95
) -> SurveyEstimate:
    """The change of the whole population of sites, where the sites visited twice are a sample of it.

    In
        design         how the sites were drawn
        first, second  (site,) float   persons in each round
        confidence     of the t interval, with n - H degrees of freedom
    Out
        SurveyEstimate of the total of second less first, persons
    Refuses
        estimate.sample_missing   a site without a figure in one of the rounds

    >>> from cauce.estimate.sample_design import describe_design
    >>> estimate_panel_change(describe_design([2.0, 2.0]), [10, 20], [12, 25]).estimate
    14.0
    """
    difference = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    return survey.estimate_total(design, difference, confidence=confidence)


def estimate_informant_error(reported: ArrayLike, counted: ArrayLike, *, confidence: float = 0.95) -> InformantError:
    """How far key informants' figures are from a count made at the same sites.

    In
        reported    (site,) float   as informants said, above zero
        counted     (site,) float   as enumerators counted, above zero
        confidence  of the interval of the bias
    Out
        InformantError: bias is the geometric mean of reported / counted, spread its relative standard deviation
    Refuses
        estimate.informant_sites   fewer than three sites, or a figure that is not above zero

    >>> error = estimate_informant_error([110, 220, 330], [100, 200, 300])
    >>> round(error.bias, 3), round(error.spread, 3)
    (1.1, 0.0)
    """
    said, true = np.asarray(reported, dtype=np.float64), np.asarray(counted, dtype=np.float64)
    if len(said) < 3 or not bool((said > 0).all() and (true > 0).all()):
        raise Refusal(
            "estimate.informant_sites",
            found="{count} sites were both reported and counted, or a figure is not above zero",
            wanted="three sites or more with both figures above zero",
            remedy="Count at more sites, and leave out empty ones",
            count=len(said),
        )
    ratios = np.log(said / true)
    middle, deviation = float(ratios.mean()), float(ratios.std(ddof=1))
    reach = float(stats.t.ppf((1 + confidence) / 2, len(said) - 1)) * deviation / np.sqrt(len(said))
    spread = float(np.sqrt(np.expm1(deviation**2)))
    edges = (float(np.exp(middle - reach)), float(np.exp(middle + reach)))
    return InformantError(float(np.exp(middle)), *edges, spread, len(said))


def _reach(before: NDArray[np.float64], after: NDArray[np.float64], *, spread: float, correlation: float) -> float:
    variance = (before**2 + after**2 - 2 * correlation * before * after).sum() * spread**2
    return float(stats.norm.ppf(0.975) * np.sqrt(variance))


def _bound(first: Round, second: Round, *, before: NDArray[np.float64], after: NDArray[np.float64]) -> NotAssessed:
    missed = [site for site in first.persons if site not in second.persons]
    known = float(sum(first.persons[site] for site in missed))
    grown = after[before > 0] / before[before > 0]
    if known == 0:
        return NotAssessed(len(missed), 0.0, 0.0, 0.0)
    upper = known * max(1.0, float(grown.max())) if len(grown) else None
    return NotAssessed(len(missed), known, 0.0, upper)


def _check_sites(sites: Sequence[str]) -> list[Refusal]:
    repeated = sorted(site for site, times in Counter(sites).items() if times > 1)
    if not repeated:
        return []
    return [
        Refusal(
            "estimate.round_repeated",
            found="{count} sites stand more than once in one round: {sites}",
            wanted="one row for each site",
            remedy="Add their figures up, or give each part a name of its own",
            count=len(repeated),
            sites=", ".join(repeated[:_NAMES_SHOWN]),
        )
    ]


def _check_statuses(words: Sequence[str]) -> list[Refusal]:
    strange = sum(1 for word in words if word not in get_args(SiteStatus))
    if not strange:
        return []
    return [
        Refusal(
            "estimate.round_status",
            found="{count} sites have a status that is not known",
            wanted="assessed, closed or not_assessed",
            remedy="Write one of these words for each site; leave out the column where all were assessed",
            count=strange,
        )
    ]


def _check_persons(counted: NDArray[np.float64], words: Sequence[str]) -> list[Refusal]:
    is_assessed = np.array([word == "assessed" for word in words], dtype=np.bool_)
    is_closed = np.array([word == "closed" for word in words], dtype=np.bool_)
    bad = np.flatnonzero((is_assessed & ~(np.isfinite(counted) & (counted >= 0))) | (is_closed & (counted > 0)))
    if len(bad) == 0:
        return []
    return [
        Refusal(
            "estimate.round_persons",
            found="{count} sites are assessed without a figure, or closed with persons (first rows: {rows})",
            wanted="zero or more at an assessed site, nothing or zero at a closed one",
            remedy="Give the figure, or mark the site not_assessed: missing is not zero",
            count=len(bad),
            rows=", ".join(str(row + 1) for row in bad[:_NAMES_SHOWN]),
        )
    ]
