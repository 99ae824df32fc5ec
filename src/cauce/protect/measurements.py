"""Which queries are asked of a table of codes, and with how much noise each?

One query a column, then one a pair of columns. A person adds a squared norm of 1 to each. A column of two places is a
sign, +1 for its first place and -1 for its second: two signs make one number, a sign and a column of many places make
a vector, and only two columns of many places need the whole table. Equal cells cost far less noise so (METHODS.md
E.1).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cauce.protect import budget, noise
from cauce.protect.columns import Column
from cauce.protect.consistency import Query

__all__ = ["measure_pairs", "measure_places", "share_of_pairs"]

CATEGORY_SHARE = 0.10
FLAG_SHARE = 0.02
# Between the least error of all cells (2/3) and the surest finding of rare pairs (1): measured in bench/release.py.
_POWER = 0.75
_SEPARATOR = "\x1f"

Counts = Mapping[tuple[str, ...], NDArray[np.int64]]


def measure_places(counts: Counts, columns: Sequence[Column], *, rho: float) -> tuple[list[Query], float]:
    """The one-way counts with noise, and the number of people where no column of many places tells it.

    A column of many places is counted with more care: its margin's noise is in every pair that it makes with a flag.

    In
        counts    (column,) -> (place, ...) int   exact, the last place for values without a code; () -> people
        columns   as declared
        rho       float   of the whole release
    Out
        one Query a column, and OpenDP's price
    """
    shares = _one_way_shares(columns)
    queries, price = [], 0.0
    for column in columns:
        by, signed = _axes([column])
        sigma = budget.sigma_of(rho * shares[column.name])
        exact = counts[column.name,]
        drawn = noise.add_noise(exact @ _contrast(column, places=exact.size), sigma=sigma)
        queries.append(Query(by, drawn.values.astype(np.float64), sigma, signed))
        price += drawn.rho
    if "" in shares:
        drawn = noise.add_noise(counts[()], sigma=budget.sigma_of(rho * shares[""]))
        queries.append(Query((), drawn.values.astype(np.float64), drawn.sigma))
        price += drawn.rho
    return queries, price


def share_of_pairs(columns: Sequence[Column]) -> float:
    """The share of the whole rho that one-way counts leave to the pairs: 0 where there are none.

    In
        columns   as declared
    Out
        float   between 0 and 1
    """
    return 1.0 - math.fsum(_one_way_shares(columns).values()) if len(columns) > 1 else 0.0


def _one_way_shares(columns: Sequence[Column]) -> dict[str, float]:
    """Column, and "" for the number of people -> share of the whole rho; what they leave is for the pairs."""
    cats = [column.name for column in columns if not column.is_flag]
    signs = [column.name for column in columns if column.is_flag]
    shares = {name: CATEGORY_SHARE / len(cats) for name in cats} | {name: FLAG_SHARE / len(signs) for name in signs}
    if not cats:
        shares[""] = FLAG_SHARE
    if len(columns) > 1:
        return shares
    whole = math.fsum(shares.values())
    return {name: share * (1.0 - 1e-9) / whole for name, share in shares.items()}


def measure_pairs(counts: Counts, columns: Sequence[Column], *, rho: float) -> tuple[list[Query], float]:
    """All pairs with noise, more of the budget to those with more cells.

    In
        counts    (column, column) -> (place, place) int   exact, each axis as declared, the last place for values
                                                           without a code
        columns   settled, in the order of the pairs
        rho       float   to spend on all of them
    Out
        one Query a pair, and OpenDP's price
    Source
        METHODS.md E.1: the sum over cells of their standard deviations is least where sigma ~ (cells x f)^(-1/3)
    """
    pairs = {(one.name, two.name): (one, two) for one, two in combinations(columns, 2)}
    shares = budget.share_by_weight(rho, {_SEPARATOR.join(names): _weight(pair) for names, pair in pairs.items()})
    queries, price = [], 0.0
    for names, pair in pairs.items():
        by, signed = _axes(pair)
        sigma = budget.sigma_of(shares[_SEPARATOR.join(names)])
        drawn = noise.add_noise(_sum_pair(counts[names], pair), sigma=sigma)
        queries.append(Query(by, drawn.values.astype(np.float64), sigma, signed))
        price += drawn.rho
    return queries, price


def _sum_pair(counts: NDArray[np.int64], pair: tuple[Column, Column]) -> NDArray[np.int64]:
    """The table of a pair, each of its flags summed with its sign."""
    one, two = (_contrast(column, places=places) for column, places in zip(pair, counts.shape, strict=True))
    return np.asarray(np.tensordot(np.tensordot(counts, two, axes=(1, 0)), one, axes=(0, 0)).T)


def _contrast(column: Column, *, places: int) -> NDArray[np.int64]:
    """What a person in each declared place adds to the settled places of her column, or to its signed sum."""
    settled = np.arange(places)
    settled[column.size :] = column.home
    added = (settled[:, None] == np.arange(column.size)).astype(np.int64)
    return np.asarray(added[:, 0] - added[:, 1] if column.is_flag else added)


def _axes(columns: Sequence[Column]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns counted cell by cell, and those summed by sign."""
    by = tuple(column.name for column in columns if not column.is_flag)
    return by, tuple(column.name for column in columns if column.is_flag)


def _weight(columns: Sequence[Column]) -> float:
    cells = math.prod(column.size for column in columns)
    factor = math.prod(0.5 if column.is_flag else math.sqrt(1.0 - 1.0 / column.size) for column in columns)
    return float((cells * factor) ** _POWER)
