from datetime import date

import numpy as np
import pytest

from cauce.protect import linked_counts, tables
from cauce.standards.invariants import Invariant

DOMAIN = {"sex": ("F", "M", "_U")}


def cleared(invariants=()):
    counts = {("sex",): np.array([600, 400, 30])}
    drawn = tables.draw_tables(counts, rho=0.5, squared_norms={("sex",): 1})
    return tables.clear_tables(drawn, domain=DOMAIN, epsilon=1.0, profile="accurate", invariants=invariants)[0]


def ends(table):
    return [(row["lower"], row["upper"]) for row in table.observations.to_pylist()]


@pytest.mark.parametrize(
    ("people", "least", "most"), [((0.9, 1.2), 0.9, 1.2), ((1.05, 1.2), 1.0, 1.2), ((0.9, 0.95), 0.9, 1.0)]
)
def test_carry_linkage_widens_every_interval_and_never_narrows_one(people, least, most):
    table = cleared()

    carried = linked_counts.carry_linkage(table, people=people)

    for (lower, upper), (old_lower, old_upper) in zip(ends(carried), ends(table), strict=True):
        assert lower == np.floor(old_lower * least) and upper == np.ceil(old_upper * most)
    assert carried.observations["obs_value"] == table.observations["obs_value"]
    assert f"stand {round(1000 * people[0]):,} to {round(1000 * people[1]):,} in truth" in str(carried.notes[-1])
    assert (carried.by, carried.epsilon, carried.sigma) == (table.by, table.epsilon, table.sigma)


def test_carry_linkage_leaves_a_table_as_it_is_where_people_are_sure():
    table = cleared()

    assert linked_counts.carry_linkage(table, people=(1.0, 1.0)) is table


def test_carry_linkage_leaves_a_figure_that_others_published_as_it_is():
    figure = Invariant(("sex",), ("F",), 601, "INEGI", date(2026, 3, 1))

    carried = linked_counts.carry_linkage(cleared([figure]), people=(0.9, 1.2))

    assert ends(carried)[0] == (601, 601)
    assert ends(carried)[1][1] > 450
