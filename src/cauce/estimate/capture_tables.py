"""Which people were on which lists, counted: what is a capture table, and is this one sound?

A history is a set of lists, kept as a bit pattern: bit i stands for list i, so the history of lists 0 and 2 is 5. A
table has a place for every history, absent ones being zeros; place 0 (on no list) is what an estimate is for, and is
always zero here. How a table is read from a file: `gather.capture_files`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from cauce.standards.errors import Refusal, raise_all

__all__ = [
    "MOST_LISTS",
    "CaptureTable",
    "drop_list",
    "merge_lists",
    "overlaps",
    "read_table",
    "tabulate",
]

MOST_LISTS = 12
_ROWS_SHOWN = 5


@dataclass(frozen=True, eq=False)
class CaptureTable:
    """Counts of people by history.

    In
        lists    names of the lists, one each
        counts   (history,) float   people with exactly this history; place 0 is zero; length 2 ** lists

    >>> table = tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> table.counts
    array([ 0., 30., 20., 10.])
    >>> table.observed
    60.0
    """

    lists: tuple[str, ...]
    counts: NDArray[np.float64]

    @property
    def observed(self) -> float:
        """People on at least one list."""
        return float(self.counts.sum())

    def names_of(self, term: int) -> list[str]:
        """The lists of one bit pattern."""
        return [name for place, name in enumerate(self.lists) if term >> place & 1]


def tabulate(lists: Sequence[str], memberships: ArrayLike, counts: ArrayLike) -> CaptureTable:
    """The capture table of histories written as rows of 0 and 1; repeated histories are added up.

    In
        lists        names of the lists
        memberships  (row, list) int    1 where the people of the row are on the list
        counts       (row,) float       people with that history
    Out
        CaptureTable

    >>> tabulate(["A", "B"], [[1, 0], [1, 0]], [30, 20]).counts
    array([ 0., 50.,  0.,  0.])
    """
    members = np.asarray(memberships, dtype=np.int64).reshape(-1, len(lists))
    histories = members @ (1 << np.arange(len(lists)))
    summed = np.bincount(histories, weights=np.asarray(counts, dtype=np.float64), minlength=2 ** len(lists)).astype(
        np.float64
    )
    summed[0] = 0.0
    return CaptureTable(tuple(lists), summed)


def overlaps(table: CaptureTable) -> NDArray[np.float64]:
    """People on all lists of a pattern, whatever other lists they are on.

    In
        table   CaptureTable
    Out
        (history,) float   place w: people whose history holds w; place 0 is everybody observed

    >>> overlaps(tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10]))
    array([60., 40., 30., 10.])
    """
    sums = table.counts.copy()
    for place in range(len(table.lists)):
        halves = sums.reshape(-1, 2, 1 << place)
        halves[:, 0] += halves[:, 1]
    return sums


def drop_list(table: CaptureTable, name: str) -> CaptureTable:
    """The table as it would be had this list never been sent: people on it alone are no longer seen.

    In
        table   CaptureTable
        name    the list
    Out
        CaptureTable of the other lists

    >>> drop_list(tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10]), "B").counts
    array([ 0., 40.])
    """
    place = table.lists.index(name)
    summed = table.counts.reshape(-1, 2, 1 << place).sum(axis=1).ravel()
    summed[0] = 0.0
    return CaptureTable(tuple(held for held in table.lists if held != name), summed)


def merge_lists(table: CaptureTable, first: str, second: str) -> CaptureTable:
    """The table with two lists taken as one, in the place of the first: everybody stays seen.

    In
        table           CaptureTable
        first, second   the lists
    Out
        CaptureTable with one list fewer

    >>> merged = merge_lists(tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10]), "A", "B")
    >>> merged.lists, merged.counts
    (('A+B',), array([ 0., 60.]))
    """
    low, high = sorted((table.lists.index(first), table.lists.index(second)))
    histories = np.arange(table.counts.size)
    either = (histories >> low | histories >> high) & 1
    without = histories & ~(1 << low | 1 << high)
    moved = without | either << low
    shortened = moved & ((1 << high) - 1) | moved >> (high + 1) << high
    names = [*table.lists[:low], f"{table.lists[low]}+{table.lists[high]}", *table.lists[low + 1 :]]
    del names[high]
    merged = np.bincount(shortened, weights=table.counts, minlength=table.counts.size // 2).astype(np.float64)
    return CaptureTable(tuple(names), merged)


def read_table(
    table: pa.Table, *, is_noised: bool = False, is_part: bool = False, needs_overlap: bool = False
) -> tuple[CaptureTable, ...]:
    """The capture tables held in a table with one 0/1 column per list and `count`: one for each draw of the linkage.

    In
        table   columns   type             meaning
                a list    0 or 1           whether the people of the row are on it
                count     whole number     people with that history
                draw      text or number   optional: the draw of the linkage the row belongs to
                Values may be numbers or text.
        is_noised       counts carry noise: they may be below zero or sum to nothing on a list
        is_part         rows of a larger table: a list may be empty in them
        needs_overlap   one list, or lists without anybody in common, are refused
    Out
        one CaptureTable, or one for each draw in the order of their first rows
    Refuses
        estimate.no_count_column, estimate.no_list_column, estimate.too_many_lists   the columns are not those of a
            capture table
        estimate.list_not_binary, estimate.count_not_number, estimate.count_negative, estimate.count_not_whole,
        estimate.history_of_nobody, estimate.nobody_observed, estimate.empty_list     what the rows hold
        estimate.one_list, estimate.no_overlap   where `needs_overlap`

    >>> (only,) = read_table(pa.table({"A": [1, 0, 1], "B": [0, 1, 1], "count": [30, 20, 10]}))
    >>> only.observed
    60.0
    """
    _check_columns(table.column_names)
    lists = [name for name in table.column_names if name not in ("count", "draw")]
    refusals: list[Refusal] = []
    members = np.column_stack([_read_list(table, name, refusals) for name in lists])
    counts = _read_counts(table, refusals, is_noised=is_noised)
    refusals += _refuse_histories(members, counts)
    draws = np.asarray(table["draw"].to_pylist() if "draw" in table.column_names else ["1"] * table.num_rows, dtype=str)
    refusals += _refuse_empty(lists, members, counts) if not refusals and not (is_noised or is_part) else []
    refusals += _refuse_without_overlap(members, counts) if needs_overlap and not is_noised else []
    raise_all(refusals)
    return tuple(tabulate(lists, members[draws == draw], counts[draws == draw]) for draw in dict.fromkeys(draws))


def _check_columns(names: Sequence[str]) -> None:
    refusals = []
    lists = [name for name in names if name not in ("count", "draw")]
    if "count" not in names:
        refusals.append(
            Refusal(
                "estimate.no_count_column",
                found="The table has the columns {columns} and none is called count",
                wanted="a last column called count, with the number of people of each history",
                remedy="Write one row per capture history: a column per list with 1 or 0, and the column count",
                columns=", ".join(names),
            )
        )
    if not lists:
        refusals.append(
            Refusal(
                "estimate.no_list_column",
                found="The table has no column for a list",
                wanted="one column for each list, with 1 where the people are on it and 0 where not",
                remedy="Write one row per capture history: a column per list with 1 or 0, and the column count",
            )
        )
    if len(lists) > MOST_LISTS:
        refusals.append(
            Refusal(
                "estimate.too_many_lists",
                found="The table has {count} lists",
                wanted="at most {most} lists",
                remedy="Merge lists kept by the same office, or leave out the smallest",
                count=len(lists),
                most=MOST_LISTS,
            )
        )
    raise_all(refusals)


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    return np.array([_number(value) for value in table[name].to_pylist()], dtype=np.float64)


def _number(value: object) -> float:
    try:
        return float(str(value).strip())
    except ValueError:
        return float("nan")


def _read_list(table: pa.Table, name: str, refusals: list[Refusal]) -> NDArray[np.int64]:
    values = _numbers(table, name)
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        refusals.append(
            Refusal(
                "estimate.list_not_binary",
                found="Column {column} holds something other than 0 and 1 (rows {rows})",
                wanted="1 where the people of the row are on the list, 0 where they are not",
                remedy="Correct these rows, or leave the column out if it is not a list",
                column=name,
                rows=_rows(wrong),
            )
        )
    # A faulty cell counts as 1, so that its row is not refused a second time as being on no list.
    return np.where(wrong, 1, np.nan_to_num(values)).astype(np.int64)


def _read_counts(table: pa.Table, refusals: list[Refusal], *, is_noised: bool) -> NDArray[np.float64]:
    values = _numbers(table, "count")
    is_number = np.isfinite(values)
    whole = np.where(is_number, values, 0.0)
    if not is_number.all():
        refusals.append(
            Refusal(
                "estimate.count_not_number",
                found="Column count holds something that is not a number (rows {rows})",
                wanted="a whole number of people, 0 or more, in every row",
                remedy="Correct these rows; leave out a history that was not counted",
                rows=_rows(~is_number),
            )
        )
    if (whole < 0).any() and not is_noised:
        refusals.append(
            Refusal(
                "estimate.count_negative",
                found="Column count holds negative numbers (rows {rows})",
                wanted="a whole number of people, 0 or more, in every row",
                remedy="Correct these rows; counts that carry noise need its sigma as well",
                rows=_rows(whole < 0),
            )
        )
    if (whole != np.round(whole)).any():
        refusals.append(
            Refusal(
                "estimate.count_not_whole",
                found="Column count holds fractions of people (rows {rows})",
                wanted="a whole number of people, 0 or more, in every row",
                remedy="Give counts of people, neither weighted nor averaged",
                rows=_rows(whole != np.round(whole)),
            )
        )
    return whole


def _refuse_histories(members: NDArray[np.int64], counts: NDArray[np.float64]) -> list[Refusal]:
    unseen = (members == 0).all(axis=1)
    refusals = []
    if unseen.any():
        refusals.append(
            Refusal(
                "estimate.history_of_nobody",
                found="Some rows are on no list at all (rows {rows})",
                wanted="rows with 1 for at least one list: people on no list are what is estimated",
                remedy="Delete these rows, or correct the lists in them",
                rows=_rows(unseen),
            )
        )
    if counts.size == 0 or not (counts != 0).any():
        refusals.append(
            Refusal(
                "estimate.nobody_observed",
                found="The table counts nobody",
                wanted="at least one history with people",
                remedy="Check that this is the file you meant",
            )
        )
    return refusals


def _refuse_empty(lists: list[str], members: NDArray[np.int64], counts: NDArray[np.float64]) -> list[Refusal]:
    totals = counts @ members
    return [
        Refusal(
            "estimate.empty_list",
            found="Nobody is on the list {column}",
            wanted="at least one person on every list",
            remedy="Leave this column out",
            column=name,
        )
        for name, total in zip(lists, totals, strict=True)
        if total == 0
    ]


def _refuse_without_overlap(members: NDArray[np.int64], counts: NDArray[np.float64]) -> list[Refusal]:
    if members.shape[1] < 2:
        return [
            Refusal(
                "estimate.one_list",
                found="The table has one list",
                wanted="two lists or more of the same people: those nobody saw are estimated from overlaps",
                remedy="Add the list of another partner, linked to this one",
            )
        ]
    if (counts[members.sum(axis=1) > 1] != 0).any():
        return []
    return [
        Refusal(
            "estimate.no_overlap",
            found="Nobody is on more than one list",
            wanted="people on two lists or more",
            remedy="Check the linkage of the lists; without common people nothing can be estimated",
        )
    ]


def _rows(wrong: NDArray[np.bool_]) -> str:
    """Rows as a person counts them in the file: the heading is row 1."""
    rows = [str(row + 2) for row in np.flatnonzero(wrong)]
    return ", ".join(rows[:_ROWS_SHOWN]) + (" ..." if len(rows) > _ROWS_SHOWN else "")
