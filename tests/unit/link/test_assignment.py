"""Does the threshold keep the precision wanted, the least precision, and enough of the matches?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cauce.link.assignment import choose_threshold

CHANCES = st.lists(st.sampled_from([0.3, 0.5, 0.7, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0]), max_size=60)


def accept(chances, **shares):
    return chances[chances >= choose_threshold(chances, **shares)]


@given(chances=CHANCES)
def test_threshold_never_falls_below_the_least_precision_nor_loses_more_than_it_may(chances):
    ranked = np.array(chances)

    wanted = accept(ranked, precision=0.995, least_precision=0.995)
    most = accept(ranked, precision=0.95, least_precision=0.95)
    accepted = accept(ranked, precision=0.995, least_precision=0.95)

    assert not accepted.size or accepted.mean() >= 0.95 - 1e-9
    assert accepted.sum() >= 0.85 * most.sum() - 1e-9
    assert accepted.size >= wanted.size
    if wanted.sum() >= 0.85 * most.sum():
        assert accepted.size == wanted.size


def test_threshold_gives_up_no_more_precision_than_it_must():
    chances = np.repeat([1.0, 0.97, 0.9], [50, 50, 10])

    assert accept(chances, precision=0.995, least_precision=0.95).size == 100


def test_threshold_accepts_nobody_where_no_pair_is_good_enough():
    assert choose_threshold(np.array([0.9, 0.94]), precision=0.995, least_precision=0.95) == 1.0
    assert choose_threshold(np.zeros(0), precision=0.995, least_precision=0.95) == 1.0
