import numpy as np

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
