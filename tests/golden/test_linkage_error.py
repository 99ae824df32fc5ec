"""Does the interval of a hidden population contain the truth when links were lost, and does the naive one not?"""

import csv

import numpy as np
import pytest
from tests.imperfect_links import as_captures, as_found, draw_tables, link_imperfectly
from tests.shared_data import shared_data

from cauce.estimate import capture_tables, each_method, existence, linkage_error, multiple_systems, recall_sensitivity

UK_5_STEPWISE = 11_312.990


def answer(captures, method, rng):
    return multiple_systems.estimate(captures, methods=[method], rng=rng).methods[0]


def test_uk_5_stands_at_its_peers_total_when_the_true_recall_is_supposed():
    with shared_data("mse/UKdat_5_data.csv").open(encoding="utf-8") as stream:
        names, *rows = csv.reader(stream)
    cells = np.array(rows, dtype=int)
    whole = capture_tables.tabulate(names[:-1], cells[:, :-1], cells[:, -1])
    lost = linkage_error.lose_links(whole.counts[1:], recall=0.89)
    captures = capture_tables.CaptureTable(whole.lists, np.concatenate([[0.0], np.rint(lost)]))
    setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())

    naive, mended = recall_sensitivity.try_recalls(captures, "stepwise", recalls=(1.0, 0.89), setting=setting)

    assert 13_500 <= naive.answer.total <= 13_900
    assert mended.answer.total == pytest.approx(UK_5_STEPWISE, abs=0.001)


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
