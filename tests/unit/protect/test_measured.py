import ibis
import numpy as np
import pyarrow as pa
import pytest

from cauce.protect import measured
from cauce.protect.code_checks import Strays

DOMAIN = {"sex": ["F", "M"], "debt": ["1"], "age": ["0", "1", "2", "3"], "area": [f"A{place}" for place in range(6)]}


def some_table(rng, number=4_000):
    def missing(values, share):
        return [None if lost else value for value, lost in zip(values, rng.random(number) < share, strict=True)]

    return ibis.memtable(
        pa.table(
            {
                "sex": rng.choice(["F", "M"], number),
                "debt": pa.array(missing(["1"] * number, 0.7), type=pa.string()),
                "age": pa.array(missing(rng.choice(DOMAIN["age"], number), 0.2), type=pa.string()),
                "area": rng.choice(DOMAIN["area"], number, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05]),
            }
        )
    )


def exact_pair(table, one, two, codes_one, codes_two):
    rows = table.select(one, two).to_pyarrow().to_pylist()
    counts = np.zeros((len(codes_one), len(codes_two)))
    for row in rows:
        counts[codes_one.index(row[one] or "_U"), codes_two.index(row[two] or "_U")] += 1
    return counts


def test_count_table_tells_in_how_many_rows_a_column_strays_from_its_codes_and_by_how_many_values():
    people = ibis.memtable(
        {"sex": ["F", "M", "f", "f", "m", None, "F"], "debt": ["1", None, "1", "1", None, None, "1"]}
    )

    counted = measured.count_table(people, domain={"sex": ["F", "M"], "debt": ["1"]})

    assert counted.people == 7
    assert counted.strays == {"sex": Strays(rows=3, values=2)}


def test_measure_table_costs_no_more_than_it_was_given():
    counted = measured.count_table(some_table(np.random.default_rng(1)), domain=DOMAIN)

    known = measured.measure_table(counted, rho=0.3)

    assert 0.3 * 0.999 < known.rho <= 0.3


@pytest.mark.parametrize("names", [("sex", "debt"), ("debt", "age"), ("age", "area"), ("sex", "debt", "area")])
def test_measure_table_of_several_columns_spends_nearly_all_on_their_pairs(names):
    table = some_table(np.random.default_rng(1)).select(*names)

    known = measured.measure_table(measured.count_table(table, domain={name: DOMAIN[name] for name in names}), rho=0.3)

    on_pairs = sum(0.5 / query.sigma**2 for query in known.queries if len(query.by) + len(query.signed) == 2)
    assert 0.8 * 0.3 < on_pairs < 0.3


def test_measure_table_of_one_column_spends_all_on_it():
    counted = measured.count_table(some_table(np.random.default_rng(1)).select("debt"), domain={"debt": ["1"]})

    known = measured.measure_table(counted, rho=0.3)

    assert 0.3 * 0.999 < known.rho <= 0.3
    assert np.isfinite(known.parts.variance(("debt",)))


def test_measure_table_is_close_to_the_exact_pairs_where_the_noise_is_small():
    table = some_table(np.random.default_rng(2))
    known = measured.measure_table(measured.count_table(table, domain=DOMAIN), rho=1e6)

    codes = {column.name: column.codes for column in known.columns}
    for one, two in [("sex", "debt"), ("debt", "age"), ("age", "area"), ("sex", "area")]:
        assert known.parts.table((one, two)) == pytest.approx(
            exact_pair(table, one, two, codes[one], codes[two]), abs=0.2
        )


def test_measure_table_errs_as_much_as_it_says_in_every_pair():
    table = some_table(np.random.default_rng(3))
    counted = measured.count_table(table, domain={name: [*codes, ""] for name, codes in DOMAIN.items()})
    squares = []
    for _ in range(30):
        known = measured.measure_table(counted, rho=0.01)
        codes = {column.name: column.codes for column in known.columns}
        for one, two in [("sex", "debt"), ("age", "area"), ("sex", "area")]:
            error = known.parts.table((one, two)) - exact_pair(table, one, two, codes[one], codes[two])
            squares.append(np.mean(error**2) / known.parts.variance((one, two)))

    assert np.mean(squares) == pytest.approx(1.0, abs=0.15)


def test_count_table_tells_rows_outside_the_domain_without_their_values():
    table = ibis.memtable({"sex": ["F", "x", "y", "y", None], "debt": ["1"] * 5})

    strays = measured.count_table(table, domain={"sex": ["F", "M"], "debt": ["1"]}).strays

    assert (strays["sex"].rows, strays["sex"].values) == (3, 2)
    assert "debt" not in strays


def test_measure_table_gives_less_noise_to_pairs_of_more_cells():
    domain = {name: [*codes, ""] for name, codes in DOMAIN.items()}
    known = measured.measure_table(measured.count_table(some_table(np.random.default_rng(1)), domain=domain), rho=0.3)

    # With a place for missing values: five codes by seven, and three by a sign.
    sigma = {frozenset(query.by + query.signed): query.sigma for query in known.queries}
    many, few = sigma[frozenset({"age", "area"})], sigma[frozenset({"sex", "debt"})]
    cells = 35 * np.sqrt(4 / 5) * np.sqrt(6 / 7), 6 * np.sqrt(2 / 3) * 0.5
    assert 1 / 3 < np.log(few / many) / np.log(cells[0] / cells[1]) < 1 / 2


def test_measure_table_spends_a_tenth_on_columns_of_many_codes_and_a_fiftieth_on_flags():
    counted = measured.count_table(some_table(np.random.default_rng(1)), domain=DOMAIN)

    known = measured.measure_table(counted, rho=0.3)

    axes = [((*query.by, *query.signed), query.sigma) for query in known.queries]
    alone = {names: 0.5 / sigma**2 for names, sigma in axes if len(names) == 1}
    assert sum(alone.values()) == pytest.approx(0.12 * 0.3, rel=1e-6)
    assert alone["debt",] == pytest.approx(0.02 * 0.3, rel=1e-6)
