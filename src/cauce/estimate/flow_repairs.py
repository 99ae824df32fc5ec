"""What was changed in the stocks before moves could be read from them? Every repair, with its name and its areas."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cauce.estimate.stock_accounts import Balance, MoverStocks
from cauce.standards.messages import Message

__all__ = ["Repair", "list_names", "name_repairs", "took_no_births_and_deaths"]

_SHOWN = 5


@dataclass(frozen=True)
class Repair:
    """One change to what was given: its stable code, the areas it touched, and a sentence."""

    code: str
    areas: tuple[str, ...]
    message: Message


def name_repairs(stocks: MoverStocks, *, areas: Sequence[str], balance: Balance) -> tuple[Repair, ...]:
    """The repairs that one pair of stocks went through, in the order they were made.

    In
        stocks    MoverStocks of one problem, without leading axes
        areas     codes of the areas, in the order of the stocks
        balance   how the birthplaces were matched
    Out
        Repair, ...   empty when the stocks, births and deaths agreed

    >>> from cauce.estimate.stock_accounts import mover_stocks
    >>> stocks = mover_stocks(np.diag([10.0, 10.0]), np.diag([10.0, 12.0]),
    ...                       births=np.zeros(2), deaths=np.zeros(2), balance="closed")
    >>> [repair.code for repair in name_repairs(stocks, areas=["A", "B"], balance="closed")]
    ['estimate.world_closed', 'estimate.birthplaces_met_halfway']
    """
    found = [
        _emptied_start(stocks, areas=areas),
        _emptied_end(stocks, areas=areas),
        _closing(stocks) if balance == "closed" else None,
        _spread_births(stocks, areas=areas),
        _matching(stocks, areas=areas, balance=balance),
    ]
    return tuple(repair for repair in found if repair is not None)


def took_no_births_and_deaths() -> Repair:
    """The repair of having been given neither births nor deaths.

    >>> took_no_births_and_deaths().code
    'estimate.no_births_deaths'
    """
    message = Message("No births and deaths were given: both were taken as zero")
    return Repair("estimate.no_births_deaths", (), message)


def list_names(areas: Sequence[str]) -> str:
    """The first codes and how many more there are.

    >>> list_names(list("ABCDEFG"))
    'A, B, C, D, E (+2)'
    """
    shown = ", ".join(areas[:_SHOWN])
    return shown if len(areas) <= _SHOWN else f"{shown} (+{len(areas) - _SHOWN})"


def _touched(mask: ArrayLike, areas: Sequence[str]) -> tuple[str, ...]:
    return tuple(areas[place] for place in np.flatnonzero(mask).tolist())


def _emptied_start(stocks: MoverStocks, *, areas: Sequence[str]) -> Repair | None:
    touched = _touched(stocks.emptied_start, areas)
    message = Message(
        "At the start the native-born of {areas} were below zero: set to zero, and the others scaled to the "
        "population that was given",
        areas=list_names(touched),
    )
    return Repair("estimate.negative_natives_start", touched, message) if touched else None


def _emptied_end(stocks: MoverStocks, *, areas: Sequence[str]) -> Repair | None:
    touched = _touched(stocks.emptied_end, areas)
    message = Message(
        "At the end the native-born of {areas} were below zero: set to zero, and the others scaled to the "
        "population that was given",
        areas=list_names(touched),
    )
    return Repair("estimate.negative_natives_end", touched, message) if touched else None


def _spread_births(stocks: MoverStocks, *, areas: Sequence[str]) -> Repair | None:
    touched = _touched(stocks.spread_births, areas)
    message = Message(
        "Births exceed the native-born at the end in {areas}: spread over all birthplaces living there",
        areas=list_names(touched),
    )
    return Repair("estimate.births_spread", touched, message) if touched else None


def _closing(stocks: MoverStocks) -> Repair | None:
    gap = float(stocks.gap)
    if abs(gap) < 1e-9:
        return None
    message = Message(
        "Births minus deaths exceed the growth of all stocks by {people} people: the native-born were scaled, "
        "down by half of it at the start and up by half at the end"
        if gap > 0
        else "The growth of all stocks exceeds births minus deaths by {people} people: the native-born were scaled, "
        "up by half of it at the start and down by half at the end",
        people=round(abs(gap), 3),
    )
    return Repair("estimate.world_closed", (), message)


def _matching(stocks: MoverStocks, *, areas: Sequence[str], balance: Balance) -> Repair | None:
    gap = stocks.birthplace_gap
    touched = _touched(np.abs(gap) > 1e-6, areas)
    if not touched:
        return None
    message = Message(
        "For {count} birthplaces the two stocks differ in how many people are alive ({missing} lost, {extra} "
        "gained in all): each stock was scaled to meet halfway"
        if balance == "closed"
        else "For {count} birthplaces the two stocks differ in how many people are alive: {missing} people were "
        "taken to have left these areas for the outside, {extra} to have come from it",
        count=len(touched),
        missing=round(float(gap[gap > 0].sum()), 1),
        extra=round(float(-gap[gap < 0].sum()), 1),
    )
    code = "estimate.birthplaces_met_halfway" if balance == "closed" else "estimate.outside_world"
    return Repair(code, touched, message)
