"""What should the invented records of a hub's release add up to, where only some pairs of fields have a table?

A field where persons may have several values becomes several columns of rows: the value that a row has first, and for
each code whether the row has it. How many values a person has is in no table: everybody who has any has a first one,
and the values over are shared out. What a table withholds has no place in any row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cauce.protect import nonnegative
from cauce.protect.columns import Column
from cauce.protect.counting import MISSING
from cauce.protect.tables import Family, Profile, are_shown
from cauce.protect.targets import Pair, Targets
from cauce.standards.cleared import ClearedTable

__all__ = ["Field", "Figures", "aim_records", "fields_of", "is_shown"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """What a release's tables tell of their fields.

    families   the tables as they agree with each other
    released   columns -> the table as it leaves
    domain     field -> its codes in order, "_U" (missing) among them
    several    fields where a person may have several values
    """

    families: Sequence[Family]
    released: Mapping[frozenset[str], ClearedTable]
    domain: Mapping[str, Sequence[str]]
    several: frozenset[str]
    profile: Profile

    def estimate(self, *names: str) -> tuple[Floats, float] | None:
        """(names...) float: unbiased counts, and the variance of one; None where no table tells of these fields."""
        for family in self.families:
            if any(self._tells(table.by, names) for table in family.tables):
                return family.parts.table(names), family.parts.variance(names)
        return None

    def shown(self, *names: str) -> Mask:
        """(names...) bool: as the table of these fields shows them; as it would where a finer one is released alone."""
        table = self.released.get(frozenset(names))
        if table is not None:
            return np.transpose(is_shown(table, self.domain), [table.by.index(name) for name in names])
        found = self.estimate(*names)
        if found is None:
            return np.ones([len(self.domain[name]) for name in names], dtype=bool)
        return are_shown(found[0] / np.sqrt(found[1]), profile=self.profile)

    def _tells(self, by: Sequence[str], names: Sequence[str]) -> bool:
        return set(names) <= set(by) and not self.several & (set(by) - set(names))


@dataclass(frozen=True)
class Field:
    """A field of the records: the codes that a record may show, and the columns of rows that stand for it."""

    name: str
    codes: tuple[str, ...]
    several: bool

    @property
    def first(self) -> Column:
        """The code of a row; where there may be several, the first of them."""
        return Column(self.name, (*self.codes, MISSING), len(self.codes))

    @property
    def flags(self) -> tuple[Column, ...]:
        """Whether a row has each code, where it may have several."""
        return tuple(Column(f"{self.name}={code}", (code, MISSING), 1) for code in self.codes if self.several)


def is_shown(table: ClearedTable, domain: Mapping[str, Sequence[str]]) -> Mask:
    """(by...) bool: the cells of a table whose figure leaves."""
    status = np.asarray(table.observations["obs_status"].to_pylist(), dtype=object)
    return np.asarray(status != "Q").reshape([len(domain[name]) for name in table.by])


def fields_of(figures: Figures) -> list[Field]:
    """The fields that records can have: those of which some code is shown.

    In
        figures   Figures
    Out
        Field of each, in the order of the tables
    """
    names = dict.fromkeys(name for by in figures.released.values() for name in by.by)
    fields = []
    for name in names:
        if figures.estimate(name) is None:
            continue
        shown = figures.shown(name)
        codes = [code for code, leaves in zip(figures.domain[name], shown, strict=True) if leaves and code != MISSING]
        fields.append(Field(name, tuple(codes), name in figures.several))
    return [field for field in fields if field.codes]


def aim_records(fields: Sequence[Field], figures: Figures) -> Targets:
    """The aims of a release's records.

    In
        fields    from `fields_of`
        figures   Figures
    Out
        Targets of the columns of all fields
    """
    total = figures.estimate()
    people = max(1, round(float(total[0]))) if total else 1
    aims = _Aims(people, {}, {}, {}, {})
    for field in fields:
        aims.margins.update(_margins(field, figures, people=people))
        aims.published.update(_within(field))
    for one, two in combinations(fields, 2):
        _add_pair(aims, one, two, figures=figures)
    return Targets(aims.people, aims.margins, aims.tables, aims.variances, aims.published)


@dataclass(frozen=True)
class _Aims:
    """Targets in the making."""

    people: int
    margins: dict[str, Floats]
    tables: dict[Pair, Floats]
    variances: dict[Pair, float]
    published: dict[Pair, Mask]


def _margins(field: Field, figures: Figures, *, people: int) -> dict[str, Floats]:
    counts = _of_codes(field, figures)
    if not field.several:
        return {field.name: nonnegative.project_to_total(np.append(counts, people - counts.sum()), total=people)}
    held = np.clip(counts, 0.0, people)
    flags = {flag.name: np.array([one, people - one]) for flag, one in zip(field.flags, held, strict=True)}
    stated = people - np.clip(_lacking(field, figures).sum(), 0.0, people)
    first = held * _share_first(held[None, :], np.array([stated]))
    return {field.name: np.append(first, people - first.sum()), **flags}


def _of_codes(field: Field, figures: Figures) -> Floats:
    """(code,) float: the estimates of the codes that a record may show."""
    return _required(figures, field.name)[_places(field, figures)]


def _lacking(field: Field, figures: Figures) -> Floats:
    """(1,) or (0,) float: the estimate of those without a value."""
    return _required(figures, field.name)[_missing(field, figures)]


def _missing(field: Field, figures: Figures) -> list[int]:
    return [place for place, code in enumerate(figures.domain[field.name]) if code == MISSING]


def _share_first(held: Floats, stated: Floats) -> Floats:
    """(row,) float: of the values of a row's persons, the share that is the first of somebody."""
    values = held.sum(axis=1)
    return np.minimum(1.0, stated / np.where(values > 0.0, values, 1.0))


def _within(field: Field) -> dict[Pair, Mask]:
    """A row has the code that it has first, and none where it has no first one."""
    published = {}
    for place, flag in enumerate(field.flags):
        mask = np.ones((field.first.size, 2), dtype=bool)
        mask[place, 1] = mask[-1, 0] = False
        published[field.name, flag.name] = mask
    return published


def _add_pair(aims: _Aims, one: Field, two: Field, *, figures: Figures) -> None:
    """The aims of the columns of two fields that some table tells of together."""
    found = figures.estimate(one.name, two.name)
    if found is None:
        return
    kept = np.ix_(_places(one, figures), _places(two, figures))
    counts, shown = found[0], figures.shown(one.name, two.name)[kept]
    if one.several and two.several:
        _add_flags(aims, one, two, counts=counts[kept], shown=shown)
    elif two.several:
        _add_crossed(aims, one, two, counts=counts, figures=figures)
    elif one.several:
        _add_crossed(aims, two, one, counts=counts.T, figures=figures)
    else:
        table = _with_rests(counts[kept], rows=aims.margins[one.name], columns=aims.margins[two.name])
        _fit(aims, (one.name, two.name), table, shown=_open(shown))
    for pair in aims.tables:
        aims.variances.setdefault(pair, found[1])


def _add_crossed(aims: _Aims, plain: Field, several: Field, *, counts: Floats, figures: Figures) -> None:
    """A field of one value by one of several: with the first value, and with each code."""
    rows, codes = aims.margins[plain.name], _places(plain, figures)
    kept = np.ix_(codes, _places(several, figures))
    shown = figures.shown(plain.name, several.name)[kept]
    held = np.clip(_with_rest(counts[kept], _of_codes(several, figures)), 0.0, rows[:, None])
    missing = _with_rest(counts[codes][:, _missing(several, figures)], _lacking(several, figures))
    lacking = np.clip(missing.sum(axis=1), 0.0, rows)
    first = held * _share_first(held, rows - lacking)[:, None]
    _fit(aims, (plain.name, several.name), np.column_stack([first, rows - first.sum(axis=1)]), shown=_open(shown))
    for place, flag in enumerate(several.flags):
        table = np.column_stack([held[:, place], rows - held[:, place]])
        _fit(aims, (plain.name, flag.name), table, shown=_open(shown[:, [place]]))


def _add_flags(aims: _Aims, one: Field, two: Field, *, counts: Floats, shown: Mask) -> None:
    """Two fields of several values: each code of the one with each of the other."""
    for at, first in enumerate(one.flags):
        for on, second in enumerate(two.flags):
            rows, columns = aims.margins[first.name], aims.margins[second.name]
            table = _with_rests(counts[at : at + 1, on : on + 1], rows=rows, columns=columns)
            _fit(aims, (first.name, second.name), table, shown=_open(shown[at : at + 1, on : on + 1]))


def _fit(aims: _Aims, pair: Pair, table: Floats, *, shown: Mask) -> None:
    rows, columns = aims.margins[pair[0]], aims.margins[pair[1]]
    aims.tables[pair] = nonnegative.fit_table(table, rows=rows, columns=columns, support=shown)
    aims.published[pair] = shown


def _with_rests(counts: Floats, *, rows: Floats, columns: Floats) -> Floats:
    """Counts of some rows and columns with one more of each."""
    return _with_rest(np.column_stack([counts, rows[:-1] - counts.sum(axis=1)]), columns)


def _with_rest(counts: Floats, whole: Floats) -> Floats:
    """Counts of some rows with one more row, of all the others."""
    return np.vstack([counts, whole - counts.sum(axis=0)])


def _open(shown: Mask) -> Mask:
    """With the places of no code, which are always open."""
    return np.pad(shown, ((0, 1), (0, 1)), constant_values=True)


def _places(field: Field, figures: Figures) -> list[int]:
    codes = list(figures.domain[field.name])
    return [codes.index(code) for code in field.codes]


def _required(figures: Figures, name: str) -> Floats:
    found = figures.estimate(name)
    if found is None:
        raise LookupError("a field of the records is in some table")
    return found[0]
