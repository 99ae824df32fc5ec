"""What may a population's releases spend, and by which rule do they leave? The [policy] of hub.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PURPOSES", "Policy"]

PURPOSES = ("tables", "ask", "files")


@dataclass(frozen=True)
class Policy:
    """One population, one policy: differential privacy, or thresholds with complementary suppression, never both.

    purposes   purpose -> what it may spend in all: "tables" the releases of `cauce run`, "ask" those of `cauce ask`,
               "files" those of `cauce protect`; one that is absent is bound by the other budgets alone
    dominance  under thresholds, the most of a figure's people that one partner's list may hold; 1.0 for no such rule
    rounding   under thresholds, figures leave as multiples of it; 1 for exact ones
    records    under noise, invented records go with the tables, drawn from them alone
    """

    kind: Literal["differential-privacy", "threshold"] = "differential-privacy"
    epsilon_total: float = 4.0
    epsilon_year: float = 2.0
    epsilon_release: float = 1.0
    delta: float = 1e-6
    profile: Literal["careful", "accurate"] = "careful"
    threshold: int = 10
    dominance: float = 0.85
    rounding: int = 1
    estimates: Literal["noised", "declared"] = "noised"
    records: bool = False
    purposes: Mapping[str, float] = field(default_factory=dict)
