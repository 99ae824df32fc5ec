"""What stands in each column: which values, how often? Counted once, so that everything else is decided per value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir

__all__ = ["ColumnProfile", "profile_columns"]

MOST_VALUES = 50_000


@dataclass(frozen=True)
class ColumnProfile:
    """One column: its key in the table, its heading, its values, or the commonest, with the cells that hold them.

    distinct   number of different values, those not told in `values` included
    filled     cells with a value
    rows       all rows
    """

    key: str
    name: str
    filled: int
    distinct: int
    rows: int
    values: Mapping[str, int] = field(repr=False)


def profile_columns(
    rows: ir.Table, columns: Sequence[tuple[str, str]], *, most: int | None = MOST_VALUES
) -> tuple[ColumnProfile, ...]:
    """The profile of each column.

    In
        rows      a table of text cells, null where empty
        columns   (key in the table, heading)
        most      how many of the commonest values to tell; None tells all, for deciding what each becomes
    Out
        one profile per column, in order
    """
    return tuple(_profile(rows, key, name, most=most) for key, name in columns)


def _profile(rows: ir.Table, key: str, name: str, *, most: int | None) -> ColumnProfile:
    counted = rows.group_by(value=rows[key]).agg(cells=rows.count())
    counted = counted.mutate(distinct=counted.count().over(), rows=counted.cells.sum().over())
    ordered = counted.order_by([counted.cells.desc(), counted.value])
    common = (ordered if most is None else ordered.limit(most + 1)).to_pyarrow()
    values = dict(zip(common["value"].to_pylist(), common["cells"].to_pylist(), strict=True))
    total = common["rows"][0].as_py() if common.num_rows else 0
    distinct = common["distinct"][0].as_py() if common.num_rows else 0
    empty = values.pop(None, 0)
    return ColumnProfile(key, name, total - empty, distinct - (1 if empty else 0), total, values)
