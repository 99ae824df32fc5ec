"""Which keys may a hub's files have, and of what kind? Checks a TOML table against a list of keys, all at once."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cauce.standards import codelists
from cauce.standards.errors import Refusal
from cauce.standards.messages import LANGUAGES

__all__ = [
    "Key",
    "check_keys",
    "is_area",
    "is_budgets",
    "is_chance",
    "is_date",
    "is_count",
    "is_flag",
    "is_groups",
    "is_languages",
    "is_names",
    "is_positive",
    "is_share",
    "is_text",
    "is_texts",
    "is_whole",
    "one_of",
]


@dataclass(frozen=True)
class Key:
    """What one key may hold: a test of the value and the words that say what passes."""

    passes: Callable[[object], bool]
    wanted: str


def is_text(value: object) -> bool:
    """Claims that the value is a text."""
    return isinstance(value, str)


def is_names(value: object) -> bool:
    """Claims that the value is a name, or one name per language."""
    if isinstance(value, dict):
        return all(key in LANGUAGES and isinstance(name, str) for key, name in value.items())
    return isinstance(value, str)


def is_area(value: object) -> bool:
    """Claims that the value is the ISO 3166 alpha-3 code of an area that still exists, or nothing.

    >>> is_area("HTI"), is_area(""), is_area("ZZZ"), is_area("SCG")
    (True, True, False, False)
    """
    entries = codelists.load("area").entries
    return value == "" or (isinstance(value, str) and value in entries and entries[value].valid_to is None)


def is_languages(value: object) -> bool:
    """Claims that the value is a list of the languages of the pages."""
    return isinstance(value, list) and len(value) > 0 and all(item in LANGUAGES for item in value)


def is_positive(value: object) -> bool:
    """Claims that the value is a finite number above zero.

    >>> is_positive(0.5), is_positive(float("inf")), is_positive(float("nan"))
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def is_budgets(value: object, *, of: Collection[str]) -> bool:
    """Claims that the value gives some of these words a number from zero on each.

    >>> is_budgets({"ask": 1.0}, of=("ask",)), is_budgets({"asks": 1.0}, of=("ask",)), is_budgets({}, of=())
    (True, False, True)
    """
    if not isinstance(value, dict):
        return False
    return all(name in of and (is_positive(most) or most == 0) for name, most in value.items())


def is_chance(value: object) -> bool:
    """Claims that the value is a fraction strictly between 0 and 1."""
    return is_positive(value) and isinstance(value, float) and value < 1


def is_share(value: object) -> bool:
    """Claims that the value is a part of a whole: above 0, at most 1.

    >>> is_share(0.85), is_share(1), is_share(0.0), is_share(85)
    (True, True, False, False)
    """
    return is_positive(value) and isinstance(value, int | float) and value <= 1


def is_whole(value: object) -> bool:
    """Claims that the value is a whole number from 1 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def is_count(value: object) -> bool:
    """Claims that the value is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_groups(value: object) -> bool:
    """Claims that the value is a list of texts for each of some names.

    >>> is_groups({"Norte": ["A", "B"]}), is_groups({"Norte": "A"}), is_groups({})
    (True, False, False)
    """
    return isinstance(value, dict) and len(value) > 0 and all(is_texts(members) for members in value.values())


def is_flag(value: object) -> bool:
    """Claims that the value is true or false."""
    return isinstance(value, bool)


def is_date(value: object) -> bool:
    """Claims that the value is a day, without an hour."""
    return isinstance(value, date) and not isinstance(value, datetime)


def is_texts(value: object) -> bool:
    """Claims that the value is a list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def one_of(*words: str) -> Key:
    """A key that takes one word of a list."""
    return Key(lambda value: value in words, " | ".join(f'"{word}"' for word in words))


def check_keys(
    raw: Mapping[str, object],
    *,
    file: str,
    keys: Mapping[str, Mapping[str, Key]],
    repeated: Collection[str] | None = None,
    required: Collection[str] = (),
) -> list[Refusal]:
    """Every unknown section or key and every value of the wrong kind in a file of settings.

    In
        raw        the file as TOML reads it: section -> key -> value; a list of sections for [[section]]
        file       name of the file, for the message
        keys       section -> key -> what it may hold
        repeated   the sections written [[section]], all others being [section]; None leaves it open
        required   "section.key" of each key that its section must have
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_keys({"hub": {"nmae": "x"}}, file="hub.toml", keys={"hub": {}})]
    ['store.unknown_key']
    """
    refusals: list[Refusal] = []
    for section, content in raw.items():
        if section not in keys:
            refusals.append(_unknown(f"[{section}]", file=file, known=[f"[{name}]" for name in keys]))
        elif repeated is not None and isinstance(content, list) is not (section in repeated):
            wanted = f"[[{section}]]" if section in repeated else f"[{section}]"
            refusals.append(_bad(section, file=file, wanted=wanted))
        else:
            for table in content if isinstance(content, list) else [content]:
                refusals += _check_section(table, section=section, file=file, keys=keys[section])
                refusals += _missing(
                    table,
                    section=section,
                    file=file,
                    wanted={key: keys[section][key] for key in keys[section] if f"{section}.{key}" in required},
                )
    return refusals


def _check_section(table: object, *, section: str, file: str, keys: Mapping[str, Key]) -> list[Refusal]:
    if not isinstance(table, dict):
        return [_unknown(section, file=file, known=[f"[{section}]"])]
    refusals = []
    for name, value in table.items():
        if name not in keys:
            refusals.append(_unknown(f"{section}.{name}", file=file, known=list(keys)))
        elif not keys[name].passes(value):
            refusals.append(_bad(f"{section}.{name}", file=file, wanted=keys[name].wanted))
    return refusals


def _missing(table: object, *, section: str, file: str, wanted: Mapping[str, Key]) -> list[Refusal]:
    held = table if isinstance(table, dict) else wanted
    return [_bad(f"{section}.{name}", file=file, wanted=key.wanted) for name, key in wanted.items() if name not in held]


def _bad(key: str, *, file: str, wanted: str) -> Refusal:
    return Refusal(
        "store.bad_setting",
        found="{file}: {key} has a value that it cannot take",
        wanted="{choices}",
        remedy="Correct it in {file}",
        file=file,
        key=key,
        choices=wanted,
    )


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
