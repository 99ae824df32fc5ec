"""What does a partner send in place of her names? Encodes one file, at her place, with the key the partners share."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.harmonise import values
from cauce.link import encoding, encoding_format, sexes_and_places, tokens
from cauce.link.encoding import HashedPeople
from cauce.link.lattice import WIDTH
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME
from cauce.link.people import People
from cauce.recipes import telling_numbers
from cauce.recipes.named_paths import check_named_paths
from cauce.recipes.read_names import NamedRecords, read_named_records
from cauce.standards.errors import raise_all
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import encodings, partner_files, parts, steps
from cauce.store.parts import Parts

__all__ = ["EncodedFile", "encode_file", "read_key"]

STRETCH = 50_000


@dataclass(frozen=True)
class EncodedFile:
    """What was written: records, tokens of all records, and the persons behind the records as the list itself tells.

    nameless           records without any name: nobody will find them
    undated            records without a birth date that can be read: only a name that one person bears finds them
    unread             which of these have something written in its place: their numbers in the order of the file
    unread_sexes       records whose sex is written and cannot be read: the same numbers
    unread_places      records whose place holds nothing to compare: the same numbers
    is_in_order        the numbers of the records run as the names or the birth dates do

    key_id, encoding   the numbers by which an agreement names the key and the parameters
    """

    records: int
    tokens: int
    persons: int
    nameless: int
    undated: int
    unread: tuple[int, ...]
    unread_sexes: tuple[int, ...]
    unread_places: tuple[int, ...]
    is_in_order: bool
    key_id: str
    encoding: str


def encode_file(
    path: Path,
    *,
    roles: Mapping[str, str],
    key_path: Path,
    out: Path,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> EncodedFile:
    """Write the encoding of one file; a run that was killed goes on where it was.

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
        link.short_key       the key is not one
        link.telling_number  numbers of records that hold a name or a birth date
        and what `check_named_paths` and `read_names` refuse
    """
    check_named_paths([path, key_path], out=out)
    key = read_key(key_path)
    progress(Message("Reading {file}", file=path.name), 0, 1)
    named = read_named_records(path, roles)
    raise_all(telling_numbers.refuse_telling_numbers(named, file=path.name))
    people = named.describe()
    parts = _open_parts(path, roles=roles, key=key, records=len(people))
    hashed = _hash_people(people, key=key, parts=parts, progress=progress)
    encoded = encoding.encode_people(people, named.record_ids, list_code=path.stem, key=key, rng=rng, hashed=hashed)
    progress(Message("Writing {file}", file=out.name), 0, 1)
    encodings.save_encoding(encoding_format.write_encoding(encoded), out)
    parts.clear()
    progress(Message("Writing {file}", file=out.name), 1, 1)
    return EncodedFile(
        records=len(named.record_ids),
        tokens=int(encoded.tokens.size),
        persons=int(encoded.missing.size),
        **_count_lacking(named, hashed.missing),
        is_in_order=telling_numbers.follows_people(named),
        key_id=encoded.fingerprint,
        encoding=encoding.name_parameters(encoded.parameters),
    )


def _open_parts(path: Path, *, roles: Mapping[str, str], key: bytes, records: int) -> Parts:
    """Beside the partner's own file, for they hold tokens that she has not yet dropped; a short list needs none."""
    if records <= STRETCH or not os.access(path.parent, os.W_OK):
        return Parts()
    made_of = steps.fingerprint_of(
        file=partner_files.checksum_of(path),
        roles=roles,
        key=encoding.fingerprint_key(key),
        parameters=dict(encoding.PARAMETERS),
        stretch=STRETCH,
    )
    return parts.open_parts(path.with_name(f".{path.name}.encoding"), made_of=made_of)


def _hash_people(people: People, *, key: bytes, parts: Parts, progress: Progress) -> HashedPeople:
    """The tokens of a list, stretch by stretch; those that a run before this one finished are taken from `parts`."""
    step = Message("Encoding {count} records", count=len(people))
    whole = HashedPeople(np.empty((len(people), WIDTH), dtype=np.int64), np.empty(len(people), dtype=np.int64))
    for start in range(0, len(people), STRETCH):
        places = range(start, min(start + STRETCH, len(people)))
        done = parts.recall(f"from-{start}")
        if done is None:
            progress(step, start, len(people))
            hashed = encoding.hash_people(people.take(places), key=key)
            done = pa.table({"tokens": encoding_format.write_tokens(hashed.tokens), "missing": hashed.missing})
            parts.keep(f"from-{start}", done)
        whole.tokens[places.start : places.stop] = encoding_format.read_tokens(done["tokens"])
        whole.missing[places.start : places.stop] = done["missing"].to_numpy()
    progress(step, len(people), len(people))
    return whole


def _count_lacking(named: NamedRecords, missing: NDArray[np.int64]) -> dict[str, Any]:
    """What of the list cannot be compared, as its owner should know before she hands it over."""
    is_undated = (missing & MISSING_DATE) > 0
    unread = [row for row in np.flatnonzero(is_undated).tolist() if _is_written(named.born[row])]
    names = MISSING_GIVEN | MISSING_SURNAME
    return {
        "nameless": int((missing & names == names).sum()),
        "undated": int(is_undated.sum()),
        "unread": _number_from_one(unread),
        "unread_sexes": _number_from_one(sexes_and_places.find_unread_sexes(named.sex)),
        "unread_places": _number_from_one(sexes_and_places.find_unread_places(named.place)),
    }


def _number_from_one(rows: Sequence[int]) -> tuple[int, ...]:
    return tuple(row + 1 for row in rows)


def _is_written(cell: str | None) -> bool:
    return cell is not None and not values.is_missing_word(cell)


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
