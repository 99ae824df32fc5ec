"""At which level do two records agree, given the families of tokens in which they are equal?

The best level that any equal token shows: for the date full, day and month swapped, one digit aside, year and month,
year and day, month and day, year, or names alone; for the names exact, sound, one letter away, a part, an initial, or
none.
"""

from functools import cache
from typing import NamedTuple

from cauce.link.lattice import FAMILIES, FAMILY_INDEX
from cauce.link.name_forms import SOUND, WHOLE, decode_name_form, is_rare_name

__all__ = [
    "LEVELS",
    "RARE",
    "MISSING_DATE",
    "MISSING_GIVEN",
    "MISSING_SURNAME",
    "PARTS",
    "Cell",
    "decode_cell",
    "name_class",
    "name_level",
]

MISSING_GIVEN, MISSING_SURNAME, MISSING_DATE = 1, 2, 4
LEVELS = "XKDPI-"
RARE = "+"
PARTS = ("full", "swap", "digit", "ym", "yd", "md", "y", "name")

# The forms of any part that show a field at a level: a form that names both fields shows each of them.
_SHOWN = {
    "given": {
        "X": ("given", "both", "surname_in_part", *WHOLE, "first", "given_keys", "surname_near"),
        "K": ("given_key", "both_key", "key_surname", *SOUND),
        "D": ("given_deletion", "given_near"),
        "P": ("given_part", "given_in_part"),
        "I": ("given_initial",),
    },
    "surname": {
        "X": ("surname", "both", "given_in_part", *WHOLE, "first", "key_surname", "given_near"),
        "K": ("surname_key", "both_key", "given_keys", *SOUND),
        "D": ("surname_deletion", "surname_near"),
        "P": ("surname_part", "surname_in_part"),
        "I": ("surname_initial",),
    },
}
_CROSSED = "crossed"
_HALF_CROSSED = "half"


class Cell(NamedTuple):
    """How two records agree: which fields one of them lacks, the level of the date, and that of the names."""

    missing: int
    part: str
    form: str


@cache
def _bit(family: str) -> int:
    return 1 << FAMILY_INDEX[family]


@cache
def decode_cell(mask: int, *, missing: int, crossings: int) -> Cell:
    """The cell of a pair.

    In
        mask        one bit for each family in which the two have an equal token
        missing     sum of MISSING_GIVEN, MISSING_SURNAME, MISSING_DATE: what either lacks
        crossings   sounds of any name that the two share beside the full date
    Out
        the cell

    >>> decode_cell(1 << FAMILY_INDEX["full.given"], missing=0, crossings=0)
    Cell(missing=0, part='full', form='X-')
    """
    part = next(part for part in PARTS if any(mask & _bit(f.name) for f in FAMILIES if f.name.startswith(f"{part}.")))
    if part == "full":
        return Cell(missing, part, _decode_names(mask, missing=missing, crossings=crossings))
    if part == "name":
        return Cell(missing, part, decode_name_form(mask) or "")
    form = next(f.name for f in FAMILIES if f.name.startswith(f"{part}.") and mask & _bit(f.name)).split(".")[1]
    return Cell(missing, part, form + _rarity(mask))


def _rarity(mask: int) -> str:
    return RARE if is_rare_name(mask) else ""


def _decode_names(mask: int, *, missing: int, crossings: int) -> str:
    given = "_" if missing & MISSING_GIVEN else name_level(mask, "given")
    surname = "_" if missing & MISSING_SURNAME else name_level(mask, "surname")
    is_apart = not mask & (
        _bit("full.given_key") | _bit("full.surname_key") | _bit("full.given") | _bit("full.surname")
    )
    met = mask & _bit("full.any_key") and is_apart and (given + surname == "KK" or not {given, surname} & set("XK"))
    if met and crossings > 1 and given + surname != "__":
        return _CROSSED
    if met:
        return _HALF_CROSSED
    return given + surname


def name_level(mask: int, field: str) -> str:
    """The best level at which a name agrees.

    In
        mask    one bit for each family in which the two have an equal token
        field   "given" or "surname"
    Out
        one of LEVELS

    >>> name_level(1 << FAMILY_INDEX["ym.surname_in_part"], "surname")
    'P'
    """
    return next((level for level in _SHOWN[field] if mask & _bits_of(field, level)), "-")


@cache
def _bits_of(field: str, level: str) -> int:
    forms = _SHOWN[field][level]
    return sum(_bit(family.name) for family in FAMILIES if family.name.split(".")[1] in forms)


@cache
def name_class(mask: int) -> str:
    """Which form a pair equal in the full date would show if only a part of the date were equal.

    In
        mask   one bit for each family in which the two have an equal token
    Out
        the form, with RARE where it would carry it

    >>> name_class(1 << FAMILY_INDEX["full.given"] | 1 << FAMILY_INDEX["full.surname_part"])
    'surname_in_part'
    """

    return _class(mask) + _rarity(mask)


def _class(mask: int) -> str:
    given, surname = name_level(mask, "given"), name_level(mask, "surname")
    if given + surname == "XX":
        return "both"
    if {given, surname} <= set("XK"):
        return "both_key"
    if given == "X" and surname in "DP":
        return "surname_in_part"
    if given in "DP" and surname == "X":
        return "given_in_part"
    return "other"
