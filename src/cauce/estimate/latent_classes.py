"""What if people fall into hidden classes, each with its own chances of being on each list?

Within a class the lists are independent; the classes carry the differences between people. The number of classes is
learnt by a stick-breaking prior. Many chains run side by side as one array. Dependence written as pairs of lists:
`stepwise`, `model_average`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from cauce.estimate import capture_tables

__all__ = ["Draws", "sample"]

_CLASSES = 10
_CHAINS = 24
_WARM_UP = 1600
_STEPS = 2400
_PRIOR = 0.25
_FIRST_SHARE = 0.02
_LEVELS = 40


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the people unseen, and whether the chains agree.

    unseen         (step, chain) float
    source         (chain,) int   the table that each chain read
    disagreement   float          potential scale reduction of log(unseen + 1): near 1 when the chains agree
    """

    unseen: NDArray[np.float64]
    source: NDArray[np.int64]
    disagreement: float


@dataclass(eq=False)
class _Chains:
    """Where the chains stand: chances by class and list, shares of the classes, concentration."""

    chances: NDArray[np.float64]
    shares: NDArray[np.float64]
    concentration: NDArray[np.float64]


def sample(
    tables: Sequence[capture_tables.CaptureTable],
    *,
    rng: np.random.Generator,
    steps: int = _STEPS,
    warm_up: int = _WARM_UP,
    chains: int = _CHAINS,
) -> Draws:
    """Draws from the posterior of the people unseen under latent classes, the prior on the total being 1/N.

    In
        tables    CaptureTables of the same lists: one, or one for each draw of the linkage
        rng       the generator
        steps     steps kept of each chain, after `warm_up`
        chains    chains run side by side; at least one for each table
    Out
        Draws
    Source
        Manrique-Vallier 2016 (the R package LCMCR); within its spread in tests/golden/test_mse.py

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> sample([table], rng=np.random.default_rng(1), steps=50, warm_up=50, chains=4).unseen.shape
    (50, 4)
    """
    everything = np.array([table.counts for table in tables])
    histories = np.flatnonzero(everything.sum(axis=0))
    members = (histories[:, None] >> np.arange(len(tables[0].lists)) & 1).astype(np.float64)
    source = np.arange(max(chains, len(tables))) % len(tables)
    counts = everything[source][:, histories].astype(np.int64)
    state = _begin(members, counts, rng)
    shares = np.linspace(_FIRST_SHARE, 1.0, _LEVELS)
    for level, share in enumerate(shares):
        for _ in range(-(-warm_up // _LEVELS)):
            _move(state, members, (rng.binomial(counts, share), rng))
        if level + 1 < _LEVELS:
            _resample(state, members, (counts, source), gain=float(shares[level + 1] - share), rng=rng)
    kept = np.empty((steps, len(source)))
    for step in range(steps):
        kept[step] = _move(state, members, (counts, rng))
    return Draws(kept, source, _disagreement(np.log1p(kept), source))


def _begin(members: NDArray[np.float64], counts: NDArray[np.int64], rng: np.random.Generator) -> _Chains:
    """Chances around those of people seen, some much lower: chains begin from few and from many people unseen."""
    base = (counts @ members + 1) / (counts.sum(axis=1) + 2)[:, None]
    scale = rng.uniform(0.05, 0.6, (len(counts), 1, 1))
    chances = np.clip(
        base[:, None, :] * scale * rng.uniform(0.5, 1.5, (len(counts), _CLASSES, base.shape[1])), 0.001, 0.95
    )
    return _Chains(chances, _break(rng.beta(1, 1, (len(counts), _CLASSES))), np.ones(len(counts)))


def _break(sticks: NDArray[np.float64]) -> NDArray[np.float64]:
    sticks = sticks.copy()
    sticks[:, -1] = 1.0
    left = np.cumprod(np.column_stack([np.ones(len(sticks)), 1 - sticks[:, :-1]]), axis=1)
    shares: NDArray[np.float64] = sticks * left
    return shares


def _move(
    state: _Chains, members: NDArray[np.float64], data: tuple[NDArray[np.int64], np.random.Generator]
) -> NDArray[np.float64]:
    """One Gibbs step of all chains; returns the people unseen in each."""
    counts, rng = data
    missed = np.log1p(-state.chances)
    bare = np.log(np.maximum(state.shares, 1e-300)) + missed.sum(axis=2)
    logs = bare[:, None, :] + np.einsum("pl,ckl->cpk", members, np.log(state.chances) - missed)
    placed = rng.multinomial(counts, _normalised(logs)).astype(np.float64)
    absent = np.exp(bare).sum(axis=1)
    unseen = rng.negative_binomial(np.maximum(counts.sum(axis=1), 1), np.clip(1 - absent, 1e-12, 1.0))
    hidden = rng.multinomial(unseen, _normalised(bare)).astype(np.float64)
    present = np.einsum("cpk,pl->ckl", placed, members)
    size = placed.sum(axis=1)
    away = size[:, :, None] - present + hidden[:, :, None]
    state.chances = np.clip(rng.beta(1 + present, 1 + away), 1e-12, 1 - 1e-12)
    held = size + hidden
    later = np.cumsum(held[:, ::-1], axis=1)[:, ::-1] - held
    sticks = rng.beta(1 + held, state.concentration[:, None] + later)
    state.shares = _break(sticks)
    last = np.log(np.maximum(1 - sticks[:, :-1], 1e-300)).sum(axis=1)
    state.concentration = np.maximum(rng.gamma(_PRIOR + _CLASSES - 1, 1 / (_PRIOR - last)), 1e-6)
    drawn: NDArray[np.float64] = unseen.astype(np.float64)
    return drawn


def _resample(
    state: _Chains,
    members: NDArray[np.float64],
    data: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    gain: float,
    rng: np.random.Generator,
) -> None:
    """Copies the chains that explain their table well over those that do not, as the data gain weight.

    Without it a chain can stay for ever in a small mode that the warm-up led it to.
    """
    counts, source = data
    missed = np.log1p(-state.chances)
    bare = np.log(np.maximum(state.shares, 1e-300)) + missed.sum(axis=2)
    logs = bare[:, None, :] + np.einsum("pl,ckl->cpk", members, np.log(state.chances) - missed)
    seen = np.log(np.maximum(1 - np.exp(bare).sum(axis=1), 1e-300))
    likelihood = (counts * (logsumexp(logs, axis=2) - seen[:, None])).sum(axis=1) * gain
    chosen = np.arange(len(source))
    for table in np.unique(source):
        rows = np.flatnonzero(source == table)
        weights = np.exp(likelihood[rows] - likelihood[rows].max()).cumsum()
        levels = (rng.uniform() + np.arange(rows.size)) / rows.size
        chosen[rows] = rows[np.searchsorted(weights / weights[-1], levels)]
    state.chances, state.shares = state.chances[chosen], state.shares[chosen]
    state.concentration = state.concentration[chosen]


def _normalised(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    normalised: NDArray[np.float64] = shares / shares.sum(axis=-1, keepdims=True)
    return normalised


def _disagreement(values: NDArray[np.float64], source: NDArray[np.int64]) -> float:
    """The potential scale reduction of Gelman and Rubin over (step, chain), each chain cut in two halves."""
    half = len(values) // 2
    centred = values - np.array([values[:, source == one].mean() for one in source])
    parts = np.concatenate([centred[:half], centred[half : 2 * half]], axis=1)
    within = float(parts.var(axis=0, ddof=1).mean())
    between = float(parts.mean(axis=0).var(ddof=1))
    return float(np.sqrt(1 + between / within)) if within > 0 else 1.0
