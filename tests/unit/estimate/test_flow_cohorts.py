"""Do cohorts by age add up to their population, and do ages that make no cohorts stop at the door?"""

import numpy as np
import pytest

from cauce.estimate.flow_cohorts import cohorts_of, order_ages
from cauce.estimate.flows import estimate_flows
from cauce.standards.errors import Refusal

AREAS = tuple("ABC")
AGES = ["0-4", "5-9", "10+"]


def a_history(seed=1):
    """Three cohorts followed for five years, and their true net migration."""
    rng = np.random.default_rng(seed)
    start = {age: rng.integers(20, 90, (3, 3)) + np.diag([900, 800, 700]) for age in AGES}
    births = np.array([300, 200, 100])
    before = {"0-4": np.diag(births), "5-9": start["0-4"], "10+": start["5-9"] + start["10+"]}
    end, deaths, net = {}, {}, {}
    for age in AGES:
        died = rng.binomial(before[age], 0.04)
        end[age], net[age] = np.zeros((3, 3), dtype=int), np.zeros(3)
        deaths[age] = died.sum(axis=0).astype(float)
        for birthplace in range(3):
            for home in range(3):
                went = rng.multinomial((before[age] - died)[birthplace, home], 0.88 * np.eye(3)[home] + 0.04)
                end[age][birthplace] += went
                net[age] += went - went.sum() * np.eye(3)[home]
    whole = [{age: table.astype(float) for age, table in tables.items()} for tables in (start, end)]
    return *whole, births.astype(float), deaths, net


def cohorts(seed=1):
    start, end, births, deaths, net = a_history(seed)
    return cohorts_of(start, end, areas=AREAS, years=5, births=births, deaths=deaths), net


@pytest.mark.parametrize("method", ["da_min_closed", "da_ind_closed", "da_pb_closed"])
@pytest.mark.parametrize("seed", range(5))
def test_moves_of_each_cohort_give_its_net_migration(method, seed):
    found, net = cohorts(seed)

    for cohort in found:
        table = estimate_flows(cohort.stocks, method=method).between_areas
        assert table.sum(axis=0) - table.sum(axis=1) == pytest.approx(net[cohort.age_at_end], abs=1e-6)


def test_cohorts_begin_with_births_and_end_in_the_open_band():
    found, _ = cohorts()

    assert [cohort.age_at_end for cohort in found] == AGES
    assert np.array_equal(found[0].stocks.start, np.diag([300.0, 200, 100]))


def test_ages_are_told_in_any_order_and_in_either_spelling():
    assert [code for code, _, _ in order_ages(["Y_GE10", "Y5T9", "Y0T4"])] == ["Y0T4", "Y5T9", "Y_GE10"]


@pytest.mark.parametrize("ages", [["0-4", "5-9"], ["5-9", "10+"], ["0-4", "4-9", "10+"], ["0-4", "old"]])
def test_ages_that_leave_gaps_or_overlap_are_refused(ages):
    with pytest.raises(Refusal) as refusal:
        order_ages(ages)

    assert refusal.value.code == "estimate.unknown_ages"


def test_period_that_is_not_as_long_as_the_bands_is_refused():
    start, end, births, deaths, _ = a_history()

    with pytest.raises(Refusal) as refusal:
        cohorts_of(start, end, areas=AREAS, years=10, births=births, deaths=deaths)

    assert refusal.value.code == "estimate.age_width"


def test_deaths_without_ages_are_refused():
    start, end, births, deaths, _ = a_history()

    with pytest.raises(Refusal) as refusal:
        cohorts_of(start, end, areas=AREAS, years=5, births=births, deaths={"10+": deaths["10+"]})

    assert refusal.value.code == "estimate.no_deaths_by_age"
