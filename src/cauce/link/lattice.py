"""On which pieces of name, birth date, sex and place may two records of one person still be equal?

A record is written as many small texts, each a date part joined to one form of a name. Two records of one person
are rarely equal in all, and almost always in some. A *family* is one kind of such texts; its width is how many of
them every record carries once padded.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cauce.link.birth_dates import BirthDate
from cauce.link.names import NameForms, delete_one_letter

__all__ = ["FAMILIES", "FAMILY_INDEX", "WIDTH", "Family", "Person", "write_texts"]


@dataclass(frozen=True, slots=True)
class Person:
    """What one record says of a person, ready to be compared; sex and place in plain form, "" where not known."""

    given: NameForms
    surname: NameForms
    born: BirthDate
    sex: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of text: its name ("part.form") and its width."""

    name: str
    width: int


_FULL_DATE = (
    ("surname", 3),
    ("surname_key", 3),
    ("surname_deletion", 14),
    ("surname_part", 4),
    ("surname_initial", 2),
    ("given", 3),
    ("given_key", 3),
    ("given_deletion", 12),
    ("given_part", 4),
    ("given_initial", 2),
    ("any_key", 5),
)
_BOTH = (("both", 3), ("both_key", 3))
_BOTH_IN_PART = (*_BOTH, ("surname_in_part", 2), ("given_in_part", 2))
_NAME_ONLY = (
    ("all_place", 1),
    ("all_key_place", 1),
    ("all_sex", 1),
    ("all", 1),
    ("first", 1),
    ("key_surname", 1),
    ("given_keys", 1),
    ("all_key", 1),
    ("surname_near", 11),
    ("given_near", 10),
)
_DIGITS = 8

FAMILIES: tuple[Family, ...] = (
    *(Family(f"full.{form}", width) for form, width in _FULL_DATE),
    *(Family(f"swap.{form}", width) for form, width in _BOTH),
    Family("digit.both", _DIGITS + 1),
    *(Family(f"{part}.{form}", width) for part in ("ym", "yd", "md") for form, width in _BOTH_IN_PART),
    *(Family(f"y.{form}", width) for form, width in _BOTH),
    *(Family(f"name.{form}", width) for form, width in _NAME_ONLY),
)
FAMILY_INDEX = {family.name: index for index, family in enumerate(FAMILIES)}
WIDTH = sum(family.width for family in FAMILIES)

_Texts = list[tuple[str, ...]]


def write_texts(person: Person) -> _Texts:
    """The texts of one record, a tuple for each family in the order of `FAMILIES`; empty where it cannot be written.

    >>> from cauce.link.names import describe_name
    >>> ana = Person(describe_name("Ana", is_given=True), describe_name("Paz", is_given=False), BirthDate(1990, 2, 1))
    >>> write_texts(ana)[FAMILY_INDEX["ym.both"]]
    ('1990-02|ana|paz',)
    """
    given, surname, born = person.given, person.surname, person.born
    texts = _write_full(given, surname, _full(born))
    both = _pair(given.words, surname.words)
    both_key = _pair_keys(given.keys, surname.keys)
    texts += [_after(_swapped(born), both), _after(_swapped(born), both_key)]
    texts.append(tuple(f"{date}|{both[0]}" for date in _one_digit_aside(born)) if both else ())
    surname_in_part = tuple(f"{given.words[0]}|{part}" for part in surname.parts[:2]) if given.words else ()
    given_in_part = tuple(f"{part}|{surname.words[0]}" for part in given.parts[:2]) if surname.words else ()
    for write_part in (_year_month, _year_day, _month_day):
        part = write_part(born)
        texts += [_after(part, forms) for forms in (both, both_key, surname_in_part, given_in_part)]
    year = f"{born.year}" if born.year else ""
    texts += [_after(year, both), _after(year, both_key)]
    return texts + _write_name_only(given, surname, sex=person.sex, place=person.place)


def _write_full(given: NameForms, surname: NameForms, date: str) -> _Texts:
    any_key = tuple(dict.fromkeys((*given.keys[:2], *surname.keys[:3])))
    forms: Iterable[tuple[str, ...]] = (
        surname.wholes,
        surname.whole_keys,
        surname.deletions,
        surname.parts,
        surname.initials,
        given.wholes,
        given.whole_keys,
        given.deletions,
        given.parts,
        given.initials,
        any_key,
    )
    return [_after(date, texts) for texts in forms]


def _write_name_only(given: NameForms, surname: NameForms, *, sex: str, place: str) -> _Texts:
    if not given.words or not surname.words:
        return [()] * len(_NAME_ONLY)
    whole = " ".join(sorted((*given.words, *surname.words)))
    sounds = " ".join(sorted((*given.keys, *surname.keys)))
    return [
        (f"{whole}|{place}",) if place else (),
        (f"{sounds}|{place}",) if place else (),
        (f"{whole}|{sex}",) if sex else (),
        (whole,),
        (f"{given.words[0]}|{surname.words[0]}",),
        (f"{given.keys[0]}|{' '.join(sorted(surname.words))}",),
        (f"{given.words[0]}|{' '.join(sorted(surname.keys))}",),
        (sounds,),
        tuple(f"{given.words[0]}|{form}" for form in delete_one_letter(surname.words[0])),
        tuple(f"{surname.words[0]}|{form}" for form in delete_one_letter(given.words[0])),
    ]


def _pair(given: tuple[str, ...], surname: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{given[i]}|{surname[j]}" for i, j in ((0, 0), (0, 1), (1, 0)) if i < len(given) and j < len(surname))


def _pair_keys(given: tuple[str, ...], surname: tuple[str, ...]) -> tuple[str, ...]:
    """Pairs of sounds in alphabetical order, so that a given name written as surname still meets."""
    pairs = ((given[i], surname[j]) for i, j in ((0, 0), (0, 1), (1, 0)) if i < len(given) and j < len(surname))
    return tuple(dict.fromkeys("|".join(sorted(pair)) for pair in pairs))


def _after(date: str, forms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([f"{date}|{form}" for form in forms]) if date else ()


def _full(born: BirthDate) -> str:
    return f"{born.year}-{born.month:02}-{born.day:02}" if born.year and born.month and born.day else ""


def _swapped(born: BirthDate) -> str:
    return (
        f"{born.year}-{min(born.month, born.day)}~{max(born.month, born.day)}"
        if born.year and born.month and born.day
        else ""
    )


def _one_digit_aside(born: BirthDate) -> tuple[str, ...]:
    """Forms of which two dates share one where they differ in one digit, or hold the same digits in another order."""
    digits = born.digits
    if not digits:
        return ()
    return (*(f"{digits[:place]}*{digits[place + 1 :]}" for place in range(_DIGITS)), "".join(sorted(digits)))


def _year_month(born: BirthDate) -> str:
    return f"{born.year}-{born.month:02}" if born.year and born.month else ""


def _year_day(born: BirthDate) -> str:
    return f"{born.year}--{born.day:02}" if born.year and born.day else ""


def _month_day(born: BirthDate) -> str:
    return f"-{born.month:02}-{born.day:02}" if born.month and born.day else ""
