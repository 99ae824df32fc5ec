"""What is wrong in a partner's file, said with its place and without the value?"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from cauce.harmonise.apply import MappedColumn, problem_name
from cauce.standards.errors import Finding
from cauce.standards.messages import Message

__all__ = ["TOLD_ROWS", "tell_columns", "tell_problems", "tell_rejected"]

TOLD_ROWS = 500
_TEMPLATES: Mapping[str, Message] = {
    "harmonise.unknown_value": Message("The value is not in the codelist of {field}; the cell counts as missing"),
    "harmonise.ambiguous_value": Message(
        "The value could be more than one code of {field}; the cell counts as missing"
    ),
    "harmonise.unreadable_date": Message("The cell is no date that can be read; it counts as missing"),
    "harmonise.future_date": Message("The date lies after the day on which the file arrived; it counts as missing"),
    "harmonise.unreadable_number": Message("The cell is no number that can be read; it counts as missing"),
    "harmonise.unreadable_flag": Message("The cell says neither yes nor no; it counts as missing"),
    "harmonise.age_between_bands": Message(
        "The age lies across two bands of the published tables; it counts as missing"
    ),
}
_REJECTED: Mapping[str, Message] = {
    "harmonise.unreadable_row": Message("Half or more of the row's cells cannot be read; the row was rejected"),
    "harmonise.repeated_record": Message("An earlier row has the same record number; the row was rejected"),
}


def tell_problems(rows: ir.Table, columns: Sequence[MappedColumn], *, file: str) -> list[Finding]:
    """A finding for each cell that could not be read; beyond 500 of a kind in a column, one that counts the rest.

    In
        rows      as `apply.harmonise_rows` gives them
        columns   the mapped columns
        file      name of the file
    Out
        findings, by column and row
    """
    told = [one for one in columns if one.decided is not None and _has_problems(one)]
    return [finding for one in told for finding in _tell_column(rows, one, file=file)]


def _has_problems(one: MappedColumn) -> bool:
    return one.decided is not None and one.decided["problem"].null_count < one.decided.num_rows


def _tell_column(rows: ir.Table, one: MappedColumn, *, file: str) -> list[Finding]:
    name = problem_name(one)
    bad = rows.filter(rows[name].notnull()).select("sheet", "row", problem=rows[name])
    counts: list[dict[str, Any]] = (
        bad.group_by("problem").agg(cells=bad.count()).order_by("problem").to_pyarrow().to_pylist()
    )
    findings: list[Finding] = []
    for counted in counts:
        code, cells = counted["problem"], counted["cells"]
        found = bad.filter(bad.problem == code).order_by("sheet", "row").limit(TOLD_ROWS).to_pyarrow().to_pylist()
        message = Message(_TEMPLATES[code].template, field=one.field.name)
        findings += [
            Finding(code, message, file=file, sheet=at["sheet"] or None, row=at["row"], column=one.column.name)
            for at in found
        ]
        if cells > TOLD_ROWS:
            rest = Message("{count} further cells of this column have the same fault", count=cells - TOLD_ROWS)
            findings.append(Finding(code, rest, file=file, column=one.column.name))
    return findings


def tell_rejected(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """A finding for each rejected row that the reader of the file has not told of already.

    In
        rows   file, sheet, row, rejected
    Out
        findings
    """
    return [
        Finding(
            one["rejected"], _REJECTED[one["rejected"]], file=one["file"], sheet=one["sheet"] or None, row=one["row"]
        )
        for one in rows
        if one["rejected"] in _REJECTED
    ]


def tell_columns(absent: Sequence[str], unknown: Sequence[str], *, file: str) -> list[Finding]:
    """Columns of the mapping that the file has not, and columns of the file that the mapping does not know.

    In
        absent    headings that the mapping names and the file lacks
        unknown   headings of the file that the mapping lacks
        file      name of the file
    Out
        findings

    In
        absent    headings that the mapping names
        unknown   headings of the file
        file      its name
    Out
        findings, one a column

    >>> [finding.code for finding in tell_columns(["sexo"], [], file="a.csv")]
    ['harmonise.absent_column']
    """
    gone = Message("The mapping names this column and the file does not have it")
    fresh = Message("The mapping does not know this column; it was not read. Add the file again to map it")
    return [Finding("harmonise.absent_column", gone, file=file, column=name) for name in absent] + [
        Finding("harmonise.new_column", fresh, file=file, column=name) for name in unknown
    ]
