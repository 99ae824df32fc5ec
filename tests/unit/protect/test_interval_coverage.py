"""Over a thousand releases, do nominal 95 % intervals hold the truth as often, for every kind of figure?"""

import pytest
from bench import interval_coverage


@pytest.mark.slow
@pytest.mark.parametrize(("epsilon", "is_known"), [(4.0, False), (0.9, False), (0.9, True)])
def test_intervals_of_released_tables_cover_as_promised(epsilon, is_known):
    found = interval_coverage.coverage(releases=1000, epsilon=epsilon, is_known=is_known, seed=5)

    assert {kind: covered for kind, (covered, *_) in found.items() if covered < 0.94} == {}
    if interval_coverage.sigma_of(epsilon) >= 15.0:
        wide = ("sum of unbiased figures", "sum of figures shown", "persons in all")
        assert {kind: told[0] for kind, told in found.items() if told[0] > 0.96 and kind not in wide} == {}


def test_intervals_of_a_few_releases_are_judged_for_every_kind_of_figure():
    found = interval_coverage.coverage(releases=3, epsilon=0.9, is_known=False, seed=6)

    kinds = {"persons in all", "margins: all", "cells of two columns: all", "parents: all", "figures shown"}
    assert kinds | {"nobody in truth", "sum of figures as drawn", "sum of figures shown"} <= set(found)
    assert interval_coverage.sigma_of(0.9) > 15.0
    assert all(told[1] >= 3 for told in found.values())
