"""What does each distinct value of a mapped column become, and what is wrong with those that become nothing?

Decided in Python, once per distinct value; `apply` then joins the decisions to the rows.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cauce.harmonise import column_readings, dates, numbers, values
from cauce.harmonise.values import CodesRead
from cauce.standards import ages, partial_dates
from cauce.standards.mappings import ColumnMapping
from cauce.standards.packs import Field

__all__ = ["Decision", "decide_values", "is_listed", "needs_decision"]


@dataclass(frozen=True)
class Decision:
    """What one value becomes: a code, a date, a number, several codes, or nothing; and the code of what is wrong."""

    codes: tuple[str, ...] = ()
    problem: str | None = None


def needs_decision(field: Field) -> bool:
    """Whether the values of a field are decided one by one; free text passes as it is."""
    return field.kind != "text"


def is_listed(field: Field) -> bool:
    """Whether a person may have several values of the field: its column is then a list."""
    return field.kind == "codes"


def decide_values(
    cells: Iterable[str],
    column: ColumnMapping,
    field: Field,
    *,
    missing: Sequence[str],
    latest: datetime.date,
    domain: Sequence[str] | None,
) -> pa.Table:
    """What each value of a column becomes.

    In
        cells     the distinct values
        column    its mapping
        field     the field that it fills
        missing   values that say nothing in the whole file
        latest    the day of the file's arrival: no date lies after it
        domain    the codes that a published table shows, for ages; None where any code will do
    Out
        table   value string, code string or list of strings, problem string or null
    """
    cells = list(cells)
    read = _read_together(cells, column, field) if field.codelist else None
    at = _Place(column, field, latest, frozenset(missing), read)
    decided = {cell: _decide(cell, at) for cell in cells}
    if field.codelist == "age" and domain:
        decided = {cell: _placed(one, domain) for cell, one in decided.items()}
    codes: list[object] = [
        (list(one.codes) or None) if is_listed(field) else (one.codes[0] if one.codes else None)
        for one in decided.values()
    ]
    kind = pa.list_(pa.string()) if is_listed(field) else pa.string()
    return pa.table(
        {
            "value": pa.array(list(decided), pa.string()),
            "code": pa.array(codes, kind),
            "problem": pa.array([one.problem for one in decided.values()], pa.string()),
        }
    )


@dataclass(frozen=True)
class _Place:
    """Where a value stands."""

    column: ColumnMapping
    field: Field
    latest: datetime.date
    missing: frozenset[str]
    read: CodesRead | None


def _read_together(cells: Sequence[str], column: ColumnMapping, field: Field) -> CodesRead:
    """All the values of the column at once, with those that a person decided: M beside F is not M beside H."""
    parts = {part for cell in cells for part in column_readings.split_cell(_clean(cell), column.separator)}
    return values.read_codes([*sorted(parts), *(one for one in column.values if one not in parts)], field)


def _clean(cell: str) -> str:
    return cell.replace("\u00a0", " ").strip()


def _decide(cell: str, at: _Place) -> Decision:
    text = _clean(cell)
    if not text or text in at.missing:
        return Decision()
    return _decided_by_hand(text, at) or _READERS[at.field.kind](text, at)


def _decided_by_hand(text: str, at: _Place) -> Decision | None:
    if text not in at.column.values:
        return None
    code = at.column.values[text]
    return Decision((code,) if code else ())


def _read_code(text: str, at: _Place) -> Decision:
    read = at.read
    if read is None or text in read.unknown:
        return Decision(problem="harmonise.unknown_value")
    if text in read.ambiguous:
        return Decision(problem="harmonise.ambiguous_value")
    if text in read.assumed and not values.says_unknown(text):
        return Decision(problem="harmonise.unknown_value")
    code = read.codes[text]
    return Decision((code,) if code else ())


def _read_codes(text: str, at: _Place) -> Decision:
    codes: dict[str, None] = {}
    problem: str | None = None
    for part in column_readings.split_cell(text, at.column.separator):
        one = _decided_by_hand(part, at) or _read_code(part, at)
        codes |= dict.fromkeys(one.codes)
        problem = problem or one.problem
    return Decision(tuple(codes), problem)


def _read_date(text: str, at: _Place) -> Decision:
    day = dates.read_date(text, at.column.order)
    told = day.isoformat() if day else _read_part(text, at.field)
    if told is None:
        return Decision() if values.is_missing_word(text) else Decision(problem="harmonise.unreadable_date")
    return Decision((told,)) if told <= at.latest.isoformat() else Decision(problem="harmonise.future_date")


def _read_part(text: str, field: Field) -> str | None:
    """The year, or year and month, of a birth: they still tell people apart; of other dates the day is wanted."""
    return partial_dates.read_partial_date(text) if field.role == "birth_date" else None


def _read_number(text: str, at: _Place) -> Decision:
    number = numbers.read_number(text, at.column.decimal or ".")
    if number is None:
        return Decision() if values.is_missing_word(text) else Decision(problem="harmonise.unreadable_number")
    return Decision((str(int(number)) if number.is_integer() else repr(number),))


def _read_flag(text: str, at: _Place) -> Decision:
    flag = values.read_flag(text)
    if flag is None:
        return Decision() if values.is_missing_word(text) else Decision(problem="harmonise.unreadable_flag")
    return Decision(("TRUE" if flag else "FALSE",))


_READERS: Mapping[str, Callable[[str, _Place], Decision]] = {
    "code": _read_code,
    "codes": _read_codes,
    "date": _read_date,
    "number": _read_number,
    "flag": _read_flag,
}


def _placed(one: Decision, domain: Sequence[str]) -> Decision:
    """An age in the band of the published tables that holds it whole; never split, never guessed."""
    if not one.codes:
        return one
    band = ages.band_of(one.codes[0])
    code = ages.place(band, domain).code if band else None
    return Decision((code,)) if code else Decision(problem="harmonise.age_between_bands")
