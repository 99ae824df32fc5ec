"""What does the one page beside a protected file say: what was spent, what the noise means, what was withheld?

It is one file, in four languages one under the other, and needs neither a server nor a network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, select_autoescape

from cauce.standards.cleared import ClearedRelease
from cauce.standards.messages import LANGUAGES, Language, Message, Speaker

__all__ = ["Card", "render_card"]

_NAMES: Mapping[Language, str] = {"es": "Español", "en": "English", "fr": "Français", "ar": "العربية"}
_WIDTH = 320


@dataclass(frozen=True)
class Card:
    """What the page tells: the release, its profile, withheld cells, and persons moved by epsilon."""

    release: ClearedRelease
    profile: str
    withheld: int
    moved_by_epsilon: Mapping[float, float]


def render_card(card: Card) -> str:
    """The page as HTML.

    In
        card   Card
    Out
        str   one self-contained page; its figures come from the noise, never from the data
    """
    environment = Environment(
        loader=PackageLoader("cauce.publish"), autoescape=select_autoescape(["jinja"]), trim_blocks=True
    )
    template = environment.get_template("release_card.html.jinja")
    return template.render(tongues=[_tongue(card, language) for language in LANGUAGES])


def _tongue(card: Card, language: Language) -> Mapping[str, object]:
    speaker, release = Speaker(language), card.release
    error = release.records.expected_error if release.records else {}
    cell = round(error.get("cell", 0.0))
    return {
        "language": language,
        "name": _NAMES[language],
        "direction": "rtl" if language == "ar" else "ltr",
        "title": speaker.say(Message("What this release may be used for")),
        "sentences": [speaker.say(message) for message in _sentences(card, cell=cell)],
        "figure_title": speaker.say(Message("By how many persons a figure moves, for each epsilon")),
        "epsilon": speaker.say(Message("Epsilon")),
        "moves": speaker.say(Message("A figure moves by about")),
        "bars": _bars(card.moved_by_epsilon, spent=release.epsilon, speaker=speaker),
    }


def _sentences(card: Card, *, cell: int) -> Sequence[Message]:
    release = card.release
    rows = release.records.rows.num_rows if release.records else 0
    error = release.records.expected_error if release.records else {}
    sentences = [
        Message(
            "Epsilon {epsilon} and delta {delta} were spent on this release",
            epsilon=release.epsilon,
            delta=f"{release.delta:.1e}",
        ),
        Message(
            "A figure moves by about {cell}: read it as between {low} more and {low} fewer", cell=cell, low=2 * cell
        ),
        Message(
            "The {rows} records are invented: no row is a person, and rows may not be looked up or linked", rows=rows
        ),
        Message("Use the records for tables of two or three columns; a table in the folder tables/ is more exact"),
        Message(
            "In a table of two columns about {share} persons in 10,000 stand in a wrong cell because of the noise",
            share=round(10_000 * error.get("pairs", 0.0)),
        ),
    ]
    if card.profile == "careful":
        sentences.append(
            Message(
                "Withheld pairs of values: {count}. They are rare or nobody at all, and no record holds them",
                count=card.withheld,
            )
        )
        sentences.append(
            Message("A combination that is absent from the records may still exist: it may be too rare to show")
        )
    else:
        sentences.append(Message("Nothing was withheld: a combination seen in few records may be nobody at all"))
    return sentences


def _bars(moved: Mapping[float, float], *, spent: float, speaker: Speaker) -> list[Mapping[str, object]]:
    highest = max(moved.values(), default=1.0)
    return [
        {
            "epsilon": speaker.say(Message("{epsilon}", epsilon=epsilon)),
            "persons": speaker.say(Message("{persons}", persons=round(persons, 1) if persons < 10 else round(persons))),
            "width": max(1, round(_WIDTH * persons / highest)),
            "is_spent": epsilon == spent,
        }
        for epsilon, persons in moved.items()
    ]
