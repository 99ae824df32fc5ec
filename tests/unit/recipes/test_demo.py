"""Does the demo add up the published intervals of several figures as the release tells readers to?"""

import pytest

from cauce.recipes import demo


def test_sum_of_intervals_lies_about_the_sum_of_the_unbiased_figures():
    assert demo._summed([(100.0, 60, 140), (50.0, 20, 80)]) == (100, 200)


@pytest.mark.parametrize("figure", [-12.0, 12.0])
def test_figure_cut_at_nobody_does_not_lift_the_sum(figure):
    lower, upper = demo._summed([(100.0, 60, 140), (figure, 0, round(figure + 30))])

    assert (lower + upper) / 2 == pytest.approx(100 + figure, abs=1)
    assert (lower, upper) == (round(50 + figure), round(150 + figure))
