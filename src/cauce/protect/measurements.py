"""Which queries are asked of a table of codes, and with how much noise each?

One query a column, then one a pair of columns. A person adds a squared norm of 1 to each. A column of two places is a
sign, +1 for its first place and -1 for its second: two signs make one number, a sign and a column of many places make
a vector, and only two columns of many places need the whole table. Equal cells cost far less noise so (METHODS.md
E.1).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cauce.protect import budget, counting, noise
from cauce.protect.code_checks import Strays
from cauce.protect.columns import Column
from cauce.protect.consistency import Query

__all__ = ["Places", "Sums", "count_places", "measure_pairs", "measure_places", "share_of_pairs", "sum_pairs"]

CATEGORY_SHARE = 0.10
FLAG_SHARE = 0.02
# Between the least error of all cells (2/3) and the surest finding of rare pairs (1): measured in bench/release.py.
_POWER = 0.75

Batches = Iterable[counting.Batch]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Sums:
    """Exact sums of all pairs, inside the vault: signed, half-signed and plain."""

    flags: tuple[str, ...]
    signed: NDArray[np.int64]
    half: Mapping[str, NDArray[np.int64]]
    plain: Mapping[Pair, NDArray[np.int64]]


@dataclass(frozen=True)
class Places:
    """Exact one-way counts, inside the vault, and what lies outside the domain: rows and some different values."""

    counts: Mapping[str, NDArray[np.int64]]
    people: int
    strays: Mapping[str, Strays]


def count_places(batches: Batches, columns: Sequence[Column]) -> Places:
    """How many persons are in each place of each column, exactly.

    In
        batches   from counting.coded_batches, in the order of `columns`
        columns   as declared
    Out
        Places
    """
    counts = {column.name: np.zeros(column.size, dtype=np.int64) for column in columns}
    stray_rows, strangers = dict.fromkeys(counts, 0), {name: frozenset[str]() for name in counts}
    people = 0
    for batch in batches:
        people += int(batch.persons.sum())
        for column, places in zip(columns, batch.codes.T, strict=True):
            counts[column.name] += _tally(_housed(places, column), batch.persons, size=column.size)
            stray_rows[column.name] += int(batch.persons[places < 0].sum())
            strangers[column.name] |= batch.strangers.get(column.name, frozenset())
    strays = {name: Strays(rows, len(strangers[name])) for name, rows in stray_rows.items() if rows}
    return Places(counts, people, strays)


def measure_places(places: Places, columns: Sequence[Column], *, rho: float) -> tuple[list[Query], float]:
    """The one-way counts with noise, and the number of people where no column of many places tells it.

    A column of many places is counted with more care: its margin's noise is in every pair that it makes with a flag.

    In
        places    from `count_places`
        columns   as declared
        rho       float   of the whole release
    Out
        one Query a column, and OpenDP's price
    """
    shares = _one_way_shares(columns)
    queries, price = [], 0.0
    for column in columns:
        exact = places.counts[column.name]
        sigma = budget.sigma_of(rho * shares[column.name])
        if column.is_flag:
            drawn = noise.add_noise(np.asarray(exact[0] - exact[1]), sigma=sigma)
            queries.append(Query((), drawn.values.astype(np.float64), sigma, (column.name,)))
        else:
            drawn = noise.add_noise(exact, sigma=sigma)
            queries.append(Query((column.name,), drawn.values.astype(np.float64), sigma))
        price += drawn.rho
    if "" in shares:
        drawn = noise.add_noise(np.asarray(places.people), sigma=budget.sigma_of(rho * shares[""]))
        queries.append(Query((), drawn.values.astype(np.float64), drawn.sigma))
        price += drawn.rho
    return queries, price


def share_of_pairs(columns: Sequence[Column]) -> float:
    """The share of the whole rho that one-way counts leave to the pairs: 0 where there are none.

    In
        columns   as declared
    Out
        float   between 0 and 1
    """
    return max(0.0, 1.0 - math.fsum(_one_way_shares(columns).values())) if len(columns) > 1 else 0.0


def _one_way_shares(columns: Sequence[Column]) -> dict[str, float]:
    """Column, and "" for the number of people -> share of the whole rho; what they leave is for the pairs."""
    cats = [column.name for column in columns if not column.is_flag]
    signs = [column.name for column in columns if column.is_flag]
    shares = {name: CATEGORY_SHARE / len(cats) for name in cats} | {name: FLAG_SHARE / len(signs) for name in signs}
    if not cats:
        shares[""] = FLAG_SHARE
    if len(columns) > 1:
        return shares
    whole = math.fsum(shares.values())
    return {name: share * (1.0 - 1e-9) / whole for name, share in shares.items()}


def sum_pairs(batches: Batches, columns: Sequence[Column]) -> Sums:
    """The exact sums of all pairs of columns, in one pass over the people.

    In
        batches   from counting.coded_batches, in the order of `columns`
        columns   settled
    Out
        Sums
    """
    flags = [place for place, column in enumerate(columns) if column.is_flag]
    cats = [place for place, column in enumerate(columns) if not column.is_flag]
    signed = np.zeros((len(flags), len(flags)))
    half = {columns[cat].name: np.zeros((columns[cat].size, len(flags))) for cat in cats}
    plain = {
        (columns[one].name, columns[two].name): np.zeros(columns[one].size * columns[two].size, dtype=np.int64)
        for one, two in combinations(cats, 2)
    }
    for batch in batches:
        persons = batch.persons
        places = np.stack([_housed(batch.codes[:, at], column) for at, column in enumerate(columns)], axis=1)
        signs = np.where(places[:, flags] == 0, 1.0, -1.0)
        weighted = signs * persons[:, None]
        signed += signs.T @ weighted
        for cat in cats:
            half[columns[cat].name] += _one_hot(places[:, cat], size=columns[cat].size).T @ weighted
        for one, two in combinations(cats, 2):
            joint = places[:, one].astype(np.int64) * columns[two].size + places[:, two]
            size = columns[one].size * columns[two].size
            plain[columns[one].name, columns[two].name] += _tally(joint, persons, size=size)
    names = {column.name: column.size for column in columns}
    return Sums(
        flags=tuple(columns[flag].name for flag in flags),
        signed=np.rint(signed).astype(np.int64),
        half={name: np.rint(table).astype(np.int64) for name, table in half.items()},
        plain={pair: table.reshape(names[pair[0]], names[pair[1]]) for pair, table in plain.items()},
    )


def measure_pairs(sums: Sums, columns: Sequence[Column], *, rho: float) -> tuple[list[Query], float]:
    """All pairs with noise, more of the budget to those with more cells.

    In
        sums      from `sum_pairs`
        columns   the same
        rho       float   to spend on all of them
    Out
        one Query a pair, and OpenDP's price
    Source
        METHODS.md E.1: the sum over cells of their standard deviations is least where sigma ~ (cells x f)^(-1/3)
    """
    exact = dict(_exact_queries(sums))
    sizes = {column.name: column.size for column in columns}
    shares = budget.share_by_weight(
        rho, {"\x1f".join((*by, "", *signed)): _weight((*by, *signed), sizes) for by, signed in exact}
    )
    queries, price = [], 0.0
    for (by, signed), values in exact.items():
        sigma = budget.sigma_of(shares["\x1f".join((*by, "", *signed))])
        drawn = noise.add_noise(values, sigma=sigma)
        queries.append(Query(by, drawn.values.astype(np.float64), sigma, signed))
        price += drawn.rho
    return queries, price


def _exact_queries(sums: Sums) -> Iterable[tuple[tuple[tuple[str, ...], tuple[str, ...]], NDArray[np.int64]]]:
    for one, two in combinations(range(len(sums.flags)), 2):
        yield ((), (sums.flags[one], sums.flags[two])), np.asarray(sums.signed[one, two])
    for name, table in sums.half.items():
        for place, flag in enumerate(sums.flags):
            yield ((name,), (flag,)), table[:, place]
    for pair, table in sums.plain.items():
        yield (pair, ()), table


def _weight(names: Sequence[str], sizes: Mapping[str, int]) -> float:
    cells = math.prod(sizes[name] for name in names)
    factor = math.prod(0.5 if sizes[name] == 2 else math.sqrt(1.0 - 1.0 / sizes[name]) for name in names)
    return float((cells * factor) ** _POWER)


def _housed(places: NDArray[np.int32], column: Column) -> NDArray[np.int32]:
    return np.where((places < 0) | (places >= column.size), column.home, places).astype(np.int32)


def _tally(places: NDArray[np.integer], persons: NDArray[np.int64], *, size: int) -> NDArray[np.int64]:
    return np.rint(np.bincount(places, weights=persons, minlength=size)).astype(np.int64)


def _one_hot(places: NDArray[np.int32], *, size: int) -> csr_array:
    rows = places.size
    return csr_array((np.ones(rows), places, np.arange(rows + 1)), shape=(rows, size))
