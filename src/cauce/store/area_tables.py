"""Where do tables by area go when somebody asks for them as files, and in which shape?

Matrices: heading row and first column are area codes. Tables that may go to Parquet are written by `long_tables`.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["beside", "write_bytes", "write_long_table", "write_matrix"]


def write_matrix(path: Path, values: NDArray[np.float64], *, areas: Sequence[str], corner: str) -> None:
    """Writes a square table by area as CSV, numbers in full precision.

    In
        path     the file to write
        values   (row area, column area) float
        areas    codes of the areas
        corner   heading of the first column
    """
    rows = [[area, *map(_plain, row)] for area, row in zip(areas, values.tolist(), strict=True)]
    write_long_table(path, [corner, *areas], rows)


def write_long_table(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a table with named columns as CSV.

    In
        path      the file to write
        heading   names of the columns
        rows      as many cells each
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a picture or another finished file.

    In
        path      the file to write
        content   all of it
    """
    path.write_bytes(content)


def beside(path: Path, word: str) -> Path:
    """The file beside another with one more word in its name.

    In
        path   any file
        word   what to add
    Out
        Path

    >>> beside(Path("flows.csv"), "lower").name
    'flows.lower.csv'
    """
    return path.with_name(f"{path.stem}.{word}{path.suffix}")


def _plain(number: float) -> str:
    return repr(number).removesuffix(".0")
