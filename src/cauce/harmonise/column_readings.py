"""Can the values of a column be read as a standard field, and how?

Every kind of field has its own reading: codes, several codes in a cell, dates, numbers, yes or no, text. What cannot
be decided from the column itself comes back as a doubt.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process

from cauce.harmonise import dates, numbers, values
from cauce.harmonise.column_profiles import ColumnProfile
from cauce.harmonise.doubts import Doubt
from cauce.standards import codelists, partial_dates
from cauce.standards.matches import fold
from cauce.standards.messages import Language, Message
from cauce.standards.packs import Field

__all__ = ["ColumnReading", "read_column", "split_cell"]

_SEPARATORS = (";", "|", "\n", " / ", "/", ",", " ")
_MOST_ASKED = 12
_NEAR = 82.0
_AS_MISSING = 0.85
_LISTED = 400
_LATIN: tuple[Language, ...] = ("es", "en", "fr")


@dataclass(frozen=True)
class ColumnReading:
    """How a column reads as one field.

    share    of the filled cells, how many are read (values that say that nothing is known count as read)
    known    share of the filled cells that carry a code, a date, a number: the evidence that the field is the right one
    values   value -> code, as the mapping keeps it
    """

    share: float
    known: float
    evidence: Message
    order: str | None = None
    decimal: str | None = None
    separator: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def read_column(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    """How the values of a column read as a field.

    In
        profile   the column
        field     of the pack
        today     no date of a record lies after it
    Out
        ColumnReading

    >>> from cauce.standards import packs
    >>> profile = ColumnProfile("c1", "Sexo", 3, 2, 3, {"F": 2, "M": 1})
    >>> read_column(profile, packs.load("trafficking").fields["prs_Gender"], today=datetime.date(2020, 1, 1)).share
    1.0
    """
    if not profile.filled:
        return ColumnReading(1.0, 0.0, Message("The column is empty"))
    readers: Mapping[str, Callable[..., ColumnReading]] = {
        "text": _read_text,
        "date": _read_dates,
        "number": _read_numbers,
        "flag": _read_flags,
        "code": _read_codes,
        "codes": _read_codes,
    }
    return readers[field.kind](profile, field, today=today)


def _read_text(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    if field.role in ("given_name", "surname"):
        wordy = sum(cells for value, cells in profile.values.items() if any(letter.isalpha() for letter in value))
        share = wordy / max(sum(profile.values.values()), 1)
        return ColumnReading(share, share, Message("Its cells hold words"))
    if field.name == "record_id":
        share = profile.distinct / profile.filled
        return ColumnReading(share, share, Message("Every row has a value of its own"))
    return ColumnReading(1.0, 0.0, Message("Any text is accepted"))


def _read_dates(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    stated = {value: cells for value, cells in profile.values.items() if not values.is_missing_word(value)}
    found = dates.find_order(stated, latest=today)
    doubts: tuple[Doubt, ...] = ()
    if found.order is None and found.orders:
        doubts = (
            Doubt(
                profile.name,
                "order",
                Message("In which order are the dates of “{column}” written?", column=profile.name),
                {order: dates.ORDER_WORDS[order] for order in found.orders},
            ),
        )
    known = found.share if stated else 0.0
    in_part = _share_in_part(stated) if field.role == "birth_date" else 0.0
    return ColumnReading(known + in_part, known, found.evidence, order=found.order, doubts=doubts)


def _share_in_part(stated: Mapping[str, int]) -> float:
    """Share of the cells that tell a year, or year and month, and no day."""
    read = sum(cells for value, cells in stated.items() if partial_dates.read_partial_date(value))
    return read / max(sum(stated.values()), 1)


def _read_numbers(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    stated = {
        value: cells for value, cells in profile.values.items() if not values.is_missing_word(value) or value == "0"
    }
    found = numbers.find_decimal(stated)
    doubts: tuple[Doubt, ...] = ()
    if found.decimal is None and found.share:
        question = Message("Which mark stands before the decimals in “{column}”?", column=profile.name)
        words = {",": Message("a comma: 1.234,5"), ".": Message("a point: 1,234.5")}
        doubts = (Doubt(profile.name, "decimal", question, words),)
    return ColumnReading(found.share, found.share, found.evidence, decimal=found.decimal, doubts=doubts)


def _read_flags(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    total = sum(profile.values.values())
    read = sum(cells for value, cells in profile.values.items() if values.read_flag(value) is not None)
    return ColumnReading(read / total, read / total, Message("Its cells say yes or no"))


def split_cell(cell: str, separator: str | None) -> tuple[str, ...]:
    """The values of one cell.

    >>> split_cell("Asia; Europe;", ";")
    ('Asia', 'Europe')
    """
    if separator is None:
        return (cell,)
    return tuple(part.strip() for part in cell.split(separator) if part.strip())


def _read_codes(profile: ColumnProfile, field: Field, *, today: datetime.date) -> ColumnReading:
    readings = [_coded(profile, field, None)]
    if field.kind == "codes" and readings[0].share < 1:
        used = [mark for mark in _SEPARATORS if any(mark in value for value in profile.values)]
        readings += [_coded(profile, field, mark) for mark in used]
    return max(readings, key=lambda reading: round(reading.share, 4))


def _coded(profile: ColumnProfile, field: Field, separator: str | None) -> ColumnReading:
    cells: dict[str, int] = {}
    for value, count in profile.values.items():
        for part in split_cell(value, separator):
            cells[part] = cells.get(part, 0) + count
    read = values.read_codes(cells, field)
    total = sum(cells.values()) or 1
    understood = sum(cells[value] for value in read.codes)
    stated = sum(cells[value] for value, code in read.codes.items() if code)
    evidence = _told(f"{100 * stated / total:.0f} %", field, unknown=understood - stated)
    return ColumnReading(
        share=understood / total,
        known=stated / total,
        evidence=evidence,
        separator=separator,
        values=_listed(read, field),
        doubts=_value_doubts(profile, field, read=read, cells=cells),
    )


def _told(share: str, field: Field, *, unknown: int) -> Message:
    if not unknown:
        return Message("{share} of its values are in the codelist {codelist}", share=share, codelist=field.codelist)
    return Message(
        "{share} of its values are in the codelist {codelist}; {unknown} cells say that nothing is known",
        share=share,
        codelist=field.codelist,
        unknown=unknown,
    )


def _listed(read: values.CodesRead, field: Field) -> dict[str, str]:
    """What the mapping writes down: all where they are few; of years, only what says that nothing is known."""
    if field.codelist == "year" or len(read.codes) > _LISTED:
        return {value: code for value, code in read.codes.items() if not code}
    if field.codelist == "age":
        return {value: code for value, code in read.codes.items() if not (code and value.isdecimal())}
    return dict(sorted(read.codes.items(), key=lambda pair: (pair[1], pair[0])))


def _value_doubts(
    profile: ColumnProfile, field: Field, *, read: values.CodesRead, cells: Mapping[str, int]
) -> tuple[Doubt, ...]:
    doubts = [_ask_missing(profile, value, cells[value]) for value in read.assumed if not values.says_unknown(value)]
    doubts += [
        _ask_value(profile, field, value=value, codes=codes, cells=cells[value])
        for value, codes in read.ambiguous.items()
    ]
    commonest = sorted(read.unknown, key=lambda value: (-cells[value], value))[:_MOST_ASKED]
    doubts += [
        _ask_value(profile, field, value=value, codes=_near(value, field), cells=cells[value]) for value in commonest
    ]
    return tuple(doubts)


def _ask_missing(profile: ColumnProfile, value: str, cells: int) -> Doubt:
    return Doubt(
        profile.name,
        "value",
        Message(
            "In “{column}”, {cells} cells hold “{value}”, which is no code. Does it mean that nothing is known?",
            column=profile.name,
            cells=cells,
            value=value,
        ),
        {"": Message("yes, nothing is known")},
        proposed="",
        confidence=_AS_MISSING,
        value=value,
        cells=cells,
    )


def _ask_value(profile: ColumnProfile, field: Field, *, value: str, codes: tuple[str, ...], cells: int) -> Doubt:
    return Doubt(
        profile.name,
        "value",
        Message(
            "What does “{value}” mean in “{column}”? {cells} cells hold it",
            value=value,
            column=profile.name,
            cells=cells,
        ),
        {code: Message("{code}", code=code) for code in codes} | {"": Message("nothing is known")},
        value=value,
        codelist=field.codelist,
        cells=cells,
    )


def _near(value: str, field: Field) -> tuple[str, ...]:
    """Codes whose names are spelt nearly so: offered to a person, never taken."""
    if field.codelist in (None, "year", "age"):
        return ()
    codelist = codelists.load(field.codelist)
    names = {(code, language): fold(codelist.name_of(code, language)) for code in codelist.codes for language in _LATIN}
    found = process.extract(fold(value), names, limit=4, score_cutoff=_NEAR)
    return tuple(dict.fromkeys(key[0] for _, _, key in found))
