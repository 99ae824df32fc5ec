import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cauce.protect import nonnegative

COUNTS = arrays(np.float64, st.integers(1, 12), elements=st.floats(-50, 200))


@given(COUNTS)
def test_project_to_total_reaches_its_total_without_negatives(counts):
    projected = nonnegative.project_to_total(counts, total=100.0)

    assert projected.sum() == pytest.approx(100.0)
    assert projected.min() >= 0.0
    assert (
        np.argsort(-projected, kind="stable") == np.argsort(-projected[np.arange(counts.size)], kind="stable")
    ).all()


@given(COUNTS)
def test_project_to_total_keeps_what_is_already_a_table(counts):
    table = np.maximum(counts, 0.0)

    assert nonnegative.project_to_total(table, total=float(table.sum())) == pytest.approx(table, abs=1e-6)


def test_fit_table_meets_its_margins_and_stays_on_its_support():
    rng = np.random.default_rng(1)
    exact = rng.poisson(20, (6, 5)).astype(float)
    support = np.ones((6, 5), dtype=bool)
    support[0, :4] = False

    fitted = nonnegative.fit_table(
        exact + rng.normal(0, 5, exact.shape), rows=exact.sum(axis=1), columns=exact.sum(axis=0), support=support
    )

    assert (fitted[~support] == 0.0).all() and fitted.min() >= 0.0
    assert fitted.sum(axis=0) == pytest.approx(exact.sum(axis=0), rel=0.05)
    assert fitted.sum(axis=1)[1:] == pytest.approx(exact.sum(axis=1)[1:], rel=0.05)


def test_project_to_total_of_nobody_is_nobody():
    assert nonnegative.project_to_total(np.array([5.0, 1.0, -2.0]), total=0.0).tolist() == [0.0, 0.0, 0.0]


def test_fit_table_keeps_a_table_that_meets_its_margins_with_its_empty_cells():
    table = np.array([[10.0, 0.0, 0.0], [0.0, 20.0, 5.0]])

    fitted = nonnegative.fit_table(
        table, rows=table.sum(axis=1), columns=table.sum(axis=0), support=np.ones((2, 3), dtype=bool)
    )

    assert fitted == pytest.approx(table, abs=1e-6)


def test_fit_table_meets_its_margins_to_a_thousandth_where_every_cell_is_open():
    rng = np.random.default_rng(2)
    exact = rng.poisson(20, (6, 5)).astype(float)
    rows, columns = exact.sum(axis=1), exact.sum(axis=0)

    fitted = nonnegative.fit_table(
        exact + rng.normal(0, 15, exact.shape), rows=rows, columns=columns, support=np.ones((6, 5), dtype=bool)
    )

    assert fitted.sum(axis=0) == pytest.approx(columns, rel=1e-3)
    assert fitted.sum(axis=1) == pytest.approx(rows, rel=1e-3)
