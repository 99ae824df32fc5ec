"""Which records meet on equal tokens, within a list or between two, and in which cells?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.lattice import FAMILIES, FAMILY_INDEX
from cauce.link.levels import Cell
from cauce.link.name_forms import decode_name_form
from cauce.link.tokens import EMPTY, FAMILY_BOUNDS, Tokens

__all__ = ["CellCount", "Meetings", "Tally", "join_persons", "meet_within", "read_meetings", "tally_cells"]

Places = NDArray[np.int64]

_ANY_KEY = FAMILY_INDEX["full.any_key"]
_BELOW_LACKS, _BELOW_MASK = 2, 5
_NAME_FAMILIES = {index for index, family in enumerate(FAMILIES) if family.name.startswith("name.")}


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


def read_meetings(met: Sequence[pa.Table]) -> Meetings:
    """The meetings of two lists, as `matching.join_tokens` gives them.

    In
        met   left_record, right_record, mask, crossings; a table for each part of the families
    Out
        meetings of records: a pair may be there once for each part
    """
    names = ("left_record", "right_record", "mask", "crossings")
    nothing = np.zeros(0, dtype=np.int64)
    return Meetings(*(np.concatenate([nothing, *(part[name].to_numpy() for part in met)]) for name in names))


def meet_within(tokens: Tokens, *, most: int, most_alike: int | None = None) -> Meetings:
    """The pairs of one list that share a token which at most `most` records have.

    In
        tokens       (record, place) int64
        most         tokens of more records than this are left out
        most_alike   the same of tokens of a name without a date; without it, as `most`
    Out
        meetings of records, the earlier on the left
    """
    size = max(len(tokens), 1)
    limits = [most_alike or most if index in _NAME_FAMILIES else most for index in range(len(FAMILIES))]
    keys = [
        _meet_in_family(tokens[:, start:end], most=limit)
        for (start, end), limit in zip(FAMILY_BOUNDS, limits, strict=True)
    ]
    family = np.repeat(np.arange(len(keys), dtype=np.int8), [of_family.size for of_family in keys])
    left, right = np.divmod(np.concatenate(keys), size)
    bits, crossings = np.int64(1) << family.astype(np.int64), (family == _ANY_KEY).astype(np.int64)
    return _merge(Meetings(left, right, bits, crossings), adds_crossings=True)


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
    kind = meetings.mask << _BELOW_MASK | lacks << _BELOW_LACKS | np.minimum(meetings.crossings, 2)
    kinds, kind_of_pair, sizes = np.unique(kind, return_inverse=True, return_counts=True)
    masks, rest = np.divmod(kinds, 1 << _BELOW_MASK)
    lacking, crossed = np.divmod(rest, 1 << _BELOW_LACKS)
    decoded = [
        levels.decode_cell(mask, missing=lack, crossings=cross)
        for mask, lack, cross in zip(masks.tolist(), lacking.tolist(), crossed.tolist(), strict=True)
    ]
    cells = tuple(dict.fromkeys(decoded))
    number = {cell: place for place, cell in enumerate(cells)}
    of_kind = np.array([number[cell] for cell in decoded], dtype=np.int64)
    pairs: Counter[Cell] = Counter()
    classes: dict[Cell, Counter[str]] = {cell: Counter() for cell in cells}
    names: dict[Cell, Counter[str]] = {cell: Counter() for cell in cells}
    for cell, mask, size in zip(decoded, masks.tolist(), sizes.tolist(), strict=True):
        pairs[cell] += size
        classes[cell][levels.name_class(mask)] += size
        if form := decode_name_form(mask):
            names[cell][form] += size
    counts = {cell: CellCount(pairs[cell], classes[cell], names[cell]) for cell in cells}
    return Tally(cells, of_kind[kind_of_pair.ravel()] if cells else lacks, counts)


def _meet_in_family(tokens: Tokens, *, most: int) -> Places:
    """Pairs of records that share a token of one family, once for each such token: earlier * records + later."""
    flat = tokens.ravel()
    order = np.argsort(flat)
    token = flat[order]
    starts = np.flatnonzero(np.r_[True, token[1:] != token[:-1]]) if token.size else order
    sizes = np.diff(np.r_[starts, token.size])
    usable = np.repeat((sizes > 1) & (sizes <= most), sizes) & (token != EMPTY)
    token, row = token[usable], order[usable] // tokens.shape[1]
    pairs = [row[:0]]
    for offset in range(1, min(most, token.size)):
        same = np.flatnonzero(token[offset:] == token[:-offset])
        if not same.size:
            break
        low, high = np.minimum(row[same], row[same + offset]), np.maximum(row[same], row[same + offset])
        pairs.append((low * len(tokens) + high)[low != high])
    return np.concatenate(pairs)


def _merge(pairs: Meetings, *, adds_crossings: bool) -> Meetings:
    if not pairs.left.size:
        return pairs
    key = pairs.left * (pairs.right.max() + 1) + pairs.right
    order = np.argsort(key)
    differs = np.diff(key[order]) != 0
    starts = np.flatnonzero(np.r_[True, differs])
    merge_crossings = np.add if adds_crossings else np.maximum
    return Meetings(
        pairs.left[order[starts]],
        pairs.right[order[starts]],
        np.bitwise_or.reduceat(pairs.mask[order], starts),
        merge_crossings.reduceat(pairs.crossings[order], starts),
    )
