"""How much has a population spent, on what, and how long does the rest last at this pace?

It adds up the charges that `ledger` reads from its file. Epsilons add up: their sum is an upper bound of what all
releases tell together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cauce.standards.policy import Policy

__all__ = ["MICRO", "Balance", "Forecast", "Spent", "balance_of", "forecast_of"]

MICRO = 1_000_000


@dataclass(frozen=True)
class Spent:
    """One charge that stands: its day, its purpose, its cost in millionths of epsilon, its delta."""

    day: date
    purpose: str
    epsilon_micro: int
    delta: float


@dataclass(frozen=True)
class Balance:
    """What a population has spent, in all and in one calendar year, and what is left of both.

    left_for   purpose -> what is left of it, for the purposes that the policy bounds
    charges    every charge that stands, oldest first
    """

    spent: float
    spent_year: float
    left: float
    left_year: float
    left_for: Mapping[str, float] = field(default_factory=dict)
    charges: tuple[Spent, ...] = ()

    @property
    def affordable(self) -> float:
        """The most that may be spent now, whatever the purpose."""
        return max(0.0, min(self.left, self.left_year))

    def affordable_for(self, purpose: str) -> float:
        """The most that may be spent now for a purpose.

        >>> Balance(1.0, 1.0, 3.0, 1.0, left_for={"ask": 0.25}).affordable_for("ask")
        0.25
        """
        return max(0.0, min(self.affordable, self.left_for.get(purpose, self.affordable)))


@dataclass(frozen=True)
class Forecast:
    """How long the rest lasts: releases that it still pays, epsilon that a year spends, last year that it covers."""

    releases: int
    pace: float
    until: int


def balance_of(charges: Sequence[Spent], *, policy: Policy, year: int) -> Balance:
    """What is spent and left after some charges.

    In
        charges   that stand, of one population
        policy    budgets in all, a year and for each purpose
        year      the calendar year whose budget is asked
    Out
        Balance

    >>> spent = [Spent(date(2026, 3, 1), "tables", 1_000_000, 1e-6), Spent(date(2027, 3, 1), "ask", 500_000, 1e-6)]
    >>> balance = balance_of(spent, policy=Policy(purposes={"ask": 0.75}), year=2027)
    >>> balance.spent, balance.left, balance.left_year, balance.left_for["ask"]
    (1.5, 2.5, 1.5, 0.25)
    """
    spent = _total(charges)
    spent_year = _total(one for one in charges if one.day.year == year)
    spent_for = {name: _total(one for one in charges if one.purpose == name) for name in policy.purposes}
    return Balance(
        spent=spent / MICRO,
        spent_year=spent_year / MICRO,
        left=_left(policy.epsilon_total, spent),
        left_year=_left(policy.epsilon_year, spent_year),
        left_for={name: _left(most, spent_for[name]) for name, most in policy.purposes.items()},
        charges=tuple(charges),
    )


def forecast_of(balance: Balance, *, policy: Policy, today: date) -> Forecast | None:
    """How long the rest lasts if the coming years spend as the dearest of these: this one so far, or the mean before.

    In
        balance   of today
        policy    its budgets
        today     the day
    Out
        Forecast, or None where nothing was spent yet

    >>> spent = [Spent(date(2026, 3, 1), "tables", 1_000_000, 1e-6)]
    >>> today = date(2026, 11, 22)
    >>> forecast_of(balance_of(spent, policy=Policy(), year=2026), policy=Policy(), today=today)
    Forecast(releases=3, pace=1.0, until=2029)
    """
    years = [one.day.year for one in balance.charges if one.epsilon_micro]
    if not years:
        return None
    before = _total(one for one in balance.charges if one.day.year < today.year) / MICRO
    past = today.year - min(years)
    pace = max(balance.spent_year, before / past if past > 0 else 0.0)
    rest = max(balance.left, 0.0) - (pace - balance.spent_year)
    further = int(rest / pace + 1e-9) if pace > 0 and rest > 0 else 0
    return Forecast(int(max(balance.left, 0.0) / policy.epsilon_release + 1e-9), round(pace, 6), today.year + further)


def _total(charges: Iterable[Spent]) -> int:
    return sum(one.epsilon_micro for one in charges)


def _left(budget: float, spent_micro: int) -> float:
    return round(budget * MICRO - spent_micro) / MICRO
