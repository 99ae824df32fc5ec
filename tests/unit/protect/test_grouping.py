from itertools import combinations
from math import prod

import pytest

from cauce.protect import grouping

SIZES = {f"c{place:02}": size for place, size in enumerate([41, 20, 13, 9, 6, *[2] * 40])}


@pytest.mark.parametrize("most", [100, 1 << 14])
def test_choose_sets_gives_every_table_to_one_set_that_holds_its_columns(most):
    tables = [(), *((name,) for name in SIZES), *combinations(SIZES, 2), ("c00", "c01", "c02")]

    sets = grouping.choose_sets(tables, sizes=SIZES, most_cells=most)

    given = [table for inside in sets.values() for table in inside]
    assert sorted(given) == sorted(tables)
    assert all(set(table) <= set(names) for names, inside in sets.items() for table in inside)


def test_choose_sets_never_exceeds_the_cells_of_its_largest_table_or_of_the_limit():
    tables = list(combinations(SIZES, 2))

    sets = grouping.choose_sets(tables, sizes=SIZES, most_cells=1_000)

    assert all(prod(SIZES[name] for name in names) <= 1_000 for names in sets)
    assert len(sets) < len(tables) / 14


def test_choose_sets_takes_all_columns_at_once_where_their_cells_are_few():
    assert len(grouping.choose_sets([("a", "b"), ("b", "c"), ()], sizes={"a": 2, "b": 3, "c": 4})) == 1


def test_share_out_queries_loses_no_set_and_lets_a_large_one_stand_alone():
    sets = [("c00", "c01"), ("c02",), ("c03", "c04"), ("c05",)]

    queries = list(grouping.share_out_queries(sets, sizes=SIZES, most_cells=100))

    assert [one for query in queries for one in query] == sets
    assert queries[0] == [("c00", "c01")]


def test_share_out_queries_gives_a_query_thirty_sets_and_a_million_cells_at_most():
    small = [(f"s{place}",) for place in range(61)]
    large = [("a",), ("b",), ("c",)]
    sizes = {name: 2 for (name,) in small} | {"a": 1 << 19, "b": 1 << 19, "c": 1}

    assert [len(query) for query in grouping.share_out_queries(small, sizes=sizes)] == [30, 30, 1]
    assert list(grouping.share_out_queries(large, sizes=sizes)) == [[("a",), ("b",)], [("c",)]]


def test_choose_sets_fills_a_set_to_sixteen_thousand_cells_and_no_more():
    flags = {f"f{place:02}": 2 for place in range(20)}

    sets = grouping.choose_sets(list(combinations(flags, 2)), sizes=flags)

    assert max(prod(flags[name] for name in names) for names in sets) == 1 << 14
