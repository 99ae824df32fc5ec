"""Do survey estimates follow their design: strata, clusters, finite populations, domains, calibration, replicates?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.estimate import survey
from cauce.estimate.calibration import calibrate_weights
from cauce.estimate.replicates import bootstrap_weights, estimate_over_replicates, jackknife_weights
from cauce.estimate.sample_design import degrees_of_freedom, describe_design
from cauce.standards.errors import Refusal

VALUES = [10.0, 14.0, 12.0, 31.0, 35.0, 30.0]
STRATA = list("aaabbb")


@pytest.fixture
def stratified():
    return describe_design([4.0] * 3 + [2.0] * 3, strata=STRATA, populations=[12] * 3 + [6] * 3)


def test_total_of_two_strata_follows_the_formula_by_hand(stratified):
    found = survey.estimate_total(stratified, VALUES)

    variance = 12**2 * (1 - 3 / 12) * 4 / 3 + 6**2 * (1 - 3 / 6) * 7 / 3
    assert found.estimate == 4 * 36 + 2 * 96
    assert found.se == pytest.approx(np.sqrt(variance))
    assert found.df == 4


def test_certainty_stratum_adds_no_variance_even_with_one_unit():
    design = describe_design([2.0, 2.0, 1.0], strata=["a", "a", "c"], populations=[4, 4, 1])
    without = describe_design([2.0, 2.0], populations=[4, 4])

    assert survey.estimate_total(design, [3, 5, 900]).se == survey.estimate_total(without, [3, 5]).se


def test_census_has_no_error_and_an_interval_of_one_point():
    design = describe_design([1.0, 1.0], strata=["a", "b"], populations=[1, 1])

    found = survey.estimate_total(design, [3, 5])

    assert (found.estimate, found.se, found.lower, found.upper) == (8, 0, 8, 8)


def test_domain_with_one_cluster_in_each_stratum_has_no_interval():
    design = describe_design([2.0] * 4)

    found = survey.estimate_total(design, [1, 2, 3, 4], inside=np.array([True, False, False, False]))

    assert (found.df, found.lower, found.upper) == (0, None, None)


def test_cluster_codes_count_within_their_stratum():
    design = describe_design([2.0] * 4, strata=list("aabb"), clusters=[1, 2, 1, 2])

    assert degrees_of_freedom(design) == 2


@given(st.permutations(range(6)))
def test_total_and_error_do_not_depend_on_the_order_of_rows(order):
    weights, populations = np.array([4.0] * 3 + [2.0] * 3), np.array([12] * 3 + [6] * 3)
    straight = survey.estimate_total(describe_design(weights, strata=STRATA, populations=populations), VALUES)

    shuffled = describe_design(
        weights[list(order)], strata=[STRATA[place] for place in order], populations=populations[list(order)]
    )
    found = survey.estimate_total(shuffled, np.array(VALUES)[list(order)])

    assert (found.estimate, found.se) == pytest.approx((straight.estimate, straight.se))


def test_totals_of_domains_add_up_to_the_total(stratified):
    found = survey.estimate_by_domain(stratified, VALUES, domains=list("xyxyxy"), quantity="total")

    assert sum(one.estimate for one in found) == pytest.approx(survey.estimate_total(stratified, VALUES).estimate)


def test_mean_is_a_ratio_to_ones(stratified):
    mean, ratio = survey.estimate_mean(stratified, VALUES), survey.estimate_ratio(stratified, VALUES, np.ones(6))

    assert (mean.estimate, mean.se) == pytest.approx((ratio.estimate, ratio.se))


@pytest.mark.parametrize(
    ("design", "code"),
    [
        ({"weights": [1.0, -1.0]}, "estimate.sample_weight"),
        ({"weights": [np.nan, 1.0]}, "estimate.sample_weight"),
        ({"weights": [0.0, 0.0]}, "estimate.sample_weight"),
        ({"weights": [1.0, 1.0], "populations": [5, 6]}, "estimate.sample_population"),
        ({"weights": [1.0, 1.0], "populations": [1, 1]}, "estimate.sample_population"),
        ({"weights": [1.0, 1.0, 1.0], "strata": list("aab")}, "estimate.sample_lonely"),
    ],
)
def test_design_refuses_what_no_sample_can_be(design, code):
    weights = design.pop("weights")

    with pytest.raises(Refusal) as refusal:
        describe_design(weights, **design)

    assert refusal.value.code == code


def test_estimates_refuse_a_missing_value_and_a_zero_denominator(stratified):
    with pytest.raises(Refusal) as missing:
        survey.estimate_total(stratified, [1, 2, np.nan, 4, 5, 6])
    with pytest.raises(Refusal) as zero:
        survey.estimate_ratio(stratified, VALUES, np.zeros(6))

    assert (missing.value.code, zero.value.code) == ("estimate.sample_missing", "estimate.survey_denominator")


def test_missing_value_outside_the_domain_does_no_harm(stratified):
    inside = np.array([True, True, False, True, True, True])

    found = survey.estimate_total(stratified, [1, 2, np.nan, 4, 5, 6], inside=inside)

    assert found.estimate == 4 * 3 + 2 * 15


@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_calibrated_weights_reproduce_the_known_totals(stratified, distance):
    auxiliaries = np.column_stack([np.ones(6), [1, 0, 1, 0, 1, 0]])

    calibrated = calibrate_weights(stratified, auxiliaries, [20.0, 9.0], distance=distance)

    np.testing.assert_allclose(calibrated.weights @ auxiliaries, [20.0, 9.0])


def test_calibration_on_the_variable_itself_leaves_no_error(stratified):
    calibrated = calibrate_weights(stratified, np.array(VALUES)[:, None], [400.0], distance="linear")

    found = survey.estimate_total(calibrated, VALUES)

    assert (found.estimate, found.se) == pytest.approx((400.0, 0.0), abs=1e-9)


def test_calibration_on_a_ratio_agrees_with_the_ratio_estimator_to_first_order():
    rng = np.random.default_rng(3)
    known = rng.gamma(5, 20, 400)
    values = known * rng.normal(0.8, 0.05, 400)
    design = describe_design([10.0] * 400, populations=[4_000] * 400)
    total = float(10 * known.sum() * 1.01)

    calibrated = survey.estimate_total(calibrate_weights(design, known[:, None], [total], distance="linear"), values)
    by_ratio = survey.estimate_ratio_total(survey.estimate_ratio(design, values, known), known_total=total)

    assert calibrated.estimate == pytest.approx(by_ratio.estimate, rel=2e-3)
    assert calibrated.se == pytest.approx(by_ratio.se, rel=0.05)


def test_calibration_refuses_totals_that_contradict_each_other(stratified):
    with pytest.raises(Refusal) as refusal:
        calibrate_weights(stratified, np.ones((6, 2)), [20.0, 30.0], distance="linear")

    assert refusal.value.code == "estimate.calibration_unreached"


def test_jackknife_of_a_total_equals_the_formula(stratified):
    values = np.array(VALUES)

    point, se = estimate_over_replicates(
        stratified, jackknife_weights(stratified), statistic=lambda weights: float(weights @ values)
    )

    formula = survey.estimate_total(stratified, values)
    assert (point, se) == pytest.approx((formula.estimate, formula.se))


def test_bootstrap_of_a_total_approaches_the_formula(stratified):
    values = np.array(VALUES)
    made = bootstrap_weights(stratified, rng=np.random.default_rng(11), replicates=4_000)

    _, se = estimate_over_replicates(stratified, made, statistic=lambda weights: float(weights @ values))

    assert se == pytest.approx(survey.estimate_total(stratified, values).se, rel=0.05)


def test_intervals_cover_the_total_in_nineteen_samples_of_twenty():
    rng = np.random.default_rng(20)
    population = rng.gamma(2, 50, 600)
    covered = 0
    for _ in range(400):
        drawn = rng.choice(population, 60, replace=False)
        design = describe_design([10.0] * 60, populations=[600] * 60)
        found = survey.estimate_total(design, drawn)
        covered += found.lower <= population.sum() <= found.upper

    assert covered / 400 >= 0.92
