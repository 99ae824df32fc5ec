"""Do reconciled moves agree with what is known, stay near the estimate, and refuse what cannot be?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cauce.estimate.flow_reconciliation import KnownFlows, reconcile_flows
from cauce.standards.errors import Refusal

TABLE = np.array([[0.0, 30.0, 10.0], [20.0, 0.0, 5.0], [8.0, 12.0, 0.0]])
AREAS = ["A", "B", "C"]


def known(*, cells=(), departures=(), arrivals=(), net=(), size=3):
    def vector(pairs):
        values = np.full(size, np.nan)
        for place, value in pairs:
            values[place] = value
        return values

    table = np.full((size, size), np.nan)
    for origin, destination, value in cells:
        table[origin, destination] = value
    return KnownFlows(table, vector(departures), vector(arrivals), vector(net))


def test_reconciled_flows_equal_the_estimate_when_nothing_is_known():
    assert np.array_equal(reconcile_flows(TABLE, known(), areas=AREAS).between_areas, TABLE)


def test_reconciled_flows_hold_reported_corridors_and_totals():
    wanted = known(cells=[(0, 1, 50)], departures=[(1, 40)], arrivals=[(2, 30)])

    table = reconcile_flows(TABLE, wanted, areas=AREAS).between_areas

    assert table[0, 1] == 50
    assert table[1].sum() == pytest.approx(40, abs=1e-6)
    assert table[:, 2].sum() == pytest.approx(30, abs=1e-6)
    assert np.diag(table).tolist() == [0, 0, 0]


def test_reported_corridor_is_kept_even_where_the_estimate_is_zero():
    table = np.where(TABLE == 5, 0.0, TABLE)

    assert reconcile_flows(table, known(cells=[(1, 2, 7)]), areas=AREAS).between_areas[1, 2] == 7


def test_reconciled_flows_keep_the_cross_products_of_the_estimate():
    rng = np.random.default_rng(1)
    table = rng.uniform(1, 100, (5, 5)) * (1 - np.eye(5))
    wanted = known(departures=[(0, 300)], arrivals=[(1, 200)], net=[(2, 15)], size=5)

    got = reconcile_flows(table, wanted, areas=list("ABCDE")).between_areas

    ratio = got / np.where(table > 0, table, 1)
    assert ratio[0, 1] * ratio[3, 4] == pytest.approx(ratio[0, 4] * ratio[3, 1])


@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
@settings(max_examples=60, deadline=None)
def test_reconciled_flows_reach_any_totals_and_net_that_some_table_has(seed, size):
    rng = np.random.default_rng(seed)
    estimate, truth = rng.lognormal(3, 1.5, (2, size, size)) * (1 - np.eye(size))
    net = truth.sum(axis=0) - truth.sum(axis=1)
    departures, arrivals, nets, cells = (
        np.where(rng.random(shape) < 0.5, values, np.nan)
        for shape, values in ((size, truth.sum(axis=1)), (size, truth.sum(axis=0)), (size, net), ((size, size), truth))
    )

    got = reconcile_flows(estimate, KnownFlows(cells, departures, arrivals, nets), areas=list("ABCDEFGHI"[:size]))

    table = got.between_areas
    assert np.nanmax(np.abs(table.sum(axis=1) - departures), initial=0) < 1e-5
    assert np.nanmax(np.abs(table.sum(axis=0) - arrivals), initial=0) < 1e-5
    assert np.nanmax(np.abs(table.sum(axis=0) - table.sum(axis=1) - nets), initial=0) < 1e-5
    assert np.nanmax(np.abs(table - cells), initial=0) == 0
    assert table.min() >= 0


def test_net_migration_of_all_areas_is_balanced_and_said_so():
    wanted = known(net=[(0, 10), (1, -6), (2, 0)])

    got = reconcile_flows(TABLE, wanted, areas=AREAS)

    assert [repair.code for repair in got.repairs] == ["estimate.net_balanced"]
    assert (got.between_areas.sum(axis=0) - got.between_areas.sum(axis=1)) == pytest.approx([7.5, -7.5, 0], abs=1e-6)


@pytest.mark.parametrize(
    "impossible",
    [
        known(departures=[(0, 10)], cells=[(0, 1, 50)]),
        known(departures=[(0, 10), (1, 10), (2, 10)], arrivals=[(0, 10), (1, 10), (2, 50)]),
        known(departures=[(0, 5)], net=[(0, -6)], arrivals=[(0, 0.5)]),
    ],
    ids=["a corridor larger than its total", "departures and arrivals that differ", "a net larger than departures"],
)
def test_figures_that_cannot_hold_together_are_refused(impossible):
    with pytest.raises(Refusal) as refusal:
        reconcile_flows(TABLE, impossible, areas=AREAS)

    assert refusal.value.code == "estimate.reports_disagree"


def test_negative_reports_and_negative_estimates_are_refused():
    for table, wanted, code in (
        (TABLE, known(departures=[(0, -1)]), "estimate.negative_known"),
        (-TABLE, known(), "estimate.negative_estimate"),
    ):
        with pytest.raises(Refusal) as refusal:
            reconcile_flows(table, wanted, areas=AREAS)

        assert refusal.value.code == code
