"""Two tables that differ by one person, and gates with faults planted in them: what the attacks of the suite try."""

import ibis
import numpy as np
import pyarrow as pa

from cauce.protect import counting, tables

__all__ = [
    "DOMAIN",
    "TABLES",
    "counts_with_and_without",
    "draw_forgetting_norms",
    "draw_reusing_noise",
    "draw_with_half_noise",
    "noisy_outputs",
]

DOMAIN = {"sex": ("F", "M"), "means": tuple("abcdefgh")}
TABLES = (("sex",), ("means",))
EVERY_MEANS = list(DOMAIN["means"])
NORMS = {by: counting.squared_norm(by, several={"means"}) for by in TABLES}


def counts_with_and_without(*, values_per_person=counting.VALUES_PER_PERSON):
    """Exact counts of a table with and without one woman, whose many means change as many cells as anybody may."""
    others = [{"sex": "M" if place % 3 else "F", "means": [EVERY_MEANS[place % 8]]} for place in range(60)]
    changed = [*others, {"sex": "F", "means": EVERY_MEANS}]
    return tuple(
        counting.count_tables(
            ibis.memtable(pa.Table.from_pylist(people)), TABLES, domain=DOMAIN, values_per_person=values_per_person
        )
        for people in (changed, others)
    )


def noisy_outputs(pair, *, runs, rho, draw=tables.draw_tables):
    """(run, cell) of both: what so many releases hold in the cells that the person changes, and in one other of each.

    The noise of a cell is drawn for itself, so many runs are drawn in one call: the tables are repeated.
    """
    kept = {}
    for by, table in pair[0].items():
        differs = (table != pair[1][by]).ravel()
        kept[by] = np.sort([*np.flatnonzero(differs), *np.flatnonzero(~differs)[:1]])
    outputs = []
    for counts in pair:
        repeated = {by: np.tile(counts[by].ravel()[places], (runs, 1)) for by, places in kept.items()}
        drawn = draw(repeated, rho=rho, squared_norms=NORMS)
        outputs.append(np.hstack([table.values for table in drawn]).astype(float))
    return outputs


def draw_with_half_noise(counts, *, rho, squared_norms):
    """The gate with a fault: half the noise that is paid for."""
    return tables.draw_tables(counts, rho=4.0 * rho, squared_norms=squared_norms)


def draw_forgetting_norms(counts, *, rho, squared_norms):
    """The gate with a fault: a person is taken to change one cell, whatever she changes."""
    return tables.draw_tables(counts, rho=rho, squared_norms=dict.fromkeys(squared_norms, 1))


def draw_reusing_noise(counts, *, rho, squared_norms):
    """The gate with a fault: the second table has the noise of the first."""
    first, *_ = tables.draw_tables(counts, rho=rho, squared_norms=squared_norms)
    noise = first.values - counts[first.by]
    again = [
        tables.NoisyTable(by, table + noise[:, :1], first.sigma, first.rho, persons_repeat=True)
        for by, table in counts.items()
        if by != first.by
    ]
    return [first, *again]
