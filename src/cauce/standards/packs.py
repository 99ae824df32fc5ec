"""Which fields, tables and indicators belong to a subject? A pack is data; this file reads it.

Field names, picklists and English labels are those of the standard that the pack follows (HTCDS 2.0 for
"trafficking"). What a field's codes are called is answered by `codelists`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from cauce.standards import codelists, wider_codes
from cauce.standards.codelists import Source
from cauce.standards.errors import Refusal
from cauce.standards.messages import Language

__all__ = ["Field", "Indicator", "Kind", "Pack", "Role", "Sensitivity", "load", "names"]

Kind = Literal["code", "codes", "text", "date", "number", "flag"]
Sensitivity = Literal["identifying", "quasi-identifying", "sensitive", "open"]
Role = Literal["given_name", "surname", "birth_date", "sex"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One standard field.

    kind        "code": one code; "codes": several; "text", "date", "number", "flag" (yes or no)
    codelist    the codelist of a "code" or "codes" field
    role        what the field tells about who the person is, for linking
    at_most     how many codes of one person a published table counts (her first ones, in the order of the codelist)
    aliases     other column names, in any language; `variants` are spellings in IOM's own workbooks
    """

    name: str
    kind: Kind
    codelist: str | None = None
    sensitivity: Sensitivity
    role: Role | None = None
    at_most: int = 1
    is_core: bool = False
    is_deprecated: bool = False
    section: str = ""
    definition: str = ""
    labels: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    def label_of(self, language: Language) -> str:
        """The name of the field for a reader."""
        return self.labels[language]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A published rate: the counts of `tables` for every `per` of the denominator."""

    code: str
    target: str
    series: str
    unit_code: str
    per: int
    denominator: str
    tables: tuple[tuple[str, ...], ...]
    title: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One subject: its fields, the tables that every release publishes, its indicators.

    >>> load("trafficking").fields["vic_TypeOfExploitation"].kind
    'codes'
    """

    name: str
    title: Mapping[str, str]
    source: Source
    fields: Mapping[str, Field]
    tables: tuple[tuple[str, ...], ...]
    indicators: tuple[Indicator, ...]
    first_year: int
    domains: Mapping[str, tuple[str, ...]] = field(repr=False)

    def field_of(self, column: str) -> Field | None:
        """The field that a heading names exactly, as the standard or IOM's workbooks spell it.

        >>> load("trafficking").field_of("vic_Methods_of_Control").name
        'vic_MethodsOfControl'
        """
        found = self.fields.get(column)
        return found or next((one for one in self.fields.values() if column in one.variants), None)

    def domain_of(self, name: str, *, year: int) -> tuple[str, ...]:
        """The public domain of a coded field: the codes that a table shows, known before any record is seen.

        In
            name    a field of kind "code" or "codes", or one by wider categories (age_code@1)
            year    year of the release: areas valid then, years up to then
        Out
            the codes, without "_U", which every table adds for a missing value
        Refuses
            standards.no_domain   the field has no codes, so no table can be made by it

        >>> load("trafficking").domain_of("registered_year", year=2003)
        ('2000', '2001', '2002', '2003')
        """
        if name in self.domains:
            return self.domains[name]
        found = self.fields.get(name)
        if found is None and wider_codes.base_of(name) in self.fields:
            return tuple(dict.fromkeys(self.wider_codes(name, year=year).values()))
        if found is None or found.codelist is None:
            raise self._no_domain(name)
        if found.codelist == "year":
            return tuple(str(one) for one in range(self.first_year, year + 1))
        return codelists.load(found.codelist).valid_codes(year)

    def wider_fields(self, name: str, *, year: int) -> tuple[str, ...]:
        """The names of a field by wider categories, the finest first; none where its codes have no parents.

        >>> load("trafficking").wider_fields("prs_Citizenship", year=2026)
        ('prs_Citizenship@1', 'prs_Citizenship@2')
        """
        return tuple(self._steps(name, year=year))

    def wider_codes(self, name: str, *, year: int) -> Mapping[str, str]:
        """The wider category of each code, for a field by wider categories.

        Refuses
            standards.no_domain   the field has no such step

        >>> load("trafficking").wider_codes("age_code@1", year=2026)["Y9T17"]
        'Y0T17'
        """
        steps = self._steps(wider_codes.base_of(name), year=year)
        if name not in steps:
            raise self._no_domain(name)
        return steps[name]

    def _steps(self, name: str, *, year: int) -> dict[str, Mapping[str, str]]:
        found = self.fields.get(name)
        if found is None or found.codelist is None:
            return {}
        steps = wider_codes.steps_of(found.codelist, self.domain_of(name, year=year))
        return {wider_codes.wider_field(name, step=place): step for place, step in enumerate(steps, start=1)}

    def _no_domain(self, name: str) -> Refusal:
        return Refusal(
            "standards.no_domain",
            found="No table can be made by {field}",
            wanted="a field with a codelist, such as {fields}",
            remedy="Correct the field, or choose another",
            field=name,
            fields=", ".join(dict.fromkeys(each for table in self.tables for each in table)),
        )


@cache
def load(name: str) -> Pack:
    """The pack of this name.

    Refuses
        standards.unknown_pack   no pack has this name

    >>> len(load("trafficking").fields)
    88
    """
    if name not in names():
        raise Refusal(
            "standards.unknown_pack",
            found="No pack is called {pack}",
            wanted="one of {known}",
            remedy="Set `pack` in hub.toml to one of them",
            pack=name,
            known=", ".join(names()),
        )
    raw = _read(name, "pack.toml")
    fields = {key: _field(key, table) for key, table in _read(name, "fields.toml").items()}
    return Pack(
        name=name,
        title=MappingProxyType(raw["title"]),
        source=Source(title=raw["title"]["en"], **raw["source"]),
        fields=MappingProxyType(fields),
        tables=_tuples(raw["tables"]),
        indicators=tuple(_indicator(table) for table in raw.get("indicator", [])),
        first_year=raw["first_year"],
        domains=MappingProxyType({key: tuple(codes) for key, codes in raw["domain"].items()}),
    )


@cache
def names() -> tuple[str, ...]:
    """The names of all packs.

    >>> names()
    ('trafficking',)
    """
    return tuple(sorted(entry.name for entry in (files("cauce.standards") / "packs").iterdir() if entry.is_dir()))


def _read(pack: str, file: str) -> dict[str, Any]:
    return tomllib.loads((files("cauce.standards") / "packs" / pack / file).read_text(encoding="utf-8"))


def _field(name: str, table: Mapping[str, Any]) -> Field:
    lists = {key: tuple(table.get(key, ())) for key in ("aliases", "variants")}
    return Field(name=name, **{**table, **lists})


def _indicator(table: Mapping[str, Any]) -> Indicator:
    return Indicator(**{**table, "tables": _tuples(table["tables"])})


def _tuples(lists: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(one) for one in lists)
