"""What does a partner send in place of her names? Encodes one file, at her place, with the key the partners share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cauce.link import encoding, encoding_format, tokens
from cauce.recipes.read_names import read_named_records
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import encodings

__all__ = ["EncodedFile", "encode_file", "read_key"]


@dataclass(frozen=True)
class EncodedFile:
    """What was written: records, tokens of all records, and the persons behind the records as the list itself tells."""

    records: int
    tokens: int
    persons: int


def encode_file(
    path: Path,
    *,
    roles: Mapping[str, str],
    key_path: Path,
    out: Path,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> EncodedFile:
    """Write the encoding of one file.

    In
        path       CSV, XLSX or ODS with names, `record_id` among its columns
        roles      role -> heading, as `read_names.read_roles` gives them
        key_path   file with at least 32 secret bytes
        out        file to write; it names nobody
        rng        chooses the pairs over which chance agreement is measured
        progress   hears of each step
    Out
        how much was written
    Refuses
        link.short_key   the key is not one
        and what `read_names` refuses
    """
    key = read_key(key_path)
    progress(Message("Reading {file}", file=path.name), 0, 3)
    named = read_named_records(path, roles)
    progress(Message("Encoding {count} records", count=len(named.record_ids)), 1, 3)
    people = encoding.describe_people(named.given, named.surname, named.born)
    encoded = encoding.encode_people(people, named.record_ids, list_code=path.stem, key=key, rng=rng)
    progress(Message("Writing {file}", file=out.name), 2, 3)
    encodings.save_encoding(encoding_format.write_encoding(encoded), out)
    progress(Message("Writing {file}", file=out.name), 3, 3)
    return EncodedFile(len(named.record_ids), int(encoded.tokens.size), int(encoded.missing.size))


def read_key(path: Path) -> bytes:
    """The key in a file, the line's end that an editor adds left out.

    In
        path   file with at least 32 secret bytes
    Out
        the key
    Refuses
        link.short_key   fewer bytes
    """
    key = path.read_bytes().rstrip(b"\r\n")
    tokens.check_key(key)
    return key
