import numpy as np
import pytest

from cauce.protect import linked_cells, threshold
from cauce.protect.attacks import linear
from cauce.protect.left_counts import LeftCounts

NONE = frozenset()


def margins(table, names):
    one, two = names
    return {(): np.asarray(table.sum()), (one,): table.sum(axis=1), (two,): table.sum(axis=0), names: table}


def codes_of(counts):
    return {
        name: tuple(map(str, range(size)))
        for by, table in counts.items()
        for name, size in zip(by, table.shape, strict=True)
    }


def widths(counts, masks, *, k, several=NONE):
    """What an attacker who knows every released figure finds for each cell of 1 to k - 1 people."""
    linked = linked_cells.link_cells(counts, several=several)
    flat = np.concatenate([masks[by].ravel() for by in counts] + [np.zeros(10**5, dtype=bool)])
    withheld = flat[linked.held]
    small = [at for at in range(linked.released) if linked.values[at] < k]
    return linear.bound_cells(linked, withheld, cells=small)


def test_withhold_counts_withholds_small_cells_and_what_would_give_them_away():
    counts = margins(np.array([[3, 40, 50], [60, 70, 80], [90, 20, 30]]), ("a", "b"))

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=NONE)

    assert masks["a", "b"][0, 0]
    assert masks["a", "b"].sum() >= 4
    for least, most in widths(counts, masks, k=10).values():
        assert least <= 0.0 and most >= 10.0


def test_withhold_counts_shows_a_cell_of_nobody_and_all_of_a_table_without_small_cells():
    counts = margins(np.array([[0, 40], [60, 70]]), ("a", "b"))

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=NONE)

    assert not any(mask.any() for mask in masks.values())


def test_withhold_counts_gives_up_the_smallest_figure_that_hides_a_small_one():
    counts = {("a",): np.array([5_000, 3, 12, 400]), (): np.asarray(5_415)}

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=NONE)

    assert masks["a",].tolist() == [False, True, True, False]
    assert not masks[()]


def test_withhold_counts_gives_up_no_more_where_what_is_withheld_hides_it_already():
    counts = {("a",): np.array([5_000, 3, 4, 9, 8, 12, 400]), (): np.asarray(5_436)}

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=NONE)

    assert masks["a",].tolist() == [False, True, True, True, True, False, False]


def test_attacker_works_out_small_cells_where_nothing_else_is_withheld():
    counts = margins(np.array([[3, 40, 50], [60, 70, 80], [90, 20, 30]]), ("a", "b"))
    masks = {by: (table > 0) & (table < 10) for by, table in counts.items()}

    assert list(widths(counts, masks, k=10).values()) == [(3.0, 3.0)]


@pytest.mark.parametrize("seed", range(6))
def test_withhold_counts_leaves_no_small_cell_narrower_than_its_rule(seed):
    rng = np.random.default_rng(seed)
    cube = rng.negative_binomial(1, 0.05, (3, 4, 5))
    counts = {
        (): np.asarray(cube.sum()),
        ("a",): cube.sum(axis=(1, 2)),
        ("a", "b"): cube.sum(axis=2),
        ("b", "c"): cube.sum(axis=0),
        ("c",): cube.sum(axis=(0, 1)),
    }

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=8, several=NONE)

    for least, most in widths(counts, masks, k=8).values():
        assert least <= 1e-6 and most >= 8 - 1e-6


def test_withhold_counts_withholds_what_changed_by_a_few_since_an_earlier_release():
    before = margins(np.array([[40, 40], [60, 70]]), ("a", "b"))
    now = margins(np.array([[41, 40], [60, 70]]), ("a", "b"))

    masks = threshold.withhold_counts(
        now, domain=codes_of(now), threshold=10, several=NONE, earlier=[LeftCounts(before, codes_of(before))]
    )

    assert masks["a", "b"][0, 0] and masks[("a",)][0] and bool(masks[()])


def test_withhold_counts_never_sums_over_a_column_of_several_values():
    counts = {("means",): np.array([30, 5, 40]), (): np.asarray(50)}

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=frozenset({"means"}))

    assert masks[("means",)].tolist() == [False, True, False]


def test_clear_counts_leaves_out_the_figure_and_the_interval_of_a_withheld_cell():
    counts = {("a",): np.array([-1, 40, -1])}

    table = threshold.clear_counts(counts, domain={"a": ("x", "y", "z")}, threshold=10)[0]

    cells = table.observations.to_pylist()
    assert [cell["obs_value"] for cell in cells] == [None, 40, None]
    assert [cell["obs_status"] for cell in cells] == ["Q", "A", "Q"]
    assert cells[0]["lower"] is None and cells[0]["upper"] is None
    assert table.epsilon == 0.0


@pytest.mark.parametrize(("count", "is_shown"), [(9, False), (10, True)])
def test_withhold_counts_shows_a_cell_of_as_many_people_as_the_threshold(count, is_shown):
    counts = {("means",): np.array([count, 40])}

    masks = threshold.withhold_counts(counts, domain=codes_of(counts), threshold=10, several=frozenset({"means"}))

    assert masks["means",].tolist() == [not is_shown, False]


@pytest.mark.parametrize(
    ("change", "is_shown"), [(-10, True), (-9, False), (-1, False), (0, True), (1, False), (9, False), (10, True)]
)
def test_withhold_counts_shows_a_change_of_nobody_or_of_as_many_people_as_the_threshold(change, is_shown):
    before, now = ({("means",): np.array([count, 70])} for count in (40, 40 + change))

    masks = threshold.withhold_counts(
        now, domain=codes_of(now), threshold=10, several=frozenset({"means"}),
        earlier=[LeftCounts(before, codes_of(before))],
    )  # fmt: skip

    assert masks["means",].tolist() == [not is_shown, False]


def test_clear_counts_gives_exact_figures_for_certain_and_says_why_others_are_withheld():
    table = threshold.clear_counts({("a",): np.array([-1, 41])}, domain={"a": ("x", "y")}, threshold=10)[0]

    cell = table.observations.to_pylist()[1]
    assert (cell["obs_value"], cell["lower"], cell["upper"], cell["confidence_level"]) == (41, 41, 41, 1.0)
    assert [str(note) for note in table.notes] == [
        "Withheld cells: 1, either of fewer than 10 people or so that no such cell can be worked out"
    ]
    assert (table.sigma, table.rounding) == (0.0, 1)
