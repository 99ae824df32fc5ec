import numpy as np
import pytest

from cauce.protect import differencing, threshold
from cauce.protect.attacks import differences
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


def unprotected(counts, *, earlier, domain=DOMAIN):
    """The gate without its memory: this release is protected as if it were the first."""
    return release(counts, domain=domain)


def given_away(before, now, counts):
    narrow = differencing.narrow_cells(before, now, counts, threshold=K, several=NONE)
    return sum(int(mask.sum()) for mask in narrow.values())


def exact_leaks(before, now, *, first, then):
    """Cells whose true change is of 1 to K - 1 people and not possible as none or as K: judged with the truth in hand."""
    found = 0
    for way, sign in (("came", 1), ("left", -1)):
        learnt = differences.bound_changes(before, now, several=NONE, way=way)
        for by in then if learnt else ():
            moved, ends = sign * (then[by] - first[by]), learnt.changes[by]
            few = (moved > 0) & (moved < K)
            found += int((few & ((ends[..., 0] > 1e-6) | (ends[..., 1] < K - 1e-6))).sum())
    return found


def two_cubes(seed, way):
    """A population at two times: some came, or some left."""
    rng = np.random.default_rng(seed)
    cube = rng.negative_binomial(1, 0.05, (3, 4, 5))
    few = rng.binomial(1, 0.2, cube.shape) * rng.integers(1, 15, cube.shape)
    return (cube, cube + few) if way == "came" else (cube, np.maximum(cube - few, 0))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(2))
def test_withhold_counts_gives_no_small_change_away_between_two_releases(seed, way):
    first, then = (tables_of(cube) for cube in two_cubes(seed, way))
    before = release(first)

    now = release(then, earlier=[before])

    assert given_away(before, now, then) == 0
    assert exact_leaks(before, now, first=first, then=then) == 0


@pytest.mark.parametrize("way", WAYS)
def test_attacker_finds_small_changes_where_releases_do_not_know_of_each_other(way):
    leaks = []
    for seed in range(2):
        first, then = (tables_of(cube) for cube in two_cubes(seed, way))
        before = release(first)
        leaks.append(exact_leaks(before, unprotected(then, earlier=[before]), first=first, then=then))

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
    counts = tables_of(two_cubes(1, "came")[0])
    before = release(counts)

    now = release(counts, earlier=[before])

    assert all((now.tables[by] == before.tables[by]).all() for by in TABLES)


def test_a_finer_table_later_does_not_undo_what_was_withheld_before():
    first, then = two_cubes(2, "came")
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
    first, then = two_cubes(3, "came")
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
