import ibis
import numpy as np
import pytest

from cauce.protect import counting

DOMAIN = {"sex": ("F", "M", "_U"), "means": ("a", "b", "c", "d", "_U"), "age": ("0", "1")}


@pytest.fixture
def people():
    return ibis.memtable(
        {
            "sex": ["F", "M", None, "F", "zz"],
            "age": ["0", "1", "1", None, "0"],
            "means": [["a", "b", "c", "d", "a"], [], ["b", "zz"], ["b"], None],
        },
        schema={"sex": "string", "age": "string", "means": "array<string>"},
    )


def test_count_tables_counts_missing_and_unknown_codes_as_missing(people):
    counts = counting.count_tables(people, [("sex",)], domain=DOMAIN)

    assert counts[("sex",)].tolist() == [2, 1, 2]


def test_count_tables_counts_nobody_for_a_code_outside_a_domain_without_missing(people):
    counts = counting.count_tables(people, [("age",), ("age", "sex"), ()], domain=DOMAIN)

    assert counts[("age",)].tolist() == [2, 2]
    assert counts[("age", "sex")].tolist() == [[1, 0, 1], [0, 1, 1]]
    assert int(counts[()]) == 5


def test_count_tables_counts_a_person_once_a_value_and_in_a_bounded_number_of_cells(people):
    counts = counting.count_tables(people, [("means",)], domain=DOMAIN, values_per_person=2)

    first = counting.count_tables(people.limit(1), [("means",)], domain=DOMAIN, values_per_person=2)[("means",)]
    assert first.sum() == 2 and first.max() == 1
    assert counts[("means",)][DOMAIN["means"].index("_U")] == 3


def test_count_tables_bounds_two_columns_of_several_values_by_their_product(people):
    both = people.mutate(work=people["means"])
    domain = DOMAIN | {"work": DOMAIN["means"]}

    counts = counting.count_tables(both.limit(1), [("means", "work")], domain=domain, values_per_person=2)

    assert counts[("means", "work")].sum() == 4
    assert counts[("means", "work")].max() == 1


def test_count_tables_changes_by_one_person_within_its_stated_norm(people):
    tables = [("means",), ("sex", "means"), ("sex",)]
    whole = counting.count_tables(people, tables, domain=DOMAIN)

    without = counting.count_tables(people.filter(people["sex"] != "M"), tables, domain=DOMAIN)

    for table in tables:
        change = np.sum((whole[table] - without[table]) ** 2)
        # A missing value fails the comparison too, so two persons leave here.
        assert change <= 2**2 * counting.squared_norm(table, several={"means"})


def test_count_tables_does_not_depend_on_the_order_of_columns_in_a_table(people):
    counts = counting.count_tables(people, [("sex", "age"), ("age", "sex")], domain=DOMAIN)

    assert np.array_equal(counts[("sex", "age")], counts[("age", "sex")].T)
