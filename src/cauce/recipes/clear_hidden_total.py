"""How does the hidden total leave: from captures noised under the ledger, or declared outside epsilon and rounded?"""

import hashlib
import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa

from cauce.estimate import (
    capture_tables,
    each_method,
    existence,
    linkage_error,
    method_results,
    multiple_systems,
    noised_counts,
    recall_sensitivity,
)
from cauce.protect import histories, noise
from cauce.standards import cleared
from cauce.standards.messages import Message

__all__ = ["clear_hidden_total", "people_per_person_counted"]

_DRAWS = 20
_RATE_DRAWS = 400
# An upper end so many times the people seen says nothing: the noise ate the overlaps.
_ABSURD = 1_000.0
_POOR_RECALL = 0.25
_POOR = Message("The linkage is too poor: perhaps it finds less than a quarter of who is in two lists")
_LOST = Message("The lists overlap too little for the noise that protects people: no total can be told")


def clear_hidden_total(
    captures: pa.Table | None,
    *,
    noised: noise.Noised | None,
    linkage: linkage_error.LinkageError | None,
    observed: int | None,
    epsilon: float,
) -> cleared.ClearedEstimate:
    """The people seen and unseen, as they may be published.

    In
        captures   the exact capture table: one 0/1 column a list, and `count`; None where no two lists can be linked
        noised     its histogram with noise; None where the steward declared the total outside epsilon
        linkage    how good the linkage is, its error then undone in the captures and carried; None for a perfect one
        observed   people counted, as released
        epsilon    spent on the noised captures
    Out
        ClearedEstimate: from the noised captures alone, their noise carried into the interval; or from the exact ones
        with every figure rounded to the width of its interval; or the reason why there is none
    """
    manner: Literal["noised", "declared"] = "declared" if noised is None else "noised"
    if captures is None:
        reason = Message("Not estimable: one list. People nobody saw can be estimated only from lists that overlap")
        return histories.clear_estimate(
            None, methods=(), status="not_estimable", reason=reason, manner=manner, observed=observed, epsilon=0.0
        )
    found = _estimate(captures, noised=noised, linkage=linkage)
    methods = tuple(_method_as_released(method, manner=manner) for method in found.methods)
    is_poor = linkage is not None and linkage.recall[1] < _POOR_RECALL
    chosen = None if is_poor else _figures(found, manner=manner)
    return histories.clear_estimate(
        chosen,
        methods=methods,
        status=found.status if chosen else "not_estimable",
        reason=_POOR if is_poor else found.reason or (None if chosen else _LOST),
        manner=manner,
        observed=observed,
        epsilon=epsilon,
        linkage_share=_linkage_share(chosen, captures, noised=noised, linkage=linkage),
    )


def people_per_person_counted(
    noised: noise.Noised | None, captures: pa.Table | None, *, linkage: linkage_error.LinkageError | None
) -> tuple[float, float]:
    """Between how many persons in truth stand behind each person counted, going by the error of the linkage.

    In
        noised     histogram of histories with noise; None where it was not drawn
        captures   the exact table, read where there is no noised one
        linkage    how good the linkage is; None for a perfect one
    Out
        (lower, upper), to half a percent outwards: a rate, read off the noised histories wherever there are any
    """
    if linkage is None or captures is None:
        return 1.0, 1.0
    counts = (histories.histogram(captures) if noised is None else noised.values)[None, :].astype(np.float64)
    rates = linkage_error.draw_rates(linkage, draws=_RATE_DRAWS, rng=_generator(counts.tobytes()))
    undone = linkage_error.undo_linkage_error(np.repeat(counts, _RATE_DRAWS, axis=0), rates)
    low, high = np.quantile(undone.sum(axis=1) / max(counts.sum(), 1.0), [0.025, 0.975])
    return math.floor(low * 200) / 200, math.ceil(high * 200) / 200


def _estimate(
    captures: pa.Table, *, noised: noise.Noised | None, linkage: linkage_error.LinkageError | None
) -> multiple_systems.HiddenPopulation:
    exact = histories.histogram(captures)
    rng = _generator(exact.tobytes() if noised is None else noised.values.tobytes())
    if noised is None and linkage is None:
        return multiple_systems.estimate(captures, rng=rng)
    lists = tuple(histories.list_names(captures))
    counts = np.repeat(exact[None, :], _DRAWS, axis=0)
    if noised is not None:
        noisy = capture_tables.CaptureTable(lists, np.concatenate([[0.0], noised.values]))
        behind = noised_counts.draw_true_counts(noisy, sigma=noised.sigma, draws=_DRAWS, rng=rng)
        counts = np.array([one.counts[1:] for one in behind])
    if linkage is not None:
        rates = linkage_error.draw_rates(linkage, draws=_DRAWS, rng=rng)
        counts = np.rint(linkage_error.undo_linkage_error(counts.astype(np.float64), rates)).astype(np.int64)
    drawn = [capture_tables.CaptureTable(lists, np.concatenate([[0.0], row])) for row in counts]
    return multiple_systems.estimate(drawn[0], draws=drawn, rng=rng)


def _linkage_share(
    chosen: Mapping[str, float] | None,
    captures: pa.Table,
    *,
    noised: noise.Noised | None,
    linkage: linkage_error.LinkageError | None,
) -> float | None:
    if chosen is None or linkage is None:
        return None
    counts = np.maximum(histories.histogram(captures) if noised is None else noised.values, 0).astype(np.float64)
    table = capture_tables.CaptureTable(tuple(histories.list_names(captures)), np.concatenate([[0.0], counts]))
    setting = each_method.Setting(order=2, rng=_generator(counts.tobytes()), memo=existence.Memo())
    interval = chosen["lower"], chosen["upper"]
    return recall_sensitivity.linkage_share(table, linkage, interval=interval, setting=setting)


def _generator(content: bytes) -> np.random.Generator:
    """A generator that gives the same estimate for the same captures: no noise of a release comes from it."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(content).digest()[:8], "big"))


def _figures(
    found: multiple_systems.HiddenPopulation | method_results.MethodResult, *, manner: str
) -> Mapping[str, float] | None:
    if found.total is None or found.lower is None or found.upper is None:
        return None
    total, lower, upper = found.total, found.lower, found.upper
    if not math.isfinite(total + lower + upper) or upper > _ABSURD * max(found.observed, 1.0):
        return None
    if manner == "declared":
        total, lower, upper = histories.round_to_width(total, lower=lower, upper=upper)
    return {"total": total, "lower": lower, "upper": upper}


def _method_as_released(found: method_results.MethodResult, *, manner: str) -> Mapping[str, object]:
    figures = _figures(found, manner=manner)
    if figures is None:
        status = "not_estimable" if found.status == "estimated" else found.status
        return {"method": found.method, "status": status, "total": None, "lower": None, "upper": None}
    return {"method": found.method, "status": found.status} | {name: round(value) for name, value in figures.items()}
