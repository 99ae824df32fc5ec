import itertools

import numpy as np
import pytest

from cauce.protect import consistency, levels
from cauce.protect.consistency import Query
from cauce.protect.levels import Columns, Level

SIZES = {"sex": 2, "place": 6, "age": 4}
LEVELS = {
    "department": Level("place", np.array([0, 0, 0, 1, 1, 2])),
    "country": Level("department", np.array([0, 0, 1])),
    "majority": Level("age", np.array([0, 1, 1, 1])),
}
COLUMNS = Columns(SIZES, LEVELS)
TABLES = [
    ((), 4.0), (("sex",), 2.0), (("place",), 3.0), (("department",), 5.0), (("country",), 2.5),
    (("age", "place"), 3.5), (("majority", "place"), 2.2), (("age", "department"), 6.0), (("majority", "country"), 1.5),
    (("sex", "department"), 3.0), (("place", "sex"), 4.0), (("majority",), 1.0), (("age", "sex"), 2.0),
]  # fmt: skip
ASKED = [*(by for by, _ in TABLES), ("majority", "department"), ("country", "sex"), ("age",), ("sex", "majority")]


def codes_of(cell):
    """The code of every column and level in one cell of the table of all columns."""
    codes = dict(zip(SIZES, cell, strict=True))
    for name in LEVELS:
        codes[name] = int(LEVELS[name].groups[codes[LEVELS[name].of]])
    return codes


CELLS = [codes_of(cell) for cell in itertools.product(*map(range, SIZES.values()))]


def rows_of(by):
    """(cell of the table, cell of all columns): 1 where the one counts the other."""
    places = itertools.product(*[range(COLUMNS.size(name)) for name in by])
    return np.array(
        [[all(c[n] == at for n, at in zip(by, place, strict=True)) for c in CELLS] for place in places], float
    )


def some_queries(rng):
    return [Query(by, rng.normal(50, 20, [COLUMNS.size(n) for n in by]), sigma) for by, sigma in TABLES]


def by_brute_force(queries, known=()):
    """Weighted least squares on every cell; a known figure is a measurement with next to no noise."""
    designs = [rows_of(query.by) / query.sigma for query in queries]
    seen = [query.values.ravel() / query.sigma for query in queries]
    for by, place, value in known:
        row = rows_of(by)[np.ravel_multi_index(place, [COLUMNS.size(n) for n in by]) if by else 0]
        designs, seen = [*designs, 1e4 * row[None, :]], [*seen, np.array([1e4 * value])]
    design, wanted = np.vstack(designs), np.concatenate(seen)
    return np.linalg.lstsq(design, wanted, rcond=None)[0], np.linalg.pinv(design.T @ design, rcond=1e-14)


@pytest.mark.parametrize("by", ASKED)
def test_reconcile_equals_weighted_least_squares_on_all_cells_where_columns_have_levels(by):
    queries = some_queries(np.random.default_rng(1))
    solution, covariance = by_brute_force(queries)

    parts = consistency.reconcile(queries, SIZES, levels=LEVELS)

    rows = rows_of(by)
    assert parts.table(by).ravel() == pytest.approx(rows @ solution, abs=1e-6)
    assert parts.variances(by).ravel() == pytest.approx(np.diag(rows @ covariance @ rows.T))


@pytest.mark.parametrize("by", [("place", "age"), ("sex", "department"), ("majority", "country"), ("sex",)])
def test_parts_equal_weighted_least_squares_when_figures_are_known(by):
    queries = some_queries(np.random.default_rng(2))
    known = [((), (), 300.0), (("majority", "country"), (1, 0), 120.0), (("sex",), (1,), 130.0)]
    solution, covariance = by_brute_force(queries, known)

    parts = consistency.reconcile(queries, SIZES, levels=LEVELS)
    for figure in known:
        parts = parts.knowing(*figure)

    rows = rows_of(by)
    assert parts.table(by).ravel() == pytest.approx(rows @ solution, abs=1e-3)
    assert parts.variances(by).ravel() == pytest.approx(np.diag(rows @ covariance @ rows.T), abs=1e-3)


def test_knowing_a_figure_makes_every_table_agree_with_it():
    parts = consistency.reconcile(some_queries(np.random.default_rng(3)), SIZES, levels=LEVELS)

    told = parts.knowing(("country",), (1,), 40.0).knowing((), (), 310.0)

    assert told.table(("place",))[5] == pytest.approx(40.0)
    assert told.variances(("department",))[2] == 0.0
    assert told.table(("sex", "place")).sum() == pytest.approx(310.0)
    assert np.all(told.variances(("place",)) <= parts.variances(("place",)))


def test_parts_of_parents_are_the_sums_of_their_children():
    parts = consistency.reconcile(some_queries(np.random.default_rng(4)), SIZES, levels=LEVELS)

    places, departments, countries = (parts.table((name, "sex")) for name in ("place", "department", "country"))

    assert departments == pytest.approx(np.array([places[:3].sum(0), places[3:5].sum(0), places[5]]))
    assert countries == pytest.approx(np.array([departments[:2].sum(0), departments[2]]))


def test_variance_of_sum_of_the_children_is_the_variance_of_their_parent():
    parts = consistency.reconcile(some_queries(np.random.default_rng(5)), SIZES, levels=LEVELS)
    parts = parts.knowing(("sex",), (0,), 150.0)

    children = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])

    assert parts.variance_of_sum(("place",), children) == pytest.approx(parts.variances(("department",))[0])


def test_variance_is_infinite_where_the_groups_were_not_measured_together():
    parts = consistency.reconcile(
        [Query(("place",), np.ones(6), 1.0), Query(("age",), np.ones(4), 1.0)], SIZES, levels=LEVELS
    )

    assert np.all(np.isinf(parts.variances(("department", "majority"))))


def test_add_up_sums_the_codes_of_each_group_at_every_level():
    counts = np.arange(12).reshape(2, 6)

    summed = levels.add_up(counts, ("sex", "place"), above=("sex", "country"), columns=COLUMNS)

    assert summed.tolist() == [[10, 5], [40, 11]]


def test_tables_above_replaces_columns_by_their_levels_in_every_way():
    assert levels.tables_above(("place", "age"), LEVELS) == [
        ("place", "majority"), ("department", "age"), ("department", "majority"), ("country", "age"),
        ("country", "majority"),
    ]  # fmt: skip


WIDER = {
    "land": ("place", {"p0": "L0", "p1": "L0", "p2": "L1", "p3": "L1"}),
    "town": ("place", {"p0": "T0", "p1": "T0", "p2": "T1"}),
    "adult": ("age", {"a0": "minor", "a1": "adult", "a2": "adult"}),
}
CODES = {"place": ("p0", "p1", "p2", "p3", "_U"), "age": ("a0", "a1", "a2")}


def test_stack_levels_puts_the_finer_below_the_coarser_whatever_their_order():
    stacked, codes = levels.stack_levels(WIDER, domain=CODES)

    assert {name: level.of for name, level in stacked.items()} == {"town": "place", "land": "town", "adult": "age"}
    assert codes["town"] == ("T0", "T1", "p3", "_U") and codes["land"] == ("L0", "L1", "_U")
    assert stacked["town"].groups.tolist() == [0, 0, 1, 2, 3]
    assert stacked["land"].groups.tolist() == [0, 1, 1, 2]
    assert (codes["adult"], stacked["adult"].groups.tolist()) == (("minor", "adult"), [0, 1, 1])


def test_check_levels_lets_nested_levels_pass_and_refuses_what_splits_groups_or_sums_several_values():
    crossing = WIDER | {"land": ("place", {"p0": "L0", "p1": "L1", "p2": "L1", "p3": "L1"})}

    assert levels.check_levels(WIDER, domain=CODES, several=["means"]) == []
    assert [one.code for one in levels.check_levels(crossing, domain=CODES, several=[])] == ["protect.crossing_levels"]
    refused = levels.check_levels(WIDER, domain=CODES, several=["place"])
    assert [one.code for one in refused] == ["protect.level_of_several"] * 2
