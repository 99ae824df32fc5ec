"""How is a cleared table written for machines and spreadsheets of text: CSV of codes, CSV of labels, HXL, Parquet?

Workbooks are written by `workbooks.py`. A text that a spreadsheet would run as a formula is made inert in each.
"""

import csv
import io
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from cauce.publish.cells import MEASURES, Cell, cells_of
from cauce.publish.labels import Labels, status_name
from cauce.standards.cleared import ClearedRecords, ClearedTable
from cauce.standards.messages import Language

__all__ = ["inert", "write_codes", "write_hxl", "write_labels", "write_parquet", "write_records", "write_unbiased"]

_LIVE = frozenset("=+-@\t\r\n＝＋－＠")
_HXL_BY_CODELIST = {
    "area": "#country+code+v_iso3",
    "sex": "#group+code+sex",
    "htcds_gender": "#group+code+sex",
    "age": "#group+code+age",
}
_HXL_MEASURES = (
    "#affected+ind+value",
    "#affected+ind+lower",
    "#affected+ind+upper",
    "#meta+ind+confidence",
    "#status+code",
)


def write_codes(table: ClearedTable) -> bytes:
    """`F+F.csv`: one row per cell, codes only, an empty cell where there is no figure.

    In
        table    ClearedTable
    Out
        bytes    CSV, UTF-8, comma, LF
    """
    return _csv([(*table.by, *MEASURES), *(_measured(cell) for cell in cells_of(table))])


def write_labels(table: ClearedTable, labels: Labels, language: Language) -> bytes:
    """`F+F.LANG.csv`: each code beside its name, the status in words after its code.

    In
        table       ClearedTable
        labels      Labels
        language    of the names
    Out
        bytes    CSV, UTF-8, comma, LF
    """
    heading: list[str] = []
    for name in table.by:
        heading += [name, _apart(labels.field(name, language), heading, name)]
    rows = [_labelled(cell, table.by, labels=labels, language=language) for cell in cells_of(table)]
    return _csv([(*heading, *MEASURES, "obs_status_name"), *rows])


def write_hxl(table: ClearedTable, labels: Labels) -> bytes:
    """`F+F.hxl.csv`: the codes with a row of Humanitarian Exchange Language tags under the heading.

    In
        table     ClearedTable
        labels    Labels, for the codelist of each field
    Out
        bytes    CSV, UTF-8, comma, LF
    Source
        HXL 1.1 hashtags and attributes
    """
    tags = (*(_tag(name, labels) for name in table.by), *_HXL_MEASURES)
    return _csv([(*table.by, *MEASURES), tags, *(_measured(cell) for cell in cells_of(table))])


def write_parquet(table: ClearedTable) -> bytes:
    """`F+F.parquet`: the observations as they passed the gate, with their types.

    In
        table    ClearedTable
    Out
        bytes    Parquet, zstd
    """
    sink = pa.BufferOutputStream()
    pq.write_table(table.observations.select([*table.by, *MEASURES]), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def write_unbiased(figures: pa.Table) -> bytes:
    """`F+F.unbiased.csv`: the figures for analysts, neither rounded nor withheld, and as they were drawn.

    In
        figures    `unbiased` of a ClearedTable
    Out
        bytes    CSV, UTF-8, comma, LF
    """
    return _csv([figures.column_names, *zip(*(column.to_pylist() for column in figures.columns), strict=True)])


def write_records(records: ClearedRecords) -> bytes:
    """`records/records.csv`: the synthetic records, one invented row a person, an empty cell where missing.

    In
        records    ClearedRecords
    Out
        bytes    CSV, UTF-8, comma, LF
    """
    rows = records.rows.select(list(records.columns))
    texts = pa.table({name: _inert_column(rows.column(name)) for name in records.columns})
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(texts, sink, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return bytes(sink.getvalue().to_pybytes())


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before a live sign, unless it is a number.

    In
        text    a code, a name or a sentence
    Out
        text

    >>> inert("=cmd|' /C calc'!A0"), inert("-99"), inert("Y0T17")
    ("'=cmd|' /C calc'!A0", '-99', 'Y0T17')
    """
    if text[:1] in _LIVE and text and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    return text[:1] in "+-" and text[1:].replace(".", "", 1).isdecimal() and text.isascii()


def _inert_column(column: pa.ChunkedArray) -> pa.Array:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    harmless = pa.array([inert(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return harmless.take(encoded.indices)


def _measured(cell: Cell) -> tuple[object, ...]:
    return (*cell.codes, cell.value, cell.lower, cell.upper, cell.confidence, cell.status)


def _labelled(cell: Cell, by: Sequence[str], *, labels: Labels, language: Language) -> tuple[object, ...]:
    pairs = ((code, labels.code(name, code, language)) for name, code in zip(by, cell.codes, strict=True))
    named = tuple(text for pair in pairs for text in pair)
    return (*named, *_measured(cell)[len(by) :], status_name(cell.status, language))


def _apart(label: str, taken: Sequence[str], name: str) -> str:
    return label if label not in taken and label != name else f"{label} ({name})"


def _tag(name: str, labels: Labels) -> str:
    if name.endswith("_year"):
        return "#date+year"
    tag = _HXL_BY_CODELIST.get(labels.codelists.get(name, ""), "#group+code")
    return f"{tag}+{name.lower().replace('@', '_')}"  # HXL: letters, digits and underscores


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        [inert(value) if isinstance(value, str) else value for value in row] for row in rows
    )
    return text.getvalue().encode("utf-8")
