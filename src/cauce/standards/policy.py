"""What may a population's releases spend, and by which rule do they leave? The [policy] of hub.toml."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Policy"]


@dataclass(frozen=True)
class Policy:
    """One population, one policy: differential privacy, or thresholds with complementary suppression, never both."""

    kind: Literal["differential-privacy", "threshold"] = "differential-privacy"
    epsilon_total: float = 4.0
    epsilon_year: float = 2.0
    epsilon_release: float = 1.0
    delta: float = 1e-6
    profile: Literal["careful", "accurate"] = "careful"
    threshold: int = 10
    estimates: Literal["noised", "declared"] = "noised"
