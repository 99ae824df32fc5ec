"""Where does each bar, whisker and tick of a picture stand, as shares of its width?

Horizontal bars with their intervals, drawn by one template as SVG inside the page: lengths are percentages and texts
keep their size, so one picture is legible on a phone, in the dark and on paper, and reads from the right in Arabic.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cauce.publish.cells import Cell
from cauce.publish.layouts import Grid, Row

__all__ = ["Bar", "Group", "Picture", "draw_bars", "draw_intervals"]

_WIDTH_USED = 84.0
_MOST_SERIES = 5
_MOST_GROUPS = 20
_MOST_IN_ORDER = 60
_LABEL_HEIGHT, _BAR_HEIGHT, _GAP, _AXIS_HEIGHT = 20, 18, 10, 22


@dataclass(frozen=True)
class Bar:
    """One bar: the figure it stands for, and its places in percent of the width and pixels from the top."""

    series: int
    value: int
    lower: int
    upper: int
    top: int
    length: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """The bars of one label."""

    name: str
    top: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Picture:
    """All that the template draws; `series` names the colours, empty when there is one."""

    groups: tuple[Group, ...]
    series: tuple[tuple[int, str], ...]
    ticks: tuple[tuple[float, int], ...]
    height: int
    left_out: int


def draw_bars(grid: Grid) -> Picture | None:
    """The picture of a table.

    In
        grid    Grid; its columns become colours, unless they are more than 5
    Out
        Picture of at most 20 groups (60 where rows have an order), or None where nothing was released
    """
    rows = [row for row in grid.rows if row.is_released]
    if not rows:
        return None
    if len(grid.columns) > _MOST_SERIES:
        labelled = _flatten(grid, rows)
    else:
        labelled = [(row.name, row.cells) for row in rows]
    most = _MOST_IN_ORDER if grid.is_ordered and len(grid.columns) <= _MOST_SERIES else _MOST_GROUPS
    kept = labelled[:most]
    series = tuple(column.name for column in grid.columns) if len(grid.columns) <= _MOST_SERIES else ()
    figures = [(name, [_figure(cell) for cell in cells]) for name, cells in kept]
    return _place(figures, series=series, left_out=len(labelled) - len(kept))


def draw_intervals(estimates: Sequence[tuple[str, int, int, int]]) -> Picture | None:
    """The picture of several estimates of one quantity.

    In
        estimates    (name, value, lower, upper)
    Out
        Picture, or None without any

    >>> picture = draw_intervals([("main", 50, 40, 60), ("latent", 80, 60, 100)])
    >>> [group.bars[0].length for group in picture.groups], [tick for _, tick in picture.ticks]
    ([42.0, 67.2], [0, 50, 100])
    """
    if not estimates:
        return None
    return _place([(name, [(value, low, high)]) for name, value, low, high in estimates], series=(), left_out=0)


def _flatten(grid: Grid, rows: Sequence[Row]) -> list[tuple[str, tuple[Cell | None, ...]]]:
    pairs = [
        (cell.value, f"{row.name} · {column.name}", cell)
        for row in rows
        for column, cell in zip(grid.columns, row.cells, strict=True)
        if cell and cell.value is not None
    ]
    return [(name, (cell,)) for _, name, cell in sorted(pairs, key=lambda pair: -pair[0])]


def _figure(cell: Cell | None) -> tuple[int, int, int] | None:
    if cell is None or cell.value is None:
        return None
    lower = cell.value if cell.lower is None else cell.lower
    upper = cell.value if cell.upper is None else cell.upper
    return cell.value, lower, upper


def _place(
    labelled: Sequence[tuple[str, Sequence[tuple[int, int, int] | None]]], *, series: tuple[str, ...], left_out: int
) -> Picture:
    largest = max(high for _, figures in labelled for figure in figures if figure for high in figure)
    ticks = _ticks(largest)
    scale = _WIDTH_USED / ticks[-1]
    drawn = {index for _, figures in labelled for index, figure in enumerate(figures) if figure}
    groups, top = [], _AXIS_HEIGHT
    for name, figures in labelled:
        bars = []
        below = top + _LABEL_HEIGHT
        for index, figure in enumerate(figures):
            if figure:
                bars.append(_bar(index, figure, top=below, scale=scale))
                below += _BAR_HEIGHT
        groups.append(Group(name, top, tuple(bars)))
        top = below + _GAP
    return Picture(
        groups=tuple(groups),
        series=tuple((index, name) for index, name in enumerate(series) if index in drawn),
        ticks=tuple((_share(tick, scale), tick) for tick in ticks),
        height=top,
        left_out=left_out,
    )


def _bar(index: int, figure: tuple[int, int, int], *, top: int, scale: float) -> Bar:
    value, lower, upper = figure
    return Bar(
        series=index,
        value=value,
        lower=lower,
        upper=upper,
        top=top,
        length=_share(value, scale),
        low=_share(lower, scale),
        high=_share(upper, scale),
    )


def _share(value: int, scale: float) -> float:
    return round(max(0, value) * scale, 2)


def _ticks(largest: int) -> tuple[int, ...]:
    rough = max(1, largest) / 4
    magnitude = 10 ** math.floor(math.log10(rough))
    step = max(1, int(next(step for step in (1, 2, 5, 10) if step * magnitude >= rough) * magnitude))
    return tuple(range(0, max(1, largest) + step, step))[: math.ceil(max(1, largest) / step) + 1]
