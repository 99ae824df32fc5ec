"""Which figures leave under the rule of thresholds: none of 1 to k - 1 people, nor any that would give one away?

Where a rule of dominance is given, nor any that comes nearly all from one partner's list. What leaves may be rounded:
that is done last, to figures that might leave exactly, so that nothing rests on it and it undoes nothing.

This policy is for populations that publish exact counts. It promises less than noise does: whoever knows enough
people in a cell learns of the others. A population never has both (the ledger sees to that).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import differencing, linked_cells, suppression
from cauce.protect.dominance import Dominance, find_dominated
from cauce.protect.left_counts import LeftCounts
from cauce.standards import clearance, cleared
from cauce.standards.errors import raise_all
from cauce.standards.messages import Message

__all__ = ["clear_counts", "hide", "withhold_counts"]

By = tuple[str, ...]
Masks = dict[By, NDArray[np.bool_]]


def withhold_counts(
    counts: Mapping[By, NDArray[np.int64]],
    *,
    domain: Mapping[str, tuple[str, ...]],
    threshold: int,
    several: frozenset[str],
    dominance: Dominance | None = None,
    earlier: Sequence[LeftCounts] = (),
) -> Masks:
    """The cells to withhold in tables of exact counts, all tables taken together, and against all that left before.

    In
        counts      table -> (k, ...) int   exact counts
        domain      column -> its codes in order
        threshold   int                     the smallest count shown; a cell of nobody is shown
        several     columns where a person may have several values
        dominance   the rule against figures nearly all of one list; None for no such rule
        earlier     all earlier releases of the same people
    Out
        table -> (k, ...) bool
    Refuses
        protect.codes_withdrawn   people left in a code that a column no longer has
    """
    raise_all(differencing.check_codes(domain, earlier))
    linked = linked_cells.link_cells(counts, several=several)
    small = (linked.values < threshold) & (np.arange(linked.values.size) < linked.released)
    least = np.where(small, 0.0, np.nan)
    most = np.where(small, float(threshold), np.nan)
    masks = {by: np.zeros(table.shape, dtype=bool) for by, table in counts.items()}
    for before in earlier:
        known = differencing.align(before, counts, domain=domain)
        masks = {by: mask | (known[by] == differencing.WITHHELD) for by, mask in masks.items()}
        low, high = _ends_of_small_changes(linked, _of_cells(linked, known), threshold=threshold)
        least, most = np.fmin(least, low), np.fmax(most, high)
    dominated = find_dominated(linked, dominance, counts=counts, several=several) if dominance else []
    hidden = np.logical_or.reduce([np.isfinite(least), *(np.isfinite(one.least) for one in dominated)])
    hidden |= _of_cells(linked, masks) > 0
    withheld = suppression.withhold_around(linked, hidden, least=least, most=most)
    for one in dominated:
        withheld = suppression.withhold_around(linked, withheld, least=one.least, most=one.most, known=one.known)
    masks = {by: mask | _of_table(linked, withheld, by=by) for by, mask in masks.items()}
    return differencing.withhold_changes(
        counts, masks, domain=domain, threshold=threshold, several=several, earlier=earlier
    )


def hide(counts: Mapping[By, NDArray[np.int64]], masks: Mapping[By, NDArray[np.bool_]]) -> dict[By, NDArray[np.int64]]:
    """Counts as they leave.

    In
        counts   table -> (k, ...) int    exact counts
        masks    table -> (k, ...) bool   cells to withhold
    Out
        table -> (k, ...) int   -1 where withheld

    >>> hide({("a",): np.array([12, 3])}, {("a",): np.array([False, True])})
    {('a',): array([12, -1])}
    """
    return {by: np.where(masks[by], differencing.WITHHELD, table) for by, table in counts.items()}


def clear_counts(
    counts: Mapping[By, NDArray[np.int64]],
    *,
    domain: Mapping[str, Sequence[str]],
    threshold: int,
    share: float = 1.0,
    rounding: int = 1,
) -> list[cleared.ClearedTable]:
    """Tables of counts with the withheld cells left out.

    In
        counts      table -> (k, ...) int   exact; -1 where `withhold_counts` withholds
        domain      column -> its codes in order
        threshold   int
        share       of the rule of dominance; 1.0 where there was none
        rounding    figures leave as the nearest multiple of it, halves upwards; 1 for exact ones
    Out
        one ClearedTable a table; status Q where withheld, and then neither a figure nor an interval; the interval of
        a rounded figure holds every count that may stand behind it
    """
    leave = _Leave(domain, threshold=threshold, share=share, rounding=rounding)
    return [_clear(by, table, leave) for by, table in counts.items()]


def _ends_of_small_changes(
    linked: linked_cells.LinkedCells, known: NDArray[np.int64], *, threshold: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The counts that must seem possible of cells that an earlier figure would show to have changed by a few.

    They reach from no change to a change of as many people as the threshold. The difference would be a small cell.
    """
    moved = linked.values - known
    is_little = (known >= 0) & (moved != 0) & (np.abs(moved) < threshold)
    far = np.maximum(known + np.sign(moved) * threshold, 0.0)
    ends = np.minimum(known, far), np.maximum(known, far)
    return np.where(is_little, ends[0], np.nan), np.where(is_little, ends[1], np.nan)


def _of_cells(linked: linked_cells.LinkedCells, tables: Mapping[By, NDArray[np.generic]]) -> NDArray[np.int64]:
    """(cell,) int: what released tables say of each cell with somebody in it; margins that are not released, absent."""
    flat = np.concatenate([table.ravel() for table in tables.values()]).astype(np.int64)
    found = np.full(linked.values.size, differencing.ABSENT)
    found[: linked.released] = flat[linked.held[: linked.released]]
    return found


def _of_table(linked: linked_cells.LinkedCells, cells: NDArray[np.bool_], *, by: By) -> NDArray[np.bool_]:
    shape = linked.tables[by]
    flat = np.zeros(int(np.prod(shape)), dtype=bool)
    places = linked.held - linked.starts[by]
    inside = (places >= 0) & (places < flat.size)
    flat[places[inside]] = cells[inside]
    return flat.reshape(shape)


@dataclass(frozen=True)
class _Leave:
    """By which rules figures leave."""

    domain: Mapping[str, Sequence[str]]
    threshold: int
    share: float
    rounding: int


def _clear(by: By, table: NDArray[np.int64], leave: _Leave) -> cleared.ClearedTable:
    places = np.indices(table.shape).reshape(len(by), table.size)
    hidden = table.ravel() < 0
    codes = {
        name: pa.array(np.asarray(leave.domain[name], dtype=object)[places[axis]], type=pa.string())
        for axis, name in enumerate(by)
    }
    rounded = _round(table.ravel(), leave)
    figures = {name: pa.array(one, mask=hidden) for name, one in rounded.items()}
    status = {
        "confidence_level": pa.array(np.ones(table.size)),
        "obs_status": pa.array(np.where(hidden, "Q", "A"), type=pa.string()),
    }
    return clearance.clear_table(
        by=by,
        observations=pa.table(codes | figures | status),
        epsilon=0.0,
        sigma=0.0,
        notes=_notes(leave, withheld=int(hidden.sum())),
        rounding=leave.rounding,
    )


def _round(counts: NDArray[np.int64], leave: _Leave) -> dict[str, NDArray[np.int64]]:
    """The figure, and the least and the most that may stand behind it: nobody is shown, or as many as the threshold."""
    base, below = leave.rounding, leave.rounding // 2
    figure = (counts + below) // base * base
    least, most = figure - below, figure + base - below - 1
    is_nil = figure == 0
    lower = np.where(is_nil, 0, np.maximum(least, leave.threshold))
    upper = np.where(is_nil & (most < leave.threshold), 0, most)
    return {"obs_value": figure, "lower": lower, "upper": upper}


def _notes(leave: _Leave, *, withheld: int) -> tuple[Message, ...]:
    notes = []
    if withheld and leave.share < 1.0:
        note = Message(
            "Withheld cells: {count}, of fewer than {threshold} people, or of people of whom one partner knows more "
            "than {share} % but not all, or so that no such cell can be worked out",
            count=withheld,
            threshold=leave.threshold,
            share=f"{100 * leave.share:g}",
        )
        notes.append(note)
    elif withheld:
        note = Message(
            "Withheld cells: {count}, either of fewer than {threshold} people or so that no such cell can be "
            "worked out",
            count=withheld,
            threshold=leave.threshold,
        )
        notes.append(note)
    if leave.rounding > 1:
        note = Message(
            "Figures are rounded to multiples of {base}, each for itself, so that they need not add up; the true count "
            "is in the interval",
            base=leave.rounding,
        )
        notes.append(note)
    return tuple(notes)
