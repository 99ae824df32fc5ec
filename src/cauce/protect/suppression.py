"""Which further cells must be withheld so that nobody can work out the small ones from the rest?

For each small cell a linear programme (HiGHS) finds the cheapest way in which other cells could make up for it, both
upwards and downwards; the cells that it moves are withheld too. What is withheld costs nothing to move again.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from cauce.protect.linked_cells import LinkedCells

__all__ = ["withhold_around"]

_MOVED = 1e-6


def withhold_around(
    linked: LinkedCells,
    hidden: NDArray[np.bool_],
    *,
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    known: NDArray[np.float64] | None = None,
) -> NDArray[np.bool_]:
    """The cells to withhold, the hidden ones among them.

    In
        linked        LinkedCells
        hidden        (cell,) bool    cells that are withheld in any case
        least, most   (cell,) float   whoever knows all other figures must find possible every count of a cell between
                                      these two; not a number where nobody need be kept from working it out
        known         (cell,) float   people of each cell whom the attacker knows to be there; None for nobody
    Out
        (cell,) bool
    Source
        Fischetti & Salazar 2001 (the problem); Kelly, Golden & Assad 1992 (one cell at a time)
    """
    withheld = hidden.copy()
    # Margins that are not released are not known to anybody.
    withheld[linked.released :] = True
    unknown = linked.values if known is None else linked.values - known
    equations = csr_array(linked.equations[np.diff(linked.equations.indptr) > 0])
    for cell in np.flatnonzero(np.isfinite(least)):
        for end in (least[cell], most[cell]):
            change = float(end - linked.values[cell])
            withheld |= _cheapest(linked, equations, withheld, cell=int(cell), change=change, unknown=unknown)
    withheld[linked.released :] = False
    return withheld


def _cheapest(
    linked: LinkedCells,
    equations: csr_array,
    withheld: NDArray[np.bool_],
    *,
    cell: int,
    change: float,
    unknown: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """The cells that move when one cell changes by so much, at the least cost in figures that would be lost."""
    cost = np.where(withheld, 0.0, 1.0 + np.log1p(linked.values))
    most = abs(change) * 4.0 + 10.0
    up = np.full(cost.size, most)
    down = np.minimum(unknown, most)
    up[cell], down[cell] = max(change, 0.0), max(-change, 0.0)
    lower = np.zeros(2 * cost.size)
    lower[cell], lower[cost.size + cell] = up[cell], down[cell]
    found = linprog(  # type: ignore[call-overload]  # its types know no sparse matrix
        np.concatenate([cost, cost]),
        A_eq=hstack([equations, -equations], format="csr"),
        b_eq=np.zeros(equations.shape[0]),
        bounds=np.column_stack([lower, np.concatenate([up, down])]),
        method="highs",
    )
    if found.x is None:
        return np.ones(cost.size, dtype=bool)
    return np.asarray(np.abs(found.x[: cost.size] - found.x[cost.size :]) > _MOVED)
