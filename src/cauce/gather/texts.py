"""In which encoding is a text file written, what divides its cells, and can a reader take it as it lies?

One pass over the bytes decides; a file that is not plain (another encoding, old line ends, blank lines) is copied
once as plain UTF-8 beside the table to be written.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from cauce.gather import safety
from cauce.standards.errors import Refusal

__all__ = ["TextTraits", "count_rows", "divide", "find_delimiter", "find_traits", "read_sample", "write_plain"]

_BLOCK = 2**20
_SAMPLE_CHARACTERS = 2**18
_DELIMITERS = (",", ";", "\t", "|")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1a\x1b")
_ONLY_LATIN_1 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_ORDINARY = bytes(sorted(frozenset(range(256)) - _CONTROLS - _ONLY_LATIN_1))


@dataclass(frozen=True)
class TextTraits:
    """The encoding of a text, and whether it is plain: UTF-8, line ends of one kind, no blank line."""

    encoding: str
    is_plain: bool


@dataclass(frozen=True)
class _Scan:
    is_utf8: bool
    is_regular: bool
    has_bom: bool
    odd_bytes: frozenset[int]


def find_traits(path: Path, *, encoding: str | None = None) -> TextTraits:
    """The encoding of a text file and whether it can be read as it lies.

    In
        path       a file that is no workbook
        encoding   what a person said, or None to find it
    Out
        TextTraits
    Refuses
        gather.binary            bytes that no text has
        gather.endless_line      a line longer than 4 MB
        gather.mixed_encodings   some lines are UTF-8, others are not
        gather.wrong_encoding    it cannot be read in the encoding that a person gave
    """
    wide = _wide_encoding(path)
    if wide:
        _check_decodes(path, wide)
        return TextTraits(wide, is_plain=False)
    scan = _scan_bytes(path)
    if encoding:
        if encoding != "utf-8" or not scan.is_utf8:
            _check_decodes(path, encoding)
    else:
        encoding = "utf-8" if scan.is_utf8 else _narrow_encoding(path, scan)
    return TextTraits(encoding, is_plain=encoding == "utf-8" and scan.is_regular and not scan.has_bom)


def _wide_encoding(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.4 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None


def _scan_bytes(path: Path) -> _Scan:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, open_line, tail, head = True, 0, b"", b""
    ends: Counter[str] = Counter()
    odd: frozenset[int] = frozenset()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            head = head or block[:3]
            open_line = _check_lines(path, block, open_line)
            odd |= frozenset(block.translate(None, _ORDINARY))
            is_utf8 = is_utf8 and _decodes(decoder, block)
            text = tail + block
            ends["crlf"] += text.count(b"\r\n") - tail.count(b"\r\n")
            ends["lf"] += block.count(b"\n")
            ends["cr"] += block.count(b"\r")
            ends["blank"] += (b"\n\n" in text) + (b"\n\r\n" in text)
            tail = block[-2:]
    _check_controls(path, odd & _CONTROLS)
    is_regular = ends["blank"] == 0 and ends["cr"] in (0, ends["lf"]) and ends["crlf"] == ends["cr"]
    starts_blank = head[:1] in (b"\n", b"\r")
    is_whole = is_utf8 and not decoder.getstate()[0]
    return _Scan(is_whole, is_regular and not starts_blank, head == codecs.BOM_UTF8, odd)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _check_lines(path: Path, block: bytes, open_line: int) -> int:
    """The length of the line still open at the end of the block; refuses one longer than the limit."""
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    if last >= 0:
        return len(block) - last
    if open_line + len(block) > safety.MAX_LINE_BYTES:
        raise Refusal(
            "gather.endless_line",
            found="{file} has a line longer than {limit} bytes",
            wanted="one line per row",
            remedy="Check that it is a table with line ends; ask the partner to send it again",
            file=path.name,
            limit=safety.MAX_LINE_BYTES,
        )
    return open_line + len(block)


def _check_controls(path: Path, seen: Set[int]) -> None:
    if seen & _CONTROLS:
        raise Refusal(
            "gather.binary",
            found="{file} holds bytes that no text has",
            wanted="CSV text, or a workbook named as what it is",
            remedy="Ask the partner for the table saved as CSV or XLSX",
            file=path.name,
        )


def _narrow_encoding(path: Path, scan: _Scan) -> str:
    in_utf8 = not_in_utf8 = 0
    with path.open("rb") as stream:
        for line in stream:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                in_utf8 += 1
            except UnicodeDecodeError:
                not_in_utf8 += 1
    if in_utf8 and not_in_utf8:
        raise Refusal(
            "gather.mixed_encodings",
            found="{file} mixes encodings: {in_utf8} lines with accents are UTF-8 and {others} are not",
            wanted="one encoding in the whole file",
            remedy="Ask the partner to save it again as UTF-8, or give the encoding in mappings/ under [file]",
            file=path.name,
            in_utf8=in_utf8,
            others=not_in_utf8,
        )
    return "latin-1" if scan.odd_bytes & _ONLY_LATIN_1 else "cp1252"


def _check_decodes(path: Path, encoding: str) -> None:
    try:
        with path.open(encoding=encoding, newline="") as stream:
            open_line = 0
            while text := stream.read(_BLOCK):
                open_line = _check_lines(path, text.encode("utf-8", "surrogatepass"), open_line)
                _check_controls(path, {ord(letter) for letter in set(text) if ord(letter) < 32})
    except (UnicodeError, LookupError):
        raise Refusal(
            "gather.wrong_encoding",
            found="{file} cannot be read as {encoding}",
            wanted="a text in one encoding, from its first to its last byte",
            remedy="Ask the partner to save it again as UTF-8, or correct the encoding in mappings/ under [file]",
            file=path.name,
            encoding=encoding,
        ) from None


def read_sample(path: Path, encoding: str) -> str:
    """The first quarter of a million characters, whole lines, without the byte-order mark.

    In
        path       a text
        encoding   as `find_traits` found it
    Out
        the lines, each ended by a newline
    """
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        text = stream.read(_SAMPLE_CHARACTERS)
        more = bool(stream.read(1))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text[: text.rfind("\n") + 1] if more and "\n" in text else text


def divide(sample: str, delimiter: str) -> list[list[str]]:
    """The first hundred rows of a sample as cells.

    In
        sample      text, lines ended by a newline
        delimiter   mark between cells
    Out
        rows of cells without blanks around them

    >>> divide('a;b\\n1;"2;3"\\n', ";")
    [['a', 'b'], ['1', '2;3']]
    """
    rows = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append([cell.strip() for cell in row])
            if len(rows) == 100:
                break
    except csv.Error:
        return rows
    return rows


def find_delimiter(sample: str) -> str:
    """The mark that divides most rows of a sample into the same number of cells, more than one.

    In
        sample   text, lines ended by a newline
    Out
        "," ";" tab or "|"; "," where no mark divides

    >>> find_delimiter('nombre;edad\\nAna;1,5\\nLuz;2,5\\n')
    ';'
    """
    return max(_DELIMITERS, key=lambda mark: (_regularity(sample, mark), -_DELIMITERS.index(mark)))


def _regularity(sample: str, mark: str) -> float:
    """Share of the rows that have the commonest number of cells, weighted so that more cells weigh more."""
    try:
        counts = [len(row) for row in csv.reader(sample.split("\n")[:300], delimiter=mark) if row]
    except csv.Error:
        return 0.0
    if not counts:
        return 0.0
    (cells, rows), *_ = Counter(counts).most_common(1)
    divided = [count for count in counts if count > 1]
    if cells == 1 and len(divided) * 2 > len(counts):
        (cells, rows), *_ = Counter(divided).most_common(1)
    return 0.0 if cells == 1 else rows / len(counts) * (1 - 1 / cells**2)


def write_plain(path: Path, target: Path, *, encoding: str) -> None:
    """Copies a text as plain UTF-8: line ends of one kind, and a blank line as one empty cell so that rows keep
    their numbers.

    In
        path       text
        target     file to write
        encoding   that of `path`
    """
    is_open = False
    with path.open(encoding=encoding, newline=None) as source, target.open("w", encoding="utf-8", newline="\n") as copy:
        for number, line in enumerate(source):
            text = line.removeprefix("\ufeff") if number == 0 else line
            copy.write('""\n' if text == "\n" and not is_open else text)
            is_open ^= text.count('"') % 2 == 1


def count_rows(path: Path, *, delimiter: str) -> tuple[int, int]:
    """How many rows a plain text has, counted apart from the engine that reads it, and the line where the last begins.

    Quotes that are never closed make an engine drop what follows: a count of another make tells.

    In
        path        a plain text
        delimiter   mark between cells
    Out
        rows, and the line of the last one, from 1
    """
    rows = lines = begins = 0
    is_open = False
    with path.open("rb") as stream:
        for line in stream:
            lines += 1
            if not is_open:
                rows, begins = rows + 1, lines
            is_open ^= line.count(b'"') % 2 == 1
    return (rows, begins) if not is_open else _count_carefully(path, delimiter)


def _count_carefully(path: Path, delimiter: str) -> tuple[int, int]:
    """As the standard library divides the text: a quote within a cell that began without one is a letter."""
    rows = begins = 0
    csv.field_size_limit(2 * safety.MAX_LINE_BYTES)
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            before = 0
            for _ in reader:
                rows, begins, before = rows + 1, before + 1, reader.line_num
        except csv.Error:
            return -1, reader.line_num
    return rows, begins
