"""Which standard fields does a heading resemble, and how much?

Likeness of names alone; whether the values agree is answered by `column_readings`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from cauce.standards import form_words
from cauce.standards.heading_words import heading_words
from cauce.standards.messages import Message
from cauce.standards.packs import Field

__all__ = ["NameMatch", "match_heading", "resembles"]

_ALIKE = 88.0
_LEAST = 0.5


@dataclass(frozen=True)
class NameMatch:
    """A field whose name a heading resembles; `likeness` is 0 to 1."""

    field: str
    likeness: float
    evidence: Message


def match_heading(heading: str, fields: Mapping[str, Field]) -> tuple[NameMatch, ...]:
    """The fields that a heading resembles, the likeliest first.

    In
        heading   as it stands in the partner's file
        fields    the pack's
    Out
        matches of likeness 0.5 or more

    >>> from cauce.standards import packs
    >>> match_heading("Fecha de Nac.", packs.load("trafficking").fields)[0].field
    'prs_Birthdate'
    """
    words = heading_words(heading)
    if not words:
        return ()
    found = [match for field in fields.values() if (match := _match_field(heading, words, field)) is not None]
    return tuple(sorted(found, key=lambda match: -match.likeness))


def _match_field(heading: str, words: Sequence[str], field: Field) -> NameMatch | None:
    if heading in (field.name, *field.variants):
        return NameMatch(field.name, 1.0, Message("The heading is the standard's own name"))
    best, of = 0.0, ""
    bare = field.name.partition("_")[2] if field.name[3:4] == "_" else field.name
    for name in (field.name, bare, *field.variants, *field.labels.values(), *field.aliases):
        likeness = resembles(words, heading_words(name))
        if likeness > best:
            best, of = likeness, name
    if best < _LEAST:
        return None
    return NameMatch(field.name, best, Message("The heading resembles “{name}”", name=of))


def resembles(words: Sequence[str], name: Sequence[str]) -> float:
    """How much the words of a heading resemble those of a name, 0 to 1.

    Words that the heading has beyond the name weigh against it: the sex of an exploiter is not that of the victim.

    >>> resembles(("fecha", "nac"), ("fecha", "nacimiento")), resembles(("ip", "gender"), ("gender",))
    (0.85, 0.55)
    """
    if not words or not name:
        return 0.0
    if "".join(words) == "".join(name):
        return 0.97
    if sorted(words) == sorted(name):
        return 0.95
    return _resembles_partly(words, name)


def _resembles_partly(words: Sequence[str], name: Sequence[str]) -> float:
    if len(words) == len(name) and all(_same_stem(one, other) for one, other in zip(words, name, strict=True)):
        return 0.85
    if len(words) == len(name) and _is_misspelt("".join(words), "".join(name)):
        return 0.82
    core = {word for word in words if word not in form_words.words("beside")}
    if core and core == set(name):
        return 0.9
    if set(name) <= set(words):
        return round(0.7 - 0.15 * (len(words) - len(name)), 2)
    return (0.6 if len(words) >= 2 else 0.5) if set(words) <= set(name) else 0.0


def _is_misspelt(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 5 and fuzz.ratio(one, other) >= _ALIKE


def _same_stem(one: str, other: str) -> bool:
    """Whether two words begin alike as far as the shorter or most of it goes: nac and nacimiento, register and
    registration."""
    if one == other or (min(len(one), len(other)) == 1 and one[0] == other[0]):
        return True
    shorter, longer = sorted((one, other), key=len)
    shared = next((place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter))
    return shared >= 3 and (shared == len(shorter) or shared >= max(5, 0.7 * len(shorter)))
