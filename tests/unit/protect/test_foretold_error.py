from itertools import pairwise

import numpy as np
import pytest

from cauce.protect import budget, foretold_error, noise


@pytest.mark.parametrize(("epsilon", "squared_norm"), [(0.5, 1.0), (1.0, 3.0)])
def test_error_that_is_foretold_is_that_of_the_noise_that_is_drawn(epsilon, squared_norm):
    (told,) = foretold_error.foretell_errors((epsilon,), delta=1e-6, profile="careful", squared_norm=squared_norm)

    sigma = budget.sigma_of(budget.rho_of(epsilon, delta=1e-6), squared_norm=squared_norm)
    drawn = np.abs(noise.add_noise(np.zeros(20_000, dtype=np.int64), sigma=sigma, squared_norm=squared_norm).values)

    assert drawn.mean() == pytest.approx(told.moved, rel=0.03)
    assert np.mean(drawn <= told.half) == pytest.approx(0.95, abs=0.015)
    assert told.least == pytest.approx(3 * sigma)


def test_error_falls_as_epsilon_rises_and_a_smaller_share_moves_figures_more():
    whole = foretold_error.foretell_errors(foretold_error.EPSILONS, delta=1e-6, profile="accurate")
    part = foretold_error.foretell_errors(foretold_error.EPSILONS, delta=1e-6, profile="accurate", share=0.25)

    assert [one.moved for one in whole] == sorted((one.moved for one in whole), reverse=True)
    assert all(small.moved == pytest.approx(2 * large.moved) for small, large in zip(part, whole, strict=True))


def test_epsilons_that_are_pictured_reach_from_a_tenth_to_four_in_steps_of_at_most_two_and_a_half():
    told = foretold_error.EPSILONS

    assert (told[0], told[-1]) == (0.1, 4.0)
    assert all(low < high <= 2.5 * low for low, high in pairwise(told))
