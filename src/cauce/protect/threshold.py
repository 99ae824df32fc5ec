"""Which figures leave under the rule of thresholds: none of 1 to k - 1 people, nor any that would give one away?

This policy is for populations that publish exact counts. It promises less than noise does: whoever knows enough
people in a cell learns of the others. A population never has both (the ledger sees to that).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import linked_cells, suppression
from cauce.standards import clearance, cleared
from cauce.standards.messages import Message

__all__ = ["clear_counts", "withhold_counts"]

By = tuple[str, ...]
Masks = dict[By, NDArray[np.bool_]]


def withhold_counts(
    counts: Mapping[By, NDArray[np.int64]],
    *,
    threshold: int,
    several: frozenset[str],
    earlier: Sequence[Mapping[By, NDArray[np.int64]]] = (),
) -> Masks:
    """The cells to withhold in tables of exact counts, all tables taken together.

    In
        counts      table -> (k, ...) int   exact counts
        threshold   int                     the smallest count shown; a cell of nobody is shown
        several     columns where a person may have several values
        earlier     earlier releases of the same tables, -1 where a cell was withheld
    Out
        table -> (k, ...) bool
    """
    linked = linked_cells.link_cells(counts, several=several)
    small = (linked.values < threshold) & (np.arange(linked.values.size) < linked.released)
    flat = np.zeros(int(sum(table.size for table in counts.values())), dtype=bool)
    for before in earlier:
        small |= _changed_little(linked, counts, before, threshold=threshold)
    withheld = suppression.withhold_around(linked, small, threshold=threshold)
    flat[linked.held[: linked.released]] = withheld[: linked.released]
    masks: Masks = {}
    for by, table in counts.items():
        start = linked.starts[by]
        masks[by] = flat[start : start + table.size].reshape(table.shape)
    return masks


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


def _changed_little(
    linked: linked_cells.LinkedCells,
    counts: Mapping[By, NDArray[np.int64]],
    before: Mapping[By, NDArray[np.int64]],
    *,
    threshold: int,
) -> NDArray[np.bool_]:
    """Cells that two releases would show to differ by a few persons: the difference would be a small cell."""
    changed = np.zeros(linked.values.size, dtype=bool)
    for by, table in counts.items():
        if by not in before or before[by].shape != table.shape:
            continue
        moved = np.abs(table - before[by])
        little = (before[by] >= 0) & (moved > 0) & (moved < threshold)
        places = linked.starts[by] + np.flatnonzero(little.ravel())
        at = np.searchsorted(linked.held, places)
        inside = at < linked.held.size
        inside[inside] &= linked.held[at[inside]] == places[inside]
        changed[at[inside]] = True
    return changed


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
