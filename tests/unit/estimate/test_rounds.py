"""What do rounds say of sites that opened, closed, were missed, or were told by key informants?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.estimate.rounds import compare_rounds, describe_round, estimate_informant_error
from cauce.standards.errors import Refusal

FIGURES = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 1000), min_size=1)


def test_rounds_take_a_site_missing_from_the_second_as_not_assessed():
    told = compare_rounds(describe_round(["A", "B"], [10, 30]), describe_round(["A"], [12]))

    assert told.like_for_like == 2
    assert (told.not_assessed.sites, told.not_assessed.last_known) == (1, 30)


def test_rounds_bound_missed_sites_by_the_site_that_grew_most():
    first = describe_round(["A", "B", "C"], [10, 10, 100])

    told = compare_rounds(first, describe_round(["A", "B"], [15, 5]))

    assert (told.not_assessed.lower, told.not_assessed.upper) == (0, 150)


def test_rounds_leave_missed_sites_unbounded_above_when_no_site_was_seen_twice():
    told = compare_rounds(describe_round(["A"], [10]), describe_round(["B"], [20]))

    assert told.not_assessed.upper is None
    assert (told.like_for_like, told.newly_covered) == (0, 20)


def test_rounds_count_a_site_first_missed_and_then_assessed_as_newly_covered():
    first = describe_round(["A", "B"], [10, np.nan], statuses=["assessed", "not_assessed"])

    told = compare_rounds(first, describe_round(["A", "B"], [10, 40]))

    assert (told.newly_covered, told.not_assessed.sites) == (40, 0)


@given(FIGURES, FIGURES)
def test_rounds_explain_the_whole_difference_of_totals(before, after):
    told = compare_rounds(
        describe_round(list(before), list(before.values())), describe_round(list(after), list(after.values()))
    )

    explained = told.like_for_like + told.newly_covered - told.not_assessed.last_known
    assert explained == told.second_persons - told.first_persons


def test_rounds_widen_with_the_error_of_key_informants():
    first, second = describe_round(["A", "B"], [300, 400]), describe_round(["A", "B"], [300, 400])

    told = compare_rounds(first, second, informant_spread=0.1)

    expected = 1.959964 * 0.1 * np.sqrt(2 * (300**2 + 400**2))
    assert told.like_for_like_upper == pytest.approx(expected, rel=1e-6)


def test_rounds_narrow_when_the_same_informant_errs_alike_twice():
    first, second = describe_round(["A"], [300]), describe_round(["A"], [300])

    told = compare_rounds(first, second, informant_spread=0.1, informant_correlation=1.0)

    assert told.like_for_like_upper == pytest.approx(0)


@pytest.mark.parametrize(
    ("sites", "persons", "statuses", "code"),
    [
        (["A", "A"], [1, 2], None, "estimate.round_repeated"),
        (["A"], [1], ["shut"], "estimate.round_status"),
        (["A"], [-1], None, "estimate.round_persons"),
        (["A"], [np.nan], None, "estimate.round_persons"),
        (["A"], [5], ["closed"], "estimate.round_persons"),
    ],
)
def test_rounds_refuse_figures_that_contradict_themselves(sites, persons, statuses, code):
    with pytest.raises(Refusal) as refusal:
        describe_round(sites, persons, statuses=statuses)

    assert refusal.value.code == code


def test_informant_error_recovers_a_known_bias_and_spread():
    rng = np.random.default_rng(5)
    counted = rng.integers(50, 500, size=4_000).astype(float)

    error = estimate_informant_error(counted * 1.2 * np.exp(rng.normal(0, 0.3, 4_000)), counted)

    assert error.bias_lower < 1.2 < error.bias_upper
    assert error.spread == pytest.approx(np.sqrt(np.expm1(0.09)), rel=0.05)


def test_informant_error_refuses_two_sites():
    with pytest.raises(Refusal) as refusal:
        estimate_informant_error([10, 20], [10, 20])

    assert refusal.value.code == "estimate.informant_sites"
