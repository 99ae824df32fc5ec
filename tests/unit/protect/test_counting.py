from itertools import combinations

import ibis
import numpy as np
import pytest

from cauce.protect import counting, grouping

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


def test_count_tables_keeps_the_values_of_others_when_a_person_leaves():
    lists = [["a", "b", "c", "d"][place % 3 :] + ["zz"] * (place % 2) for place in range(40)]
    people = ibis.memtable({"means": lists})
    whole = counting.count_tables(people, [("means",)], domain=DOMAIN, values_per_person=1)[("means",)]

    for place in range(5):
        others = ibis.memtable({"means": lists[:place] + lists[place + 1 :]})
        without = counting.count_tables(others, [("means",)], domain=DOMAIN, values_per_person=1)[("means",)]
        assert np.abs(whole - without).sum() == 1


def test_count_tables_keeps_other_values_than_the_first_of_the_alphabet():
    codes = [f"code{'x' * place}" for place in range(9)]
    people = ibis.memtable({"means": [codes[start:] for start in range(6)]})

    counts = counting.count_tables(people, [("means",)], domain={"means": codes}, values_per_person=1)[("means",)]

    assert counts.sum() == 6 and (counts > 0).sum() > 2


def test_count_tables_is_the_same_by_whole_rows_and_by_sets_of_columns():
    rng = np.random.default_rng(1)
    codes = {f"c{place}": [str(code) for code in range(2 + place % 3 * 7)] + ["_U"] for place in range(12)}
    people = ibis.memtable({name: rng.choice([*known, None], 400).tolist() for name, known in codes.items()})
    tables = [(), *((name,) for name in codes), *combinations(codes, 2), ("c0", "c4", "c8")]

    by_rows = counting.count_tables(people, tables, domain=codes)
    by_sets = counting.count_tables(people, tables, domain=codes, most_values=0)

    assert all(np.array_equal(by_rows[table], by_sets[table]) for table in tables)
    assert int(by_sets[()]) == 400


def test_count_tables_tells_values_outside_the_domain_apart_where_it_has_a_place_for_them(people):
    counts = counting.count_tables(people, [("sex",)], domain={"sex": ("F", "M", "_U", "_X")})

    assert counts[("sex",)].tolist() == [2, 1, 1, 1]


def test_count_tables_does_not_depend_on_the_order_of_columns_in_a_table(people):
    counts = counting.count_tables(people, [("sex", "age"), ("age", "sex")], domain=DOMAIN)

    assert np.array_equal(counts[("sex", "age")], counts[("age", "sex")].T)


@pytest.mark.parametrize(("values", "told"), [(49, 49), (50, 50), (51, 50), (400, 50)])
def test_count_strangers_tells_fifty_values_at_most(values, told):
    people = ibis.memtable({"sex": ["F", *(f"x{number}" for number in range(values))]})

    assert counting.count_strangers(people, "sex", codes=["F"]) == told


@pytest.mark.parametrize(
    ("first", "others", "sets"), [(5, 5, 1), (10, 10, 1), (14, 14, 3), (80, 80, 3), (1, 80, 3), (80, 1, 3)]
)
def test_count_tables_groups_whole_rows_only_where_few_of_them_differ(monkeypatch, first, others, sets):
    # Thirty values of three columns are ten rows; twenty rows are looked at before all are.
    codes = [str(code) for code in range(200)]
    rows = [place % first for place in range(30)] + [place % others for place in range(370)]
    people = ibis.memtable({name: [codes[row] for row in rows] for name in "abc"})
    shared, asked = grouping.share_out_queries, []
    monkeypatch.setattr(
        grouping, "share_out_queries", lambda chosen, **terms: asked.append(chosen) or shared(chosen, **terms)
    )

    counts = counting.count_tables(
        people, list(combinations("abc", 2)), domain=dict.fromkeys("abc", codes), most_values=30
    )

    assert len(asked[0]) == sets
    assert all(np.trace(table) == 400 for table in counts.values())


@pytest.mark.parametrize(("alike", "told"), [(9_999, 2), (10_000, 1)])
def test_count_strangers_looks_at_ten_thousand_rows_without_a_code(alike, told):
    people = ibis.memtable({"sex": [*["x"] * alike, *(f"y{number}" for number in range(1))]})

    assert counting.count_strangers(people, "sex", codes=["F"]) == told


@pytest.mark.parametrize(("codes", "answers"), [(2, 3), (3, 7), (10, 175)])
def test_count_tables_reckons_with_every_answer_that_a_person_may_give(people, monkeypatch, codes, answers):
    # One of ten codes, two or three of them: 10 + 45 + 120.
    choose, reckoned = grouping.choose_sets, {}
    monkeypatch.setattr(
        grouping, "choose_sets", lambda tables, *, sizes: reckoned.update(sizes) or choose(tables, sizes=sizes)
    )

    domain = {"sex": DOMAIN["sex"], "means": tuple("abcdefghij"[:codes])}
    counting.count_tables(people, [("sex", "means")], domain=domain)

    assert reckoned == {"sex": 3, "means": answers}


@pytest.mark.parametrize("most_values", [0, 1_000])
def test_count_tables_counts_columns_of_any_name(most_values):
    names = ["group", "Order", "fecha de ingreso", "año", "a-b", "select"]
    codes = [str(code) for code in range(200)]
    people = ibis.memtable({name: [str(place), "7", "7"] for place, name in enumerate(names)})

    counts = counting.count_tables(
        people, list(combinations(names, 2)), domain=dict.fromkeys(names, codes), most_values=most_values
    )

    for one, two in combinations(range(len(names)), 2):
        table = counts[names[one], names[two]]
        assert (table.sum(), table[7, 7], table[one, two]) == (3, 2, 1)
