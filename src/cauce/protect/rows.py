"""Which invented rows add up to the released tables?

Columns are drawn one after the other, those of many codes first, each from a curve fitted so that the rows meet the
targets of its pairs with all columns before. What luck adds is then taken away: a shrinking part of the rows is fitted
again to what is still missing, and drawn again. Everything is made from noisy counts: nothing here sees a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from scipy.special import expit
from threadpoolctl import threadpool_limits

from cauce.protect import categories, flags
from cauce.protect.columns import Column
from cauce.protect.targets import Targets

__all__ = ["BLANK", "draw_rows", "misfit"]

BLANK = -1
_STIFFNESS = 0.02
_RIDGE_FLOOR = 0.5
_REFITS = (0.4, 0.2, 0.1, 0.05, 0.02, 0.008)
_FIRST_ROUNDS, _LATER_ROUNDS = 12, 6
_FIRST_STEPS, _LATER_STEPS = 60, 20
# The most numbers that one look at the rows may touch while a curve is fitted: larger tables are fitted on fewer rows.
_WORK = 8_000_000
_LEAST_ROWS = 8_000
_GROUPS = 50_000


@dataclass(frozen=True)
class _Scene:
    """What does not change while the rows are drawn."""

    columns: Sequence[Column]
    targets: Targets
    rng: np.random.Generator


@dataclass(frozen=True)
class _Drawn:
    """What is drawn so far, and what later columns are told of it.

    places   (row, column) int16   BLANK until drawn
    groups   (row,) int            rows alike in all columns of many codes
    values   (row, feature)        one-hot values of the columns of many codes
    signs    (row, flag) int8      of the flags drawn, in order
    """

    places: NDArray[np.int16]
    groups: NDArray[np.int64]
    values: csr_array
    signs: NDArray[np.int8]
    cats: tuple[int, ...] = ()
    flags: tuple[int, ...] = ()


def draw_rows(columns: Sequence[Column], targets: Targets, *, rng: np.random.Generator) -> NDArray[np.int16]:
    """Invented rows that meet the targets as nearly as they can, in no order.

    In
        columns   settled
        targets   from `targets.aim_at`
        rng       the generator: rows are made from what is already noisy, so it costs nothing
    Out
        (row, column) int   places; BLANK where every place was withheld
    Source
        METHODS.md E.5
    """
    rows, scene = targets.people, _Scene(columns, targets, rng)
    drawn = _Drawn(
        # Column by column in memory: all that is asked of the rows is asked of whole columns.
        places=np.full((rows, len(columns)), BLANK, dtype=np.int16, order="F"),
        groups=np.zeros(rows, dtype=np.int64),
        values=categories.one_hot(np.zeros((rows, 0), dtype=np.int16), []),
        signs=np.zeros((rows, sum(column.is_flag for column in columns)), dtype=np.int8),
    )
    # Several threads on matrices this small cost twenty times what they save.
    with threadpool_limits(limits=1, user_api="blas"):
        for place in _order(columns, targets):
            draw = _draw_flag if columns[place].is_flag else _draw_category
            drawn = draw(drawn, place, scene=scene)
    order = rng.permutation(rows)
    for place in range(len(columns)):
        drawn.places[:, place] = drawn.places[order, place]
    return drawn.places


def misfit(places: NDArray[np.int16], columns: Sequence[Column], targets: Targets) -> float:
    """How far the rows are from their targets: half the sum of absolute differences of shares, mean over all pairs.

    In
        places    (row, column) int
        columns   settled
        targets   what they were drawn for
    Out
        float   0 when met; made without the data
    """
    at = {column.name: place for place, column in enumerate(columns)}
    rows, gaps = max(len(places), 1), []
    for (one, two), table in targets.tables.items():
        counts = _count_pair(places[:, at[one]], places[:, at[two]], shape=table.shape)
        gaps.append(0.5 * float(np.abs(counts / rows - table.ravel() / max(table.sum(), 1.0)).sum()))
    return float(np.mean(gaps)) if gaps else 0.0


def _count_pair(first: NDArray[np.int16], second: NDArray[np.int16], *, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """(cell,) int: rows in each cell of a table of two columns; those blank in one of them are in none."""
    joint = (first + np.int32(1)) * np.int32(shape[1] + 1) + second + np.int32(1)
    counts = np.bincount(joint, minlength=(shape[0] + 1) * (shape[1] + 1))
    return np.asarray(counts.reshape(shape[0] + 1, shape[1] + 1)[1:, 1:].ravel())


def _order(columns: Sequence[Column], targets: Targets) -> list[int]:
    """Columns of many codes by falling size, then flags by falling smaller side."""

    def key(place: int) -> tuple[bool, float]:
        column = columns[place]
        return column.is_flag, -float(targets.margins[column.name].min()) if column.is_flag else -float(column.size)

    return sorted(range(len(columns)), key=key)


def _draw_category(drawn: _Drawn, place: int, *, scene: _Scene) -> _Drawn:
    column, everyone = scene.columns[place], np.arange(len(drawn.places))
    places = drawn.places
    parameters = None
    for share in (1.0, *_REFITS) if drawn.cats else (1.0,):
        rows = everyone if share == 1.0 else np.flatnonzero(scene.rng.random(len(places)) < share)
        if rows.size:
            places[rows, place], parameters = _draw_among(drawn, rows, place, scene=scene, start=parameters)
    values = hstack([drawn.values, categories.one_hot(places[:, [place]], [column.size])], format="csr")
    joint = drawn.groups * (column.size + 1) + places[:, place] + 1
    groups = np.unique(joint, return_inverse=True)[1]
    return replace(drawn, values=csr_array(values), groups=groups, cats=(*drawn.cats, place))


def _draw_among(
    drawn: _Drawn, rows: NDArray[np.integer], place: int, *, scene: _Scene, start: NDArray[np.float64] | None
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Places of some rows, fitted to what the other rows leave wanting, and the parameters of the fit."""
    wanted, ridge = _category_targets(drawn, place, scene=scene)
    wanted = np.maximum(wanted - _held_by_others(drawn, rows, place, scene=scene), 0.0)
    _, first, groups = np.unique(drawn.groups[rows], return_index=True, return_inverse=True)
    alike = drawn.places[rows[first]][:, drawn.cats]
    weights = np.bincount(groups).astype(np.float64)
    chosen = _fitted_groups(len(alike), width=(len(drawn.cats) + 1) * scene.columns[place].size, rng=scene.rng)
    share = float(weights[chosen].sum() / weights.sum())
    choice = categories.Choice(
        features=_category_features(alike[chosen], drawn, place, scene=scene),
        weights=weights[chosen],
        targets=wanted * share,
        ridge=ridge * share,
        allowed=_allowed_codes(alike[chosen], drawn, place, scene=scene),
    )
    steps = _FIRST_STEPS if start is None else _LATER_STEPS
    parameters = categories.fit_choice(choice, start=start, rounds=steps)
    order = np.argsort(groups, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(groups))])
    found = np.empty(rows.size, dtype=np.int32)
    for low in range(0, len(alike), _GROUPS):
        high = min(low + _GROUPS, len(alike))
        some = order[ends[low] : ends[high]]
        odds = categories.odds_of(
            _category_features(alike[low:high], drawn, place, scene=scene),
            parameters,
            allowed=_allowed_codes(alike[low:high], drawn, place, scene=scene),
        )
        found[some] = categories.draw_places(odds, groups[some] - low, rng=scene.rng)
    return found, parameters


def _fitted_groups(groups: int, *, width: int, rng: np.random.Generator) -> NDArray[np.int64]:
    most = max(_LEAST_ROWS, _WORK // max(width, 1))
    return np.arange(groups) if groups <= most else np.sort(rng.choice(groups, most, replace=False))


def _told_of(drawn: Sequence[int], place: int, *, scene: _Scene) -> list[int]:
    """Those of the columns drawn that have an aim with this one."""
    name = scene.columns[place].name
    return [at for at in drawn if scene.targets.has(scene.columns[at].name, name)]


def _category_features(alike: NDArray[np.int16], drawn: _Drawn, place: int, *, scene: _Scene) -> csr_array:
    cats = _told_of(drawn.cats, place, scene=scene)
    ones, told = np.zeros((len(alike), 1), dtype=alike.dtype), alike[:, [drawn.cats.index(at) for at in cats]]
    return categories.one_hot(np.hstack([ones, told]), [1, *(scene.columns[at].size for at in cats)])


def _category_targets(drawn: _Drawn, place: int, *, scene: _Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns, targets, name = scene.columns, scene.targets, scene.columns[place].name
    wanted, ridge = [targets.margins[name][None, :]], [np.array([_RIDGE_FLOOR])]
    for at in _told_of(drawn.cats, place, scene=scene):
        other = columns[at]
        wanted.append(targets.table(other.name, name))
        ridge.append(np.full(other.size, max(_STIFFNESS * targets.variance(other.name, name), _RIDGE_FLOOR)))
    return np.vstack(wanted), np.concatenate(ridge)


def _allowed_codes(alike: NDArray[np.int16], drawn: _Drawn, place: int, *, scene: _Scene) -> NDArray[np.bool_]:
    column = scene.columns[place]
    allowed = np.ones((len(alike), column.size), dtype=bool)
    for at, values in zip(drawn.cats, alike.T, strict=True):
        published = scene.targets.is_published(scene.columns[at].name, column.name)
        if not published.all():
            allowed &= np.vstack([published, np.ones((1, column.size), dtype=bool)])[values]
    return allowed


def _held_by_others(drawn: _Drawn, rows: NDArray[np.integer], place: int, *, scene: _Scene) -> NDArray[np.float64]:
    """(feature, code) float: what the rows that stay as they are add up to."""
    others = np.ones(len(drawn.places), dtype=bool)
    others[rows] = False
    others &= drawn.places[:, place] >= 0
    size, chosen = scene.columns[place].size, drawn.places[others, place]
    found = [np.bincount(chosen, minlength=size)[None, :]]
    for at in _told_of(drawn.cats, place, scene=scene):
        shape = scene.columns[at].size, size
        found.append(_count_pair(drawn.places[others, at], chosen, shape=shape).reshape(shape))
    return np.vstack(found).astype(np.float64)


def _draw_flag(drawn: _Drawn, place: int, *, scene: _Scene) -> _Drawn:
    allowed = _allowed_signs(drawn, place, scene=scene)
    chosen = np.where(allowed[:, 0], 0, 1).astype(np.int16)
    chosen[~allowed.any(axis=1)] = BLANK
    free = np.flatnonzero(allowed.all(axis=1))
    features = _flag_features(drawn, place, scene=scene)
    wanted, ridge = _flag_targets(drawn, place, scene=scene)
    parameters = np.zeros(features.length)
    for share in (1.0, *_REFITS):
        rows = free if share == 1.0 else free[scene.rng.random(free.size) < share]
        if not rows.size:
            continue
        fixed = chosen == 0
        fixed[rows] = False
        told = features if rows.size == len(chosen) else features.take(rows)
        parameters = _fit_some(
            told, wanted - features.sum_over(fixed), ridge=ridge, start=parameters, is_first=share == 1.0, rng=scene.rng
        )
        odds = expit(flags.log_odds(told, parameters))
        chosen[rows] = np.where(scene.rng.random(rows.size) < odds, 0, 1)
    drawn.places[:, place] = chosen
    drawn.signs[:, len(drawn.flags)] = np.array([1, -1, 0], dtype=np.int8)[chosen]
    return replace(drawn, flags=(*drawn.flags, place))


def _flag_features(drawn: _Drawn, place: int, *, scene: _Scene) -> flags.Features:
    cats, signs = (_told_of(some, place, scene=scene) for some in (drawn.cats, drawn.flags))
    if len(cats) + len(signs) == len(drawn.cats) + len(drawn.flags):
        return flags.Features(drawn.values, drawn.signs[:, : len(drawn.flags)])
    values = categories.one_hot(drawn.places[:, cats], [scene.columns[at].size for at in cats])
    return flags.Features(values, drawn.signs[:, [drawn.flags.index(at) for at in signs]])


def _fit_some(
    told: flags.Features,
    wanted: NDArray[np.float64],
    *,
    ridge: NDArray[np.float64],
    start: NDArray[np.float64],
    is_first: bool,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The parameters of all rows, fitted on as many of them as the work allows."""
    rows = told.signs.shape[0]
    most = max(_LEAST_ROWS, _WORK // (told.signs.shape[1] + 10))
    rounds = _FIRST_ROUNDS if is_first else _LATER_ROUNDS
    if rows <= most:
        return flags.fit_flag(told, wanted, ridge=ridge, start=start, rounds=rounds, rng=rng)
    some, share = told.take(np.sort(rng.choice(rows, most, replace=False))), most / rows
    return flags.fit_flag(some, wanted * share, ridge=ridge * share, start=start, rounds=rounds, rng=rng)


def _allowed_signs(drawn: _Drawn, place: int, *, scene: _Scene) -> NDArray[np.bool_]:
    allowed = np.ones((len(drawn.places), 2), dtype=bool)
    for at in (*drawn.cats, *drawn.flags):
        published = scene.targets.is_published(scene.columns[at].name, scene.columns[place].name)
        for side in (0, 1):
            if not published[:, side].all():
                allowed[:, side] &= np.append(published[:, side], True)[drawn.places[:, at]]
    return allowed


def _flag_targets(drawn: _Drawn, place: int, *, scene: _Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns, targets, name = scene.columns, scene.targets, scene.columns[place].name
    wanted, ridge = [targets.margins[name][:1]], [np.array([_RIDGE_FLOOR])]
    for at in _told_of(drawn.cats, place, scene=scene):
        wanted.append(targets.table(columns[at].name, name)[:, 0])
        ridge.append(np.full(columns[at].size, _STIFFNESS * targets.variance(columns[at].name, name)))
    for at in _told_of(drawn.flags, place, scene=scene):
        table = targets.table(columns[at].name, name)
        wanted.append(np.array([table[0, 0] - table[1, 0]]))
        ridge.append(np.array([4.0 * _STIFFNESS * targets.variance(columns[at].name, name)]))
    return np.concatenate(wanted), np.concatenate(ridge)
