"""What left of exact counts under thresholds: the figures that anybody has, and the codes of their columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LeftCounts"]


@dataclass(frozen=True)
class LeftCounts:
    """Exact counts as they left.

    tables   table -> (k, ...) int   -1 where a cell was withheld
    domain   column -> its codes in order
    """

    tables: Mapping[tuple[str, ...], NDArray[np.int64]]
    domain: Mapping[str, tuple[str, ...]]
