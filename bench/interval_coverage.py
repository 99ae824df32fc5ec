"""How often do the intervals of a release hold the truth: of cells, margins, sums, parents and figures shown?

`python bench/interval_coverage.py [RELEASES]` prints the table of docs/explanation/coverage-of-tables.md.
The tables go the whole way of the gate, from exact counts to what is published; only the people are not counted anew.
"""

import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cauce.protect import budget, levels, tables
from cauce.standards.cleared import ClearedTable
from cauce.standards.invariants import Invariant

PEOPLE = 6_000
DELTA = 1e-8
TABLES = [(), ("sex",), ("age",), ("place",), ("sex", "age"), ("sex", "place")]

Counts = dict[tuple[str, ...], NDArray[np.int64]]


class Country:
    """The public domain: sexes, ages in two groups, places in departments and on two coasts."""

    def __init__(self, places: int) -> None:
        ages, names = [f"b{place}" for place in range(9)], [f"m{place}" for place in range(places)]
        department = {name: math.isqrt(place) % 6 for place, name in enumerate(names)}
        domain = {"sex": ("F", "M", "_U"), "age": (*ages, "_U"), "place": (*names, "_U")}
        wider = {
            "majority": ("age", {name: "minor" if name in ("b0", "b1") else "adult" for name in ages}),
            "department": ("place", {name: f"d{number}" for name, number in department.items()}),
            "coast": ("place", {name: "east" if number < 3 else "west" for name, number in department.items()}),
        }
        self.levels, above = levels.stack_levels(wider, domain=domain)
        self.domain: Mapping[str, tuple[str, ...]] = {**domain, **above}
        self.columns = levels.Columns({name: len(codes) for name, codes in self.domain.items()}, self.levels)

    def sigma(self, epsilon: float) -> float:
        """The noise of a table as drawn."""
        weights = sum(1 + 0.25 * len(levels.tables_above(by, self.levels)) for by in TABLES)
        return budget.sigma_of(budget.rho_of(epsilon, delta=DELTA) / weights)


def invent(country: Country, *, rng: np.random.Generator) -> Counts:
    """The exact tables of an invented population: a few large places and many with nobody or next to nobody."""
    places = np.append(0.75 ** np.arange(len(country.domain["place"]) - 1), 0.2)
    shares = {
        "sex": np.array([0.6, 0.37, 0.03]),
        "age": np.array([6, 9, 14, 12, 9, 6, 3, 1, 0.02, 2]) / 62.02,
        "place": places / places.sum(),
    }
    people = {name: rng.choice(len(share), PEOPLE, p=share) for name, share in shares.items()}
    counts: Counts = {}
    for by in TABLES:
        shape = tuple(len(country.domain[name]) for name in by)
        cells = np.ravel_multi_index(tuple(people[name] for name in by), shape) if by else np.zeros(PEOPLE, int)
        counts[by] = np.bincount(cells, minlength=math.prod(shape)).reshape(shape)
        for above in levels.tables_above(by, country.levels):
            counts[above] = levels.add_up(counts[by], by, above=above, columns=country.columns)
    return counts


def coverage(
    country: Country, *, releases: int, epsilon: float, is_known: bool, seed: int
) -> dict[str, tuple[float, int, float]]:
    """Share of intervals that hold the truth, how many were tried, and their mean half-width, by kind of figure."""
    rng = np.random.default_rng(seed)
    counts = invent(country, rng=rng)
    invariants = [Invariant((), (), PEOPLE, "Office", date(2026, 1, 1))] if is_known else []
    rho = budget.rho_of(epsilon, delta=DELTA)
    held: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    for _ in range(releases):
        drawn = tables.draw_tables(counts, rho=rho, squared_norms=dict.fromkeys(counts, 1), levels=country.levels)
        released = tables.clear_tables(
            drawn,
            domain=country.domain,
            epsilon=epsilon,
            profile="careful",
            levels=country.levels,
            invariants=invariants,
        )
        for table in released:
            for kind, inside, half in _judged(table, counts[table.by], country=country, rng=rng):
                held[kind].append((int(inside.sum()), inside.size, half))
    told = {kind: np.array(rows) for kind, rows in held.items()}
    return {
        kind: (rows[:, 0].sum() / rows[:, 1].sum(), int(rows[:, 1].sum()), float(np.average(rows[:, 2])))
        for kind, rows in told.items()
        if rows[:, 1].sum()
    }


def _judged(
    table: ClearedTable, exact: NDArray[np.int64], *, country: Country, rng: np.random.Generator
) -> Iterator[tuple[str, NDArray[np.bool_], float]]:
    """Of each kind of figure of one table, which intervals hold the truth, and how wide they are to each side."""
    truth = exact.ravel()
    lower, upper = (table.observations[name].to_numpy() for name in ("lower", "upper"))
    inside, half = (lower <= truth) & (truth <= upper), (upper - lower) / 2
    is_shown = np.array(table.observations["obs_status"].to_pylist()) == "A"
    kind = _kind_of(table.by, country)
    if not table.by:
        yield "persons in all", inside, float(half.mean())
        return
    yield f"{kind}: all", inside, float(half.mean())
    sigma = table.unbiased["sigma"].to_numpy() if table.unbiased is not None else half
    yield "nobody in truth", inside[truth == 0], _mean(half[truth == 0])
    yield "somebody, under 3 sigmas", inside[few := (truth > 0) & (truth < 3 * sigma)], _mean(half[few])
    yield "3 to 6 sigmas", inside[some := (truth >= 3 * sigma) & (truth < 6 * sigma)], _mean(half[some])
    yield "6 sigmas and over", inside[many := truth >= 6 * sigma], _mean(half[many])
    yield "figures shown", inside[is_shown], _mean(half[is_shown])
    if kind != "parents":
        yield from _sums(table, truth, is_shown, rng=rng)


def _sums(
    table: ClearedTable, truth: NDArray[np.int64], is_shown: NDArray[np.bool_], *, rng: np.random.Generator
) -> Iterator[tuple[str, NDArray[np.bool_], float]]:
    """Sums that a reader makes of some cells: of figures as drawn, unbiased, and as shown on the page."""
    assert table.unbiased is not None
    chosen = rng.random(truth.size) < rng.uniform(0.1, 0.9)
    for name, values, added in (
        ("sum of figures as drawn", table.unbiased["drawn"].to_numpy(), chosen),
        ("sum of unbiased figures", table.unbiased["unbiased"].to_numpy(), chosen),
        ("sum of figures shown", _shown(table), chosen & is_shown),
    ):
        if added.any():
            half = 1.96 * table.unbiased["drawn_sigma"][0].as_py() * math.sqrt(added.sum())
            yield name, np.array([abs(values[added].sum() - truth[added].sum()) <= half + 0.5]), half


def _shown(table: ClearedTable) -> NDArray[np.float64]:
    return np.asarray(table.observations["obs_value"].to_numpy(zero_copy_only=False), dtype=np.float64)


def _kind_of(by: Sequence[str], country: Country) -> str:
    if set(by) & set(country.levels):
        return "parents"
    return "margins" if len(by) == 1 else "cells of two columns"


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else 0.0


def main(arguments: Sequence[str]) -> None:
    releases = int(arguments[0]) if arguments else 1000
    runs = [(4.0, 40, False), (1.0, 40, False), (0.5, 40, False), (1.0, 40, True), (1.0, 250, False)]
    start, found = time.process_time(), {}
    for epsilon, places, is_known in runs:
        country = Country(places)
        name = f"epsilon {epsilon:g} (sigma {country.sigma(epsilon):.1f}), {places} places"
        found[name + ", total known" * is_known] = coverage(
            country, releases=releases, epsilon=epsilon, is_known=is_known, seed=20_261_122
        )
    print(f"| {releases} releases | " + " | ".join(found) + " |\n|" + "---|" * (len(found) + 1))
    for kind in dict.fromkeys(kind for one in found.values() for kind in one):
        cells = [f"{one[kind][0]:.4f} (±{one[kind][2]:.0f})" if kind in one else "" for one in found.values()]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)
    print(f"{time.process_time() - start:.0f} s of CPU", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
