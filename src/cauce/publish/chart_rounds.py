"""How do two rounds look as a bridge: from the first total to the second, one step for each of the four figures?

Blue steps are change, grey ones are coverage: what is seen for the first time, and what nobody visited. The picture is
of files that the caller holds; it takes no part in a release.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt
import vl_convert

from cauce.standards.messages import Message, Speaker

__all__ = ["BridgeFigures", "draw_bridge"]

_TOTAL, _CHANGE, _COVERAGE = "#1b3a4b", "#2a7fb8", "#9aa5ad"


@dataclass(frozen=True)
class BridgeFigures:
    """Persons: the two totals, the change at sites that stayed open and at closed ones, and the two of coverage."""

    first: float
    open_sites: float
    closed_sites: float
    not_assessed: float
    newly_covered: float
    second: float


def draw_bridge(figures: BridgeFigures, *, speaker: Speaker, kind: Literal["svg", "png", "pdf"]) -> bytes:
    """The picture of a comparison of rounds.

    In
        figures   BridgeFigures, persons; the steps lead from the first total to the second
        speaker   language of the labels
        kind      svg, png or pdf
    Out
        bytes of the file

    >>> figures = BridgeFigures(600, 20, -300, -200, 500, 620)
    >>> draw_bridge(figures, speaker=Speaker("es"), kind="svg")[:4]
    b'<svg'
    """
    spec = json.dumps(_chart(_bars(figures, speaker), speaker).to_dict())
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    if kind == "png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=2.0))
    return bytes(vl_convert.vegalite_to_pdf(spec))


def _bars(figures: BridgeFigures, speaker: Speaker) -> list[dict[str, object]]:
    steps = [
        (Message("Open at both rounds"), figures.open_sites, _CHANGE),
        (Message("Closed"), figures.closed_sites, _CHANGE),
        (Message("Not assessed"), figures.not_assessed, _COVERAGE),
        (Message("Newly covered"), figures.newly_covered, _COVERAGE),
    ]
    level = figures.first
    bars = [_bar(speaker, Message("Round 1"), low=0.0, high=level, told=level, colour=_TOTAL)]
    for label, step, colour in steps:
        bars.append(_bar(speaker, label, low=level, high=level + step, told=step, colour=colour))
        level += step
    return [*bars, _bar(speaker, Message("Round 2"), low=0.0, high=figures.second, told=figures.second, colour=_TOTAL)]


def _bar(speaker: Speaker, label: Message, *, low: float, high: float, told: float, colour: str) -> dict[str, object]:
    figure = speaker.say(Message("{figure}", figure=round(told)))
    signed = figure if colour == _TOTAL or told <= 0 else f"+{figure}"
    return {
        "label": speaker.say(label),
        "low": min(low, high),
        "high": max(low, high),
        "told": signed,
        "colour": colour,
    }


def _chart(bars: Sequence[dict[str, object]], speaker: Speaker) -> alt.LayerChart:
    order = [str(bar["label"]) for bar in bars]
    column = alt.X("label:N", sort=order, title=None, axis=alt.Axis(labelAngle=0, labelLimit=110))
    persons = alt.Y("low:Q", title=speaker.say(Message("Persons")), axis=alt.Axis(grid=True, tickCount=5))
    drawn = alt.Chart(alt.Data(values=list(bars))).encode(x=column)
    rectangles = drawn.mark_bar(size=56).encode(y=persons, y2="high:Q", color=alt.Color("colour:N", scale=None))
    figures = drawn.mark_text(dy=-8, fontSize=13, color=_TOTAL).encode(y="high:Q", text="told:N")
    return alt.layer(rectangles, figures).properties(width=620, height=300, background="white")
