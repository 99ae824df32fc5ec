"""Over a thousand releases, do nominal 95 % intervals hold the truth as often, for every kind of figure?"""

import pytest
from bench import interval_coverage

COUNTRY = interval_coverage.Country(40)


@pytest.mark.slow
@pytest.mark.parametrize(("epsilon", "is_known"), [(4.0, False), (0.9, False), (0.9, True)])
def test_intervals_of_released_tables_cover_as_promised(epsilon, is_known):
    found = interval_coverage.coverage(COUNTRY, releases=1000, epsilon=epsilon, is_known=is_known, seed=5)

    assert {kind: covered for kind, (covered, *_) in found.items() if covered < 0.94} == {}
    if COUNTRY.sigma(epsilon) >= 15.0:
        wide = ("sum of unbiased figures", "sum of figures shown", "persons in all")
        assert {kind: told[0] for kind, told in found.items() if told[0] > 0.96 and kind not in wide} == {}


@pytest.mark.slow
def test_intervals_of_figures_shown_cover_as_promised_where_most_cells_are_empty():
    found = interval_coverage.coverage(
        interval_coverage.Country(250), releases=300, epsilon=0.9, is_known=False, seed=7
    )

    assert found["figures shown"][0] >= 0.94


def test_intervals_of_a_few_releases_are_judged_for_every_kind_of_figure():
    found = interval_coverage.coverage(COUNTRY, releases=3, epsilon=0.9, is_known=False, seed=6)

    kinds = {"persons in all", "margins: all", "cells of two columns: all", "parents: all", "figures shown"}
    assert kinds | {"nobody in truth", "sum of figures as drawn", "sum of figures shown"} <= set(found)
    assert COUNTRY.sigma(0.9) > 15.0
    assert all(told[1] >= 3 for told in found.values())
