"""How much does the figure owe to one list, or to keeping two lists apart?

The estimate is made again without each list in turn, and with each two lists taken as one: a list that moves the
total far is one to look into before publishing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from cauce.estimate import capture_tables, each_method, method_results
from cauce.standards.errors import Refusal

__all__ = ["Change", "try_changes"]


@dataclass(frozen=True, eq=False)
class Change:
    """The answer of a method after one change of the lists.

    kind     "dropped" (one list) or "merged" (two)
    lists    the lists dropped or merged
    answer   MethodResult of what is left
    """

    kind: Literal["dropped", "merged"]
    lists: tuple[str, ...]
    answer: method_results.MethodResult


def try_changes(
    table: capture_tables.CaptureTable, method: method_results.Method, *, setting: each_method.Setting
) -> tuple[Change, ...]:
    """The estimate without each list, then with each two lists merged.

    In
        table     CaptureTable of three lists or more
        method    word of the method
        setting   each_method.Setting
    Out
        Change, ...
    Refuses
        estimate.too_few_to_change   fewer than three lists

    >>> import numpy as np
    >>> from cauce.estimate import existence
    >>> table = capture_tables.tabulate(["A", "B", "C"], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1],
    ...                                 [0, 1, 1]], [40, 30, 20, 9, 8, 7])
    >>> setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    >>> [(change.kind, change.lists) for change in try_changes(table, "main", setting=setting)][2:4]
    [('dropped', ('C',)), ('merged', ('A', 'B'))]
    """
    if len(table.lists) < 3:
        raise Refusal(
            "estimate.too_few_to_change",
            found="The table has {count} lists",
            wanted="three lists or more, so that two are left when one goes",
            remedy="Leave out the sensitivity to lists",
            count=len(table.lists),
        )
    dropped = [(name,) for name in table.lists]
    merged = list(combinations(table.lists, 2))
    changed: Sequence[capture_tables.CaptureTable] = [
        *(capture_tables.drop_list(table, name) for (name,) in dropped),
        *(capture_tables.merge_lists(table, *pair) for pair in merged),
    ]
    kinds: list[Literal["dropped", "merged"]] = ["dropped"] * len(dropped)
    kinds += ["merged"] * len(merged)
    return tuple(
        Change(kind, lists, each_method.apply_method(method, [one], setting=setting)[0])
        for kind, lists, one in zip(kinds, [*dropped, *merged], changed, strict=True)
    )
