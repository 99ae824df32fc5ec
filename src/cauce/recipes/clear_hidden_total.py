"""How does the hidden total leave: from captures noised under the ledger, or declared outside epsilon and rounded?"""

import hashlib
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa

from cauce.estimate import capture_tables, method_results, multiple_systems
from cauce.protect import histories, noise
from cauce.standards import cleared

__all__ = ["clear_hidden_total"]

_DRAWS = 20


def clear_hidden_total(
    captures: pa.Table | None, *, noised: noise.Noised | None, observed: int, epsilon: float
) -> cleared.ClearedEstimate | None:
    """The people seen and unseen, as they may be published.

    In
        captures   the exact capture table: one 0/1 column a list, and `count`; None where no total is asked
        noised     its histogram with noise; None where the steward declared the total outside epsilon
        observed   people counted, as released
        epsilon    spent on the noised captures
    Out
        ClearedEstimate: from the noised captures alone, their noise carried into the interval; or from the exact ones
        with every figure rounded to the width of its interval; None where no total is asked
    """
    if captures is None:
        return None
    manner: Literal["noised", "declared"] = "declared" if noised is None else "noised"
    found = _estimate(captures, noised=noised)
    methods = tuple(_method_as_released(method, manner=manner) for method in found.methods)
    chosen = _figures(found, manner=manner)
    return histories.clear_estimate(
        chosen,
        methods=methods,
        status=found.status,
        reason=found.reason,
        manner=manner,
        observed=observed,
        epsilon=epsilon,
    )


def _estimate(captures: pa.Table, *, noised: noise.Noised | None) -> multiple_systems.HiddenPopulation:
    if noised is None:
        return multiple_systems.estimate(captures, rng=_generator(histories.histogram(captures).tobytes()))
    rng = _generator(noised.values.tobytes())
    noisy = [
        capture_tables.read_table(histories.noised_captures(captures, noise.Noised(values, noised.sigma, noised.rho)))[
            0
        ]
        for values in histories.plausible_counts(noised, draws=_DRAWS, rng=rng)
    ]
    return multiple_systems.estimate(noisy[0], draws=noisy, rng=rng)


def _generator(content: bytes) -> np.random.Generator:
    """A generator that gives the same estimate for the same captures: no noise of a release comes from it."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(content).digest()[:8], "big"))


def _figures(
    found: multiple_systems.HiddenPopulation | method_results.MethodResult, *, manner: str
) -> Mapping[str, float] | None:
    if found.total is None or found.lower is None or found.upper is None:
        return None
    total, lower, upper = found.total, found.lower, found.upper
    if manner == "declared":
        total, lower, upper = histories.round_to_width(total, lower=lower, upper=upper)
    return {"total": total, "lower": lower, "upper": upper}


def _method_as_released(found: method_results.MethodResult, *, manner: str) -> Mapping[str, object]:
    figures = _figures(found, manner=manner) or {}
    whole = {name: round(figures[name]) if name in figures else None for name in ("total", "lower", "upper")}
    return {"method": found.method, "status": found.status} | whole
