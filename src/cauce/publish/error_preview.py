"""What does the steward see before she chooses an epsilon? A page with the picture of error against epsilon.

It is made of the noise alone, in four languages one under the other, and needs neither a server nor a network. What a
release that was made may be used for is told by `release_card`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from jinja2 import Environment, PackageLoader, select_autoescape

from cauce.publish.labels import Labels
from cauce.standards.messages import LANGUAGES, Language, Message, Speaker

__all__ = ["render_preview"]

_NAMES: Mapping[Language, str] = {"es": "Español", "en": "English", "fr": "Français", "ar": "العربية"}
_WIDTH, _HEIGHT, _EDGE = 560, 260, 48


class _Error(Protocol):
    """Of one figure at one epsilon, in persons; `protect.foretold_error` makes such."""

    @property
    def epsilon(self) -> float: ...
    @property
    def moved(self) -> float: ...
    @property
    def half(self) -> float: ...
    @property
    def least(self) -> float: ...


def render_preview(errors: Sequence[_Error], *, chosen: float, by: Sequence[str], labels: Labels) -> str:
    """The page as HTML.

    In
        errors   at rising epsilons
        chosen   the epsilon that hub.toml has now, among them
        by       fields of the table; none for the tables of one release
        labels   names of the fields
    Out
        str   one self-contained page
    """
    environment = Environment(
        loader=PackageLoader("cauce.publish"), autoescape=select_autoescape(["jinja"]), trim_blocks=True
    )
    template = environment.get_template("error_preview.html.jinja")
    told = [_tongue(errors, language, chosen=chosen, by=by, labels=labels) for language in LANGUAGES]
    return template.render(tongues=told, picture=_picture(errors, chosen=chosen))


def _tongue(
    errors: Sequence[_Error], language: Language, *, chosen: float, by: Sequence[str], labels: Labels
) -> dict[str, object]:
    say = Speaker(language).say
    now = next(one for one in errors if one.epsilon == chosen)
    table = " × ".join(labels.field(name, language) for name in by) or say(Message("the tables of one release"))
    return {
        "language": language,
        "name": _NAMES[language],
        "direction": "rtl" if language == "ar" else "ltr",
        "title": say(Message("How far a figure moves, for each epsilon")),
        "sentences": [
            say(
                Message(
                    "With epsilon {epsilon} a figure moves by about {moved}: {table}",
                    epsilon=chosen,
                    moved=_persons(now.moved),
                    table=table,
                )
            ),
            say(
                Message(
                    "19 times of 20 it lies within {half} of the truth; figures under about {least} are withheld",
                    half=_persons(now.half),
                    least=_persons(now.least),
                )
            ),
            say(Message("This comes from the noise alone: no person was counted and nothing was spent")),
        ],
        "headings": [
            say(Message("Epsilon")),
            say(Message("A figure moves by about")),
            say(Message("19 times of 20 within")),
            say(Message("Smallest figure shown")),
        ],
        "rows": [
            {
                "cells": [say(Message("{cell}", cell=cell)) for cell in _cells(one)],
                "is_chosen": one.epsilon == chosen,
            }
            for one in errors
        ],
    }


def _cells(one: _Error) -> list[float]:
    return [one.epsilon, _persons(one.moved), _persons(one.half), _persons(one.least)]


def _persons(figure: float) -> float:
    return round(figure) if figure >= 10 else round(figure, 1)


def _picture(errors: Sequence[_Error], *, chosen: float) -> dict[str, object]:
    """Points of a curve: epsilon evenly apart on the axis, persons upwards; a wide scale is read off the labels."""
    highest = max(one.moved for one in errors)
    step = (_WIDTH - 2 * _EDGE) / max(len(errors) - 1, 1)
    points = [
        {
            "x": round(_EDGE + step * place, 1),
            "y": round(_HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * one.moved / highest, 1),
            "epsilon": f"{one.epsilon:g}",
            "moved": f"{_persons(one.moved):g}",
            "is_chosen": one.epsilon == chosen,
        }
        for place, one in enumerate(errors)
    ]
    line = " ".join(f"{point['x']},{point['y']}" for point in points)
    return {"width": _WIDTH, "height": _HEIGHT, "edge": _EDGE, "points": points, "line": line}
