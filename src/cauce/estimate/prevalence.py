"""How many are in a situation at one moment, the surveyed and those whom no survey reaches?

Duration turns persons met over a reference period into persons at one moment; a ratio of case data carries a surveyed
total over to persons of another kind. Each step is named, and its error goes on into the next.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["Figure", "add_figures", "carry_by_ratio", "convert_to_stock"]


@dataclass(frozen=True)
class Figure:
    """A count of persons, its standard error, and the steps that made it."""

    persons: float
    se: float
    steps: tuple[Message, ...] = ()

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Lower and upper on the log scale: never below zero.

        >>> [round(edge) for edge in Figure(1000.0, 100.0).interval()]
        [822, 1217]
        """
        if self.persons <= 0:
            return 0.0, float(stats.norm.ppf((1 + confidence) / 2)) * self.se
        factor = float(np.exp(stats.norm.ppf((1 + confidence) / 2) * self.se / self.persons))
        return self.persons / factor, self.persons * factor


def convert_to_stock(
    met: Figure, *, mean_duration_days: float, duration_se_days: float, reference_days: float
) -> Figure:
    """Persons in the situation at an average moment of the reference period.

    In
        met                 persons in the situation at any time in the period
        mean_duration_days  mean days that a person spent in it within the period
        duration_se_days    its standard error
        reference_days      days of the period (five years: 1826)
    Out
        Figure, persons; the two errors joined by the delta method, as if independent
    Refuses
        estimate.duration   a mean duration of no days, or longer than the period
    Source
        ILO, Walk Free, IOM, Global Estimates of Modern Slavery: methodology (2017, 2022)

    >>> met = Figure(1826.0, 0.0)
    >>> convert_to_stock(met, mean_duration_days=365.0, duration_se_days=0.0, reference_days=1826).persons
    365.0
    """
    if not 0 < mean_duration_days <= reference_days:
        raise Refusal(
            "estimate.duration",
            found="The mean duration is not between zero and the {days} days of the period",
            wanted="days spent in the situation within the period, on average",
            remedy="Cut each duration at the edges of the period before averaging",
            days=reference_days,
        )
    share = mean_duration_days / reference_days
    error = np.hypot(met.se * share, met.persons * duration_se_days / reference_days)
    step = Message(
        "Persons met over {period} days, times a mean duration of {duration} days, are persons at one moment",
        period=reference_days,
        duration=mean_duration_days,
    )
    return Figure(met.persons * share, float(error), (*met.steps, step))


def carry_by_ratio(surveyed: Figure, *, cases_surveyed: int, cases_other: int, dispersion: float = 1.0) -> Figure:
    """Persons of a kind that the survey does not reach: the surveyed total times the ratio of the two in case data.

    In
        surveyed        persons of the kind that the survey reaches
        cases_surveyed  identified cases of that kind
        cases_other     identified cases of the other kind
        dispersion      how many times the counts of cases vary more than chance (1 = Poisson)
    Out
        Figure, persons; error of the survey and of both counts joined on the log scale. It does not hold the error of
        the assumption itself: that both kinds are as likely to be identified
    Refuses
        estimate.ratio_cases   no cases of one kind
    Source
        ILO, Walk Free, IOM, Global Estimates of Modern Slavery: methodology (2017, 2022)

    >>> carry_by_ratio(Figure(1000.0, 100.0), cases_surveyed=400, cases_other=100).persons
    250.0
    """
    if cases_surveyed <= 0 or cases_other <= 0 or surveyed.persons <= 0:
        raise Refusal(
            "estimate.ratio_cases",
            found="There are no cases, or no surveyed persons, of one of the two kinds",
            wanted="persons and cases of both kinds",
            remedy="Join categories until both have cases, or say that it cannot be estimated",
        )
    ratio = cases_other / cases_surveyed
    relative = (surveyed.se / surveyed.persons) ** 2 + dispersion * (1 / cases_surveyed + 1 / cases_other)
    persons = surveyed.persons * ratio
    step = Message(
        "Times {other} cases of the kind not surveyed for {surveyed} of the kind surveyed",
        other=cases_other,
        surveyed=cases_surveyed,
    )
    return Figure(persons, float(persons * np.sqrt(relative)), (*surveyed.steps, step))


def add_figures(*figures: Figure, correlation: float = 0.0) -> Figure:
    """The sum of several figures.

    In
        figures      what is added
        correlation  of any two of their errors: 0 when independent, 1 when all hang on the same survey
    Out
        Figure, persons

    >>> add_figures(Figure(10.0, 3.0), Figure(20.0, 4.0)).se
    5.0
    """
    errors = np.array([figure.se for figure in figures])
    variance = (1 - correlation) * (errors**2).sum() + correlation * errors.sum() ** 2
    steps = tuple(step for figure in figures for step in figure.steps)
    return Figure(sum(figure.persons for figure in figures), float(np.sqrt(variance)), steps)
