"""What is known of a table of codes once the noise is drawn: the only facts from which tables and rows are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import numpy as np

from cauce.protect import columns as places
from cauce.protect import consistency, counting, measurements

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
    """A table of codes counted column by column, inside the vault, before any noise is drawn."""

    people: ibis.Table
    domain: Mapping[str, Sequence[str]]
    declared: tuple[places.Column, ...]
    exact: measurements.Places


def count_table(people: ibis.Table, *, domain: Mapping[str, Sequence[str]]) -> Counted:
    """The exact counts of every column of a table of codes, for the checks before anything is spent.

    In
        people   one row a person, a column of codes for every name of the domain; null where a value is missing
        domain   column -> its public codes; an empty code says that values may be missing
    Out
        Counted
    """
    declared = places.declare_columns(domain)
    names, codes = [column.name for column in declared], {column.name: column.codes for column in declared}
    exact = measurements.count_places(counting.coded_batches(people, names, domain=codes), declared)
    return Counted(people, domain, declared, exact)


def measure_table(counted: Counted, *, rho: float) -> Measured:
    """Every column and every pair of columns of a table of codes, with noise.

    In
        counted   from `count_table`
        rho       float   to spend
    Out
        Measured   whose rho is at most what was given
    """
    declared = counted.declared
    names, codes = [column.name for column in declared], {column.name: column.codes for column in declared}
    one_way, spent = measurements.measure_places(counted.exact, declared, rho=rho)
    settled = _settle(declared, one_way, domain=counted.domain)
    sums = measurements.sum_pairs(counting.coded_batches(counted.people, names, domain=codes), settled)
    share = measurements.share_of_pairs(declared)
    pairs, also_spent = measurements.measure_pairs(sums, settled, rho=rho * share) if share else ([], 0.0)
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
