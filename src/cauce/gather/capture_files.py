"""What does the file of a capture table say, before anybody asks whether it makes sense?

Every cell stays text; which values a capture table may hold is known to `estimate.capture_tables`, and the recipe
brings the two together.
"""

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa

from cauce.gather import safety, texts
from cauce.standards.errors import Refusal, raise_all

__all__ = ["read_capture_file"]

_ROWS_SHOWN = 5


def read_capture_file(path: Path) -> pa.Table:
    """The cells of a CSV file whose first row is a heading.

    In
        path   CSV: a column for each list, `count`, perhaps `draw` or a covariate
    Out
        table, all columns text
    Refuses
        gather.capture_headings   a heading is empty or stands twice
        gather.capture_rows       no row below the heading, or rows longer or shorter than it
        gather.no_file and the other refusals of `safety` and `texts`
    """
    safety.check_path(path)
    encoding = texts.find_traits(path).encoding
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(65_536).removeprefix("\ufeff")
        stream.seek(0)
        lines = [row for row in csv.reader(stream, delimiter=texts.find_delimiter(sample)) if row]
    heading = [cell.removeprefix("\ufeff").strip() for cell in lines[0]] if lines else []
    rows = lines[1:]
    raise_all(_check_heading(path, heading) + _check_rows(path, heading, rows))
    columns = list(zip(*rows, strict=True))
    return pa.table({name: [cell.strip() for cell in cells] for name, cells in zip(heading, columns, strict=True)})


def _check_heading(path: Path, heading: list[str]) -> list[Refusal]:
    repeated = [name or "-" for name, times in Counter(heading).items() if times > 1 or not name]
    if not repeated:
        return []
    return [
        Refusal(
            "gather.capture_headings",
            found="{file} has headings that are empty or stand twice: {names}",
            wanted="a name of its own for each column",
            remedy="Name each list once in the first row",
            file=path.name,
            names=", ".join(repeated),
        )
    ]


def _check_rows(path: Path, heading: list[str], rows: list[list[str]]) -> list[Refusal]:
    uneven = [place + 2 for place, row in enumerate(rows) if len(row) != len(heading)]
    if rows and not uneven:
        return []
    return [
        Refusal(
            "gather.capture_rows",
            found="{file} has {rows} rows below its heading, {uneven} of another length (first: {first})",
            wanted="one row or more, each with as many cells as the heading",
            remedy="Save the file again as CSV, one row per capture history",
            file=path.name,
            rows=len(rows),
            uneven=len(uneven),
            first=", ".join(map(str, uneven[:_ROWS_SHOWN])) or "-",
        )
    ]
