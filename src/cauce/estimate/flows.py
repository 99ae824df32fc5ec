"""How many people moved from each area to each other, between two counts of who was born where and lives where?

The one entrance to all methods on one pair of stocks. Intervals are in `flow_draws`, reported figures in
`flow_reconciliation`, the birthplaces behind a cell in `flow_explanation`, ages in `flow_cohorts`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cauce.estimate import demographic_accounts, flow_checks, flow_repairs, stock_accounts, stock_differences
from cauce.estimate.demographic_accounts import Moves
from cauce.estimate.flow_repairs import Repair
from cauce.estimate.stock_accounts import Balance, MoverStocks
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = [
    "METHODS",
    "PUBLISHED_WEIGHT",
    "FlowEstimate",
    "Method",
    "StockPair",
    "balance_of",
    "estimate_flows",
    "one_thread",
]

Array = NDArray[np.float64]
Method = Literal[
    "sd_drop_neg",
    "sd_rev_neg",
    "mig_rate",
    "rogers_von_rabenau",
    "da_min_closed",
    "da_min_open",
    "da_min_open_dr",
    "da_ind_closed",
    "da_pb_closed",
]
METHODS: tuple[Method, ...] = get_args(Method)
PUBLISHED_WEIGHT = 0.87
_THREADS_MATTER = 50


@dataclass(frozen=True)
class StockPair:
    """Two stocks (birthplace, residence) of the same areas, and what happened between them, (residence,); all persons.

    Births and deaths may both be absent: then the accounting methods take them as zero, and say so.
    """

    areas: tuple[str, ...]
    start: Array
    end: Array
    births: Array | None = None
    deaths: Array | None = None


@dataclass(frozen=True)
class FlowEstimate:
    """Moves (origin, destination) by one method, zero on the diagonal, and how they came about.

    `mixture` holds the moves by birthplace of the accounting methods, each with its weight, and is empty for the
    others; `account` holds the births, deaths and outside world taken out of the stocks.
    """

    method: Method
    areas: tuple[str, ...]
    between_areas: Array
    repairs: tuple[Repair, ...]
    mixture: tuple[tuple[float, Moves], ...] = ()
    account: MoverStocks | None = None

    @property
    def total(self) -> float:
        """All moves between areas."""
        return float(self.between_areas.sum())


def estimate_flows(
    stocks: StockPair, *, method: Method, offset: Array | None = None, weight: float = PUBLISHED_WEIGHT
) -> FlowEstimate:
    """Moves between areas by one of the nine methods.

    In
        stocks   StockPair                          two stocks; births and deaths for the accounting methods
        method   Method                             see docs/explanation/flows.md for what each assumes
        offset   (origin, destination) float        weighs the moves of the accounting methods; the larger, the likelier
        weight   float                              share of the fewest moves in `da_pb_closed`, from 0 to 1
    Out
        FlowEstimate   the same for the same input: nothing is drawn
    Refuses
        the codes of flow_checks, and
        estimate.bad_weight            the weight is not between 0 and 1
        estimate.offset_not_used       an offset was given to a method that has no account to weigh
        estimate.margins_unreachable   the stocks cannot be brought to the same birthplace totals
        estimate.offset_unreachable    the offset forbids moves that the stocks need
    Source
        Abel and Cohen (2019), Azose and Raftery (2019); checked in tests/golden/test_flows.py

    >>> pair = StockPair(("A", "B"), np.diag([9.0, 9.0]), np.array([[8.0, 1.0], [0.0, 9.0]]))
    >>> estimate_flows(pair, method="sd_drop_neg").between_areas
    array([[0., 1.],
           [0., 0.]])
    """
    flow_checks.refuse_bad_stocks(stocks.start, stocks.end, areas=stocks.areas)
    births, deaths, repairs = _vital_events(stocks, method=method)
    if method.startswith("da_"):
        with one_thread(len(stocks.areas)):
            return _accounted(stocks, births, deaths, method=method, offset=offset, weight=weight, repairs=repairs)
    if offset is not None:
        raise Refusal(
            "estimate.offset_not_used",
            found="An offset was given to the method {method}, which cannot use one",
            wanted="an offset with a method whose name begins with da_",
            remedy="Leave the offset out, or use da_min_closed",
            method=method,
        )
    with one_thread(len(stocks.areas)):
        table = _simple(stocks, births, deaths, method=method)
    return FlowEstimate(method, stocks.areas, table, (*repairs, *_negative_moves(table, areas=stocks.areas)))


def one_thread(areas: int) -> AbstractContextManager[object]:
    """Keeps linear algebra on one thread: tables of areas are too small for a second one to do more than wait.

    In
        areas   int   number of areas; below 50 nothing needs to be kept
    Out
        a context
    """
    return threadpool_limits(limits=1, user_api="blas") if areas >= _THREADS_MATTER else nullcontext()


def balance_of(method: Method) -> Balance:
    """How an accounting method treats the world: closed, open, or open as first published.

    >>> balance_of("da_pb_closed")
    'closed'
    """
    treated: dict[Method, Balance] = {"da_min_open": "open", "da_min_open_dr": "open_dr"}
    return treated.get(method, "closed")


def _vital_events(stocks: StockPair, *, method: Method) -> tuple[Array, Array, tuple[Repair, ...]]:
    nobody = np.zeros(len(stocks.areas))
    if stocks.births is None or stocks.deaths is None:
        needs_them = method.startswith("da_") or method == "mig_rate"
        return nobody, nobody, (flow_repairs.took_no_births_and_deaths(),) if needs_them else ()
    births, deaths = stocks.births, stocks.deaths
    if method.startswith("da_") or method == "mig_rate":
        flow_checks.refuse_bad_vital_events(stocks.start, stocks.end, births=births, deaths=deaths, areas=stocks.areas)
    return births, deaths, ()


def _simple(stocks: StockPair, births: Array, deaths: Array, *, method: Method) -> Array:
    if method == "sd_drop_neg":
        return stock_differences.drop_decreases(stocks.start, stocks.end)
    if method == "sd_rev_neg":
        return stock_differences.reverse_decreases(stocks.start, stocks.end)
    if method == "mig_rate":
        net = stock_differences.net_migration(stocks.start, stocks.end, births=births, deaths=deaths)
        return stock_differences.rate_flows(stocks.start, net)
    return stock_differences.transition_flows(stocks.start, stocks.end)


def _accounted(
    stocks: StockPair,
    births: Array,
    deaths: Array,
    *,
    method: Method,
    offset: Array | None,
    weight: float,
    repairs: tuple[Repair, ...],
) -> FlowEstimate:
    _refuse_bad_weight(weight)
    if offset is not None:
        flow_checks.refuse_bad_offset(offset, areas=stocks.areas)
        offset = np.where(np.isfinite(offset), offset, 0.0)
    balance = balance_of(method)
    account = stock_accounts.mover_stocks(stocks.start, stocks.end, births=births, deaths=deaths, balance=balance)
    _refuse_unreachable_margins(account, areas=stocks.areas)
    mixture = _mixture(account, method=method, offset=offset, weight=weight)
    for _, moves in mixture:
        _refuse_unreachable_offset(moves, areas=stocks.areas)
    table = sum((share * moves.between_areas() for share, moves in mixture), np.zeros_like(stocks.start))
    named = flow_repairs.name_repairs(account, areas=stocks.areas, balance=balance)
    return FlowEstimate(method, stocks.areas, table, (*repairs, *named), mixture, account)


def _mixture(
    account: MoverStocks, *, method: Method, offset: Array | None, weight: float
) -> tuple[tuple[float, Moves], ...]:
    shares = {"da_ind_closed": (0.0, 1.0), "da_pb_closed": (weight, 1.0 - weight)}.get(method, (1.0, 0.0))
    parts = (demographic_accounts.fewest_moves, demographic_accounts.independent_moves)
    return tuple((share, part(account, offset=offset)) for share, part in zip(shares, parts, strict=True) if share)


def _refuse_bad_weight(weight: float) -> None:
    if not 0 <= weight <= 1:
        raise Refusal(
            "estimate.bad_weight",
            found="The weight is {weight}",
            wanted="a share from 0 (independent moves) to 1 (the fewest moves)",
            remedy="Give the weight as 0.87, the published value, or another share",
            weight=weight,
        )


def _refuse_unreachable_margins(account: MoverStocks, *, areas: Sequence[str]) -> None:
    is_closed = account.column_factors is not None
    lowest = min(float(account.start.min()), float(account.end.min())) if is_closed else 0.0
    if bool(account.is_balanced) and lowest >= -1e-6:
        return
    worst = np.argsort(-account.balance_errors)[:5].tolist()
    raise Refusal(
        "estimate.margins_unreachable",
        found="The two stocks cannot be brought to the same people by birthplace; worst in {areas}, "
        "by {people} people at most",
        wanted="stocks in which each birthplace has people at both dates, living with people of other birthplaces",
        remedy="Check births, deaths and stocks of these areas, merge areas that did not exist at one date, "
        "or use da_min_open, which lets people leave and enter the world",
        areas=flow_repairs.list_names([areas[place] for place in worst]),
        people=round(float(account.balance_errors.max()), 3),
    )


def _refuse_unreachable_offset(moves: Moves, *, areas: Sequence[str]) -> None:
    if moves.is_fitted.all():
        return
    raise Refusal(
        "estimate.offset_unreachable",
        found="The offset is zero where people born in {areas} must have moved",
        wanted="an offset above zero between every two areas that people may have moved between",
        remedy="Replace its zeros by small numbers, or leave the offset out",
        areas=flow_repairs.list_names([areas[place] for place in np.flatnonzero(~moves.is_fitted).tolist()]),
    )


def _negative_moves(table: Array, *, areas: Sequence[str]) -> tuple[Repair, ...]:
    is_negative = table < 0
    if not is_negative.any():
        return ()
    touched = tuple(areas[place] for place in np.flatnonzero(is_negative.any(axis=1)).tolist())
    count = int(is_negative.sum())
    message = Message("{count} moves are below zero: the method allows it, and they were left so", count=count)
    return (Repair("estimate.negative_moves", touched, message),)
