"""May this table be asked, at what cost, and which finer or coarser one would be worth its cost?

The answer is made from what is public already: the policy, the codelists, what is left of the budget, and figures
released before. It never looks at the data, so being refused tells nothing about anybody.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cauce.protect import budget, counting, tables

__all__ = ["PublicFigures", "Question", "Verdict", "costs_of", "find_finest", "judge", "most_of"]

_LADDER = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
_WORTH = 0.5
_MOST_CELLS = 2_000_000


@dataclass(frozen=True)
class Question:
    """A table: its columns, the codes it is kept to, and the cost offered (None: the least that is worth it)."""

    by: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    epsilon: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a person needs a place in, those of `where` first."""
        return (*(name for name, _ in self.where), *self.by)


@dataclass(frozen=True)
class PublicFigures:
    """What anybody may know before the table is counted.

    people        persons in all, as released
    shares        column -> (code,) float    shares as released, even where none were
    domain        column -> its public codes
    repeats       columns where a person may have several values
    affordable    the most that may be spent now
    delta         of the policy
    profile       of the policy
    wider         column -> the same by wider categories, finest first: column -> (code -> wider code)
    released      columns of each table that is out already, of the same data: it costs nothing to give again
    """

    people: float
    shares: Mapping[str, NDArray[np.float64]]
    domain: Mapping[str, Sequence[str]]
    repeats: frozenset[str]
    affordable: float
    delta: float
    profile: tables.Profile
    wider: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    released: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What a question costs, None where no cost that may be offered is worth it, and how many persons would show.

    visible   share of the foretold persons who stand in figures above their noise, at that cost or at the most
    cells     of the table
    """

    cost: float | None
    visible: float
    cells: int


def costs_of(question: Question) -> tuple[float, ...]:
    """The costs at which a question may be answered, the least first.

    >>> costs_of(Question(("sex",), epsilon=0.3))
    (0.3,)
    """
    return _LADDER if question.epsilon is None else (question.epsilon,)


def most_of(question: Question) -> float:
    """The highest cost at which a question may be answered, whatever is left.

    >>> most_of(Question(("sex",), epsilon=0.3))
    0.3
    """
    return max(costs_of(question))


def judge(question: Question, known: PublicFigures) -> Verdict:
    """What a table costs so that half of its persons stand in figures that are shown; nothing where it is out already.

    A cost that was offered is kept to, also for a table that is out: it may have been drawn for less.

    In
        question   Question
        known      PublicFigures
    Out
        Verdict

    >>> public = PublicFigures(2_000, {"sex": np.array([0.6, 0.4])}, {"sex": ("F", "M")}, frozenset(), 1.0, 1e-6,
    ...                        "careful")
    >>> judge(Question(("sex",)), public)
    Verdict(cost=0.05, visible=1.0, cells=2)
    """
    cells = _cells(question, known)
    if question.epsilon is None and not question.where and frozenset(question.by) in known.released:
        return Verdict(0.0, 1.0, cells)
    affordable = [epsilon for epsilon in costs_of(question) if epsilon <= known.affordable + 1e-9]
    if cells > _MOST_CELLS or not affordable:
        return Verdict(None, 0.0, cells)
    foretold = _foretold(question, known)
    for epsilon in affordable:
        visible = _visible(foretold, question, known, epsilon=epsilon)
        if visible >= _WORTH:
            return Verdict(epsilon, round(visible, 3), cells)
    return Verdict(None, round(visible, 3), cells)


def find_finest(question: Question, known: PublicFigures) -> tuple[Question, Verdict] | None:
    """The table that keeps most of what was asked and is worth a cost: most columns, then conditions, then cells.

    Every column and every condition stays as it was asked, is taken by wider categories, or goes. A condition never
    becomes a column: the table would show others than those who were asked about. Where a cost was offered that cannot
    be paid, the same table at a cost that can is tried too.

    In
        question   that was refused
        known      PublicFigures
    Out
        the table and its verdict, or None where none is
    """
    falling = sorted(
        _coarser(question, known), key=lambda one: (len(one.columns), len(one.where), _cells(one, known)), reverse=True
    )
    for one in falling:
        verdict = judge(one, known)
        if verdict.cost is not None:
            return one, verdict
    return None


def _coarser(question: Question, known: PublicFigures) -> Iterator[Question]:
    asked = replace(question, epsilon=None)
    for columns in product(*([name, *known.wider.get(name, {}), None] for name in asked.by)):
        by = tuple(name for name in columns if name is not None)
        for kept in product(*([(name, code), *_wider(name, code, known), None] for name, code in asked.where)):
            where = tuple(condition for condition in kept if condition is not None)
            if (by or where) and (question.epsilon is not None or (by, where) != (asked.by, asked.where)):
                yield replace(asked, by=by, where=where)


def _wider(name: str, code: str, known: PublicFigures) -> list[tuple[str, str]]:
    return [(column, codes[code]) for column, codes in known.wider.get(name, {}).items() if code in codes]


def _cells(question: Question, known: PublicFigures) -> int:
    return math.prod(len(known.domain[name]) for name in question.by)


def _foretold(question: Question, known: PublicFigures) -> NDArray[np.float64]:
    kept = known.people
    for name, code in question.where:
        place = list(known.domain[name]).index(code)
        kept *= float(known.shares[name][place])
    shares = [known.shares[name] for name in question.by]
    joint = reduce(np.multiply.outer, shares, np.ones(()))
    return np.asarray(kept * joint).ravel()


def _visible(foretold: NDArray[np.float64], question: Question, known: PublicFigures, *, epsilon: float) -> float:
    squared = counting.squared_norm(question.by, several=set(known.repeats))
    distances = foretold / budget.sigma_of(budget.rho_of(epsilon, delta=known.delta), squared_norm=squared)
    shown = foretold[tables.are_shown(distances, profile=known.profile)].sum()
    return float(shown / max(foretold.sum(), 1.0))
