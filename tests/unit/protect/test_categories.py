from itertools import product

import numpy as np
import pytest

from cauce.protect import categories

SIZES = (1, 3, 4)


def crowd(rng):
    """Every mix of two columns before, how many rows have it, and their features."""
    alike = np.array([(0, one, two) for one, two in product(range(3), range(4))], dtype=np.int16)
    return categories.one_hot(alike, SIZES), rng.integers(20, 400, len(alike)).astype(float)


def choice_of(features, weights, odds, *, ridge):
    return categories.Choice(
        features=features,
        weights=weights,
        targets=features.T @ (odds * weights[:, None]),
        ridge=np.full(features.shape[1], ridge),
        allowed=odds > 0.0,
    )


def odds_of(choice, parameters):
    return categories.odds_of(choice.features, parameters, allowed=choice.allowed)


def expected_of(choice, parameters):
    return choice.features.T @ (odds_of(choice, parameters) * choice.weights[:, None])


def test_fit_choice_meets_the_counts_of_every_code_with_every_value_before():
    rng = np.random.default_rng(1)
    features, weights = crowd(rng)
    choice = choice_of(features, weights, rng.dirichlet(np.ones(5), len(weights)), ridge=0.01)

    parameters = categories.fit_choice(choice, rounds=60)

    assert expected_of(choice, parameters) == pytest.approx(choice.targets, abs=0.5)


def test_fit_choice_meets_them_too_where_some_codes_are_not_allowed():
    rng = np.random.default_rng(2)
    features, weights = crowd(rng)
    odds = rng.dirichlet(np.ones(5), len(weights))
    odds[:6, 0] = odds[3:, 4] = 0.0
    choice = choice_of(features, weights, odds / odds.sum(axis=1, keepdims=True), ridge=0.01)

    parameters = categories.fit_choice(choice, rounds=60)

    assert expected_of(choice, parameters) == pytest.approx(choice.targets, abs=0.5)
    assert not odds_of(choice, parameters)[~choice.allowed].any()


def test_fit_choice_misses_a_target_by_its_ridge_for_each_unit_that_a_parameter_moved():
    rng = np.random.default_rng(3)
    features, weights = crowd(rng)
    choice = choice_of(features, weights, rng.dirichlet(np.ones(5), len(weights)), ridge=40.0)
    start = rng.normal(0.0, 0.5, choice.targets.shape)

    parameters = categories.fit_choice(choice, start=start, rounds=300)

    missed = choice.targets - expected_of(choice, parameters)
    assert missed == pytest.approx(40.0 * (parameters - start), abs=0.5)
    assert np.abs(missed).max() > 5.0


def test_odds_of_add_up_to_one_and_to_nil_where_nothing_is_allowed():
    features, _ = crowd(np.random.default_rng(4))
    allowed = np.ones((features.shape[0], 2), dtype=bool)
    allowed[0] = allowed[1, 0] = False

    odds = categories.odds_of(features, np.array([[0.0, 2000.0]] * features.shape[1]), allowed=allowed)

    assert odds.sum(axis=1).tolist() == [0.0] + [1.0] * (len(odds) - 1)
    assert odds[1].tolist() == [0.0, 1.0]


def test_draw_places_spreads_alike_rows_so_that_no_code_is_off_by_a_row():
    rng = np.random.default_rng(5)
    odds = rng.dirichlet(np.full(6, 0.3), 40)
    odds[7] = 0.0
    odds[8] = np.eye(6)[2]
    groups = rng.permutation(np.repeat(np.arange(40), rng.integers(1, 90, 40)))

    drawn = categories.draw_places(odds, groups, rng=rng)

    assert (drawn[groups == 7] == -1).all() and (drawn[groups == 8] == 2).all()
    sizes = np.bincount(groups)
    for group in set(range(40)) - {7}:
        counts = np.bincount(drawn[groups == group], minlength=6)
        assert np.abs(counts - sizes[group] * odds[group]).max() < 1.0 + 1e-6


def test_draw_places_gives_each_code_as_often_as_its_odds_to_rows_that_are_alone():
    rng = np.random.default_rng(6)
    odds = np.tile([0.2, 0.0, 0.5, 0.3], (20_000, 1))

    drawn = categories.draw_places(odds, rng.permutation(20_000), rng=rng)

    assert np.bincount(drawn, minlength=4) / 20_000 == pytest.approx(odds[0], abs=0.015)
    assert not (drawn == 1).any()


class _AllButOne:
    """A generator whose every draw is the last number below one."""

    def random(self, size):
        return np.full(size, np.nextafter(1.0, 0.0))


def test_draw_places_never_gives_a_code_that_has_no_odds_whatever_the_luck():
    odds = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.1, 0.7, 0.2]])

    drawn = categories.draw_places(odds, np.repeat([0, 1, 2], 3), rng=_AllButOne())

    assert odds[np.repeat([0, 1, 2], 3), drawn].min() > 0.0
