"""What leaves of a table of codes: tables with intervals, invented records, and by how much may they be off?

The error is foretold from the noise that was drawn, never measured against the data.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import budget, measured, rows, tables, targets, withholding
from cauce.protect.columns import Column
from cauce.standards import clearance, cleared
from cauce.standards.messages import Message

__all__ = ["EPSILONS", "clear_file", "error_by_epsilon"]

EPSILONS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0)
_MEAN_OF_ABSOLUTE = math.sqrt(2.0 / math.pi)
_MOST_MISFIT = 0.0015
_TRIES = 2


@dataclass(frozen=True)
class _Terms:
    epsilon: float
    delta: float
    profile: tables.Profile


def clear_file(
    known: measured.Measured,
    *,
    epsilon: float,
    delta: float,
    profile: tables.Profile,
    rng: np.random.Generator,
) -> cleared.ClearedRelease:
    """Tables of every column and pair, and records that add up to them, from noisy queries alone.

    In
        known     from `measured.measure_table`
        epsilon   spent
        delta     with it
        profile   "careful": rows hold no pair of values that was withheld; "accurate": nothing is withheld
        rng       the generator that invents rows
    Out
        ClearedRelease   its records carry the expected error: pairs (share of people misplaced in a table of two
                         columns), cell (persons by which a figure moves), rows (what the records add to that)
    """
    terms = _Terms(epsilon, delta, profile)
    aims = targets.aim_at(known.parts, known.columns, rate=withholding.RATE if profile == "careful" else None)
    places, gap = _best_rows(known.columns, aims, rng=rng)
    records = clearance.clear_records(
        columns=tuple(column.name for column in known.columns),
        rows=pa.Table.from_batches(_batches(places, known.columns), schema=_schema(known.columns)),
        expected_error=_expected_error(known, aims) | {"rows": gap},
    )
    return clearance.clear_release(
        tables=tuple(_clear_tables(known, aims, terms=terms)),
        estimate=None,
        records=records,
        policy="differential-privacy",
        epsilon=epsilon,
        delta=delta,
        epsilon_left=0.0,
    )


def error_by_epsilon(cell: float, *, epsilon: float, delta: float) -> dict[float, float]:
    """By how many persons a figure would have moved, had the release cost more or less.

    In
        cell      float   persons by which it moves now
        epsilon   float   what it cost
        delta     float
    Out
        epsilon -> persons

    >>> moved = error_by_epsilon(10.0, epsilon=1.0, delta=1e-6)
    >>> moved[0.5] > 19.0 and moved[1.0] == 10.0 and moved[4.0] < 3.0
    True
    """
    now = budget.rho_of(epsilon, delta=delta)
    return {other: cell * math.sqrt(now / budget.rho_of(other, delta=delta)) for other in EPSILONS}


def _best_rows(
    columns: Sequence[Column], aims: targets.Targets, *, rng: np.random.Generator
) -> tuple[NDArray[np.int16], float]:
    """The rows nearest to the targets; drawn again where a first draw misses them by more than the noise would."""
    best, least = rows.draw_rows(columns, aims, rng=rng), math.inf
    for attempt in range(_TRIES):
        tried = best if attempt == 0 else rows.draw_rows(columns, aims, rng=rng)
        gap = rows.misfit(tried, columns, aims)
        if gap < least:
            best, least = tried, gap
        if least <= max(_MOST_MISFIT, 0.5 * _noise_share(aims)):
            break
    return best, least


def _noise_share(aims: targets.Targets) -> float:
    """Half the expected sum of absolute noise over a table's cells, as a share of people, mean over pairs."""
    shares = [
        0.5 * _MEAN_OF_ABSOLUTE * math.sqrt(aims.variances[pair]) * int(aims.published[pair].sum()) / aims.people
        for pair in aims.tables
    ]
    return float(np.mean(shares)) if shares else 0.0


def _expected_error(known: measured.Measured, aims: targets.Targets) -> dict[str, float]:
    if not aims.variances:
        moved = math.sqrt(known.parts.variance((known.columns[0].name,)))
        return {"pairs": 0.0, "cell": _MEAN_OF_ABSOLUTE * moved}
    moved = float(np.mean(np.sqrt(list(aims.variances.values()))))
    return {"pairs": min(1.0, _noise_share(aims)), "cell": _MEAN_OF_ABSOLUTE * moved}


def _schema(columns: Sequence[Column]) -> pa.Schema:
    return pa.schema([(column.name, pa.dictionary(pa.int16(), pa.string())) for column in columns])


def _batches(places: NDArray[np.int16], columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    arrays = []
    for column, drawn in zip(columns, places.T, strict=True):
        codes = column.codes[:-1] if column.may_miss else column.codes
        is_missing = (drawn < 0) | (drawn >= len(codes))
        indices = pa.array(np.where(is_missing, 0, drawn).astype(np.int16), mask=is_missing)
        arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(codes, type=pa.string())))
    yield pa.RecordBatch.from_arrays(arrays, schema=_schema(columns))


def _clear_tables(known: measured.Measured, aims: targets.Targets, *, terms: _Terms) -> Iterator[cleared.ClearedTable]:
    codes = {column.name: column.codes for column in known.columns}
    singles = [(), *((column.name,) for column in known.columns)]
    for by in [*singles, *aims.tables]:
        yield _clear_table(known, by, codes=codes, withheld=_withheld(known, aims, by, terms=terms), terms=terms)


def _withheld(
    known: measured.Measured, aims: targets.Targets, by: tuple[str, ...], *, terms: _Terms
) -> NDArray[np.bool_]:
    estimates = known.parts.table(by)
    if terms.profile == "accurate" or not by:
        return np.zeros(estimates.shape, dtype=bool)
    if len(by) == 2:
        return ~aims.published[by[0], by[1]]
    return np.asarray(estimates < tables.SIGMAS["careful"] * math.sqrt(known.parts.variance(by)))


def _clear_table(
    known: measured.Measured,
    by: tuple[str, ...],
    *,
    codes: Mapping[str, Sequence[str]],
    withheld: NDArray[np.bool_],
    terms: _Terms,
) -> cleared.ClearedTable:
    variance = known.parts.variance(by)
    count = int(withheld.sum())
    note = Message("Withheld cells: {count}. Each may well be nobody at all, and no record holds it", count=count)
    return clearance.clear_table(
        by=by,
        observations=tables.observe(by, known.parts.table(by), domain=codes, variance=variance, is_withheld=withheld),
        epsilon=terms.epsilon / (len(codes) + 1 + len(codes) * (len(codes) - 1) / 2),
        sigma=math.sqrt(variance),
        notes=(note,) if count else (),
    )
