"""What would the estimate be, had the linkage found another share of the true links?

Nobody knows the recall of a linkage for certain. At each recall supposed, the captures are put back in closed form to
what they would be with every link made (`linkage_error`), and estimated again: a figure that stands at every recall
that is possible does not rest on the linkage. The same tells how much of an interval the linkage is to blame for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import capture_tables, each_method, linkage_error, method_results
from cauce.standards.messages import Message

__all__ = ["AtRecall", "linkage_share", "try_recalls"]

# Clipping histories at nobody makes records out of nothing; more than this share of them, and the recall cannot be.
_MOST_INVENTED = 0.01


@dataclass(frozen=True, eq=False)
class AtRecall:
    """The answer of a method, were this share of the true links made."""

    recall: float
    answer: method_results.MethodResult


def try_recalls(
    table: capture_tables.CaptureTable,
    method: method_results.Method,
    *,
    recalls: Sequence[float],
    setting: each_method.Setting,
) -> tuple[AtRecall, ...]:
    """The estimate at each recall supposed, every link made being a true one.

    In
        table     CaptureTable as linked
        method    word of the method
        recalls   shares of the true links that were made, above 0 and at most 1
        setting   each_method.Setting
    Out
        AtRecall, ...; "not_estimable" at a recall that these captures cannot have come from
    Source
        `linkage_error.undo_linkage_error`; with two lists it is Lincoln and Petersen's total times the recall

    >>> from cauce.estimate import existence
    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [60, 50, 40])
    >>> setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    >>> [round(one.answer.total, 1) for one in try_recalls(table, "main", recalls=(1.0, 0.8), setting=setting)]
    [225.0, 180.0]
    """
    rates = np.array([[1.0, recall] for recall in recalls])
    undone = linkage_error.undo_linkage_error(np.repeat(table.counts[None, 1:], len(rates), axis=0), rates)
    return tuple(
        AtRecall(recall, _answer(table, np.rint(counts), method=method, setting=setting))
        for recall, counts in zip(recalls, undone, strict=True)
    )


def linkage_share(
    table: capture_tables.CaptureTable,
    error: linkage_error.LinkageError,
    *,
    interval: tuple[float, float],
    setting: each_method.Setting,
) -> float | None:
    """Share of the variance of log(total) that comes from not knowing who is the same person.

    The total is estimated at both ends of the interval of recall, then of precision: half the distance is two standard
    errors of the total, to first order.

    In
        table      CaptureTable as linked
        error      precision and recall of the linkage, with their intervals
        interval   lower and upper end of the published total, linkage error included
        setting    each_method.Setting
    Out
        between 0 and 1; None where a total at one of the ends cannot be told
    Source
        the delta method; the estimates are averages of models by BIC

    >>> from cauce.estimate import existence
    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [60, 50, 40])
    >>> setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    >>> error = linkage_error.LinkageError((1.0, 1.0, 1.0), (0.9, 0.85, 0.95))
    >>> round(linkage_share(table, error, interval=(160.0, 250.0), setting=setting), 2)
    0.06
    """
    (precision, *precisions), (recall, *recalls) = error.precision, error.recall
    ends = [(precision, recalls[0]), (precision, recalls[1]), (precisions[0], recall), (precisions[1], recall)]
    rates = np.maximum(ends, linkage_error.LEAST_RATE)
    undone = linkage_error.undo_linkage_error(np.repeat(table.counts[None, 1:], 4, axis=0), rates)
    totals = [_answer(table, np.rint(counts), method="bic_average", setting=setting).total for counts in undone]
    if any(total is None for total in totals):
        return None
    logs = np.log(np.array(totals, dtype=float))
    moved = (logs[0] - logs[1]) ** 2 + (logs[2] - logs[3]) ** 2
    return float(min(moved / np.log(interval[1] / interval[0]) ** 2, 1.0))


def _answer(
    table: capture_tables.CaptureTable,
    undone: NDArray[np.float64],
    *,
    method: method_results.Method,
    setting: each_method.Setting,
) -> method_results.MethodResult:
    lists_held = np.bitwise_count(np.arange(1, table.counts.size))
    invented = undone @ lists_held / (table.counts[1:] @ lists_held) - 1
    if invented > _MOST_INVENTED:
        reason = Message("So many links cannot be missing: some people would have to be on fewer lists than none")
        return method_results.refuse_method(method, "not_estimable", table.observed, reason=reason)
    whole = capture_tables.CaptureTable(table.lists, np.concatenate([[0.0], undone]))
    return each_method.apply_method(method, [whole], setting=setting)[0]
