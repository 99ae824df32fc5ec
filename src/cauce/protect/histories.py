"""How do capture histories leave: noised under the ledger, and what does an estimate made from them look like?

The histogram of histories is one query: a person is in one history, so it costs as one table does. The estimate
itself is made by the room `estimate`.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import noise
from cauce.standards import clearance, cleared
from cauce.standards.messages import Message

__all__ = ["capture_table", "clear_estimate", "histogram", "list_names", "plausible_counts", "round_to_width"]


def histogram(captures: pa.Table) -> NDArray[np.int64]:
    """How many people have each possible history, absent histories being zero: the domain is public.

    In
        captures   one 0/1 column a list, and `count`
    Out
        (2 ** lists - 1,) int   history 1 first; bit i of a history's number is list i

    >>> histogram(pa.table({"A": [1, 1], "B": [0, 1], "count": [5, 2]})).tolist()
    [5, 0, 2]
    """
    lists = list_names(captures)
    codes = sum(captures[name].to_numpy().astype(np.int64) << place for place, name in enumerate(lists))
    totals = np.bincount(codes, weights=captures["count"].to_numpy(), minlength=2 ** len(lists))
    return np.rint(totals[1:]).astype(np.int64)


def list_names(captures: pa.Table) -> list[str]:
    """The list columns of a capture table.

    In
        captures   table   one 0/1 column per list, and `count`
    Out
        names of the lists
    """
    return [name for name in captures.column_names if name != "count"]


def capture_table(captures: pa.Table, counts: NDArray[np.int64]) -> pa.Table:
    """The capture table of other counts (noised ones, say): every possible history, those below zero as they are.

    In
        captures   the exact table, for the names of its lists
        counts     (2 ** lists - 1,) int   people in each history
    Out
        one 0/1 column a list, and `count`

    >>> capture_table(pa.table({"A": [1], "count": [5]}), np.array([6])).to_pylist()
    [{'A': 1, 'count': 6}]
    """
    codes = np.arange(1, counts.size + 1)
    columns = {name: (codes >> place) & 1 for place, name in enumerate(list_names(captures))}
    return pa.table(columns | {"count": counts})


def plausible_counts(noised: noise.Noised, *, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts that may well lie behind noisy ones, for an estimate that carries the noise into its interval.

    In
        noised   a histogram with noise
        draws    how many
        rng      the generator: what is drawn from noisy counts spends nothing
    Out
        (draw, history) int   whole, none below zero

    >>> plausible_counts(noise.Noised(np.array([50, 0]), 2.0, 0.1), draws=3, rng=np.random.default_rng(1)).shape
    (3, 2)
    """
    moved = noised.values + rng.normal(0.0, noised.sigma, size=(draws, noised.values.size))
    return np.maximum(np.rint(moved), 0.0).astype(np.int64)


def round_to_width(total: float, *, lower: float, upper: float) -> tuple[int, int, int]:
    """A total and its interval rounded to 1, 2 or 5 times a power of ten, the largest not above half the width.

    In
        total, lower, upper   float   in persons
    Out
        total, lower (down), upper (up)   int

    >>> round_to_width(11417.99, lower=9977.28, upper=13145.66)
    (11000, 9000, 14000)
    """
    half = max((upper - lower) / 2.0, 1.0)
    power = 10.0 ** math.floor(math.log10(half))
    unit = int(max(power * multiple for multiple in (1, 2, 5) if power * multiple <= half))
    return round(total / unit) * unit, math.floor(lower / unit) * unit, math.ceil(upper / unit) * unit


def clear_estimate(
    chosen: Mapping[str, float] | None,
    *,
    methods: Sequence[Mapping[str, object]],
    status: str,
    reason: Message | None,
    manner: str,
    observed: int | None,
    epsilon: float,
    linkage_share: float | None = None,
) -> cleared.ClearedEstimate:
    """The hidden total as it may be published.

    In
        chosen     total, lower, upper as released; None where nothing can be estimated
        methods    one mapping a method: method, status, total, lower, upper, as released
        status     "estimated" or "not_estimable"
        reason     why not
        manner     "noised" or "declared"
        observed   people counted, as released
        epsilon    what it cost; 0 where it was declared to be outside epsilon
        linkage_share   share of the interval's variance that the linkage is to blame for, told to a twentieth
    Out
        ClearedEstimate
    """
    figures = chosen or {}
    return clearance.clear_estimate(
        status=status,
        reason=reason,
        manner=manner,
        observed=observed,
        total=_whole(figures.get("total")),
        lower=_whole(figures.get("lower")),
        upper=_whole(figures.get("upper")),
        epsilon=epsilon,
        methods=tuple(methods),
        linkage_share=None if linkage_share is None else round(20 * linkage_share) / 20,
    )


def _whole(figure: float | None) -> int | None:
    return None if figure is None or not math.isfinite(figure) else round(figure)
