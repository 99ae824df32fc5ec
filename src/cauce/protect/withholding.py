"""Which pairs of values may invented rows hold, so that hardly any of them is a pair that nobody has?

By local false-discovery rate: in each group of alike cells, the share of empty ones and the spread of the others are
learnt from the noisy counts themselves, each cell gets the probability that it is empty, and cells are published by
rising probability while the mean of the published stays at most `rate`. The rate is an estimate, not a promise; all of
it is made from noisy counts and spends nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "Cells", "choose_published", "empty_probability"]

RATE = 0.01
_SURE_SIGMAS = 8.0
_ROUNDS = 60
# Alike cells are grouped in several ways (cells a group, shift of the cuts) and the answers averaged: one way of
# cutting puts some cells beside strangers.
_GROUPINGS = ((100, 0.0), (200, 0.0), (200, 0.5))
_MOST_GROUPS = 40
_LEAST_FAMILY = 40

Pair = tuple[str, str]


@dataclass(frozen=True)
class Cells:
    """The cells of one pair of columns: unbiased counts, their standard deviation, the count that margins foretell.

    is_open   cells that count as a find when they are published: neither value missing
    """

    counts: NDArray[np.float64]
    sigma: float
    foretold: NDArray[np.float64]
    is_open: NDArray[np.bool_]


def choose_published(cells: Mapping[Pair, Cells], *, rate: float = RATE) -> dict[Pair, NDArray[np.bool_]]:
    """The cells that invented rows may hold.

    In
        cells   pair -> Cells
        rate    the most that the mean probability of being empty may be, over published cells
    Out
        pair -> (row, column) bool; cells with a missing value are always published
    Source
        METHODS.md E.6; Efron 2010, Large-Scale Inference
    """
    if not cells:
        return {}
    doubts = empty_probability(cells)
    judged = np.concatenate([doubts[pair][cells[pair].is_open] for pair in cells])
    rising = np.sort(judged)
    mean = np.cumsum(rising) / np.arange(1, rising.size + 1)
    within = np.flatnonzero(mean <= rate)
    threshold = rising[within[-1]] if within.size else -1.0
    return {pair: ~cells[pair].is_open | (doubts[pair] <= threshold) for pair in cells}


def empty_probability(cells: Mapping[Pair, Cells]) -> dict[Pair, NDArray[np.float64]]:
    """The probability that each cell is empty, given its noisy count and those of its like.

    In
        cells   pair -> Cells
    Out
        pair -> (row, column) float; 0 where the count is over 8 standard deviations
    """
    order = list(cells)
    spread = [cells[pair] for pair in order]
    sigmas = np.concatenate([np.full(one.counts.size, one.sigma) for one in spread])
    counts = np.concatenate([one.counts.ravel() for one in spread])
    foretold = np.concatenate([one.foretold.ravel() for one in spread])
    open_cells = np.concatenate([one.is_open.ravel() for one in spread])
    doubts = np.zeros(counts.size)
    for family in _families(cells, open_cells):
        for size, shift in _GROUPINGS:
            for group in _groups(family, foretold / sigmas, size=size, shift=shift):
                doubts[group] += _doubt(counts[group], sigmas[group]) / len(_GROUPINGS)
    doubts[counts > _SURE_SIGMAS * sigmas] = 0.0
    ends = np.cumsum([one.counts.size for one in spread])
    return {
        pair: part.reshape(cells[pair].counts.shape)
        for pair, part in zip(order, np.split(doubts, ends[:-1]), strict=True)
    }


def _families(cells: Mapping[Pair, Cells], open_cells: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Open cells of pairs that share their columns of many codes; small families of a kind together."""
    starts = np.cumsum([0, *[one.counts.size for one in cells.values()]])
    named: dict[tuple[str, ...], list[NDArray[np.int64]]] = {}
    for at, (pair, one) in enumerate(cells.items()):
        many = tuple(name for name, size in zip(pair, one.counts.shape, strict=True) if size > 2)
        places = np.arange(starts[at], starts[at + 1])
        named.setdefault(many, []).append(places[open_cells[places]])
    families: list[NDArray[np.int64]] = []
    small: dict[int, list[NDArray[np.int64]]] = {}
    for many, parts in named.items():
        family = np.concatenate(parts)
        if family.size >= _LEAST_FAMILY:
            families.append(family)
        else:
            small.setdefault(len(many), []).append(family)
    return families + [np.concatenate(parts) for parts in small.values()]


def _groups(
    family: NDArray[np.int64], foretold: NDArray[np.float64], *, size: int, shift: float
) -> list[NDArray[np.int64]]:
    """A family cut into groups of alike foretold counts, the cuts moved by a part of a group."""
    rising = family[np.argsort(foretold[family], kind="stable")]
    number = int(np.clip(family.size // size, 1, _MOST_GROUPS))
    cuts = (np.arange(1, number) - shift) / number * family.size
    return [group for group in np.split(rising, cuts.astype(int)) if group.size]


def _doubt(counts: NDArray[np.float64], sigmas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of an empty cell under a prior over counts fitted by EM to the group."""
    support = _support(float(np.median(sigmas)), highest=float(np.max(counts)))
    distance = (counts[:, None] - support[None, :]) / sigmas[:, None]
    likelihood = np.exp(-0.5 * (distance**2 - np.min(distance**2, axis=1, keepdims=True)))
    prior = np.full(support.size, 1.0 / support.size)
    for _ in range(_ROUNDS):
        posterior = likelihood * prior
        posterior /= posterior.sum(axis=1, keepdims=True)
        # One imaginary empty cell: a group in which all look present still doubts a little.
        weights = posterior.sum(axis=0)
        weights[0] += 1.0
        prior = weights / weights.sum()
    posterior = likelihood * prior
    return np.asarray(posterior[:, 0] / posterior.sum(axis=1))


def _support(sigma: float, *, highest: float) -> NDArray[np.float64]:
    """Nil, then steps that grow: finer than the noise can tell apart, and no finer, or nil itself becomes unsure."""
    first = max(1.0, 0.2 * sigma)
    number = max(2, math.ceil(math.log(max(highest, first) / first) / math.log(1.5)) + 2)
    return np.concatenate([[0.0], first * 1.5 ** np.arange(number)])
