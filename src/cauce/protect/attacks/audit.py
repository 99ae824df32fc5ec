"""How much does a mechanism tell of one person in truth, whatever it claims? A lower bound, from many of its runs.

It is given what the mechanism put out on two tables that differ by one person. It knows nothing of how the mechanism
works: a direction that tells the two apart, and the event that tells most, are chosen on one half of the runs; the
bound is worked out on the other half. A bound above the claim proves a fault. A bound below it proves nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr, ndtri
from scipy.stats import beta

__all__ = ["Audit", "audit_outputs", "bound_epsilon", "bound_mu", "epsilon_of_mu", "score_outputs"]

CONFIDENCE = 0.999
_EVENTS = 2_000
_RIDGE = 1e-9
_LARGEST = 1e3

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Audit:
    """What many runs prove that a mechanism leaks at least, at a delta.

    epsilon         float   without any assumption on the mechanism
    tight_epsilon   float   where its outputs are told apart as two normal laws are
    mu              float   the distance of these two laws, in standard deviations
    """

    epsilon: float
    tight_epsilon: float
    mu: float


@dataclass(frozen=True)
class _Halves:
    """Scores of the runs with and without the person: those on which to choose, and those on which to bound."""

    with_chosen: Scores
    without_chosen: Scores
    with_tested: Scores
    without_tested: Scores


def audit_outputs(
    with_person: NDArray[np.floating],
    without_person: NDArray[np.floating],
    *,
    delta: float,
    confidence: float = CONFIDENCE,
) -> Audit:
    """The least epsilon that a mechanism can have, having put out these outputs on two tables that differ by a person.

    In
        with_person      (run, cell) float   all that the mechanism put out, one row a run
        without_person   (run, cell) float   the same without the person
        delta            float               at which the epsilon is claimed
        confidence       float               that each bound is below the truth
    Out
        Audit
    Source
        Jagielski et al. 2020 (the events); Nasr et al. 2023 (the bound by two normal laws)

    >>> rng = np.random.default_rng(1)
    >>> audit = audit_outputs(rng.normal(1, 1, (20_000, 1)), rng.normal(0, 1, (20_000, 1)), delta=1e-6)
    >>> 0.85 < audit.mu < 1.0 and audit.epsilon < audit.tight_epsilon < epsilon_of_mu(1.0, delta=1e-6)
    True
    """
    scores = score_outputs(with_person, without_person)
    mu = bound_mu(*scores, confidence=confidence)
    epsilon = bound_epsilon(*scores, delta=delta, confidence=confidence)
    return Audit(epsilon, epsilon_of_mu(mu, delta=delta), mu)


def score_outputs(with_person: NDArray[np.floating], without_person: NDArray[np.floating]) -> tuple[Scores, Scores]:
    """Each run as one number, large where the person seems to be there, by a rule learnt on the first half of the runs.

    For normal noise the rule is the privacy loss itself (Fisher's linear discriminant); noise used twice has a
    direction in which nothing moves, and the rule finds it.

    In
        with_person, without_person   (run, cell) float
    Out
        (run,) float, (run,) float

    >>> rng = np.random.default_rng(1)
    >>> twice = np.repeat(rng.normal(size=(100, 1)), 2, axis=1)
    >>> there, gone = score_outputs(twice + [1.0, 0.0], twice)
    >>> bool(there.min() > gone.max())
    True
    """
    there, gone = _learning_half(with_person), _learning_half(without_person)
    spread = np.sqrt((there.var(axis=0) + gone.var(axis=0)) / 2.0)
    unit = np.where(spread > 0.0, spread, 1.0)
    centred = np.vstack([there - there.mean(axis=0), gone - gone.mean(axis=0)]) / unit
    likeness = centred.T @ centred / len(centred) + _RIDGE * np.eye(unit.size)
    direction = np.linalg.solve(likeness, (there.mean(axis=0) - gone.mean(axis=0)) / unit) / unit
    return np.asarray(with_person @ direction), np.asarray(without_person @ direction)


def bound_epsilon(
    with_person: Scores, without_person: Scores, *, delta: float, confidence: float = CONFIDENCE
) -> float:
    """The least epsilon at `delta` that lets the two sets of scores differ as they do. Nothing else is supposed.

    In
        with_person, without_person   (run,) float   one number a run; the first half chooses the event
        delta                         float
        confidence                    float
    Out
        float   at least 0
    Source
        Clopper & Pearson 1934 for the two probabilities of the event; Jagielski et al. 2020

    >>> scores = np.arange(1000.0)
    >>> bound_epsilon(scores, scores, delta=0.0)
    0.0
    """
    found = 0.0
    for sign in (1.0, -1.0):
        halves = _halve(sign * with_person, sign * without_person)
        if sign < 0:
            halves = _Halves(halves.without_chosen, halves.with_chosen, halves.without_tested, halves.with_tested)
        # Both directions are tried on the tested half, so each has half of the risk.
        least, most = _at_best_event(halves, _ratio(delta), risk=(1.0 - confidence) / 4.0)
        found = max(found, float(_ratio(delta)(np.array(least), np.array(most))))
    return found


def bound_mu(with_person: Scores, without_person: Scores, *, confidence: float = CONFIDENCE) -> float:
    """The least distance of two normal laws that are told apart as well as the two sets of scores are.

    In
        with_person, without_person   (run,) float   one number a run; the first half chooses the event
        confidence                    float
    Out
        float   in standard deviations, at least 0
    Source
        Dong, Roth & Su 2022 (Gaussian differential privacy); Nasr et al. 2023 (auditing by it)

    >>> rng = np.random.default_rng(1)
    >>> 1.85 < bound_mu(rng.normal(2, 1, 50_000), rng.normal(0, 1, 50_000)) < 2.0
    True
    """
    least, most = _at_best_event(_halve(with_person, without_person), _distance, risk=(1.0 - confidence) / 2.0)
    return max(0.0, float(_distance(np.array(least), np.array(most))))


def epsilon_of_mu(mu: float, *, delta: float) -> float:
    """The epsilon at `delta` of two normal laws `mu` standard deviations apart, exactly.

    In
        mu      float   at least 0
        delta   float   above 0
    Out
        float
    Source
        Balle & Wang 2018, theorem 8

    >>> round(epsilon_of_mu(1.0, delta=1e-5), 4)
    4.3772
    """

    def excess(epsilon: float) -> float:
        raised = math.exp(epsilon + float(log_ndtr(-epsilon / mu - mu / 2.0)))
        return float(ndtr(mu / 2.0 - epsilon / mu)) - raised - delta

    if mu <= 0.0 or excess(0.0) <= 0.0:
        return 0.0
    return float(brentq(excess, 0.0, mu * mu / 2.0 + 40.0 * mu)) if mu < math.sqrt(_LARGEST) else math.inf


def _learning_half(outputs: NDArray[np.floating]) -> NDArray[np.floating]:
    return outputs[: len(outputs) // 2]


def _halve(with_person: Scores, without_person: Scores) -> _Halves:
    at, on = len(with_person) // 2, len(without_person) // 2
    return _Halves(with_person[:at], without_person[:on], with_person[at:], without_person[on:])


def _at_best_event(halves: _Halves, measure: Callable[[Scores, Scores], Scores], *, risk: float) -> tuple[float, float]:
    """The least probability with the person and the most without, of the event that tells most on the chosen half."""
    pooled = np.concatenate([halves.with_chosen, halves.without_chosen])
    ends = np.unique(np.quantile(pooled, np.linspace(0.0, 1.0, _EVENTS), method="inverted_cdf"))
    least = _least(_hits(halves.with_chosen, ends), len(halves.with_chosen), risk=risk)
    most = _most(_hits(halves.without_chosen, ends), len(halves.without_chosen), risk=risk)
    end = ends[[int(np.argmax(measure(least, most)))]]
    return (
        float(_least(_hits(halves.with_tested, end), len(halves.with_tested), risk=risk)[0]),
        float(_most(_hits(halves.without_tested, end), len(halves.without_tested), risk=risk)[0]),
    )


def _hits(scores: Scores, ends: Scores) -> NDArray[np.int64]:
    """How many scores are at or above each end."""
    return np.asarray(scores.size - np.searchsorted(np.sort(scores), ends, side="left"))


def _least(hits: NDArray[np.int64], runs: int, *, risk: float) -> Scores:
    """Clopper and Pearson's lower end."""
    return np.asarray(np.where(hits > 0, beta.ppf(risk, np.maximum(hits, 1), runs - hits + 1), 0.0))


def _most(hits: NDArray[np.int64], runs: int, *, risk: float) -> Scores:
    """Clopper and Pearson's upper end."""
    return np.asarray(np.where(hits < runs, beta.ppf(1.0 - risk, hits + 1, np.maximum(runs - hits, 1)), 1.0))


def _ratio(delta: float) -> Callable[[Scores, Scores], Scores]:
    def log_ratio(least: Scores, most: Scores) -> Scores:
        return np.log(np.maximum(least - delta, 1e-300)) - np.log(most)

    return log_ratio


def _distance(least: Scores, most: Scores) -> Scores:
    inside = (least > 0.0) & (most < 1.0)
    return np.where(inside, ndtri(np.where(inside, least, 0.5)) - ndtri(np.where(inside, most, 0.5)), 0.0)
