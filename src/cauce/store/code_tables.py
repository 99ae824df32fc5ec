"""How is anybody's table of codes read from a file, and its release written to a folder, whole or not at all?"""

import csv
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.csv as pa_csv

from cauce.standards.errors import Refusal
from cauce.standards.messages import Message
from cauce.store import toml_files

__all__ = ["checksum_of", "new_folder", "open_codes", "read_domain", "refusing_damage", "write_table"]

_CHUNK_ROWS = 100_000
_FIRST_BYTES = 1 << 16
_MARKS = ",;\t|"
# What does not fit in memory stops the release: nobody's codes are spilled to a file.
_ENGINE = {"memory_limit": "400MB", "threads": 1, "preserve_insertion_order": False, "temp_directory": ""}


def open_codes(path: Path) -> ibis.Table:
    """A table of codes, every column as text, an empty cell as null; read by the engine when it is counted.

    In
        path   CSV, CSV.GZ or Parquet
    Out
        ibis.Table
    Refuses
        store.no_file           the file is absent
        store.empty_table       it holds nothing
        store.doubled_heading   two columns have one heading
        store.damaged_table     it is no table of codes in UTF-8, or its rows differ in length
    """
    if not path.is_file():
        raise _no_file(path, wanted=Message("a table of codes as CSV, CSV.GZ or Parquet"))
    engine = ibis.duckdb.connect(**_ENGINE)
    with refusing_damage(path):
        if path.suffix == ".parquet":
            table = engine.read_parquet(path)
        else:
            table = engine.read_csv(path, all_varchar=True, header=True, nullstr="")
            _check_headings(path, table.columns)
    return table.select(**{name: table[name].cast("string").nullif("") for name in table.columns})


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Refuses a table that the engine cannot read; its own words, which may hold a person's value, are dropped.

    In
        path   of the table that is opened or counted inside
    Refuses
        store.damaged_table   it is no table of codes in UTF-8, or its rows differ in length
    """
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, gzip.BadGzipFile, EOFError):
        raise _damaged(path) from None


def read_domain(path: Path) -> dict[str, tuple[str, ...]]:
    """The public codes of each column.

    In
        path   TOML: column = ["code", ...]; an empty code says that values may be missing
    Out
        column -> codes
    Refuses
        store.no_file      the file is absent
        store.bad_toml     the file is not TOML
        store.bad_domain   a column is not a list of texts
    """
    if not path.exists():
        raise _no_file(path, wanted=Message("a TOML file with the public codes of each column"))
    raw = toml_files.read_toml(path, name=str(path))
    domain = {}
    for name, codes in raw.items():
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str | int) for code in codes):
            raise _bad_domain(path, column=name)
        domain[name] = tuple(dict.fromkeys(str(code) for code in codes))
    return domain


@contextmanager
def new_folder(path: Path, *, draft: Path | None = None) -> Iterator[Path]:
    """A folder that appears under its name when it is whole, and not at all when something fails on the way.

    In
        path    folder to make: absent or empty
        draft   hidden folder beside it to write in first; None for one of this process
    Out
        the folder to write in
    Refuses
        store.folder_not_empty   something is in the folder already
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Refusal(
            "store.folder_not_empty",
            found="{folder} exists and is not empty",
            wanted="a new or empty folder",
            remedy="Choose another folder; nothing was written",
            folder=str(path),
        )
    draft = draft or path.with_name(f".{path.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        if path.exists():
            path.rmdir()
        draft.replace(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def checksum_of(folder: Path) -> str:
    """One SHA-256 over the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def write_table(table: pa.Table, path: Path) -> None:
    """One table as CSV; null as an empty cell, codes unquoted where they need no quotes.

    In
        table   columns of text, numbers, or text by dictionary
        path    file to write
    """
    plain = pa.schema(
        [
            (field.name, field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
            for field in table.schema
        ]
    )
    # pyarrow quotes every text, or none: none where no text of the table needs it.
    options = pa_csv.WriteOptions(quoting_style="needed" if _needs_quotes(table) else "none")
    with pa_csv.CSVWriter(path, plain, write_options=options) as writer:
        for start in range(0, max(table.num_rows, 1), _CHUNK_ROWS):
            writer.write_table(table.slice(start, _CHUNK_ROWS).cast(plain))


def _needs_quotes(table: pa.Table) -> bool:
    texts = list(table.column_names)
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            texts += column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
        elif pa.types.is_string(column.type):
            texts += column.unique().to_pylist()
    return any(text is not None and set(text) & set(',"\r\n') for text in texts)


def _check_headings(path: Path, headings: tuple[str, ...]) -> None:
    """The engine gives names of its own to headings that are absent or doubled."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        first = stream.read(_FIRST_BYTES).decode("utf-8-sig", "replace").strip()
    if not first:
        raise Refusal(
            "store.empty_table",
            found="File {file} is empty",
            wanted="a heading row and one row for each person",
            remedy="Give the file that holds the table",
            file=str(path),
        )
    if len(headings) == 1 and set(headings[0]) & set(_MARKS):
        raise _damaged(path)
    readings = (next(csv.reader(first.splitlines(), delimiter=mark)) for mark in _MARKS)
    written = next((names for names in readings if len(names) == len(headings)), [])
    doubled = [name for name in dict.fromkeys(written) if written.count(name) > 1]
    if doubled:
        raise Refusal(
            "store.doubled_heading",
            found="In {file}, several columns are headed {names}",
            wanted="a heading of its own for each column",
            remedy="Rename or remove one of them",
            file=str(path),
            names=", ".join(doubled),
        )


def _damaged(path: Path) -> Refusal:
    return Refusal(
        "store.damaged_table",
        found="{file} cannot be read as a table: it is damaged, not in UTF-8, or a row is not as long as the heading",
        wanted="a table of codes as CSV, CSV.GZ or Parquet",
        remedy="Save it again, as CSV in UTF-8",
        file=str(path),
    )


def _no_file(path: Path, *, wanted: Message) -> Refusal:
    return Refusal(
        "store.no_file",
        found="There is no file {file}",
        wanted="{kind}",
        remedy="Give the path of an existing file",
        file=str(path),
        kind=wanted,
    )


def _bad_domain(path: Path, *, column: str) -> Refusal:
    return Refusal(
        "store.bad_domain",
        found="{file} gives no list of codes for {column}",
        wanted='TOML such as sex = ["F", "M"]',
        remedy="Write one line for each column with the codes of its public codelist",
        file=str(path),
        column=column,
    )
