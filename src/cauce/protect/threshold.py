"""Which figures leave under the rule of thresholds: none of 1 to k - 1 people, nor any that would give one away?

This policy is for populations that publish exact counts. It promises less than noise does: whoever knows enough
people in a cell learns of the others. A population never has both (the ledger sees to that).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import differencing, linked_cells, suppression
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
    earlier: Sequence[LeftCounts] = (),
) -> Masks:
    """The cells to withhold in tables of exact counts, all tables taken together, and against all that left before.

    In
        counts      table -> (k, ...) int   exact counts
        domain      column -> its codes in order
        threshold   int                     the smallest count shown; a cell of nobody is shown
        several     columns where a person may have several values
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
    most = np.where(small, np.maximum(threshold, linked.values + 1.0), np.nan)
    masks = {by: np.zeros(table.shape, dtype=bool) for by, table in counts.items()}
    for before in earlier:
        known = differencing.align(before, counts, domain=domain)
        masks = {by: mask | (known[by] == differencing.WITHHELD) for by, mask in masks.items()}
        low, high = _ends_of_small_changes(linked, _of_cells(linked, known), threshold=threshold)
        least, most = np.fmin(least, low), np.fmax(most, high)
    hidden = np.isfinite(least) | (_of_cells(linked, masks) > 0)
    withheld = suppression.withhold_around(linked, hidden, least=least, most=most)
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
) -> list[cleared.ClearedTable]:
    """Tables of exact counts with the withheld cells left out.

    In
        counts      table -> (k, ...) int   -1 where `withhold_counts` withholds
        domain      column -> its codes in order
        threshold   int
    Out
        one ClearedTable a table; status Q where withheld, and then neither a figure nor an interval
    """
    return [_clear(by, table, domain=domain, threshold=threshold) for by, table in counts.items()]


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


def _clear(
    by: By, table: NDArray[np.int64], *, domain: Mapping[str, Sequence[str]], threshold: int
) -> cleared.ClearedTable:
    places = np.indices(table.shape).reshape(len(by), table.size)
    hidden = table.ravel() < 0
    codes = {
        name: pa.array(np.asarray(domain[name], dtype=object)[places[axis]], type=pa.string())
        for axis, name in enumerate(by)
    }
    figures = {name: pa.array(table.ravel(), mask=hidden) for name in ("obs_value", "lower", "upper")}
    status = {
        "confidence_level": pa.array(np.ones(table.size)),
        "obs_status": pa.array(np.where(hidden, "Q", "A"), type=pa.string()),
    }
    note = Message(
        "Withheld cells: {count}, either of fewer than {threshold} people or so that no such cell can be worked out",
        count=int(hidden.sum()),
        threshold=threshold,
    )
    notes = (note,) if hidden.any() else ()
    return clearance.clear_table(
        by=by, observations=pa.table(codes | figures | status), epsilon=0.0, sigma=0.0, notes=notes
    )
