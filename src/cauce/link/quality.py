"""How good is a linkage, as far as anybody can tell without knowing the truth?

Precision is the mean probability of the accepted pairs; recall their expected true number over the matches the model
expects, seen or not. The intervals come from fitting the model again to cells redrawn from their counts, between the
lists and within each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cauce.link.joint_fit import Met, Model, fit_models
from cauce.link.levels import Cell
from cauce.link.meetings import CellCount

__all__ = ["Share", "draw_matches", "draw_stretches", "rate_linkage", "redraw_counts"]

_UNSEEN_SPREAD = 0.36
_FALSE_SPREAD = 1.0
_LEAST_MATCHES = 0.5
_Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """An estimated share and its 95 % interval."""

    value: float
    lower: float
    upper: float


def draw_stretches(draws: int, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """How far the matches that no token shows may be more or fewer than extrapolated.

    What is wrong with the model is wrong for all lists of a linkage alike: each draw has one stretch for all of them.

    In
        draws   how many
        rng     the generator
    Out
        (draw,) factors around 1
    """
    return np.asarray(np.exp(rng.normal(0, _UNSEEN_SPREAD, draws)))


def draw_matches(
    met: Sequence[Met], models: Sequence[Model], *, stretches: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """(draw, two lists) persons in both, the cells redrawn and the extrapolation to unseen pairs stretched at random.

    In
        met         what met between each two lists
        models      as fitted to it
        stretches   (draw,) as `draw_stretches` gives them
        rng         the generator
    Out
        (draw, two lists) persons, around the estimate from the counts as they are
    """
    drawn = np.empty((stretches.size, len(met)))
    known = [model.matched for model in models]
    for place, stretch in enumerate(stretches.tolist()):
        redrawn = _redraw(met, rng)
        refitted = fit_models(redrawn, known=known, refits=1)
        for number, (one, model) in enumerate(zip(met, refitted, strict=True)):
            seen = sum(model.probability[cell] * count.pairs for cell, count in one.counts.items())
            drawn[place, number] = seen + max(model.matches - seen, 0.0) * stretch
    # Redrawn noise reads as a few matches more: only the spread of the draws is believed, not their middle.
    estimate = np.array([model.matches for model in models])
    middle = np.median(drawn, axis=0) if drawn.size else estimate
    most = np.array([min(facts.persons for facts in one.lists) for one in met], dtype=np.float64)
    return np.asarray(np.clip(drawn + estimate - middle, 0.0, most))


def _redraw(met: Sequence[Met], rng: np.random.Generator) -> list[Met]:
    """What might have met instead, between the lists and within each: the latter tells how much meets by chance."""
    facts = {id(one): one for pair in met for one in pair.lists}
    other = {number: replace(one, collisions=_redraw_collisions(one.collisions, rng)) for number, one in facts.items()}
    return [Met(redraw_counts(one.counts, rng), (other[id(one.lists[0])], other[id(one.lists[1])])) for one in met]


def _redraw_collisions(collisions: Mapping[Cell, int], rng: np.random.Generator) -> dict[Cell, int]:
    return dict(zip(collisions, rng.poisson(list(collisions.values())).tolist(), strict=True))


def rate_linkage(accepted: NDArray[np.float64], *, matches: NDArray[np.float64], total: float) -> tuple[Share, Share]:
    """Precision and recall of a linkage, as estimated.

    In
        accepted   (pair,) probability of each accepted pair
        matches    (draw,) draws of the true number of pairs
        total      the estimate of that number
    Out
        precision, recall

    >>> precision, recall = rate_linkage(np.array([1.0, 0.9]), matches=np.array([2.0, 2.0]), total=2.0)
    >>> precision.value, recall.value
    (0.95, 0.95)
    >>> rate_linkage(np.zeros(0), matches=np.zeros(2), total=0.0)[1]
    Share(value=0.0, lower=0.0, upper=1.0)
    """
    count = max(accepted.size, 1)
    true = float(accepted.sum())
    precision = true / count if accepted.size else 1.0
    # False pairs are few: their number is Poisson, and its mean known only to a factor.
    false = count - true if accepted.size else 0.0
    spread = _Z * np.sqrt(false + (_FALSE_SPREAD * false / 2) ** 2) + 0.5
    recall = min(true / total, 1.0) if total > 0 else 0.0
    # Where no match is expected, nothing is known of the share that would be found.
    is_known = matches.size and total >= _LEAST_MATCHES
    # Few draws tell how far they spread better than where their ends are.
    times = float(np.exp(_Z * np.log(np.maximum(matches, max(true / 2, _LEAST_MATCHES))).std())) if is_known else 1.0
    lower, upper = (recall / times, recall * times) if is_known else (0.0, 1.0)
    return (
        Share(precision, max(precision - spread / count, 0.0), min(precision + spread / count, 1.0)),
        Share(recall, float(max(min(lower, recall), 0.0)), float(min(max(upper, recall), 1.0))),
    )


def redraw_counts(counts: Mapping[Cell, CellCount], rng: np.random.Generator) -> dict[Cell, CellCount]:
    """What might have met in each cell instead: Poisson counts around those that did.

    In
        counts   what met in each cell
        rng      the generator
    Out
        the same cells
    """
    redrawn = {}
    for cell, count in counts.items():
        pairs = float(rng.poisson(count.pairs))
        times = pairs / count.pairs if count.pairs else 0.0
        redrawn[cell] = replace(
            count,
            pairs=pairs,
            classes={name: size * times for name, size in count.classes.items()},
            names={name: size * times for name, size in count.names.items()},
        )
    return redrawn
