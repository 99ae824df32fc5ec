"""How does somebody show estimated moves: as a picture, and as a paragraph that does not mislead?"""

from pathlib import Path
from typing import Literal, cast

import numpy as np

from cauce.estimate import flow_summary
from cauce.publish import chart_flows
from cauce.publish.chart_flows import ChartWords, Corridor, PictureKind
from cauce.recipes.estimate_flows import FlowAnswer
from cauce.standards import codelists
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message, Speaker
from cauce.store import area_tables

__all__ = ["Shape", "name_areas", "picture_flows", "tell_flows"]

Shape = Literal["ring", "bars"]
_LARGEST = 15


def picture_flows(answer: FlowAnswer, path: Path, *, shape: Shape, speaker: Speaker) -> Path:
    """Draws the moves and writes the picture.

    In
        answer    FlowAnswer
        path      a file named .svg, .png or .pdf
        shape     ring: all moves; bars: the largest corridors, with their intervals
        speaker   language of the words
    Out
        the file written
    Refuses
        recipes.unknown_picture   another kind of file
    """
    kind = path.suffix.removeprefix(".").casefold()
    if kind not in ("svg", "png", "pdf"):
        raise Refusal(
            "recipes.unknown_picture",
            found="{file} is no kind of picture that can be drawn",
            wanted="a file named .svg, .png or .pdf",
            remedy="Rename the picture, such as flows.svg",
            file=path.name,
        )
    words, names = _words(answer, speaker), name_areas(answer, speaker)
    shown = [names[area] for area in answer.estimate.areas]
    if shape == "ring":
        content = chart_flows.draw_ring(answer.between_areas, shown, words=words, kind=cast(PictureKind, kind))
    else:
        corridors = _corridors(answer, shown)
        content = chart_flows.draw_corridors(corridors, words=words, kind=cast(PictureKind, kind))
    area_tables.write_bytes(path, content)
    return path


def tell_flows(answer: FlowAnswer, speaker: Speaker) -> tuple[Message, ...]:
    """The paragraph about the moves, for somebody who reads no statistics.

    In
        answer    FlowAnswer
        speaker   for the names of the areas
    Out
        Message, ...   its sentences
    """
    names = name_areas(answer, speaker)
    said = flow_summary.summarise(answer.between_areas, answer.estimate, intervals=answer.intervals, names=names)
    if not answer.is_reconciled:
        return said
    return (*said, Message("These moves were made to agree with the reported figures that were given."))


def name_areas(answer: FlowAnswer, speaker: Speaker) -> dict[str, str]:
    """The names of the areas whose codes are known (ISO 3166), the code itself of all others.

    In
        answer    FlowAnswer
        speaker   language of the names
    Out
        code -> name
    """
    known = codelists.load("area")
    codes = frozenset(known.codes)
    return {area: known.name_of(area, speaker.language) if area in codes else area for area in answer.estimate.areas}


def _words(answer: FlowAnswer, speaker: Speaker) -> ChartWords:
    title = Message("{total} moves between {areas} areas", total=round(answer.total), areas=len(answer.estimate.areas))
    subtitle = Message("Estimated from two counts by the method {method}", method=answer.estimate.method)
    return ChartWords(
        title=speaker.say(title),
        subtitle=speaker.say(subtitle),
        moves=speaker.say(Message("moves")),
        rest=speaker.say(Message("all others")),
    )


def _corridors(answer: FlowAnswer, names: list[str]) -> list[Corridor]:
    table, bounds = answer.between_areas, answer.intervals
    order = np.argsort(-table, axis=None, kind="stable")[:_LARGEST].tolist()
    cells = [divmod(place, len(names)) for place in order]
    return [
        Corridor(
            names[origin],
            names[destination],
            float(table[origin, destination]),
            float(bounds.lower[origin, destination]) if bounds else None,
            float(bounds.upper[origin, destination]) if bounds else None,
        )
        for origin, destination in cells
        if table[origin, destination] > 0
    ]
