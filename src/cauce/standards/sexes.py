"""What does a column of sexes or genders mean, read as a whole?

The letter M alone cannot be read: it is "mujer" beside H or V, and "male", "masculino" beside F. Single values are
answered by the codelist "htcds_gender".
"""

from collections.abc import Iterable, Mapping

from cauce.standards import codelists
from cauce.standards.matches import Match, fold

__all__ = ["read", "sex_of"]

_LETTERS_OF_MEN = frozenset(["h", "v"])


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


def _meaning_of_m(letters: set[str]) -> Match | None:
    is_beside_men, is_beside_women = bool(letters & _LETTERS_OF_MEN), "f" in letters
    if is_beside_men == is_beside_women:
        return None
    return Match("exact", ("Feminine" if is_beside_men else "Masculine",), "other letters of the column")
