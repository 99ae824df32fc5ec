import numpy as np
import pytest

from cauce.protect import columns


def settled(noisy, *, sigma=5.0, codes=("0", "1"), may_miss=frozenset()):
    declared = columns.declare_columns({"flag": codes})
    return columns.settle_columns(declared, {"flag": np.array(noisy)}, sigma=sigma, may_miss=may_miss)[0]


def test_settle_columns_takes_away_a_missing_place_where_the_noise_finds_nobody():
    column = settled([6_000, 4_000, -3])

    assert column.codes == ("0", "1")
    assert column.is_flag and not column.may_miss
    assert column.home == 0


def test_settle_columns_keeps_a_missing_place_with_people_in_it():
    assert settled([6_000, 4_000, 90]).may_miss


def test_settle_columns_keeps_a_missing_place_that_the_domain_declares():
    assert settled([6_000, 4_000, 0], may_miss=frozenset({"flag"})).may_miss


def test_settle_columns_keeps_a_missing_place_where_the_noise_could_hide_many():
    assert settled([60, 40, 0], sigma=50.0).may_miss


def test_declare_columns_makes_a_flag_of_one_code():
    column = columns.declare_columns({"debt": ["1", ""]})[0]

    assert column.is_flag and column.may_miss
    assert column.codes == ("1", "_U")


@pytest.mark.parametrize(("noisy", "stays"), [([180, 105, 15], False), ([180, 104, 16], True), ([180, 104, 15], True)])
def test_settle_columns_takes_a_missing_place_away_only_where_three_sigmas_hide_a_twentieth_at_most(noisy, stays):
    assert settled(noisy, sigma=5.0).may_miss is stays


def test_settle_columns_gives_the_commonest_code_to_those_whose_place_was_taken_away():
    column = settled([1_000, 4_000, 500, 9], codes=("0", "1", "2"))

    assert (column.codes, column.home) == (("0", "1", "2"), 1)


def test_settle_columns_never_takes_the_second_place_of_a_flag_away():
    column = settled([9_000, 0], codes=("1",))

    assert (column.codes, column.is_flag, column.home) == (("1", "_U"), True, 1)


@pytest.mark.parametrize(("codes", "is_flag", "size"), [((), False, 1), (("1",), True, 2), (("1", "2"), False, 3)])
def test_declare_columns_gives_every_column_a_last_place_for_missing_values(codes, is_flag, size):
    column = columns.declare_columns({"a": codes})[0]

    assert (column.is_flag, column.size, column.home, column.codes[-1]) == (is_flag, size, size - 1, "_U")
