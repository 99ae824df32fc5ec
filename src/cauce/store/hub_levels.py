"""Which groups of codes does hub.toml ask for, and are they groups? Each code lies in one, and no age band is split.

A level without groups of its own takes the wider categories of the field's codelist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cauce.standards import ages, codelists
from cauce.standards.errors import Refusal
from cauce.standards.packs import Pack

__all__ = ["LevelSetting", "check_levels", "read_levels", "wider_of"]

# Every table has these codes for people whose own is missing or not public.
_NOT_GROUPS = frozenset(("_U", "_X"))


@dataclass(frozen=True)
class LevelSetting:
    """One [[levels]] of hub.toml: the field, and the hub's own groups where it has some, with their name."""

    of: str
    name: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_levels(tables: Sequence[Mapping[str, Any]]) -> tuple[LevelSetting, ...]:
    """The levels as hub.toml has them.

    In
        tables   of [[levels]]
    Out
        LevelSetting of each

    >>> read_levels([{"field": "age_code"}])
    (LevelSetting(of='age_code', name='', groups={}),)
    """
    return tuple(
        LevelSetting(
            table["field"],
            table.get("name", ""),
            {group: tuple(codes) for group, codes in table.get("groups", {}).items()},
        )
        for table in tables
    )


def wider_of(levels: Sequence[LevelSetting], pack: Pack, *, year: int) -> dict[str, tuple[str, Mapping[str, str]]]:
    """The fields by wider categories that a hub releases.

    In
        levels   of its settings
        pack     the subject
        year     of the release
    Out
        new field -> (field, code -> wider code)

    >>> from cauce.standards import packs
    >>> wider = wider_of([LevelSetting("age_code")], packs.load("trafficking"), year=2026)
    >>> wider["age_code@1"][1]["Y9T17"]
    'Y0T17'
    """
    wider: dict[str, tuple[str, Mapping[str, str]]] = {}
    for level in levels:
        if level.groups:
            parents = {code: group for group, codes in level.groups.items() for code in codes}
            wider[f"{level.of}@{level.name}"] = (level.of, parents)
        else:
            for name in pack.wider_fields(level.of, year=year):
                wider[name] = (level.of, pack.wider_codes(name, year=year))
    return wider


def check_levels(levels: Sequence[LevelSetting], pack: Pack) -> list[Refusal]:
    """A refusal for every level that is none.

    In
        levels   of hub.toml
        pack     the subject
    Out
        the refusals, empty when all is well
    """
    refusals = [fault for level in levels for fault in _faults(level, pack)]
    names = [(level.of, level.name) for level in levels]
    doubled = dict.fromkeys(name for name in names if names.count(name) > 1)
    return refusals + [
        Refusal(
            "store.doubled_level",
            found="hub.toml asks for the same level of {field} twice",
            wanted="each level once, those with groups of their own under different names",
            remedy="Remove one of them, or give it another name",
            field=name,
        )
        for name, _ in doubled
    ]


def _faults(level: LevelSetting, pack: Pack) -> list[Refusal]:
    found = pack.fields.get(level.of)
    if found is None or found.kind != "code" or not found.codelist or found.sensitivity == "identifying":
        return [_not_a_field(level, pack)]
    if not level.groups:
        return [] if pack.wider_fields(level.of, year=pack.first_year) else [_not_a_field(level, pack)]
    return _faulty_groups(level, domain=pack.domains.get(level.of) or codelists.load(found.codelist).codes)


def _faulty_groups(level: LevelSetting, *, domain: Sequence[str]) -> list[Refusal]:
    members = [code for codes in level.groups.values() for code in codes]
    refusals = []
    for code in dict.fromkeys(members):
        if code not in domain or members.count(code) > 1:
            refusals.append(_not_one_group(level, code))
    for group, codes in level.groups.items():
        held = ages.band_of(group)
        crossing = [code for code in codes if held and (band := ages.band_of(code)) and not band.is_within(held)]
        refusals += [_split(level, code=code, group=group) for code in crossing]
    own = set(domain) - set(members)
    if not level.name.isidentifier() or (own | _NOT_GROUPS) & set(level.groups):
        refusals.append(_unnamed(level))
    return refusals


def _not_a_field(level: LevelSetting, pack: Pack) -> Refusal:
    return Refusal(
        "store.bad_level",
        found="hub.toml asks for a level of {field}, whose codes make none",
        wanted="a field of the pack {pack} with wider categories and one code a person, which does not identify her",
        remedy="Choose another field, or write the groups under the level in hub.toml",
        field=level.of,
        pack=pack.name,
    )


def _not_one_group(level: LevelSetting, code: str) -> Refusal:
    return Refusal(
        "store.ungrouped_code",
        found="In the level {level} of {field}, the code {member} is not in the codelist or lies in two groups",
        wanted="codes of the field, each in one group; those in none stand for themselves",
        remedy="Correct the groups in hub.toml",
        level=level.name,
        field=level.of,
        member=code,
    )


def _split(level: LevelSetting, *, code: str, group: str) -> Refusal:
    return Refusal(
        "store.split_band",
        found="In the level {level} of {field}, the band {member} reaches beyond its group {group}",
        wanted="bands that lie within the band of their group: none is split",
        remedy="Correct the groups in hub.toml",
        level=level.name,
        field=level.of,
        member=code,
        group=group,
    )


def _unnamed(level: LevelSetting) -> Refusal:
    return Refusal(
        "store.unnamed_level",
        found="A level of {field} has no name of its own, or a group is called like a code that is not in it",
        wanted='name = "department": letters, digits and underscores; groups under names of their own',
        remedy="Correct the level in hub.toml",
        field=level.of,
    )
