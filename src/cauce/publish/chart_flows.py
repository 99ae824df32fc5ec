"""How do moves between areas look: a ring with ribbons for the whole, bars with intervals for the largest corridors?

In the ring each area's arc is as long as its departures and arrivals together; a ribbon has the colour of its origin
and ends a little before the arc of its destination. Words come from the caller, in the reader's language.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import vl_convert
from numpy.typing import NDArray

__all__ = ["ChartWords", "Corridor", "PictureKind", "draw_corridors", "draw_ring"]

Array = NDArray[np.float64]
PictureKind = Literal["svg", "png", "pdf"]

# Okabe and Ito (2008): told apart by colour-blind readers; the rest of the world is grey.
_COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#8C6D31",
    "#5D4A9C",
    "#B4A000",
    "#7A3B2E",
)
_REST = "#9AA5AD"
_INK = "#1b3a4b"
_MOST_ARCS = len(_COLOURS)
_OUTER, _INNER, _GAP, _ARRIVAL_GAP = 250.0, 236.0, 0.03, 10.0
_WIDE, _HIGH = 760.0, 590.0


@dataclass(frozen=True)
class ChartWords:
    """Title and subtitle of a picture, the axis of moves, and the name of all areas that are not drawn alone."""

    title: str
    subtitle: str
    moves: str
    rest: str


@dataclass(frozen=True)
class Corridor:
    """One corridor as it is drawn: names, moves, and bounds where there are any."""

    origin: str
    destination: str
    moves: float
    lower: float | None = None
    upper: float | None = None


def draw_ring(table: Array, names: Sequence[str], *, words: ChartWords, kind: PictureKind) -> bytes:
    """The ring of moves; the areas with the most moves stand alone, the others together.

    In
        table   (origin, destination) float   moves; those below zero are not drawn
        names   of the areas, as the reader knows them
        words   ChartWords
        kind    svg, png or pdf
    Out
        bytes of the file

    >>> words = ChartWords("Moves", "", "moves", "others")
    >>> draw_ring(np.array([[0.0, 3.0], [1.0, 0.0]]), ["A", "B"], words=words, kind="svg")[:4]
    b'<svg'
    """
    merged, labels = _merge_small(np.maximum(table, 0.0), list(names), rest=words.rest)
    spec = json.dumps(_ring_spec(merged, labels, words))
    if kind == "svg":
        return str(vl_convert.vega_to_svg(spec)).encode()
    if kind == "pdf":
        return bytes(vl_convert.vega_to_pdf(spec))
    return bytes(vl_convert.vega_to_png(spec, scale=2.0))


def draw_corridors(corridors: Sequence[Corridor], *, words: ChartWords, kind: PictureKind) -> bytes:
    """The largest corridors as bars, each with its interval where it has one.

    In
        corridors   Corridor, ...   in the order to draw
        words       ChartWords
        kind        svg, png or pdf
    Out
        bytes of the file

    >>> words = ChartWords("Moves", "", "moves", "others")
    >>> draw_corridors([Corridor("A", "B", 3.0, 2.0, 5.0)], words=words, kind="svg")[:4]
    b'<svg'
    """
    spec = json.dumps(_bars_spec(corridors, words))
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    if kind == "pdf":
        return bytes(vl_convert.vegalite_to_pdf(spec))
    return bytes(vl_convert.vegalite_to_png(spec, scale=2.0))


def _bars_spec(corridors: Sequence[Corridor], words: ChartWords) -> dict[str, Any]:
    rows = [
        {"corridor": f"{one.origin} → {one.destination}", "moves": one.moves, "lower": one.lower, "upper": one.upper}
        for one in corridors
    ]
    across = {"type": "quantitative", "title": words.moves, "axis": {"format": "~s", "tickCount": 6}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": _COLOURS[4], "height": 14}, "encoding": {"x": {**across, "field": "moves"}}}
    ]
    if any(one.lower is not None for one in corridors):
        ends = {"x": {**across, "field": "lower"}, "x2": {"field": "upper"}}
        layers.append({"mark": {"type": "rule", "color": _INK, "strokeWidth": 2}, "encoding": ends})
    line = {"field": "corridor", "type": "nominal", "sort": [row["corridor"] for row in rows], "title": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 460,
        "height": 24 * max(len(rows), 1),
        "background": "white",
        "description": f"{words.title}. {words.subtitle}",
        "title": {"text": words.title, "subtitle": words.subtitle, "anchor": "start", "color": _INK},
        "data": {"values": rows},
        "encoding": {"y": {**line, "axis": {"labelLimit": 260}}},
        "layer": layers,
    }


def _merge_small(table: Array, names: list[str], *, rest: str) -> tuple[Array, list[str]]:
    """The areas with the most moves, in their own order, and one for all others, without the moves among these."""
    size = table.sum(axis=0) + table.sum(axis=1)
    if len(names) <= _MOST_ARCS:
        return table, names
    alone = sorted(np.argsort(-size, kind="stable")[:_MOST_ARCS].tolist())
    groups = np.zeros((_MOST_ARCS + 1, len(names)))
    groups[_MOST_ARCS] = 1.0
    for place, area in enumerate(alone):
        groups[:, area] = np.eye(_MOST_ARCS + 1)[place]
    merged = groups @ table @ groups.T
    np.fill_diagonal(merged, 0.0)
    return merged, [*(names[area] for area in alone), rest]


def _ring_spec(table: Array, names: Sequence[str], words: ChartWords) -> dict[str, Any]:
    colours = [_COLOURS[place] if place < _MOST_ARCS else _REST for place in range(len(names))]
    arcs, labels, ribbons = _layout(table, names, colours)
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": _WIDE,
        "height": _HIGH,
        "background": "white",
        "description": f"{words.title}. {words.subtitle}",
        "title": {"text": words.title, "subtitle": words.subtitle, "anchor": "start", "color": _INK, "offset": 4},
        "data": [
            {"name": "ribbons", "values": ribbons},
            {"name": "arcs", "values": arcs},
            {"name": "labels", "values": labels},
        ],
        "marks": _ring_marks(),
    }


def _ring_marks() -> list[dict[str, Any]]:
    middle = {"x": {"value": _WIDE / 2}, "y": {"value": _HIGH / 2}}
    path = {**middle, "path": {"field": "path"}, "fill": {"field": "colour"}}
    ribbon = {**path, "fillOpacity": {"value": 0.62}, "tooltip": {"field": "told"}}
    label = {
        **{name: {"field": name} for name in ("x", "y", "align")},
        "text": {"field": "name"},
        "baseline": {"value": "middle"},
        "fontSize": {"value": 14},
        "fill": {"value": _INK},
        "limit": {"value": 130},
    }
    return [
        {"type": "path", "from": {"data": "ribbons"}, "encode": {"enter": ribbon}},
        {"type": "path", "from": {"data": "arcs"}, "encode": {"enter": path}},
        {"type": "text", "from": {"data": "labels"}, "encode": {"enter": label}},
    ]


def _layout(
    table: Array, names: Sequence[str], colours: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    sizes = table.sum(axis=0) + table.sum(axis=1)
    whole = 2 * math.pi - _GAP * len(names)
    scale = whole / sizes.sum() if sizes.sum() > 0 else 0.0
    starts = np.concatenate([[0.0], np.cumsum(sizes * scale + _GAP)])[:-1]
    arcs, labels, ribbons = [], [], []
    departures = starts.copy()
    arrivals = starts + table.sum(axis=1) * scale
    for place, name in enumerate(names):
        end = float(starts[place] + sizes[place] * scale)
        arcs.append({"path": _arc_path(float(starts[place]), end), "colour": colours[place]})
        labels.append(_label(name, (float(starts[place]) + end) / 2))
    for origin, destination in _by_size(table):
        wide = float(table[origin, destination] * scale)
        here, there = float(departures[origin]), float(arrivals[destination])
        departures[origin] += wide
        arrivals[destination] += wide
        told = f"{names[origin]} → {names[destination]}: {table[origin, destination]:,.0f}"
        path = _ribbon_path((here, here + wide), (there, there + wide))
        ribbons.append({"path": path, "colour": colours[origin], "told": told})
    return arcs, labels, ribbons


def _by_size(table: Array) -> list[tuple[int, int]]:
    order = np.argsort(-table, axis=None, kind="stable").tolist()
    cells = [divmod(place, len(table)) for place in order]
    return [(origin, destination) for origin, destination in cells if table[origin, destination] > 0]


def _point(angle: float, radius: float) -> str:
    return f"{radius * math.sin(angle):.2f},{-radius * math.cos(angle):.2f}"


def _arc(angle_to: float, radius: float, *, from_angle: float) -> str:
    is_large, is_forward = int(abs(angle_to - from_angle) > math.pi), int(angle_to > from_angle)
    return f"A{radius:.2f},{radius:.2f} 0 {is_large} {is_forward} {_point(angle_to, radius)}"


def _arc_path(start: float, end: float) -> str:
    outer = f"M{_point(start, _OUTER)} {_arc(end, _OUTER, from_angle=start)}"
    return f"{outer} L{_point(end, _INNER)} {_arc(start, _INNER, from_angle=end)} Z"


def _ribbon_path(origin: tuple[float, float], destination: tuple[float, float]) -> str:
    near, far = _INNER - 2, _INNER - _ARRIVAL_GAP
    leave = f"M{_point(origin[0], near)} {_arc(origin[1], near, from_angle=origin[0])}"
    arrive = f"Q0,0 {_point(destination[0], far)} {_arc(destination[1], far, from_angle=destination[0])}"
    return f"{leave} {arrive} Q0,0 {_point(origin[0], near)} Z"


def _label(name: str, angle: float) -> dict[str, Any]:
    radius = _OUTER + 12
    x, y = _WIDE / 2 + radius * math.sin(angle), _HIGH / 2 - radius * math.cos(angle)
    turn = math.sin(angle)
    return {"name": name, "x": x, "y": y, "align": "center" if abs(turn) < 0.25 else "left" if turn > 0 else "right"}
