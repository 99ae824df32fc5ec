"""Which groups do the codes of a column make, one level above the other: municipalities, departments, the country?

A level is a column of its own, whose counts are the sums of the counts below it. Nothing is ever split: each code
belongs to one group. What noisy counts of several levels tell of together is answered by `consistency`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import helmert

from cauce.standards.errors import Refusal

__all__ = ["Columns", "Level", "add_up", "check_levels", "groups_of", "stack_levels", "tables_above"]

Floats = NDArray[np.float64]
Codes = tuple[str, ...]
Wider = Mapping[str, tuple[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Level:
    """The groups of one column.

    of       the column that is grouped, itself a level perhaps
    groups   (code of `of`,) int   the place of each code's group, from 0 on without a gap
    """

    of: str
    groups: NDArray[np.int64]

    @property
    def size(self) -> int:
        return int(self.groups.max()) + 1


@dataclass(frozen=True)
class Columns:
    """The sizes of columns, and the levels above them: at most one directly above each."""

    sizes: Mapping[str, int]
    levels: Mapping[str, Level] = field(default_factory=dict)

    @cached_property
    def _above(self) -> Mapping[str, str]:
        return {level.of: name for name, level in self.levels.items()}

    @cached_property
    def _family_sizes(self) -> Mapping[str, Floats]:
        return {base: np.bincount(self.families(base)).astype(np.float64) for base in self.sizes}

    def size(self, name: str) -> int:
        """How many codes a column or a level has."""
        return self.levels[name].size if name in self.levels else self.sizes[name]

    def base(self, name: str) -> str:
        """The column at the bottom."""
        return self.base(self.levels[name].of) if name in self.levels else name

    def is_base(self, name: str) -> bool:
        """Claims that no column is below this one."""
        return name not in self.levels

    def is_grouped(self, base: str) -> bool:
        """Claims that a level groups the codes of this column."""
        return base in self._above

    def families(self, base: str) -> NDArray[np.int64]:
        """(code,) int: the place of the group directly above each code; a column without levels is one family."""
        above = self._above.get(base)
        return self.levels[above].groups if above else np.zeros(self.sizes[base], dtype=np.int64)

    def family_sizes(self, base: str) -> Floats:
        """(group,) float: how many codes each group has."""
        return self._family_sizes[base]

    def membership(self, base: str) -> Floats:
        """(code, group) float: 1 where the code belongs to the group directly above."""
        return np.asarray(self.families(base)[:, None] == np.arange(self.family_sizes(base).size), dtype=np.float64)

    def spread(self, name: str) -> Floats:
        """(code, group of the base) float: what each group's count gives to each code, evenly among the members."""
        base = self.base(name)
        return self.membership(base) / self.family_sizes(base) if name == base else self.gathering(name)

    def gathering(self, name: str) -> Floats:
        """(code, group of the base) float: which groups each code of a level counts; of a base, each group itself."""
        if name not in self.levels or self.levels[name].of not in self.levels:
            return np.eye(self.family_sizes(self.base(name)).size)
        level = self.levels[name]
        return np.asarray(np.eye(level.size)[level.groups].T @ self.gathering(level.of))

    def contrasts(self, base: str, *, is_departing: bool) -> Floats:
        """(group, parameter) float: the groups' counts as their even share of the total, or as departures from it."""
        groups = self.family_sizes(base).size
        return np.asarray(helmert(groups).T) if is_departing else np.full((groups, 1), 1.0 / groups)

    def parameters(self, block: Iterable[str]) -> int:
        """How many numbers say how the groups of some columns depart from evenness together."""
        return math.prod(self.family_sizes(base).size - 1 for base in block)

    def outside(self, by: Sequence[str], subset: Sequence[str]) -> list[str]:
        """The columns of a table that are not in a subset, in the order of their bases."""
        return sorted((name for name in by if name not in subset), key=self.base)


def groups_of(parents: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The groups that codes make by their parents.

    In
        parents   (code,) text   the group of each code
    Out
        the groups in the order of their first members, and (code,) int the place of each code's group

    >>> groups, places = groups_of(["Y0T17", "Y0T17", "Y_GE18"])
    >>> groups, places.tolist()
    (('Y0T17', 'Y_GE18'), [0, 0, 1])
    """
    groups = tuple(dict.fromkeys(parents))
    return groups, np.array([groups.index(parent) for parent in parents], dtype=np.int64)


def stack_levels(wider: Wider, *, domain: Mapping[str, Sequence[str]]) -> tuple[dict[str, Level], dict[str, Codes]]:
    """Levels one above the other, the finer below the coarser.

    In
        wider    level -> (column, code -> wider code); a code without one stands for itself, as a missing value does
        domain   column -> its codes in order
    Out
        level -> Level, and level -> its codes in order

    >>> codes = {"Y0T8": "Y0T17", "Y9T17": "Y0T17"}
    >>> stacked, domain = stack_levels({"age@1": ("age", codes)}, domain={"age": ("Y0T8", "Y9T17", "_U")})
    >>> stacked["age@1"].groups.tolist(), domain
    ([0, 0, 1], {'age@1': ('Y0T17', '_U')})
    """
    stacked: dict[str, Level] = {}
    codes: dict[str, Codes] = {}
    for base in dict.fromkeys(column for column, _ in wider.values()):
        below, members = base, tuple(domain[base])
        for name, parents in _from_finest(wider, base=base, codes=members):
            above = dict(zip(_parents_of(wider, below, members=domain[base]), parents, strict=True))
            codes[name], groups = groups_of([above[code] for code in codes.get(below, members)])
            stacked[name], below = Level(below, groups), name
    return stacked, codes


def check_levels(wider: Wider, *, domain: Mapping[str, Sequence[str]], several: Iterable[str]) -> list[Refusal]:
    """A refusal for every level whose figures could not be the sums of those below.

    In
        wider     as `stack_levels` takes it
        domain    column -> its codes
        several   columns where a person may have several values
    Out
        the refusals, empty when all is well

    >>> [one.code for one in check_levels({"a@1": ("a", {})}, domain={"a": ("x",)}, several=["a"])]
    ['protect.level_of_several']
    """
    refusals = [_of_several(name, column) for name, (column, _) in wider.items() if column in set(several)]
    for base in dict.fromkeys(column for column, _ in wider.values()):
        steps = _from_finest(wider, base=base, codes=tuple(domain[base]))
        for (finer, below), (coarser, above) in pairwise(steps):
            if len(set(zip(below, above, strict=True))) > len(set(below)):
                refusals.append(_crossing(finer, coarser))
    return refusals


def tables_above(table: tuple[str, ...], levels: Mapping[str, Level]) -> list[tuple[str, ...]]:
    """The tables made of a table when its columns are replaced by their levels, in every way; not itself.

    In
        table    columns
        levels   level -> Level
    Out
        tables

    >>> tables_above(("sex", "age"), {"majority": Level("age", np.array([0, 1]))})
    [('sex', 'majority')]
    """
    above = {level.of: name for name, level in levels.items()}
    chains = [tuple(_chain(name, above)) for name in table]
    return [made for made in product(*chains) if made != table]


def add_up(
    counts: NDArray[np.int64], table: tuple[str, ...], *, above: tuple[str, ...], columns: Columns
) -> NDArray[np.int64]:
    """The counts of a table above, from those of the table below.

    In
        counts    (k, ...) int   of `table`
        table     columns
        above     one of `tables_above` of it
        columns   sizes and levels
    Out
        (k, ...) int

    >>> columns = Columns({"age": 3}, {"majority": Level("age", np.array([0, 0, 1]))})
    >>> add_up(np.array([2, 3, 4]), ("age",), above=("majority",), columns=columns).tolist()
    [5, 4]
    """
    for axis, (name, wanted) in enumerate(zip(table, above, strict=True)):
        for level in _climb(name, wanted, columns.levels):
            summed = np.zeros((level.size, *np.moveaxis(counts, axis, 0).shape[1:]), dtype=counts.dtype)
            np.add.at(summed, level.groups, np.moveaxis(counts, axis, 0))
            counts = np.moveaxis(summed, 0, axis)
    return counts


def _chain(name: str, above: Mapping[str, str]) -> Iterable[str]:
    while True:
        yield name
        if name not in above:
            return
        name = above[name]


def _climb(name: str, wanted: str, levels: Mapping[str, Level]) -> list[Level]:
    """The levels from a column up to the wanted one, the lowest first."""
    if name == wanted:
        return []
    return [*_climb(name, levels[wanted].of, levels), levels[wanted]]


def _from_finest(wider: Wider, *, base: str, codes: Codes) -> list[tuple[str, Codes]]:
    """The levels of a column with the wider code of each of its codes, that with most groups first."""
    found = [(name, _parents_of(wider, name, members=codes)) for name, (column, _) in wider.items() if column == base]
    return sorted(found, key=lambda one: -len(set(one[1])))


def _parents_of(wider: Wider, name: str, *, members: Sequence[str]) -> Codes:
    return tuple(wider[name][1].get(code, code) for code in members) if name in wider else tuple(members)


def _of_several(name: str, column: str) -> Refusal:
    return Refusal(
        "protect.level_of_several",
        found="Level {level} groups the codes of {column}, of which a person may have several",
        wanted="a field of one code a person: a parent's figure is the sum of its children's",
        remedy="Leave the level out",
        level=name,
        column=column,
    )


def _crossing(finer: str, coarser: str) -> Refusal:
    return Refusal(
        "protect.crossing_levels",
        found="Level {coarser} would split groups of level {finer}",
        wanted="levels that nest: each group lies in one group of the level above",
        remedy="Leave one of them out, or correct its groups",
        finer=finer,
        coarser=coarser,
    )
