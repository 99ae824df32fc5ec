"""Tables of every shape become releases: few columns of many codes, flags alone, hardly any value, hardly any person."""

from itertools import combinations

import ibis
import numpy as np
import pytest

from cauce.protect import budget, file_releases, measured

NUMBER = 1_500


def texts(numbers):
    return [str(number) if number else None for number in numbers]


def codes_to(most):
    return [str(code) for code in range(1, most + 1)]


def draw_table(shape):
    """The columns of an invented table and its domain; 0 is a missing value."""
    rng = np.random.default_rng(7)
    skewed = rng.zipf(1.4, NUMBER)
    flags = {
        f"f{place}": (rng.random(NUMBER) < share).astype(int) for place, share in enumerate(np.geomspace(0.4, 0.001, 9))
    }
    shapes = {
        "many codes": {"a": skewed % 90 + 1, "b": (skewed * 7) % 60 + 1, "c": rng.zipf(1.6, NUMBER) % 40 + 1},
        "flags": flags,
        "hardly a value": {
            "a": np.where(rng.random(NUMBER) < 0.97, 0, skewed % 9 + 1),
            "b": np.zeros(NUMBER, dtype=int),
            **{name: flags[name] for name in ("f7", "f8")},
        },
        "copies": {
            "a": skewed % 12 + 1,
            "b": skewed % 12 + 1,
            "c": (skewed % 12) // 3 + 1,
            "always": np.ones(NUMBER, dtype=int),
        },
        "thirty people": {"a": skewed[:30] % 9 + 1, "b": skewed[:30] % 4 + 1, "f0": flags["f0"][:30]},
    }
    columns = shapes[shape]
    return columns, {name: codes_to(max(int(numbers.max()), 1)) for name, numbers in columns.items()}


@pytest.fixture(scope="module", params=["many codes", "flags", "hardly a value", "copies", "thirty people"])
def counted(request):
    columns, domain = draw_table(request.param)
    people = ibis.memtable(
        {name: texts(numbers) for name, numbers in columns.items()}, schema=dict.fromkeys(columns, "string")
    )
    return measured.count_table(people, domain=domain)


def release(counted, *, profile):
    known = measured.measure_table(counted, rho=budget.rho_of(4.0, delta=1e-7))
    return file_releases.clear_file(known, epsilon=4.0, delta=1e-7, profile=profile, rng=np.random.default_rng(1))


def test_clear_file_holds_no_withheld_pair_whatever_the_shape_of_the_table(counted):
    cleared = release(counted, profile="careful")

    rows = cleared.records.rows.to_pylist()
    withheld = {table.by: _withheld(table) for table in cleared.tables if len(table.by) == 2}
    assert len(rows) > 0
    for one, two in combinations(rows[0], 2):
        held = {(row[one] or "_U", row[two] or "_U") for row in rows if row[one] and row[two]}
        assert not held & withheld[one, two]


def test_clear_file_invents_about_as_many_people_with_each_code_whatever_the_shape_of_the_table(counted):
    cleared = release(counted, profile="accurate")

    for column in counted.declared:
        told = cleared.records.rows[column.name].to_pylist()
        made = np.array([told.count(None if code == "_U" else code) for code in column.codes])
        exact = counted.counts[column.name,][: column.size]
        assert np.abs(made - exact).max() < 60


def _withheld(table):
    cells = table.observations.to_pylist()
    return {tuple(cell[name] for name in table.by) for cell in cells if cell["obs_status"] == "Q"}
