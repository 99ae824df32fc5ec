"""Which aggregates does an owner share beside the tokens, so that the unit can tell chance from identity?

How often two different persons of the list agree by chance, at each level and in each cell; how many records lack a
field; how many names only one person, or two, or three bear. Counts over the whole list: nothing about a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.birth_dates import BirthDate
from cauce.link.lattice import FAMILIES, Person
from cauce.link.names import NameForms
from cauce.link.tokens import EMPTY, FAMILY_OF_PLACE, Tokens

__all__ = ["Facts", "Meetings", "gather_facts", "meet_within", "missing_patterns"]

_SAMPLED_PAIRS = 300_000
_JOINT_PRIOR = 3.0
_MOST_TOGETHER = 20.0
_NAME_FAMILIES = tuple(index for index, family in enumerate(FAMILIES) if family.name.startswith("name."))
_ANY_KEY = next(index for index, family in enumerate(FAMILIES) if family.name == "full.any_key")


@dataclass(frozen=True)
class Facts:
    """What one list says of itself as a whole.

    persons      distinct persons of the list, as far as it knows
    missing      pattern of fields that a person lacks (sum of MISSING_...) -> share of the persons
    names        levels of given name and surname, as "XK" -> chance that two different persons agree so
    given        level -> that chance for the given name alone; `surname` alike
    same         chance that two different persons share a given name and a surname
    dates        date level -> chance that two different persons agree at it
    crossing     chance that the given name of one sounds as the surname of another
    collisions   cell -> pairs of different persons of the list that meet in it
    borne        name-only form -> number of names borne by one person, two, three
    """

    persons: int
    missing: Mapping[int, float]
    names: Mapping[str, float]
    same: float
    given: Mapping[str, float]
    surname: Mapping[str, float]
    dates: Mapping[str, float]
    crossing: float
    collisions: Mapping[levels.Cell, int] = field(default_factory=dict)
    borne: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Meetings:
    """Pairs of records that share a token: their places in the list, the families, and the shared sounds."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    mask: NDArray[np.int64]
    crossings: NDArray[np.int64]


def gather_facts(people: Sequence[Person], *, tokens: Tokens, before: Tokens, rng: np.random.Generator) -> Facts:
    """The aggregates of one list of distinct persons.

    In
        people   the persons as described
        tokens   (person, place) the tokens after `suppress_common`
        before   (person, place) the same before it
        rng      chooses the pairs compared
    """
    count = len(people)
    missing = missing_patterns(people)
    patterns, counts = np.unique(missing, return_counts=True)
    known = [person for person, lacks in zip(people, missing, strict=True) if not lacks]
    firsts, seconds = _random_pairs(len(known), rng=rng)
    given = _name_levels([person.given for person in known], firsts=firsts, seconds=seconds)
    surname = _name_levels([person.surname for person in known], firsts=firsts, seconds=seconds)
    names, same = _joint_levels(known, given, surname)
    given_keys = [person.given.keys for person in known]
    surname_keys = [person.surname.keys for person in known]
    return Facts(
        persons=count,
        missing={int(p): float(n) / max(count, 1) for p, n in zip(patterns, counts, strict=True)},
        names=names,
        same=same,
        given=given.chances,
        surname=surname.chances,
        dates=_date_levels([person.born for person in known]),
        crossing=_crossing(given_keys, surname_keys),
        collisions=_count_cells(meet_within(tokens, most=3), missing=missing),
        borne=_count_bearers(before),
    )


def missing_patterns(people: Sequence[Person]) -> NDArray[np.int64]:
    """(person,) the sum of MISSING_... for what each lacks; a date known in part is not missing."""
    return np.array(
        [
            levels.MISSING_GIVEN * (not person.given.words)
            + levels.MISSING_SURNAME * (not person.surname.words)
            + levels.MISSING_DATE * (not person.born.year and not person.born.day)
            for person in people
        ],
        dtype=np.int64,
    )


def meet_within(tokens: Tokens, *, most: int) -> Meetings:
    """The pairs of one list that share a token which at most `most` records have.

    In
        tokens   (record, place) int64
        most     tokens of more records than this are left out
    """
    flat = tokens.ravel()
    order = np.argsort(flat, kind="stable")
    token, row, family = flat[order], order // tokens.shape[1], FAMILY_OF_PLACE[order % tokens.shape[1]]
    sizes = _group_sizes(token)
    usable = (token != EMPTY) & (sizes > 1) & (sizes <= most)
    token, row, family = token[usable], row[usable], family[usable]
    lefts, rights, families = [row[:0]], [row[:0]], [family[:0]]
    for offset in range(1, most):
        same = np.flatnonzero(token[offset:] == token[:-offset])
        lefts.append(np.minimum(row[same], row[same + offset]))
        rights.append(np.maximum(row[same], row[same + offset]))
        families.append(family[same])
    return _gather_meetings(np.concatenate(lefts), np.concatenate(rights), np.concatenate(families))


def _gather_meetings(left: NDArray[np.int64], right: NDArray[np.int64], family: NDArray[np.int64]) -> Meetings:
    differ = left != right
    left, right, family = left[differ], right[differ], family[differ]
    if not left.size:
        return Meetings(left, right, left, left)
    order = np.lexsort((right, left))
    left, right, family = left[order], right[order], family[order]
    starts = np.flatnonzero(np.r_[True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])])
    mask = np.bitwise_or.reduceat(np.int64(1) << family, starts)
    crossings = np.add.reduceat((family == _ANY_KEY).astype(np.int64), starts)
    return Meetings(left[starts], right[starts], mask, crossings)


def _count_cells(meetings: Meetings, *, missing: NDArray[np.int64]) -> dict[levels.Cell, int]:
    lacks = missing[meetings.left] | missing[meetings.right]
    rows = np.stack([meetings.mask, lacks, np.minimum(meetings.crossings, 2)], axis=1)
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    cells: dict[levels.Cell, int] = {}
    for (mask, lack, crossings), count in zip(kinds.tolist(), counts.tolist(), strict=True):
        cell = levels.decode_cell(mask, missing=lack, crossings=crossings)
        cells[cell] = cells.get(cell, 0) + count
    return cells


def _count_bearers(before: Tokens) -> dict[str, tuple[int, int, int]]:
    bearers = {}
    for index in _NAME_FAMILIES:
        column = before[:, index == FAMILY_OF_PLACE].ravel()
        _, counts = np.unique(column[column != EMPTY], return_counts=True)
        bearers[FAMILIES[index].name.split(".")[1]] = tuple(int((counts == times).sum()) for times in (1, 2, 3))
    return bearers  # type: ignore[return-value]


def _group_sizes(ordered: Tokens) -> NDArray[np.int64]:
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return np.repeat(np.diff(np.r_[starts, ordered.size]), np.diff(np.r_[starts, ordered.size]))


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


def _joint_levels(
    known: Sequence[Person], given: _FieldLevels, surname: _FieldLevels
) -> tuple[dict[str, float], float]:
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
    return names, together * given.chances["X"] * surname.chances["X"]


def _same_chance(forms: Sequence[tuple[str, ...]]) -> float:
    """Chance that two different records share a form, those that share two counted twice."""
    flat = np.array([form for record in forms for form in record], dtype=object)
    if len(forms) < 2 or not flat.size:
        return 0.0
    _, counts = np.unique(flat.astype(str), return_counts=True)
    return float((counts * (counts - 1.0)).sum() / (len(forms) * (len(forms) - 1.0)))


def _code_forms(forms: Sequence[tuple[str, ...]]) -> NDArray[np.int32]:
    """(record, form) a number for each form, and numbers of its own where a record has fewer."""
    numbers: dict[str, int] = {}
    width = min(max((len(record) for record in forms), default=0), 16) or 1
    codes = -1 - np.arange(len(forms) * width, dtype=np.int32).reshape(len(forms), width)
    for row, record in enumerate(forms):
        for place, form in enumerate(record[:width]):
            codes[row, place] = numbers.setdefault(form, len(numbers))
    return codes


def _date_levels(dates: Sequence[BirthDate]) -> dict[str, float]:
    """Chance of each level of the date, each without the better ones."""
    parts = np.array(dates, dtype=np.int64).reshape(-1, 3)
    year, month, day = parts.T
    low, high = np.minimum(month, day), np.maximum(month, day)
    full = _equal_chance(year * 10_000 + month * 100 + day)
    chances = {
        "full": full,
        "swap": _equal_chance(year * 10_000 + low * 100 + high) - full,
        "ym": _equal_chance(year * 100 + month) - full,
        "yd": _equal_chance(year * 100 + day) - full,
        "md": _equal_chance(month * 100 + day) - full,
    }
    chances["y"] = _equal_chance(year) - full - chances["swap"] - chances["ym"] - chances["yd"]
    chances = {level: max(chance, 1e-9) for level, chance in chances.items()}
    chances["name"] = 1 - sum(chances.values())
    return chances


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
