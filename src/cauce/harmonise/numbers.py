"""Which number does a text mean: is its point or comma a mark of thousands or of decimals?

350.000 is two numbers until the whole column says which.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cauce.standards.messages import Message

__all__ = ["DecimalFound", "find_decimal", "read_number"]

_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_SHAPES = {
    ".": re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$"),
    ",": re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$"),
}
_THOUSANDS = {".": ",", ",": "."}
_GROUPED = re.compile(r"^[+-]?\d{1,3}([ \u00a0\u202f\u2009'’]\d{3})+([.,]\d+)?$")
_UNGROUPED = re.compile(r"^[+-]?[\d.,]+$")


@dataclass(frozen=True)
class DecimalFound:
    """What a column of numbers says of its decimal mark.

    decimal   "." or ",", or None where both read it and differ
    share     of the filled cells, how many are numbers
    """

    decimal: str | None
    share: float
    evidence: Message


def read_number(text: str, decimal: str) -> float | None:
    """The number that a text means under one decimal mark, or None.

    >>> read_number("1.234,5", ","), read_number("350.000", ","), read_number("1 234", "."), read_number("1,5", ".")
    (1234.5, 350000.0, 1234.0, None)
    """
    text = text.strip()
    if not (_GROUPED.match(text) or _UNGROUPED.match(text)):
        return None
    plain = text.translate(_BLANKS)
    if not _SHAPES[decimal].match(plain):
        return None
    return float(plain.replace(_THOUSANDS[decimal], "").replace(decimal, "."))


def find_decimal(values: Mapping[str, int]) -> DecimalFound:
    """The decimal mark of a column, if the column itself shows it.

    In
        values   value -> cells that hold it, empty ones left out
    Out
        DecimalFound

    >>> find_decimal({"1.234,5": 2, "350.000": 1}).decimal
    ','
    >>> find_decimal({"350.000": 1}).decimal is None
    True
    """
    total = sum(values.values())
    read = {mark: {text: read_number(text, mark) for text in values} for mark in (".", ",")}
    cells = {
        mark: sum(values[text] for text, number in found.items() if number is not None) for mark, found in read.items()
    }
    best = max(cells.values(), default=0)
    share = best / total if total else 0.0
    if cells["."] != cells[","]:
        mark = "." if cells["."] > cells[","] else ","
        other = cells[","] if mark == "." else cells["."]
        why = Message(
            "With {mark} before the decimals {read} cells are numbers, otherwise {other}",
            mark=mark,
            read=best,
            other=other,
        )
        return DecimalFound(mark, share, why)
    if read["."] == read[","]:
        return DecimalFound(".", share, Message("Its numbers have one reading only"))
    return DecimalFound(None, share, Message("Every number can be read with either mark before its decimals"))
