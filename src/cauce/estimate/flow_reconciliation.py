"""How do estimated moves change when some of them are known: a corridor, all arrivals of a country, net migration?

The table nearest to the estimate (in Kullback-Leibler divergence) that agrees with what is known: each unknown cell
is the estimate times a factor of its origin and a factor of its destination. Cells that were zero stay zero, unless
they are reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate.flow_repairs import Repair, list_names
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["KnownFlows", "ReconciledFlows", "reconcile_flows"]

Array = NDArray[np.float64]

_ROUNDS = 200
_SMALLEST_STEP = 2.0**-40


@dataclass(frozen=True)
class KnownFlows:
    """What is known, NaN where it is not: `cells` (origin, destination), `departures`, `arrivals` and `net` (area,)."""

    cells: Array
    departures: Array
    arrivals: Array
    net: Array


@dataclass(frozen=True)
class ReconciledFlows:
    """Moves that agree with what is known, what had to be mended for it, and the largest error left in a total."""

    between_areas: Array
    repairs: tuple[Repair, ...]
    largest_error: float


def reconcile_flows(table: Array, known: KnownFlows, *, areas: Sequence[str]) -> ReconciledFlows:
    """The moves nearest to an estimate that agree with reported moves, totals and net migration.

    In
        table   (origin, destination) float   estimated moves, zero or more, zero on the diagonal
        known   KnownFlows                    any part of it
        areas   codes of the areas
    Out
        ReconciledFlows   errors within 1e-6 of a person, or eight roundings of the largest total
    Refuses
        estimate.negative_known      a reported move or total is below zero
        estimate.negative_estimate   the estimate has negative moves, which have no nearest table
        estimate.reports_disagree    no table agrees with all that is known
    Source
        Deming and Stephan (1940), extended to net migration; Newton steps on the dual

    >>> nothing = np.full(2, np.nan)
    >>> known = KnownFlows(np.full((2, 2), np.nan), np.array([6.0, np.nan]), nothing, nothing)
    >>> reconcile_flows(np.array([[0.0, 3.0], [2.0, 0.0]]), known, areas=["A", "B"]).between_areas
    array([[0., 6.],
           [2., 0.]])
    """
    _refuse_negative(table, known)
    net, repairs = _balanced_net(known.net, areas=areas)
    is_fixed = np.isfinite(known.cells)
    fixed = np.where(is_fixed, known.cells, 0.0)
    free = np.where(is_fixed, 0.0, table)
    picks, wanted, names = _constraints(known, net, fixed=fixed, areas=areas)
    moved, errors = _nearest(free, picks, wanted)
    limit = max(1e-6, 8 * float(np.spacing(np.abs(wanted).max(initial=1.0))))
    if errors.size and errors.max() > limit:
        worst = np.argsort(-errors)[:5].tolist()
        raise Refusal(
            "estimate.reports_disagree",
            found="No moves agree with all that is known; it fails most in {areas}, by {people} people",
            wanted="reported moves, totals and net migration that can hold together, where the estimate has moves",
            remedy="Drop or correct some of the reported figures of these areas, or let net migration go free",
            areas=list_names(list(dict.fromkeys(names[place] for place in worst))),
            people=round(float(errors.max()), 1),
        )
    return ReconciledFlows(moved + fixed, repairs, float(errors.max(initial=0.0)))


def _constraints(
    known: KnownFlows, net: Array, *, fixed: Array, areas: Sequence[str]
) -> tuple[Array, Array, list[str]]:
    """Known totals as sums over the free cells: each is a row of `picks` times all departures, then all arrivals."""
    size = len(areas)
    out, into = np.eye(size, 2 * size), np.eye(size, 2 * size, k=size)
    left, came = fixed.sum(axis=1), fixed.sum(axis=0)
    parts = [
        (out, known.departures - left, known.departures),
        (into, known.arrivals - came, known.arrivals),
        (into - out, net - (came - left), net),
    ]
    picks, wanted, names = [], [], []
    for rows, targets, given in parts:
        is_known = np.isfinite(given)
        picks.append(rows[is_known])
        wanted.append(targets[is_known])
        names += [areas[place] for place in np.flatnonzero(is_known).tolist()]
    return np.concatenate(picks), np.concatenate(wanted), names


def _nearest(free: Array, picks: Array, wanted: Array) -> tuple[Array, Array]:
    """Newton on the dual with halving: the objective is convex, so it either meets the totals or there are none."""
    factors = np.zeros(len(wanted))
    table = free
    scale = max(float(np.abs(wanted).max(initial=0.0)), float(free.sum()), 1.0)
    for _ in range(_ROUNDS):
        gaps = wanted - picks @ _margins(table)
        if np.abs(gaps).max(initial=0.0) <= 1e-15 * scale:
            break
        step = _step(table, picks, gaps)
        share = _longest_descent(free, picks, wanted, factors=factors, step=step)
        if share < _SMALLEST_STEP:
            break
        factors = factors + share * step
        table = _table(free, picks, factors)
    return table, np.abs(wanted - picks @ _margins(table))


def _step(table: Array, picks: Array, gaps: Array) -> Array:
    rows, columns = np.diag(table.sum(axis=1)), np.diag(table.sum(axis=0))
    hessian = picks @ np.block([[rows, table], [table.T, columns]]) @ picks.T
    ridge = np.maximum(np.diagonal(hessian), 1e-12 * max(float(np.abs(hessian).max()), 1e-300)) * 1e-10
    step = np.nan_to_num(np.linalg.solve(hessian + np.diag(ridge), gaps), posinf=10.0, neginf=-10.0)
    longest = float(np.abs(step).max(initial=0.0))
    return np.asarray(step * min(1.0, 10.0 / max(longest, 10.0)))


def _longest_descent(free: Array, picks: Array, wanted: Array, *, factors: Array, step: Array) -> float:
    """The largest of 1, 1/2, 1/4 ... of the step at which the gaps along it have not turned round."""
    share = 1.0
    while share >= _SMALLEST_STEP:
        ahead = wanted - picks @ _margins(_table(free, picks, factors + share * step))
        here = wanted - picks @ _margins(_table(free, picks, factors))
        if float(ahead @ step) >= -0.9 * abs(float(here @ step)) and np.isfinite(ahead).all():
            return share
        share /= 2
    return share


def _table(free: Array, picks: Array, factors: Array) -> Array:
    size = len(free)
    exponents = picks.T @ factors
    with np.errstate(over="ignore"):
        return np.asarray(free * np.exp(exponents[:size, None] + exponents[None, size:]))


def _margins(table: Array) -> Array:
    return np.concatenate([table.sum(axis=1), table.sum(axis=0)])


def _balanced_net(net: Array, *, areas: Sequence[str]) -> tuple[Array, tuple[Repair, ...]]:
    """Net migration known for all areas must sum to zero: each gives up its share, in proportion to its size."""
    surplus = float(net.sum())
    if not np.isfinite(net).all() or abs(surplus) < 1e-6:
        return net, ()
    message = Message(
        "Net migration of all areas adds up to {people} people and not to zero: each area gave up its share",
        people=round(surplus, 3),
    )
    balanced = net - surplus * np.abs(net) / np.abs(net).sum()
    return balanced, (Repair("estimate.net_balanced", tuple(areas), message),)


def _refuse_negative(table: Array, known: KnownFlows) -> None:
    if any(np.nanmin(part, initial=0.0) < 0 for part in (known.cells, known.departures, known.arrivals)):
        raise Refusal(
            "estimate.negative_known",
            found="A reported move or total is below zero",
            wanted="zero or more; only net migration may be negative",
            remedy="Correct the reported figures",
        )
    if (table < 0).any():
        raise Refusal(
            "estimate.negative_estimate",
            found="The estimate has moves below zero",
            wanted="moves of zero or more",
            remedy="Use another method than rogers_von_rabenau",
        )
