"""Which code does each value of a column mean?

Decided once per distinct value. Letters that depend on the company they keep (M beside F, M beside H) are read by
the whole column; a value that could be two codes is left for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cauce.standards import ages, areas, codelists, sexes
from cauce.standards.form_words import words
from cauce.standards.matches import Match, fold
from cauce.standards.packs import Field

__all__ = ["CodesRead", "is_missing_word", "read_codes", "read_flag", "resolve", "says_unknown"]

_SEXES = "htcds_gender"


@dataclass(frozen=True)
class CodesRead:
    """What the values of a column mean.

    codes       value -> code, "" where the value says that nothing is known
    ambiguous   value -> the codes that it could mean
    unknown     values that no code has
    assumed     values taken as missing although a person might know better
    """

    codes: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    assumed: tuple[str, ...]


def is_missing_word(value: str) -> bool:
    """Whether a value is one of the words or marks by which people say that nothing is known.

    >>> [is_missing_word(value) for value in ("S/D", "Non renseigné", "-99", "Haití")]
    [True, True, True, False]
    """
    bare = value.strip()
    return says_unknown(value) or bare in words("figure") or bare in words("mark")


def says_unknown(value: str) -> bool:
    """Whether a value says in words that nothing is known; a figure or a mark says it less surely.

    >>> says_unknown("desconocido"), says_unknown("0")
    (True, False)
    """
    return fold(value) in words("unknown")


def read_flag(value: str) -> bool | None:
    """Yes, no or neither, as the codelist "flag" reads it: in four languages, or as a figure.

    >>> [read_flag(value) for value in ("Sí", "0.0", "oui", "quizás")]
    [True, False, True, None]
    """
    codes = codelists.load("flag").resolve(value).codes
    return codes == ("true",) if codes else None


def resolve(value: str, field: Field) -> Match:
    """What one value means in the field's codelist, by itself.

    >>> from cauce.standards import packs
    >>> resolve("haitiana", packs.load("trafficking").fields["prs_Citizenship"]).codes
    ('HTI',)
    """
    if field.codelist == "area":
        return areas.resolve(value)
    if field.codelist == "age":
        band = ages.parse(value)
        return Match("exact", (band.code,), "age") if band else Match("unknown")
    if field.codelist == "year":
        return _resolve_year(value)
    return codelists.load(field.codelist or "").resolve(value.strip())


def _resolve_year(value: str) -> Match:
    plain = value.strip().removesuffix(".0")
    is_year = plain.isdecimal() and len(plain) == 4 and "1900" <= plain <= "2100"
    return Match("exact", (plain,), "code") if is_year else Match("unknown")


def read_codes(values: Iterable[str], field: Field) -> CodesRead:
    """What each value of a column means in the field's codelist.

    In
        values   the distinct values
        field    a field of kind "code" or "codes"
    Out
        CodesRead

    >>> from cauce.standards import packs
    >>> dict(read_codes(["M", "H"], packs.load("trafficking").fields["prs_Gender"]).codes)
    {'M': 'Feminine', 'H': 'Masculine'}
    """
    values = list(values)
    is_sex = field.codelist == _SEXES
    matches = dict(sexes.read(values)) if is_sex else {value: resolve(value, field) for value in values}
    if field.codelist == "area":
        matches = _read_short_codes(matches)
    codes = {value: match.codes[0] for value, match in matches.items() if match.status == "exact"}
    ambiguous = {value: match.codes for value, match in matches.items() if match.status == "ambiguous"}
    rest = [value for value in values if value not in codes and value not in ambiguous]
    assumed = tuple(value for value in rest if is_missing_word(value))
    unknown = tuple(value for value in rest if value not in assumed)
    return CodesRead({**codes, **dict.fromkeys(assumed, "")}, ambiguous, unknown, assumed)


def _read_short_codes(matches: Mapping[str, Match]) -> dict[str, Match]:
    """NA is Namibia in a column of two-letter codes, and nothing known in a column of names."""
    short = [value for value in matches if len(value.strip()) == 2]
    coded = {value: areas.resolve(value, scheme="iso2") for value in short}
    named = [value for value, match in matches.items() if match.status == "exact" and value not in coded]
    if sum(match.status == "exact" for match in coded.values()) > len(named):
        return {**matches, **coded}
    return {
        value: Match("unknown") if value in coded and says_unknown(value) else match for value, match in matches.items()
    }
