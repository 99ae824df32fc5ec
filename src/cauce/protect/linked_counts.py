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
        ClearedTable: every lower end times the least, every upper end times the most, never inside the old interval
    """
    least, most = min(people[0], 1.0), max(people[1], 1.0)
    if (least, most) == (1.0, 1.0):
        return table
    observations = _scaled(_scaled(table.observations, "lower", by=least), "upper", by=most)
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
    )


def _scaled(observations: pa.Table, column: str, *, by: float) -> pa.Table:
    rounded = pc.floor if by < 1 else pc.ceil
    figures = pc.cast(rounded(pc.multiply(pc.cast(observations[column], pa.float64()), by)), pa.int64())
    return observations.set_column(observations.column_names.index(column), column, figures)
