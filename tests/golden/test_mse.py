"""Do the methods for hidden populations give the figures of their peers, on the tables those were computed from?"""

import csv
import gzip

import numpy as np
import pytest
from tests.shared_data import shared_data
from threadpoolctl import threadpool_limits

from cauce.estimate import (
    bootstrap,
    capture_tables,
    decomposable,
    each_method,
    existence,
    latent_classes,
    loglinear,
    model_average,
    profile_likelihood,
    stepwise,
)

TABLES = ("UKdat", "UKdat_5", "Artificial_3")


def _rows(name):
    path = shared_data(f"mse/{name}")
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.reader(content.decode().splitlines()))


def _figures(name):
    return {row[0]: float(row[1]) for row in _rows(name)[1:] if row[1] and row[0] != "term"}


def _table(name):
    heading, *rows = _rows(f"{name}_data.csv")
    cells = np.array(rows, dtype=float)
    return capture_tables.tabulate(heading[:-1], cells[:, :-1].astype(int), cells[:, -1])


def _resampled(name, table):
    heading, *rows = _rows(f"{name}_data.csv")
    members = np.array(rows, dtype=float)[:, :-1].astype(int)
    counts = np.zeros((1000, table.counts.size))
    counts[:, members @ (1 << np.arange(members.shape[1]))] = np.array(_rows(f"{name}_bootcounts.csv.gz")[1:], float)
    return counts[:, 1:]


def _setting():
    return each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())


@pytest.mark.parametrize("name", TABLES)
def test_stepwise_gives_the_total_and_wald_interval_of_sparsemse(name):
    expected = _figures(f"{name}_stepwise_p0.02.csv")

    found = each_method.apply_method("stepwise", [_table(name)], setting=_setting())[0]

    assert found.total == pytest.approx(expected["point est."], abs=0.01)
    assert (found.lower, found.upper) == pytest.approx((expected["2.5%"], expected["97.5%"]), abs=0.01)


@pytest.mark.parametrize("name", TABLES)
def test_main_effects_give_the_total_and_wald_interval_of_sparsemse(name):
    expected = _figures(f"{name}_main.csv")

    found = each_method.apply_method("main", [_table(name)], setting=_setting())[0]

    assert (found.lower, found.total, found.upper) == pytest.approx(tuple(expected.values()), abs=0.01)


@pytest.mark.parametrize("name", TABLES)
def test_stepwise_gives_every_coefficient_of_sparsemse(name):
    table, expected = _table(name), _rows(f"{name}_stepwise_p0.02_coef.csv")[1:]
    design = loglinear.design_of(len(table.lists), 2)

    chosen = stepwise.select(design, table.counts[None, 1:], memo=existence.Memo())

    values = dict(zip(design.terms.tolist(), chosen.fits.coefficients[0], strict=True))
    for term, value, _se in expected:
        names = [] if term == "(Intercept)" else term.split(":")
        assert values[sum(1 << table.lists.index(name) for name in names)] == pytest.approx(float(value), abs=1e-6)


@pytest.mark.parametrize(
    ("pairs", "code"),
    [([(0, 1), (0, 2), (1, 2)], 2), ([(0, 1)], 1), ([(0, 2), (1, 2)], 0)],
)
def test_models_of_artificial_3_are_refused_with_the_codes_of_chan_silverman_and_vincent(pairs, code):
    table = _table("Artificial_3")
    design = loglinear.design_of(3, 2)
    joined = [1 << one | 1 << other for one, other in pairs]
    included = np.array([[int(term).bit_count() < 2 or int(term) in joined for term in design.terms]])
    finite, kept = loglinear.mask_model(design, included, table.counts[None, 1:] @ design.matrix)

    found = existence.check(design, table.counts[1:], finite=finite[0], kept=kept[0], memo=existence.Memo())

    assert found == code


def test_the_thousand_replicates_of_uk_with_six_lists_equal_those_of_sparsemse_one_by_one():
    table = _table("UKdat")
    expected = np.array(_rows("UKdat_bootreps.csv")[1:], dtype=float)[:, 0]

    with threadpool_limits(limits=1, user_api="blas"):
        found = bootstrap.stepwise_totals(table, memo=existence.Memo())(_resampled("UKdat", table))

    assert np.abs(found / expected - 1).max() < 1e-6


def test_bca_of_uk_with_six_lists_equals_sparsemse():
    table, expected = _table("UKdat"), _figures("UKdat_bca.csv")

    found = bootstrap.bca_interval(
        table, bootstrap.stepwise_totals(table, memo=existence.Memo()), counts=_resampled("UKdat", table)
    )

    assert found.acceleration == pytest.approx(expected["ahat"], abs=1e-9)
    assert (found.lower, found.upper) == pytest.approx((expected["BCa_0.025"], expected["BCa_0.975"]), abs=0.01)


def test_bca_of_uk_with_five_lists_equals_the_recorded_interval():
    table = _table("UKdat_5")

    found = bootstrap.bca_interval(
        table, bootstrap.stepwise_totals(table, memo=existence.Memo()), counts=_resampled("UKdat_5", table)
    )

    assert (found.lower, found.upper) == pytest.approx((8784.78, 14700.55), abs=0.01)


@pytest.mark.parametrize("peer", ["rcapture_bic_order2", "msest12_bic_order2"])
def test_all_models_of_uk_with_five_lists_have_the_bic_and_totals_of_the_peer(peer):
    table = _table("UKdat_5")
    heading, *rows = _rows(f"UKdat_5_{peer}.csv")
    criterion = np.array([float(row[heading.index("BIC")]) for row in rows])
    totals = np.array([float(row[heading.index("abundance")]) for row in rows])[criterion.argsort()]

    found = model_average.fit_all(loglinear.design_of(5, 2), table.counts[1:], memo=existence.Memo())

    assert len(found.bic) == 1024
    assert np.sort(criterion) == pytest.approx(found.bic, abs=1e-5)
    assert totals[:200] == pytest.approx(table.observed + np.exp(found.intercept[:200]), rel=1e-6)


def test_profile_interval_of_the_best_model_of_uk_equals_rcapture():
    table = _table("UKdat_5")
    design = loglinear.design_of(5, 2)
    best = model_average.fit_all(design, table.counts[1:], memo=existence.Memo())
    expected = [float(cell) for cell in _rows("UKdat_5_rcapture_bestbic_profileCI.csv")[1][1:4]]

    lower, upper = profile_likelihood.interval(
        design, table.counts[1:], included=best.included[0], unseen=float(np.exp(best.intercept[0]))
    )

    assert (lower + table.observed, upper + table.observed) == pytest.approx(tuple(expected[1:]), abs=0.01)


def test_posterior_over_decomposable_graphs_of_uk_equals_dga_point_by_point():
    expected = np.array(_rows("UKdat_5_dga_posterior.csv.gz")[1:], dtype=float)

    found = decomposable.posterior_of(_table("UKdat_5"))

    assert found.unseen + 2744 == pytest.approx(expected[:, 0])
    assert found.probability == pytest.approx(expected[:, 1], abs=1e-11)


@pytest.mark.parametrize("name", ["UKdat", "UKdat_5"])
def test_latent_classes_of_uk_lie_within_the_spread_of_lcmcr(name):
    expected = _figures(f"{name}_lcmcr.csv")

    found = latent_classes.sample([_table(name)], rng=np.random.default_rng(1))

    lower, middle, upper = np.quantile(found.unseen, [0.025, 0.5, 0.975]) + 2744
    assert middle == pytest.approx(expected["median"], rel=0.08)
    assert lower == pytest.approx(expected["q2.5"], rel=0.15)
    assert upper == pytest.approx(expected["q97.5"], rel=0.15)
