"""Where does a table with named columns go that may be too long for a spreadsheet: CSV, or Parquet?"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cauce.store import area_tables

__all__ = ["write_rows"]


def write_rows(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a table, as Parquet where the file is named so, as CSV otherwise.

    In
        path      the file to write
        heading   names of the columns
        rows      as many cells each
    """
    if path.suffix != ".parquet":
        area_tables.write_long_table(path, heading, rows)
        return
    columns = [_column(values) for values in zip(*rows, strict=True)] or [_column(())] * len(heading)
    pq.write_table(pa.table(columns, names=list(heading)), path, compression="zstd")


def _column(values: Sequence[object]) -> pa.Array:
    is_empty = all(value is None for value in values)
    return pa.array(values, type=pa.float64() if is_empty else None)
