"""Is there a figure to publish, how wide is it, and what does it say when there is none?"""

import numpy as np
import pyarrow as pa
import pytest

from cauce.estimate import capture_tables, multiple_systems, noised_counts, spread
from cauce.standards.messages import Speaker

QUICK = ("stepwise", "bic_average", "decomposable", "heterogeneity")


def a_population(size, rng, *, referred=0.0, spread_sd=0.0):
    """Four lists: chances differ between people by `spread_sd`; the first list refers some people to the last."""
    chances = np.log([0.26, 0.27, 0.21, 0.13]) - np.log1p(-np.array([0.26, 0.27, 0.21, 0.13]))
    people = rng.random((size, 4)) < 1 / (1 + np.exp(-(chances + spread_sd * rng.standard_normal((size, 1)))))
    people[:, 3] |= people[:, 0] & (rng.random(size) < referred)
    counts = np.bincount(people @ (1 << np.arange(4)), minlength=16).astype(float)
    counts[0] = 0
    return capture_tables.CaptureTable(("A", "B", "C", "D"), counts)


def found_for(table, **options):
    return multiple_systems.estimate(table, methods=QUICK, rng=np.random.default_rng(1), **options)


def test_one_list_is_not_estimable():
    found = found_for(pa.table({"policia": [1], "count": [500]}))

    assert (found.status, found.total, found.observed) == ("not_estimable", None, 500)
    assert "one list" in str(found.reason)


def test_lists_without_common_people_are_not_estimable():
    found = found_for(pa.table({"A": [1, 0], "B": [0, 1], "count": [50, 60]}))

    assert found.status == "not_estimable"
    assert "more than one list" in str(found.reason)


def test_too_few_common_people_are_not_estimable_and_methods_are_still_told():
    found = found_for(pa.table({"A": [1, 0, 1], "B": [0, 1, 1], "count": [50, 60, 3]}))

    assert found.status == "not_estimable"
    assert "only 3 people" in str(found.reason)
    assert found.methods


def test_figure_covers_a_population_whose_lists_refer_people():
    covered = []
    for seed in range(20):
        table = a_population(4000, np.random.default_rng(seed), referred=0.22)
        found = found_for(table)
        covered.append(found.lower <= 4000 <= found.upper)

    assert sum(covered) >= 17


def test_figure_covers_a_population_where_people_differ_a_little():
    covered = []
    for seed in range(20):
        table = a_population(4000, np.random.default_rng(seed), spread_sd=0.5)
        found = found_for(table)
        covered.append(found.lower <= 4000 <= found.upper)

    assert sum(covered) >= 17


def test_noise_in_the_counts_widens_the_interval():
    rng = np.random.default_rng(7)
    table = a_population(4000, rng, referred=0.22)
    noisy = capture_tables.CaptureTable(
        table.lists, table.counts + np.rint(rng.normal(0, 15, 16)) * (table.counts > -1)
    )
    noisy.counts[0] = 0

    exact, noised = found_for(table), found_for(noisy, noise_sigma=15.0)

    assert noised.upper - noised.lower > exact.upper - exact.lower
    assert noised.lower < 4000 < noised.upper


def test_true_counts_behind_noisy_zeros_stay_near_zero():
    table = capture_tables.tabulate(
        ["A", "B", "C"],
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]],
        [900, 800, 700, 80, 70, 60, -9],
    )

    drawn = noised_counts.draw_true_counts(table, sigma=10.0, draws=60, rng=np.random.default_rng(1))

    assert np.mean([one.counts[7] for one in drawn]) < 9
    assert np.mean([one.counts[1] for one in drawn]) == pytest.approx(900, rel=0.05)


def test_draws_of_the_linkage_give_their_share_of_the_uncertainty():
    table = a_population(4000, np.random.default_rng(1))
    moved = table.counts.copy()
    moved[3], moved[1], moved[2] = moved[3] - 60, moved[1] + 60, moved[2] + 60
    other = capture_tables.CaptureTable(table.lists, moved)

    found = found_for(table, draws=[table, other])

    assert 0 < found.linkage_share < 1
    assert found.upper > found_for(table).upper


def test_same_generator_gives_the_same_figure():
    table = a_population(800, np.random.default_rng(3))

    first, second = found_for(table), found_for(table)

    assert (first.total, first.lower, first.upper) == (second.total, second.lower, second.upper)


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_spread_is_said_in_the_language_of_the_reader(language):
    table = a_population(4000, np.random.default_rng(1), spread_sd=1.0)

    said = Speaker(language).say(spread.in_words(found_for(table).methods))

    assert said != str(spread.in_words(found_for(table).methods))
