import itertools

import numpy as np
import pytest

from cauce.protect import consistency
from cauce.protect.consistency import Query

SIZES = {"a": 3, "b": 2, "c": 4}


def least_squares(queries, sizes):
    """The same answer by brute force: weighted least squares on every cell of the full table."""
    names = sorted(sizes)
    cells = list(itertools.product(*[range(sizes[name]) for name in names]))
    rows, seen, weights = [], [], []
    for query in queries:
        values = np.asarray(query.values, dtype=float)
        for index in np.ndindex(values.shape):
            row = np.array(
                [all(cell[names.index(n)] == at for n, at in zip(query.by, index, strict=True)) for cell in cells],
                float,
            )
            for flag in query.signed:
                row *= [1.0 if cell[names.index(flag)] == 0 else -1.0 for cell in cells]
            rows.append(row)
            seen.append(values[index])
            weights.append(1.0 / query.sigma)
    design, scale = np.array(rows), np.array(weights)
    solution, *_ = np.linalg.lstsq(design * scale[:, None], np.array(seen) * scale, rcond=None)
    covariance = np.linalg.pinv((design * scale[:, None]).T @ (design * scale[:, None]))
    return names, cells, solution, covariance


def some_queries(rng):
    shapes = [((), (), 3.0), (("a",), (), 2.0), (("b",), (), 1.5), (("c",), (), 4.0), (("a", "c"), (), 5.0)]
    shapes += [(("a",), ("b",), 2.5), (("c", "b"), (), 3.5), ((), ("b",), 1.0)]
    return [Query(by, rng.normal(50, 20, [SIZES[n] for n in by]), sigma, signed) for by, signed, sigma in shapes]


@pytest.mark.parametrize("by", [(), ("a",), ("b",), ("c", "a"), ("a", "b"), ("b", "c")])
def test_reconcile_equals_weighted_least_squares_on_all_cells(by):
    queries = some_queries(np.random.default_rng(3))
    names, cells, solution, covariance = least_squares(queries, SIZES)

    parts = consistency.reconcile(queries, SIZES)

    table = parts.table(by)
    for index in np.ndindex(table.shape):
        inside = np.array(
            [all(cell[names.index(n)] == at for n, at in zip(by, index, strict=True)) for cell in cells], float
        )
        assert table[index] == pytest.approx(inside @ solution, abs=1e-6)
        assert parts.variance(by) == pytest.approx(inside @ covariance @ inside)


def test_variance_of_sum_equals_weighted_least_squares_for_any_sum_of_cells():
    queries = some_queries(np.random.default_rng(4))
    names, cells, _, covariance = least_squares(queries, SIZES)
    weights = np.array([[1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    inside = np.array([weights[cell[names.index("a")], cell[names.index("c")]] for cell in cells])

    variance = consistency.reconcile(queries, SIZES).variance_of_sum(("a", "c"), weights)

    assert variance == pytest.approx(inside @ covariance @ inside)


def test_tables_of_parts_agree_on_their_common_margins():
    parts = consistency.reconcile(some_queries(np.random.default_rng(5)), SIZES)

    assert parts.table(("a", "c")).sum(axis=1) == pytest.approx(parts.table(("a", "b")).sum(axis=1))
    assert parts.table(("c", "b")).sum() == pytest.approx(float(parts.table(())))


def test_variance_is_infinite_where_a_part_was_never_measured():
    parts = consistency.reconcile([Query(("a",), np.ones(3), 1.0)], SIZES)

    assert parts.variance(("a", "b")) == np.inf
