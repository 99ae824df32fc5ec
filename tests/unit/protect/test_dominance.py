from dataclasses import replace

import numpy as np
import pytest

from cauce.protect import linked_cells, threshold
from cauce.protect.attacks import linear
from cauce.protect.dominance import Dominance, find_dominated

NONE = frozenset()
SHARE = 0.8
K = 8


def tables_of(cube):
    return {
        (): np.asarray(cube.sum()),
        ("a",): cube.sum(axis=(1, 2)),
        ("c",): cube.sum(axis=(0, 1)),
        ("a", "b"): cube.sum(axis=2),
        ("b", "c"): cube.sum(axis=0),
    }


def codes_of(counts):
    sizes = {name: size for by, table in counts.items() for name, size in zip(by, table.shape, strict=True)}
    return {name: tuple(map(str, range(size))) for name, size in sizes.items()}


def two_lists(seed):
    """People in the cells of a cube, and those of them on each of two lists; the first holds most of some cells."""
    rng = np.random.default_rng(seed)
    cube = rng.negative_binomial(1, 0.1, (3, 4, 5))
    chance = rng.choice([0.4, 0.95], (3, 4, 1))
    first = rng.binomial(cube, chance)
    both = rng.binomial(first, 0.2)
    return cube, [first, cube - first + both]


def withhold(cube, lists, *, share=SHARE):
    counts = tables_of(cube)
    rule = Dominance(share, [tables_of(one) for one in lists])
    return counts, threshold.withhold_counts(counts, domain=codes_of(counts), threshold=K, several=NONE, dominance=rule)


def flat(linked, masks):
    found = np.zeros(linked.held.max() + 1, dtype=bool)
    given = np.concatenate([mask.ravel() for mask in masks.values()])
    found[: given.size] = given[: found.size]
    return found[linked.held]


def others_found_by_partners(counts, masks, lists, *, share=SHARE):
    """For each dominated cell, what its partner finds of the others in it and how many must seem possible to it.

    The partner knows its own people in every cell and takes them off every figure: it attacks the table of the others.
    """
    linked = linked_cells.link_cells(counts, several=NONE)
    rule = Dominance(share, [tables_of(one) for one in lists])
    found = []
    for own in find_dominated(linked, rule, counts=counts, several=NONE):
        others = replace(linked, values=linked.values - own.known)
        cells = np.flatnonzero(np.isfinite(own.least))
        ends = linear.bound_cells(others, flat(linked, masks), cells=cells)
        found += [(*ends[int(cell)], own.most[cell] - own.known[cell]) for cell in cells]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_withhold_counts_keeps_each_partner_from_the_few_others_in_a_cell(seed):
    cube, lists = two_lists(seed)

    counts, masks = withhold(cube, lists)

    found = others_found_by_partners(counts, masks, lists)
    assert len(found) > 3
    assert all(least <= 1e-6 and most >= wanted - 1e-6 for least, most, wanted in found)


@pytest.mark.parametrize("seed", range(3))
def test_withhold_counts_keeps_small_cells_where_there_is_a_rule_of_dominance_too(seed):
    cube, lists = two_lists(seed)

    counts, masks = withhold(cube, lists)

    linked = linked_cells.link_cells(counts, several=NONE)
    small = [cell for cell in range(linked.released) if linked.values[cell] < K]
    found = linear.bound_cells(linked, flat(linked, masks), cells=small)
    assert small
    assert all(least <= 1e-6 and most >= K - 1e-6 for least, most in found.values())


@pytest.mark.parametrize("seed", range(4))
def test_partner_works_out_the_others_where_only_dominated_cells_are_withheld(seed):
    cube, lists = two_lists(seed)
    counts = tables_of(cube)
    linked = linked_cells.link_cells(counts, several=NONE)
    rule = Dominance(SHARE, [tables_of(one) for one in lists])
    dominated = np.zeros(sum(table.size for table in counts.values()), dtype=bool)
    for own in find_dominated(linked, rule, counts=counts, several=NONE):
        dominated[linked.held[np.isfinite(own.least)]] = True
    ends = np.cumsum([table.size for table in counts.values()])[:-1]
    masks = dict(zip(counts, np.split(dominated, ends), strict=True))

    found = others_found_by_partners(counts, masks, lists)

    assert any(least == most for least, most, _ in found)


def test_withhold_counts_withholds_a_cell_nearly_all_of_one_list_and_what_would_give_it_away():
    counts = {("a",): np.array([100, 50, 60]), (): np.asarray(210)}
    list_of_one = {("a",): np.array([95, 10, 20]), (): np.asarray(125)}

    masks = threshold.withhold_counts(
        counts, domain=codes_of(counts), threshold=K, several=NONE, dominance=Dominance(0.9, [list_of_one])
    )

    assert masks[("a",)].tolist() == [True, True, False]


@pytest.mark.parametrize("known", [100, 90, 40])
def test_withhold_counts_shows_a_cell_of_one_list_alone_and_one_at_the_share(known):
    counts = {("a",): np.array([100])}

    masks = threshold.withhold_counts(
        counts,
        domain=codes_of(counts),
        threshold=K,
        several=NONE,
        dominance=Dominance(0.9, [{("a",): np.array([known])}]),
    )

    assert masks[("a",)].tolist() == [False]


def test_partner_must_find_one_person_more_possible_where_its_share_is_nearly_all():
    # Of 999 known in 1,000 the share would end at 1,000.5 people: no whole number above what is there.
    counts = {("a",): np.array([1_000])}
    linked = linked_cells.link_cells(counts, several=frozenset({"a"}))
    rule = Dominance(0.9985, [{("a",): np.array([999])}])

    found = find_dominated(linked, rule, counts=counts, several=frozenset({"a"}))[0]

    assert (found.least.tolist(), found.most.tolist()) == ([999.0], [1_001.0])
