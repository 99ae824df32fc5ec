"""How wide is the interval of a count of linked people, when some may be counted twice and some two as one?

It widens what tables.py released by the error of the linkage, given as persons in truth for each person counted; the
figure stays as released.
"""

import pyarrow as pa
import pyarrow.compute as pc

from cauce.standards import clearance, cleared
from cauce.standards.messages import Message

__all__ = ["carry_linkage"]


def carry_linkage(table: cleared.ClearedTable, *, people: tuple[float, float]) -> cleared.ClearedTable:
    """A cleared table whose intervals contain the error of the linkage.

    In
        table    ClearedTable
        people   (least, most) persons in truth for each person counted
    Out
        ClearedTable: every lower end times the least, every upper end times the most, never inside the old interval;
        a figure that others published stays as it is
    """
    least, most = min(people[0], 1.0), max(people[1], 1.0)
    if (least, most) == (1.0, 1.0):
        return table
    is_known = _known_cells(table)
    observations = _scaled(table.observations, "lower", by=least, is_known=is_known)
    observations = _scaled(observations, "upper", by=most, is_known=is_known)
    note = Message(
        "The intervals contain the error of linking: behind 1,000 people counted stand {least} to {most} in truth",
        least=round(1000 * people[0]),
        most=round(1000 * people[1]),
    )
    return clearance.clear_table(
        by=table.by,
        observations=observations,
        epsilon=table.epsilon,
        sigma=table.sigma,
        notes=(*table.notes, note),
        unbiased=table.unbiased,
        known=table.known,
        rounding=table.rounding,
    )


def _known_cells(table: cleared.ClearedTable) -> pa.ChunkedArray | bool:
    return False if table.unbiased is None else pc.equal(table.unbiased["sigma"], 0.0)


def _scaled(observations: pa.Table, column: str, *, by: float, is_known: pa.ChunkedArray | bool) -> pa.Table:
    rounded = pc.floor if by < 1 else pc.ceil
    figures = pc.cast(rounded(pc.multiply(pc.cast(observations[column], pa.float64()), by)), pa.int64())
    figures = pc.if_else(is_known, observations[column], figures)
    return observations.set_column(observations.column_names.index(column), column, figures)
