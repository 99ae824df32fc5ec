import numpy as np
import pyarrow as pa

from cauce.protect import histories, noise


def test_histogram_has_a_place_for_every_history_seen_or_not():
    captures = pa.table({"A": [1, 0, 1], "B": [0, 1, 1], "C": [0, 0, 1], "count": [4, 5, 6]})

    assert histories.histogram(captures).tolist() == [4, 5, 0, 0, 0, 0, 6]


def test_noised_captures_read_back_as_their_histogram():
    captures = pa.table({"A": [1, 0], "B": [0, 1], "count": [4, 5]})
    noised = noise.add_noise(histories.histogram(captures), sigma=3.0)

    assert histories.histogram(histories.capture_table(captures, noised.values)).tolist() == noised.values.tolist()


def test_plausible_counts_spread_as_the_noise_and_stay_at_zero_or_above():
    noised = noise.Noised(np.array([500, 0]), 10.0, 0.1)

    counts = histories.plausible_counts(noised, draws=2_000, rng=np.random.default_rng(1))

    assert abs(counts[:, 0].std() - 10.0) < 1.0
    assert counts.min() == 0


def test_round_to_width_keeps_the_interval_outside_its_rounding():
    total, lower, upper = histories.round_to_width(523.4, lower=488.0, upper=571.2)

    assert (total, lower, upper) == (520, 480, 580)
