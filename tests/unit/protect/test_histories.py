import math

import numpy as np
import pyarrow as pa
import pytest

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


@pytest.mark.parametrize(
    ("total", "lower", "upper", "rounded"),
    [
        (523.4, 488.0, 571.2, (520, 480, 580)),
        (523.4, 511.0, 535.8, (520, 510, 540)),
        (523.4, 521.1, 525.2, (524, 520, 526)),
        (523.4, 523.4, 523.4, (523, 523, 524)),
        (523.4, 513.0, 533.0, (520, 510, 540)),
        (523.4, 503.0, 543.0, (520, 500, 560)),
        (523.4, 473.0, 573.0, (500, 450, 600)),
        (91_250.0, 40_000.0, 160_000.0, (100_000, 0, 200_000)),
    ],
)
def test_round_to_width_rounds_to_the_largest_of_1_2_and_5_within_half_the_width(total, lower, upper, rounded):
    assert histories.round_to_width(total, lower=lower, upper=upper) == rounded


@pytest.mark.parametrize(("share", "told"), [(None, None), (0.0, 0.0), (0.234, 0.25), (0.51, 0.5), (1.0, 1.0)])
def test_clear_estimate_tells_whole_persons_and_the_share_of_the_linkage_to_a_twentieth(share, told):
    chosen = {"total": 523.4, "lower": 488.6, "upper": math.inf}

    estimate = histories.clear_estimate(
        chosen, methods=[], status="estimated", reason=None, manner="noised", observed=300, epsilon=0.5,
        linkage_share=share,
    )  # fmt: skip

    assert (estimate.total, estimate.lower, estimate.upper, estimate.observed) == (523, 489, None, 300)
    assert (estimate.linkage_share, estimate.epsilon) == (told, 0.5)


def test_clear_estimate_tells_no_figure_where_nothing_can_be_estimated():
    estimate = histories.clear_estimate(
        None, methods=[], status="not_estimable", reason=None, manner="noised", observed=3, epsilon=0.5
    )

    assert (estimate.total, estimate.lower, estimate.upper, estimate.linkage_share) == (None, None, None, None)
