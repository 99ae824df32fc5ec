import numpy as np
import pytest
from tests import attacked_gate

from cauce.protect import differencing, threshold
from cauce.protect.left_counts import LeftCounts
from cauce.standards.errors import Refusal

NONE = frozenset()
K = 8
TABLES = [(), ("a",), ("c",), ("a", "b"), ("b", "c")]
WAYS = ("came", "left")


def codes(**sizes):
    return {name: tuple(f"{name}{place}" for place in range(size)) for name, size in sizes.items()}


DOMAIN = codes(a=3, b=4, c=5)


def tables_of(cube, tables=TABLES, names="abc"):
    return {
        by: np.transpose(
            cube.sum(axis=tuple(at for at, name in enumerate(names) if name not in by)),
            [[name for name in names if name in by].index(name) for name in by],
        )
        for by in tables
    }


def release(counts, *, earlier=(), domain=DOMAIN):
    masks = threshold.withhold_counts(counts, domain=domain, threshold=K, several=NONE, earlier=earlier)
    return LeftCounts(threshold.hide(counts, masks), domain)


def given_away(before, now, counts):
    narrow = differencing.narrow_cells(before, now, counts, threshold=K, several=NONE)
    return sum(int(mask.sum()) for mask in narrow.values())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(2))
def test_withhold_counts_gives_no_small_change_away_between_two_releases(seed, way):
    first, then = (tables_of(cube) for cube in attacked_gate.two_populations(seed, way))
    before = release(first)

    now = release(then, earlier=[before])

    assert given_away(before, now, then) == 0
    assert attacked_gate.small_changes_given_away(before, now, first=first, then=then, threshold=K) == 0


def test_withhold_counts_hides_one_neighbour_of_a_cell_that_is_given_away_and_not_all():
    hidden = 0
    for seed in range(2):
        first, then = (tables_of(cube) for cube in attacked_gate.two_populations(seed, "came"))
        now = release(then, earlier=[release(first)])
        hidden += sum(int((table == differencing.WITHHELD).sum()) for table in now.tables.values())

    # Of 82 figures; all neighbours at once would hide 60.
    assert hidden <= 52


@pytest.mark.parametrize("way", WAYS)
def test_attacker_finds_small_changes_where_releases_do_not_know_of_each_other(way):
    leaks = []
    for seed in range(2):
        first, then = (tables_of(cube) for cube in attacked_gate.two_populations(seed, way))
        before = release(first)
        leaks.append(attacked_gate.small_changes_given_away(before, release(then), first=first, then=then, threshold=K))

    assert min(leaks) > 0


@pytest.mark.parametrize("change", [1, -1])
def test_one_person_more_or_less_is_hidden_in_every_table(change):
    cube = np.full((3, 4, 5), 20)
    moved = cube.copy()
    moved[1, 2, 3] += change
    before = release(tables_of(cube))

    now = release(tables_of(moved), earlier=[before])

    assert not any((table < 0).any() for table in before.tables.values())
    assert now.tables[()] < 0 and now.tables["a", "b"][1, 2] < 0 and now.tables["b", "c"][2, 3] < 0
    assert given_away(before, now, tables_of(moved)) == 0


def test_the_same_figures_again_are_released_as_they_were():
    counts = tables_of(attacked_gate.two_populations(1, "came")[0])
    before = release(counts)

    now = release(counts, earlier=[before])

    assert all((now.tables[by] == before.tables[by]).all() for by in TABLES)


def test_a_finer_table_later_does_not_undo_what_was_withheld_before():
    first, then = attacked_gate.two_populations(2, "came")
    before = release(tables_of(first, [("a",), ("a", "b")]))
    counts = tables_of(then, [("a", "b", "c")])

    now = release(counts, earlier=[before])

    assert given_away(before, now, counts) == 0


def test_three_releases_in_a_row_give_no_pair_away():
    rng = np.random.default_rng(4)
    cube, left = rng.negative_binomial(1, 0.05, (3, 4, 5)), []
    for _ in range(3):
        counts = tables_of(cube)
        now = release(counts, earlier=left)
        assert [given_away(before, now, counts) for before in left] == [0] * len(left)
        left.append(now)
        cube = cube + rng.binomial(1, 0.1, cube.shape) * 9


def test_codes_may_be_added_and_cells_are_compared_by_their_codes():
    first, then = attacked_gate.two_populations(3, "came")
    wider = codes(a=3, b=4, c=6)
    counts = tables_of(np.concatenate([then[:, :, :2], np.full((3, 4, 1), 9), then[:, :, 2:]], axis=2))
    domain = wider | {"c": ("c0", "c1", "c9", "c2", "c3", "c4")}
    before = release(tables_of(first))

    now = release(counts, earlier=[before], domain=domain)

    assert given_away(before, now, counts) == 0


def test_bands_redrawn_over_people_who_left_before_are_refused():
    counts = {("age",): np.array([40, 60])}
    before = release(counts, domain={"age": ("0-17", "18-")})

    with pytest.raises(Refusal) as refused:
        release({("age",): np.array([37, 3, 60])}, earlier=[before], domain={"age": ("0-14", "15-17", "18-")})

    assert refused.value.code == "protect.codes_withdrawn"
    assert "0-17" in str(refused.value.found)


@pytest.mark.parametrize(("left", "refused"), [(0, 0), (12, 1), (differencing.WITHHELD, 1)])
def test_check_codes_lets_a_code_go_only_where_nobody_left_under_it(left, refused):
    tables = {("a", "b"): np.array([[30, 0], [left, 0]]), ("b",): np.array([30 + max(left, 0), 0])}
    before = LeftCounts(tables, {"a": ("x", "y"), "b": ("u", "v")})

    found = differencing.check_codes({"a": ("x", "new"), "b": ("u",)}, [before, before])

    assert ["has the code y," in str(refusal.found) for refusal in found] == [True] * refused


def test_check_codes_lets_a_whole_column_go():
    before = LeftCounts({("a",): np.array([30, 12])}, {"a": ("x", "y")})

    assert differencing.check_codes({"b": ("u",)}, [before]) == []


def test_align_turns_an_earlier_table_to_the_order_of_columns_and_codes_of_today():
    before = LeftCounts({("a", "b"): np.array([[1, 2, 3], [4, 5, -1]])}, {"a": ("x", "y"), "b": ("u", "v", "w")})
    today = {("b", "a"): np.zeros((3, 3), dtype=np.int64), ("b",): np.zeros(3, dtype=np.int64)}

    aligned = differencing.align(before, today, domain={"a": ("y", "new", "x"), "b": ("w", "u", "late")})

    none = differencing.ABSENT
    assert aligned["b", "a"].tolist() == [[-1, none, 3], [4, none, 1], [none, none, none]]
    assert aligned["b",].tolist() == [none, none, none]


@pytest.mark.parametrize(("count", "is_shown"), [(K - 1, False), (K, True)])
def test_a_coarser_table_later_does_not_give_away_what_a_finer_one_withheld(count, is_shown):
    # Whoever has the 20 beside the withheld count takes it from the sum; as many as the threshold were never withheld.
    domain = codes(a=2, b=2)
    before = release({("a", "b"): np.array([[count, 20], [40, 50]])}, domain=domain)

    now = release({("a",): np.array([count + 20, 90])}, earlier=[before], domain={"a": domain["a"]})

    assert (now.tables["a",] != differencing.WITHHELD).tolist() == [is_shown, True]
