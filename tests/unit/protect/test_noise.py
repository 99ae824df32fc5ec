import numpy as np
from opendp.mod import GLOBAL_FEATURES

from cauce.protect import noise


def test_add_noise_leaves_opendp_features_as_they_were():
    before = set(GLOBAL_FEATURES)

    noise.add_noise(np.zeros(3, dtype=np.int64), sigma=2.0)

    assert set(GLOBAL_FEATURES) == before


def test_add_noise_has_the_spread_and_the_centre_that_it_states():
    noised = noise.add_noise(np.full(20_000, 100, dtype=np.int64), sigma=7.0)

    assert noised.values.dtype == np.int64
    assert abs(noised.values.mean() - 100.0) < 0.3
    assert abs(noised.values.std() - 7.0) < 0.2


def test_add_noise_costs_more_where_a_person_counts_more_than_once():
    once = noise.add_noise(np.zeros(2, dtype=np.int64), sigma=5.0, squared_norm=1.0)
    thrice = noise.add_noise(np.zeros(2, dtype=np.int64), sigma=5.0, squared_norm=3.0)

    assert np.isclose(thrice.rho, 3.0 * once.rho)


def test_add_noise_draws_anew_each_time():
    zeros = np.zeros(50, dtype=np.int64)

    assert noise.add_noise(zeros, sigma=9.0).values.tolist() != noise.add_noise(zeros, sigma=9.0).values.tolist()
