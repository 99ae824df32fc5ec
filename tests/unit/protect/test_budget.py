import math
import random

import pytest

from cauce.protect import budget, noise


def test_epsilon_of_agrees_with_the_closed_bound_from_above():
    rho, delta = 0.05, 1e-6

    epsilon = budget.epsilon_of(rho, delta=delta)

    assert epsilon <= rho + 2.0 * math.sqrt(rho * math.log(1.0 / delta))


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 4.0, 12.0])
def test_rho_of_is_the_largest_rho_within_epsilon(epsilon):
    rho = budget.rho_of(epsilon, delta=1e-9)

    assert budget.epsilon_of(rho, delta=1e-9) <= epsilon < budget.epsilon_of(rho * 1.001, delta=1e-9)


@pytest.mark.parametrize(("epsilon", "delta"), [(1e-9, 1e-6), (0.05, 1e-6), (1.0, 0.5), (12.0, 1e-12), (100.0, 1e-3)])
def test_rho_of_is_found_to_the_last_digits_whatever_epsilon_and_delta(epsilon, delta):
    rho = budget.rho_of(epsilon, delta=delta)

    assert budget.epsilon_of(rho, delta=delta) <= epsilon < budget.epsilon_of(rho * (1.0 + 1e-9), delta=delta)


def test_rho_of_bought_noise_costs_no_more_by_opendp_s_own_map():
    rho = budget.rho_of(1.0, delta=1e-6)

    price = noise.gaussian(budget.sigma_of(rho, squared_norm=9.0)).map(3.0)

    assert rho * 0.999 < price <= rho


def test_share_by_weight_never_gives_more_than_the_whole_and_leaves_next_to_nothing():
    draws = random.Random(1)

    for _ in range(3_000):
        rho = 10.0 ** draws.uniform(-6.0, 1.0)
        weights = {str(place): 10.0 ** draws.uniform(-3.0, 3.0) for place in range(draws.randint(1, 12))}
        shares = budget.share_by_weight(rho, weights)
        assert rho * (1.0 - 1e-9) < math.fsum(shares.values()) <= rho
        assert all(shares[name] * weights["0"] == pytest.approx(shares["0"] * weights[name]) for name in weights)


@pytest.mark.parametrize(("delta", "refused"), [(1e-9, False), (1e-3, True), (0.0, True), (2e-3, True)])
def test_check_delta_refuses_what_would_let_a_whole_person_through(delta, refused):
    assert bool(budget.check_delta(delta, people=1_000)) is refused


@pytest.mark.parametrize(
    ("delta", "people", "refused"), [(0.6, 1, False), (1.0, 1, True), (0.6, 0, False), (1.0, 0, True), (0.6, 2, True)]
)
def test_check_delta_never_lets_one_or_more_through_whatever_the_number_of_people(delta, people, refused):
    assert bool(budget.check_delta(delta, people=people)) is refused
