"""What does a partner's file look like, and which standard field is each of its columns?

The shape of `mappings/P.toml`, shared by the room that reads files, the one that proposes meanings, the one that
applies them and the one that keeps them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["ColumnMapping", "FileFormat", "Layout", "PartnerMapping"]

FileFormat = Literal["csv", "xlsx", "xls", "ods"]


@dataclass(frozen=True)
class Layout:
    """How one file is to be read: rows are counted from 1 as a person sees them; 0 leaves the headings to be found."""

    format: FileFormat
    heading_row: int
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class ColumnMapping:
    """One column of a partner's file and the standard field that it fills.

    name        heading in the file
    field       standard field: HTCDS 2.0's name, a derived one, or `record_id`
    confidence  0 to 1, as proposed; 1.0 where a person decided
    evidence    why, in words
    order       of the parts of a date: "dmy", "mdy", "ymd"
    decimal     the mark before the decimals: "," or "."
    separator   between several values of one cell
    values      what stands in the file -> the code; "" means that the value says nothing (missing)
    """

    name: str
    field: str
    confidence: float
    evidence: str
    order: str | None = None
    decimal: str | None = None
    separator: str | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class PartnerMapping:
    """All that is decided about one partner's files: which files, how they are laid out, what their columns mean."""

    partner: str
    pattern: str
    layout: Layout | None
    columns: tuple[ColumnMapping, ...]
    missing: tuple[str, ...] = ("",)
