"""How does somebody with stocks of many years, sexes and ages get all moves? `cauce estimate flows --stocks`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from cauce.estimate import flow_cohorts, flow_draws, flows
from cauce.estimate.flow_draws import FlowIntervals
from cauce.estimate.flows import FlowEstimate, StockPair
from cauce.gather import stock_series
from cauce.gather.stock_series import StockKey, StockSeries
from cauce.recipes.estimate_flows import FlowOptions, read_offset
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import long_tables

__all__ = ["PeriodFlows", "estimate_flow_series", "write_flow_series"]


@dataclass(frozen=True)
class PeriodFlows:
    """Moves of one sex and age (at the end of the period) between two years."""

    sex: str
    age: str
    first_year: int
    last_year: int
    estimate: FlowEstimate
    intervals: FlowIntervals | None


def estimate_flow_series(
    path: Path,
    options: FlowOptions,
    *,
    births_deaths: Path | None = None,
    offset: Path | None = None,
    progress: Progress = silent,
) -> tuple[PeriodFlows, ...]:
    """Moves between each date and the next, for each sex, and for each cohort where the stocks tell ages.

    In
        path            folder or long table, see gather.stock_series
        options         FlowOptions   without an explanation
        births_deaths   long table; a folder holds its own
        offset          matrix by origin and destination, the same for all
        progress        told of each problem
    Out
        PeriodFlows, ...   by sex, period and age
    Refuses
        estimate.one_date          a sex has stocks of one year only
        and the codes of gather.stock_series, estimate.flows and its neighbours
    """
    series = stock_series.read_stock_series(path, births_deaths=births_deaths)
    weights = read_offset(offset, series.areas) if offset else None
    problems = list(_problems(series))
    done = []
    for place, (key, last_year, stocks) in enumerate(problems):
        estimate = flows.estimate_flows(stocks, method=options.method, offset=weights, weight=options.weight)
        intervals = None
        if options.draws:
            rng = np.random.default_rng((options.seed, place))
            intervals = flow_draws.draw_flows(
                stocks,
                estimate,
                draws=options.draws,
                rng=rng,
                errors=options.errors,
                offset=weights,
                weight=options.weight,
            )
        done.append(PeriodFlows(key.sex, key.age, key.year, last_year, estimate, intervals))
        progress(Message("Estimating each period"), done=place + 1, total=len(problems))
    return tuple(done)


def write_flow_series(series: tuple[PeriodFlows, ...], path: Path) -> None:
    """Writes one row for each move above zero, or below: sex, age, period, origin, destination, moves, bounds.

    In
        series   PeriodFlows, ...
        path     CSV or Parquet
    """
    heading = ["sex", "age", "first_year", "last_year", "origin", "destination", "moves", "lower", "upper"]
    long_tables.write_rows(path, heading, _rows(series))


def _rows(series: tuple[PeriodFlows, ...]) -> Iterator[list[object]]:
    for one in series:
        table, areas, bounds = one.estimate.between_areas, one.estimate.areas, one.intervals
        shown = table != 0 if bounds is None else (table != 0) | (bounds.upper > 0)
        for origin, destination in np.argwhere(shown).tolist():
            row: list[object] = [one.sex, one.age, one.first_year, one.last_year, areas[origin], areas[destination]]
            row.append(float(table[origin, destination]))
            if bounds is None:
                row += [None, None]
            else:
                row += [float(bounds.lower[origin, destination]), float(bounds.upper[origin, destination])]
            yield row


def _problems(series: StockSeries) -> Iterator[tuple[StockKey, int, StockPair]]:
    for sex, keys in groupby(sorted(series.stocks), key=lambda key: key.sex):
        years = sorted({key.year for key in keys})
        if len(years) < 2:
            raise Refusal(
                "estimate.one_date",
                found="There are stocks of one year only, {year}",
                wanted="stocks of at least two years",
                remedy="Add the stock of an earlier or a later year",
                year=str(years[0]),
            )
        for first, last in pairwise(years):
            yield from _period(series, sex, first=first, last=last)


def _period(series: StockSeries, sex: str, *, first: int, last: int) -> Iterator[tuple[StockKey, int, StockPair]]:
    start = {key.age: table for key, table in series.stocks.items() if (key.sex, key.year) == (sex, first)}
    end = {key.age: table for key, table in series.stocks.items() if (key.sex, key.year) == (sex, last)}
    events = {key.age: table for key, table in series.events.items() if (key.sex, key.year) == (sex, first)}
    if set(start) == {""}:
        births, deaths = events[""].T if "" in events else (None, None)
        yield StockKey(sex, "", first), last, StockPair(series.areas, start[""], end[""], births, deaths)
        return
    youngest = flow_cohorts.order_ages(list(start))[0][0]
    births = events[youngest][:, 0] if youngest in events else np.full(len(series.areas), np.nan)
    deaths_by_age = {age: table[:, 1] for age, table in events.items()}
    cohorts = flow_cohorts.cohorts_of(
        start, end, areas=series.areas, years=last - first, births=births, deaths=deaths_by_age
    )
    for cohort in cohorts:
        yield StockKey(sex, cohort.age_at_end, first), last, cohort.stocks
