"""How is the comparison of two rounds drawn to a file that a report can take?"""

from pathlib import Path
from typing import Literal, cast

from cauce.estimate.rounds import RoundsComparison
from cauce.publish import chart_rounds
from cauce.standards.errors import Refusal
from cauce.standards.messages import Speaker
from cauce.store import written

__all__ = ["draw_rounds"]


def draw_rounds(compared: RoundsComparison, path: Path, *, speaker: Speaker) -> None:
    """Writes the bridge from the first round to the second.

    In
        compared   RoundsComparison, persons
        path       file to write; its ending says the kind: .svg, .png or .pdf
        speaker    language of the labels
    Refuses
        publish.chart_kind   another ending
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf"):
        raise Refusal(
            "publish.chart_kind",
            found="{file} does not end as a picture does",
            wanted="a file name ending in .svg, .png or .pdf",
            remedy="Give the picture one of these endings",
            file=path.name,
        )
    figures = chart_rounds.BridgeFigures(
        first=compared.first_persons,
        open_sites=compared.like_for_like - compared.closed,
        closed_sites=compared.closed,
        not_assessed=-compared.not_assessed.last_known,
        newly_covered=compared.newly_covered,
        second=compared.second_persons,
    )
    drawn = chart_rounds.draw_bridge(figures, speaker=speaker, kind=cast(Literal["svg", "png", "pdf"], kind))
    written.write_whole(path, drawn)
