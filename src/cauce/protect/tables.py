"""Which figures of a table leave, with which interval, and which are withheld?

It turns noisy queries into tables cleared for release. How the noise was drawn and paid is decided by `noise` and
`budget`; synthetic records come from `rows`; figures that others published already are the affair of `known_figures`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr

from cauce.protect import budget, consistency, intervals, known_figures, noise
from cauce.protect.levels import Columns, Level
from cauce.standards import clearance, cleared
from cauce.standards.invariants import Invariant, KnownFigure
from cauce.standards.messages import Message

__all__ = [
    "SIGMAS",
    "Family",
    "NoisyTable",
    "Profile",
    "agree_tables",
    "are_shown",
    "clear_tables",
    "draw_tables",
    "observe",
    "sigmas_to_show",
    "weigh_tables",
]

Profile = Literal["careful", "accurate"]

SIGMAS: Mapping[str, float] = {"careful": 3.0, "accurate": 2.0}
# Of the figures that the careful profile shows in a table, chance may have made one in a hundred.
_MOST_CHANCE_FINDS = 0.01
_STEP = 0.25
# A level is also known by the sum of what is below it: a quarter of a table's budget halves the noise of most.
_LEVEL_WEIGHT = 0.25
_DECIMALS = 3


@dataclass(frozen=True)
class NoisyTable:
    """One table as drawn: its columns, the noisy counts, the noise, its price, and whether persons repeat in it."""

    by: tuple[str, ...]
    values: NDArray[np.int64]
    sigma: float
    rho: float
    persons_repeat: bool


@dataclass(frozen=True)
class Family:
    """Tables that agree with each other, what they tell of together, and the figures of others that they hold to."""

    tables: Sequence[NoisyTable]
    parts: consistency.Parts
    known: Sequence[KnownFigure]


def draw_tables(
    counts: Mapping[tuple[str, ...], NDArray[np.int64]],
    *,
    rho: float,
    squared_norms: Mapping[tuple[str, ...], int],
    levels: Mapping[str, Level] | None = None,
) -> list[NoisyTable]:
    """Every table with its noise, the rho shared equally: a cell moves by as much whatever its table.

    In
        counts          table -> (k, ...) int   exact counts
        rho             float                   to spend on all of them
        squared_norms   table -> int            the most one person changes it, squared L2
        levels          level -> Level          a table by a level takes a quarter of the share of another
    Out
        one NoisyTable a table, in the same order

    >>> drawn = draw_tables({(): np.asarray(7)}, rho=0.5, squared_norms={(): 1})
    >>> drawn[0].by, round(drawn[0].sigma, 6), drawn[0].rho <= 0.5
    ((), 1.0, True)
    """
    shares = budget.share_by_weight(rho, weigh_tables(counts, levels=frozenset(levels or {})))
    drawn = []
    for table, exact in counts.items():
        squared = squared_norms[table]
        sigma = budget.sigma_of(shares["+".join(table)], squared_norm=squared)
        noised = noise.add_noise(exact, sigma=sigma, squared_norm=squared)
        drawn.append(NoisyTable(table, noised.values, sigma, noised.rho, persons_repeat=squared > 1))
    return drawn


def weigh_tables(tables: Iterable[tuple[str, ...]], *, levels: frozenset[str]) -> dict[str, float]:
    """What each table gets of a release's loss, for what the others get.

    In
        tables   columns of each
        levels   names of the columns that group others
    Out
        columns joined by "+" -> weight

    >>> weigh_tables([("age",), ("age@1",)], levels=frozenset({"age@1"}))
    {'age': 1.0, 'age@1': 0.25}
    """
    return {"+".join(table): _LEVEL_WEIGHT if levels & set(table) else 1.0 for table in tables}


def clear_tables(
    drawn: Sequence[NoisyTable],
    *,
    domain: Mapping[str, Sequence[str]],
    epsilon: float,
    profile: Profile,
    levels: Mapping[str, Level] | None = None,
    invariants: Sequence[Invariant] = (),
) -> list[cleared.ClearedTable]:
    """Noisy tables made consistent, with an interval for every cell of the domain and the small cells withheld.

    In
        drawn        noisy tables
        domain       column -> its codes in order, those of levels too
        epsilon      spent on all of them
        profile      "accurate" withholds figures under 2 standard deviations of their noise, "careful" under 3, or as
                     many more as keep what chance shows of nobody to one in a hundred figures shown
        levels       level -> what it groups: its figures are the sums of those below it
        invariants   figures published by others: the tables agree with each that the noise does not contradict
    Out
        one ClearedTable a table, in the same order
    Source
        METHODS.md E.2, E.3
    """
    rho = math.fsum(table.rho for table in drawn)
    released: dict[tuple[str, ...], cleared.ClearedTable] = {}
    for family in agree_tables(drawn, domain=domain, levels=levels, invariants=invariants):
        for table in family.tables:
            terms = _Terms(domain, epsilon * table.rho / rho, profile)
            told = known_figures.concerning(table.by, family.known, parts=family.parts)
            released[table.by] = _clear_table(table, parts=family.parts, known=told, terms=terms)
    return [released[table.by] for table in drawn]


@dataclass(frozen=True)
class _Terms:
    domain: Mapping[str, Sequence[str]]
    epsilon: float
    profile: Profile


def _families(drawn: Sequence[NoisyTable], columns: Columns) -> dict[tuple[str, ...] | None, list[NoisyTable]]:
    families: dict[tuple[str, ...] | None, list[NoisyTable]] = {}
    for table in drawn:
        key = tuple(columns.base(name) for name in table.by) if table.persons_repeat else None
        families.setdefault(key, []).append(table)
    return families


def _clear_table(
    table: NoisyTable, *, parts: consistency.Parts, known: tuple[KnownFigure, ...], terms: _Terms
) -> cleared.ClearedTable:
    estimates, variances = parts.table(table.by), parts.variances(table.by)
    # The number of people is a figure that is always shown: withholding it would protect nobody in particular.
    distances = estimates / np.sqrt(np.maximum(variances, np.finfo(np.float64).tiny))
    sigmas = sigmas_to_show(distances, profile=terms.profile)
    is_withheld = np.asarray((estimates < sigmas * np.sqrt(variances)) & (len(table.by) > 0))
    sigma = math.sqrt(float(np.max(variances)))
    return clearance.clear_table(
        by=table.by,
        observations=observe(table.by, estimates, domain=terms.domain, variance=variances, is_withheld=is_withheld),
        unbiased=_analyse(table, estimates, variances, domain=terms.domain),
        epsilon=terms.epsilon,
        sigma=sigma,
        notes=(
            *_notes(table, sigma=sigma, withheld=int(is_withheld.sum()), sigmas=sigmas),
            *(one.told() for one in known),
        ),
        known=known,
    )


def _chance_finds(sigmas: float, distances: NDArray[np.float64]) -> float:
    """The figures that noise alone would show if all cells were empty, as a share of those shown."""
    shown = int((distances >= sigmas).sum())
    return distances.size * float(ndtr(-sigmas)) / shown if shown else 0.0


def agree_tables(
    drawn: Sequence[NoisyTable],
    *,
    domain: Mapping[str, Sequence[str]],
    levels: Mapping[str, Level] | None = None,
    invariants: Sequence[Invariant] = (),
) -> list[Family]:
    """Noisy tables made consistent: all where persons count once, each with its levels where they repeat.

    In
        drawn, domain, levels, invariants   as for `clear_tables`
    Out
        one Family of tables that agree with each other
    """
    columns = Columns({name: len(codes) for name, codes in domain.items()}, levels or {})
    families = []
    for tables in _families(drawn, columns).values():
        queries = [consistency.Query(table.by, table.values.astype(np.float64), table.sigma) for table in tables]
        parts = consistency.reconcile(queries, columns.sizes, levels=columns.levels)
        repeats = tables[0].persons_repeat
        families.append(Family(tables, *known_figures.agree(parts, () if repeats else invariants, domain=domain)))
    return families


def sigmas_to_show(distances: NDArray[np.float64], *, profile: Profile) -> float:
    """How many standard deviations a figure of a table needs: more where few of many cells hold somebody.

    In
        distances   (...) float   each figure over the standard deviation of its noise
        profile     "accurate": the same for every table
    Out
        float

    >>> few, many = np.array([9.0, 8.0]), np.array([9.0, *[0.0] * 99])
    >>> sigmas_to_show(few, profile="careful"), sigmas_to_show(many, profile="careful")
    (3.0, 3.75)
    """
    sigmas = SIGMAS[profile]
    if profile == "accurate":
        return sigmas
    while _chance_finds(sigmas, distances) > _MOST_CHANCE_FINDS:
        sigmas += _STEP
    return sigmas


def are_shown(distances: NDArray[np.float64], *, profile: Profile) -> NDArray[np.bool_]:
    """Which figures of a table stand far enough above their noise to leave.

    In
        distances   (...) float   each figure over the standard deviation of its noise
        profile     as `sigmas_to_show` takes it
    Out
        (...) bool

    >>> are_shown(np.array([2.0, 1.99]), profile="accurate").tolist()
    [True, False]
    """
    return np.asarray(distances >= sigmas_to_show(distances, profile=profile))


def observe(
    by: Sequence[str],
    estimates: NDArray[np.float64],
    *,
    domain: Mapping[str, Sequence[str]],
    variance: NDArray[np.float64] | float,
    is_withheld: NDArray[np.bool_],
) -> pa.Table:
    """The rows of a cleared table: one for each cell of the domain.

    In
        by            its columns
        estimates     (k, ...) float   unbiased counts
        domain        column -> its codes in order
        variance      of each estimate, or of all
        is_withheld   (k, ...) bool    figures that do not leave; their interval does
    Out
        table   columns of `by`, obs_value, lower, upper, confidence_level, obs_status
    """
    lower, upper = intervals.whole_number_interval(estimates, variance=variance)
    values = np.maximum(np.rint(estimates), 0).astype(np.int64).ravel()
    hidden = is_withheld.ravel()
    return pa.table(
        _codes(by, estimates.shape, domain=domain)
        | {
            "obs_value": pa.array(values, mask=hidden),
            "lower": pa.array(lower.ravel()),
            "upper": pa.array(upper.ravel()),
            "confidence_level": pa.array(np.full(values.size, intervals.LEVEL)),
            "obs_status": pa.array(np.where(hidden, "Q", "A"), type=pa.string()),
        }
    )


def _codes(by: Sequence[str], shape: tuple[int, ...], *, domain: Mapping[str, Sequence[str]]) -> dict[str, pa.Array]:
    places = np.indices(shape).reshape(len(by), math.prod(shape))
    return {
        name: pa.array(np.asarray(domain[name], dtype=object)[places[axis]], type=pa.string())
        for axis, name in enumerate(by)
    }


def _analyse(
    table: NoisyTable,
    estimates: NDArray[np.float64],
    variances: NDArray[np.float64],
    *,
    domain: Mapping[str, Sequence[str]],
) -> pa.Table:
    """The figures for analysts: neither rounded nor cut at zero nor withheld, and as they were drawn."""
    return pa.table(
        _codes(table.by, estimates.shape, domain=domain)
        | {
            "unbiased": np.round(estimates, _DECIMALS).ravel(),
            "sigma": np.round(np.sqrt(variances), _DECIMALS).ravel(),
            "drawn": table.values.ravel(),
            "drawn_sigma": np.full(estimates.size, round(table.sigma, _DECIMALS)),
        }
    )


def _notes(table: NoisyTable, *, sigma: float, withheld: int, sigmas: float) -> tuple[Message, ...]:
    half = math.ceil(1.96 * sigma)
    notes = [
        Message("Noise protects every person: a figure may be off by about {half} either way", half=half),
        Message(
            "A sum of figures of this table may be off by about {half} times the square root of how many are added",
            half=math.ceil(1.96 * table.sigma),
        ),
    ]
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
