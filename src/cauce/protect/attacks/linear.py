"""Between which numbers does a withheld cell lie, for whoever knows every released figure and can add up?"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from cauce.protect.linked_cells import LinkedCells

__all__ = ["bound_cells"]


def bound_cells(
    linked: LinkedCells, withheld: NDArray[np.bool_], *, cells: Iterable[int]
) -> dict[int, tuple[float, float]]:
    """The least and the most that cells can be, by two linear programmes each (HiGHS).

    In
        linked     LinkedCells
        withheld   (cell,) bool   cells whose figure is not known; margins that are not released are never known
        cells      those to work out
    Out
        cell -> (least, most)
    """
    unknown = withheld.copy()
    unknown[linked.released :] = True
    known = np.where(unknown, 0.0, linked.values)
    free = np.flatnonzero(unknown)
    equations = csr_array(linked.equations)
    target = -(equations @ known)
    system = csr_array(equations[:, free])
    place = {int(cell): at for at, cell in enumerate(free)}
    found = {}
    for cell in cells:
        if int(cell) not in place:
            found[int(cell)] = (float(linked.values[cell]), float(linked.values[cell]))
            continue
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(free.size)
            goal[place[int(cell)]] = sign
            solved = linprog(goal, A_eq=system, b_eq=target, bounds=(0, None), method="highs")  # type: ignore[call-overload]
            ends.append(sign * float(solved.fun) if solved.status == 0 else sign * -np.inf)
        found[int(cell)] = (ends[0], ends[1])
    return found
