"""What does hub.toml say, and may it say so? Every key is checked before anything is read or spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cauce.standards import keys, packs
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.invariants import Invariant
from cauce.standards.messages import LANGUAGES, Language
from cauce.standards.packs import Pack
from cauce.standards.policy import PURPOSES, Policy
from cauce.store import hub_levels, toml_files
from cauce.store.hub_levels import LevelSetting

__all__ = ["HubSettings", "read_settings"]

_HUB_KEYS: Mapping[str, Mapping[str, keys.Key]] = {
    "hub": {
        "name": keys.Key(keys.is_names, '"Mesa" | { es = "Mesa", en = "Committee" }'),
        "area": keys.Key(keys.is_area, '"HTI" (ISO 3166 alpha-3)'),
        "languages": keys.Key(keys.is_languages, '["es", "en", "fr", "ar"]'),
        "pack": keys.one_of("trafficking"),
        "fictitious": keys.Key(keys.is_flag, "true | false"),
    },
    "engine": {
        "backend": keys.one_of("duckdb", "postgres", "spark"),
        "address": keys.Key(keys.is_text, '""'),
    },
    "policy": {
        "kind": keys.one_of("differential-privacy", "threshold"),
        "epsilon_total": keys.Key(keys.is_positive, "4.0 (> 0)"),
        "epsilon_year": keys.Key(keys.is_positive, "2.0 (> 0)"),
        "epsilon_release": keys.Key(keys.is_positive, "1.0 (> 0)"),
        "delta": keys.Key(keys.is_chance, "1e-6 (0 < delta < 1)"),
        "profile": keys.one_of("careful", "accurate"),
        "threshold": keys.Key(keys.is_whole, "10 (>= 1)"),
        "dominance": keys.Key(keys.is_share, "0.85 (0 < dominance <= 1)"),
        "rounding": keys.Key(keys.is_whole, "1 (>= 1)"),
        "estimates": keys.one_of("noised", "declared"),
        "records": keys.Key(keys.is_flag, "true | false"),
        "purposes": keys.Key(
            lambda value: keys.is_budgets(value, of=PURPOSES), "{ tables = 3.0, ask = 1.0, files = 0.5 }"
        ),
    },
    "tables": {"by": keys.Key(keys.is_texts, '["prs_Gender", "age_code"]')},
    "levels": {
        "field": keys.Key(keys.is_text, '"age_code"'),
        "name": keys.Key(keys.is_text, '"department"'),
        "groups": keys.Key(keys.is_groups, '{ "Norte" = ["...", "..."], "Sur" = ["..."] }'),
    },
    "invariants": {
        "by": keys.Key(keys.is_texts, '["prs_Gender"] | []'),
        "codes": keys.Key(keys.is_texts, '["Feminine"]'),
        "value": keys.Key(keys.is_count, "4310 (>= 0)"),
        "source": keys.Key(keys.is_text, '"INE, 2025"'),
        "published": keys.Key(keys.is_date, "2026-03-01"),
    },
}
_REPEATED = ("tables", "levels", "invariants")
_REQUIRED = (
    "tables.by",
    "levels.field",
    "invariants.by",
    "invariants.codes",
    "invariants.value",
    "invariants.source",
    "invariants.published",
)


@dataclass(frozen=True)
class HubSettings:
    """What hub.toml says: the names by language, the area (ISO3), the pack, the engine, the policy, further tables.

    levels       by which the tables are released too, from each field's codelist or from the hub's own groups
    invariants   figures that others published
    """

    names: Mapping[Language, str]
    area: str
    languages: tuple[Language, ...]
    pack: str
    backend: str
    address: str
    policy: Policy
    tables: tuple[tuple[str, ...], ...]
    is_fictitious: bool
    levels: tuple[LevelSetting, ...] = ()
    invariants: tuple[Invariant, ...] = ()


def read_settings(path: Path) -> HubSettings:
    """The settings in a hub.toml, checked whole.

    In
        path    the hub.toml
    Out
        HubSettings
    Refuses
        store.bad_toml         it is not TOML
        store.unknown_key      a key that hub.toml does not have
        store.misplaced_key, store.missing_key, store.bad_heading
                               a key under another heading or none, absent, or a heading of the other kind
        store.bad_setting      a value of the wrong kind or outside its choices
        store.backend_absent   an engine that this version does not run
        store.bad_table        a table by a field that no table can be made by
        store.bad_level, store.doubled_level, store.ungrouped_code, store.split_band, store.unnamed_level
                               groups that are not of the codes of a field, or that split one
    """
    raw = toml_files.read_toml(path, name="hub.toml")
    raise_all(keys.check_keys(raw, file="hub.toml", keys=_HUB_KEYS, repeated=_REPEATED, required=_REQUIRED))
    hub, engine, policy = raw.get("hub", {}), raw.get("engine", {}), raw.get("policy", {})
    name = hub.get("name", path.parent.name)
    languages = tuple(hub.get("languages", LANGUAGES))
    pack = packs.load(hub.get("pack", "trafficking"))
    tables = [tuple(table["by"]) for table in raw.get("tables", [])]
    backend = engine.get("backend", "duckdb")
    levels = hub_levels.read_levels(raw.get("levels", []))
    raise_all(
        [
            *_absent_backend(backend),
            *(one for table in tables for one in _bad_fields(table, pack)),
            *hub_levels.check_levels(levels, pack),
        ]
    )
    return HubSettings(
        names=name if isinstance(name, dict) else dict.fromkeys(languages, str(name)),
        area=hub.get("area", ""),
        languages=languages,
        pack=pack.name,
        backend=backend,
        address=engine.get("address", ""),
        policy=Policy(**policy),
        tables=_further(tables, pack),
        is_fictitious=hub.get("fictitious", False),
        levels=levels,
        invariants=tuple(_invariant(table) for table in raw.get("invariants", [])),
    )


def _invariant(table: Mapping[str, Any]) -> Invariant:
    return Invariant(
        by=tuple(table["by"]),
        codes=tuple(table["codes"]),
        value=table["value"],
        publisher=table["source"],
        published=table["published"],
    )


def _absent_backend(backend: str) -> list[Refusal]:
    if backend == "duckdb":
        return []
    return [
        Refusal(
            "store.backend_absent",
            found='hub.toml asks for the engine "{backend}"',
            wanted='backend = "duckdb"',
            remedy="Set it back: this version runs hubs on DuckDB only",
            backend=backend,
        )
    ]


def _bad_fields(table: tuple[str, ...], pack: Pack) -> list[Refusal]:
    bad = [name for name in dict.fromkeys(table) if table.count(name) > 1 or not _is_tabled(name, pack)]
    return [
        Refusal(
            "store.bad_table",
            found="hub.toml asks for a table by {field}, and none can be made by it",
            wanted="different fields of the pack {pack}, each with a codelist, none of which identifies a person",
            remedy="Choose another field for the table in hub.toml",
            field=name,
            pack=pack.name,
        )
        for name in bad
    ]


def _is_tabled(name: str, pack: Pack) -> bool:
    found = pack.fields.get(name)
    if found is None or found.sensitivity == "identifying":
        return False
    try:
        return bool(pack.domain_of(name, year=pack.first_year))
    except Refusal:
        return False


def _further(tables: Sequence[tuple[str, ...]], pack: Pack) -> tuple[tuple[str, ...], ...]:
    """The tables that the pack does not have already, each once whatever the order of its fields."""
    known = {frozenset[str](), *map(frozenset, pack.tables)}
    kept = {frozenset(table): table for table in reversed(tables) if frozenset(table) not in known}
    return tuple(table for table in tables if kept.get(frozenset(table)) is table)
