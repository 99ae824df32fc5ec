"""What does a column of sexes or genders mean, read as a whole?

The letter M alone cannot be read: it is "mujer" beside H or V, and "male", "masculino" beside F. Single values are
answered by the codelist "htcds_gender". The figure 1 alone cannot be read either: it is a man beside 2, a yes beside 0.
"""

from collections.abc import Iterable, Mapping

from cauce.standards import codelists
from cauce.standards.matches import Match, fold

__all__ = ["are_numbers", "read", "sex_of", "sex_of_number"]

_LETTERS_OF_MEN = frozenset(["h", "v"])
_ISO_5218 = {"0": "_U", "1": "M", "2": "F", "9": "_Z"}


def read(values: Iterable[str]) -> Mapping[str, Match]:
    """What each distinct value of one column means in HTCDS genders.

    In
        values   the distinct values of the column
    Out
        value -> match; M is read only beside H or V (then women), or beside F (then men), never beside both

    >>> {value: match.codes for value, match in read(["H", "M"]).items()}
    {'H': ('Masculine',), 'M': ('Feminine',)}
    >>> read(["M"])["M"].status
    'ambiguous'
    """
    distinct = tuple(dict.fromkeys(values))
    letters = {fold(value) for value in distinct}
    meant = _meaning_of_m(letters)
    gender = codelists.load("htcds_gender")
    found = {value: gender.resolve(value) for value in distinct}
    return {value: meant if meant and fold(value) == "m" else match for value, match in found.items()}


def sex_of(gender: str) -> str:
    """The SDMX sex under which a gender is counted where a table asks for sex.

    >>> sex_of("TransgenderFeminine"), sex_of("NonSpecifiedUnknown")
    ('F', '_U')
    """
    return codelists.load("htcds_gender").entries[gender].more["sex_code"]


def are_numbers(values: Iterable[str]) -> bool:
    """Claims that a column is written in the numbers of ISO/IEC 5218: it holds no others, and 2 among them.

    In
        values   the distinct values of the column, without leading zeros or decimals
    Out
        False too for a column of 0 and 1 alone, which may as well be no and yes

    >>> are_numbers(["1", "2", "9"]), are_numbers(["0", "1"]), are_numbers(["1", "2", "3"])
    (True, False, False)
    """
    distinct = set(values)
    return "2" in distinct and distinct <= set(_ISO_5218)


def sex_of_number(number: str) -> str:
    """The SDMX sex of a number of ISO/IEC 5218.

    >>> sex_of_number("1"), sex_of_number("2"), sex_of_number("0")
    ('M', 'F', '_U')
    """
    return _ISO_5218[number]


def _meaning_of_m(letters: set[str]) -> Match | None:
    is_beside_men, is_beside_women = bool(letters & _LETTERS_OF_MEN), "f" in letters
    if is_beside_men == is_beside_women:
        return None
    return Match("exact", ("Feminine" if is_beside_men else "Masculine",), "other letters of the column")
