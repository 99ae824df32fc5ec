"""Which day does a text mean, and in which order are its parts written?

03/04/2018 is two days until the whole column says which: the order is inferred only where one order alone reads the
column. Words for months are known in Spanish, English and French; a figure alone is taken as a spreadsheet's serial.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cauce.standards.form_words import words
from cauce.standards.matches import fold
from cauce.standards.messages import Message

__all__ = ["ORDERS", "ORDER_WORDS", "OrderFound", "find_order", "read_date"]

ORDERS = ("dmy", "mdy", "ymd")
ORDER_WORDS = {
    "dmy": Message("day, month, year"),
    "mdy": Message("month, day, year"),
    "ymd": Message("year, month, day"),
}
_FIRST_YEAR = 1900
_PARTS = re.compile(r"^(\d{1,4})[-/.\s](\d{1,2})[-/.\s](\d{1,4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$")
_WORDED = re.compile(
    r"^(?:[^\W\d_]+,?\s+)?(\d{1,2})(?:er|st|nd|rd|th|º|°|\.)?[-/.\s]*(?:de\s+|of\s+)?([^\W\d_]{3,10})\.?[-/.,\s]*(?:del?\s+|of\s+)?(\d{4}|\d{2})$"
)
_WORD_FIRST = re.compile(r"^([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?$", re.IGNORECASE)
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
_SERIAL_ZERO = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class OrderFound:
    """What a column of dates says of its order.

    order     the one order that reads it, or None where several do and differ
    orders    all that read it equally well
    share     of the filled cells, how many are read
    evidence  why
    """

    order: str | None
    orders: tuple[str, ...]
    share: float
    evidence: Message


def read_date(text: str, order: str | None) -> datetime.date | None:
    """The day that a text means, or None.

    In
        text    a date in figures or with the month in words, an ISO date, a spreadsheet's serial
        order   "dmy", "mdy" or "ymd": how figures are to be read; None reads only what has one reading
    Out
        the day

    >>> read_date("03/04/2018", "dmy"), read_date("3 de abril de 2018", None), read_date("43193", None)
    (datetime.date(2018, 4, 3), datetime.date(2018, 4, 3), datetime.date(2018, 4, 3))
    >>> read_date("31/02/2018", "dmy") is None
    True
    """
    text = _TIME.sub("", text.strip())
    for pattern in (_ISO, _COMPACT):
        if match := pattern.match(text):
            return _day(*match.groups())
    if _SERIAL.match(text):
        return _SERIAL_ZERO + datetime.timedelta(days=int(float(text)))
    if match := _PARTS.match(text):
        return _by_order(match.groups(), order)
    if match := _WORDED.match(text):
        return _day(match[3], _month(match[2]), match[1])
    if match := _WORD_FIRST.match(text):
        return _day(match[3], _month(match[1]), match[2])
    return None


def _by_order(parts: tuple[str, ...], order: str | None) -> datetime.date | None:
    if len(parts[0]) >= 3:
        return _day(*parts)
    if order is None:
        days = {_in_order(parts, one) for one in ("dmy", "mdy")} - {None}
        return days.pop() if len(days) == 1 and len(parts[2]) == 4 else None
    return _in_order(parts, order)


def _in_order(parts: tuple[str, ...], order: str) -> datetime.date | None:
    by_letter = dict(zip(order, parts, strict=True))
    if len(by_letter["y"]) not in (2, 4):
        return None
    return _day(by_letter["y"], by_letter["m"], by_letter["d"])


def _month(word: str) -> str:
    return words("month").get(fold(word), "0")


def _day(year: str, month: str, day: str) -> datetime.date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 40 else 1900
    try:
        found = datetime.date(number, int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def find_order(values: Mapping[str, int], *, latest: datetime.date) -> OrderFound:
    """The order in which a column writes its dates, if the column itself shows it.

    In
        values   value -> cells that hold it, empty ones left out
        latest   the day after which no date of the column can lie
    Out
        OrderFound

    >>> found = find_order({"03/04/2018": 5, "25/04/2018": 1}, latest=datetime.date(2020, 1, 1))
    >>> found.order, found.share
    ('dmy', 1.0)
    >>> find_order({"03/04/2018": 5}, latest=datetime.date(2020, 1, 1)).orders
    ('dmy', 'mdy')
    """
    total = sum(values.values())
    read = {order: _read_all(values, order, latest) for order in ORDERS}
    cells = {order: sum(values[text] for text in days) for order, days in read.items()}
    most = max(cells.values(), default=0)
    orders = tuple(order for order in ORDERS if cells[order] and _rivals(order, read, cells=cells, values=values))
    distinct = {tuple(sorted(read[order].items())) for order in orders}
    share = most / total if total else 0.0
    if len(distinct) == 1:
        return OrderFound(orders[0], orders[:1], share, _why(cells, orders[0], alike=len(orders) > 1))
    return OrderFound(None, orders, share, Message("Its dates can be read in more than one order"))


def _rivals(
    order: str, read: Mapping[str, Mapping[str, object]], *, cells: Mapping[str, int], values: Mapping[str, int]
) -> bool:
    """Whether an order stays possible: it reads most cells, or reads many that the best order cannot."""
    best = max(ORDERS, key=lambda one: cells[one])
    if cells[order] == cells[best]:
        return True
    only_here = sum(values[text] for text in read[order] if text not in read[best])
    only_best = sum(values[text] for text in read[best] if text not in read[order])
    return only_here > 0.1 * only_best


def _read_all(values: Mapping[str, int], order: str, latest: datetime.date) -> dict[str, datetime.date]:
    found = {text: read_date(text, order) for text in values}
    return {text: day for text, day in found.items() if day is not None and day <= latest}


def _why(cells: Mapping[str, int], order: str, *, alike: bool) -> Message:
    if alike:
        return Message("Its dates have one reading only")
    others = max(count for name, count in cells.items() if name != order)
    return Message(
        "Read as {order}, {read} cells are dates; in another order at most {others}",
        order=ORDER_WORDS[order],
        read=cells[order],
        others=others,
    )
