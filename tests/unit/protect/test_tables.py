import numpy as np
import pytest

from cauce.protect import tables

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
