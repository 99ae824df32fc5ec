"""Which year, and perhaps which month, does a text tell that names no day?

Offices write "1987", "03/1987", "marzo de 1987" or "hacia 1987" for people who do not know the day of their birth.
"""

from cauce.standards.form_words import words
from cauce.standards.matches import fold

__all__ = ["read_partial_date"]

_FIRST_YEAR, _LAST_YEAR = 1850, 2100
_MONTHS = 12


def read_partial_date(text: str) -> str | None:
    """The year, or the year and month, that a text tells; None where it tells a day, two years, or anything else.

    In
        text   as written; words that say that it is a guess are left out
    Out
        "1987" or "1987-03"

    >>> [read_partial_date(text) for text in ("1987", "Hacia 1987", "03/1987", "marzo de 1987", "1987?")]
    ['1987', '1987', '1987-03', '1987-03', '1987']
    >>> [read_partial_date(text) for text in ("1987-03-15", "1985-1987", "32874", "unknown")]
    [None, None, None, None]
    """
    beside = words("guess").keys() | words("small").keys()
    said = [word for word in fold(text).split() if word not in beside]
    years = [word for word in said if word.isdecimal() and len(word) == 4 and _FIRST_YEAR <= int(word) <= _LAST_YEAR]
    rest = [word for word in said if word not in years]
    if len(years) != 1 or len(rest) > 1:
        return None
    months = [_read_month(word) for word in rest]
    if not all(months):
        return None
    return "-".join([f"{int(years[0]):04}", *(f"{month:02}" for month in months)])


def _read_month(word: str) -> int:
    """Zero where it is none."""
    if word.isdecimal():
        return int(word) if len(word) <= 2 and int(word) <= _MONTHS else 0
    return int(words("month").get(word, 0))
