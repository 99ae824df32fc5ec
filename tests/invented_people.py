"""Where do tests find lists of people who do not exist, with names of several languages and the errors of real offices?

Names are put together from common parts and from syllables; nobody is meant. Each list holds a share of one invented
population, its names misspelt, reordered, shortened or transliterated, its dates with swapped or wrong parts.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["InventedList", "invent_lists", "invent_population", "invent_uneven_lists", "misspell"]

_NAMES = tomllib.loads(Path(__file__).with_name("invented_names.toml").read_text(encoding="utf-8"))
GIVEN = {language: names.split() for language, names in _NAMES["given"].items()}
SURNAME = {language: names.split() for language, names in _NAMES["surname"].items()}
PARTICLES = {
    "es": ("de la ", "del ", "de "),
    "fr": ("de ", "le "),
    "en": (),
    "pt": ("da ", "dos ", "de "),
    "ar": ("el ", "ben ", "al "),
}
ENDINGS = {
    "es": ["ez", "os", "ana", "ero", "illa", "ado"],
    "fr": ["eau", "ier", "ard", "ot", "elle", "in"],
    "en": ["son", "ton", "ley", "well", "man", "er"],
    "pt": ["eira", "inho", "ado", "ares", "oes", "ela"],
    "ar": ["aoui", "ani", "ouni", "i", "ar", "im"],
}
SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "co",
    "cha",
    "da",
    "de",
    "do",
    "fa",
    "fe",
    "ga",
    "gue",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "qui",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "so",
    "ta",
    "te",
    "to",
    "va",
    "ve",
    "vi",
    "zu",
    "bra",
    "cro",
    "gra",
    "pla",
    "tri",
]


@dataclass(frozen=True)
class InventedList:
    """One list: columns as an office would write them, and the true person of each record."""

    record_ids: list[str]
    given: list[str | None]
    surname: list[str | None]
    born: list[str | None]
    person: np.ndarray


def _zipf(count: int, rng: np.random.Generator, size: int) -> np.ndarray:
    weights = 1 / (np.arange(count) + 4.0)
    return rng.choice(count, size=size, p=weights / weights.sum())


def invent_population(
    count: int, *, languages: tuple[str, ...], rng: np.random.Generator
) -> list[tuple[str, str, str, str]]:
    """(language, given, surname, ISO birth date) of each person; one in sixty shares surname and date with a twin."""
    people: list[tuple[str, str, str, str]] = []
    made = {language: _invented_surnames(language, rng) for language in languages}
    which = rng.integers(0, len(languages), count)
    years = np.clip(rng.normal(1992, 10, count).round().astype(int), 1945, 2012)
    for place in range(count):
        language = languages[which[place]]
        given = GIVEN[language][_zipf(len(GIVEN[language]), rng, 1)[0]]
        if rng.random() < 0.25:
            second = GIVEN[language][_zipf(len(GIVEN[language]), rng, 1)[0]]
            given = f"{given} {second}" if second != given else given
        surname = _surname(language, made[language], rng)
        born = f"{years[place]}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        if people and rng.random() < 1 / 60 and people[-1][1].split()[0].lower() != given.split()[0]:
            language, _, surname, born = people[-1]
        people.append((language, given.title(), surname.title(), born))
    return people


def _invented_surnames(language: str, rng: np.random.Generator) -> list[str]:
    own = ["".join(rng.choice(SYLLABLES, rng.integers(1, 4))) + str(rng.choice(ENDINGS[language])) for _ in range(900)]
    return SURNAME[language] + own


def _surname(language: str, pool: list[str], rng: np.random.Generator) -> str:
    def one() -> str:
        particle = str(rng.choice(PARTICLES[language])) if PARTICLES[language] and rng.random() < 0.06 else ""
        return particle + pool[_zipf(len(pool), rng, 1)[0]]

    doubled = {"es": 0.9, "pt": 0.5}.get(language, 0.04)
    return f"{one()} {one()}" if rng.random() < doubled else one()


def misspell(word: str, rng: np.random.Generator) -> str:
    """One letter changed, lost, doubled or swapped with its neighbour."""
    if len(word) < 3:
        return word
    place = int(rng.integers(1, len(word)))
    kind = rng.integers(0, 4)
    letter = "abcdefghijklmnopqrstuvwxyz"[rng.integers(0, 26)]
    if kind == 0:
        return word[:place] + letter + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + letter + word[place:]
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def _disturb_name(text: str, errors: float, rng: np.random.Generator) -> str:
    words = text.split()
    words = [misspell(word, rng) if rng.random() < errors else word for word in words]
    if len(words) > 1 and rng.random() < errors:
        words = words[:-1] if rng.random() < 0.6 else words[::-1]
    return " ".join(words)


def _disturb_date(born: str, errors: float, rng: np.random.Generator) -> str | None:
    if rng.random() >= errors:
        return born
    year, month, day = (int(part) for part in born.split("-"))
    kind = rng.integers(0, 6)
    if kind == 0 and day <= 12:
        month, day = day, month
    elif kind == 1:
        day = int(rng.integers(1, 29))
    elif kind == 2:
        month = int(rng.integers(1, 13))
    elif kind == 3:
        year += int(rng.choice([-1, 1, 10, -10]))
    elif kind == 4:
        return f"{year}"
    else:
        return None
    return f"{year}-{month:02}-{day:02}"


def invent_lists(
    population: list[tuple[str, str, str, str]], members: list[np.ndarray], *, errors: float, rng: np.random.Generator
) -> list[InventedList]:
    """One list for each set of members, each with its own errors; `errors` is the share of words and dates disturbed."""
    lists = []
    for number, chosen in enumerate(members):
        order = rng.permutation(chosen)
        given: list[str | None] = []
        surname: list[str | None] = []
        born: list[str | None] = []
        for person in order:
            _, first, last, date = population[person]
            first, last = _disturb_name(first, errors, rng), _disturb_name(last, errors, rng)
            if rng.random() < errors / 3:
                first, last = last, first
            given.append(first if rng.random() > 0.01 else None)
            surname.append(last if rng.random() > 0.005 else None)
            born.append(_disturb_date(date, errors * 1.5, rng))
        ids = [f"{number}-{place}" for place in range(order.size)]
        lists.append(InventedList(ids, given, surname, born, order))
    return lists


def invent_uneven_lists(
    population: list[tuple[str, str, str, str]], members: list[np.ndarray], *, errors: float, rng: np.random.Generator
) -> list[InventedList]:
    """As `invent_lists`, half of the records written with care and a quarter badly: errors come together."""
    lists = []
    for number, chosen in enumerate(members):
        care = rng.choice([0.3, 1.0, 2.4], size=len(chosen), p=[0.5, 0.25, 0.25])
        parts = [
            invent_lists(population, [chosen[care == times]], errors=errors * times, rng=rng)[0]
            for times in (0.3, 1.0, 2.4)
        ]
        person = np.concatenate([part.person for part in parts])
        order = rng.permutation(person.size)
        given, surname, born = (
            [column[place] for place in order]
            for column in (sum((getattr(part, name) for part in parts), []) for name in ("given", "surname", "born"))
        )
        ids = [f"{number}-{place}" for place in range(order.size)]
        lists.append(InventedList(ids, given, surname, born, person[order]))
    return lists
