"""Which places does each column of a table of codes have, and which of them are two-sided flags?

The codes come from a public domain. Whether a column has missing values is public where the domain says so (an empty
code in its list, or a list of one code), and otherwise read from its noisy one-way counts, never from the data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.protect.counting import MISSING

__all__ = ["Column", "declare_columns", "settle_columns"]

_SIGMAS = 3.0
_LARGEST_SHARE = 0.05


@dataclass(frozen=True)
class Column:
    """One column: its codes in the order of the domain, MISSING last where it may miss.

    home is the place of a person whose value has no place of its own: missing, or the commonest code.
    """

    name: str
    codes: tuple[str, ...]
    home: int

    @property
    def size(self) -> int:
        return len(self.codes)

    @property
    def is_flag(self) -> bool:
        """Two places: one is the sign +1, the other -1."""
        return len(self.codes) == 2

    @property
    def may_miss(self) -> bool:
        return self.codes[-1] == MISSING


def declare_columns(domain: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """Every column with a place for missing values, which `settle_columns` may take away.

    In
        domain   column -> its public codes; an empty code says that values may be missing
    Out
        one Column a column

    >>> declare_columns({"sex": ["F", "M"]})[0].codes
    ('F', 'M', '_U')
    """
    kept = {name: tuple(dict.fromkeys(code for code in codes if code)) for name, codes in domain.items()}
    return tuple(Column(name, (*codes, MISSING), len(codes)) for name, codes in kept.items())


def settle_columns(
    declared: Sequence[Column],
    noisy: Mapping[str, NDArray[np.int64]],
    *,
    sigma: float,
    may_miss: frozenset[str],
) -> tuple[Column, ...]:
    """The columns without the place for missing values where the noisy counts find next to nobody there.

    In
        declared   from `declare_columns`
        noisy      column -> (place,) int   its one-way counts with noise
        sigma      float                    of that noise
        may_miss   columns whose domain declares that values may be missing
    Out
        one Column a column: a person whose place was taken away is counted with the commonest code
    """
    return tuple(_settle(column, noisy[column.name], sigma=sigma, may_miss=may_miss) for column in declared)


def _settle(column: Column, noisy: NDArray[np.int64], *, sigma: float, may_miss: frozenset[str]) -> Column:
    if column.name in may_miss or column.size <= 2:
        return column
    # Where the noise could hide many missing values, their place stays.
    if _SIGMAS * sigma > _LARGEST_SHARE * float(noisy.sum()) or noisy[-1] > _SIGMAS * sigma:
        return column
    return Column(column.name, column.codes[:-1], int(np.argmax(noisy[:-1])))
