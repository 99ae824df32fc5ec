"""The suite that every engine must pass: the gate counts the same people alike, whoever holds them."""

from collections import Counter
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from tests.engines import ENGINES, connect_engine, load_people

from cauce.protect import counting

DOMAIN = {
    "sex": ("F", "M", "_U"),
    "age": tuple("012345678"),
    "area": tuple(f"A{place:02}" for place in range(30)) + ("_U",),
    "means": ("a", "b", "c", "d", "_U"),
    **{f"flag{place}": ("1", "_U") for place in range(9)},
}
TABLES = [(), ("sex",), *combinations(["sex", "age", "area", *(f"flag{place}" for place in range(9))], 2)]
PEOPLE = 600


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    with connect_engine(request.param) as engine:
        yield engine


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    columns = {name: rng.choice([*codes, None, "it's"], PEOPLE).tolist() for name, codes in DOMAIN.items()}
    lists = [rng.choice(["a", "b", "c", "d", "zz"], size).tolist() for size in rng.integers(0, 6, PEOPLE)]
    return columns | {"means": [None if place % 50 == 0 else some for place, some in enumerate(lists)]}


@pytest.fixture(scope="module")
def people(engine, rows):
    types = {name: pa.list_(pa.string()) if name == "means" else pa.string() for name in rows}
    return load_people(engine, pa.table({name: pa.array(rows[name], type=types[name]) for name in rows}))


def by_hand(rows, table):
    """The count of each cell by a loop over the people."""
    columns = [[_place(value, DOMAIN[name]) for value in rows[name]] for name in table]
    found = Counter(zip(*columns, strict=True)) if table else Counter({(): PEOPLE})
    counts = np.zeros([len(DOMAIN[name]) for name in table], dtype=int)
    for cell, number in found.items():
        if all(place is not None for place in cell):
            counts[cell] = number
    return counts


def _place(value, codes):
    known = value if value in codes else "_U"
    return codes.index(known) if known in codes else None


@pytest.mark.parametrize("most_values", [0, 10**9], ids=["by sets of columns", "by whole rows"])
def test_engine_counts_every_table_as_by_hand(people, rows, most_values):
    counts = counting.count_tables(people, TABLES, domain=DOMAIN, most_values=most_values)

    assert all(np.array_equal(counts[table], by_hand(rows, table)) for table in TABLES)


def test_engine_counts_a_person_once_for_each_of_her_values(people, rows):
    counts = counting.count_tables(people, [("means",), ("sex", "means")], domain=DOMAIN, values_per_person=9)

    told = [{value if value in DOMAIN["means"] else "_U" for value in some or ["_U"]} for some in rows["means"]]
    assert counts[("means",)].tolist() == [sum(code in some for some in told) for code in DOMAIN["means"]]
    assert np.array_equal(counts[("sex", "means")].sum(axis=0), counts[("means",)])


def test_engine_counts_a_person_in_as_many_cells_as_stated_at_most(people, rows):
    counts = counting.count_tables(people, [("means",)], domain=DOMAIN, values_per_person=2)[("means",)]

    told = [{value if value in DOMAIN["means"] else "_U" for value in some or ["_U"]} for some in rows["means"]]
    assert counts.sum() == sum(min(len(some), 2) for some in told)


def test_engine_counts_a_person_in_every_pair_of_her_values_in_two_lists(people, rows):
    both = people.mutate(work=people["means"])

    counts = counting.count_tables(
        both, [("means", "work")], domain=DOMAIN | {"work": DOMAIN["means"]}, values_per_person=3
    )

    single = counting.count_tables(people, [("means",)], domain=DOMAIN, values_per_person=3)
    assert np.array_equal(np.diag(counts[("means", "work")]), single[("means",)])
    assert np.array_equal(counts[("means", "work")], counts[("means", "work")].T)
