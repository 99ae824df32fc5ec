"""What do all decomposable graphs say together, under a hyper-Dirichlet prior?

Each graph over the lists is a model; its likelihood for every possible number of people unseen is a product over
cliques divided by separators, so nothing is iterated. The prior puts 2 ** -lists in each cell, 1/N on the total, and
the same weight on every graph (Madigan & York 1997; the R package dga).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from cauce.estimate import capture_tables

__all__ = ["MOST_LISTS", "Posterior", "decomposable_graphs", "posterior_of"]

MOST_LISTS = 6
_MOST_TIMES = 12
_POINTS = 4704
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class Posterior:
    """The posterior of the people unseen, averaged over graphs.

    unseen        (point,) float   numbers of people unseen
    probability   (point,) float   adding up to one
    graphs        int              graphs averaged
    best_pairs    bit patterns of the pairs joined in the likeliest graph
    """

    unseen: NDArray[np.float64]
    probability: NDArray[np.float64]
    graphs: int
    best_pairs: tuple[int, ...]

    def quantiles(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """People unseen at these levels."""
        places = np.searchsorted(self.probability.cumsum(), levels)
        return self.unseen[np.minimum(places, self.unseen.size - 1)]


def decomposable_graphs(list_count: int) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """All decomposable graphs, and how often each set of lists counts in their likelihood: cliques +1, separators -1.

    In
        list_count   int, at most 6
    Out
        (graph, pair) bool      pairs joined, in the order of itertools.combinations
        (graph, pattern) int    sum over an elimination of [a list and its neighbours] - [the neighbours]

    >>> [len(decomposable_graphs(count)[0]) for count in (2, 3, 4, 5)]
    [2, 8, 61, 822]
    """
    pairs = list(combinations(range(list_count), 2))
    graphs = (np.arange(2 ** len(pairs))[:, None] >> np.arange(len(pairs)) & 1).astype(bool)
    neighbours = np.zeros((len(graphs), list_count), dtype=np.int64)
    for place, (one, other) in enumerate(pairs):
        neighbours[:, one] |= graphs[:, place].astype(np.int64) << other
        neighbours[:, other] |= graphs[:, place].astype(np.int64) << one
    left = np.full(len(graphs), 2**list_count - 1, dtype=np.int64)
    counts = np.zeros((len(graphs), 2**list_count), dtype=np.int8)
    for _ in range(list_count):
        left = _eliminate_one(neighbours, left, counts)
    is_chordal = left == 0
    return graphs[is_chordal], counts[is_chordal]


def _eliminate_one(
    neighbours: NDArray[np.int64], left: NDArray[np.int64], counts: NDArray[np.int8]
) -> NDArray[np.int64]:
    """Takes from each graph one list whose neighbours are all joined, if any; adds its sets to `counts`."""
    is_waiting = np.full(len(left), True)
    remaining = left.copy()
    for one in range(neighbours.shape[1]):
        around = neighbours[:, one] & left
        is_simplicial = (left >> one & 1).astype(bool) & is_waiting
        for other in range(neighbours.shape[1]):
            is_near = (around >> other & 1).astype(bool)
            rest = around & ~(1 << other)
            is_simplicial &= ~is_near | (neighbours[:, other] & rest == rest)
        rows = np.flatnonzero(is_simplicial)
        counts[rows, around[rows] | 1 << one] += 1
        counts[rows, around[rows]] -= 1
        remaining[rows] &= ~(1 << one)
        is_waiting[rows] = False
    return remaining


def posterior_of(table: capture_tables.CaptureTable) -> Posterior:
    """The posterior of the people unseen over a grid up to 12 times those observed.

    In
        table   CaptureTable of at most 6 lists
    Out
        Posterior
    Source
        Madigan & York 1997; the R package dga, in tests/golden/test_mse.py

    >>> table = capture_tables.tabulate(["A", "B", "C"], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]],
    ...                                 [30, 20, 20, 10, 5])
    >>> posterior_of(table).graphs
    8
    """
    list_count = len(table.lists)
    graphs, counts = decomposable_graphs(list_count)
    step = max(1.0, np.ceil(_MOST_TIMES * table.observed / _POINTS))
    unseen = np.arange(0.0, _MOST_TIMES * table.observed + 1, step)
    margins = _margin_likelihoods(table, unseen)
    total = table.observed + unseen
    shared = gammaln(total + 1) - gammaln(unseen + 1) - np.log(total)
    weights = counts.astype(np.float64)
    logs, evidence = np.empty(unseen.size), np.full(len(graphs), -np.inf)
    for start in range(0, unseen.size, _CHUNK):
        block = weights @ margins[:, start : start + _CHUNK] + shared[start : start + _CHUNK]
        top = block.max()
        np.exp(block - top, out=block)
        logs[start : start + _CHUNK] = np.log(np.maximum(block.sum(axis=0), 1e-300)) + top
        evidence = np.logaddexp(evidence, np.log(np.maximum(block.sum(axis=1), 1e-300)) + top)
    best = int(evidence.argmax())
    pairs = [1 << one | 1 << other for one, other in combinations(range(list_count), 2)]
    return Posterior(
        unseen,
        np.exp(logs - logsumexp(logs)),
        len(graphs),
        tuple(pair for pair, is_joined in zip(pairs, graphs[best], strict=True) if is_joined),
    )


def _margin_likelihoods(table: capture_tables.CaptureTable, unseen: NDArray[np.float64]) -> NDArray[np.float64]:
    """(pattern, point) logarithm of the Dirichlet-multinomial of the table seen through the lists of each pattern."""
    list_count = len(table.lists)
    histories = np.arange(2**list_count)
    total = table.observed + unseen
    found = np.zeros((2**list_count, unseen.size))
    for pattern in range(1, 2**list_count):
        cells = np.flatnonzero(np.bincount(histories & pattern, minlength=2**list_count))
        seen = np.bincount(histories & pattern, weights=table.counts, minlength=2**list_count)[cells]
        prior = 2.0 ** -pattern.bit_count()
        fixed = gammaln(seen[1:] + prior).sum() - cells.size * gammaln(prior)
        found[pattern] = fixed + gammaln(seen[0] + unseen + prior) - gammaln(total + 1.0)
    return found
