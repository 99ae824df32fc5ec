"""What is known of a table of codes once the noise is drawn: the only facts from which tables and rows are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import ibis
import numpy as np

from cauce.protect import columns as places
from cauce.protect import consistency, counting, measurements
from cauce.protect.code_checks import Strays

__all__ = ["Counted", "Measured", "count_table", "measure_table"]


@dataclass(frozen=True)
class Measured:
    """The columns as settled, the noisy queries, and what they cost in rho by OpenDP's own account."""

    columns: tuple[places.Column, ...]
    queries: Sequence[consistency.Query]
    rho: float

    @cached_property
    def parts(self) -> consistency.Parts:
        """What all queries tell of together."""
        return consistency.reconcile(self.queries, {column.name: column.size for column in self.columns})


@dataclass(frozen=True)
class Counted:
    """A table of codes counted exactly, inside the vault, before any noise is drawn.

    counts   table of no, one and two columns -> (place, ...) int: as declared, and a last place for values without a
             code
    strays   column -> Strays, where it holds such values
    """

    domain: Mapping[str, Sequence[str]]
    declared: tuple[places.Column, ...]
    counts: counting.Counts
    strays: Mapping[str, Strays]

    @property
    def people(self) -> int:
        """How many persons there are, exactly."""
        return int(self.counts[()])


def count_table(people: ibis.Table, *, domain: Mapping[str, Sequence[str]]) -> Counted:
    """The exact counts of every column and pair of columns of a table of codes.

    In
        people   one row a person, a column of codes for every name of the domain; null where a value is missing
        domain   column -> its public codes; an empty code says that values may be missing
    Out
        Counted
    """
    declared = places.declare_columns(domain)
    names = [column.name for column in declared]
    tables = [(), *((name,) for name in names), *combinations(names, 2)]
    codes = {column.name: (*column.codes, counting.OUTSIDE) for column in declared}
    counts = counting.count_tables(people, tables, domain=codes)
    strays = {
        name: Strays(int(counts[name,][-1]), counting.count_strangers(people, name, codes=codes[name]))
        for name in names
        if counts[name,][-1]
    }
    return Counted(domain, declared, counts, strays)


def measure_table(counted: Counted, *, rho: float) -> Measured:
    """Every column and every pair of columns of a table of codes, with noise.

    In
        counted   from `count_table`
        rho       float   to spend
    Out
        Measured   whose rho is at most what was given
    """
    one_way, spent = measurements.measure_places(counted.counts, counted.declared, rho=rho)
    settled = _settle(counted.declared, one_way, domain=counted.domain)
    share = measurements.share_of_pairs(counted.declared)
    pairs, also_spent = measurements.measure_pairs(counted.counts, settled, rho=rho * share) if share else ([], 0.0)
    sizes = {column.name: column.size for column in settled}
    return Measured(settled, [*(_cut(query, sizes) for query in one_way), *pairs], spent + also_spent)


def _settle(
    declared: Sequence[places.Column],
    one_way: Sequence[consistency.Query],
    *,
    domain: Mapping[str, Sequence[str]],
) -> tuple[places.Column, ...]:
    may_miss = frozenset(name for name, codes in domain.items() if "" in codes)
    noisy = {query.by[0]: query for query in one_way if query.by}
    settled = []
    for column in declared:
        query = noisy.get(column.name)
        if query is None:
            settled.append(column)
        else:
            drawn = {column.name: query.values.astype(np.int64)}
            settled += places.settle_columns([column], drawn, sigma=query.sigma, may_miss=may_miss)
    return tuple(settled)


def _cut(query: consistency.Query, sizes: Mapping[str, int]) -> consistency.Query:
    """A one-way query without the place that settling took away."""
    if not query.by or query.values.size == sizes[query.by[0]]:
        return query
    return consistency.Query(query.by, query.values[: sizes[query.by[0]]], query.sigma)
