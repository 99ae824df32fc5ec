"""Who lives in the fictitious country, and which partner met whom?

Everything is drawn from one generator: the same seed gives the same people. Capture by the four lists follows a
log-linear model in which referrals tie the police to the labour inspectorate, so that the true total is known and
the independence of lists is false, as in life.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

import numpy as np

__all__ = ["PARTNERS", "Person", "Population", "draw_population"]

PARTNERS = ("policia", "casa", "accueil", "inspection")
_MET = {"policia": 0.26, "casa": 0.27, "accueil": 0.21, "inspection": 0.13}
_REFERRED = 0.22
_OBSERVED_SHARE = 0.629
_CITIZENSHIPS = (("VEN", "es", 0.30), ("COL", "es", 0.17), ("HTI", "fr", 0.22), ("NIC", "es", 0.09),
                 ("DOM", "es", 0.07), ("NGA", "en", 0.06), ("JAM", "en", 0.05), ("CUB", "es", 0.04))  # fmt: skip
_FIRST_DAY = date(2023, 1, 2)
_DAYS = 1_090
_FORMS = ("Sexual exploitation", "Forced labour", "Domestic servitude")


@dataclass(frozen=True)
class Person:
    """One invented person; `met` gives the day on which each partner that met her wrote her down."""

    given_names: tuple[str, ...]
    surnames: tuple[str, ...]
    birth_date: date
    is_woman: bool
    citizenship: str
    language: str
    forms: tuple[str, ...]
    met: Mapping[str, date]

    @property
    def is_child(self) -> bool:
        """Under 18 on the first day that anybody wrote her down (or on the country's first day if nobody did)."""
        return age_on(self.birth_date, min(self.met.values(), default=_FIRST_DAY)) < 18


@dataclass(frozen=True)
class Population:
    """All invented people, the observed and the hidden."""

    people: tuple[Person, ...]

    @property
    def observed(self) -> tuple[Person, ...]:
        """Those whom at least one partner met."""
        return tuple(person for person in self.people if person.met)


def draw_population(observed: int, *, rng: np.random.Generator) -> Population:
    """A country in which about `observed` people are met by some partner.

    In
        observed   persons expected in at least one list; some 0.63 of all people are
        rng        the generator; its seed fixes the country
    Out
        Population
    """
    names = _read_names()
    return Population(tuple(_draw_person(names, rng) for _ in range(round(observed / _OBSERVED_SHARE))))


def age_on(born: date, day: date) -> int:
    """Completed years.

    >>> age_on(date(2000, 2, 29), date(2018, 2, 28))
    17
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _read_names() -> dict[tuple[str, str], list[str]]:
    text = (files("cauce.recipes.fictitious") / "names.csv").read_text(encoding="utf-8")
    return {(row["language"], row["kind"]): row["names"].split("|") for row in csv.DictReader(text.splitlines())}


def _draw_person(names: Mapping[tuple[str, str], list[str]], rng: np.random.Generator) -> Person:
    citizenship, language, _ = _CITIZENSHIPS[rng.choice(len(_CITIZENSHIPS), p=[share for *_, share in _CITIZENSHIPS])]
    is_woman = bool(rng.random() < 0.68)
    given = names[language, "given_f" if is_woman else "given_m"]
    surnames = names[language, "surname"]
    return Person(
        given_names=tuple(str(name) for name in rng.choice(given, size=1 + int(rng.random() < 0.4), replace=False)),
        surnames=tuple(str(name) for name in rng.choice(surnames, size=2 if language == "es" else 1, replace=False)),
        birth_date=date(2024, 1, 1) - timedelta(days=int(365.25 * _draw_age(rng)) + int(rng.integers(365))),
        is_woman=is_woman,
        citizenship=citizenship,
        language=language,
        forms=_draw_forms(is_woman, rng),
        met=_draw_meetings(rng),
    )


def _draw_age(rng: np.random.Generator) -> float:
    return float(rng.uniform(5, 17)) if rng.random() < 0.22 else float(18 + rng.gamma(2.2, 5.5))


def _draw_forms(is_woman: bool, rng: np.random.Generator) -> tuple[str, ...]:
    chances = (0.70, 0.18, 0.12) if is_woman else (0.12, 0.80, 0.08)
    first = int(rng.choice(3, p=chances))
    both = rng.random() < 0.08
    return tuple(_FORMS[place] for place in range(3) if place == first or (both and place == (first + 1) % 3))


def _draw_meetings(rng: np.random.Generator) -> dict[str, date]:
    met = [partner for partner in PARTNERS if rng.random() < _MET[partner]]
    if "policia" in met and "inspection" not in met and rng.random() < _REFERRED:
        met.append("inspection")
    return {partner: _FIRST_DAY + timedelta(days=int(rng.integers(_DAYS))) for partner in met}
