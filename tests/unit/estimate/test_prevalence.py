"""Do the steps from a survey to a prevalence carry their errors on?"""

import numpy as np
import pytest

from cauce.estimate.prevalence import Figure, add_figures, carry_by_ratio, convert_to_stock
from cauce.standards.errors import Refusal


def test_duration_turns_persons_met_into_persons_at_one_moment():
    met = Figure(10_000.0, 500.0)

    stock = convert_to_stock(met, mean_duration_days=365.2, duration_se_days=36.52, reference_days=1826)

    assert stock.persons == pytest.approx(2_000)
    assert stock.se == pytest.approx(np.hypot(100, 200))


def test_duration_longer_than_the_period_is_refused():
    with pytest.raises(Refusal) as refusal:
        convert_to_stock(Figure(1.0, 0.0), mean_duration_days=2000, duration_se_days=0, reference_days=1826)

    assert refusal.value.code == "estimate.duration"


def test_ratio_step_carries_the_errors_of_the_survey_and_of_both_counts():
    carried = carry_by_ratio(Figure(1_000.0, 100.0), cases_surveyed=400, cases_other=100)

    assert carried.persons == 250
    assert carried.se == pytest.approx(250 * np.sqrt(0.01 + 1 / 400 + 1 / 100))


def test_ratio_step_covers_the_truth_when_cases_are_drawn_by_chance():
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(1_000):
        surveyed = Figure(float(rng.normal(10_000, 800)), 800.0)
        cases = rng.poisson([300, 60])
        lower, upper = carry_by_ratio(surveyed, cases_surveyed=cases[0], cases_other=cases[1]).interval()
        covered += lower <= 2_000 <= upper

    assert 0.93 <= covered / 1_000 <= 0.97


def test_ratio_step_refuses_a_kind_without_cases():
    with pytest.raises(Refusal) as refusal:
        carry_by_ratio(Figure(10.0, 1.0), cases_surveyed=5, cases_other=0)

    assert refusal.value.code == "estimate.ratio_cases"


def test_figures_that_hang_on_one_survey_add_their_errors_up():
    apart = add_figures(Figure(10.0, 3.0), Figure(20.0, 4.0))
    together = add_figures(Figure(10.0, 3.0), Figure(20.0, 4.0), correlation=1.0)

    assert (apart.se, together.se) == pytest.approx((5.0, 7.0))


def test_steps_of_a_figure_are_told_in_their_order():
    stock = convert_to_stock(Figure(100.0, 1.0), mean_duration_days=10, duration_se_days=0, reference_days=100)

    carried = carry_by_ratio(stock, cases_surveyed=2, cases_other=1)

    assert [str(step).split()[0] for step in carried.steps] == ["Persons", "Times"]
