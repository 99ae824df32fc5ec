"""How far do methods differ on a hidden population, and which lists depend on each other, at a glance?

Above, one bar of uncertainty for each method over a line for the people observed; below, the lists on a ring, joined
where the model says that they depend on each other. The picture is of files that the caller holds; it takes no part in
a release.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

import altair as alt
import vl_convert

from cauce.standards.messages import Message, Speaker

__all__ = ["MethodBar", "MseFigures", "draw_methods"]

_INK, _BAR, _PALE = "#1b3a4b", "#2a7fb8", "#9aa5ad"


@dataclass(frozen=True)
class MethodBar:
    """One method: its word, its total and its interval, in persons."""

    method: str
    total: float
    lower: float
    upper: float


@dataclass(frozen=True)
class MseFigures:
    """What is drawn: people observed, the methods, the lists, and the pairs of lists that the model joins."""

    observed: float
    methods: tuple[MethodBar, ...]
    lists: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


def draw_methods(figures: MseFigures, *, speaker: Speaker, kind: Literal["svg", "png", "pdf"]) -> bytes:
    """The picture of the spread of methods, with the model diagram below.

    In
        figures   MseFigures
        speaker   language of the labels
        kind      svg, png or pdf
    Out
        bytes of the file

    >>> figures = MseFigures(60, (MethodBar("main", 120, 100, 150),), ("A", "B"), (("A", "B"),))
    >>> draw_methods(figures, speaker=Speaker("es"), kind="svg")[:4]
    b'<svg'
    """
    drawn = alt.vconcat(_spread(figures, speaker), _diagram(figures, speaker)).properties(background="white")
    drawn = drawn.configure_view(stroke=None)
    spec = json.dumps(drawn.to_dict())
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    if kind == "pdf":
        return bytes(vl_convert.vegalite_to_pdf(spec))
    return bytes(vl_convert.vegalite_to_png(spec, scale=2.0))


def _spread(figures: MseFigures, speaker: Speaker) -> alt.LayerChart:
    rows = [
        {"label": speaker.say(_name_of(bar.method)), "total": bar.total, "lower": bar.lower, "upper": bar.upper}
        for bar in figures.methods
    ]
    order = [str(row["label"]) for row in rows]
    persons = alt.X(
        "lower:Q", title=speaker.say(Message("Persons")), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=7)
    )
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("label:N", sort=order, title=None))
    bars = base.mark_bar(height=10, color=_BAR, opacity=0.35, cornerRadius=4).encode(x=persons, x2="upper:Q")
    points = base.mark_point(filled=True, size=90, color=_INK, opacity=1).encode(x="total:Q")
    seen = alt.Chart(alt.Data(values=[{"lower": figures.observed}])).mark_rule(color=_PALE, strokeDash=[4, 3])
    title = speaker.say(Message("People seen and unseen, by method; the dashed line counts those seen"))
    drawn: alt.LayerChart = alt.layer(bars, points, seen.encode(x=persons)).properties(
        width=560, height=36 * max(len(rows), 1), title=title
    )
    return drawn


def _name_of(method: str) -> Message:
    names = {
        "stepwise": Message("Pairs chosen step by step"),
        "main": Message("Independent lists"),
        "bic": Message("Best model"),
        "bic_average": Message("Average of models"),
        "decomposable": Message("Decomposable graphs"),
        "latent": Message("Hidden classes"),
        "heterogeneity": Message("People who differ"),
    }
    return names.get(method, Message("{method}", method=method))


def _diagram(figures: MseFigures, speaker: Speaker) -> alt.LayerChart:
    places = _ring(figures.lists)
    nodes = [{"list": name, "x": x, "y": y, "out_x": 1.3 * x, "out_y": 1.3 * y} for name, (x, y) in places.items()]
    edges = [
        {"pair": f"{one}-{other}", "x": places[name][0], "y": places[name][1]}
        for one, other in figures.pairs
        for name in (one, other)
    ]
    scale = alt.Scale(domain=[-1.6, 1.6])
    x, y = alt.X("x:Q", axis=None, scale=scale), alt.Y("y:Q", axis=None, scale=scale)
    lines = alt.Chart(alt.Data(values=edges)).mark_line(color=_BAR, strokeWidth=2).encode(x=x, y=y, detail="pair:N")
    nodes_drawn = alt.Chart(alt.Data(values=nodes)).encode(x=x, y=y)
    circles = nodes_drawn.mark_point(filled=True, size=160, color=_INK, opacity=1)
    out_x, out_y = alt.X("out_x:Q", axis=None, scale=scale), alt.Y("out_y:Q", axis=None, scale=scale)
    names = nodes_drawn.mark_text(color=_INK, fontSize=13).encode(x=out_x, y=out_y, text="list:N")
    title = speaker.say(Message("Lists that depend on each other, by the first model with pairs"))
    drawn: alt.LayerChart = alt.layer(lines, circles, names).properties(width=300, height=240, title=title)
    return drawn


def _ring(lists: Sequence[str]) -> dict[str, tuple[float, float]]:
    turn = 2 * pi / max(len(lists), 1)
    return {name: (round(sin(turn * place), 6), round(cos(turn * place), 6)) for place, name in enumerate(lists)}
