import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cauce.protect import linked_cells, threshold

NONE = frozenset()
K = 8


def margins(table):
    return {(): np.asarray(table.sum()), ("a",): table.sum(axis=1), ("b",): table.sum(axis=0), ("a", "b"): table}


def codes_of(counts):
    sizes = {name: size for by, table in counts.items() for name, size in zip(by, table.shape, strict=True)}
    return {name: tuple(map(str, range(size))) for name, size in sizes.items()}


def clear(counts, masks, *, base):
    tables = threshold.clear_counts(threshold.hide(counts, masks), domain=codes_of(counts), threshold=K, rounding=base)
    return {table.by: table for table in tables}


def found_of_small_cells(counts, masks, *, base):
    """What whoever has the rounded release finds of each cell of 1 to K - 1 people, from every interval at once."""
    linked = linked_cells.link_cells(counts, several=NONE)
    cleared = clear(counts, masks, base=base)
    bounds = [
        (0, None) if cell["obs_value"] is None else (cell["lower"], cell["upper"])
        for by in counts
        for cell in cleared[by].observations.to_pylist()
    ]
    bounds = [bounds[place] for place in linked.held]
    found = []
    for cell in np.flatnonzero(linked.values < K):
        goal = np.eye(linked.held.size)[cell]
        ends = [
            linprog(sign * goal, A_eq=linked.equations, b_eq=np.zeros(linked.equations.shape[0]), bounds=bounds).x[cell]
            for sign in (1, -1)
        ]
        found.append(tuple(ends))
    return found


@settings(deadline=None, max_examples=200)
@given(count=st.one_of(st.just(0), st.integers(K, 10_000)), base=st.integers(1, 60))
def test_interval_of_a_rounded_figure_holds_the_count_and_all_that_round_alike(count, base):
    table = clear({("a",): np.array([count])}, {("a",): np.array([False])}, base=base)[("a",)]
    cell = table.observations.to_pylist()[0]

    assert cell["obs_value"] % base == 0
    assert abs(cell["obs_value"] - count) <= base / 2
    assert cell["lower"] <= count <= cell["upper"]
    assert cell["upper"] - cell["lower"] < base or cell["obs_value"] == 0
    assert cell["confidence_level"] == 1.0


def test_interval_of_a_rounded_figure_leaves_out_counts_that_would_have_been_withheld():
    table = clear({("a",): np.array([9, 0, 3])}, {("a",): np.array([False, False, True])}, base=10)[("a",)]

    ends = [(cell["obs_value"], cell["lower"], cell["upper"]) for cell in table.observations.to_pylist()]
    assert ends == [(10, 8, 14), (0, 0, 0), (None, None, None)]


def test_figures_are_exact_where_nothing_is_rounded():
    table = clear({("a",): np.array([9, 0])}, {("a",): np.array([False, False])}, base=1)[("a",)]

    assert [(cell["lower"], cell["upper"]) for cell in table.observations.to_pylist()] == [(9, 9), (0, 0)]
    assert table.notes == ()


@pytest.mark.parametrize("base", [3, 5, 10])
@pytest.mark.parametrize("seed", range(3))
def test_rounded_release_leaves_no_small_cell_narrower_than_its_rule(seed, base):
    counts = margins(np.random.default_rng(seed).negative_binomial(1, 0.05, (4, 5)))
    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=K, several=NONE)

    found = found_of_small_cells(counts, masks, base=base)

    assert found
    assert all(least <= 1e-6 and most >= K - 1e-6 for least, most in found)


@pytest.mark.parametrize("base", [2, 3])
def test_attacker_finds_small_cells_from_rounded_figures_where_nothing_else_is_withheld(base):
    counts = margins(np.array([[3, 40, 50], [60, 70, 80], [90, 20, 30]]))
    masks = {by: (table > 0) & (table < K) for by, table in counts.items()}

    least, most = found_of_small_cells(counts, masks, base=base)[0]

    assert least > 0 or most < K or most - least < K


def test_note_of_a_table_tells_its_rounding_and_the_rule_of_dominance():
    counts = {("a",): np.array([-1, 40])}

    table = threshold.clear_counts(counts, domain=codes_of(counts), threshold=10, share=0.85, rounding=5)[0]

    told = [str(note) for note in table.notes]
    assert "more than 85 % but not all" in told[0]
    assert "multiples of 5" in told[1]
    assert table.rounding == 5
