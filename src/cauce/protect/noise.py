"""Where does every random draw of a release come from? OpenDP's discrete Gaussian and nothing else.

The system seeds it. Nobody else in this room may perturb a count. Drawing invented rows from tables that are already
noisy is not noise and is done in `rows`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Not opendp.prelude: it loads scikit-learn and pandas wherever they are installed.
from opendp import domains, measurements, metrics
from opendp.mod import GLOBAL_FEATURES, Measurement, disable_features, enable_features

__all__ = ["Noised", "add_noise", "gaussian", "opendp_features"]


@dataclass(frozen=True)
class Noised:
    """Counts with their noise: the values, the noise's standard deviation, and OpenDP's price in rho."""

    values: NDArray[np.int64]
    sigma: float
    rho: float


@contextmanager
def opendp_features() -> Iterator[None]:
    """OpenDP's `contrib` feature switched on for one call, and off again unless the caller had it on."""
    was_on = "contrib" in GLOBAL_FEATURES
    enable_features("contrib")
    try:
        yield
    finally:
        if not was_on:
            disable_features("contrib")


def gaussian(sigma: float) -> Measurement:
    """OpenDP's discrete Gaussian on a vector of integers, measured in L2 and zero-concentrated privacy."""
    with opendp_features():
        integers = domains.vector_domain(domains.atom_domain(T="i64"))
        return measurements.make_gaussian(integers, metrics.l2_distance(T="f64"), scale=sigma)


def add_noise(counts: NDArray[np.int64], *, sigma: float, squared_norm: float = 1.0) -> Noised:
    """Integer counts with discrete Gaussian noise, and what that costs.

    In
        counts         (...) int    exact counts or signed sums, of any shape
        sigma          float        standard deviation of the noise, above zero
        squared_norm   float        the most one person changes the counts, squared L2
    Out
        Noised   values of the same shape; rho as OpenDP's own privacy map states it
    Source
        Canonne, Kamath & Steinke 2020, by opendp.measurements.make_gaussian

    >>> noised = add_noise(np.zeros((2, 3), dtype=np.int64), sigma=5.0)
    >>> noised.values.shape, round(noised.rho, 6)
    ((2, 3), 0.02)
    """
    measurement = gaussian(sigma)
    flat = np.ascontiguousarray(counts, dtype=np.int64).ravel()
    drawn = np.asarray(measurement(flat.tolist()), dtype=np.int64)
    return Noised(drawn.reshape(counts.shape), sigma, float(measurement.map(float(np.sqrt(squared_norm)))))
