"""Do the invented records of a hub's tables meet them, and hold nothing that they withhold?"""

from itertools import product

import ibis
import numpy as np
import pyarrow as pa
import pytest

from cauce.protect import counting, domains, record_aims, table_records, tables

TABLES = [(), ("sex",), ("age",), ("means",), ("sex", "age"), ("sex", "means"), ("age", "means"), ("sex", "place")]
DOMAIN = domains.with_missing({"sex": ("F", "M"), "age": tuple("0123"), "means": tuple("abcd"), "place": tuple("NSEW")})


def some_people(number=6_000, *, seed=1):
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], number, p=[0.6, 0.4])
    age = np.where(
        sex == "F", rng.choice(list("0123"), number, p=[0.5, 0.3, 0.19, 0.01]), rng.choice(list("01"), number)
    )
    place = rng.choice(["N", "S", "E", None], number, p=[0.5, 0.3, 0.1, 0.1])
    chances = np.where(sex[:, None] == "F", [0.6, 0.3, 0.1, 0.002], [0.1, 0.4, 0.3, 0.002])
    means = [list(np.array(list("abcd"))[has]) for has in rng.random((number, 4)) < chances]
    chances = np.where(sex[:, None] == "F", [0.5, 0.05, 0.01, 0.3], [0.05, 0.5, 0.002, 0.3])
    work = [list(np.array(list("wxyz"))[has]) for has in rng.random((number, 4)) < chances]
    texts = {"sex": sex, "age": age, "place": place.tolist()}
    return ibis.memtable(pa.table(texts | {"means": pa.array(means), "work": pa.array(work)}))


def figures_of(people, *, sigma, by=TABLES, profile="careful", domain=DOMAIN, several=frozenset({"means"})):
    counts = counting.count_tables(people, by, domain=domain)
    drawn = [
        tables.NoisyTable(name, table, sigma, 0.1, persons_repeat=bool(several & set(name)))
        for name, table in counts.items()
    ]
    released = tables.clear_tables(drawn, domain=domain, epsilon=1.0, profile=profile)
    return record_aims.Figures(
        tables.agree_tables(drawn, domain=domain),
        {frozenset(table.by): table for table in released},
        domain,
        several,
        profile,
    )


def cells_of(rows, by):
    return [tuple(row[name] for name in by) for row in rows.to_pylist()]


def withheld(table):
    return {
        tuple(row[name] for name in table.by)
        for row in table.observations.to_pylist()
        if row["obs_status"] == "Q" and "_U" not in row.values()
    }


def test_records_meet_every_table_also_those_of_several_values():
    figures = figures_of(some_people(), sigma=3.0)

    records = table_records.invent_records(figures, rng=np.random.default_rng(2))

    assert records.columns == ("sex", "age", "means", "place")
    assert records.rows.num_rows == 6_000
    assert set(records.distances) == {"sex", "age", "means", "sex+age", "sex+means", "age+means", "sex+place"}
    assert max(records.distances.values()) < 8.0


def test_distance_is_that_of_the_figures_counted_from_the_records():
    figures = figures_of(some_people(), sigma=3.0)

    records = table_records.invent_records(figures, rng=np.random.default_rng(2))

    table = figures.released[frozenset({"sex", "means"})]
    shown = [row for row in table.observations.to_pylist() if row["obs_value"] and "_U" not in row.values()]
    counted = [
        sum(sex == row["sex"] and row["means"] in (means or "").split(";") for sex, means in cells)
        for cells in [cells_of(records.rows, ("sex", "means"))]
        for row in shown
    ]
    off = np.abs(np.array(counted) - [row["obs_value"] for row in shown])
    assert records.distances["sex+means"] == pytest.approx(off.mean(), abs=1e-3)


@pytest.mark.parametrize("profile", ["careful", "accurate"])
def test_records_hold_no_value_and_no_two_values_that_a_table_withholds(profile):
    figures = figures_of(some_people(), sigma=12.0, profile=profile)

    rows = table_records.invent_records(figures, rng=np.random.default_rng(3)).rows

    found = 0
    for table in figures.released.values():
        hidden = withheld(table) if set(table.by) <= set(rows.column_names) else set()
        found += len(hidden)
        for cell in cells_of(rows, table.by):
            values = [(value or "").split(";") for value in cell]
            assert not hidden & {(one,) for one in values[0]} if len(table.by) == 1 else True
            if len(table.by) == 2:
                assert not hidden & {(one, two) for one in values[0] for two in values[1]}
    assert found > 3


def test_records_hold_no_three_values_that_a_table_withholds():
    by = [(), ("sex",), ("age",), ("place",), ("sex", "age"), ("sex", "place"), ("sex", "age", "place")]
    figures = figures_of(some_people(), sigma=20.0, by=by)

    rows = table_records.invent_records(figures, rng=np.random.default_rng(4)).rows

    hidden = withheld(figures.released[frozenset({"sex", "age", "place"})])
    assert len(hidden) > 5
    assert not hidden & set(cells_of(rows, ("sex", "age", "place")))


def test_there_are_no_records_where_no_code_of_any_field_is_shown():
    figures = figures_of(some_people(40), sigma=400.0)

    assert table_records.invent_records(figures, rng=np.random.default_rng(5)) is None


def test_records_meet_the_tables_of_two_fields_of_several_values_and_hold_no_pair_that_is_withheld():
    by = [(), ("means",), ("work",), ("sex",), ("means", "work"), ("means", "sex")]
    domain = DOMAIN | domains.with_missing({"work": tuple("wxyz")})
    figures = figures_of(some_people(), sigma=12.0, by=by, domain=domain, several=frozenset({"means", "work"}))

    records = table_records.invent_records(figures, rng=np.random.default_rng(2))

    assert records.columns == ("means", "work", "sex")
    assert max(records.distances.values()) < 40.0
    hidden = withheld(figures.released[frozenset({"means", "work"})])
    held = {
        pair
        for means, work in cells_of(records.rows, ("means", "work"))
        for pair in product((means or "").split(";"), (work or "").split(";"))
    }
    assert hidden and not hidden & held


def test_records_are_off_by_a_person_or_two_where_the_tables_have_hardly_any_noise():
    figures = figures_of(some_people(), sigma=0.02)

    records = table_records.invent_records(figures, rng=np.random.default_rng(2))

    assert max(records.distances.values()) < 3.0


def test_distance_of_a_table_of_which_nothing_is_shown_is_nil():
    figures = figures_of(some_people(300), sigma=30.0, by=[(), ("sex",), ("age", "place"), ("place",), ("age",)])

    records = table_records.invent_records(figures, rng=np.random.default_rng(2))

    assert set(figures.released[frozenset({"age", "place"})].observations["obs_status"].to_pylist()) == {"Q"}
    assert records.distances["age+place"] == 0.0
