"""How does somebody with two files of stocks get the moves between areas? `cauce estimate flows`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import flow_accounts, flow_draws, flow_explanation, flow_reconciliation, flows
from cauce.estimate.flow_draws import ErrorModel, FlowIntervals
from cauce.estimate.flow_explanation import CellExplanation
from cauce.estimate.flow_reconciliation import KnownFlows, ReconciledFlows
from cauce.estimate.flow_repairs import Repair
from cauce.estimate.flows import FlowEstimate, Method, StockPair
from cauce.gather import matrices
from cauce.gather.matrices import AreaTable
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.progress import Progress, silent
from cauce.store import area_tables

__all__ = [
    "METHODS",
    "ErrorModel",
    "FlowAnswer",
    "FlowFiles",
    "FlowOptions",
    "Repair",
    "estimate_flows",
    "read_offset",
    "read_stocks",
    "write_account",
    "write_flows",
]

Array = NDArray[np.float64]
METHODS = flows.METHODS


@dataclass(frozen=True)
class FlowFiles:
    """What is read: two stocks, and what may help."""

    start: Path
    end: Path
    births_deaths: Path | None = None
    offset: Path | None = None
    reported: Path | None = None
    net: Path | None = None


@dataclass(frozen=True)
class FlowOptions:
    """How it is estimated, and what is asked besides the moves."""

    method: Method
    weight: float = flows.PUBLISHED_WEIGHT
    draws: int = 0
    seed: int = 1
    errors: ErrorModel = ErrorModel()
    is_net_kept: bool = True
    explain: tuple[str, str] | None = None


@dataclass(frozen=True)
class FlowAnswer:
    """Moves (origin, destination) and all that was asked: `between_areas` is reconciled, if `is_reconciled`."""

    stocks: StockPair
    estimate: FlowEstimate
    between_areas: Array
    repairs: tuple[Repair, ...]
    intervals: FlowIntervals | None
    explanation: CellExplanation | None
    is_reconciled: bool = False

    @property
    def total(self) -> float:
        """All moves between areas."""
        return float(self.between_areas.sum())


def estimate_flows(files: FlowFiles, options: FlowOptions, *, progress: Progress = silent) -> FlowAnswer:
    """Reads the files, estimates, and does what else was asked.

    In
        files     FlowFiles
        options   FlowOptions
        progress  told of the draws
    Out
        FlowAnswer
    Refuses
        estimate.areas_differ   the files hold different areas
        and the codes of gather.matrices, estimate.flows and its neighbours
    """
    stocks, offset = read_stocks(files)
    estimate = flows.estimate_flows(stocks, method=options.method, offset=offset, weight=options.weight)
    known = _read_known(files, estimate.areas) if files.reported or files.net else None
    reconciled = ReconciledFlows(estimate.between_areas, (), 0.0)
    if known:
        reconciled = _reconcile(estimate.between_areas, known, estimate.areas, is_net_kept=options.is_net_kept)
    intervals = None
    if options.draws:
        intervals = flow_draws.draw_flows(
            stocks,
            replace(estimate, between_areas=reconciled.between_areas),
            draws=options.draws,
            rng=np.random.default_rng(options.seed),
            errors=options.errors,
            offset=offset,
            weight=options.weight,
            adjust=_adjustment(known, estimate.areas, is_net_kept=options.is_net_kept),
            progress=progress,
        )
    explanation = None
    if options.explain:
        origin, destination = options.explain
        explanation = flow_explanation.explain_cell(estimate, stocks, origin=origin, destination=destination)
    repairs = (*estimate.repairs, *reconciled.repairs)
    return FlowAnswer(stocks, estimate, reconciled.between_areas, repairs, intervals, explanation, known is not None)


def read_stocks(files: FlowFiles) -> tuple[StockPair, Array | None]:
    """Two stocks, births and deaths, and the offset, all in the order of the first stock.

    In
        files   FlowFiles
    Out
        StockPair and the offset (origin, destination), or None
    Refuses
        estimate.areas_differ   the files hold different areas
    """
    start, end, events = _read_tables(files)
    _refuse_other_areas(start, [end, events])
    areas = start.rows
    births, deaths = _in_order(events, areas).T if events else (None, None)
    pair = StockPair(areas, start.values, _square_in_order(end, areas), births, deaths)
    return pair, read_offset(files.offset, areas) if files.offset else None


def read_offset(path: Path, areas: tuple[str, ...]) -> Array:
    """What weighs moves, in the order of the stocks; its diagonal may be missing.

    In
        path    matrix by origin and destination
        areas   codes of the areas of the stocks
    Out
        (origin, destination) float
    Refuses
        estimate.areas_differ   it holds other areas
    """
    offset = matrices.read_matrix(path, diagonal="optional")
    _refuse_other_areas(AreaTable("the stocks", areas, areas, np.empty((0, 0))), [offset])
    return _square_in_order(offset, areas)


def write_flows(answer: FlowAnswer, path: Path) -> list[Path]:
    """Writes the moves as a matrix, and their bounds beside it.

    In
        answer   FlowAnswer
        path     file of the moves
    Out
        the files written
    """
    tables = {path: answer.between_areas}
    if answer.intervals:
        tables[area_tables.beside(path, "lower")] = answer.intervals.lower
        tables[area_tables.beside(path, "upper")] = answer.intervals.upper
    for file, table in tables.items():
        area_tables.write_matrix(file, table, areas=answer.estimate.areas, corner="origin")
    return list(tables)


def write_account(answer: FlowAnswer, path: Path) -> Path:
    """Writes the whole account, one row for each thing that happened to people of a birthplace.

    In
        answer   FlowAnswer, by an accounting method
        path     CSV
    Out
        the file written
    Refuses
        estimate.no_account   the method keeps no account
    """
    heading = ["origin", "destination", "birthplace", "persons"]
    area_tables.write_long_table(path, heading, flow_accounts.account_cells(answer.estimate))
    return path


def _read_tables(files: FlowFiles) -> tuple[AreaTable, AreaTable, AreaTable | None]:
    """All three files, or what is wrong with any of them, told together."""
    refusals: list[Refusal] = []
    tables: list[AreaTable] = []
    readers = [partial(matrices.read_matrix, files.start), partial(matrices.read_matrix, files.end)]
    if files.births_deaths:
        readers.append(partial(matrices.read_area_figures, files.births_deaths, ["births", "deaths"]))
    for read in readers:
        try:
            tables.append(read())
        except Refusal as refusal:
            refusals.append(refusal)
        except ExceptionGroup as group:
            refusals += [one for one in group.exceptions if isinstance(one, Refusal)]
    raise_all(refusals)
    return tables[0], tables[1], tables[2] if files.births_deaths else None


def _refuse_other_areas(first: AreaTable, others: Sequence[AreaTable | None]) -> None:
    found = []
    for other in others:
        differing = sorted(set(first.rows) ^ set(other.rows)) if other else []
        if other and differing:
            found.append(
                Refusal(
                    "estimate.areas_differ",
                    found="{file} and {other} do not hold the same areas: {areas}",
                    wanted="the same area codes in all files",
                    remedy="Add, merge or rename areas until the files agree",
                    file=first.file,
                    other=other.file,
                    areas=", ".join(differing[:5]) + (f" (+{len(differing) - 5})" if len(differing) > 5 else ""),
                )
            )
    raise_all(found)


def _in_order(table: AreaTable, areas: Sequence[str]) -> Array:
    return table.values[[table.rows.index(area) for area in areas]]


def _square_in_order(table: AreaTable, areas: Sequence[str]) -> Array:
    order = [table.rows.index(area) for area in areas]
    return table.values[np.ix_(order, order)]


def _adjustment(
    known: KnownFlows | None, areas: Sequence[str], *, is_net_kept: bool
) -> Callable[[Array], Array] | None:
    """What a draw goes through, so that its moves agree with what is known as the estimate does."""
    if known is None:
        return None
    return lambda table: _reconcile(table, known, areas, is_net_kept=is_net_kept).between_areas


def _reconcile(table: Array, known: KnownFlows, areas: Sequence[str], *, is_net_kept: bool) -> ReconciledFlows:
    """Net migration is that of the file; without one, that of the table, where it is not settled by both totals."""
    if is_net_kept and np.isnan(known.net).all():
        is_settled = np.isfinite(known.departures) & np.isfinite(known.arrivals)
        known = replace(known, net=np.where(is_settled, np.nan, table.sum(axis=0) - table.sum(axis=1)))
    return flow_reconciliation.reconcile_flows(table, known, areas=areas)


def _read_known(files: FlowFiles, areas: Sequence[str]) -> KnownFlows:
    size = len(areas)
    cells, departures, arrivals = np.full((size, size), np.nan), np.full(size, np.nan), np.full(size, np.nan)
    for origin, destination, moves in matrices.read_moves(files.reported, areas) if files.reported else ():
        if origin is not None and destination is not None:
            cells[origin, destination] = moves
        elif origin is not None:
            departures[origin] = moves
        elif destination is not None:
            arrivals[destination] = moves
    net = np.full(size, np.nan)
    if files.net:
        figures = matrices.read_area_figures(files.net, ["net"])
        for area, figure in zip(figures.rows, figures.values[:, 0].tolist(), strict=True):
            net[matrices.place_of(area, areas, file=figures.file)] = figure
    return KnownFlows(cells, departures, arrivals, net)
