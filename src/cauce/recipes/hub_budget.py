"""What has a hub's population spent, what do all its releases tell together, and how long does the rest last?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from cauce.protect import budget
from cauce.store import ledger, ledger_balance, workspace
from cauce.store.ledger_balance import Balance, Forecast, Spent
from cauce.store.workspace import Hub

__all__ = ["HubBudget", "TermChanged", "read_budget"]


@dataclass(frozen=True)
class TermChanged:
    """A budget, or a part of the rule, that hub.toml changed between two charges, and the day of the later one."""

    day: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class HubBudget:
    """A hub's account of the day.

    together   the epsilon of all releases as one, their zero-concentrated losses added up: at most the sum that was
               charged; 0 where nothing was spent
    changed    what hub.toml said otherwise at a later charge than at the one before
    forecast   None where nothing was spent yet
    """

    balance: Balance
    forecast: Forecast | None
    together: float
    delta: float
    changed: tuple[TermChanged, ...] = ()


def read_budget(root: Path, *, today: date) -> HubBudget:
    """The account of a hub.

    In
        root    its folder
        today   its calendar year is the year
    Out
        HubBudget
    """
    hub = workspace.open_hub(root)
    policy = hub.settings.policy
    balance = ledger.read_balance(hub.ledger_path, population=hub.population, policy=policy, today=today)
    forecast = ledger_balance.forecast_of(balance, policy=policy, today=today)
    together = _together(balance.charges, delta=policy.delta)
    return HubBudget(balance, forecast, together, policy.delta, tuple(_changed(hub)))


def _changed(hub: Hub) -> Iterator[TermChanged]:
    for (_, before), (day, after) in pairwise(ledger.terms_of(hub.ledger_path, population=hub.population)):
        for name in sorted(before):
            if before[name] != after.get(name):
                yield TermChanged(day, name, _written(before[name]), _written(after.get(name)))


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {most:g}" for name, most in value.items()) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _together(charges: Sequence[Spent], *, delta: float) -> float:
    paid = [one for one in charges if one.epsilon_micro]
    if not paid:
        return 0.0
    rho = math.fsum(budget.rho_of(one.epsilon_micro / ledger_balance.MICRO, delta=one.delta) for one in paid)
    return round(min(budget.epsilon_of(rho, delta=delta), _added(paid)), 4)


def _added(paid: Sequence[Spent]) -> float:
    return sum(one.epsilon_micro for one in paid) / ledger_balance.MICRO
