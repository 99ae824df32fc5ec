import math
from datetime import date

import numpy as np
import pytest

from cauce.protect import tables
from cauce.protect.levels import Level
from cauce.standards.invariants import Invariant

DOMAIN = {"sex": ("F", "M", "_U"), "age": tuple(str(band) for band in range(5)) + ("_U",)}


def drawn(rho=5.0):
    counts = {
        (): np.asarray(1_000),
        ("sex",): np.array([600, 400, 0]),
        ("sex", "age"): np.array([[100] * 6, [80, 80, 80, 80, 80, 0], [0] * 6]),
    }
    return tables.draw_tables(counts, rho=rho, squared_norms=dict.fromkeys(counts, 1))


def test_draw_tables_spends_no_more_than_it_was_given():
    assert sum(table.rho for table in drawn(0.3)) <= 0.3


def test_clear_tables_withholds_what_is_within_its_noise_and_says_so():
    cleared = tables.clear_tables(drawn(), domain=DOMAIN, epsilon=1.0, profile="careful")

    cells = cleared[1].observations.to_pylist()
    assert [cell["obs_status"] for cell in cells[:2]] == ["A", "A"]
    for cell in (cell for table in cleared for cell in table.observations.to_pylist()):
        assert (cell["obs_value"] is None) == (cell["obs_status"] == "Q")
        assert 0 <= cell["lower"] <= cell["upper"]
        assert cell["obs_value"] is None or cell["lower"] <= cell["obs_value"] <= cell["upper"]
    assert any("Withheld" in str(note) for note in cleared[2].notes)


def test_clear_tables_has_one_row_for_each_cell_of_the_domain():
    cleared = tables.clear_tables(drawn(), domain=DOMAIN, epsilon=1.0, profile="accurate")

    assert [table.observations.num_rows for table in cleared] == [1, 3, 18]
    assert sum(table.epsilon for table in cleared) == pytest.approx(1.0)


def test_clear_tables_never_withholds_the_number_of_people():
    counts = {(): np.asarray(1)}

    cleared = tables.clear_tables(
        tables.draw_tables(counts, rho=1e-4, squared_norms={(): 1}), domain={}, epsilon=1.0, profile="careful"
    )

    assert cleared[0].observations["obs_status"].to_pylist() == ["A"]


def test_clear_tables_makes_parents_agree_with_children_where_persons_repeat_too():
    majority = {"majority": Level("age", np.array([0, 0, 1, 1, 1, 2]))}
    children = np.array([[30, 9, 4], [20, 0, 7], [90, 80, 1], [50, 2, 2], [0, 0, 0], [3, 1, 0]])
    parents = np.array([children[:2].sum(0), children[2:5].sum(0), children[5]])
    counts = {("age", "means"): children, ("majority", "means"): parents, ("means",): children.sum(0) + 5}
    domain = DOMAIN | {"means": ("a", "b", "_U"), "majority": ("minor", "adult", "_U")}

    drawn = tables.draw_tables(counts, rho=1.0, squared_norms=dict.fromkeys(counts, 3), levels=majority)
    below, above, alone = tables.clear_tables(drawn, domain=domain, epsilon=1.0, profile="careful", levels=majority)

    found, summed = (table.unbiased["unbiased"].to_numpy().reshape(-1, 3) for table in (below, above))
    assert summed == pytest.approx(np.array([found[:2].sum(0), found[2:5].sum(0), found[5]]), abs=0.01)
    assert np.all(alone.unbiased["unbiased"].to_numpy() == alone.unbiased["drawn"].to_numpy())


def test_clear_tables_gives_analysts_every_cell_as_it_was_drawn_and_before_withholding():
    tables_drawn = drawn(0.01)

    cleared = tables.clear_tables(tables_drawn, domain=DOMAIN, epsilon=1.0, profile="careful")

    unbiased = cleared[2].unbiased
    assert unbiased["drawn"].to_pylist() == tables_drawn[2].values.ravel().tolist()
    assert "Q" in cleared[2].observations["obs_status"].to_pylist()
    assert unbiased["unbiased"].null_count == 0
    assert set(unbiased["drawn_sigma"].to_pylist()) == {round(tables_drawn[2].sigma, 3)}
    assert max(unbiased["sigma"].to_pylist()) <= tables_drawn[2].sigma


def test_clear_tables_asks_more_of_a_figure_where_nearly_all_cells_are_empty():
    counts = {("place",): np.concatenate([[5_000, 5_000], np.zeros(1_000, dtype=np.int64)])}
    domain = {"place": tuple(f"m{place}" for place in range(1_002))}

    cleared = [
        tables.clear_tables(
            tables.draw_tables(counts, rho=0.01, squared_norms={("place",): 1}),
            domain=domain, epsilon=1.0, profile="careful",
        )[0]
        for _ in range(20)
    ]  # fmt: skip

    shown = [status for table in cleared for status in table.observations["obs_status"].to_pylist()].count("A")
    assert 40 <= shown <= 44


def test_clear_tables_notes_by_how_much_figures_and_their_sums_may_be_off():
    counts = {("sex",): np.array([6_000, 400, 0]), ("age",): np.array([1_000, 1_000, 1_000, 1_000, 2_400, 0])}
    noisy = tables.draw_tables(counts, rho=0.01, squared_norms=dict.fromkeys(counts, 1))

    cleared = tables.clear_tables(noisy, domain=DOMAIN, epsilon=1.0, profile="accurate")

    for table, one in zip(noisy, cleared, strict=True):
        off, added = (str(note) for note in one.notes[:2])
        assert f"off by about {math.ceil(1.96 * one.sigma)} either way" in off
        assert f"off by about {math.ceil(1.96 * table.sigma)} times the square root" in added
        withheld = one.observations["obs_status"].to_pylist().count("Q")
        assert any(f"Withheld cells: {withheld}." in str(note) for note in one.notes) == (withheld > 0)


@pytest.mark.parametrize(("norm", "is_told"), [(1, False), (3, True)])
def test_clear_tables_notes_where_a_person_may_count_in_several_cells(norm, is_told):
    counts = {("sex",): np.array([600, 400, 0])}
    noisy = tables.draw_tables(counts, rho=1.0, squared_norms={("sex",): norm})

    cleared = tables.clear_tables(noisy, domain=DOMAIN, epsilon=1.0, profile="careful")[0]

    assert any("A person counts once in each of up to" in str(note) for note in cleared.notes) is is_told


def test_sigmas_to_show_counts_a_figure_at_the_limit_among_those_shown():
    # Of ten cells chance shows .0135 at three sigmas: less than one in a hundred of two figures, more of one alone.
    assert tables.sigmas_to_show(np.array([4.0, 3.0, *[0.0] * 8]), profile="careful") == 3.0
    assert tables.sigmas_to_show(np.array([4.0, 2.99, *[0.0] * 8]), profile="careful") == 3.25


def test_are_shown_asks_more_where_few_of_many_cells_hold_somebody():
    few = np.array([[3.0, 2.9], [9.0, 9.0]])
    many = np.array([9.0, 3.5, *[0.0] * 98])

    assert tables.are_shown(few, profile="careful").tolist() == [[True, False], [True, True]]
    assert tables.are_shown(many, profile="careful").sum() == 1
    assert tables.are_shown(many, profile="accurate").sum() == 2


def test_clear_tables_shows_a_published_figure_of_nobody():
    counts = {("sex",): np.array([600, 400, 0])}
    noisy = tables.draw_tables(counts, rho=0.5, squared_norms={("sex",): 1})
    nobody = Invariant(("sex",), ("_U",), 0, "INEGI", date(2026, 3, 1))

    cleared = tables.clear_tables(noisy, domain=DOMAIN, epsilon=1.0, profile="careful", invariants=[nobody])[0]

    row = cleared.observations.to_pylist()[2]
    assert (row["obs_value"], row["lower"], row["upper"], row["obs_status"]) == (0, 0, 0, "A")
