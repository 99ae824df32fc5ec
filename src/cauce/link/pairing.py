"""Who of one list is who of another, given the pairs of records that share tokens?"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.assignment import Pairs, choose_mutual_best, share_free, weigh_rivals
from cauce.link.encoding import Encoding
from cauce.link.lattice import FAMILIES
from cauce.link.levels import Cell
from cauce.link.scoring import CellCount, Model, fit_model

__all__ = ["ListPair", "pair_lists"]

_NAME_BITS = [(1 << index, family.name[5:]) for index, family in enumerate(FAMILIES) if family.name.startswith("name.")]


@dataclass(frozen=True)
class ListPair:
    """Two lists linked.

    pairs     each record with its likeliest partner, whatever the probability
    doubts    all pairs that share a token, rivals included
    model     the matches expected, seen or not, and the chances of each cell
    counts    what met in each cell
    """

    left_code: str
    right_code: str
    pairs: Pairs
    doubts: Pairs
    model: Model
    counts: dict[Cell, CellCount]


def pair_lists(left: Encoding, right: Encoding, met: pa.Table) -> ListPair:
    """The likeliest partner of each record.

    In
        left, right   the encoded lists
        met           left_record, right_record, mask, crossings, as `matching.join_tokens` gives them
    """
    lefts = met["left_record"].to_numpy().astype(np.int64)
    rights = met["right_record"].to_numpy().astype(np.int64)
    lacks = left.missing[lefts] | right.missing[rights]
    crossings = np.minimum(met["crossings"].to_numpy().astype(np.int64), 2)
    kinds, kind_of_pair, sizes = _sort_kinds(met["mask"].to_numpy().astype(np.int64), lacks, crossings)
    cells = [levels.decode_cell(mask, missing=lack, crossings=cross) for mask, lack, cross in kinds]
    counts = _count(cells, kinds, sizes)
    model = fit_model(counts, left.facts, right.facts)
    chances = np.array([model.probability[cell] for cell in cells])[kind_of_pair] if kinds else np.zeros(0)
    doubts = _weigh(Pairs(lefts, rights, chances), left, right)
    return ListPair(left.list_code, right.list_code, choose_mutual_best(doubts), doubts, model, counts)


def _weigh(pairs: Pairs, left: Encoding, right: Encoding) -> Pairs:
    plain = weigh_rivals(pairs, free_left=np.ones(left.missing.size), free_right=np.ones(right.missing.size))
    return weigh_rivals(
        pairs,
        free_left=share_free(pairs.left, plain.probability, kinds=left.missing),
        free_right=share_free(pairs.right, plain.probability, kinds=right.missing),
    )


def _sort_kinds(
    mask: NDArray[np.int64], lacks: NDArray[np.int64], crossings: NDArray[np.int64]
) -> tuple[list[tuple[int, int, int]], NDArray[np.int64], list[int]]:
    rows = np.stack([mask, lacks, crossings], axis=1)
    kinds, kind_of_pair, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return [(kind[0], kind[1], kind[2]) for kind in kinds.tolist()], kind_of_pair.ravel(), sizes.tolist()


def _count(cells: list[Cell], kinds: list[tuple[int, int, int]], sizes: list[int]) -> dict[Cell, CellCount]:
    pairs: Counter[Cell] = Counter()
    classes: dict[Cell, Counter[str]] = {}
    names: dict[Cell, Counter[str]] = {}
    for cell, (mask, _, _), size in zip(cells, kinds, sizes, strict=True):
        pairs[cell] += size
        classes.setdefault(cell, Counter())[levels.name_class(mask)] += size
        form = next((name for bit, name in _NAME_BITS if mask & bit), None)
        if form:
            names.setdefault(cell, Counter())[form] += size
    return {cell: CellCount(count, classes[cell], names.get(cell, {})) for cell, count in pairs.items()}
