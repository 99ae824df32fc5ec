"""Is this file a table at all, and of which format?

It answers from the bytes, not from the name; where the two disagree it refuses. Encoding and delimiter of a text are
answered by `texts`, the heading row by `headings`.
"""

import zipfile
from pathlib import Path
from typing import NoReturn

from cauce.gather import safety
from cauce.standards.errors import Refusal
from cauce.standards.mappings import FileFormat

__all__ = ["find_format"]

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"{\\rtf", "RTF"),
)
_SUFFIXES: dict[str, FileFormat] = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods"}
_OLE_BYTES = 64 * 2**20


def find_format(path: Path) -> FileFormat:
    """The format that the bytes show, which must be the one that the name claims.

    In
        path    an ordinary file, not empty
    Out
        "csv" for text of any delimiter, "xlsx", "xls" or "ods"
    Refuses
        gather.wrong_name       the name says one format and the bytes another
        gather.unknown_format   neither text nor a workbook
        gather.encrypted        a workbook locked with a password
        and what `safety.check_zip` refuses
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    claimed = _SUFFIXES.get(path.suffix.lower(), "csv")
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if kind == "zip":
        return _same(path, claimed, _zip_format(path, claimed))
    if kind == "ole":
        return _same(path, claimed, _ole_format(path))
    if kind is not None or _is_markup(head):
        _refuse_unknown(path, kind or "HTML")
    return _same(path, claimed, "csv")


def _same(path: Path, claimed: FileFormat, found: FileFormat) -> FileFormat:
    if claimed != found:
        raise Refusal(
            "gather.wrong_name",
            found="{file} is named as {claimed} and holds {format}",
            wanted="a name that says what the file holds",
            remedy="Rename it to end in .{format} if that is what it should be, or ask the partner to send it again",
            file=path.name,
            claimed=claimed.upper(),
            format=found,
        )
    return found


def _zip_format(path: Path, claimed: FileFormat) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        if claimed in ("xlsx", "ods"):
            safety.refuse_damaged(path)
        _refuse_unknown(path, "ZIP")
    if "content.xml" in names:
        return "ods"
    if not any(name.startswith("xl/") for name in names):
        _refuse_unknown(path, "ZIP")
    return "xlsx"


def _ole_format(path: Path) -> FileFormat:
    content = path.read_bytes()[:_OLE_BYTES]
    if "EncryptedPackage".encode("utf-16-le") in content:
        safety.refuse_encrypted(path)
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        _refuse_unknown(path, "OLE")
    return "xls"


def _is_markup(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table"))


def _refuse_unknown(path: Path, kind: str) -> NoReturn:
    raise Refusal(
        "gather.unknown_format",
        found="{file} holds {kind} and no table",
        wanted="CSV, XLSX, XLS or ODS",
        remedy="Ask the partner for the table saved as CSV or XLSX",
        file=path.name,
        kind=kind,
    )
