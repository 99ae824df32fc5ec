"""May this file be opened at all?

Refuses what would harm the reader (bombs, endless lines, links that lead elsewhere) or could not be read for what it
claims to be. It looks at bytes and never at the meaning of a cell.
"""

import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO, NoReturn

from cauce.standards.errors import Refusal

__all__ = [
    "MAX_COLUMNS",
    "MAX_LINE_BYTES",
    "check_columns",
    "check_path",
    "check_sheet_extent",
    "check_zip",
    "refuse_damaged",
    "refuse_encrypted",
]

MAX_COLUMNS = 2_000
MAX_LINE_BYTES = 4 * 2**20
MAX_UNPACKED_BYTES = 3 * 2**30
MAX_CELLS = 80_000_000
_RATIO_BYTES = 24 * 2**20
_MAX_RATIO = 150
_CHUNK = 2**20


def check_path(path: Path) -> None:
    """Refuses what is not an ordinary, filled, readable file in the place that its name says.

    Refuses
        gather.bad_name     its name cannot be written down
        gather.no_file      nothing is there, or it is a folder or a device
        gather.link         the file is a symbolic link
        gather.empty_file   it holds no byte
    """
    if not str(path).isprintable():
        raise Refusal(
            "gather.bad_name",
            found="The name of the file has letters that cannot be written down",
            wanted="a name of ordinary letters",
            remedy="Copy the file under another name and add that copy",
        )
    if path.is_symlink():
        raise Refusal(
            "gather.link",
            found="{file} is a symbolic link to another place",
            wanted="the file itself",
            remedy="Copy the file itself to a folder of yours and add that copy",
            file=path.name,
        )
    if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        raise Refusal(
            "gather.no_file",
            found="There is no file at {path}",
            wanted="a CSV, XLSX, XLS or ODS file",
            remedy="Check the spelling of its path",
            path=str(path),
        )
    if path.stat().st_size == 0:
        raise Refusal(
            "gather.empty_file",
            found="File {file} is empty",
            wanted="a heading row and at least one row of data",
            remedy="Ask the partner to send it again",
            file=path.name,
        )


def check_zip(path: Path) -> None:
    """Refuses a workbook (a ZIP archive) that is cut short, damaged, locked, or unpacks to more than it should.

    Every part is unpacked once and counted, nothing is written: what an archive says of itself may be false.

    Refuses
        gather.damaged_workbook    the archive is truncated or a checksum is wrong
        gather.encrypted           its parts are locked with a password
        gather.too_large_unpacked  unpacked, it is larger than the limit or than its size allows
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 0x1 for part in parts):
                refuse_encrypted(path)
            declared = sum(part.file_size for part in parts)
            _check_unpacked(path, declared)
            for part in parts:
                _unpack_counting(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        refuse_damaged(path)


def _check_unpacked(path: Path, declared: int) -> None:
    packed = path.stat().st_size
    if declared > MAX_UNPACKED_BYTES or (declared > _RATIO_BYTES and declared > _MAX_RATIO * packed):
        raise Refusal(
            "gather.too_large_unpacked",
            found="{file} holds {packed} bytes that would unpack to {unpacked}",
            wanted="a workbook of ordinary size",
            remedy="Do not open it; ask the partner for the table as CSV",
            file=path.name,
            packed=packed,
            unpacked=declared,
        )


def _unpack_counting(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A part longer than it declares ends in a wrong checksum: `zipfile` stops at the declared size."""
    with archive.open(part) as stream:
        while stream.read(_CHUNK):
            pass


def check_columns(count: int, *, file: str) -> None:
    """Refuses a table with more columns than a register of cases can have.

    Refuses
        gather.too_many_columns   more than 2,000
    """
    if count > MAX_COLUMNS:
        raise Refusal(
            "gather.too_many_columns",
            found="{file} has {count} columns",
            wanted="at most {limit}",
            remedy="Ask the partner for one row per case and one column per question",
            file=file,
            count=count,
            limit=MAX_COLUMNS,
        )


def check_sheet_extent(path: Path) -> None:
    """Refuses a workbook of which a sheet reaches so far that laying it out in memory would fill it.

    Two cells, A1 and XFD1048576, make a small file and a table of 17 thousand million cells.

    Refuses
        gather.too_many_columns   a cell stands beyond the 2,000th column
        gather.sheet_too_large    rows x columns exceed 80 million
    """
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.filename.endswith(".xml") and "worksheets/" in part.filename:
                with archive.open(part) as stream:
                    _check_extent(path, *_reach(stream))
            elif part.filename == "content.xml":
                with archive.open(part) as stream:
                    _check_repeats(path, stream)


_FAR_CELL = re.compile(rb'r="([A-Z]{3})(\d{1,9})"')
_WIDE_CELL = re.compile(rb'r="([A-Z]{2})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]{0,200}?r="(\d{1,9})"')


def _reach(stream: IO[bytes]) -> tuple[int, int]:
    """The last row and the last column that any cell names; only long column names are looked at one by one."""
    rows = columns = 0
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        tail = text[-300:]
        found = [_column_number(name) for name in {match[1] for match in _FAR_CELL.finditer(text)}]
        found += [_column_number(name) for name in set(_WIDE_CELL.findall(text))]
        columns = max([columns, *found])
        rows = max([rows, *(int(number) for number in _ROW.findall(text))])
        rows = max([rows, *(int(match[2]) for match in _FAR_CELL.finditer(text))])
    return rows, max(columns, 26)


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _check_extent(path: Path, rows: int, columns: int) -> None:
    check_columns(columns, file=path.name)
    if rows * columns > MAX_CELLS:
        raise Refusal(
            "gather.sheet_too_large",
            found="A sheet of {file} reaches to row {rows} and column {columns}",
            wanted="at most {limit} cells in a sheet",
            remedy="Delete what stands far below or far to the right of the table, or ask for CSV",
            file=path.name,
            rows=rows,
            columns=columns,
            limit=MAX_CELLS,
        )


_ODS_REPEAT = re.compile(
    rb'<table:table-cell(?=[^>]*office:value-type)[^>]*table:number-columns-repeated="(\d{1,9})"[^>]*>'
)
_ODS_ROWS = re.compile(rb'<table:table-row[^>]*table:number-rows-repeated="(\d{4,9})"[^>]*>(.{0,200})', re.DOTALL)


def _check_repeats(path: Path, stream: IO[bytes]) -> None:
    """In ODS a filled cell, or a row with one, may say that it stands there a million times."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        tail = text[-600:]
        for match in _ODS_REPEAT.finditer(text):
            check_columns(int(match[1]), file=path.name)
        for match in _ODS_ROWS.finditer(text):
            if b"office:value-type" in match[2].split(b"</table:table-row>")[0]:
                _check_extent(path, int(match[1]) * 100, MAX_COLUMNS)


def refuse_damaged(path: Path) -> NoReturn:
    """Refuses a workbook that cannot be read to its end.

    Refuses
        gather.damaged_workbook   always
    """
    raise Refusal(
        "gather.damaged_workbook",
        found="{file} is cut short or damaged: it cannot be read to its end",
        wanted="a workbook that a spreadsheet program opens",
        remedy="Ask the partner to send it again",
        file=path.name,
    ) from None


def refuse_encrypted(path: Path) -> NoReturn:
    """Refuses a workbook that opens only with a password.

    Refuses
        gather.encrypted   always
    """
    raise Refusal(
        "gather.encrypted",
        found="{file} is locked with a password",
        wanted="a workbook without a password",
        remedy="Open it with its password, save a copy without one, and add the copy",
        file=path.name,
    ) from None
