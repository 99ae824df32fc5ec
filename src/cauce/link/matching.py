"""Which records of two lists share a token, and in which families?

The join is one Ibis expression of equalities, so that DuckDB on a laptop and Spark on a cluster run the same; a
recipe executes it. The tokens of a list are laid out one a row: `record` (its place), `family_bit`, `token`.
"""

from itertools import pairwise

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from cauce.link.lattice import FAMILY_INDEX
from cauce.link.tokens import EMPTY, FAMILY_BOUNDS, FAMILY_OF_PLACE, Tokens

__all__ = ["ALL_FAMILIES", "join_tokens", "lay_out_tokens", "plan_parts"]

ALL_FAMILIES = range(len(FAMILY_BOUNDS))
_MOST_TOKENS = 8_000_000
_ANY_KEY = 1 << FAMILY_INDEX["full.any_key"]


def plan_parts(records: int) -> tuple[range, ...]:
    """The families in parts that memory holds however long the list is: a token never meets one of another family.

    In
        records   of the longer list
    Out
        (part,) families

    >>> len(plan_parts(1_000)), len(plan_parts(1_000_000)) > 10
    (1, True)
    """
    bounds = [0]
    for family, (_, end) in enumerate(FAMILY_BOUNDS):
        if (end - FAMILY_BOUNDS[bounds[-1]][0]) * records > _MOST_TOKENS and family > bounds[-1]:
            bounds.append(family)
    return tuple(range(first, last) for first, last in pairwise((*bounds, len(FAMILY_BOUNDS))))


def lay_out_tokens(tokens: Tokens, families: range = ALL_FAMILIES) -> pa.Table:
    """One row per token.

    In
        tokens     (record, place) int64
        families   those wanted
    Out
        record       int32   place of the record in its list
        family_bit   int64   1 shifted by the number of the family
        token        int64

    >>> lay_out_tokens(np.ones((2, len(FAMILY_OF_PLACE)), dtype=np.int64)).num_rows == 2 * len(FAMILY_OF_PLACE)
    True
    """
    start, end = FAMILY_BOUNDS[families[0]][0], FAMILY_BOUNDS[families[-1]][1]
    token = tokens[:, start:end].ravel()
    record = np.repeat(np.arange(len(tokens), dtype=np.int32), end - start)
    family_bit = np.tile(np.int64(1) << FAMILY_OF_PLACE[start:end], len(tokens))
    kept = token != EMPTY
    return pa.table({"record": record[kept], "family_bit": family_bit[kept], "token": token[kept]})


def join_tokens(left: ir.Table, right: ir.Table) -> ir.Table:
    """The pairs of records that share a token.

    In
        left, right   record, family_bit, token
    Out
        left_record, right_record   int32
        mask                        int64   one bit for each family in which they share a token
        crossings                   int64   sounds of any name shared beside the full date
    """
    met = left.rename(left_record="record").join(right.rename(right_record="record"), ["token", "family_bit"])
    return met.group_by(["left_record", "right_record"]).aggregate(
        mask=_bit_or(met.family_bit),
        crossings=(met.family_bit == _ANY_KEY).cast("int64").sum(),
    )


# Ibis has no such aggregate for Spark; both engines know it by this name.
@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]  # ibis does not type its decorators
def _bit_or(bits: dt.int64) -> dt.int64:
    """All bits that any of the group has."""
