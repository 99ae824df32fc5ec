"""Which keys may a hub's files have, and of what kind? Checks a TOML table against a list of keys, all at once."""

import json
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


_LONGEST = 60


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
    repeated: Collection[str],
    required: Collection[str] = (),
) -> list[Refusal]:
    """Every section, key and value of a file of settings that is unknown, misplaced, absent or of the wrong kind.

    In
        raw        the file as TOML reads it: section -> key -> value; a list of sections for [[section]]
        file       name of the file, for the message
        keys       section -> key -> what it may hold
        repeated   the sections written [[section]], all others being [section]
        required   "section.key" of each key that its section must have
    Out
        the refusals, empty when all is well: store.unknown_key, store.misplaced_key, store.bad_heading,
        store.missing_key, store.bad_setting

    >>> faults = check_keys({"hub": {"nmae": "x"}}, file="hub.toml", keys={"hub": {}}, repeated=())
    >>> [refusal.code for refusal in faults]
    ['store.unknown_key']
    """
    form = _Form(file, keys, frozenset(repeated))
    refusals: list[Refusal] = []
    for section, content in raw.items():
        if section not in keys:
            refusals.append(_stray(section, f"[{section}]" if isinstance(content, dict) else section, form=form))
            continue
        tables = _tables(content, is_repeated=section in repeated)
        if tables is None:
            refusals.append(_bad_heading(section, content, form=form))
        for table in tables or ():
            refusals += _check_section(table, section=section, form=form, required=required)
    return refusals


@dataclass(frozen=True)
class _Form:
    """What a file may hold: its name, its keys, and the sections that may come several times."""

    file: str
    keys: Mapping[str, Mapping[str, Key]]
    repeated: frozenset[str]

    def heading(self, section: str) -> str:
        return f"[[{section}]]" if section in self.repeated else f"[{section}]"


def _tables(content: object, *, is_repeated: bool) -> list[Mapping[str, object]] | None:
    """The tables of a section, or None where it is not written as its heading wants."""
    if isinstance(content, list) is not is_repeated:
        return None
    found: list[object] = content if isinstance(content, list) else [content]
    tables: list[Mapping[str, object]] = [table for table in found if isinstance(table, dict)]
    return tables if len(tables) == len(found) else None


def _check_section(
    table: Mapping[str, object], *, section: str, form: _Form, required: Collection[str]
) -> list[Refusal]:
    known = form.keys[section]
    refusals = []
    for name, value in table.items():
        if name not in known:
            refusals.append(_stray(name, f"{section}.{name}", form=form, among=section))
        elif not known[name].passes(value):
            refusals.append(_bad(f"{section}.{name}", value, form=form, choices=known[name].wanted))
    absent = [name for name in known if f"{section}.{name}" in required and name not in table]
    return refusals + [_missing(name, section=section, form=form) for name in absent]


def _bad(key: str, value: object, *, form: _Form, choices: str) -> Refusal:
    return Refusal(
        "store.bad_setting",
        found="{file}: {key} cannot be {value}",
        wanted="{choices}",
        remedy="Correct it in {file}",
        file=form.file,
        key=key,
        value=_written(value),
        choices=choices,
    )


def _missing(key: str, *, section: str, form: _Form) -> Refusal:
    return Refusal(
        "store.missing_key",
        found="{file}: the part {heading} lacks the key {key}",
        wanted="{key} = {choices}",
        remedy="Add it under {heading} in {file}",
        file=form.file,
        key=key,
        heading=form.heading(section),
        choices=form.keys[section][key].wanted,
    )


def _bad_heading(section: str, content: object, *, form: _Form) -> Refusal:
    written = f"{section} = {_written(content)}"
    if isinstance(content, dict):
        written = f"[{section}]"
    elif _tables(content, is_repeated=True):
        written = f"[[{section}]]"
    return Refusal(
        "store.bad_heading",
        found="{file}: {section} is written {written}",
        wanted="the heading {heading} on a line of its own, and its keys below",
        remedy="Write {heading} in {file}",
        file=form.file,
        section=section,
        written=written,
        heading=form.heading(section),
    )


def _stray(name: str, written: str, *, form: _Form, among: str | None = None) -> Refusal:
    """A key that belongs to another section, or to none."""
    places = [form.heading(section) for section, known in form.keys.items() if name in known]
    if among is None and not places:
        return _unknown(written, file=form.file, known=[form.heading(section) for section in form.keys])
    if among is not None and not places:
        return _unknown(written, file=form.file, known=list(form.keys[among]))
    return Refusal(
        "store.misplaced_key",
        found="{file} has {written} where it does not belong",
        wanted="the key {key} under {places}",
        remedy="Move it there in {file}: a key belongs to the heading above it",
        file=form.file,
        written=written,
        key=name,
        places=", ".join(places),
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


def _written(value: object) -> str:
    """A value as TOML writes it, short enough to find it in the file by."""
    if isinstance(value, dict):
        return "{ ... }"
    if isinstance(value, list):
        text = f"[{', '.join(_written(one) for one in value)}]"
    else:
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
