import numpy as np

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
