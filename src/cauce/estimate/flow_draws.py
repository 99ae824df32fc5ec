"""How far could estimated moves be from the truth, given how well stocks, births, deaths and the mixture are known?

Each draw disturbs the inputs as the error model says and runs the whole method again; intervals are quantiles over
the draws. They answer for these errors only, not for the assumptions of the method: compare methods for those.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import demographic_accounts, flows, stock_accounts
from cauce.estimate.flows import FlowEstimate, Method, StockPair
from cauce.estimate.stock_accounts import MoverStocks
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent

__all__ = ["ErrorModel", "FlowIntervals", "draw_flows"]

Array = NDArray[np.float64]

_CELLS_AT_ONCE = 600_000
_MOST_DEAD = 0.999
_FEWEST_KEPT = 0.9


@dataclass(frozen=True)
class ErrorModel:
    """How well the inputs are known; these defaults are assumptions, not measurements: give those of your sources.

    `stocks`        relative standard error of the foreign-born of each birthplace in each area, log-normal, mean one
    `correlation`   between the errors of the same cell at the two dates: what one count misses, the next misses too
    `vital_events`  relative standard error of births and of deaths of each area, log-normal, independent
    `weight`        standard error of the weight of `da_pb_closed`, a beta distribution around it

    The population of each area is taken as known: the native-born are what the foreign-born leave of it. An empty
    cell stays empty.
    """

    stocks: float = 0.05
    correlation: float = 0.9
    vital_events: float = 0.01
    weight: float = 0.05


@dataclass(frozen=True)
class FlowIntervals:
    """Bounds of the moves (origin, destination), of their total, and of all departures and arrivals (area,).

    Bounds of single moves are quantiles of the draws; bounds of sums are these or their mirror image around the
    estimate, whichever is wider. Every interval holds the estimate: where all draws lie to one side, it is stretched.
    `draws` counts the draws kept, `set_aside` those whose stocks could not be balanced.
    """

    level: float
    draws: int
    set_aside: int
    lower: Array
    upper: Array
    total: tuple[float, float]
    departures: tuple[Array, Array]
    arrivals: tuple[Array, Array]


def draw_flows(
    stocks: StockPair,
    estimate: FlowEstimate,
    *,
    draws: int,
    rng: np.random.Generator,
    errors: ErrorModel,
    offset: Array | None = None,
    weight: float = flows.PUBLISHED_WEIGHT,
    level: float = 0.95,
    adjust: Callable[[Array], Array] | None = None,
    progress: Progress = silent,
) -> FlowIntervals:
    """Intervals around an estimate, by drawing its inputs again and again.

    In
        stocks     StockPair       the inputs of the estimate
        estimate   FlowEstimate    what they gave
        draws      int             how many times, at least 20
        rng        Generator       fixes the draws
        errors     ErrorModel      how well the inputs are known
        offset     (origin, destination) float   as given to the estimate
        weight     float           as given to the estimate
        level      float           share of the draws inside an interval
        adjust     what each drawn table goes through, such as a reconciliation; a draw that it refuses is set aside
        progress   Progress        told of each batch
    Out
        FlowIntervals
    Refuses
        estimate.too_few_draws       fewer than 20 draws
        estimate.bad_error_model     a standard error is negative or a correlation is not between 0 and 1
        estimate.draws_unbalanced    more than a tenth of the draws could not be balanced
    Source
        ours; coverage under this error model in tests/unit/estimate/test_flow_draws.py

    >>> pair = StockPair(("A", "B"), np.array([[90.0, 10.0], [0.0, 90.0]]), np.array([[80.0, 20.0], [0.0, 90.0]]))
    >>> estimate = flows.estimate_flows(pair, method="sd_drop_neg")
    >>> got = draw_flows(pair, estimate, draws=200, rng=np.random.default_rng(1), errors=ErrorModel())
    >>> bool(got.lower[0, 1] < 10 < got.upper[0, 1])
    True
    """
    _refuse_bad_request(draws, errors)
    size, kept = len(stocks.areas), math.floor((1 - level) / 2 * (draws - 1)) + 2
    batch = max(1, min(draws, _CELLS_AT_ONCE // size**2))
    low, high = np.empty((0, size, size)), np.empty((0, size, size))
    totals, leaving, arriving = [], [], []
    for first in range(0, draws, batch):
        drawn = _draw_inputs(stocks, count=min(batch, draws - first), rng=rng, errors=errors, weight=weight)
        with flows.one_thread(size):
            tables = _adjusted(_estimate_again(drawn, estimate, offset=offset), adjust)
        low, high = _smallest(low, tables, keep=kept), -_smallest(-high, -tables, keep=kept)
        totals.append(tables.sum(axis=(1, 2)))
        leaving.append(tables.sum(axis=2))
        arriving.append(tables.sum(axis=1))
        progress(Message("Drawing the inputs again"), done=min(first + batch, draws), total=draws)
    count = sum(len(some) for some in totals)
    _refuse_unbalanced(count, draws)
    place = (1 - level) / 2 * (count - 1)
    table = estimate.between_areas
    return FlowIntervals(
        level=level,
        draws=count,
        set_aside=draws - count,
        lower=np.minimum(_between(np.sort(low, axis=0), place), table),
        upper=np.maximum(_between(np.sort(high, axis=0)[::-1], place), table),
        total=_scalar_bounds(np.concatenate(totals), estimate.total, level=level),
        departures=_bounds(np.concatenate(leaving), table.sum(axis=1), level=level),
        arrivals=_bounds(np.concatenate(arriving), table.sum(axis=0), level=level),
    )


@dataclass(frozen=True)
class _DrawnInputs:
    start: Array
    end: Array
    births: Array
    deaths: Array
    weights: Array


def _draw_inputs(
    stocks: StockPair, *, count: int, rng: np.random.Generator, errors: ErrorModel, weight: float
) -> _DrawnInputs:
    size = len(stocks.areas)
    shape = (count, size, size)
    both = math.sqrt(errors.correlation) * rng.standard_normal(shape)
    apart = math.sqrt(1 - errors.correlation)
    start, end = (
        _disturb_foreigners(stock, both + apart * rng.standard_normal(shape), relative_error=errors.stocks)
        for stock in (stocks.start, stocks.end)
    )
    nobody = np.zeros(size)
    births, deaths = (
        _disturb(nobody if events is None else events, rng.standard_normal((count, size)), errors.vital_events)
        for events in (stocks.births, stocks.deaths)
    )
    return _DrawnInputs(
        start,
        end,
        np.minimum(births, _MOST_DEAD * end.sum(axis=-2)),
        np.minimum(deaths, _MOST_DEAD * start.sum(axis=-2)),
        _draw_weights(weight, count=count, rng=rng, error=errors.weight),
    )


def _disturb_foreigners(stock: Array, normal: Array, *, relative_error: float) -> Array:
    """Populations are kept: what the foreign-born gain, the native-born lose."""
    drawn = _disturb(stock, normal, relative_error)
    place = np.arange(stock.shape[-1])
    drawn[:, place, place] = 0.0
    drawn[:, place, place] = stock.sum(axis=0) - drawn.sum(axis=-2)
    return drawn


def _disturb(values: Array, normal: Array, relative_error: float) -> Array:
    spread = math.sqrt(math.log1p(relative_error**2))
    return np.asarray(values * np.exp(spread * normal - spread**2 / 2))


def _draw_weights(weight: float, *, count: int, rng: np.random.Generator, error: float) -> Array:
    room = weight * (1 - weight)
    if error <= 0 or room <= 0:
        return np.full(count, weight)
    strength = max(room / min(error**2, 0.99 * room) - 1, 1e-3)
    return rng.beta(weight * strength, (1 - weight) * strength, size=count)


def _estimate_again(drawn: _DrawnInputs, estimate: FlowEstimate, *, offset: Array | None) -> Array:
    method = estimate.method
    if not method.startswith("da_"):
        pairs = zip(drawn.start, drawn.end, drawn.births, drawn.deaths, strict=True)
        again = [StockPair(estimate.areas, *pair) for pair in pairs]
        return np.stack([flows.estimate_flows(pair, method=method).between_areas for pair in again])
    account = stock_accounts.mover_stocks(
        drawn.start,
        drawn.end,
        births=drawn.births,
        deaths=drawn.deaths,
        balance=flows.balance_of(method),
        column_factors=_starting_factors(estimate, count=len(drawn.start)),
        tolerance=1e-3,
    )
    tables = _mixed(account, drawn.weights, method=method, offset=offset)
    return np.asarray(tables[account.is_balanced])


def _adjusted(tables: Array, adjust: Callable[[Array], Array] | None) -> Array:
    if adjust is None:
        return tables
    kept = []
    for table in tables:
        with suppress(Refusal):
            kept.append(adjust(table))
    return np.stack(kept) if kept else tables[:0]


def _starting_factors(estimate: FlowEstimate, *, count: int) -> tuple[Array, Array] | None:
    factors = estimate.account.column_factors if estimate.account else None
    if factors is None:
        return None
    first, second = (np.broadcast_to(one, (count, len(one))) for one in factors)
    return first, second


def _mixed(account: MoverStocks, weights: Array, *, method: Method, offset: Array | None) -> Array:
    if method == "da_ind_closed":
        return demographic_accounts.independent_moves(account, offset=offset).between_areas()
    fewest = demographic_accounts.fewest_moves(account, offset=offset).between_areas()
    if method != "da_pb_closed":
        return fewest
    independent = demographic_accounts.independent_moves(account, offset=offset).between_areas()
    return np.asarray(weights[:, None, None] * fewest + (1 - weights)[:, None, None] * independent)


def _smallest(kept: Array, tables: Array, *, keep: int) -> Array:
    """The smallest `keep` values of each cell so far, in no order: all draws are never held at once."""
    both = np.concatenate([kept, tables])
    return both if len(both) <= keep else np.partition(both, keep - 1, axis=0)[:keep]


def _between(ordered: Array, place: float) -> Array:
    below = math.floor(place)
    share = place - below
    above = min(below + 1, len(ordered) - 1)
    return np.asarray((1 - share) * ordered[below] + share * ordered[above])


def _bounds(drawn: Array, estimate: Array, *, level: float) -> tuple[Array, Array]:
    """Quantiles of sums, and their mirror image around the estimate, whichever is wider.

    Errors add moves to the sums of a drawn table, as they did to the estimate itself: the truth lies on the other side.
    """
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    floor = np.minimum(drawn.min(axis=0), 0.0)
    lower = np.minimum(low, np.maximum(2 * estimate - high, floor))
    upper = np.maximum(high, 2 * estimate - low)
    return np.minimum(lower, estimate), np.maximum(upper, estimate)


def _scalar_bounds(drawn: Array, estimate: float, *, level: float) -> tuple[float, float]:
    lower, upper = _bounds(drawn, np.asarray(estimate), level=level)
    return float(lower), float(upper)


def _refuse_bad_request(draws: int, errors: ErrorModel) -> None:
    if draws < 20:
        raise Refusal(
            "estimate.too_few_draws",
            found="{draws} draws were asked for",
            wanted="at least 20 draws; 1000 for a publication",
            remedy="Ask for more draws",
            draws=draws,
        )
    if min(errors.stocks, errors.vital_events, errors.weight) < 0 or not 0 <= errors.correlation <= 1:
        raise Refusal(
            "estimate.bad_error_model",
            found="A standard error is below zero, or the correlation is not between 0 and 1",
            wanted="standard errors as shares, such as 0.05 for five per cent",
            remedy="Correct the options of the error model",
        )


def _refuse_unbalanced(count: int, draws: int) -> None:
    if count < _FEWEST_KEPT * draws:
        raise Refusal(
            "estimate.draws_unbalanced",
            found="Only {kept} of {draws} draws could be balanced",
            wanted="at least nine draws of ten",
            remedy="Lower the standard errors, or use da_min_open, which lets people leave and enter the world",
            kept=count,
            draws=draws,
        )
