"""Which records meet on equal tokens, within a list or between two, and in which cells?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.lattice import FAMILIES, FAMILY_INDEX
from cauce.link.levels import Cell
from cauce.link.tokens import EMPTY, FAMILY_OF_PLACE, Tokens

__all__ = ["CellCount", "Meetings", "Tally", "join_persons", "meet_within", "read_meetings", "tally_cells"]

Places = NDArray[np.int64]

_ANY_KEY = FAMILY_INDEX["full.any_key"]
_NAME_BITS = [(1 << index, family.name[5:]) for index, family in enumerate(FAMILIES) if family.name.startswith("name.")]


@dataclass(frozen=True)
class Meetings:
    """Pairs that share a token: their places, a bit for each family, and the sounds shared beside the full date."""

    left: Places
    right: Places
    mask: Places
    crossings: Places

    def take(self, kept: NDArray[np.bool_] | Places) -> "Meetings":
        """The meetings at these places."""
        return Meetings(self.left[kept], self.right[kept], self.mask[kept], self.crossings[kept])


@dataclass(frozen=True)
class CellCount:
    """Pairs met in one cell: all of them, by class of names, and by the first name-only form that shows."""

    pairs: float
    classes: Mapping[str, float]
    names: Mapping[str, float]


@dataclass(frozen=True)
class Tally:
    """The cells of meetings: the cell of each, as a number into `cells`, and the counts."""

    cells: tuple[Cell, ...]
    cell_of_pair: Places
    counts: dict[Cell, CellCount]


def read_meetings(met: pa.Table) -> Meetings:
    """The meetings of two lists, as `matching.join_tokens` gives them.

    In
        met   left_record, right_record, mask, crossings
    Out
        meetings of records
    """
    names = ("left_record", "right_record", "mask", "crossings")
    return Meetings(*(met[name].to_numpy().astype(np.int64) for name in names))


def meet_within(tokens: Tokens, *, most: int) -> Meetings:
    """The pairs of one list that share a token which at most `most` records have.

    In
        tokens   (record, place) int64
        most     tokens of more records than this are left out
    Out
        meetings of records, the earlier on the left
    """
    filled = np.flatnonzero(tokens.ravel() != EMPTY)
    flat = tokens.ravel()[filled]
    order = np.argsort(flat)
    token, place = flat[order], filled[order]
    starts = np.flatnonzero(np.r_[True, token[1:] != token[:-1]]) if token.size else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, token.size])
    usable = np.repeat((sizes > 1) & (sizes <= most), sizes)
    token, place = token[usable], place[usable]
    row, family = place // tokens.shape[1], FAMILY_OF_PLACE[place % tokens.shape[1]]
    lefts, rights, families = [row[:0]], [row[:0]], [family[:0]]
    for offset in range(1, most):
        same = np.flatnonzero(token[offset:] == token[:-offset])
        lefts.append(np.minimum(row[same], row[same + offset]))
        rights.append(np.maximum(row[same], row[same + offset]))
        families.append(family[same])
    family = np.concatenate(families)
    bits, crossings = np.int64(1) << family, (family == _ANY_KEY).astype(np.int64)
    pairs = Meetings(np.concatenate(lefts), np.concatenate(rights), bits, crossings)
    return _merge(pairs.take(pairs.left != pairs.right), adds_crossings=True)


def join_persons(meetings: Meetings, left_persons: Places, right_persons: Places) -> Meetings:
    """Meetings of persons instead of records: two persons meet wherever any of their records do.

    In
        meetings        of records
        left_persons    (record,) the person of each record; `right_persons` alike
    Out
        meetings of persons, those of a person with herself left in
    """
    joined = Meetings(left_persons[meetings.left], right_persons[meetings.right], meetings.mask, meetings.crossings)
    return _merge(joined, adds_crossings=False)


def tally_cells(meetings: Meetings, lacks: Places) -> Tally:
    """The cell of each meeting and what met in each cell.

    In
        meetings   of persons or records
        lacks      (pair,) sum of MISSING_... for what either lacks
    Out
        cells and counts
    """
    rows = np.stack([meetings.mask, lacks, np.minimum(meetings.crossings, 2)], axis=1)
    kinds, kind_of_pair, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    decoded = [levels.decode_cell(mask, missing=lack, crossings=cross) for mask, lack, cross in kinds.tolist()]
    cells = tuple(dict.fromkeys(decoded))
    number = {cell: place for place, cell in enumerate(cells)}
    of_kind = np.array([number[cell] for cell in decoded], dtype=np.int64)
    pairs: Counter[Cell] = Counter()
    classes: dict[Cell, Counter[str]] = {cell: Counter() for cell in cells}
    names: dict[Cell, Counter[str]] = {cell: Counter() for cell in cells}
    for cell, mask, size in zip(decoded, kinds[:, 0].tolist(), sizes.tolist(), strict=True):
        pairs[cell] += size
        classes[cell][levels.name_class(mask)] += size
        form = next((name for bit, name in _NAME_BITS if mask & bit), None)
        if form:
            names[cell][form] += size
    counts = {cell: CellCount(pairs[cell], classes[cell], names[cell]) for cell in cells}
    return Tally(cells, of_kind[kind_of_pair.ravel()] if cells else lacks, counts)


def _merge(pairs: Meetings, *, adds_crossings: bool) -> Meetings:
    if not pairs.left.size:
        return pairs
    ordered = pairs.take(np.lexsort((pairs.right, pairs.left)))
    differs = (ordered.left[1:] != ordered.left[:-1]) | (ordered.right[1:] != ordered.right[:-1])
    starts = np.flatnonzero(np.r_[True, differs])
    merge_crossings = np.add if adds_crossings else np.maximum
    return Meetings(
        ordered.left[starts],
        ordered.right[starts],
        np.bitwise_or.reduceat(ordered.mask, starts),
        merge_crossings.reduceat(ordered.crossings, starts),
    )
