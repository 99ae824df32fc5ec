"""Which country or area does a text name, in which year?

Names, long names, former names, demonyms and codes in four languages lead to ISO 3166 alpha-3 codes. A text is
matched whole or not at all: nothing is matched by likeness, and what names several areas is asked about.
Names to show are those of the codelists "area" and "region".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from cauce.standards import codelists
from cauce.standards.matches import Match, name_keys

__all__ = ["AreaMatch", "Scheme", "iso2_of", "m49_of", "resolve", "resolve_region"]

AreaMatch = Match
Scheme = Literal["any", "iso2", "iso3", "m49", "name", "official"]
_CODE_SCHEMES: tuple[Literal["iso3", "iso2", "m49"], ...] = ("iso3", "iso2", "m49")
_CODE_LENGTH = {"iso2": 2, "iso3": 3, "m49": 3}


@dataclass(frozen=True)
class _Sense:
    code: str
    evidence: str
    valid_from: int | None = None
    valid_to: int | None = None

    def holds_in(self, year: int | None) -> bool:
        own = year is None or (self.valid_from or year) <= year <= (self.valid_to or year)
        return own and codelists.load("area").is_valid(self.code, year)


def resolve(text: str, *, year: int | None = None, scheme: Scheme = "any") -> AreaMatch:
    """The area that a text names.

    In
        text      a name, long name, former name, demonym or code
        year      year of the data: South Sudan is no area of 2005, 736 is Sudan until 2011 and 729 from then on
        scheme    "any", or the only reading allowed: "iso2", "iso3", "m49", "name" (demonyms included), or
                  "official" for a column drawn from the list of ISO or the United Nations, where Congo is COG
    Out
        "exact" with one code; "ambiguous" with those to choose from; "unknown", with codes when the text names
        an area of another year only. Words of forms that look like codes (NA, NO, SI ...) are ambiguous unless
        the scheme says that they are codes
    Source
        official names of the 249 areas in four languages: tests/golden/test_areas.py

    >>> resolve("Corea").codes, resolve("hondureñas").codes
    (('KOR', 'PRK'), ('HND',))
    >>> resolve("NA").status, resolve("NA", scheme="iso2").codes
    ('ambiguous', ('NAM',))
    >>> resolve("Congo").codes, resolve("Congo", scheme="official").codes
    (('COG', 'COD'), ('COG',))
    >>> resolve("South Sudan", year=2005)
    Match(status='unknown', codes=('SSD',), evidence='not in 2005')
    """
    bare = text.strip()
    senses = _senses_of(bare, scheme)
    match = _choose(senses, year)
    is_doubtful = scheme == "any" and bare in _doubtful_codes() and match.status == "exact"
    return Match("ambiguous", match.codes, "code or word of a form") if is_doubtful else match


def resolve_region(text: str) -> Match:
    """The M49 region that a text names, in four languages, or by its number.

    >>> resolve_region("Afrique subsaharienne").codes
    ('202',)
    >>> resolve_region("Haití").status
    'unknown'
    """
    bare = text.strip()
    if bare in codelists.load("region").entries:
        return Match("exact", (bare,), "m49")
    for key in name_keys(bare):
        if key in _regions():
            return Match("exact", (_regions()[key],), "name")
    return Match("unknown")


def iso2_of(code: str) -> str:
    """The ISO 3166 alpha-2 code of an area.

    >>> iso2_of("NAM")
    'NA'
    """
    return codelists.load("area").entries[code].more["iso2"]


def m49_of(code: str, *, year: int | None = None) -> str:
    """The M49 number of an area in a year; the present one without a year.

    >>> m49_of("SDN", year=2005), m49_of("SDN")
    ('736', '729')
    """
    for number, sense in _m49_history():
        if sense.code == code and year is not None and sense.holds_in(year):
            return number
    return codelists.load("area").entries[code].more["m49"]


def _senses_of(bare: str, scheme: Scheme) -> tuple[_Sense, ...]:
    for one in _CODE_SCHEMES:
        if scheme in ("any", one) and (senses := _codes()[one].get(_as_code(bare, one, is_sure=scheme == one))):
            return senses
    if scheme in ("any", "name", "official"):
        spellings = _official_spellings() if scheme == "official" else _spellings()
        return next((spellings[key] for key in name_keys(bare) if key in spellings), ())
    return ()


def _as_code(bare: str, scheme: Literal["iso2", "iso3", "m49"], *, is_sure: bool) -> str:
    """The text as a code; where the caller is not sure, only in its official form (capitals, three digits)."""
    if not is_sure:
        return bare
    return bare.zfill(_CODE_LENGTH[scheme]) if scheme == "m49" else bare.upper()


def _choose(senses: tuple[_Sense, ...], year: int | None) -> Match:
    if not senses:
        return Match("unknown")
    holding = [sense for sense in senses if sense.holds_in(year)]
    if not holding:
        return Match("unknown", tuple(dict.fromkeys(sense.code for sense in senses)), f"not in {year}")
    codes = tuple(dict.fromkeys(sense.code for sense in holding))
    is_exact = len(codes) == 1 and holding[0].evidence != "ambiguous"
    return Match("exact", codes, holding[0].evidence) if is_exact else Match("ambiguous", codes, "several areas")


@cache
def _codes() -> Mapping[str, Mapping[str, tuple[_Sense, ...]]]:
    found: dict[str, dict[str, list[_Sense]]] = {scheme: {} for scheme in _CODE_SCHEMES}
    for code, entry in codelists.load("area").entries.items():
        found["iso3"].setdefault(code, []).append(_Sense(code, "iso3"))
        found["iso2"].setdefault(entry.more["iso2"], []).append(_Sense(code, "iso2"))
        found["m49"].setdefault(entry.more["m49"], []).append(_Sense(code, "m49"))
    for row in codelists.read_table("gazetteer/former_codes.csv"):
        found[row["scheme"]].setdefault(row["text"], []).append(_dated(row, evidence=row["scheme"]))
    for number, _ in _m49_history():
        found["m49"].pop(number, None)
    for number, sense in _m49_history():
        found["m49"].setdefault(number, []).append(sense)
    return {scheme: {text: tuple(senses) for text, senses in table.items()} for scheme, table in found.items()}


@cache
def _spellings() -> Mapping[str, tuple[_Sense, ...]]:
    """Every key with what it may mean: ambiguous words first, then names, then demonyms; the first kind found wins."""
    return {**_layer(_demonyms()), **_official_spellings(), **_layer(_ambiguous_words())}


@cache
def _official_spellings() -> Mapping[str, tuple[_Sense, ...]]:
    return _layer(_names())


def _layer(spelled: Iterator[tuple[str, _Sense]]) -> dict[str, tuple[_Sense, ...]]:
    found: dict[str, dict[_Sense, None]] = {}
    for text, sense in spelled:
        for key in name_keys(text):
            found.setdefault(key, {})[sense] = None
    return {key: tuple(senses) for key, senses in found.items()}


def _ambiguous_words() -> Iterator[tuple[str, _Sense]]:
    for row in codelists.read_table("gazetteer/ambiguous.csv"):
        for code in row["codes"].split():
            yield row["text"], _Sense(code, "ambiguous")


def _names() -> Iterator[tuple[str, _Sense]]:
    for code, entry in codelists.load("area").entries.items():
        for label in entry.labels.values():
            yield label, _Sense(code, "name")
    for row in codelists.read_table("gazetteer/official_names.csv"):
        for column in ("name_es", "name_en", "name_fr", "name_ar"):
            yield row[column], _Sense(row["code"], "name")
    for row in codelists.read_table("gazetteer/aliases.csv"):
        yield row["text"], _Sense(row["code"], "alias")


def _demonyms() -> Iterator[tuple[str, _Sense]]:
    for row in codelists.read_table("gazetteer/demonyms.csv"):
        yield row["text"], _Sense(row["code"], "demonym")


@cache
def _m49_history() -> tuple[tuple[str, _Sense], ...]:
    rows = codelists.read_table("gazetteer/m49_history.csv")
    return tuple((row["m49"], _dated(row, evidence="m49")) for row in rows)


@cache
def _doubtful_codes() -> frozenset[str]:
    return frozenset(row["text"] for row in codelists.read_table("gazetteer/doubtful_codes.csv"))


@cache
def _regions() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, entry in codelists.load("region").entries.items():
        for text in entry.labels.values():
            found |= dict.fromkeys(name_keys(text), code)
    for row in codelists.read_table("gazetteer/regions.csv"):
        found |= dict.fromkeys(name_keys(row["text"]), row["code"])
    return found


def _dated(row: Mapping[str, str], *, evidence: str) -> _Sense:
    first, last = row["valid_from"], row["valid_to"]
    return _Sense(row["code"], evidence, int(first) if first else None, int(last) if last else None)
