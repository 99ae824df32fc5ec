import numpy as np
import pytest

from cauce.protect import intervals


def exact_coverage(truth, sigma):
    """How often the interval holds the truth: the sum of the discrete Gaussian's chances where it does."""
    steps = np.arange(-int(12 * sigma) - 3, int(12 * sigma) + 4)
    chances = np.exp(-(steps**2) / (2.0 * sigma**2))
    lower, upper = intervals.whole_number_interval(truth + steps.astype(float), variance=sigma**2)
    return float(chances[(lower <= truth) & (truth <= upper)].sum() / chances.sum())


@pytest.mark.parametrize("sigma", [0.3, 1.0, 1.3, 2.0, 5.1, 9.4])
@pytest.mark.parametrize("sigmas", [0.0, 0.5, 1.0, 2.0, 3.0, 50.0])
def test_whole_number_interval_covers_as_promised_under_little_noise(sigma, sigmas):
    assert exact_coverage(round(sigmas * sigma), sigma) >= 0.95


@pytest.mark.parametrize("sigma", [15.0, 16.3, 40.0, 300.0])
@pytest.mark.parametrize("sigmas", [0.0, 0.05, 0.5, 1.0, 1.7, 2.0, 3.0, 50.0])
def test_whole_number_interval_covers_hardly_more_than_promised_under_much_noise(sigma, sigmas):
    assert 0.95 <= exact_coverage(round(sigmas * sigma), sigma) <= 0.96


def test_whole_number_interval_is_never_empty_nor_below_zero():
    estimates = np.array([-1e12, -5000.0, -40.0, -1.0, 0.0, 3.0])

    lower, upper = intervals.whole_number_interval(estimates, variance=100.0)

    assert np.all(lower == 0)
    assert np.all(np.diff(upper) >= 0)
    assert np.all(upper >= np.maximum(np.rint(estimates), 0))


def test_whole_number_interval_of_a_known_figure_is_that_figure():
    lower, upper = intervals.whole_number_interval(np.array([40.0, 40.0]), variance=np.array([0.0, 9.0]))

    assert (lower.tolist(), upper.tolist()) == ([40, 34], [40, 46])


def test_whole_number_interval_of_what_known_figures_leave_over_is_not_below_zero():
    lower, upper = intervals.whole_number_interval(np.array([-2.0]), variance=0.0)

    assert (lower.tolist(), upper.tolist()) == ([0], [0])


def test_whole_number_interval_does_not_jump_where_the_bound_at_zero_ceases_to_matter():
    estimates = np.arange(0.0, 400.0)

    lower, upper = intervals.whole_number_interval(estimates, variance=30.0**2)

    assert np.diff(lower).min() >= 0 and np.diff(lower).max() <= 2
    assert np.diff(upper).min() >= 0 and np.diff(upper).max() <= 2
    assert (upper - lower)[-100:] == pytest.approx(2 * 1.96 * 30.0, abs=1.0)
