"""How many moved, read off the difference or the distribution of two stocks, without an account of the people?

Quick looks that need neither births nor deaths (the rate method takes net migration from them). They do not add up
to the change of any population; `demographic_accounts` does.
"""

import numpy as np
from numpy.typing import NDArray

from cauce.standards.errors import Refusal

__all__ = ["drop_decreases", "net_migration", "rate_flows", "reverse_decreases", "transition_flows"]

Array = NDArray[np.float64]


def drop_decreases(start: Array, end: Array) -> Array:
    """Growth of each stock of foreign-born taken as moves from the birthplace; decreases are ignored.

    In
        start, end   (..., birthplace, residence) float   persons
    Out
        (..., origin, destination) float   moves, zero on the diagonal
    Source
        Abel and Cohen (2019), `sd_drop_neg`; checked in tests/golden/test_flows.py

    >>> drop_decreases(np.array([[9.0, 1.0], [3.0, 9.0]]), np.array([[9.0, 4.0], [1.0, 9.0]]))
    array([[0., 3.],
           [0., 0.]])
    """
    return _without_diagonal(np.maximum(end - start, 0.0))


def reverse_decreases(start: Array, end: Array) -> Array:
    """As `drop_decreases`, and a decrease is taken as moves back to the birthplace.

    In
        start, end   (..., birthplace, residence) float   persons
    Out
        (..., origin, destination) float   moves, zero on the diagonal
    Source
        Abel and Cohen (2019), `sd_rev_neg`; checked in tests/golden/test_flows.py

    >>> reverse_decreases(np.array([[9.0, 1.0], [3.0, 9.0]]), np.array([[9.0, 4.0], [1.0, 9.0]]))
    array([[0., 5.],
           [0., 0.]])
    """
    change = _without_diagonal(end - start)
    return np.asarray(np.maximum(change, 0.0) + np.swapaxes(np.maximum(-change, 0.0), -1, -2))


def net_migration(start: Array, end: Array, *, births: Array, deaths: Array) -> Array:
    """Growth of each population that births and deaths do not explain.

    In
        start, end      (..., birthplace, residence) float   persons
        births, deaths  (..., residence) float               persons during the period
    Out
        (..., residence) float   arrivals minus departures

    >>> net_migration(np.eye(2) * 10, np.eye(2) * 12, births=np.array([1.0, 3.0]), deaths=np.array([0.0, 0.0]))
    array([ 1., -1.])
    """
    return np.asarray(end.sum(axis=-2) - start.sum(axis=-2) - (births - deaths))


def rate_flows(start: Array, net: Array) -> Array:
    """The turnover that net migration implies, distributed as the foreign-born were at the start.

    In
        start   (birthplace, residence) float   persons
        net     (residence,) float              net migration; gains and losses are first scaled to one another
    Out
        (origin, destination) float   moves, zero on the diagonal
    Refuses
        estimate.no_foreign_born   nobody lives outside her birthplace, so there is nothing to distribute by
    Source
        Dennett (2015); checked in tests/golden/test_flows.py

    >>> rate_flows(np.array([[9.0, 1.0], [3.0, 9.0]]), np.array([2.0, -2.0]))
    array([[0., 1.],
           [3., 0.]])
    """
    abroad = _without_diagonal(start)
    if abroad.sum() <= 0:
        raise Refusal(
            "estimate.no_foreign_born",
            found="Nobody in the first stock lives outside the area of birth",
            wanted="foreign-born in the first stock: the method distributes moves as they are distributed",
            remedy="Check the first stock, or use another method",
        )
    return np.asarray(np.abs(_sum_to_zero(net)).sum() * abroad / abroad.sum())


def transition_flows(start: Array, end: Array) -> Array:
    """Moves by the matrix that turns the first stock into the second, times the people of each area.

    Negative moves are possible and are left as they are.

    In
        start, end   (birthplace, residence) float   persons
    Out
        (origin, destination) float   moves, zero on the diagonal
    Refuses
        estimate.singular_stock   the first stock has areas that cannot be told apart, so no such matrix exists
    Source
        Rogers and von Rabenau (1971); checked in tests/golden/test_flows.py

    >>> transition_flows(np.diag([10.0, 10.0]), np.array([[8.0, 2.0], [0.0, 10.0]]))
    array([[0., 2.],
           [0., 0.]])
    """
    if np.linalg.matrix_rank(start) < len(start):
        raise Refusal(
            "estimate.singular_stock",
            found="In the first stock some areas have residents of the same birthplaces in the same shares, or none",
            wanted="a first stock that can be inverted",
            remedy="Merge or leave out areas without people, or use a demographic account such as da_min_closed",
        )
    growth = np.linalg.solve(start, end)
    return _without_diagonal(growth * start.sum(axis=0)[:, None])


def _sum_to_zero(net: Array) -> Array:
    """Gains and losses each give up half of what the world is short of; only where all have one sign, the mean goes."""
    gains, losses = net[net > 0].sum(), -net[net < 0].sum()
    if not (gains > 0 and losses > 0):
        return np.asarray(net - net.mean())
    middle = (gains + losses) / 2
    return np.asarray(np.where(net > 0, net * (middle / gains), net * (middle / losses)))


def _without_diagonal(table: Array) -> Array:
    kept = np.array(table, dtype=float)
    place = np.arange(kept.shape[-1])
    kept[..., place, place] = 0.0
    return kept
