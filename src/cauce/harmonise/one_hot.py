"""Does a column of yes and no tell one code of a field that may have several? `isForcedLabour` does."""

from collections.abc import Mapping
from dataclasses import dataclass

from cauce.harmonise import heading_matches, values
from cauce.harmonise.column_profiles import ColumnProfile
from cauce.standards import codelists, form_words
from cauce.standards.codelists import Codelist
from cauce.standards.heading_words import heading_words
from cauce.standards.messages import Message
from cauce.standards.packs import Field

__all__ = ["FlagMatch", "match_flag"]

_TOO_PLAIN = frozenset({"Other", "NonSpecifiedUnknown"})
_LEAST = 0.82
_BY_SYNONYM = 0.95


@dataclass(frozen=True)
class FlagMatch:
    """The code that a column of yes and no tells, and what its values mean."""

    field: str
    likeness: float
    evidence: Message
    values: Mapping[str, str]


def match_flag(profile: ColumnProfile, fields: Mapping[str, Field]) -> FlagMatch | None:
    """The field and code that a column of yes and no tells, or None.

    In
        profile   the column
        fields    the pack's
    Out
        FlagMatch

    >>> from cauce.standards import packs
    >>> profile = ColumnProfile("c1", "isSexualExploit", 9, 2, 9, {"0.0": 4, "1.0": 5})
    >>> match_flag(profile, packs.load("trafficking").fields).values
    {'0.0': '', '1.0': 'SexualExploitation'}
    """
    flags = {value: values.read_flag(value) for value in profile.values}
    if not flags or len(flags) > 6 or not any(flags.values()) or None in flags.values():
        return None
    words = tuple(word for word in heading_words(profile.name) if word not in form_words.words("verb"))
    found = [
        (likeness, field.name, code)
        for field in fields.values()
        if field.kind == "codes" and field.codelist and field.codelist.startswith("htcds_")
        for code, likeness in _match_codes(words, field).items()
    ]
    found.sort(reverse=True)
    if not found or (len(found) > 1 and found[0][0] == found[1][0] and found[0][1:] != found[1][1:]):
        return None
    likeness, name, code = found[0]
    evidence = Message("Its cells say yes or no to the code {code} of {field}", code=code, field=name)
    return FlagMatch(name, likeness, evidence, {value: code if flags[value] else "" for value in sorted(flags)})


def _match_codes(words: tuple[str, ...], field: Field) -> dict[str, float]:
    codelist = codelists.load(field.codelist or "")
    prefix = heading_words(field.name.partition("_")[2])
    bare = words[len(prefix) :] if words[: len(prefix)] == prefix else words
    found = {code: _likeness(bare, codelist, code) for code in codelist.codes if code not in _TOO_PLAIN}
    named = codelist.resolve(" ".join(bare))
    found |= {code: _BY_SYNONYM for code in named.codes if named.status == "exact" and found.get(code, 0) < _BY_SYNONYM}
    return {code: likeness for code, likeness in found.items() if likeness >= _LEAST}


def _likeness(words: tuple[str, ...], codelist: Codelist, code: str) -> float:
    names = [code, *(codelist.name_of(code, language) for language in ("es", "en", "fr"))]
    return max(heading_matches.resembles(words, heading_words(name)) for name in names)
