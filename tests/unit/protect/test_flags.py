import numpy as np
import pytest
from scipy.special import expit, logit

from cauce.protect import categories, flags


def crowd(rng, *, rows):
    """Rows told of a column of four codes, at times blank, and of three flags."""
    codes = rng.integers(-1, 4, rows).astype(np.int16)
    signs = rng.choice([1, -1, 0], (rows, 3), p=[0.2, 0.75, 0.05]).astype(np.int8)
    return flags.Features(categories.one_hot(codes[:, None], [4]), signs)


def fit(features, targets, *, ridge, start=None, rounds=30):
    size = features.length
    return flags.fit_flag(
        features,
        targets,
        ridge=np.full(size, ridge),
        start=np.zeros(size) if start is None else start,
        rounds=rounds,
        rng=np.random.default_rng(1),
    )


@pytest.mark.parametrize("rows", [3, 65_536, 140_000])
def test_features_are_summed_and_weighed_as_one_table_whatever_the_number_of_rows(rows):
    rng = np.random.default_rng(2)
    features, weights = crowd(rng, rows=rows), rng.random(rows)
    parameters = rng.normal(size=features.length)
    dense = features.dense().astype(float)

    sums, scores = features.sum_over(weights), flags.log_odds(features, parameters)

    assert dense.shape == (rows, features.length) and (dense[:, 0] == 1.0).all()
    assert sums == pytest.approx(dense.T @ weights, rel=1e-4, abs=0.05)
    assert scores == pytest.approx(dense @ parameters, abs=1e-4)


@pytest.mark.parametrize("rows", [400, 20_000])
def test_fit_flag_meets_the_sums_of_the_rows_that_have_the_flag(rows):
    rng = np.random.default_rng(3)
    features = crowd(rng, rows=rows)
    truth = np.array([-2.0, 1.5, -1.0, 0.5, 3.0, 1.0, -0.5, 2.0])
    targets = features.sum_over(expit(flags.log_odds(features, truth)))

    parameters = fit(features, targets, ridge=0.5)

    missed = features.sum_over(expit(flags.log_odds(features, parameters))) - targets
    assert np.abs(missed).max() < 2.0 + 0.002 * rows


def test_fit_flag_misses_a_target_by_its_ridge_for_each_unit_that_a_parameter_moved():
    rng = np.random.default_rng(4)
    features = crowd(rng, rows=3_000)
    start = rng.normal(0.0, 0.5, features.length)
    targets = features.sum_over(expit(flags.log_odds(features, start + 1.0)))

    parameters = fit(features, targets, ridge=100.0, start=start)

    missed = targets - features.sum_over(expit(flags.log_odds(features, parameters)))
    assert np.abs(missed).max() > 10.0
    # It stops where the slope is within a twentieth of what noise would make of it.
    assert missed == pytest.approx(100.0 * (parameters - start), abs=2.0)


def test_fit_flag_stays_where_it_is_when_the_targets_are_met():
    rng = np.random.default_rng(5)
    features = crowd(rng, rows=1_000)
    start = rng.normal(0.0, 0.5, features.length)

    parameters = fit(features, features.sum_over(expit(flags.log_odds(features, start))), ridge=1.0, start=start)

    assert parameters == pytest.approx(start, abs=1e-3)


def test_fit_flag_stays_finite_and_comes_near_where_all_or_none_have_the_flag():
    features = crowd(np.random.default_rng(6), rows=2_000)
    everyone = features.sum_over(np.ones(2_000))

    for share in (1.0, 0.0):
        parameters = fit(features, share * everyone, ridge=0.5)
        assert expit(flags.log_odds(features, parameters)).mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("target", "off", "moves"), [(1_000, 0.165, False), (1_000, 0.18, True), (1, 0.06, False), (1, 0.08, True)]
)
def test_fit_flag_stops_where_targets_are_missed_by_no_more_than_a_twentieth_of_their_spread(target, off, moves):
    # A target of a thousand has a spread of 11, one of a single row 1.01, the floor is 1: a twentieth of their roots.
    features = flags.Features(
        categories.one_hot(np.zeros((2_000, 0), dtype=np.int16), []), np.zeros((2_000, 0), np.int8)
    )
    start = np.array([logit(target / 2_000)])

    parameters = fit(features, np.array([target + off]), ridge=1.0, start=start)

    assert (parameters != start).any() == moves


def test_fit_flag_is_done_after_a_few_rounds_also_where_its_curvature_is_taken_from_some_rows():
    rng = np.random.default_rng(7)
    features = crowd(rng, rows=50_000)
    truth = np.array([-2.0, 1.5, -1.0, 0.5, 3.0, 1.0, -0.5, 2.0])
    targets = features.sum_over(expit(flags.log_odds(features, truth)))

    parameters = fit(features, targets, ridge=0.5, rounds=6)

    missed = features.sum_over(expit(flags.log_odds(features, parameters))) - targets
    assert np.abs(missed).max() < 5.0


@pytest.mark.parametrize(("ridge", "missed"), [(0.0, 0.5), (0.5, 0.5), (2.0, 2.0)])
def test_fit_flag_misses_a_target_by_half_a_row_for_each_unit_at_least(ridge, missed):
    features = flags.Features(
        categories.one_hot(np.zeros((2_000, 0), dtype=np.int16), []), np.zeros((2_000, 0), np.int8)
    )
    target = 2_000 * expit(4.0)

    (parameter,) = fit(features, np.array([target]), ridge=ridge)

    assert target - 2_000 * expit(parameter) == pytest.approx(missed * parameter, abs=0.3)


@pytest.mark.parametrize("start", [-6.0, -4.0, 6.0])
def test_fit_flag_finds_its_target_from_far_away_where_a_whole_step_goes_too_far(start):
    features = flags.Features(
        categories.one_hot(np.zeros((2_000, 0), dtype=np.int16), []), np.zeros((2_000, 0), np.int8)
    )

    (parameter,) = fit(features, np.array([1_000.0]), ridge=0.5, start=np.array([start]), rounds=12)

    assert parameter == pytest.approx(0.0, abs=0.02)
