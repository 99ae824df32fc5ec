"""What does an epsilon buy, in zero-concentrated privacy (rho) and in noise (sigma)?

All conversions are OpenDP's own: this file only turns them round and shares a rho out among queries. What a
population has already spent is the ledger's affair.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from opendp import combinators
from scipy import optimize

from cauce.protect import noise
from cauce.standards.errors import Refusal

__all__ = ["check_delta", "epsilon_of", "rho_of", "share_by_weight", "sigma_of"]

_FIRST_STEP = 0.5
_NEAR = 1e-15


def epsilon_of(rho: float, *, delta: float) -> float:
    """The epsilon of a zero-concentrated loss `rho` at `delta` (Canonne, Kamath & Steinke 2020, by OpenDP).

    In
        rho     float   zero-concentrated loss, above zero
        delta   float   between 0 and 1
    Out
        float   epsilon
    Source
        opendp.combinators.make_zCDP_to_approxDP

    >>> round(epsilon_of(0.02, delta=1e-6), 4)
    0.8999
    """
    with noise.opendp_features():
        curve = combinators.make_zCDP_to_approxDP(noise.gaussian(1.0 / math.sqrt(2.0 * rho))).map(1.0)
    return float(curve.epsilon(delta))


@cache
def rho_of(epsilon: float, *, delta: float) -> float:
    """The largest rho whose epsilon at `delta` is at most `epsilon`, from below.

    In
        epsilon   float   above zero
        delta     float   between 0 and 1
    Out
        float   rho
    Source
        Inverts `epsilon_of` by Brent's method, from the closed bound of Bun & Steinke 2016 (Proposition 1.3) upwards

    >>> rho = rho_of(1.0, delta=1e-6)
    >>> 0.0239 < rho < 0.0245 and epsilon_of(rho, delta=1e-6) <= 1.0
    True
    """

    def excess(log_rho: float) -> float:
        return epsilon_of(math.exp(log_rho), delta=delta) - epsilon

    low, step = math.log(_least_rho(epsilon, delta=delta)), _FIRST_STEP
    while excess(low + step) <= 0.0:
        step *= 2.0
    found = float(optimize.brentq(excess, low, low + step, xtol=_NEAR, rtol=_NEAR))
    while excess(found) > 0.0:
        found = math.nextafter(found, -math.inf)
    return math.exp(found)


def _least_rho(epsilon: float, *, delta: float) -> float:
    """The rho at which the closed bound rho + 2 sqrt(rho ln(1 / delta)), never below the truth, is `epsilon`."""
    far = math.log(1.0 / delta)
    return (epsilon / (math.sqrt(far + epsilon) + math.sqrt(far))) ** 2


def sigma_of(rho: float, *, squared_norm: float = 1.0) -> float:
    """The noise that a query of squared L2 sensitivity `squared_norm` needs to spend `rho`.

    In
        rho            float   zero-concentrated loss, above zero
        squared_norm   float   the most one person changes the query, squared L2
    Out
        float   standard deviation, rounded up by a trillionth so that OpenDP's price never exceeds `rho`

    >>> round(sigma_of(0.02), 6)
    5.0
    """
    return math.sqrt(squared_norm / (2.0 * rho)) * (1.0 + 1e-12)


def share_by_weight(rho: float, weights: Mapping[str, float]) -> dict[str, float]:
    """A rho shared out in proportion to weights; the shares never add up to more than the whole.

    A trillionth is kept back: divisions that are rounded up would add up to more.

    In
        rho       float                 to share out
        weights   query name -> float   above zero
    Out
        query name -> float   its rho

    >>> {name: round(share, 9) for name, share in share_by_weight(1.0, {"a": 3.0, "b": 1.0}).items()}
    {'a': 0.75, 'b': 0.25}
    """
    each = rho * (1.0 - 1e-12) / math.fsum(weights.values())
    return {name: each * weight for name, weight in weights.items()}


def check_delta(delta: float, *, people: int) -> Sequence[Refusal]:
    """A refusal where delta lets a whole person through: at 1/n, publishing one person in clear would pass.

    In
        delta    float
        people   int   persons in the table
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_delta(1e-3, people=5_000)]
    ['protect.delta_too_large']
    """
    if delta > 0.0 and delta * max(people, 1) < 1.0:
        return []
    return [
        Refusal(
            "protect.delta_too_large",
            found="delta is {delta}, not below 1 / number of people",
            wanted="0 < delta < 1 / number of people; 1 / (number of people squared) is usual",
            remedy="Give a smaller delta",
            delta=f"{delta:g}",
        )
    ]
