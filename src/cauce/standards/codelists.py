"""Which codes may a value take, what are they called in four languages, and where do they come from?

Each codelist is a CSV beside a TOML with its source. Names of areas, regions and languages are those of the CLDR,
read through Babel. Free texts about areas are answered by `areas`, about ages by `ages`.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel import Locale

from cauce.standards.errors import Refusal
from cauce.standards.matches import Match, fold
from cauce.standards.messages import LANGUAGES, Language

__all__ = ["Code", "Codelist", "Source", "load", "names", "read_table"]

# Codes that stand for no single category; any codelist may carry them, and a released table writes them (SDMX).
_SPECIAL: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "_T": {"es": "Total", "en": "Total", "fr": "Total", "ar": "المجموع"},
        "_U": {"es": "Sin dato", "en": "Unknown", "fr": "Inconnu", "ar": "غير معروف"},
        "_Z": {"es": "No se aplica", "en": "Not applicable", "fr": "Sans objet", "ar": "لا ينطبق"},
    }
)


@dataclass(frozen=True)
class Source:
    """Who issued a codelist, which edition, under which licence, and when."""

    title: str
    issuer: str
    edition: str
    licence: str
    date: str
    note: str = ""


@dataclass(frozen=True)
class Code:
    """One code: its names by language, its parent, and the first and last year in which data may carry it."""

    code: str
    labels: Mapping[str, str]
    parent: str | None
    valid_from: int | None
    valid_to: int | None
    more: Mapping[str, str] = field(default_factory=dict)

    def is_valid(self, year: int | None) -> bool:
        """Claims that data of this year may carry the code; without a year, that the code exists."""
        return year is None or ((self.valid_from or year) <= year <= (self.valid_to or year))


@dataclass(frozen=True)
class Codelist:
    """A named list of codes; `parents` names the list that its codes' parents are of, where that is another.

    >>> load("htcds_gender").name_of("Feminine", "es")
    'Femenino'
    """

    name: str
    entries: Mapping[str, Code]
    source: Source
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    parents: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in the order of the list, ended ones included."""
        return tuple(self.entries)

    def name_of(self, code: str, language: Language) -> str:
        """The name of a code in a language; "_U", "_T" and "_Z" have one in every codelist.

        Refuses
            standards.unknown_code   the codelist has no such code

        >>> load("area").name_of("HTI", "fr")
        'Haïti'
        """
        if code not in self.entries and code in _SPECIAL:
            return _SPECIAL[code][language]
        return self._entry(code).labels[language]

    def parent_of(self, code: str) -> str | None:
        """The code of the next wider category, or None at the top.

        >>> load("age").parent_of("Y0T8")
        'Y0T17'
        """
        return self._entry(code).parent

    def children_of(self, code: str) -> tuple[str, ...]:
        """The codes whose parent this is.

        >>> load("region").children_of("019")
        ('003', '021', '419')
        """
        return tuple(entry.code for entry in self.entries.values() if entry.parent == code)

    def is_valid(self, code: str, year: int | None = None) -> bool:
        """Claims that the codelist has the code, and that data of `year` may carry it.

        >>> load("area").is_valid("SSD", 2005)
        False
        """
        return code in self.entries and self.entries[code].is_valid(year)

    def valid_codes(self, year: int | None = None) -> tuple[str, ...]:
        """The codes that data of this year may carry.

        >>> "SCG" in load("area").valid_codes(2024)
        False
        """
        return tuple(code for code, entry in self.entries.items() if entry.is_valid(year))

    def resolve(self, text: str) -> Match:
        """The code that a text means: as written, by its name in any language, or by a synonym kept for this list.

        For areas use `areas.resolve`, which also knows demonyms and years; for ages `ages.parse`.

        >>> load("htcds_type_of_exploitation").resolve("Travail forcé").codes
        ('ForcedLabour',)
        """
        if text in self.entries:
            return Match("exact", (text,), "code")
        codes = self.synonyms.get(fold(text), ())
        if not codes:
            return Match("unknown")
        return Match("exact" if len(codes) == 1 else "ambiguous", codes, "synonym")

    def _entry(self, code: str) -> Code:
        if code not in self.entries:
            raise Refusal(
                "standards.unknown_code",
                found="The codelist {codelist} has no such code",
                wanted="one of its {count} codes",
                remedy="See the list of codes in docs/reference/codelists.md",
                codelist=self.name,
                count=len(self.entries),
            )
        return self.entries[code]


@cache
def load(name: str) -> Codelist:
    """The codelist of this name.

    Refuses
        standards.unknown_codelist   no codelist has this name

    >>> load("sex").codes
    ('F', 'M', 'O', '_T', '_U')
    """
    if name not in names():
        raise Refusal(
            "standards.unknown_codelist",
            found="No codelist is called {codelist}",
            wanted="one of {known}",
            remedy="See the list of codelists in docs/reference/codelists.md",
            codelist=name,
            known=", ".join(names()),
        )
    head = tomllib.loads((files("cauce.standards") / "codelists" / f"{name}.toml").read_text(encoding="utf-8"))
    manner, parents = head.pop("names", "table"), head.pop("parents", "")
    rows = list(read_table(f"codelists/{name}.csv"))
    entries = {row["code"]: _code(row, labels=_labels(row, manner)) for row in rows}
    return Codelist(name, MappingProxyType(entries), Source(**head), _synonyms(name, entries), parents)


@cache
def names() -> tuple[str, ...]:
    """The names of all codelists, in order.

    >>> "area" in names()
    True
    """
    folder = files("cauce.standards") / "codelists"
    return tuple(sorted(entry.name[:-4] for entry in folder.iterdir() if entry.name.endswith(".csv")))


def read_table(path: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV kept in the floor, by its path from `standards/`.

    >>> next(read_table("codelists/sex.csv"))["name_en"]
    'Female'
    """
    text = (files("cauce.standards") / path).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _code(row: Mapping[str, str], *, labels: Mapping[str, str]) -> Code:
    known = ("code", "parent", "valid_from", "valid_to")
    more = {key: value for key, value in row.items() if key not in known and not key.startswith("name_")}
    first, last = row["valid_from"], row["valid_to"]
    return Code(
        code=row["code"],
        labels=MappingProxyType(dict(labels)),
        parent=row["parent"] or None,
        valid_from=int(first) if first else None,
        valid_to=int(last) if last else None,
        more=MappingProxyType(more),
    )


def _labels(row: Mapping[str, str], manner: str) -> dict[str, str]:
    written: dict[str, str] = {language: row[f"name_{language}"] for language in LANGUAGES}
    if all(written.values()):
        return written
    if manner == "code":
        return dict.fromkeys(LANGUAGES, row["code"])
    return {language: _cldr_name(row, language, manner) for language in LANGUAGES}


def _cldr_name(row: Mapping[str, str], language: Language, manner: str) -> str:
    locale = Locale.parse(language)
    if manner == "cldr-language":
        name = locale.languages[row["cldr"]]
    else:
        name = locale.territories[row["iso2"] if manner == "cldr-territory" else row["code"]]
    return str(name[:1].upper() + name[1:])


def _synonyms(name: str, entries: Mapping[str, Code]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for code, entry in entries.items():
        for text in (code, *entry.labels.values()):
            found.setdefault(fold(text), {})[code] = None
    if (files("cauce.standards") / "synonyms" / f"{name}.csv").is_file():
        for row in read_table(f"synonyms/{name}.csv"):
            found.setdefault(fold(row["text"]), {})[row["code"]] = None
    return MappingProxyType({text: tuple(codes) for text, codes in found.items() if text})
