import numpy as np
import pytest

from cauce.protect import categories, flags, rows, targets
from cauce.protect.columns import Column
from cauce.protect.consistency import Query, reconcile

MISS = "_U"


def aims_of(places, columns, *, rate=None, sigma=0.5):
    """Targets from exact counts, said to have noise next to nothing."""
    queries = []
    for at, one in enumerate(columns):
        for on, two in list(enumerate(columns))[at + 1 :]:
            joint = places[:, at] * two.size + places[:, on]
            table = np.bincount(joint, minlength=one.size * two.size).reshape(one.size, two.size)
            queries.append(Query((one.name, two.name), table.astype(float), sigma))
    parts = reconcile(queries, {column.name: column.size for column in columns})
    return targets.aim_at(parts, columns, rate=rate)


def people(rng, number=6_000):
    columns = (
        Column("area", ("A", "B", "C", "D", MISS), 4),
        Column("age", ("0", "1", "2", MISS), 3),
        Column("sex", ("F", "M"), 0),
        Column("debt", ("1", MISS), 1),
        Column("force", ("1", MISS), 1),
    )
    area = rng.choice(5, number, p=[0.5, 0.2, 0.1, 0.002, 0.198])
    age = np.where(rng.random(number) < 0.7, area % 3, rng.choice(4, number))
    sex = (rng.random(number) < 0.3 + 0.1 * area / 4).astype(int)
    debt = 1 - (rng.random(number) < 0.1 + 0.5 * (age == 1)).astype(int)
    force = 1 - (rng.random(number) < 0.2 + 0.4 * (debt == 0)).astype(int)
    return np.stack([area, age, sex, debt, force], axis=1), columns


def test_draw_rows_meets_the_table_of_every_pair():
    places, columns = people(np.random.default_rng(1))
    aims = aims_of(places, columns)

    drawn = rows.draw_rows(columns, aims, rng=np.random.default_rng(2))

    assert drawn.shape == places.shape
    assert rows.misfit(drawn, columns, aims) < 0.002


def test_draw_rows_holds_no_pair_that_was_withheld():
    places, columns = people(np.random.default_rng(1))
    aims = aims_of(places, columns, rate=0.01)
    for pair, published in aims.published.items():
        if pair == ("area", "debt"):
            published[1, 0] = False
        if pair == ("age", "sex"):
            published[2, :] = False

    drawn = rows.draw_rows(columns, aims, rng=np.random.default_rng(3))

    names = [column.name for column in columns]
    for (one, two), published in aims.published.items():
        first, second = drawn[:, names.index(one)], drawn[:, names.index(two)]
        held = (first >= 0) & (second >= 0)
        assert published[first[held], second[held]].all()
    assert (drawn[:, names.index("age")] == 2).any()
    assert (drawn[drawn[:, 1] == 2][:, 2] == rows.BLANK).all()


def test_draw_rows_leaves_blank_only_what_could_not_stand_beside_the_other_values():
    places, columns = people(np.random.default_rng(1))
    work = np.random.default_rng(2).integers(0, 3, len(places))
    places, columns = np.column_stack([places, work]), (*columns, Column("work", ("home", "farm", MISS), 2))
    aims = aims_of(places, columns, rate=0.01)
    for published in aims.published.values():
        published[:] = True
    aims.published["area", "age"][0] = False
    aims.published["age", "sex"][2] = False
    aims.published["age", "work"][1, 0] = False
    aims.published["sex", "debt"][1] = False

    drawn = rows.draw_rows(columns, aims, rng=np.random.default_rng(3))

    assert {int(at) for at in np.flatnonzero((drawn == rows.BLANK).any(axis=0))} == {1, 2, 3}
    for at, column in enumerate(columns):
        blank = drawn[drawn[:, at] == rows.BLANK]
        for place in range(column.size):
            withheld = [
                (blank[:, on] >= 0) & ~aims.is_published(other.name, column.name)[blank[:, on], place]
                for on, other in enumerate(columns)
                if on != at
            ]
            assert np.any(withheld, axis=0).all()


def test_misfit_is_nil_for_rows_that_hold_the_tables_and_the_share_of_rows_that_stand_elsewhere():
    places, columns = people(np.random.default_rng(1), number=1_000)
    aims = aims_of(places, columns)
    moved = places.astype(np.int16)
    moved[:300, 2] = rows.BLANK

    assert rows.misfit(places.astype(np.int16), columns, aims) < 1e-3
    # Four pairs of ten hold the sex, and each of them lacks three rows in ten: half of .3 each.
    assert rows.misfit(moved, columns, aims) == pytest.approx(0.4 * 0.5 * 0.3, abs=1e-3)


@pytest.mark.parametrize("number", [1, 2, 30])
def test_draw_rows_works_for_a_handful_of_people(number):
    places, columns = people(np.random.default_rng(4), number=number)

    drawn = rows.draw_rows(columns, aims_of(places, columns, rate=0.01), rng=np.random.default_rng(5))

    assert drawn.shape == (number, 5)


@pytest.mark.parametrize("kind", ["flags", "cats", "one"])
def test_draw_rows_works_for_columns_of_one_kind(kind):
    places, columns = people(np.random.default_rng(6), number=2_000)
    chosen = {"flags": [2, 3, 4], "cats": [0, 1], "one": [0]}[kind]
    some = tuple(columns[at] for at in chosen)
    if kind == "one":
        table = np.bincount(places[:, 0], minlength=5).astype(float)
        aims = targets.aim_at(reconcile([Query(("area",), table, 0.5)], {"area": 5}), some, rate=None)
    else:
        aims = aims_of(places[:, chosen], some)

    drawn = rows.draw_rows(some, aims, rng=np.random.default_rng(7))

    assert rows.misfit(drawn, some, aims) < 0.01
    assert np.bincount(drawn[:, 0], minlength=2) == pytest.approx(
        np.bincount(places[:, chosen[0]], minlength=2), abs=40
    )


@pytest.mark.parametrize("limits", [{"_LEAST_ROWS": 1, "_WORK": 20_000}, {"_GROUPS": 13}])
def test_draw_rows_meets_its_tables_where_the_work_is_done_on_a_part_of_the_rows_or_in_parts(monkeypatch, limits):
    rng = np.random.default_rng(8)
    columns = tuple(Column(name, (*map(str, range(11)), MISS), 11) for name in "abcd")
    columns += tuple(Column(name, ("1", MISS), 1) for name in "ef")
    codes = np.minimum(rng.geometric(0.3, (6_000, 4)) - 1, 11)
    codes[:, 1] = np.where(rng.random(6_000) < 0.5, codes[:, 0], codes[:, 1])
    flags = (rng.random((6_000, 2)) < 0.3 + 0.05 * codes[:, :1]).astype(int)
    aims = aims_of(np.column_stack([codes, flags]), columns)
    for name, limit in limits.items():
        monkeypatch.setattr(rows, name, limit)

    drawn = rows.draw_rows(columns, aims, rng=np.random.default_rng(9))

    assert rows.misfit(drawn, columns, aims) < 0.007


@pytest.mark.parametrize("kind", ["flags", "cats", "both"])
def test_draw_rows_keeps_near_its_targets_however_noisy_they_were(kind):
    places, columns = people(np.random.default_rng(1))
    chosen = {"flags": [2, 3, 4], "cats": [0, 1], "both": [0, 1, 2, 3, 4]}[kind]
    some = tuple(columns[at] for at in chosen)
    aims = aims_of(places[:, chosen], some, sigma=20.0)

    drawn = rows.draw_rows(some, aims, rng=np.random.default_rng(2))

    assert rows.misfit(drawn, some, aims) < 0.004


def test_draw_rows_fits_its_curves_on_no_more_rows_than_the_work_allows(monkeypatch):
    places, columns = people(np.random.default_rng(1))
    many = Column("town", tuple(map(str, range(300))) + (MISS,), 300)
    places, columns = np.column_stack([places, np.arange(len(places)) % 300]), (*columns, many)
    aims, touched = aims_of(places, columns), []
    fit_choice, fit_flag = categories.fit_choice, flags.fit_flag

    def touch_choice(choice, **terms):
        touched.append(("choice", len(choice.weights) * choice.features.sum(axis=1).max() * choice.targets.shape[1]))
        return fit_choice(choice, **terms)

    def touch_flag(features, targets, **terms):
        touched.append(("flag", features.signs.shape[0] * (features.signs.shape[1] + 10)))
        return fit_flag(features, targets, **terms)

    monkeypatch.setattr(categories, "fit_choice", touch_choice)
    monkeypatch.setattr(flags, "fit_flag", touch_flag)
    monkeypatch.setattr(rows, "_LEAST_ROWS", 1)
    monkeypatch.setattr(rows, "_WORK", 10_000)

    rows.draw_rows(columns, aims, rng=np.random.default_rng(2))

    for kind in ("choice", "flag"):
        most = max(numbers for one, numbers in touched if one == kind)
        assert 9_000 < most <= 10_000
