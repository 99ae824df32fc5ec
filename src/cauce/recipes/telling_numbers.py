"""Do the numbers of a list's records tell who they are about?

Whoever links sees them. A number with a name or a birth date in it names the person; numbers in the order of the
alphabet tell, to whoever knows the names, nearly as much.
"""

import re
from collections.abc import Sequence

from cauce.link import birth_dates, names
from cauce.link.birth_dates import BirthDate
from cauce.recipes.read_names import NamedRecords
from cauce.standards.errors import Refusal

__all__ = ["follows_people", "refuse_telling_numbers"]

_SHORTEST_WORD = 4
_FEWEST, _LEAST_SHARE = 2, 0.02
_FEWEST_IN_ORDER, _SHARE_IN_ORDER = 50, 0.95
_DATE_DIGITS = 6


def refuse_telling_numbers(named: NamedRecords, *, file: str) -> list[Refusal]:
    """The refusal of numbers that hold a name or a birth date of their own record; none where hardly any does.

    In
        named   the records
        file    name of their file
    Out
        no refusal, or one
    """
    rows = zip(named.record_ids, named.given, named.surname, named.born, strict=True)
    telling = sum(
        _tells_name(number, given, surname) or _tells_date(number, born) for number, given, surname, born in rows
    )
    if telling < max(_FEWEST, _LEAST_SHARE * len(named.record_ids)):
        return []
    return [
        Refusal(
            "link.telling_number",
            found="The record_id of {count} records of {file} holds their own name or birth date",
            wanted="numbers that say nothing of a person: whoever links sees them",
            remedy="Number the records anew in the column record_id, and keep old and new numbers to yourself",
            file=file,
            count=telling,
        )
    ]


def follows_people(named: NamedRecords) -> bool:
    """Whether the numbers run as the surnames, given names or birth dates do.

    In
        named   the records
    Out
        True where nearly every record comes after the one numbered before it

    >>> numbers = [str(place) for place in range(60)]
    >>> names = [f"a{chr(97 + place // 8)}{chr(97 + place % 8)}" for place in range(60)]
    >>> nothing = [None] * 60
    >>> follows_people(NamedRecords(numbers, nothing, names, nothing, nothing, nothing))
    True
    """
    order = sorted(range(len(named.record_ids)), key=lambda place: _natural(named.record_ids[place]))
    columns = (
        [" ".join(names.split_words(cell or "")) for cell in named.surname],
        [" ".join(names.split_words(cell or "")) for cell in named.given],
        [_sortable(birth_dates.read_birth_date(cell or "")) for cell in named.born],
    )
    return any(_is_in_order([column[place] for place in order]) for column in columns)


def _tells_name(number: str, given: str | None, surname: str | None) -> bool:
    plain = "".join(names.split_words(number))
    words = names.split_words(f"{given or ''} {surname or ''}")
    return any(len(word) >= _SHORTEST_WORD and word in plain for word in words)


def _tells_date(number: str, born: str | None) -> bool:
    digits = re.sub(r"\D", "", number)
    if len(digits) < _DATE_DIGITS or not born:
        return False
    year, month, day, _ = birth_dates.read_birth_date(born)
    if not (year and month and day):
        return False
    years, rest = (f"{year:04}", f"{year % 100:02}"), (f"{month:02}{day:02}", f"{day:02}{month:02}")
    return any(written in digits for y in years for d in rest for written in (y + d, d + y))


def _natural(number: str) -> tuple[tuple[int, str], ...]:
    parts = re.findall(r"\d+|\D+", number)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _sortable(born: BirthDate) -> str:
    return f"{born.year:04}{born.month:02}{born.day:02}" if born.year else ""


def _is_in_order(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if len(set(filled)) < _FEWEST_IN_ORDER:
        return False
    steps = list(zip(filled, filled[1:], strict=False))
    rising, falling = sum(one <= other for one, other in steps), sum(one >= other for one, other in steps)
    return max(rising, falling) >= _SHARE_IN_ORDER * len(steps)
