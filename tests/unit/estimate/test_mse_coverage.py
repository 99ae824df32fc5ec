"""Over five hundred invented populations, do nominal 95 % intervals cover nine in ten where the model holds?"""

import pytest
from bench import mse_coverage

QUICK = ("stepwise", "bic_average", "decomposable", "heterogeneity")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["independent lists", "independent lists, small overlap", "one referral"])
def test_intervals_cover_nine_in_ten_where_pairs_of_lists_explain_everything(name):
    found = mse_coverage.coverage(name, populations=500, methods=QUICK)

    assert min(found[method][0] for method in ("stepwise", "bic_average", "decomposable", "pool")) >= 0.90


@pytest.mark.slow
def test_pool_covers_nine_in_ten_where_people_differ_a_little_and_pairs_do_not():
    found = mse_coverage.coverage("people differ a little (sd 0.5)", populations=500, methods=QUICK)

    assert found["pool"][0] >= 0.90
    assert found["stepwise"][0] < 0.5


@pytest.mark.slow
def test_pool_covers_nine_in_ten_when_counts_carry_noise():
    found = mse_coverage.coverage("one referral, counts with noise of sigma 10", populations=100, methods=QUICK)

    assert found["pool"][0] >= 0.90


def test_nobody_covers_people_who_can_be_on_no_list():
    found = mse_coverage.coverage("a fifth can be on no list", populations=5, methods=("bic_average", "decomposable"))

    assert found["pool"][0] < 0.5
