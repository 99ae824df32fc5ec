"""Which aggregates does an owner share beside the tokens, so that the unit can tell chance from identity?

How often two different persons of the list agree by chance, at each level and in each cell; how many records lack a
field; how many names only one person, or two, or three bear. Counts over the whole list: nothing about a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.birth_dates import BirthDate
from cauce.link.lattice import FAMILIES, Person
from cauce.link.meetings import join_persons, meet_within, tally_cells
from cauce.link.name_forms import Known
from cauce.link.names import NameForms
from cauce.link.people import People
from cauce.link.tokens import EMPTY, FAMILY_OF_PLACE, Tokens

__all__ = ["BORNE_FORMS", "Facts", "count_collisions", "gather_facts", "missing_patterns"]

_SAMPLED_PAIRS = 300_000
_JOINT_PRIOR = 3.0
_MOST_TOGETHER = 20.0
_NAME_FAMILIES = tuple(
    index for index, family in enumerate(FAMILIES) if family.name.startswith("name.") and family.width == 1
)
BORNE_FORMS = frozenset(FAMILIES[index].name.split(".")[1] for index in _NAME_FAMILIES)
_MOST_PERSONS = 2
_MOST_COMPARED = 40_000
_LEAST_TOLD = 10


@dataclass(frozen=True)
class Facts:
    """What one list says of itself as a whole.

    persons      distinct persons of the list, as far as it knows
    missing      pattern of fields that a person lacks (sum of MISSING_...) -> share of the persons
    names        levels of given name and surname, as "XK" -> chance that two different persons agree so
    given        level -> that chance for the given name alone; `surname` alike
    dates        date level -> chance that two different persons agree at it
    crossing     chance that the given name of one sounds as the surname of another
    collisions   cell -> pairs of different persons of the list that meet in it
    borne        name-only form -> number of names borne by one person, two, three
    known        dated or not (0, MISSING_DATE) -> share of such persons with names whose place, and sex, is known
    """

    persons: int
    missing: Mapping[int, float]
    names: Mapping[str, float]
    given: Mapping[str, float]
    surname: Mapping[str, float]
    dates: Mapping[str, float]
    crossing: float
    collisions: Mapping[levels.Cell, int] = field(default_factory=dict)
    borne: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    known: Mapping[int, Known] = field(default_factory=dict)


def gather_facts(people: People, *, missing: NDArray[np.int64], rng: np.random.Generator) -> Facts:
    """The aggregates of one list of distinct persons, its collisions not yet counted.

    In
        people    the persons
        missing   (person,) as `missing_patterns` gives them
        rng       chooses the pairs compared
    Out
        the aggregates
    """
    count = len(people)
    patterns, counts = np.unique(missing, return_counts=True)
    complete = np.flatnonzero(missing == 0)
    if complete.size > _MOST_COMPARED:
        complete = np.sort(rng.choice(complete, _MOST_COMPARED, replace=False))
    known = [people[int(place)] for place in complete]
    firsts, seconds = _random_pairs(len(known), rng=rng)
    given = _name_levels([person.given for person in known], firsts=firsts, seconds=seconds)
    surname = _name_levels([person.surname for person in known], firsts=firsts, seconds=seconds)
    return Facts(
        persons=count,
        missing={int(p): float(n) / max(count, 1) for p, n in zip(patterns, counts, strict=True)},
        names=_joint_levels(known, given, surname),
        given=given.chances,
        surname=surname.chances,
        dates=_date_levels([person.born for person in known]),
        crossing=_crossing([person.given.keys for person in known], [person.surname.keys for person in known]),
        known=_share_known(people, missing),
    )


def count_collisions(facts: Facts, *, tokens: Tokens, persons: NDArray[np.int64], missing: NDArray[np.int64]) -> Facts:
    """The aggregates with the pairs of different persons that meet within the list, and the bearers of each name.

    In
        facts     as `gather_facts` gives them
        tokens    (record, place) the tokens before any is dropped
        persons   (record,) the person of each record
        missing   (person,) sum of MISSING_... for what each lacks
    Out
        the aggregates, complete
    """
    met = join_persons(meet_within(_tell_once(tokens, persons), most=_MOST_PERSONS), persons, persons)
    met = met.take(met.left != met.right)
    counts = tally_cells(met, missing[met.left] | missing[met.right]).counts
    collisions = {cell: int(count.pairs) for cell, count in counts.items()}
    return replace(facts, collisions=collisions, borne=_count_bearers(tokens, persons))


def missing_patterns(people: Sequence[Person]) -> NDArray[np.int64]:
    """What each person lacks; a date known in part is not missing.

    In
        people   the persons as described
    Out
        (person,) sum of MISSING_...
    """
    return np.array(
        [
            levels.MISSING_GIVEN * (not person.given.words)
            + levels.MISSING_SURNAME * (not person.surname.words)
            + levels.MISSING_DATE * (not person.born.year and not person.born.day)
            for person in people
        ],
        dtype=np.int64,
    )


def _share_known(people: People, missing: NDArray[np.int64]) -> dict[int, Known]:
    """Of persons with names, dated or not; of all of them where few are either, for the share would tell of each."""
    places, sexes = (np.array([bool(text) for text in column], dtype=bool) for column in (people.place, people.sex))
    named = missing & ~levels.MISSING_DATE == 0
    groups = {pattern: missing == pattern for pattern in (0, levels.MISSING_DATE)}
    if min(int(group.sum()) for group in groups.values()) < _LEAST_TOLD:
        groups = dict.fromkeys(groups, named)
    return {
        pattern: Known(*(float(column[group].sum()) / max(int(group.sum()), 1) for column in (places, sexes)))
        for pattern, group in groups.items()
    }


def _tell_once(tokens: Tokens, persons: NDArray[np.int64]) -> Tokens:
    """The tokens, each once for a person: who is on the list twice must not make two bearers look like three."""
    several = np.flatnonzero(np.bincount(persons)[persons] > 1)
    if not several.size:
        return tokens
    flat = tokens[several].ravel()
    owner = np.repeat(persons[several], tokens.shape[1])
    order = np.lexsort((owner, flat))
    is_again = np.r_[False, (np.diff(flat[order]) == 0) & (np.diff(owner[order]) == 0)]
    flat[order[is_again]] = EMPTY
    once = tokens.copy()
    once[several] = flat.reshape(several.size, -1)
    return once


def _count_bearers(before: Tokens, persons: NDArray[np.int64]) -> dict[str, tuple[int, int, int]]:
    bearers = {}
    for index in _NAME_FAMILIES:
        column = before[:, index == FAMILY_OF_PLACE].ravel()
        borne = np.unique(np.stack([column, persons], axis=1)[column != EMPTY], axis=0)
        _, counts = np.unique(borne[:, 0], return_counts=True)
        once, twice, thrice = (int((counts == times).sum()) for times in (1, 2, 3))
        bearers[FAMILIES[index].name.split(".")[1]] = (once, twice, thrice)
    return bearers


def _random_pairs(count: int, *, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if count < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    firsts = rng.integers(0, count, _SAMPLED_PAIRS)
    return firsts, (firsts + rng.integers(1, count, _SAMPLED_PAIRS)) % count


@dataclass(frozen=True)
class _FieldLevels:
    chances: dict[str, float]
    sampled: NDArray[np.int64]


def _name_levels(names: Sequence[NameForms], *, firsts: NDArray[np.int64], seconds: NDArray[np.int64]) -> _FieldLevels:
    """Chance of each level: exact and sound by counting all pairs, the weaker ones over the random pairs."""
    exact = _same_chance([name.wholes for name in names])
    sound = max(_same_chance([name.whole_keys for name in names]) - exact, 0.0)
    level = np.full(firsts.size, len(levels.LEVELS) - 1)
    forms = ("wholes", "whole_keys", "deletions", "parts", "initials")
    for place, form in reversed(list(enumerate(forms))):
        codes = _code_forms([getattr(name, form) for name in names])
        level[(codes[firsts][:, :, None] == codes[seconds][:, None, :]).any(axis=(1, 2))] = place
    sampled = np.bincount(level, minlength=len(levels.LEVELS)) / max(level.size, 1)
    floor = 0.5 / _SAMPLED_PAIRS
    chances = {"X": max(exact, floor), "K": max(sound, floor)}
    chances |= {letter: max(float(sampled[place]), floor) for place, letter in enumerate("DPI", start=2)}
    return _FieldLevels(chances | {"-": max(1 - sum(chances.values()), 0.0)}, level)


def _joint_levels(known: Sequence[Person], given: _FieldLevels, surname: _FieldLevels) -> dict[str, float]:
    """Chance of each pair of levels: as sampled, and near the product where few were seen.

    Names of one language go together, so persons who share a given name share a surname more often than chance.
    """
    firsts = [(person.given.words[0], person.surname.words[0]) for person in known]
    same = _same_chance([(f"{given_word}|{surname_word}",) for given_word, surname_word in firsts])
    alone = _same_chance([(word,) for word, _ in firsts]) * _same_chance([(word,) for _, word in firsts])
    together = min(max(same / alone, 1.0), _MOST_TOGETHER) if alone > 0 else 1.0
    size = len(levels.LEVELS)
    sampled = np.bincount(given.sampled * size + surname.sampled, minlength=size * size)
    names = {}
    for place, forms in enumerate(product(levels.LEVELS, levels.LEVELS)):
        times = together if "-" not in forms and "I" not in forms else 1.0
        expected = given.chances[forms[0]] * surname.chances[forms[1]] * times
        shape = _JOINT_PRIOR
        names["".join(forms)] = (int(sampled[place]) + shape) / (_SAMPLED_PAIRS + shape / max(expected, 1e-14))
    return names


def _same_chance(forms: Sequence[tuple[str, ...]]) -> float:
    """Chance that two different records share a form, those that share two counted twice."""
    flat = np.array([form for record in forms for form in record], dtype=object)
    if len(forms) < 2 or not flat.size:
        return 0.0
    _, counts = np.unique(flat.astype(str), return_counts=True)
    return float((counts * (counts - 1.0)).sum() / (len(forms) * (len(forms) - 1.0)))


def _code_forms(forms: Sequence[tuple[str, ...]]) -> NDArray[np.int32]:
    """(record, form) a number for each form, and numbers of its own where a record has fewer."""
    width = min(max((len(record) for record in forms), default=0), 16) or 1
    flat = [form for record in forms for form in record[:width]]
    numbers = {form: number for number, form in enumerate(dict.fromkeys(flat))}
    sizes = np.array([min(len(record), width) for record in forms], dtype=np.int64)
    codes = -1 - np.arange(len(forms) * width, dtype=np.int32).reshape(len(forms), width)
    codes[np.arange(width) < sizes[:, None]] = [numbers[form] for form in flat]
    return codes


def _date_levels(dates: Sequence[BirthDate]) -> dict[str, float]:
    """Chance of each level of the date, each without the better ones."""
    parts = np.array([date[:3] for date in dates], dtype=np.int64).reshape(-1, 3)
    year, month, day = parts.T
    low, high = np.minimum(month, day), np.maximum(month, day)
    full = _equal_chance(year * 10_000 + month * 100 + day)
    digits = _digit_levels([date.digits for date in dates])
    chances = {
        # The product: what exceeds it are twins, and persons who are on the list twice.
        "full": _equal_chance(year) * _equal_chance(month * 100 + day),
        "swap": _equal_chance(year * 10_000 + low * 100 + high) - full,
        "digit": sum(digits.values()),
        "ym": _equal_chance(year * 100 + month) - full - digits["ym"],
        "yd": _equal_chance(year * 100 + day) - full - digits["yd"],
        "md": _equal_chance(month * 100 + day) - full - digits["md"],
    }
    of_year = sum(chances[level] for level in ("swap", "ym", "yd"))
    chances["y"] = _equal_chance(year) - full - of_year - digits["ym"] - digits["yd"]
    chances = {level: max(chance, 1e-9) for level, chance in chances.items()}
    chances["name"] = max(1 - sum(chances.values()), 1e-9)
    return chances


def _digit_levels(digits: Sequence[str]) -> dict[str, float]:
    """Chance that two different dates differ in one digit, by the level they would have without, or only in order."""
    written = np.array([date for date in digits if date], dtype="U8")
    if written.size < 2:
        return dict.fromkeys(("ym", "yd", "md", "order"), 0.0)
    letters = written.view("U1").reshape(-1, 8).astype(np.int64)
    number = letters @ 10 ** np.arange(7, -1, -1)
    full = _equal_chance(number)
    aside = [_equal_chance(number - letters[:, place] * 10 ** (7 - place)) - full for place in range(8)]
    ordered = np.sort(letters, axis=1) @ 10 ** np.arange(7, -1, -1)
    return {
        "ym": sum(aside[6:]),
        "yd": sum(aside[4:6]),
        "md": sum(aside[:4]),
        "order": max(_equal_chance(ordered) - full, 0.0),
    }


def _equal_chance(values: NDArray[np.int64]) -> float:
    if values.size < 2:
        return 0.0
    _, counts = np.unique(values, return_counts=True)
    return float((counts * (counts - 1.0)).sum() / (values.size * (values.size - 1.0)))


def _crossing(given_keys: Sequence[tuple[str, ...]], surname_keys: Sequence[tuple[str, ...]]) -> float:
    if not given_keys:
        return 0.0
    given, given_counts = np.unique([key for keys in given_keys for key in keys], return_counts=True)
    surname, surname_counts = np.unique([key for keys in surname_keys for key in keys], return_counts=True)
    _, in_given, in_surname = np.intersect1d(given, surname, return_indices=True)
    shared = float((given_counts[in_given] * 1.0 * surname_counts[in_surname]).sum())
    return shared / len(given_keys) ** 2
