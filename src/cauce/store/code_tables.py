"""How is anybody's table of codes read from a file, and its release written to a folder, whole or not at all?"""

import hashlib
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.csv as pa_csv

from cauce.standards.errors import Refusal

__all__ = ["checksum_of", "new_folder", "open_codes", "read_domain", "write_table"]

_CHUNK_ROWS = 100_000
# What does not fit in memory stops the release: nobody's codes are spilled to a file.
_ENGINE = {"memory_limit": "400MB", "threads": 1, "preserve_insertion_order": False, "temp_directory": ""}


def open_codes(path: Path) -> ibis.Table:
    """A table of codes, every column as text, an empty cell as null; read by the engine when it is counted.

    In
        path   CSV, CSV.GZ or Parquet
    Out
        ibis.Table
    Refuses
        store.no_file   the file is absent
    """
    if not path.is_file():
        raise Refusal(
            "store.no_file",
            found="There is no file {file}",
            wanted="a table of codes as CSV, CSV.GZ or Parquet",
            remedy="Give the path of an existing file",
            file=str(path),
        )
    engine = ibis.duckdb.connect(**_ENGINE)
    if path.suffix == ".parquet":
        table = engine.read_parquet(path)
    else:
        table = engine.read_csv(path, all_varchar=True, header=True, nullstr="")
    return table.select(**{name: table[name].cast("string").nullif("") for name in table.columns})


def read_domain(path: Path) -> dict[str, tuple[str, ...]]:
    """The public codes of each column.

    In
        path   TOML: column = ["code", ...]; an empty code says that values may be missing
    Out
        column -> codes
    Refuses
        store.bad_domain   the file is not TOML, or a column is not a list of texts
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad_domain(path, reason=str(error)) from None
    domain = {}
    for name, codes in raw.items():
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str | int) for code in codes):
            raise _bad_domain(path, reason=f"{name} = ?")
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


def _bad_domain(path: Path, *, reason: str) -> Refusal:
    return Refusal(
        "store.bad_domain",
        found="{file} does not give the codes of each column: {reason}",
        wanted='TOML such as sex = ["F", "M"]',
        remedy="Write one line for each column with the codes of its public codelist",
        file=str(path),
        reason=reason,
    )
