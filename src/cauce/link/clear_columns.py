"""What does Splink lay side by side of two records, and how alike does it call them?

Columns of a list in the normal forms of `names` and `birth_dates`, the levels at which they are compared, and the
rules that bring two records together at all. What the levels are worth is learnt in `clear_text`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import splink.comparison_level_library as level_library
from splink import SettingsCreator, block_on
from splink.comparison_library import CustomComparison

from cauce.link.lattice import Person
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME
from cauce.link.names import NameForms, phonetic_key
from cauce.link.people import People

__all__ = ["lay_out_people", "share_met", "write_settings"]

_NAMES = ("given", "surname")
_WORDS = (1, 2)
_MOST_SOUNDS = 3
_MOST_BEARERS = 300
_NEAR, _ALIKE = 0.92, 0.8
_TEXTS = pa.list_(pa.string())
_RULES = ("by_date", "by_names", "by_year", "by_day")

_ACROSS = ("list_has_any(given_sounds_l, surname_sounds_r)", "list_has_any(surname_sounds_l, given_sounds_r)")
_STRAIGHT = ("list_has_any(given_sounds_l, given_sounds_r)", "list_has_any(surname_sounds_l, surname_sounds_r)")
_CROSSINGS = {
    "crossed": f"coalesce({_ACROSS[0]} and {_ACROSS[1]} and not ({_STRAIGHT[0]} and {_STRAIGHT[1]}), false)",
    "half crossed": f"coalesce(({_ACROSS[0]} or {_ACROSS[1]}) and not ({_STRAIGHT[0]} or {_STRAIGHT[1]}), false)",
}
_SOUND_ALIKE = ("same", "word", "sound")
_DATE_PARTS = {
    "swapped": "year_l = year_r and month_l = day_r and day_l = month_r",
    "year and month": "year_l = year_r and month_l = month_r",
    "year and day": "year_l = year_r and day_l = day_r",
    "month and day": "month_l = month_r and day_l = day_r",
    "year": "year_l = year_r",
}


def lay_out_people(people: People) -> pa.Table:
    """One row a record, for Splink to compare.

    In
        people   the persons of a list, as written
    Out
        unique_id                  int64         place of the record
        given, surname             string        the words of the name in plain letters
        given_1, given_2           string        its first two words; `surname_1`, `surname_2` alike
        given_words, given_sounds  list<string>  its words and all of it together; how its words sound; surname alike
        born                       string        the full date; `year`, `month`, `day` int32 what is known of it
        rare_name                  list<string>  the full name, where one record of the list has it
        by_date, by_names, by_year, by_day   list<string>   what two records must share to be compared at all: the full
                                   date; a sound of each name; any sound and the year; any sound, month and day

    >>> from cauce.link.people import describe_people
    >>> lay_out_people(describe_people(["Ana"], ["Paz"], ["1990-02-01"])).select(["given", "born"]).to_pylist()
    [{'given': 'ana', 'born': '1990-02-01'}]
    """
    described = list(people)
    columns: dict[str, pa.Array] = {"unique_id": pa.array(range(len(described)), pa.int64())}
    for name in _NAMES:
        columns |= _lay_out_name(name, [getattr(person, name) for person in described])
    dates = [person.born for person in described]
    born = [f"{date.year}-{date.month:02}-{date.day:02}" if all(date) else None for date in dates]
    columns |= {"born": pa.array(born, pa.string()), "rare_name": pa.array(_rare_names(described), _TEXTS)}
    for part in ("year", "month", "day"):
        columns[part] = pa.array([getattr(date, part) or None for date in dates], pa.int32())
    for rule, shared in zip(_RULES, zip(*map(_write_shared, described), strict=True), strict=True):
        columns[rule] = pa.array(_drop_common(shared), _TEXTS)
    return pa.table(columns)


def write_settings() -> SettingsCreator:
    """What Splink compares within one list, before anything is learnt.

    Out
        the comparisons of given name, surname and date, and the rules by which two records meet

    >>> len(write_settings().comparisons)
    3
    """
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_compare_name("given"), _compare_name("surname"), _compare_dates()],
        blocking_rules_to_generate_predictions=[block_on(rule, arrays_to_explode=[rule]) for rule in _RULES],
        retain_matching_columns=False,
    )


def share_met(missing: int, shares: Mapping[str, Mapping[str, float]]) -> float:
    """Share of the persons in both lists whom one of the rules of `write_settings` brings together.

    In
        missing   sum of MISSING_... for what either record lacks
        shares    comparison (given, surname, date) -> level -> share of the records of one person that agree so
    Out
        a share, the fields taken for independent

    >>> names = {"same": 0.5, "word": 0.0, "sound": 0.0, "crossed": 0.0, "half crossed": 0.0}
    >>> share_met(MISSING_DATE, {"given": names, "surname": names, "date": {}})
    0.25
    """
    has_given, has_surname = not missing & MISSING_GIVEN, not missing & MISSING_SURNAME
    given, surname, date = shares["given"], shares["surname"], shares["date"]
    sounds = sum(given[level] for level in _SOUND_ALIKE) if has_given else 0.0
    sounds_last = sum(surname[level] for level in _SOUND_ALIKE) if has_surname else 0.0
    crossed, half = (given[level] if has_given and has_surname else 0.0 for level in _CROSSINGS)
    both = crossed + sounds * sounds_last
    one = crossed + half + (1 - crossed - half) * (1 - (1 - sounds) * (1 - sounds_last))
    if missing & MISSING_DATE:
        return both
    in_part = sum(date[part] for part in _DATE_PARTS)
    return date["same"] + in_part * one + (1 - date["same"] - in_part) * both


def _lay_out_name(name: str, forms: Sequence[NameForms]) -> dict[str, pa.Array]:
    columns = {
        name: pa.array([" ".join(form.words) or None for form in forms], pa.string()),
        f"{name}_words": pa.array([form.wholes or None for form in forms], _TEXTS),
        f"{name}_sounds": pa.array([_sounds(form) or None for form in forms], _TEXTS),
    }
    for place in _WORDS:
        words = [form.words[place - 1] if len(form.words) >= place else None for form in forms]
        columns[f"{name}_{place}"] = pa.array(words, pa.string())
    return columns


def _sounds(name: NameForms) -> tuple[str, ...]:
    """Those of the words too: a familiar form stands for another name only where it is a given name."""
    return tuple(dict.fromkeys((*name.keys, *(phonetic_key(word) for word in name.words))))


def _write_shared(person: Person) -> tuple[list[str], ...]:
    """What another record must share with hers under each rule."""
    given, surname = _sounds(person.given)[:_MOST_SOUNDS], _sounds(person.surname)[:_MOST_SOUNDS]
    any_sound, date = sorted({*given, *surname}), person.born
    return (
        [f"{date.year}-{date.month}-{date.day}"] if all(date) else [],
        sorted({"|".join(sorted(pair)) for pair in product(given, surname)}),
        [f"{sound}|{date.year}" for sound in any_sound] if date.year else [],
        [f"{sound}|{date.month}-{date.day}" for sound in any_sound] if date.month and date.day else [],
    )


def _drop_common(shared: Sequence[Sequence[str]]) -> list[list[str] | None]:
    """Without what so many records of the list share that it tells nobody apart, and brings all of them together."""
    bearers = Counter(text for texts in shared for text in texts)
    return [[text for text in texts if bearers[text] <= _MOST_BEARERS] or None for texts in shared]


def _rare_names(people: Sequence[Person]) -> list[list[str] | None]:
    """Whoever bears a name that nobody else bears in either list is mostly the same person in both."""
    names = [
        " ".join((*person.given.words, "|", *person.surname.words))
        if person.given.words and person.surname.words
        else ""
        for person in people
    ]
    _, place, bearers = np.unique(np.array(names, dtype=str), return_inverse=True, return_counts=True)
    return [[name] if name and count == 1 else None for name, count in zip(names, bearers[place], strict=True)]


def _compare_name(name: str) -> CustomComparison:
    """The levels of one name. Names that crossed are judged with the given name; the surname then has no say."""
    lacks = f"({name}_l is null or {name}_r is null)"
    is_given = name == "given"
    crossings: list[Any] = [level_library.CustomLevel(sql, label) for label, sql in _CROSSINGS.items()]
    return CustomComparison(
        [
            _missing(lacks if is_given else " or ".join((lacks, *_CROSSINGS.values()))),
            *(crossings if is_given else []),
            level_library.ExactMatchLevel(name, term_frequency_adjustments=True).configure(label_for_charts="same"),
            level_library.CustomLevel(f"list_has_any({name}_words_l, {name}_words_r)", "word"),
            level_library.CustomLevel(f"list_has_any({name}_sounds_l, {name}_sounds_r)", "sound"),
            level_library.CustomLevel(f"{_nearest(name)} >= {_NEAR}", "near"),
            level_library.CustomLevel(f"{_nearest(name)} >= {_ALIKE}", "alike"),
            level_library.ElseLevel(),
        ],
        output_column_name=name,
    )


def _nearest(name: str) -> str:
    pairs = (f"jaro_winkler_similarity({name}_{one}_l, {name}_{two}_r)" for one, two in product(_WORDS, _WORDS))
    return f"greatest({', '.join(pairs)})"


def _compare_dates() -> CustomComparison:
    return CustomComparison(
        [
            _missing("(year_l is null and day_l is null) or (year_r is null and day_r is null)"),
            level_library.ExactMatchLevel("born").configure(label_for_charts="same"),
            *(level_library.CustomLevel(sql, label) for label, sql in _DATE_PARTS.items()),
            level_library.ElseLevel(),
        ],
        output_column_name="date",
    )


def _missing(sql: str) -> Any:
    return level_library.CustomLevel(sql, "missing").configure(is_null_level=True)
