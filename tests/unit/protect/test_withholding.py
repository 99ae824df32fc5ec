import numpy as np
import pytest

from cauce.protect import withholding
from cauce.protect.withholding import Cells


def sparse_cells(rng, *, sigma=10.0, size=60, filled=0.3):
    exact = np.where(rng.random((size, size)) < filled, rng.exponential(150.0, (size, size)).round() + 1, 0.0)
    noisy = exact + rng.normal(0.0, sigma, exact.shape)
    foretold = np.outer(exact.sum(axis=1), exact.sum(axis=0)) / exact.sum()
    return exact, {("a", "b"): Cells(noisy, sigma, foretold, np.ones(exact.shape, dtype=bool))}


def test_choose_published_keeps_empty_cells_near_the_rate_asked():
    shares = []
    for seed in range(5):
        exact, cells = sparse_cells(np.random.default_rng(seed))
        published = withholding.choose_published(cells, rate=0.02)["a", "b"]
        shares.append((exact[published] == 0).mean())

    assert 0.003 < np.mean(shares) < 0.04


def test_choose_published_publishes_more_at_a_higher_rate_and_all_of_the_sure():
    exact, cells = sparse_cells(np.random.default_rng(1))

    few, many = (withholding.choose_published(cells, rate=rate)["a", "b"] for rate in (0.005, 0.05))

    assert few.sum() < many.sum() and not (few & ~many).any()
    assert few[cells["a", "b"].counts > 80.0].all()


def test_choose_published_publishes_nothing_open_where_all_is_noise():
    rng = np.random.default_rng(2)
    noise = rng.normal(0.0, 10.0, (40, 40))
    cells = {("a", "b"): Cells(noise, 10.0, np.ones((40, 40)), np.ones((40, 40), dtype=bool))}

    published = withholding.choose_published(cells, rate=0.01)["a", "b"]

    assert published.mean() < 0.01


def test_choose_published_never_withholds_a_cell_with_a_missing_value():
    is_open = np.ones((4, 4), dtype=bool)
    is_open[-1] = is_open[:, -1] = False
    cells = {("a", "b"): Cells(np.zeros((4, 4)), 10.0, np.ones((4, 4)), is_open)}

    published = withholding.choose_published(cells)["a", "b"]

    assert published[~is_open].all() and not published[is_open].any()


def two_halves(rng, *, sigma=10.0):
    """Rows where margins foretell nobody and nobody is, and rows where they foretell 25 persons and 25 are."""
    foretold = np.repeat([[0.2], [25.0]], 12, axis=0) * np.linspace(0.9, 1.1, 100)
    noisy = np.where(foretold > 1.0, 25.0, 0.0) + rng.normal(0.0, sigma, foretold.shape)
    return Cells(noisy, sigma, foretold, np.ones(foretold.shape, dtype=bool))


def test_empty_probability_is_higher_for_the_same_count_where_margins_foretell_nobody():
    cells = two_halves(np.random.default_rng(3))

    doubts = withholding.empty_probability({("a", "b"): cells})["a", "b"]

    alike = (cells.counts > 12.0) & (cells.counts < 20.0)
    assert doubts[:12][alike[:12]].mean() > 0.5
    assert doubts[12:][alike[12:]].mean() < 0.1


def test_empty_probability_is_nil_for_the_sure_and_only_for_them():
    _, cells = sparse_cells(np.random.default_rng(4))
    cells["a", "b"].counts[0, :3] = [-500.0, -5_000.0, 1e7]

    doubts = withholding.empty_probability(cells)["a", "b"]

    counts = cells["a", "b"].counts
    assert (doubts[counts > 80.0] == 0.0).all() and (doubts[counts < 79.0] > 0.0).all()
    assert (doubts <= 1.0).all() and doubts[counts < 0.0].min() > 0.3
    assert doubts[0, :2] == pytest.approx(1.0, abs=1e-3)


def test_empty_probability_depends_on_counts_in_units_of_their_noise_alone():
    _, cells = sparse_cells(np.random.default_rng(5))
    one = cells["a", "b"]
    larger = Cells(7.0 * one.counts, 7.0 * one.sigma, 7.0 * one.foretold, one.is_open)

    plain, scaled = (withholding.empty_probability({("a", "b"): each})["a", "b"] for each in (one, larger))

    assert scaled == pytest.approx(plain, abs=1e-9)


def test_empty_probability_does_not_depend_on_the_order_of_pairs_and_learns_from_alike_pairs_alone():
    shapes = {("a", "b"): (30, 20), ("a", "x"): (30, 2), ("x", "y"): (2, 2), ("y", "z"): (2, 2), ("x", "z"): (2, 2)}
    cells = {}
    for seed, (pair, shape) in enumerate(shapes.items()):
        rng = np.random.default_rng(seed)
        foretold = rng.exponential(60.0, shape)
        is_open = rng.random(shape) < 0.9
        cells[pair] = Cells(foretold * (rng.random(shape) < 0.6) + rng.normal(0, 10.0, shape), 10.0, foretold, is_open)

    forward = withholding.empty_probability(cells)
    backward = withholding.empty_probability({pair: cells[pair] for pair in reversed(cells)})
    alone = withholding.empty_probability({pair: cells[pair] for pair in shapes if "a" in pair})
    flags = withholding.empty_probability({pair: cells[pair] for pair in shapes if "a" not in pair})

    for pair in shapes:
        assert backward[pair] == pytest.approx(forward[pair])
        assert (alone | flags)[pair] == pytest.approx(forward[pair])
        assert not forward[pair][~cells[pair].is_open].any()


def test_choose_published_publishes_the_sure_and_nobody_else_where_the_others_are_surely_empty():
    counts = np.full((20, 20), -30.0)
    counts[3, :5] = 900.0
    cells = {("a", "b"): Cells(counts, 10.0, np.ones((20, 20)), np.ones((20, 20), dtype=bool))}

    published = withholding.choose_published(cells, rate=0.01)["a", "b"]

    assert (published == (counts > 0.0)).all()


@pytest.mark.parametrize("sigmas", [4.0, 5.0, 7.0])
def test_empty_probability_is_next_to_nil_for_the_few_that_stand_far_above_many_empty_ones(sigmas):
    counts = np.random.default_rng(6).normal(0.0, 10.0, 2_000)
    counts[::20] = 10.0 * sigmas
    cells = {("a", "b"): Cells(counts.reshape(20, 100), 10.0, np.ones((20, 100)), np.ones((20, 100), dtype=bool))}

    doubts = withholding.empty_probability(cells)["a", "b"].ravel()

    assert doubts[::20].max() < 0.02
