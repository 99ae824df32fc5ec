"""Which true counts may lie behind counts that carry discrete Gaussian noise of known spread?

Noise moves an empty cell as far as a full one, so taking noisy counts at their word, or adding noise to them again,
fills the rare overlaps and drags the estimate down. Here log-linear models are fitted to the noisy counts with the
noise in their variance, and true counts are drawn given both the noisy count and the model. Each draw is then
estimated from as if it were a table without noise, and the answers combined: `method_results.combine_draws`.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from cauce.estimate import capture_tables, loglinear, model_average

__all__ = ["draw_true_counts"]

_STEPS = 40
_PRIOR_SDS = (1000.0, 4.0, 1.0)
_TRIES = 8
_LARGEST_WORTH = 6.0
_LARGEST_LOG = 20.0
_LEAST_MEAN = 0.05
_REACH = 6.0


def draw_true_counts(
    table: capture_tables.CaptureTable, *, sigma: float, draws: int, rng: np.random.Generator
) -> tuple[capture_tables.CaptureTable, ...]:
    """Tables of true counts that may well lie behind a noisy one.

    In
        table   CaptureTable whose counts carry noise; they may be below zero
        sigma   spread of the discrete Gaussian noise of each count
        draws   how many tables
        rng     the generator
    Out
        CaptureTables of whole numbers, none below zero
    Source
        Rubin 1987 (imputation from a model that holds the analysis); coverage in docs/explanation/coverage.md

    >>> noisy = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [33, 18, -2])
    >>> drawn = draw_true_counts(noisy, sigma=4.0, draws=3, rng=np.random.default_rng(1))
    >>> len(drawn), bool(min(one.counts.min() for one in drawn) >= 0)
    (3, True)
    """
    counts = table.counts[1:]
    design = loglinear.design_of(len(table.lists), min(2, max(1, len(table.lists) - 1)))
    models = model_average.hierarchical_models(design, order=2)
    if models is None:
        models = np.full((1, design.terms.size), True)
    means = _draw_means(design, counts, models, sigma=sigma, draws=draws, rng=rng)
    true = np.array([_draw_given_mean(counts, mean, sigma=sigma, rng=rng) for mean in means])
    return tuple(capture_tables.CaptureTable(table.lists, np.concatenate([[0.0], row])) for row in true)


def _draw_means(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    models: NDArray[np.bool_],
    *,
    sigma: float,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(draw, history) means of the true counts: a model by its evidence (Laplace), then its coefficients.

    BIC would ask of noisy counts what it may ask of n people, and find no dependence.
    """
    penalty = np.array([_PRIOR_SDS[min(int(term).bit_count(), 2)] ** -2 for term in design.terms])
    coefficients, hessian = _fit_noised(design, counts, models, penalty=penalty, sigma=sigma)
    loss = _loss(design, counts, coefficients, penalty=penalty, sigma=sigma)
    evidence = -loss - np.linalg.slogdet(hessian)[1] / 2 + (models * np.log(penalty) / 2).sum(axis=1)
    weights = np.exp(evidence - evidence.max())
    chosen = rng.choice(len(models), size=draws * _TRIES, p=weights / weights.sum())
    factors = np.linalg.cholesky(np.linalg.inv(hessian[chosen]))
    normal = rng.standard_normal((draws * _TRIES, design.terms.size))
    tried = coefficients[chosen] + np.einsum("dij,dj->di", factors, normal) * models[chosen]
    gain = loss[chosen] - _loss(design, counts, tried, penalty=penalty, sigma=sigma)
    worth = np.exp(np.minimum(gain + ((normal * models[chosen]) ** 2).sum(axis=1) / 2, _LARGEST_WORTH))
    kept = tried[rng.choice(len(tried), size=draws, p=worth / worth.sum())]
    return _means(design, kept)


def _loss(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    *,
    penalty: NDArray[np.float64],
    sigma: float,
) -> NDArray[np.float64]:
    """Minus the logarithm of the likelihood, normal with variance mean + sigma ** 2, times the prior."""
    means = _means(design, coefficients)
    variance = means + sigma**2
    fit = ((counts - means) ** 2 / variance + np.log(variance)).sum(axis=1)
    loss: NDArray[np.float64] = (fit + (coefficients**2 * penalty).sum(axis=1)) / 2
    return loss


def _means(design: loglinear.Design, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.exp(np.clip(coefficients @ design.matrix.T, -_LARGEST_LOG, _LARGEST_LOG))
    return means


def _fit_noised(
    design: loglinear.Design,
    counts: NDArray[np.float64],
    models: NDArray[np.bool_],
    *,
    penalty: NDArray[np.float64],
    sigma: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fisher scoring with the variance mean + sigma ** 2 and a normal prior on pairs; coefficients and information."""
    size = design.terms.size
    means = np.tile(np.maximum(counts, max(1.0, sigma / 2)), (len(models), 1))
    coefficients = np.zeros((len(models), size))
    diagonal = np.arange(size)
    hessian = np.zeros((len(models), size, size))
    for step in range(_STEPS):
        weight = means**2 / (means + sigma**2)
        hessian = (weight @ design.products).reshape(-1, size, size) * (models[:, :, None] & models[:, None, :])
        hessian[:, diagonal, diagonal] += np.where(models, penalty, 1.0)
        working = np.log(means) + np.clip((counts - means) / means, -3, 3)
        right = (weight * working) @ design.matrix * models
        reached = np.linalg.solve(hessian, right[:, :, None])[:, :, 0]
        coefficients = reached if step == 0 else 0.5 * coefficients + 0.5 * reached
        means = np.maximum(_means(design, coefficients), _LEAST_MEAN)
    return coefficients, hessian


def _draw_given_mean(
    counts: NDArray[np.float64], mean: NDArray[np.float64], *, sigma: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """True counts with chances Poisson(mean) times discrete Gaussian(noisy - true)."""
    drawn = np.empty(counts.size)
    for cell, (noisy, expected) in enumerate(zip(counts, mean, strict=True)):
        low = max(0.0, np.floor(min(noisy, expected) - _REACH * (sigma + np.sqrt(expected))))
        true = np.arange(low, max(noisy, expected) + _REACH * (sigma + np.sqrt(expected)) + 2)
        logs = true * np.log(expected) - gammaln(true + 1) - (noisy - true) ** 2 / (2 * sigma**2)
        chances = np.exp(logs - logs.max()).cumsum()
        drawn[cell] = true[np.searchsorted(chances, rng.uniform() * chances[-1])]
    return drawn
