"""What does a capture table accept, refuse and turn into?"""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.estimate import capture_tables
from cauce.standards.errors import Refusal

THREE = {"A": [1, 0, 0, 1], "B": [0, 1, 0, 1], "C": [0, 0, 1, 0]}


def codes_refused(columns, **options):
    with pytest.raises((Refusal, ExceptionGroup)) as caught:
        capture_tables.read_table(pa.table(columns), **options)
    found = caught.value.exceptions if isinstance(caught.value, ExceptionGroup) else [caught.value]
    return [refusal.code for refusal in found]


def test_read_table_adds_up_repeated_histories_and_takes_absent_ones_as_zero():
    (table,) = capture_tables.read_table(pa.table({"A": [1, 1, 0], "B": [1, 1, 1], "count": ["2", "3", "4"]}))

    assert table.counts.tolist() == [0, 0, 4, 5]


def test_read_table_refuses_all_faults_of_the_cells_at_once():
    columns = THREE | {"B": [0, 2, 0, 1], "count": ["4", "x", "-1", "2.5"]}

    codes = codes_refused(columns)

    assert codes == [
        "estimate.list_not_binary",
        "estimate.count_not_number",
        "estimate.count_negative",
        "estimate.count_not_whole",
    ]


def test_read_table_refuses_nan_and_infinite_counts():
    assert codes_refused(THREE | {"count": ["nan", "inf", "1", "2"]}) == ["estimate.count_not_number"]


def test_read_table_refuses_a_row_on_no_list():
    assert codes_refused({"A": [1, 0], "B": [1, 0], "count": [3, 9]}) == ["estimate.history_of_nobody"]


def test_read_table_refuses_a_table_that_counts_nobody():
    assert "estimate.nobody_observed" in codes_refused(THREE | {"count": [0, 0, 0, 0]})


def test_read_table_refuses_a_list_with_nobody_on_it():
    assert codes_refused({"A": [1, 1], "B": [0, 1], "C": [0, 0], "count": [3, 9]}) == ["estimate.empty_list"]


def test_read_table_refuses_a_table_without_counts():
    assert codes_refused(THREE) == ["estimate.no_count_column"]


def test_read_table_refuses_more_lists_than_can_be_handled():
    columns = {f"L{place}": [1] for place in range(13)} | {"count": [5]}

    assert codes_refused(columns) == ["estimate.too_many_lists"]


def test_read_table_refuses_one_list_where_overlap_is_needed():
    assert codes_refused({"A": [1], "count": [5]}, needs_overlap=True) == ["estimate.one_list"]


def test_read_table_refuses_lists_without_anybody_in_common_where_overlap_is_needed():
    columns = {"A": [1, 0], "B": [0, 1], "count": [5, 6]}

    assert codes_refused(columns, needs_overlap=True) == ["estimate.no_overlap"]


def test_read_table_names_rows_as_the_file_numbers_them_and_no_value():
    with pytest.raises(Refusal) as refusal:
        capture_tables.read_table(pa.table({"A": [1, 1], "B": [0, 1], "count": ["3", "Maria"]}))

    assert "rows 3" in str(refusal.value)
    assert "Maria" not in str(refusal.value)


def test_read_table_gives_one_table_for_each_draw():
    columns = {"A": [1, 0, 1, 0], "B": [1, 1, 1, 1], "draw": [1, 1, 2, 2], "count": [3, 4, 5, 2]}

    tables = capture_tables.read_table(pa.table(columns))

    assert [table.counts.tolist() for table in tables] == [[0, 0, 4, 3], [0, 0, 2, 5]]


def test_merging_two_lists_keeps_everybody_and_dropping_one_loses_those_on_it_alone():
    table = capture_tables.tabulate(["A", "B", "C"], [[1, 0, 0], [0, 1, 0], [0, 1, 1], [1, 0, 1]], [5, 4, 3, 2])

    merged, dropped = capture_tables.merge_lists(table, "A", "B"), capture_tables.drop_list(table, "A")

    assert merged.lists == ("A+B", "C")
    assert merged.counts.tolist() == [0, 9, 0, 5]
    assert dropped.counts.tolist() == [0, 4, 2, 3]


@given(st.lists(st.integers(0, 50), min_size=7, max_size=7))
def test_overlaps_count_everybody_whose_history_holds_the_lists(counts):
    table = capture_tables.CaptureTable(("A", "B", "C"), np.array([0, *counts], dtype=float))

    overlaps = capture_tables.overlaps(table)

    for term in range(8):
        assert overlaps[term] == sum(count for history, count in enumerate(table.counts) if history & term == term)
