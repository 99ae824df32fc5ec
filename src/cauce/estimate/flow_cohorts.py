"""How do moves differ by age, when stocks are known by age at both dates?

People who were in one age band are in the next when the period is as long as the bands: each cohort has its own
account. Those born during the period begin as births, at home; the two oldest bands end in the last one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import margin_fitting
from cauce.estimate.flows import StockPair
from cauce.standards.errors import Refusal

__all__ = ["Cohort", "cohorts_of", "order_ages"]

Array = NDArray[np.float64]
_CLOSED = re.compile(r"^Y?(\d+)\s*(?:-|T|–|_)\s*(\d+)$", re.I)
_OPEN = re.compile(r"^(?:Y?_?GE(\d+)|(\d+)\s*\+)$", re.I)


@dataclass(frozen=True)
class Cohort:
    """The people who are in one age band at the end, with what they were before: `stocks` is ready for any method."""

    age_at_end: str
    stocks: StockPair


def order_ages(ages: Sequence[str]) -> tuple[tuple[str, int, int | None], ...]:
    """Age bands from the youngest to the oldest, each with its first and last year, None for the open one.

    In
        ages   codes such as "0-4", "85+", "Y0T4" or "Y_GE85"
    Out
        (code, first, last), ...
    Refuses
        estimate.unknown_ages   a code is no band, or the bands overlap or leave gaps

    >>> order_ages(["10+", "0-4", "5-9"])
    (('0-4', 0, 4), ('5-9', 5, 9), ('10+', 10, None))
    """
    bands = sorted((_band(age) for age in ages), key=lambda band: band[1])
    starts = [0] + [last + 1 for _, _, last in bands[:-1] if last is not None]
    if [first for _, first, _ in bands] != starts or bands[-1][2] is not None:
        raise Refusal(
            "estimate.unknown_ages",
            found="The age bands {ages} overlap, leave gaps, do not begin at 0, or have no open last band",
            wanted="bands that follow one another, such as 0-4, 5-9 and 10+",
            remedy="Merge or rename the bands",
            ages=", ".join(ages),
        )
    return tuple(bands)


def cohorts_of(
    start: Mapping[str, Array],
    end: Mapping[str, Array],
    *,
    areas: Sequence[str],
    years: int,
    births: Array,
    deaths: Mapping[str, Array],
) -> tuple[Cohort, ...]:
    """One pair of stocks for each cohort, from the youngest to the oldest.

    In
        start, end   age -> (birthplace, residence) float   persons
        areas        codes of the areas
        years        int                                    between the two dates; as wide as each closed band
        births       (residence,) float                     during the period
        deaths       age -> (residence,) float              during the period, by the age reached or not at its end
    Out
        Cohort, ...   births are inside the youngest, where all begin at home; the closed methods and the open ones
                      take them as they are
    Refuses
        estimate.unknown_ages   as `order_ages`
        estimate.age_width      the period is not as long as the bands are wide
        estimate.no_deaths_by_age   deaths lack a band

    >>> one = {"0-4": np.eye(2) * 5, "5+": np.eye(2) * 9}
    >>> deaths = {"0-4": np.zeros(2), "5+": np.zeros(2)}
    >>> cohorts = cohorts_of(one, one, areas=["A", "B"], years=5, births=np.full(2, 5.0), deaths=deaths)
    >>> [(cohort.age_at_end, float(cohort.stocks.start.sum())) for cohort in cohorts]
    [('0-4', 10.0), ('5+', 28.0)]
    """
    bands = order_ages(list(start))
    _refuse_uneven(bands, years=years, end=end, deaths=deaths)
    codes = [code for code, _, _ in bands]
    nobody = np.zeros(len(areas))
    born = _newborn(end[codes[0]], births=births, deaths=deaths[codes[0]])
    pairs = [(np.diag(births), born)]
    pairs += [(start[before], end[after]) for before, after in zip(codes[:-2], codes[1:-1], strict=True)]
    pairs.append((start[codes[-2]] + start[codes[-1]], end[codes[-1]]))
    return tuple(
        Cohort(code, StockPair(tuple(areas), first, last, nobody, deaths[code]))
        for code, (first, last) in zip(codes, pairs, strict=True)
    )


def _band(age: str) -> tuple[str, int, int | None]:
    closed, opened = _CLOSED.match(age), _OPEN.match(age)
    if closed:
        return age, int(closed[1]), int(closed[2])
    if opened:
        return age, int(opened[1] or opened[2]), None
    raise Refusal(
        "estimate.unknown_ages",
        found="The age bands {ages} overlap, leave gaps, do not begin at 0, or have no open last band",
        wanted="bands that follow one another, such as 0-4, 5-9 and 10+",
        remedy="Merge or rename the bands",
        ages=age,
    )


def _refuse_uneven(
    bands: Sequence[tuple[str, int, int | None]], *, years: int, end: Mapping[str, Array], deaths: Mapping[str, Array]
) -> None:
    if len(bands) < 2 or any(last is not None and last - first + 1 != years for _, first, last in bands):
        raise Refusal(
            "estimate.age_width",
            found="The age bands are not as wide as the {years} years between the two stocks",
            wanted="closed bands of the length of the period, and an open last one",
            remedy="Merge bands, or leave ages out",
            years=years,
        )
    codes = {code for code, _, _ in bands}
    if set(end) != codes or not codes <= set(deaths):
        raise Refusal(
            "estimate.no_deaths_by_age",
            found="The second stock or the deaths lack age bands that the first stock has",
            wanted="the same age bands in both stocks and in the deaths",
            remedy="Give deaths by the age that people reach at the end of the period",
        )


def _newborn(end: Array, *, births: Array, deaths: Array) -> Array:
    """The youngest at the end, scaled so that each birthplace has its births less its infant deaths.

    Births are known better than where a child of some years lives, and a start on the diagonal cannot be scaled.
    """
    survivors = births - deaths
    total = end.sum()
    if total <= 0 or survivors.sum() <= 0:
        return end
    columns = end.sum(axis=0) * (survivors.sum() / total)
    fitted = margin_fitting.fit_margins(end, np.maximum(survivors, 0), columns)
    return fitted.cells if bool(fitted.is_fitted) else end
