"""Which keys may a hub's files have, and of what kind? Checks a TOML table against a list of keys, all at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cauce.standards.errors import Refusal
from cauce.standards.messages import LANGUAGES

__all__ = ["HUB_KEYS", "Key", "check_keys"]


@dataclass(frozen=True)
class Key:
    """What one key may hold: a test of the value and the words that say what passes."""

    passes: Callable[[object], bool]
    wanted: str


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_names(value: object) -> bool:
    if isinstance(value, dict):
        return all(key in LANGUAGES and isinstance(name, str) for key, name in value.items())
    return isinstance(value, str)


def _is_area(value: object) -> bool:
    return isinstance(value, str) and (value == "" or (len(value) == 3 and value.isalpha() and value.isupper()))


def _is_languages(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(item in LANGUAGES for item in value)


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_chance(value: object) -> bool:
    return _is_positive(value) and isinstance(value, float) and value < 1


def _is_threshold(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 2


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_fields(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _one_of(*words: str) -> Key:
    return Key(lambda value: value in words, " | ".join(f'"{word}"' for word in words))


HUB_KEYS: Mapping[str, Mapping[str, Key]] = {
    "hub": {
        "name": Key(_is_names, '"a name" | { es = "...", en = "..." }'),
        "area": Key(_is_area, '"HTI" (ISO 3166 alpha-3)'),
        "languages": Key(_is_languages, '["es", "en", "fr", "ar"]'),
        "pack": _one_of("trafficking"),
        "fictitious": Key(_is_flag, "true | false"),
    },
    "engine": {
        "backend": _one_of("duckdb", "postgres", "spark"),
        "address": Key(_is_text, '""'),
    },
    "policy": {
        "kind": _one_of("differential-privacy", "threshold"),
        "epsilon_total": Key(_is_positive, "4.0 (> 0)"),
        "epsilon_year": Key(_is_positive, "2.0 (> 0)"),
        "epsilon_release": Key(_is_positive, "1.0 (> 0)"),
        "delta": Key(_is_chance, "1e-6 (0 < delta < 1)"),
        "profile": _one_of("careful", "accurate"),
        "threshold": Key(_is_threshold, "10 (>= 2)"),
        "estimates": _one_of("noised", "declared"),
    },
    "tables": {"by": Key(_is_fields, '["prs_Gender", "age_code"]')},
}


def check_keys(raw: Mapping[str, object], *, file: str, keys: Mapping[str, Mapping[str, Key]]) -> list[Refusal]:
    """Every unknown section or key and every value of the wrong kind in a file of settings.

    In
        raw     the file as TOML reads it: section -> key -> value; a list of sections for [[section]]
        file    name of the file, for the message
        keys    section -> key -> what it may hold
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_keys({"hub": {"nmae": "x"}}, file="hub.toml", keys=HUB_KEYS)]
    ['store.unknown_key']
    """
    refusals: list[Refusal] = []
    for section, content in raw.items():
        if section not in keys:
            refusals.append(_unknown(f"[{section}]", file=file, known=[f"[{name}]" for name in keys]))
            continue
        for table in content if isinstance(content, list) else [content]:
            refusals += _check_section(table, section=section, file=file, keys=keys[section])
    return refusals


def _check_section(table: object, *, section: str, file: str, keys: Mapping[str, Key]) -> list[Refusal]:
    if not isinstance(table, dict):
        return [_unknown(section, file=file, known=[f"[{section}]"])]
    refusals = []
    for name, value in table.items():
        if name not in keys:
            refusals.append(_unknown(f"{section}.{name}", file=file, known=list(keys)))
        elif not keys[name].passes(value):
            refusals.append(
                Refusal(
                    "store.bad_setting",
                    found="{file}: {key} has a value that it cannot take",
                    wanted="{choices}",
                    remedy="Correct it in {file}",
                    file=file,
                    key=f"{section}.{name}",
                    choices=keys[name].wanted,
                )
            )
    return refusals


def _unknown(key: str, *, file: str, known: list[str]) -> Refusal:
    return Refusal(
        "store.unknown_key",
        found="{file} has the key {key}, which it does not know",
        wanted="one of {known}",
        remedy="Remove it or correct its spelling in {file}",
        file=file,
        key=key,
        known=", ".join(known),
    )
