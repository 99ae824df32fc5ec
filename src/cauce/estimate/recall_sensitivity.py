"""What would the estimate be, had the linkage found another share of the true links?

Nobody knows the recall of a linkage for certain. At each recall supposed, the captures are put back in closed form to
what they would be with every link made (`linkage_error`), and estimated again: a figure that stands at every recall
that is possible does not rest on the linkage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cauce.estimate import capture_tables, each_method, linkage_error, method_results
from cauce.standards.messages import Message

__all__ = ["AtRecall", "try_recalls"]

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


def _answer(
    table: capture_tables.CaptureTable,
    undone: np.ndarray,
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
