from itertools import combinations

import numpy as np
import pytest

from cauce.protect import linked_cells

NONE = frozenset()


def some_counts(rng):
    cube = rng.negative_binomial(1, 0.3, (3, 2, 4))
    return cube, {("a", "b", "c"): cube, ("c", "a"): cube.sum(axis=1).T, (): np.asarray(cube.sum())}


def test_link_cells_adds_every_margin_that_tables_share_and_no_more():
    _, counts = some_counts(np.random.default_rng(1))

    linked = linked_cells.link_cells(counts, several=NONE)

    margins = [frozenset(one) for length in range(4) for one in combinations("abc", length)]
    assert sorted(map(sorted, linked.tables)) == sorted(map(sorted, margins))
    assert list(linked.tables)[:3] == list(counts)
    assert linked.released == sum(np.count_nonzero(table) for table in counts.values())


@pytest.mark.parametrize("several", [NONE, frozenset("b"), frozenset("abc")])
def test_equations_of_linked_cells_hold_for_their_counts_and_for_those_of_some_of_the_people(several):
    rng = np.random.default_rng(2)
    cube, counts = some_counts(rng)
    some = rng.binomial(cube, 0.4)
    own = {("a", "b", "c"): some, ("c", "a"): some.sum(axis=1).T, (): np.asarray(some.sum())}

    linked = linked_cells.link_cells(counts, several=several)

    placed = linked_cells.place_counts(linked, own, several=several)
    assert not (linked.equations @ linked.values).any()
    assert not (linked.equations @ placed).any()
    assert placed.size == linked.values.size and (placed <= linked.values).all()
    assert (linked.equations.shape[0] == 0) == (several == frozenset("abc"))


def test_equations_of_linked_cells_say_all_that_adding_up_says():
    cube = np.arange(1, 25).reshape(3, 2, 4)

    linked = linked_cells.link_cells({("a", "b", "c"): cube}, several=NONE)

    # Whoever knows the 24 cells of the cube knows all others, and nobody knows more.
    assert linked.values.size - np.linalg.matrix_rank(linked.equations.toarray()) == cube.size
