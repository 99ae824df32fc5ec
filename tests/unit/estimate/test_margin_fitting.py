"""Are margins met to rounding, near and far from the seed, at the edge of what is possible, and not beyond it?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cauce.estimate.margin_fitting import fit_margins, fit_shared_seed


def a_table(seed, *, size, spread, empty):
    rng = np.random.default_rng(seed)
    table = np.exp(rng.normal(0, spread, (size, size))) * (rng.random((size, size)) >= empty)
    np.fill_diagonal(table, np.exp(rng.normal(spread, spread, size)))
    return rng, table


@given(st.integers(0, 2**32 - 1), st.integers(2, 25), st.sampled_from([0.5, 3.0]), st.sampled_from([0.0, 0.7]))
@settings(max_examples=80, deadline=None)
def test_fitted_table_has_the_margins_and_the_cross_products_asked(seed, size, spread, empty):
    rng, table = a_table(seed, size=size, spread=spread, empty=empty)
    wanted = table * np.exp(rng.normal(0, 1, size))[:, None] * np.exp(rng.normal(0, 1, size))

    fit = fit_margins(table, wanted.sum(axis=1), wanted.sum(axis=0))

    assert fit.is_fitted
    assert np.allclose(fit.cells, wanted, rtol=1e-5, atol=1e-6 * wanted.sum())


@pytest.mark.parametrize("seed", range(8))
def test_margins_far_from_the_seed_are_met_over_many_orders_of_magnitude(seed):
    rng, table = a_table(seed, size=120, spread=2.5, empty=0.75)
    table *= np.exp(rng.normal(10, 2.5, 120))
    moved = table * np.exp(rng.normal(0, 1.5, table.shape))

    fit = fit_margins(table, moved.sum(axis=1), moved.sum(axis=0))

    assert fit.is_fitted
    assert np.abs(fit.cells.sum(axis=1) - moved.sum(axis=1)).max() <= 8 * np.spacing(moved.sum(axis=1).max())
    assert np.allclose(fit.cells.sum(axis=0), moved.sum(axis=0), rtol=1e-12)


def test_margins_that_empty_a_cell_in_the_limit_are_met():
    fit = fit_margins(np.array([[1.0, 1.0], [0.0, 1.0]]), np.ones(2), np.ones(2))

    assert fit.is_fitted
    assert fit.cells == pytest.approx(np.eye(2), abs=1e-7)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [([1.0, 1.0], [1.5, 0.5]), ([0.0, 2.0], [1.0, 1.0])],
    ids=["more than the only cell's row", "a column whose only row is empty"],
)
def test_margins_beyond_the_zeros_of_the_seed_are_not_called_fitted(rows, columns):
    fit = fit_margins(np.array([[1.0, 1.0], [0.0, 1.0]]), np.array(rows), np.array(columns))

    assert not fit.is_fitted


def test_rows_and_columns_of_zero_stay_empty():
    fit = fit_margins(np.ones((3, 3)), np.array([0.0, 1.0, 2.0]), np.array([3.0, 0.0, 0.0]))

    assert fit.is_fitted
    assert fit.cells.tolist() == [[0, 0, 0], [1, 0, 0], [2, 0, 0]]


def test_tables_in_a_batch_are_fitted_as_they_are_alone():
    tables = np.stack([a_table(seed, size=9, spread=1.0, empty=0.3)[1] for seed in range(5)])
    wanted = tables * np.random.default_rng(9).uniform(0.5, 2, tables.shape)

    together = fit_margins(tables, wanted.sum(axis=-1), wanted.sum(axis=-2))

    for place, table in enumerate(tables):
        alone = fit_margins(table, wanted[place].sum(axis=-1), wanted[place].sum(axis=-2))
        assert np.allclose(together.cells[place], alone.cells, atol=1e-7)


def test_fit_begun_from_the_factors_of_a_similar_table_is_the_same():
    rng, table = a_table(3, size=20, spread=1.5, empty=0.5)
    wanted = table * rng.uniform(0.7, 1.4, table.shape)
    first = fit_margins(table, wanted.sum(axis=1), wanted.sum(axis=0))

    similar = table * rng.uniform(0.95, 1.05, table.shape)
    cold = fit_margins(similar, wanted.sum(axis=1), wanted.sum(axis=0))
    warm = fit_margins(similar, wanted.sum(axis=1), wanted.sum(axis=0), column_factors=first.column_factors)

    assert np.allclose(cold.cells, warm.cells, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(3, 12))
@settings(max_examples=40, deadline=None)
def test_tables_from_a_shared_seed_each_have_their_margins(seed, size):
    rng = np.random.default_rng(seed)
    offset = np.exp(rng.normal(0, 2, (size, size)))
    is_leaver = rng.random((size, size)) < 0.5
    rows = np.where(is_leaver, rng.integers(0, 500, (size, size)), 0).astype(float)
    columns = np.where(is_leaver, 0, rng.integers(1, 500, (size, size))).astype(float)
    has_both = (rows.sum(axis=1) > 0) & (columns.sum(axis=1) > 0)
    rows, columns = rows * has_both[:, None], columns * has_both[:, None]
    columns *= (rows.sum(axis=1) / np.where(has_both, columns.sum(axis=1), 1))[:, None]

    fit = fit_shared_seed(offset, rows, columns)

    tables = fit.row_factors[:, :, None] * offset * fit.column_factors[:, None, :]
    assert fit.is_fitted.all()
    assert np.abs(tables.sum(axis=2) - rows).max() < 1e-6
    assert np.abs(tables.sum(axis=1) - columns).max() < 1e-6
