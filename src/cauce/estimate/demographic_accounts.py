"""Who moved from where to where, when all that is known is who lived where at both ends?

The moves of each birthplace are chosen between two extremes: as few as the stocks allow, or as if nobody remembered
where she lived. Without an offset both are closed forms, one matrix product for the whole world; the moves of each
birthplace are kept as multipliers and unfolded only for those who ask.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import margin_fitting
from cauce.estimate.stock_accounts import MoverStocks

__all__ = ["Moves", "fewest_moves", "independent_moves"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moves:
    """Moves by birthplace, kept as multipliers: no offset means ones.

    Born in k, from i to j: `leaving[k, i] * offset[i, j] * arriving[k, j]`. `stayers` (..., birthplace, residence) are
    those who did not move, on top of that product; `is_fitted` (..., birthplace) is false where no moves agree with
    both the stocks and the offset.
    """

    leaving: Array
    arriving: Array
    offset: Array | None
    stayers: Array
    is_fitted: NDArray[np.bool_]

    def between_areas(self) -> Array:
        """Moves (..., origin, destination), all birthplaces together, the diagonal being zero.

        >>> fewest = Moves(np.array([[2.0, 0.0]]), np.array([[0.0, 1.0]]), None, np.zeros((1, 2)), np.array([True]))
        >>> fewest.between_areas()
        array([[0., 2.],
               [0., 0.]])
        """
        table = np.swapaxes(self.leaving, -1, -2) @ self.arriving
        if self.offset is not None:
            table = table * self.offset
        place = np.arange(table.shape[-1])
        table[..., place, place] = 0.0
        return table

    def of_birthplace(self, birthplace: int) -> Array:
        """Moves (origin, destination) of the people born in one area, those who stayed on the diagonal."""
        table = self.leaving[birthplace][:, None] * self.arriving[birthplace]
        if self.offset is not None:
            table = table * self.offset
        return np.asarray(table + np.diag(self.stayers[birthplace]))

    def of_cell(self, origin: int, destination: int) -> Array:
        """Moves (birthplace,) from one area to another, by birthplace; their sum is the cell of `between_areas`."""
        weight = 1.0 if self.offset is None else self.offset[origin, destination]
        return np.asarray(self.leaving[:, origin] * weight * self.arriving[:, destination])


def fewest_moves(stocks: MoverStocks, *, offset: Array | None = None) -> Moves:
    """The fewest moves that lead from one stock to the other: everybody who can have stayed has stayed.

    Each area is, for each birthplace, one that people left or one where they arrived, never both. So the fit is a
    product: leavers times arrivals over their number. With an offset each birthplace is fitted to it on its own.

    In
        stocks   MoverStocks                        freed of births, deaths and the outside
        offset   (origin, destination) float        what makes one move likelier than another, zero or more
    Out
        Moves
    Source
        Abel (2013) section 2.1; the closed form is ours, checked in tests/golden/test_flows.py

    >>> from cauce.estimate.stock_accounts import mover_stocks
    >>> nobody = np.zeros(2)
    >>> stocks = mover_stocks(np.diag([9.0, 9.0]), np.array([[8.0, 1.0], [0.0, 9.0]]),
    ...                       births=nobody, deaths=nobody, balance="closed")
    >>> fewest_moves(stocks).between_areas()
    array([[0., 1.],
           [0., 0.]])
    """
    change = stocks.end - stocks.start
    leavers, arrivals = np.maximum(-change, 0.0), np.maximum(change, 0.0)
    stayers = np.minimum(stocks.start, stocks.end)
    if offset is None:
        return _product(leavers, arrivals, stayers=stayers)
    return _with_offset(leavers, arrivals, stayers=stayers, offset=offset)


def independent_moves(stocks: MoverStocks, *, offset: Array | None = None) -> Moves:
    """Moves as if the place where one lives at the end did not depend on the place at the start, staying included.

    In
        stocks   MoverStocks                    freed of births, deaths and the outside
        offset   (origin, destination) float    what makes one move, or staying, likelier than another
    Out
        Moves   `stayers` is zero: who stayed is on the diagonal of the product
    Source
        Azose and Raftery (2019), the independence end of the mixture

    >>> from cauce.estimate.stock_accounts import mover_stocks
    >>> nobody, half = np.zeros(2), np.array([[2.0, 2.0], [0.0, 0.0]])
    >>> independent_moves(mover_stocks(half, half, births=nobody, deaths=nobody, balance="closed")).between_areas()
    array([[0., 1.],
           [1., 0.]])
    """
    nobody = np.zeros_like(stocks.start)
    if offset is None:
        return _product(stocks.start, stocks.end, stayers=nobody)
    return _with_offset(stocks.start, stocks.end, stayers=nobody, offset=offset)


def _product(rows: Array, columns: Array, *, stayers: Array) -> Moves:
    total = rows.sum(axis=-1)
    leaving = np.divide(rows, total[..., None], out=np.zeros_like(rows), where=total[..., None] > 0)
    return Moves(leaving, columns, None, stayers, np.ones(total.shape, dtype=bool))


def _with_offset(rows: Array, columns: Array, *, stayers: Array, offset: Array) -> Moves:
    """One fit for each birthplace; what rounding made arrivals differ from leavers by is first taken off."""
    left, arrived = rows.sum(axis=-1, keepdims=True), columns.sum(axis=-1, keepdims=True)
    columns = columns * np.divide(left, arrived, out=np.zeros_like(arrived), where=arrived > 0)
    size = rows.shape[-1]
    pairs = zip(rows.reshape(-1, size, size), columns.reshape(-1, size, size), strict=True)
    fits = [margin_fitting.fit_shared_seed(offset, *pair) for pair in pairs]
    return Moves(
        leaving=np.stack([fit.row_factors for fit in fits]).reshape(rows.shape),
        arriving=np.stack([fit.column_factors for fit in fits]).reshape(rows.shape),
        offset=offset,
        stayers=stayers,
        is_fitted=np.stack([fit.is_fitted for fit in fits]).reshape(rows.shape[:-1]),
    )
