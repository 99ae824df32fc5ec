"""Which figures of a table leave, with which interval, and which are withheld?

It turns noisy queries into tables cleared for release. How the noise was drawn and paid is decided by `noise` and
`budget`; synthetic records come from `rows`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.protect import budget, consistency, intervals, noise
from cauce.standards import clearance, cleared
from cauce.standards.messages import Message

__all__ = ["SIGMAS", "NoisyTable", "Profile", "clear_tables", "draw_tables", "observe"]

Profile = Literal["careful", "accurate"]

SIGMAS: Mapping[str, float] = {"careful": 3.0, "accurate": 2.0}


@dataclass(frozen=True)
class NoisyTable:
    """One table as drawn: its columns, the noisy counts, the noise, its price, and whether persons repeat in it."""

    by: tuple[str, ...]
    values: NDArray[np.int64]
    sigma: float
    rho: float
    persons_repeat: bool


def draw_tables(
    counts: Mapping[tuple[str, ...], NDArray[np.int64]],
    *,
    rho: float,
    squared_norms: Mapping[tuple[str, ...], int],
) -> list[NoisyTable]:
    """Every table with its noise, the rho shared equally: a cell moves by as much whatever its table.

    In
        counts          table -> (k, ...) int   exact counts
        rho             float                   to spend on all of them
        squared_norms   table -> int            the most one person changes it, squared L2
    Out
        one NoisyTable a table, in the same order

    >>> drawn = draw_tables({(): np.asarray(7)}, rho=0.5, squared_norms={(): 1})
    >>> drawn[0].by, round(drawn[0].sigma, 6), drawn[0].rho <= 0.5
    ((), 1.0, True)
    """
    shares = budget.share_by_weight(rho, {"+".join(table): 1.0 for table in counts})
    drawn = []
    for table, exact in counts.items():
        squared = squared_norms[table]
        sigma = budget.sigma_of(shares["+".join(table)], squared_norm=squared)
        noised = noise.add_noise(exact, sigma=sigma, squared_norm=squared)
        drawn.append(NoisyTable(table, noised.values, sigma, noised.rho, persons_repeat=squared > 1))
    return drawn


def clear_tables(
    drawn: Sequence[NoisyTable],
    *,
    domain: Mapping[str, Sequence[str]],
    epsilon: float,
    profile: Profile,
) -> list[cleared.ClearedTable]:
    """Noisy tables made consistent, with an interval for every cell of the domain and the small cells withheld.

    In
        drawn     noisy tables
        domain    column -> its codes in order
        epsilon   spent on all of them
        profile   "careful" withholds figures under 3 standard deviations of their noise, "accurate" under 2
    Out
        one ClearedTable a table, in the same order
    Source
        METHODS.md E.2, E.3
    """
    sizes = {name: len(codes) for name, codes in domain.items()}
    parts = consistency.reconcile(
        [
            consistency.Query(table.by, table.values.astype(np.float64), table.sigma)
            for table in drawn
            if not table.persons_repeat
        ],
        sizes,
    )
    rho = math.fsum(table.rho for table in drawn)
    return [
        _clear_table(table, parts=parts, domain=domain, epsilon=epsilon * table.rho / rho, sigmas=SIGMAS[profile])
        for table in drawn
    ]


def _clear_table(
    table: NoisyTable,
    *,
    parts: consistency.Parts,
    domain: Mapping[str, Sequence[str]],
    epsilon: float,
    sigmas: float,
) -> cleared.ClearedTable:
    if table.persons_repeat:
        estimates, variance = table.values.astype(np.float64), table.sigma**2
    else:
        estimates, variance = parts.table(table.by), parts.variance(table.by)
    # The number of people is a figure that is always shown: withholding it would protect nobody in particular.
    is_withheld = (estimates < sigmas * math.sqrt(variance)) & (len(table.by) > 0)
    observations = observe(table.by, estimates, domain=domain, variance=variance, is_withheld=np.asarray(is_withheld))
    return clearance.clear_table(
        by=table.by,
        observations=observations,
        epsilon=epsilon,
        sigma=math.sqrt(variance),
        notes=_notes(table, variance=variance, withheld=int(is_withheld.sum()), sigmas=sigmas),
    )


def observe(
    by: Sequence[str],
    estimates: NDArray[np.float64],
    *,
    domain: Mapping[str, Sequence[str]],
    variance: float,
    is_withheld: NDArray[np.bool_],
) -> pa.Table:
    """The rows of a cleared table: one for each cell of the domain.

    In
        by            its columns
        estimates     (k, ...) float   unbiased counts
        domain        column -> its codes in order
        variance      of each estimate
        is_withheld   (k, ...) bool    figures that do not leave; their interval does
    Out
        table   columns of `by`, obs_value, lower, upper, confidence_level, obs_status
    """
    lower, upper = intervals.whole_number_interval(estimates, variance=variance)
    values = np.maximum(np.rint(estimates), 0).astype(np.int64).ravel()
    hidden = is_withheld.ravel()
    places = np.indices(estimates.shape).reshape(len(by), estimates.size)
    codes = {
        name: pa.array(np.asarray(domain[name], dtype=object)[places[axis]], type=pa.string())
        for axis, name in enumerate(by)
    }
    return pa.table(
        codes
        | {
            "obs_value": pa.array(values, mask=hidden),
            "lower": pa.array(lower.ravel()),
            "upper": pa.array(upper.ravel()),
            "confidence_level": pa.array(np.full(values.size, intervals.LEVEL)),
            "obs_status": pa.array(np.where(hidden, "Q", "A"), type=pa.string()),
        }
    )


def _notes(table: NoisyTable, *, variance: float, withheld: int, sigmas: float) -> tuple[Message, ...]:
    half = math.ceil(1.96 * math.sqrt(variance))
    notes = [Message("Noise protects every person: a figure may be off by about {half} either way", half=half)]
    if withheld:
        notes.append(
            Message(
                "Withheld cells: {count}. Each figure is under {sigmas} times its noise and may be nobody at all",
                count=withheld,
                sigmas=sigmas,
            )
        )
    if table.persons_repeat:
        notes.append(Message("A person counts once in each of up to 3 values, so the cells add up to more than people"))
    return tuple(notes)
