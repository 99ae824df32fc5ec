"""By how much would a figure move at each epsilon? Foretold from the noise alone: nothing is counted or spent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cauce.protect import budget, tables

__all__ = ["EPSILONS", "FigureError", "foretell_errors"]

EPSILONS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_MEAN_OF_ABSOLUTE = math.sqrt(2.0 / math.pi)
_NINETEEN_OF_TWENTY = 1.96


@dataclass(frozen=True)
class FigureError:
    """One figure at one epsilon: persons by which it moves on average, its 95 % half-width, the least that is shown."""

    epsilon: float
    moved: float
    half: float
    least: float


def foretell_errors(
    epsilons: Sequence[float],
    *,
    delta: float,
    profile: tables.Profile,
    squared_norm: float = 1.0,
    share: float = 1.0,
) -> list[FigureError]:
    """The error of a figure of a table, for each epsilon that its release could spend.

    In
        epsilons       to spend on the release
        delta          with them
        profile        under how many sigmas a figure is withheld
        squared_norm   the most one person changes the table, squared L2
        share          of the release's loss that the table gets
    Out
        FigureError of each; making tables consistent can only lessen it

    >>> [round(one.moved) for one in foretell_errors((0.5, 1.0), delta=1e-6, profile="careful")]
    [7, 4]
    """
    rhos = [share * budget.rho_of(epsilon, delta=delta) for epsilon in epsilons]
    return [
        _error(epsilon, budget.sigma_of(rho, squared_norm=squared_norm), profile)
        for epsilon, rho in zip(epsilons, rhos, strict=True)
    ]


def _error(epsilon: float, sigma: float, profile: tables.Profile) -> FigureError:
    return FigureError(epsilon, _MEAN_OF_ABSOLUTE * sigma, _NINETEEN_OF_TWENTY * sigma, tables.SIGMAS[profile] * sigma)
