"""What is known of a birth date, and in which parts may two records still agree on it?"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cauce.standards import partial_dates

__all__ = ["BirthDate", "read_birth_date", "read_birth_dates"]


class BirthDate(NamedTuple):
    """Year, month and day, zero where a part is not known or cannot be; and the eight digits as they were written."""

    year: int
    month: int
    day: int
    digits: str = ""


UNKNOWN = BirthDate(0, 0, 0)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?)?(?:\.0|[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?(?:\.0)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ].*)?")
_FIRST_YEAR, _LAST_YEAR = 1850, 2100
_MONTHS, _DAYS = 12, 31
_ESTIMATED_TIMES = 6
_ESTIMATED_LEAST = 10


def read_birth_date(text: str) -> BirthDate:
    """The parts of one date: year first, or day first; the month first only where the day cannot be one.

    A part that cannot be, as a month 13, is not known; the others count, and so do the digits. A year or a month alone
    may be written in words.

    >>> read_birth_date("1987-03-05") == read_birth_date("05/03/1987")
    True
    >>> read_birth_date("1987-13-15")
    BirthDate(year=1987, month=0, day=15, digits='19871315')
    >>> read_birth_date("marzo de 1987")
    BirthDate(year=1987, month=3, day=0, digits='')
    >>> read_birth_date("1987"), read_birth_date("unknown")
    (BirthDate(year=1987, month=0, day=0, digits=''), BirthDate(year=0, month=0, day=0, digits=''))
    """
    stripped = text.strip()
    if found := _YEAR_FIRST.fullmatch(stripped) or _COMPACT.fullmatch(stripped):
        year, month, day = (int(part or 0) for part in found.groups())
    elif found := _YEAR_LAST.fullmatch(stripped):
        day, month, year = (int(part) for part in found.groups())
        month, day = _month_before_day(month, day)
    else:
        part = partial_dates.read_partial_date(stripped)
        return read_birth_date(part) if part else UNKNOWN
    digits = f"{year:04}{month:02}{day:02}" if month and day else ""
    return BirthDate(*_possible(year, *_month_before_day(month, day)), digits)


def _month_before_day(month: int, day: int) -> tuple[int, int]:
    return (day, month) if month > _MONTHS >= day else (month, day)


def _possible(year: int, month: int, day: int) -> tuple[int, int, int]:
    """The parts, zero in place of those that cannot be."""
    return (
        year if _FIRST_YEAR <= year <= _LAST_YEAR else 0,
        month if month <= _MONTHS else 0,
        day if day <= _DAYS else 0,
    )


def read_birth_dates(texts: Sequence[str | None]) -> list[BirthDate]:
    """The dates of one list; a day of the year counts as the year alone where it is written far too often.

    Offices write 1 January, or the last or middle day of a year, for people who know only their year. Where at least
    ten records, and six times as many as chance would give, say so, only the year of these records is used.
    """
    dates = [read_birth_date(text) if text else UNKNOWN for text in texts]
    written = Counter((date.month, date.day) for date in dates if date.month and date.day)
    most = max(_ESTIMATED_LEAST, _ESTIMATED_TIMES * len(dates) / 365)
    estimated = {day for day, times in written.items() if times >= most}
    return [BirthDate(date.year, 0, 0) if (date.month, date.day) in estimated else date for date in dates]
