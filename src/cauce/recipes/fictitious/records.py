"""What did each partner write down of a person, with which slips?

Names are misspelt, cut short and turned around, days and months swapped, a person written down twice by one
partner, as in real registers. Sex and age are recorded by everybody: the demo's truth is about people, not about
missing answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cauce.recipes.fictitious.people import PARTNERS, Person, Population, age_on

__all__ = ["Record", "linked_pairs", "write_down"]

_TWICE = 0.07
_LETTERS = np.array(list("abcdefghilmnoprstuvz"))


@dataclass(frozen=True)
class Record:
    """One line of a partner's register, before its language and file format; `person` is sealed truth."""

    person: int
    record_id: str
    given_name: str
    surname: str
    birth_date: str
    age_years: int
    is_woman: bool
    citizenship: str
    forms: tuple[str, ...]
    registered: date


def write_down(population: Population, *, rng: np.random.Generator) -> dict[str, list[Record]]:
    """The register of each partner, in the order of its days.

    In
        population   who lives there and who met whom
        rng          the generator of slips
    Out
        partner -> records, numbered by the partner
    """
    registers: dict[str, list[Record]] = {}
    for partner in PARTNERS:
        meetings = [(place, person) for place, person in enumerate(population.people) if partner in person.met]
        entries = [_write(place, person, day=person.met[partner], rng=rng) for place, person in meetings]
        again = [one for one in meetings if rng.random() < _TWICE]
        later = [
            (place, person, person.met[partner] + timedelta(days=int(rng.integers(5, 200)))) for place, person in again
        ]
        entries += [_write(place, person, day=day, rng=rng) for place, person, day in later]
        entries.sort(key=lambda record: (record.registered, record.person))
        registers[partner] = [_numbered(record, partner, number) for number, record in enumerate(entries, start=1)]
    return registers


def _later(day: date, rng: np.random.Generator) -> date:
    return day + timedelta(days=int(rng.integers(5, 200)))


def _numbered(record: Record, partner: str, number: int) -> Record:
    return Record(**(vars(record) | {"record_id": f"{partner[:3].upper()}-{number:05d}"}))


def _write(place: int, person: Person, *, day: date, rng: np.random.Generator) -> Record:
    given, surname = _slipped_names(person, rng)
    return Record(
        person=place,
        record_id="",
        given_name=given,
        surname=surname,
        birth_date=_slipped_date(person.birth_date, rng),
        age_years=age_on(person.birth_date, day),
        is_woman=person.is_woman,
        citizenship=person.citizenship,
        forms=person.forms,
        registered=day,
    )


def _slipped_names(person: Person, rng: np.random.Generator) -> tuple[str, str]:
    given, surnames = list(person.given_names), list(person.surnames)
    if len(given) > 1 and rng.random() < 0.3:
        given = given[:1]
    if len(surnames) > 1 and rng.random() < 0.2:
        surnames = surnames[:1]
    given = [_misspelt(name, rng) for name in given]
    surnames = [_misspelt(name, rng) for name in surnames]
    turned = rng.random() < 0.03
    return (" ".join(surnames), " ".join(given)) if turned else (" ".join(given), " ".join(surnames))


def _misspelt(name: str, rng: np.random.Generator) -> str:
    if rng.random() >= 0.05 or len(name) < 4:
        return name
    place, slip = int(rng.integers(1, len(name) - 1)), int(rng.integers(3))
    if slip == 0:
        return name[:place] + name[place + 1 :]
    if slip == 1:
        return name[:place] + str(rng.choice(_LETTERS)) + name[place + 1 :]
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _slipped_date(born: date, rng: np.random.Generator) -> str:
    chance = rng.random()
    if chance < 0.02:
        return ""
    if chance < 0.035 and born.day <= 12:
        born = born.replace(month=born.day, day=born.month)
    elif chance < 0.05:
        born = born.replace(day=int(rng.integers(1, 29)))
    return born.isoformat()


def linked_pairs(registers: Mapping[str, Sequence[Record]]) -> int:
    """How many pairs of records are of one person: the truth that linkage is measured against."""
    persons = np.array([record.person for register in registers.values() for record in register])
    counts = np.bincount(persons)
    return int((counts * (counts - 1) // 2).sum())
