"""What if some people are easier to find than others, on every list alike?

Such differences tie all pairs of lists together by the same amount, so they enter a log-linear model as one more
term, the number of pairs in a history, with a coefficient of zero or more (Darroch's model). It is added to every
hierarchical model of pairs. Counts alone seldom tell such differences from their absence, and their presence hides
people, so the answer is wide: that width is what the other methods leave out. Hidden classes: `latent_classes`.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from cauce.estimate import capture_tables, existence, loglinear, model_average

__all__ = ["sample"]

_PRIOR_SD = 1.0
_MOST_MODELS = 400
_LARGEST_LOG = 25.0


def sample(
    table: capture_tables.CaptureTable,
    *,
    rng: np.random.Generator,
    draws: int = 4000,
) -> NDArray[np.float64]:
    """Draws of the people unseen when people differ in how easily they are found.

    In
        table    CaptureTable of three lists or more
        rng      the generator
        draws    how many
    Out
        (draw,) float   empty where no such model can be estimated
    Source
        Darroch, Fienberg, Glonek & Junker 1993; Rivest & Baillargeon 2007; the coefficient has a half-normal prior
        of spread 1 and models are weighted by their BIC

    >>> table = capture_tables.tabulate(["A", "B", "C"], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1],
    ...                                 [0, 1, 1], [1, 1, 1]], [40, 30, 20, 9, 8, 7, 4])
    >>> sample(table, rng=np.random.default_rng(1)).shape
    (4000,)
    """
    pairs = loglinear.design_of(len(table.lists), 2)
    design = _with_heterogeneity(pairs)
    included = model_average.hierarchical_models(pairs, order=2)
    if included is None:
        near = model_average.fit_all(pairs, table.counts[1:], memo=existence.Memo())
        included = near.included[:_MOST_MODELS]
    included = np.column_stack([included, np.full(len(included), True)])
    repeated = np.tile(table.counts[1:], (len(included), 1))
    finite, kept = loglinear.mask_model(design, included, repeated @ design.matrix)
    codes, fits = existence.check_fits(design, repeated, finite=finite, kept=kept, memo=existence.Memo())
    sound = np.flatnonzero(codes == existence.SOUND)
    if sound.size == 0:
        return np.zeros(0)
    return _draw(design, fits.take(sound), (finite[sound], included[sound], table.observed), draws=draws, rng=rng)


def _with_heterogeneity(pairs: loglinear.Design) -> loglinear.Design:
    held = (pairs.matrix[:, [int(term).bit_count() == 1 for term in pairs.terms]]).sum(axis=1)
    matrix = np.column_stack([pairs.matrix, held * (held - 1) / 2])
    products = (matrix[:, :, None] * matrix[:, None, :]).reshape(len(matrix), -1)
    return loglinear.Design(np.append(pairs.terms, -1), matrix, products)


def _draw(
    design: loglinear.Design,
    fits: loglinear.Fits,
    models: tuple[NDArray[np.bool_], NDArray[np.bool_], float],
    *,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A model by its weight, its heterogeneity by a normal law cut at zero, then the intercept given it."""
    finite, included, observed = models
    covariance = _covariances(design, fits, finite)
    slope, intercept = fits.coefficients[:, -1], fits.coefficients[:, 0]
    slope_variance = covariance[:, -1, -1]
    shrunk = slope * _PRIOR_SD**2 / (_PRIOR_SD**2 + slope_variance)
    spread = np.sqrt(slope_variance * _PRIOR_SD**2 / (_PRIOR_SD**2 + slope_variance))
    evidence = -(fits.deviance + (included.sum(axis=1) - 1) * np.log(observed)) / 2
    evidence += -(slope**2) / (2 * (_PRIOR_SD**2 + slope_variance)) - np.log1p(_PRIOR_SD**2 / slope_variance) / 2
    evidence += np.log(np.maximum(2 * ndtr(shrunk / spread), 1e-300))
    weights = np.exp(evidence - evidence.max())
    model = rng.choice(len(weights), size=draws, p=weights / weights.sum())
    below = ndtr(-shrunk / spread)[model]
    levels = np.clip(below + (1 - below) * rng.uniform(size=draws), 1e-12, 1 - 1e-12)
    drawn = shrunk[model] + spread[model] * ndtri(levels)
    ratio = covariance[:, 0, -1] / slope_variance
    centre = intercept[model] + ratio[model] * (drawn - slope[model])
    left = np.maximum(covariance[:, 0, 0] - ratio * covariance[:, 0, -1], 0.0)[model]
    means = np.exp(np.minimum(centre + np.sqrt(left) * rng.standard_normal(draws), _LARGEST_LOG))
    return rng.poisson(means).astype(np.float64)


def _covariances(design: loglinear.Design, fits: loglinear.Fits, finite: NDArray[np.bool_]) -> NDArray[np.float64]:
    size = design.terms.size
    information = (fits.means @ design.products).reshape(-1, size, size) * (finite[:, :, None] & finite[:, None, :])
    information[:, np.arange(size), np.arange(size)] += np.where(finite, 1e-9, 1.0)
    return np.asarray(np.linalg.inv(information), dtype=np.float64)
