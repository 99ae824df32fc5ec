"""Does the interval of a hidden population contain the truth when links were lost, and does the naive one not?"""

import csv

import numpy as np
import pytest
from tests.imperfect_links import as_captures, as_found, draw_tables, link_imperfectly
from tests.shared_data import shared_data

from cauce.estimate import multiple_systems

UK_5_STEPWISE = 11_312.990


def answer(captures, method, rng):
    return multiple_systems.estimate(captures, methods=[method], rng=rng).methods[0]


@pytest.mark.slow
def test_draws_of_the_linkage_bring_uk_5_back_after_eleven_percent_of_its_links_are_lost():
    with shared_data("mse/UKdat_5_data.csv").open(encoding="utf-8") as stream:
        names, *rows = csv.reader(stream)
    table = np.array(rows, dtype=int)
    members = np.repeat(table[:, :-1], table[:, -1], axis=0)
    naive, carried = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        linkage = link_imperfectly(members, lost=0.11, rng=rng)
        naive.append(answer(as_captures([as_found(linkage)], names[:-1]), "stepwise", rng).total)
        carried.append(answer(draw_tables(linkage, names[:-1], draws=30, spread=0.02, rng=rng), "stepwise", rng))

    # Silverman's stepwise total of UK-5 rises to about 13,771 when 11 % of the two-list links are lost.
    assert 12_400 <= np.mean(naive) <= 15_000
    assert all(one.lower <= UK_5_STEPWISE <= one.upper for one in carried)
    assert np.mean([one.total for one in carried]) < np.mean(naive)


def simulate(seed):
    """Whether the interval with draws, and the naive one, contain the population of one simulation."""
    rng = np.random.default_rng(seed)
    population = int(rng.integers(1_500, 4_000))
    chances = rng.uniform(0.08, 0.3, 4)
    members = (rng.random((population, 4)) < chances).astype(int)
    members = members[members.any(axis=1)]
    linkage = link_imperfectly(members, lost=0.11, rng=rng)
    # What a linkage knows of its own recall is off by some percent, the same for all lists.
    linkage.matches[:] = np.round(linkage.matches * (1 + 0.02 * rng.standard_normal()))
    naive = answer(as_captures([as_found(linkage)], "ABCD"), "main", rng)
    carried = answer(draw_tables(linkage, "ABCD", draws=20, spread=0.02, rng=rng), "main", rng)
    return [one.lower <= population <= one.upper for one in (carried, naive)]


@pytest.mark.slow
def test_intervals_with_draws_of_the_linkage_cover_nine_in_ten_simulated_populations():
    covered = np.mean([simulate(seed) for seed in range(100)], axis=0)

    assert covered[0] >= 0.9
    assert covered[1] < 0.75
