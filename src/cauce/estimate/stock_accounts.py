"""What is left of two stocks once births, deaths and the outside world are taken away, so that only moves remain?

Rows are birthplaces, columns are residences. Every step takes arrays with any number of leading axes (draws, sexes,
periods) and says where it changed what it was given; `flow_repairs` puts that into words.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import margin_fitting

__all__ = ["Balance", "MoverStocks", "mover_stocks"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Balance = Literal["closed", "open", "open_dr"]


@dataclass(frozen=True)
class MoverStocks:
    """Two stocks between which nobody is born and nobody dies, with the same number of people of each birthplace.

    `start`, `end`, `births`, `deaths`, `outside_in`, `outside_out` are (..., birthplace, residence) persons;
    `emptied_start`, `emptied_end` and `spread_births` mark the residences that were mended; `gap` (...,) is what the
    world was short of; `birthplace_gap` what each birthplace was; `is_balanced` (...,) tells whether the margins met.
    """

    start: Array
    end: Array
    births: Array
    deaths: Array
    outside_in: Array
    outside_out: Array
    emptied_start: Mask
    emptied_end: Mask
    spread_births: Mask
    gap: Array
    birthplace_gap: Array
    is_balanced: Mask
    balance_errors: Array
    column_factors: tuple[Array, Array] | None


def mover_stocks(
    start: Array,
    end: Array,
    *,
    births: Array,
    deaths: Array,
    balance: Balance,
    column_factors: tuple[Array, Array] | None = None,
    tolerance: float = 1e-8,
) -> MoverStocks:
    """Two stocks freed of births and deaths, whose birthplaces have the same totals at both ends.

    In
        start, end      (..., birthplace, residence) float   persons; only the native-born may be below zero
        births, deaths  (..., residence) float               persons during the period
        balance         closed     nobody enters or leaves the world: each birthplace meets halfway, residences are kept
                        open_dr    what is missing left or entered the world, spread as the stock that holds it
                        open       the same, spread as the other stock
        column_factors  multipliers to start from, those of similar stocks
        tolerance       float                                largest error of a margin when the world is closed
    Out
        MoverStocks
    Source
        Abel (2013) section 2; Abel and Sander (2014) supplement; Abel and Cohen (2019)

    >>> two = mover_stocks(np.diag([10.0, 10.0]), np.array([[8.0, 2.0], [0.0, 10.0]]),
    ...                    births=np.zeros(2), deaths=np.zeros(2), balance="closed")
    >>> two.end - two.start
    array([[-2.,  2.],
           [ 0.,  0.]])
    """
    start, emptied_start = _empty_negative_natives(start)
    end, emptied_end = _empty_negative_natives(end)
    gap = births.sum(axis=-1) - deaths.sum(axis=-1) - (end.sum(axis=(-2, -1)) - start.sum(axis=(-2, -1)))
    if balance == "closed":
        start, end = _meet_halfway(start, end, gap=gap)
    born, spread_births = _births_by_birthplace(end, births)
    died = start * _share(deaths, start.sum(axis=-2))[..., None, :]
    start, end = start - died, end - born
    birthplace_gap = start.sum(axis=-1) - end.sum(axis=-1)
    parts = _Parts(born, died, emptied_start, emptied_end, spread_births, gap, birthplace_gap)
    if balance == "closed":
        return _closed(start, end, parts=parts, column_factors=column_factors, tolerance=tolerance)
    return _open(start, end, parts=parts, balance=balance)


@dataclass(frozen=True)
class _Parts:
    births: Array
    deaths: Array
    emptied_start: Mask
    emptied_end: Mask
    spread_births: Mask
    gap: Array
    birthplace_gap: Array


def _closed(
    start: Array, end: Array, *, parts: _Parts, column_factors: tuple[Array, Array] | None, tolerance: float
) -> MoverStocks:
    """Rows meet halfway between the two stocks; columns, the people living in each area, are kept."""
    first, second = column_factors or (None, None)
    middle = (start.sum(axis=-1) + end.sum(axis=-1)) / 2
    fits = [
        margin_fitting.fit_margins(stock, middle, stock.sum(axis=-2), tolerance=tolerance, column_factors=factors)
        for stock, factors in ((start, first), (end, second))
    ]
    nothing = np.zeros_like(start)
    return MoverStocks(
        start=fits[0].cells,
        end=fits[1].cells,
        outside_in=nothing,
        outside_out=nothing,
        is_balanced=fits[0].is_fitted & fits[1].is_fitted,
        balance_errors=np.maximum(fits[0].row_errors, fits[1].row_errors),
        column_factors=(fits[0].column_factors, fits[1].column_factors),
        **vars(parts),
    )


def _open(start: Array, end: Array, *, parts: _Parts, balance: Balance) -> MoverStocks:
    left_by, entered_by = (start, end) if balance == "open_dr" else (end, start)
    gap = parts.birthplace_gap
    outside_out = left_by * _share(np.maximum(gap, 0), left_by.sum(axis=-1))[..., :, None]
    outside_in = entered_by * _share(np.maximum(-gap, 0), entered_by.sum(axis=-1))[..., :, None]
    new_start, new_end = start - outside_out, end - outside_in
    errors = np.abs(new_start.sum(axis=-1) - new_end.sum(axis=-1))
    return MoverStocks(
        start=new_start,
        end=new_end,
        outside_in=outside_in,
        outside_out=outside_out,
        is_balanced=(errors <= 1e-6 + 1e-12 * np.abs(start).sum(axis=-1)).all(axis=-1),
        balance_errors=errors,
        column_factors=None,
        **vars(parts),
    )


def _empty_negative_natives(stock: Array) -> tuple[Array, Mask]:
    """Where the native-born are below zero (more foreigners than people), the column is shrunk to its own total."""
    is_negative = np.diagonal(stock, axis1=-2, axis2=-1) < 0
    if not is_negative.any():
        return stock, is_negative
    kept = np.maximum(stock, 0.0)
    shrunk = kept * _share(np.maximum(stock.sum(axis=-2), 0), kept.sum(axis=-2))[..., None, :]
    return np.where(is_negative[..., None, :], shrunk, stock), is_negative


def _meet_halfway(start: Array, end: Array, *, gap: Array) -> tuple[Array, Array]:
    """Each stock takes half of what the world is short of, on its native-born, in proportion."""
    if not np.any(gap):
        return start, end
    is_whole = bool((start == np.rint(start)).all() and (end == np.rint(end)).all())
    return (
        _rescale_natives(start, by=-gap / 2, is_whole=is_whole),
        _rescale_natives(end, by=gap / 2, is_whole=is_whole),
    )


def _rescale_natives(stock: Array, *, by: Array, is_whole: bool) -> Array:
    """Whole persons stay whole, save the largest cell, which takes what is left; a half is not drawn by lot."""
    natives = np.diagonal(stock, axis1=-2, axis2=-1)
    total = natives.sum(axis=-1) + by
    scaled = natives * _share(total, natives.sum(axis=-1))[..., None]
    if is_whole:
        scaled = np.rint(scaled)
        largest = natives.argmax(axis=-1)[..., None]
        left = total - scaled.sum(axis=-1)
        np.put_along_axis(scaled, largest, np.take_along_axis(scaled, largest, -1) + left[..., None], -1)
    scaled = np.where(by[..., None] == 0, natives, scaled)
    place = np.arange(stock.shape[-1])
    new = stock.copy()
    new[..., place, place] = scaled
    return new


def _births_by_birthplace(end: Array, births: Array) -> tuple[Array, Mask]:
    """Births are native; where they exceed the native-born, they are spread as all who live there."""
    size = end.shape[-1]
    born = births[..., None, :] * np.eye(size)
    is_short = births > np.diagonal(end, axis1=-2, axis2=-1)
    if not is_short.any():
        return born, is_short
    spread = end * _share(births, end.sum(axis=-2))[..., None, :]
    return np.where(is_short[..., None, :], spread, born), is_short


def _share(part: Array, whole: Array) -> Array:
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)
