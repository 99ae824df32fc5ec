"""Whose moves are in one cell: where were the people born who are said to have moved from here to there?

For people, in plain words. The moves of the rate and transition methods have no birthplace: they cannot be explained
so, and that is said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate.flows import FlowEstimate, StockPair
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["CellExplanation", "explain_cell", "moves_by_birthplace"]

Array = NDArray[np.float64]

_LARGEST = 5


@dataclass(frozen=True)
class CellExplanation:
    """One cell taken apart: `by_birthplace` holds area codes and persons, the largest first, and adds up to `moves`.

    `leaving_home` were born at the origin, `coming_home` at the destination, `moving_on` elsewhere.
    """

    origin: str
    destination: str
    moves: float
    by_birthplace: tuple[tuple[str, float], ...]
    leaving_home: float
    coming_home: float
    moving_on: float
    sentences: tuple[Message, ...]


def explain_cell(estimate: FlowEstimate, stocks: StockPair, *, origin: str, destination: str) -> CellExplanation:
    """The birthplaces that made one cell, and the changes in the stocks that made them.

    In
        estimate      FlowEstimate   before any reconciliation
        stocks        StockPair      what it was estimated from
        origin        str            area code
        destination   str            area code
    Out
        CellExplanation
    Refuses
        estimate.unknown_area      an area is not in the stocks, or both are the same
        estimate.no_birthplaces    the method does not know birthplaces

    >>> from cauce.estimate.flows import estimate_flows
    >>> pair = StockPair(("A", "B"), np.diag([9.0, 9.0]), np.array([[8.0, 1.0], [0.0, 9.0]]))
    >>> told = explain_cell(estimate_flows(pair, method="da_min_closed"), pair, origin="A", destination="B")
    >>> told.by_birthplace
    (('A', 1.0),)
    """
    here, there = _place(estimate, origin), _place(estimate, destination)
    _refuse_same(origin, destination)
    moves = moves_by_birthplace(estimate, stocks, origin=here, destination=there)
    order = [place for place in np.argsort(-moves, kind="stable").tolist() if moves[place] > 0]
    total, home, back = float(moves.sum()), float(moves[here]), float(moves[there])
    told = CellExplanation(
        origin=origin,
        destination=destination,
        moves=total,
        by_birthplace=tuple((estimate.areas[place], float(moves[place])) for place in order),
        leaving_home=home,
        coming_home=back,
        moving_on=total - home - back,
        sentences=(),
    )
    return CellExplanation(**{**vars(told), "sentences": _sentences(told, stocks)})


def moves_by_birthplace(estimate: FlowEstimate, stocks: StockPair, *, origin: int, destination: int) -> Array:
    """Persons (birthplace,) of one cell; their sum is the cell.

    In
        estimate              FlowEstimate   by an accounting or a difference method
        stocks                StockPair      what it was estimated from
        origin, destination   int            places of the areas in the stocks
    Out
        (birthplace,) float   persons
    Refuses
        estimate.no_birthplaces   the method does not know birthplaces

    >>> pair = StockPair(("A", "B"), np.diag([9.0, 9.0]), np.array([[8.0, 1.0], [0.0, 9.0]]))
    >>> from cauce.estimate.flows import estimate_flows
    >>> moves_by_birthplace(estimate_flows(pair, method="sd_drop_neg"), pair, origin=0, destination=1)
    array([1., 0.])
    """
    if estimate.mixture:
        nobody = np.zeros(len(estimate.areas))
        return sum((share * moves.of_cell(origin, destination) for share, moves in estimate.mixture), nobody)
    if estimate.method not in ("sd_drop_neg", "sd_rev_neg"):
        raise Refusal(
            "estimate.no_birthplaces",
            found="The method {method} spreads moves without knowing where people were born",
            wanted="a method that follows birthplaces",
            remedy="Use a demographic account such as da_min_closed",
            method=estimate.method,
        )
    change = stocks.end - stocks.start
    moves = np.zeros(len(estimate.areas))
    moves[origin] = max(change[origin, destination], 0.0)
    if estimate.method == "sd_rev_neg":
        moves[destination] = max(-change[destination, origin], 0.0)
    return moves


def _place(estimate: FlowEstimate, area: str) -> int:
    if area not in estimate.areas:
        raise Refusal(
            "estimate.unknown_area",
            found="The stocks hold no area {area}",
            wanted="two areas of the stocks, such as {some}",
            remedy="Write the codes as they stand in the stocks",
            area=area,
            some=", ".join(estimate.areas[:3]),
        )
    return estimate.areas.index(area)


def _refuse_same(origin: str, destination: str) -> None:
    if origin == destination:
        raise Refusal(
            "estimate.same_area",
            found="The cell asked for begins and ends in {area}",
            wanted="two different areas: staying is not moving",
            remedy="Name another origin or destination",
            area=origin,
        )


def _sentences(told: CellExplanation, stocks: StockPair) -> tuple[Message, ...]:
    if not told.by_birthplace:
        return (
            Message(
                "No move from {origin} to {destination} is needed to explain the two stocks.",
                origin=told.origin,
                destination=told.destination,
            ),
        )
    first = Message(
        "{moves} people are estimated to have moved from {origin} to {destination}.",
        moves=round(told.moves),
        origin=told.origin,
        destination=told.destination,
    )
    kinds = Message(
        "{home} of them were born in {origin} and left it; {back} were born in {destination} and came back; "
        "{others} were born elsewhere and moved on.",
        home=round(told.leaving_home),
        back=round(told.coming_home),
        others=round(told.moving_on),
        origin=told.origin,
        destination=told.destination,
    )
    groups = ", ".join(f"{area} {moves:.0f}" for area, moves in told.by_birthplace[:_LARGEST])
    largest = Message("The largest groups by birthplace: {groups}.", groups=groups)
    return (first, kinds, largest, _reason(told, stocks))


def _reason(told: CellExplanation, stocks: StockPair) -> Message:
    """What the stocks themselves show for the largest group, before births, deaths and balancing."""
    birthplace = told.by_birthplace[0][0]
    row, here, there = (stocks.areas.index(area) for area in (birthplace, told.origin, told.destination))
    return Message(
        "Of the people born in {birthplace}, {origin} had {origin_start} at the start and {origin_end} at the end, "
        "and {destination} had {destination_start} and {destination_end}: this, after births and deaths, "
        "is what the moves explain.",
        birthplace=birthplace,
        origin=told.origin,
        destination=told.destination,
        origin_start=float(stocks.start[row, here]),
        origin_end=float(stocks.end[row, here]),
        destination_start=float(stocks.start[row, there]),
        destination_end=float(stocks.end[row, there]),
    )
