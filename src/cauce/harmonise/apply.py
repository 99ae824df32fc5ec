"""How do a partner's rows become records in the standard's fields?

Ibis expressions over tables of any engine: each mapped column is joined to what its values were decided to be, the
columns of one field are brought together, and what follows from other fields is derived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cauce.harmonise import decisions
from cauce.standards.derived_fields import BORN, REGISTERED
from cauce.standards.mappings import ColumnMapping
from cauce.standards.packs import Field

__all__ = [
    "DERIVED",
    "MappedColumn",
    "derive_fields",
    "harmonise_rows",
    "mark_rejected",
    "mark_repeated",
    "problem_name",
]

DERIVED = ("registered_date", "registered_year", "age_code")
_WHOLE_DATE = len("1990-12-31")


@dataclass(frozen=True)
class MappedColumn:
    """A column of the file, its field, and what its values were decided to be (None for free text)."""

    key: str
    column: ColumnMapping
    field: Field
    decided: pa.Table | None


def problem_name(column: MappedColumn) -> str:
    """Where the rows say what is wrong with a column's value."""
    return f"problem_{column.key}"


def harmonise_rows(rows: ir.Table, columns: Sequence[MappedColumn], *, missing: Sequence[str]) -> ir.Table:
    """The rows with their standard fields and, per mapped column, what is wrong with its value.

    In
        rows      sheet, row, kind, c1 ... as text or null
        columns   the mapped columns
        missing   values that say nothing in the whole file
    Out
        sheet, row, kind, one column per field (a list where a person may have several values), problem_c1 ... or null
    """
    for one in columns:
        if one.decided is not None:
            found = ibis.memtable(one.decided).rename({f"code_{one.key}": "code", problem_name(one): "problem"})
            rows = rows.left_join(found, rows[one.key] == found.value).drop("value")
    fields = {
        name: _together(rows, [one for one in columns if one.field.name == name], missing=missing)
        for name in dict.fromkeys(one.field.name for one in columns)
    }
    problems = [problem_name(one) for one in columns if one.decided is not None]
    return rows.select("sheet", "row", "kind", *problems, **fields)


def _together(rows: ir.Table, parts: Sequence[MappedColumn], *, missing: Sequence[str]) -> ir.Value:
    cells = [_value(rows, one, missing=missing) for one in parts]
    if len(cells) == 1:
        return cells[0]
    if not decisions.is_listed(parts[0].field):
        return ibis.coalesce(*cells)
    none = ibis.literal([], type="array<string>")
    joined = reduce(lambda left, right: left.concat(right), (ibis.coalesce(cell, none) for cell in cells))
    return ibis.cases((joined.length() > 0, joined.unique().sort()), else_=ibis.null("array<string>"))


def _value(rows: ir.Table, one: MappedColumn, *, missing: Sequence[str]) -> ir.Value:
    if one.decided is not None:
        return rows[f"code_{one.key}"]
    told = [value for value in missing if value]
    text = rows[one.key]
    return ibis.cases((text.isin(told), ibis.null("string")), else_=text) if told else text


def derive_fields(records: ir.Table, age_codes: Mapping[int, str]) -> ir.Table:
    """Adds what follows from other fields: the date and year of registration, the age on that day.

    A field that the partner gave stands above what would follow.

    In
        records     one column per field
        age_codes   age in completed years -> code
    Out
        the same with registered_date, registered_year and age_code where they can be known
    """
    given = [records[name] for name in REGISTERED if name in records.columns]
    if given:
        records = records.mutate(registered_date=ibis.coalesce(*given))
        year = records.registered_date.substr(0, 4)
        stated = [records.registered_year] if "registered_year" in records.columns else []
        records = records.mutate(registered_year=ibis.coalesce(*stated, year))
        if BORN in records.columns:
            records = _derive_age(records, age_codes)
    return records


def _derive_age(records: ir.Table, age_codes: Mapping[int, str]) -> ir.Table:
    born, registered = records[BORN], records.registered_date
    born = ibis.cases((born.length() == _WHOLE_DATE, born))
    years = registered.substr(0, 4).cast("int32") - born.substr(0, 4).cast("int32")
    had_birthday = registered.substr(5, 5) >= born.substr(5, 5)
    age = years - ibis.cases((had_birthday, 0), else_=1)
    known = pa.table({"age": pa.array(list(age_codes), pa.int32()), "aged": pa.array(list(age_codes.values()))})
    records = records.mutate(age=age.cast("int32"))
    joined = records.left_join(ibis.memtable(known), "age").drop("age", "age_right")
    stated = [joined.age_code] if "age_code" in joined.columns else []
    return joined.mutate(age_code=ibis.coalesce(*stated, joined.aged)).drop("aged")


def mark_rejected(records: ir.Table, *, problems: Sequence[str], fields: Sequence[str]) -> ir.Table:
    """Says which rows are rejected, and why.

    A row is rejected when it has more cells than headings, or when at least two of its cells, and no fewer than are
    read, cannot be read. A single bad cell loses that cell and not the person.

    In
        records    with `kind`, the fields, the problems
        problems   names of the problem columns
        fields     names of the fields mapped from the file
    Out
        the same with `rejected`: the code of the reason, or null
    """
    bad = _count(records[name].notnull() for name in problems)
    good = _count(records[name].notnull() for name in fields if name != "record_id")
    rejected = ibis.cases(
        (records.kind == "extra", "gather.extra_cells"),
        ((bad >= 2) & (bad >= good), "harmonise.unreadable_row"),
        else_=ibis.null("string"),
    )
    return records.mutate(rejected=rejected)


def find_repeated(records: ir.Table) -> ir.Table:
    """The rows of which the record number stands in an earlier row that was not rejected.

    In
        records   record_id, file, sheet, row, rejected
    Out
        file, sheet, row
    """
    good = records.filter(records.rejected.isnull()).select("record_id", "file", "sheet", "row")
    place = ibis.row_number().over(group_by="record_id", order_by=["file", "sheet", "row"])
    return good.mutate(place=place).filter(lambda table: table.place > 0).select("file", "sheet", "row")


def mark_repeated(records: ir.Table, repeated: pa.Table) -> ir.Table:
    """Rejects the rows that `find_repeated` found.

    In
        records    file, sheet, row, rejected
        repeated   file, sheet, row
    Out
        the same records
    """
    if not repeated.num_rows:
        return records
    found = ibis.memtable(repeated.append_column("again", pa.array([True] * repeated.num_rows)))
    joined = records.left_join(found, ["file", "sheet", "row"])
    rejected = ibis.cases((joined.again.notnull(), "harmonise.repeated_record"), else_=joined.rejected)
    return joined.mutate(rejected=rejected).select(*records.columns)


def _count(claims: Iterable[ir.BooleanValue]) -> ir.IntegerValue:
    return reduce(lambda left, right: left + right, (claim.cast("int32") for claim in claims), ibis.literal(0))
