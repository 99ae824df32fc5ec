"""How are findings handed to whoever corrects the file, and kept beside what they were found in?"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from cauce.standards.errors import Finding
from cauce.standards.messages import Message, Speaker

__all__ = ["as_csv", "facts_of", "finding_of", "inert"]


def as_csv(told: Sequence[Finding], *, speaker: Speaker, rejected: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Findings as CSV for whoever corrects the file: places and reasons, no value of a person.

    In
        told       findings
        speaker    says them
        rejected   file, sheet and row of the rejected rows
    Out
        the bytes of a CSV: file, sheet, row, column, code, rejected, message
    """
    lost = {(one["file"], one["sheet"] or None, one["row"]) for one in rejected}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["file", "sheet", "row", "column", "code", "rejected", "message"])
    for one in told:
        is_lost = "yes" if (one.file, one.sheet, one.row) in lost else "no"
        cells = [one.file, one.sheet, one.row, one.column, one.code, is_lost, speaker.say(one.message)]
        writer.writerow(["" if cell is None else inert(str(cell)) for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def inert(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula.

    >>> inert("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def facts_of(one: Finding) -> dict[str, Any]:
    """A finding as JSON can keep it; `finding_of` reads it again."""
    return {
        "code": one.code,
        "template": one.message.template,
        "values": dict(one.message.values),
        "file": one.file,
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
    }


def finding_of(facts: Mapping[str, Any]) -> Finding:
    """The finding that `facts_of` kept.

    >>> finding_of(facts_of(Finding("x", Message("y"), file="a.csv"))).file
    'a.csv'
    """
    message = Message(facts["template"], **facts["values"])
    place = {name: facts[name] for name in ("file", "sheet", "row", "column")}
    return Finding(facts["code"], message, **place)
