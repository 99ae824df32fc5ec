"""Where did everybody come from and go to: the whole account, with births, deaths, stayers and the outside world?

One line for each thing that happened to the people of a birthplace, for those who want the account itself and not
only the moves. It has as many lines as areas cubed: for the world, ask for chosen birthplaces.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cauce.estimate.flows import FlowEstimate
from cauce.standards.errors import Refusal

__all__ = ["BIRTH", "DEATH", "OUTSIDE", "account_cells"]

Array = NDArray[np.float64]
BIRTH, DEATH, OUTSIDE = "birth", "death", "outside"


def account_cells(
    estimate: FlowEstimate, *, birthplaces: Sequence[str] | None = None
) -> Iterator[tuple[str, str, str, float]]:
    """Every line of the account that is not zero.

    In
        estimate      FlowEstimate   by an accounting method
        birthplaces   codes of the birthplaces wanted; all when not given
    Out
        origin, destination, birthplace, persons   stayers go from an area to itself; births come from "birth",
                                                   deaths go to "death", the outside world is "outside"
    Refuses
        estimate.no_account   the method keeps no account

    >>> from cauce.estimate.flows import StockPair, estimate_flows
    >>> pair = StockPair(("A", "B"), np.diag([9.0, 9.0]), np.array([[8.0, 1.0], [0.0, 9.0]]))
    >>> list(account_cells(estimate_flows(pair, method="da_min_closed")))
    [('A', 'A', 'A', 8.0), ('A', 'B', 'A', 1.0), ('B', 'B', 'B', 9.0)]
    """
    account, areas = estimate.account, estimate.areas
    if account is None:
        raise Refusal(
            "estimate.no_account",
            found="The method {method} keeps no account of people",
            wanted="a method whose name begins with da_",
            remedy="Use a demographic account such as da_min_closed",
            method=estimate.method,
        )
    for birthplace in birthplaces or areas:
        place = areas.index(birthplace)
        nobody = np.zeros((len(areas), len(areas)))
        moves = sum((share * part.of_birthplace(place) for share, part in estimate.mixture), nobody)
        yield from _moves(moves, areas, birthplace)
        for origin, destination, persons in (
            (BIRTH, None, account.births),
            (None, DEATH, account.deaths),
            (OUTSIDE, None, account.outside_in),
            (None, OUTSIDE, account.outside_out),
        ):
            for area, count in zip(areas, persons[place].tolist(), strict=True):
                if count:
                    yield origin or area, destination or area, birthplace, count


def _moves(moves: Array, areas: Sequence[str], birthplace: str) -> Iterator[tuple[str, str, str, float]]:
    for origin, destination in np.argwhere(moves).tolist():
        yield areas[origin], areas[destination], birthplace, float(moves[origin, destination])
