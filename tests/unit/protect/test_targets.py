import numpy as np

from cauce.protect import targets
from cauce.protect.columns import Column
from cauce.protect.consistency import Query, reconcile

MISS = "_U"


def test_aim_at_withholds_pairs_of_codes_that_look_empty_and_never_those_with_a_missing_value():
    columns = (Column("a", ("1", "2", "3", MISS), 3), Column("b", ("x", "y", MISS), 2), Column("c", ("p", "q"), 0))
    held = np.array([[0.0, 400.0, 0.0], [400.0, 400.0, 400.0], [400.0, 400.0, 0.0], [0.0, 400.0, 0.0]])
    noise = np.random.default_rng(1).normal(0.0, 1.0, held.shape)
    queries = [
        Query(("a", "b"), held + noise, 1.0),
        Query(("a", "c"), np.column_stack([held.sum(axis=1), np.full(4, -1.0)]), 1.0),
        Query(("b", "c"), np.column_stack([held.sum(axis=0), np.full(3, -1.0)]), 1.0),
    ]
    parts = reconcile(queries, {column.name: column.size for column in columns})

    aims = targets.aim_at(parts, columns, rate=0.01)

    published = aims.published["a", "b"]
    assert not published[0, 0] and published[:3, :2].sum() == 5
    assert published[3].all() and published[:, 2].all()
    # The last code of a column that nobody lacks is one like the others.
    assert not aims.published["a", "c"][:3, 1].any() and aims.published["a", "c"][3].all()
    assert (aims.tables["a", "b"][~published] == 0.0).all()


def test_aim_at_withholds_nothing_without_a_rate():
    columns = (Column("a", ("1", "2", MISS), 2), Column("b", ("x", "y"), 0))
    parts = reconcile([Query(("a", "b"), np.array([[90.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), 5.0)], {"a": 3, "b": 2})

    assert targets.aim_at(parts, columns, rate=None).published["a", "b"].all()
