"""Which further figures must be withheld so that two releases of exact counts do not give away who came or left?

Two rules, then a check. What was withheld once stays withheld: then a later release tells no more of it than the
changes do. The attack by linear programmes is run against every earlier release; wherever a change of a few people,
or a small cell, could be worked out, figures beside it are withheld until it cannot.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cauce.protect import linked_cells
from cauce.protect.attacks import differences
from cauce.protect.left_counts import LeftCounts
from cauce.standards.errors import Refusal

__all__ = ["ABSENT", "WITHHELD", "align", "check_codes", "narrow_cells", "withhold_changes"]

WITHHELD = -1
ABSENT = -2
_NIL = 1e-6

By = tuple[str, ...]
Masks = dict[By, NDArray[np.bool_]]


def align(
    before: LeftCounts, counts: Mapping[By, NDArray[np.int64]], *, domain: Mapping[str, tuple[str, ...]]
) -> dict[By, NDArray[np.int64]]:
    """The figures of an earlier release in the places of today's tables.

    In
        before   what left
        counts   table -> (k, ...) int   today's
        domain   column -> its codes today
    Out
        table -> (k, ...) int   WITHHELD, or ABSENT where the earlier release has no such cell

    >>> first = LeftCounts({("a",): np.array([12, -1])}, {"a": ("x", "y")})
    >>> align(first, {("a",): np.zeros(3, dtype=np.int64)}, domain={"a": ("y", "new", "x")})
    {('a',): array([-1, -2, 12])}
    """
    known = {frozenset(by): by for by in before.tables}
    aligned = {}
    for by, table in counts.items():
        old = known.get(frozenset(by))
        aligned[by] = np.full(table.shape, ABSENT)
        if old is None:
            continue
        turned = np.transpose(before.tables[old], [old.index(name) for name in by])
        at = [{code: place for place, code in enumerate(before.domain[name])} for name in by]
        places = [np.array([one.get(code, -1) for code in domain[name]]) for one, name in zip(at, by, strict=True)]
        kept = [np.flatnonzero(one >= 0) for one in places]
        aligned[by][np.ix_(*kept)] = turned[np.ix_(*[one[some] for one, some in zip(places, kept, strict=True)])]
    return aligned


def check_codes(domain: Mapping[str, tuple[str, ...]], earlier: Sequence[LeftCounts]) -> list[Refusal]:
    """A refusal for each column that lost a code under which people left: they are under another now, and overlap.

    In
        domain    column -> its codes today
        earlier   all earlier releases
    Out
        the refusals, empty where all is well
    """
    lost = sorted({found for before in earlier for found in _lost_codes(domain, before)})
    return [
        Refusal(
            "protect.codes_withdrawn",
            found="Column {column} no longer has the code {gone}, under which people left before",
            wanted="codes that stay: bands and areas that overlap earlier ones give away who is between them",
            remedy="Keep the earlier codes of this column for as long as the population is released by thresholds",
            column=column,
            gone=gone,
        )
        for column, gone in lost
    ]


def withhold_changes(
    counts: Mapping[By, NDArray[np.int64]],
    masks: Masks,
    *,
    domain: Mapping[str, tuple[str, ...]],
    threshold: int,
    several: frozenset[str],
    earlier: Sequence[LeftCounts],
) -> Masks:
    """The cells to withhold so that no earlier release, with this one, gives a small cell or a small change away.

    In
        counts      table -> (k, ...) int    exact counts
        masks       table -> (k, ...) bool   cells that are withheld already
        domain      column -> its codes in order
        threshold   int
        several     columns where a person may have several values
        earlier     all earlier releases of the same people
    Out
        table -> (k, ...) bool
    """
    if not earlier:
        return dict(masks)
    # Every cell has its place in these equations, also those of nobody.
    linked = linked_cells.link_cells({by: np.maximum(table, 1) for by, table in counts.items()}, several=several)
    flat = np.concatenate([mask.ravel() for mask in masks.values()])
    exact = np.concatenate([table.ravel() for table in counts.values()])
    # What stayed as it was in every release tells nothing of who came or left: it goes last.
    price = exact + np.where(_changed(counts, earlier, domain=domain), 0.0, float(exact.max(initial=0)) + 1.0)
    ties = csr_array(abs(linked.equations))
    while True:
        left = LeftCounts(_split(np.where(flat, WITHHELD, exact), counts), domain)
        bare = np.zeros(linked.held.size)
        for before in earlier:
            for by, narrow in narrow_cells(before, left, counts, threshold=threshold, several=several).items():
                bare[linked.starts[by] + np.flatnonzero(narrow.ravel())] = 1.0
        near = _cheapest_beside(ties, bare, price=np.where(flat | (exact == 0), np.inf, price))
        if not near.any():
            return {by: mask.astype(bool) for by, mask in _split(flat, counts).items()}
        flat = flat | near


def narrow_cells(
    before: LeftCounts,
    now: LeftCounts,
    counts: Mapping[By, NDArray[np.int64]],
    *,
    threshold: int,
    several: frozenset[str],
) -> Masks:
    """Cells that two releases together give away: a small count, or a change of a few people.

    A change is given away where the attacker knows that somebody came (or left), and how many at least or that they
    are fewer than the threshold.

    In
        before      what left first
        now         what would leave now
        counts      table -> (k, ...) int   exact counts now
        threshold   int
        several     columns where a person may have several values
    Out
        table, margins that are not released among them -> (k, ...) bool
    """
    found: Masks = {}
    for way in ("came", "left"):
        learnt = differences.bound_changes(before, now, several=several, way=way, reach=threshold)
        if learnt is None:
            continue
        for by, ends in learnt.changes.items():
            least, most = ends[..., 0], ends[..., 1]
            few = (most > _NIL) & (least < threshold - _NIL) & ((least > _NIL) | (most < threshold - _NIL))
            found[by] = found.get(by, np.zeros(few.shape, dtype=bool)) | few
        for by, ends in learnt.now.items():
            small = (counts[by] > 0) & (counts[by] < threshold)
            found[by] |= small & ~_is_wide(ends, threshold=threshold)
        for by, narrow in _narrowed_before(before, learnt, threshold=threshold, several=several).items():
            found[by] |= narrow
    return found


def _is_wide(ends: NDArray[np.float64], *, threshold: int) -> NDArray[np.bool_]:
    """Whether nobody and as many people as the threshold both seem possible."""
    return np.asarray((ends[..., 0] <= _NIL) & (ends[..., 1] >= threshold - _NIL))


def _narrowed_before(
    before: LeftCounts, learnt: differences.Learnt, *, threshold: int, several: frozenset[str]
) -> Masks:
    """Cells withheld in an earlier table that is not released now, which were wide then and no longer are."""
    released = {frozenset(by) for by in learnt.now}
    gone = [by for by in before.tables if frozenset(by) not in released]
    if not gone:
        return {}
    alone = differences.bound_counts(before, several=several)
    narrowed = {
        by: _is_wide(alone[by], threshold=threshold) & ~_is_wide(learnt.before[by], threshold=threshold) for by in gone
    }
    shapes = {by: np.zeros(ends.shape[:-1], dtype=np.int64) for by, ends in learnt.changes.items()}
    known = LeftCounts({by: table.astype(np.int64) for by, table in narrowed.items()}, before.domain)
    found = {by: table == 1 for by, table in align(known, shapes, domain=learnt.domain).items()}
    if any(table.any() for by, table in narrowed.items() if not any(set(by) == set(other) for other in shapes)):
        # Nothing of today is this cell's own: whatever changed beside any cell may be what tells.
        return {by: np.ones_like(table) for by, table in found.items()}
    return found


def _lost_codes(domain: Mapping[str, tuple[str, ...]], before: LeftCounts) -> Iterator[tuple[str, str]]:
    for by, table in before.tables.items():
        for axis, name in enumerate(by):
            others = tuple(at for at in range(len(by)) if at != axis)
            held = (table != 0).any(axis=others)
            for code, is_held in zip(before.domain[name], held, strict=True):
                if name in domain and is_held and code not in domain[name]:
                    yield name, code


def _cheapest_beside(ties: csr_array, bare: NDArray[np.float64], *, price: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(cell,) bool: for each bare cell, the cheapest shown figure of those nearest by equations; where no bare cell is
    tied to any, all that is shown."""
    cells = np.flatnonzero(bare)
    reached = csr_array((np.ones(cells.size), (np.arange(cells.size), cells)), shape=(cells.size, bare.size))
    shown, chosen = np.isfinite(price), np.zeros(price.size, dtype=bool)
    while cells.size:
        wider = csr_array((reached @ ties.T) @ ties)
        for start, end in zip(wider.indptr[:-1], wider.indptr[1:], strict=True):
            near = wider.indices[start:end]
            near = near[near < price.size]
            near = near[shown[near]]
            if near.size:
                chosen[near[np.argmin(price[near])]] = True
        if chosen.any():
            return chosen
        if wider.nnz == reached.nnz:
            return shown
        reached = wider
    return chosen


def _changed(
    counts: Mapping[By, NDArray[np.int64]], earlier: Sequence[LeftCounts], *, domain: Mapping[str, tuple[str, ...]]
) -> NDArray[np.bool_]:
    """(cell,) bool: figures that are not those of every earlier release."""
    exact = np.concatenate([table.ravel() for table in counts.values()])
    changed = np.zeros(exact.size, dtype=bool)
    for before in earlier:
        aligned = align(before, counts, domain=domain)
        changed |= np.concatenate([table.ravel() for table in aligned.values()]) != exact
    return changed


def _split(
    flat: NDArray[np.integer] | NDArray[np.bool_], tables: Mapping[By, NDArray[np.int64]]
) -> dict[By, NDArray[np.int64]]:
    ends = np.cumsum([table.size for table in tables.values()])
    parts = np.split(flat.astype(np.int64), ends[:-1])
    return {by: part.reshape(table.shape) for (by, table), part in zip(tables.items(), parts, strict=True)}
